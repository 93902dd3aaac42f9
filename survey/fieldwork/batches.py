"""Messages for many cases at once: written together, and as a sheet for a mail merge."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from survey.db import now
from survey.fieldwork import cases, halting, messages, reminders
from survey.fieldwork.contact_models import Message
from survey.fieldwork.message_texts import Study, without_file
from survey.fieldwork.messages import Draft
from survey.fieldwork.models import Case, Organisation, Person
from survey.fieldwork.waves import CURRENT
from survey.instrument.codes import Disposition, MessageKind
from survey.instrument.grammar import Text

#: To whom a kind of message is written all at once: the outcomes of their cases.
AT_ONCE = {
    MessageKind.FIRST_CONTACT: frozenset({Disposition.NOT_CONTACTED}),
    MessageKind.THANKS: frozenset({Disposition.COMPLETED, Disposition.COMPLETED_NONE}),
}
#: Cases written to in one go; lines of a sheet.
MANY, LINES = 200, 5000

COLUMNS = (
    Text("numéro", "number"),
    Text("organisation", "organisation"),
    Text("personne", "person"),
    Text("courriel", "e-mail"),
    Text("langue", "language"),
    Text("sorte", "kind"),
    Text("objet", "subject"),
    Text("texte", "text"),
)
WIDTHS = (8, 36, 28, 32, 8, 24, 44, 80)
#: What a spreadsheet takes for a formula when a cell of a CSV begins with it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Batch:
    """How many messages were written, and how many more there are to write."""

    written: int
    left: int


def prepare(session: Session, study: Study, kind: MessageKind, user_id: int) -> Batch:
    """Write a kind of message to every case that should have it and has none, `MANY` at most; the caller commits."""
    waiting = list(session.scalars(_without(kind, now()).order_by(Case.id)))
    written, tried = 0, 0
    for case_id in waiting:
        if written == MANY:
            break
        tried += 1
        [case] = cases.held(session, Case.id == case_id)
        person = reminders.whom(session, case, None)
        if person is None or case.disposition not in AT_ONCE[kind] or reminders.suspended(case, now()):
            continue
        language = messages.language_of(case, person)
        letter = messages.compose(session, study, case, person, kind, language)
        written += messages.prepare(session, case, Draft(kind, person, language, letter), now(), user_id, 1) is not None
    return Batch(written, len(waiting) - tried)


def _without(kind: MessageKind, at: dt.datetime) -> sa.Select[int]:
    """The cases of this wave at the outcomes of a kind of message, not suspended, with an address, without such one."""
    has = sa.exists().where(Message.case_id == Case.id, Message.kind == kind)
    addressed = sa.exists().where(
        Person.organisation_id == Case.organisation_id,
        Person.left_at.is_(None),
        sa.or_(Person.email.is_not(None), Person.other_email.is_not(None)),
    )
    conditions = (Case.wave == CURRENT, Case.disposition.in_(AT_ONCE[kind]), ~has, addressed, ~reminders.in_peace(at))
    return sa.select(Case.id).join(Organisation, Organisation.id == Case.organisation_id).where(*conditions)


def ready(session: Session) -> Sequence[Message]:
    """What is ready to be sent and may leave now, the longest due first, as many as a sheet takes."""
    of = joinedload(Message.case).joinedload(Case.organisation)
    query = sa.select(Message).where(Message.id.in_(halting.free(now()))).options(of, joinedload(Message.person))
    return session.scalars(query.order_by(Message.due_at, Message.id).limit(LINES)).all()


def lines(found: Sequence[Message], language: str) -> list[list[str]]:
    """The sheet of a mail merge: a line of headings, then one for each message, in text; no file goes along."""
    rows = [
        [
            str(message.id),
            message.case.organisation.name,
            message.person.name if message.person else "",
            message.recipient,
            message.language.value,
            message.kind.label(language),
            message.subject,
            without_file(message.body, message.language),
        ]
        for message in found
    ]
    return [[heading(language) for heading in COLUMNS], *rows]


def as_xlsx(rows: list[list[str]]) -> bytes:
    """The sheet as a workbook whose every cell is text, whatever it begins with."""
    from survey.workbooks import Book

    kept = io.BytesIO()
    with Book(kept, {"in_memory": True}) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for n, width in enumerate(WIDTHS):
            sheet.set_column(n, n, width)
        for line, cells in enumerate(rows):
            for n, cell in enumerate(cells):
                sheet.write_string(line, n, cell[:32_767], None if line else bold)
    return kept.getvalue()


def as_csv(rows: list[list[str]]) -> bytes:
    """The sheet as CSV for a spreadsheet; an apostrophe stands before what it would take for a formula."""
    kept = io.StringIO(newline="")
    writer = csv.writer(kept, lineterminator="\r\n")
    writer.writerows([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row] for row in rows)
    return kept.getvalue().encode("utf-8-sig")
