"""A message leaves: claimed by one sender, handed to the mail server, and noted.

What is claimed is committed before the first word to the server, so that whoever dies in the middle leaves a
message that nobody sends again by itself; so there are two commits here, where the rest of the house has one.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence
from email.message import EmailMessage

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.db import now
from survey.fieldwork import cases, halting, mailing, messages
from survey.fieldwork.contact_models import Appointment, Message
from survey.fieldwork.halting import Halt
from survey.fieldwork.mailing import MaybeSent, NotSent, Server, Unreachable
from survey.fieldwork.models import Case, Person
from survey.instrument.codes import MessageStatus


class Outcome(enum.Enum):
    """What became of a message: `TAKEN` by another sender, `STOPPED` for lack of reason, `HELD` while suspended,
    `AWAY` the server.
    """

    SENT = "sent"
    FAILED = "failed"
    LATER = "later"
    AWAY = "away"
    MAYBE = "maybe"
    TAKEN = "taken"
    STOPPED = "stopped"
    HELD = "held"


def due(session: Session, at: dt.datetime) -> Sequence[int]:
    """The messages that are due and may leave, the longest due first."""
    return session.scalars(halting.free(at).where(Message.due_at <= at).order_by(Message.due_at, Message.id)).all()


def send(session: Session, server: Server, message_id: int, user_id: int | None) -> Outcome:
    """Send one message, or find that somebody else does; commits what it finds."""
    mail = claimed(session, server, message_id)
    session.commit()
    if isinstance(mail, Outcome):
        return mail
    try:
        mailing.deliver(server, mail)
    except MaybeSent:
        return Outcome.MAYBE
    except NotSent as error:
        messages.not_sent(session, message_id, error.trouble, again=error.again)
        outcome = Outcome.LATER if error.again else Outcome.FAILED
        outcome = Outcome.AWAY if isinstance(error, Unreachable) else outcome
    else:
        messages.sent(session, message_id, user_id, was=MessageStatus.SENDING)
        outcome = Outcome.SENT
    session.commit()
    return outcome


def claimed(session: Session, server: Server, message_id: int) -> EmailMessage | Outcome:
    """The mail of a message that is now this sender's alone, or why it is not to be sent."""
    whose = sa.select(Message.case_id).where(Message.id == message_id).scalar_subquery()
    cases.held(session, Case.id == whose)
    why = halting.why(session, message_id, now())
    if why is Halt.SUSPENDED:
        return Outcome.HELD
    message = messages.claim(session, message_id)
    if message is None:
        return Outcome.TAKEN
    if why:
        message.status = MessageStatus.DROPPED
        return Outcome.STOPPED
    return mail_of(session, message, server.sender)


def mail_of(session: Session, message: Message, sender: str) -> EmailMessage:
    """A message as mail, with its appointment for a calendar."""
    person = session.get(Person, message.person_id) if message.person_id else None
    appointment = session.get(Appointment, message.appointment_id) if message.appointment_id else None
    return mailing.written(message, person.name if person else "", sender, appointment, now())
