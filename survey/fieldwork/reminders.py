"""The reminder ladder and the reminders of the day before: what is due, written once whoever plans."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork import cases, messages, office_hours
from survey.fieldwork.attempt_rules import REPLIES
from survey.fieldwork.contact_models import Appointment, ContactAttempt, Message
from survey.fieldwork.message_texts import Study
from survey.fieldwork.messages import Draft
from survey.fieldwork.models import Case, CaseEvent, EventKind, Organisation, Person
from survey.fieldwork.waves import CURRENT
from survey.instrument.codes import INTERIM, AppointmentStatus, Disposition, MessageKind, MessageStatus

#: The outcomes of a case that may be reminded: it is worked on, and nobody answered.
OPEN = INTERIM - {Disposition.APPOINTMENT}
#: What counts the steps of the ladder.
RUNGS = (MessageKind.FIRST_CONTACT, MessageKind.REMINDER)
#: Nobody hears twice of one appointment in less time.
REST = dt.timedelta(hours=20)


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


@dataclass
class Planned:
    """How many reminders and eves were written, and how many had nobody to go to."""

    reminders: int = 0
    eves: int = 0
    nobody: int = 0


def plan(session: Session, study: Study, steps: tuple[int, ...], at: dt.datetime) -> Planned:
    """Write what is due at a moment; what is written already stays one. The caller commits."""
    planned = Planned()
    for case_id in candidates(session, steps, at):
        [case] = cases.held(session, Case.id == case_id)
        rung = next_rung(session, case, steps, at)
        if rung is None:
            continue
        made = remind(session, study, case, rung)
        planned.reminders += made
        planned.nobody += not made
    for appointment_id in tomorrow(session, at):
        made_one = remind_of(session, study, appointment_id, at)
        planned.eves += made_one is True
        planned.nobody += made_one is None
    return planned


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


def tomorrow(session: Session, at: dt.datetime) -> Iterator[tuple[int, uuid.UUID]]:
    """Appointments whose eve has come, each with its case, by the clock of the organisation."""
    query = (
        sa.select(Appointment.case_id, Appointment.id, Appointment.starts_at, Organisation.time_zone)
        .join(Case, Case.id == Appointment.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(Appointment.status == AppointmentStatus.PLANNED)
        .where(Appointment.starts_at > at, Appointment.starts_at < at + dt.timedelta(days=2))
        .order_by(Appointment.case_id, Appointment.starts_at)
    )
    for case_id, identifier, starts_at, zone in session.execute(query).all():
        eve = eve_of(starts_at, zone)
        if eve <= at and office_hours.clock(at, zone).date() == office_hours.clock(eve, zone).date():
            yield case_id, identifier


def eve_of(starts_at: dt.datetime, zone: str) -> dt.datetime:
    """When offices open on the day before a moment, by the clock of a place."""
    day_before = office_hours.clock(starts_at, zone).date() - dt.timedelta(days=1)
    return office_hours.local_moment(day_before, office_hours.OPENS, zone)


def remind_of(session: Session, study: Study, which: tuple[int, uuid.UUID], at: dt.datetime) -> bool | None:
    """Write the reminder of the day before an appointment; False when it is written or of no use, None for nobody."""
    case_id, identifier = which
    [case] = cases.held(session, Case.id == case_id)
    appointment = session.get_one(Appointment, identifier, populate_existing=True)
    eve = eve_of(appointment.starts_at, case.organisation.time_zone)
    if appointment.status is not AppointmentStatus.PLANNED or suspended(case, at):
        return False
    about = sa.select(Message).where(Message.appointment_id == identifier)
    for message in session.scalars(about):
        heard = message.sent_at and at - message.sent_at < REST
        if heard or (message.kind is MessageKind.EVE and message.due_at == eve):
            return False
    if appointment.person is None or messages.address_of(appointment.person) is None:
        return None
    person, language = appointment.person, appointment.language
    letter = messages.compose(session, study, case, person, MessageKind.EVE, language, appointment)
    draft = Draft(MessageKind.EVE, person, language, letter, appointment)
    return messages.prepare(session, case, draft, eve, None) is not None


def stopped(session: Session, message: Message, at: dt.datetime) -> bool:
    """Whether a message that is ready must not leave any more: its case is held by the caller."""
    case = message.case
    if message.kind is MessageKind.THANKS:
        return False
    if case.disposition not in INTERIM or suspended(case, at):
        return True
    if message.kind is MessageKind.REMINDER:
        return bool(session.scalar(sa.select(answered(case.id))))
    return messages.outdated(session, message)
