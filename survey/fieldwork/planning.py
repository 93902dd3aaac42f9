"""When the next move of a case is due: what its attempts, its appointments and its suspension say together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork import office_hours
from survey.fieldwork.attempt_rules import CLOSED
from survey.fieldwork.contact_models import Appointment, ContactAttempt
from survey.fieldwork.models import Case, TimeZone
from survey.fieldwork.naming import batches
from survey.instrument.codes import AppointmentStatus

LATEST = (ContactAttempt.at.desc(), ContactAttempt.id.desc())


def due() -> sa.SQLColumnExpression[Any]:
    """What was planned for a case of the statement: its first planned appointment, or when somebody put it off to, or
    what its latest attempt asked for.
    """
    asked = sa.select(ContactAttempt.next_at).where(ContactAttempt.case_id == Case.id).order_by(*LATEST).limit(1)
    return sa.func.coalesce(
        first_appointment(), Case.put_off_to, asked.correlate(Case).scalar_subquery(), type_=Case.next_at.type
    )


def first_appointment() -> sa.ScalarSelect[dt.datetime]:
    """When the first planned appointment of a case of the statement begins, NULL where none is planned."""
    planned = sa.select(sa.func.min(Appointment.starts_at, type_=Case.next_at.type))
    planned = planned.where(Appointment.case_id == Case.id, Appointment.status == AppointmentStatus.PLANNED)
    return planned.correlate(Case).scalar_subquery()


def has_appointment(session: Session, case_id: int) -> bool:
    """Whether a case has an appointment to come, or one of which nobody said yet what became of it."""
    there = sa.exists().where(Appointment.case_id == case_id, Appointment.status == AppointmentStatus.PLANNED)
    return bool(session.scalar(sa.select(there)))


def follow(session: Session, case: Case) -> None:
    """Bring `attempts`, `last_attempt_at` and `next_at` of a case, held by the caller, in step with what was recorded.

    The next move is what was planned (`due`), not before a suspension is over; a case that is closed has none.
    """
    follow_all(session, [case])


def follow_all(session: Session, cases: Sequence[Case]) -> None:
    """The same for several cases."""
    session.flush()
    made = ContactAttempt.case_id == Case.id
    count, last = (
        sa.select(what).where(made).correlate(Case).scalar_subquery()
        for what in (sa.func.count(), sa.func.max(ContactAttempt.at, type_=Case.last_attempt_at.type))
    )
    for some in batches(cases):
        found = sa.select(Case.id, count, last, due()).where(Case.id.in_([case.id for case in some]))
        rows = {identifier: told for identifier, *told in session.execute(found)}
        for case in some:
            case.attempts, case.last_attempt_at, next_at = rows[case.id]
            if case.suspended_until:
                resumes = after(case.suspended_until)
                next_at = max(next_at or resumes, resumes)
            case.next_at = None if case.disposition in CLOSED else next_at


def after(until: dt.date) -> dt.datetime:
    """When work begins again after a suspension: the first working morning after its last day."""
    day = office_hours.business_day(until, 1)
    return office_hours.local_moment(day, office_hours.OPENS, TimeZone.EASTERN)
