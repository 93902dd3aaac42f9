"""The reminder ladder: what is due after a first contact, until somebody answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork import messages, office_hours
from survey.fieldwork.attempt_rules import REPLIES
from survey.fieldwork.contact_models import Appointment, ContactAttempt, Message
from survey.fieldwork.message_texts import Study
from survey.fieldwork.messages import Draft
from survey.fieldwork.models import Case, CaseEvent, EventKind, Organisation, Person, TimeZone
from survey.fieldwork.waves import CURRENT
from survey.instrument.codes import INTERIM, Disposition, MessageKind, MessageStatus

#: The outcomes of a case that may be reminded: it is worked on, and nobody answered.
OPEN = INTERIM - {Disposition.APPOINTMENT}
#: What counts the steps of the ladder.
RUNGS = (MessageKind.FIRST_CONTACT, MessageKind.REMINDER)


class BadLadder(ValueError):
    """The steps are not growing numbers of working days."""


def ladder(text: str) -> tuple[int, ...]:
    """The steps of the configuration, working days since the first contact: « 5, 10, 20 ». Raises `BadLadder`."""
    given = [part.strip() for part in str(text).split(",") if part.strip()]
    if not all(part.isascii() and part.isdecimal() and len(part) < 4 for part in given):
        raise BadLadder(text)
    steps = tuple(int(part) for part in given)
    if any(after <= before for before, after in pairwise((0, *steps))):
        raise BadLadder(text)
    return steps


def candidates(session: Session, steps: tuple[int, ...], at: dt.datetime) -> list[int]:
    """Cases that may have a reminder due: written to long enough ago, less often than the ladder has steps."""
    if not steps:
        return []
    shortest = min(after - before for before, after in pairwise((0, *steps)))
    query = (
        sa.select(Case.id)
        .join(Message, Message.case_id == Case.id)
        .where(Case.wave == CURRENT, Case.disposition.in_(OPEN), Message.kind.in_(RUNGS))
        .where(Message.status == MessageStatus.SENT, ~answered(Case.id))
        .group_by(Case.id)
        .having(sa.func.max(Message.sent_at) <= at - dt.timedelta(days=shortest - 1))
        .order_by(Case.id)
    )
    return list(session.scalars(query))


def answered(case_id: sa.SQLColumnExpression[int] | int) -> sa.ColumnElement[bool]:
    """Whether somebody of a case gave a sign: a reply, an appointment, an interview that was opened."""
    reply = sa.exists().where(ContactAttempt.case_id == case_id, ContactAttempt.result.in_(REPLIES))
    agreed = sa.exists().where(Appointment.case_id == case_id)
    opened = sa.exists().where(CaseEvent.case_id == case_id, CaseEvent.kind == EventKind.INTERVIEW_OPENED)
    return sa.or_(reply, agreed, opened)


def suspended(case: Case, at: dt.datetime) -> bool:
    """Whether a case is left in peace at a moment."""
    until = case.suspended_until
    return until is not None and office_hours.clock(at, case.organisation.time_zone).date() <= until


def in_peace(at: dt.datetime) -> sa.ColumnElement[bool]:
    """`suspended` for the case of a statement, which joins its organisation; never NULL."""
    here = {zone: office_hours.clock(at, zone).date() for zone in TimeZone}
    on_time = (sa.and_(Organisation.time_zone == zone, Case.suspended_until >= date) for zone, date in here.items())
    return sa.and_(Case.suspended_until.is_not(None), sa.or_(*on_time))


@dataclass(frozen=True)
class Rung:
    """A reminder that is due: its number from 1, since when, and the message that it follows."""

    step: int
    due_at: dt.datetime
    after: Message


def next_rung(session: Session, case: Case, steps: tuple[int, ...], at: dt.datetime) -> Rung | None:
    """The reminder that is due for a case held by the caller; None when there is none, or not yet.

    Each follows one that was sent: a step that was dropped or failed ends the ladder.
    """
    if case.disposition not in OPEN or suspended(case, at) or session.scalar(sa.select(answered(case.id))):
        return None
    of_case = sa.select(Message).where(Message.case_id == case.id, Message.kind.in_(RUNGS))
    written = list(session.scalars(of_case.order_by(Message.kind, Message.step)))
    first = [message for message in written if message.kind is MessageKind.FIRST_CONTACT]
    reminders = [message for message in written if message.kind is MessageKind.REMINDER]
    sent = [one for one in first if one.status is MessageStatus.SENT]
    if not sent or len(reminders) >= len(steps) or any(r.status is not MessageStatus.SENT for r in reminders):
        return None
    after = max([*sent, *reminders], key=lambda message: message.sent_at or message.made_at)
    assert after.sent_at is not None
    zone, n = case.organisation.time_zone, len(reminders)
    days = steps[n] - (steps[n - 1] if n else 0)
    date = office_hours.business_day(office_hours.clock(after.sent_at, zone).date(), days)
    due_at = office_hours.local_moment(date, office_hours.OPENS, zone)
    return Rung(n + 1, due_at, after) if due_at <= at else None


def remind(session: Session, study: Study, case: Case, rung: Rung) -> bool:
    """Write a reminder; False when there is nobody to send it to."""
    person = whom(session, case, rung.after.person_id)
    if person is None:
        return False
    language = rung.after.language
    letter = messages.compose(session, study, case, person, MessageKind.REMINDER, language)
    draft = Draft(MessageKind.REMINDER, person, language, letter)
    return messages.prepare(session, case, draft, rung.due_at, None, rung.step) is not None


def whom(session: Session, case: Case, preferred: int | None) -> Person | None:
    """Somebody of a case who can be written to: the one who was, or else the first."""
    persons = session.scalars(
        sa.select(Person).where(Person.organisation_id == case.organisation_id).order_by(Person.id)
    ).all()
    found = messages.reachable(persons)
    return next((person for person in found if person.id == preferred), found[0] if found else None)
