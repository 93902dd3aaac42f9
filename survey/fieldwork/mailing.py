"""Messages as mail: the file that a mail program opens, and the conversation with a mail server."""

from __future__ import annotations

import datetime as dt
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from typing import Any, Self
from urllib.parse import quote

from survey.fieldwork import calendars
from survey.fieldwork.addresses import address
from survey.fieldwork.contact_models import Appointment, Message
from survey.fieldwork.message_texts import ABOUT_AN_APPOINTMENT, without_file
from survey.text import line

#: How long the server may take for each of its answers, in seconds.
PATIENCE = 20
DEFINITE = range(500, 600)


class NotSent(Exception):
    """The message certainly did not leave; `again` says whether it may a little later, `trouble` what was answered."""

    def __init__(self, trouble: str, again: bool) -> None:
        super().__init__(trouble)
        self.trouble, self.again = trouble, again


class Unreachable(NotSent):
    """The server is away, or takes nothing from us: no message has a better chance for now."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble, again=True)


class MaybeSent(Exception):
    """The line was cut once the words had begun to go: the message left, or did not."""


class Unusable(ValueError):
    """A setting of the mail server is not what it should be: `setting` says which."""

    def __init__(self, setting: str) -> None:
        super().__init__(setting)
        self.setting = setting


@dataclass(frozen=True)
class Server:
    """A mail server and the name under which it is spoken to. `tls` is `starttls`, `tls` from the start, or `none`."""

    host: str
    port: int
    user: str
    password: str
    tls: str
    sender: str

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Self | None:
        """The server of the configuration; None when there is none. Raises `Unusable`."""
        if not config["MAIL_HOST"]:
            return None
        port, tls = str(config["MAIL_PORT"]), str(config["MAIL_TLS"]).lower()
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise Unusable("MAIL_PORT")
        if tls not in ("starttls", "tls", "none"):
            raise Unusable("MAIL_TLS")
        sender = line(config["MAIL_FROM"])
        if address(parseaddr(sender)[1]) is None:
            raise Unusable("MAIL_FROM")
        return cls(config["MAIL_HOST"], int(port), config["MAIL_USER"], config["MAIL_PASSWORD"], tls, sender)


def written(message: Message, name: str, sender: str, appointment: Appointment | None, at: dt.datetime) -> EmailMessage:
    """The message as mail, to somebody called `name`, with its appointment for a calendar. Its id is always the same.

    No word of it can begin another header: each stands on one line, and the library refuses what would not.
    """
    mail = EmailMessage(policy=SMTPUTF8)
    mail["To"] = _addressed(name, message.recipient)
    if sender:
        mail["From"] = whom = _addressed(*parseaddr(sender))
        mail["Message-ID"] = f"<recension-{message.id}-{message.made_at:%Y%m%d%H%M%S}@{_ascii(whom.domain)}>"
        mail["Date"] = format_datetime(at)
    mail["Subject"] = line(message.subject)
    mail["Content-Language"] = message.language.value
    goes_along = appointment if message.kind in ABOUT_AN_APPOINTMENT else None
    mail.set_content((message.body if goes_along else without_file(message.body, message.language)) + "\n")
    if goes_along:
        mail.add_attachment(
            calendars.invitation(goes_along, at),
            maintype="text",
            subtype="calendar",
            filename="rendez-vous.ics" if message.language.value == "fr" else "appointment.ics",
            params={"method": "REQUEST", "charset": "utf-8"},
        )
    return mail


def draft(mail: EmailMessage) -> bytes:
    """The file that a mail program opens as a message to be sent."""
    mail["X-Unsent"] = "1"
    return mail.as_bytes(policy=SMTPUTF8)


def mailto(message: Message) -> str:
    """The link that opens a mail program with the message in it; no file goes along."""
    body = without_file(message.body, message.language).replace("\n", "\r\n")
    to, subject, words = (
        quote(text, safe=safe)
        for text, safe in zip((message.recipient, message.subject, body), ("@", "", ""), strict=True)
    )
    return f"mailto:{to}?subject={subject}&body={words}"


def _addressed(name: str, address: str) -> Address:
    """Somebody in a header. Where the part before the @ is plain, so is the domain: every server takes it then."""
    user, _, domain = address.rpartition("@")
    return Address(line(name), user, _ascii(domain) if user.isascii() else domain)


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def deliver(server: Server, mail: EmailMessage) -> None:
    """Hand a message to the server. Raises `NotSent` as long as that is certain, then `MaybeSent`."""
    to, sender = (_envelope(mail[header].addresses[0]) for header in ("To", "From"))
    try:
        conversation = _open(server)
    except (smtplib.SMTPException, OSError) as error:
        raise Unreachable(_said(error)) from error
    try:
        words = _announce(conversation, sender, to, mail)
        _hand_over(conversation, words)
    finally:
        conversation.close()


def _envelope(address: Any) -> str:
    return f"{address.username}@{_ascii(address.domain)}"


def _open(server: Server) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.tls == "tls":
        conversation: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE, context=context)
    else:
        conversation = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
    try:
        if server.tls == "starttls":
            conversation.starttls(context=context)
        conversation.ehlo_or_helo_if_needed()
        if server.user:
            conversation.login(server.user, server.password)
    except BaseException:
        conversation.close()
        raise
    return conversation


def _announce(conversation: smtplib.SMTP, sender: str, to: str, mail: EmailMessage) -> bytes:
    """From whom and to whom; returns the words in what the server understands."""
    wide = not (sender + to).isascii()
    if wide and not conversation.has_extn("smtputf8"):
        raise NotSent("SMTPUTF8", again=False)
    try:
        for code, answer in (
            conversation.mail(sender, ["SMTPUTF8", "BODY=8BITMIME"] if wide else []),
            conversation.rcpt(to),
        ):
            if code not in (250, 251, 252):
                raise NotSent(f"{code} {answer.decode('utf-8', 'replace')}", again=code not in DEFINITE)
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(_said(error), again=True) from error
    return mail.as_bytes(policy=SMTPUTF8 if wide else SMTP.clone(cte_type="7bit"))


def _hand_over(conversation: smtplib.SMTP, words: bytes) -> None:
    try:
        code, answer = conversation.data(words)
    except smtplib.SMTPDataError as error:  # refused before the first word
        raise NotSent(_said(error), again=error.smtp_code not in DEFINITE) from error
    except (smtplib.SMTPException, OSError) as error:
        raise MaybeSent from error
    if code != 250:
        raise NotSent(f"{code} {answer.decode('utf-8', 'replace')}", again=code not in DEFINITE)


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error
        return f"{error.smtp_code} {answer.decode('utf-8', 'replace') if isinstance(answer, bytes) else answer}"
    return str(error) or type(error).__name__
