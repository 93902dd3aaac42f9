"""Appointments: made, moved, settled; what is worth saying before one is confirmed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from survey import audit
from survey.audit import Action
from survey.db import held, now
from survey.fieldwork import attempts, cases, office_hours, planning, waves
from survey.fieldwork.attempt_rules import CLOSED, SETTLED
from survey.fieldwork.attempts import Attempt
from survey.fieldwork.contact_models import Appointment, Message
from survey.fieldwork.models import Case, CaseEvent, EventKind
from survey.instrument.codes import (
    INTERIM,
    AppointmentStatus,
    AttemptResult,
    Channel,
    Disposition,
    MessageStatus,
    Mode,
)
from survey.instrument.grammar import Text

#: The longest appointment, in minutes: what may overlap another began no earlier.
LONGEST = 8 * 60

CHANNELS = {Mode.PHONE: Channel.PHONE, Mode.ZOOM: Channel.ZOOM, Mode.OTHER: Channel.IN_PERSON}


class Stale(Exception):
    """Somebody changed the appointment since it was shown."""


@dataclass(frozen=True)
class Agreed:
    """What was agreed with somebody."""

    starts_at: dt.datetime
    minutes: int
    mode: Mode
    language: str
    meeting_url: str | None = None
    person_id: int | None = None
    note: str | None = None


@dataclass(frozen=True)
class Conflicts:
    """What is worth saying of a moment. `overlaps` are the interviewer's other appointments, `holiday` its name.

    `closed` says that the offices of the organisation are closed at that moment, by its own clock; `over` is the final
    outcome of its case, which an appointment reopens.
    """

    overlaps: Sequence[Appointment]
    holiday: Text | None
    closed: bool
    past: bool
    over: Disposition | None = None

    @property
    def any(self) -> bool:
        return bool(self.overlaps or self.closed or self.past or self.over)


def make(
    session: Session,
    case: Case,
    agreed: Agreed,
    identifier: uuid.UUID,
    interviewer_id: int,
    user_id: int,
    over: Disposition | None = None,
) -> Appointment:
    """A new appointment of `interviewer_id`: the case's next move, and its outcome as long as it is an interim one.

    Or else when `over` is that final outcome: somebody knows of it, and reopens the case. Raises `cases.Merged` for a
    duplicate, with which nothing is agreed.
    """
    cases.held(session, Case.id == case.id)
    if cases.is_duplicate(case):
        raise cases.Merged(case.id)
    made = Appointment(
        id=identifier, case_id=case.id, user_id=interviewer_id, made_at=now(), made_by=user_id, **vars(agreed)
    )
    session.add(made)
    if case.disposition in INTERIM or case.disposition is over:
        cases.set_outcome(session, case, Disposition.APPOINTMENT, user_id)
    audit.record(session, Action.APPOINTMENT_MAKE, user_id=user_id, about=("case", case.id))
    planning.follow(session, case)
    return made


def over(session: Session, case: Case) -> Disposition | None:
    """The final outcome for which nobody would be shown an appointment with a case; None where there is none."""
    closed = case.disposition in CLOSED and not cases.is_duplicate(case)
    return case.disposition if closed and waves.under_way(session, case) else None


def conflicts(
    session: Session, starts_at: dt.datetime, minutes: int, user_id: int, zone: str, but: uuid.UUID | None = None
) -> Conflicts:
    """What is worth saying before an appointment of `user_id` at this moment; `but` is the one that moves there."""
    ends_at = starts_at + dt.timedelta(minutes=minutes)
    query = sa.select(Appointment).where(
        Appointment.user_id == user_id,
        Appointment.status == AppointmentStatus.PLANNED,
        Appointment.starts_at < ends_at,
        Appointment.starts_at > starts_at - dt.timedelta(minutes=LONGEST),
    )
    near = session.scalars(query.options(joinedload(Appointment.case).joinedload(Case.organisation))).all()
    over = [other for other in near if other.id != but and end(other) > starts_at]
    here = office_hours.clock(starts_at, zone)
    closed = office_hours.next_open(starts_at, zone) != starts_at
    return Conflicts(over, office_hours.holiday(here.date()), closed, starts_at < now())


def end(appointment: Appointment) -> dt.datetime:
    """When an appointment is over, in UTC."""
    return appointment.starts_at + dt.timedelta(minutes=appointment.minutes)


def find(session: Session, identifier: uuid.UUID, change: bool = False) -> Appointment | None:
    """An appointment with its case, organisation and person; for a `change`, held until the commit."""
    query = sa.select(Appointment).where(Appointment.id == identifier)
    if change:
        return held(session, query)
    of = joinedload(Appointment.case)
    parts = (of.joinedload(Case.organisation), joinedload(Appointment.person), joinedload(Appointment.user))
    return session.scalars(query.options(*parts)).one_or_none()


def move(
    session: Session,
    identifier: uuid.UUID,
    starts_at: dt.datetime,
    seen: int,
    user_id: int,
    over: Disposition | None = None,
) -> Appointment:
    """Put an appointment, seen at sequence `seen`, at another moment; the same moment changes nothing.

    Raises `Stale` when somebody changed it meanwhile. What was ready to be sent about it is dropped. A case whose final
    outcome is `over` is reopened.
    """
    appointment = _held(session, identifier, seen)
    if appointment.status is not AppointmentStatus.PLANNED:
        raise Stale(str(identifier))
    if appointment.starts_at != starts_at:
        appointment.starts_at = starts_at
        _changed(session, appointment, Action.APPOINTMENT_MOVE, user_id, over)
    return appointment


def settle(
    session: Session,
    identifier: uuid.UUID,
    status: AppointmentStatus,
    seen: int,
    user_id: int,
    over: Disposition | None = None,
) -> Appointment:
    """Say what became of an appointment, seen at sequence `seen`: kept, missed or cancelled; or planned after all.

    A missed one is an attempt without an answer; its case is to be called at once, unless somebody tried since. Planned
    after all, it reopens a case whose final outcome is `over`. Raises `Stale`, and `cases.Merged` when one with a
    duplicate would be planned again.
    """
    appointment = _held(session, identifier, seen)
    if appointment.status is status:
        return appointment
    duplicate, here = cases.is_duplicate(appointment.case), waves.under_way(session, appointment.case)
    if duplicate and here and status is AppointmentStatus.PLANNED:
        raise cases.Merged(appointment.case_id)
    appointment.status = status
    if status is AppointmentStatus.MISSED and here and not duplicate:
        _note_missed(session, appointment, user_id)
    _changed(session, appointment, Action.APPOINTMENT_SETTLE, user_id, over)
    return appointment


def _held(session: Session, identifier: uuid.UUID, seen: int) -> Appointment:
    """The case first, then its appointment: the order in which everybody holds them."""
    whose = sa.select(Appointment.case_id).where(Appointment.id == identifier).scalar_subquery()
    cases.held(session, Case.id == whose)
    appointment = find(session, identifier, change=True)
    if appointment is None or appointment.sequence != seen:
        raise Stale(str(identifier))
    return appointment


def _note_missed(session: Session, appointment: Appointment, user_id: int) -> None:
    """An attempt at the hour that was agreed, to which nobody answered; to be made again at once."""
    at = now()
    said = Attempt(
        CHANNELS[appointment.mode], AttemptResult.NO_ANSWER, min(appointment.starts_at, at), appointment.person_id, at
    )
    attempts.record(session, appointment.case, said, user_id)


def _changed(
    session: Session, appointment: Appointment, action: Action, user_id: int, over: Disposition | None
) -> None:
    """What follows from a change: what was ready to be sent is dropped, and the case of the wave under way follows."""
    appointment.sequence += 1
    session.flush()
    ready = sa.update(Message).where(Message.appointment_id == appointment.id, Message.status == MessageStatus.READY)
    session.execute(ready.values(status=MessageStatus.DROPPED))
    case = appointment.case
    audit.record(session, action, user_id=user_id, about=("case", case.id), detail=appointment.status)
    if not waves.under_way(session, case):
        return
    if planning.has_appointment(session, case.id):
        if case.disposition in INTERIM or case.disposition is over:
            cases.set_outcome(session, case, Disposition.APPOINTMENT, user_id)
    elif case.disposition in INTERIM:
        cases.set_outcome(session, case, _without(session, appointment), user_id)
    planning.follow(session, case)


def _without(session: Session, appointment: Appointment) -> Disposition:
    """Where a case stands once nothing is planned any more: it is to be called, but for what an appointment reopened.

    That is over again when the appointment is cancelled; and when it was held or missed, if an answer had been given.
    """
    query = sa.select(CaseEvent.code).where(CaseEvent.case_id == appointment.case_id)
    query = query.where(CaseEvent.kind.in_((EventKind.OUTCOME, EventKind.IMPORTED)))
    stood = [Disposition.of(code) for code in session.scalars(query.order_by(CaseEvent.id)) if code]
    since = len(stood) - 1 - stood[::-1].index(Disposition.APPOINTMENT) if Disposition.APPOINTMENT in stood else 0
    before = stood[since - 1] if since else Disposition.IN_PROGRESS
    over = CLOSED if appointment.status is AppointmentStatus.CANCELLED else CLOSED & SETTLED
    return before if before in over - {Disposition.DUPLICATE} else Disposition.IN_PROGRESS


def of_case(session: Session, case_id: int) -> Sequence[Appointment]:
    """Those of a case, the latest first."""
    query = sa.select(Appointment).where(Appointment.case_id == case_id).options(joinedload(Appointment.person))
    return session.scalars(query.order_by(Appointment.starts_at.desc())).all()


def between(session: Session, start: dt.datetime, stop: dt.datetime, user_id: int | None) -> Sequence[Appointment]:
    """Those of one interviewer, or of all, that begin from `start` on and before `stop`; cancelled ones left out."""
    query = sa.select(Appointment).where(
        Appointment.starts_at >= start,
        Appointment.starts_at < stop,
        Appointment.status != AppointmentStatus.CANCELLED,
    )
    if user_id is not None:
        query = query.where(Appointment.user_id == user_id)
    of = joinedload(Appointment.case).joinedload(Case.organisation)
    parts = (of, joinedload(Appointment.person), joinedload(Appointment.user))
    return session.scalars(query.options(*parts).order_by(Appointment.starts_at, Appointment.id)).all()


def overlapping(appointments: Sequence[Appointment]) -> set[uuid.UUID]:
    """Those among them, in the order of their beginnings, that overlap another of the same interviewer."""
    found, last = set[uuid.UUID](), dict[int, Appointment]()
    for one in appointments:
        if one.status is not AppointmentStatus.PLANNED:
            continue
        before = last.get(one.user_id)
        if before and end(before) > one.starts_at:
            found |= {before.id, one.id}
        if before is None or end(one) > end(before):
            last[one.user_id] = one
    return found
