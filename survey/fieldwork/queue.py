"""What to do now: the cases of an interviewer in the order in which they ask for it, and those that nobody has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.fieldwork import cases, office_hours, planning, queue_rows
from survey.fieldwork.models import Case, EventKind, TimeZone
from survey.fieldwork.office_hours import Hours
from survey.fieldwork.queue_entries import CallBacks, Due, Entry, Queue, Why
from survey.fieldwork.queue_rows import FREE_SHOWN, SHOWN
from survey.instrument.codes import AttemptResult, Region

#: What was due longer ago than this is late; a backlog never hides what is due now.
LATE = dt.timedelta(hours=12)
#: From so long before an appointment on, it comes first.
SOON = dt.timedelta(minutes=30)
#: For so long after its hour an appointment may be about to begin.
UNDER_WAY = dt.timedelta(hours=1)


def none_due(_session: Session, _at: dt.datetime, _today: dt.date, _whose: int) -> Mapping[int, Due]:
    return {}


def of(session: Session, interviewer_id: int, at: dt.datetime, zone: str, call_backs: CallBacks = none_due) -> Queue:
    """The queue of somebody at a moment, to the end of the day where the team works, or for an hour at least."""
    tomorrow = office_hours.clock(at, zone).date() + dt.timedelta(days=1)
    until = max(office_hours.local_moment(tomorrow, dt.time(), zone), at + UNDER_WAY)
    without = queue_rows.regions_without(session)
    asked = {"whose": interviewer_id, "late": at - LATE, "until": until, "at": at, "without": list(without)}
    rows = session.connection().execute(queue_rows.QUEUE, asked).all()
    due = call_backs(session, at, tomorrow - dt.timedelta(days=1), interviewer_id)
    called = session.connection().execute(queue_rows.CALLED, {"cases": list(due)}).all() if due else ()
    persons = queue_rows.persons(session, {row.organisation_id for row in (*rows, *called)})
    hours = {place: office_hours.hours(at, place) for place in TimeZone}

    def entries(whose: int | None) -> list[Entry]:
        ordinary, theirs = (
            [_entry(row, at, without, hours, persons) for row in some if row.interviewer_id == whose]
            for some in (rows, called)
        )
        return with_call_backs(ordinary, theirs, due)

    waiting = entries(interviewer_id)
    return Queue(
        now=ranked(entry for entry in waiting if not _later(entry, at))[:SHOWN],
        later=sorted((entry for entry in waiting if _later(entry, at)), key=lambda one: str(one.at))[:SHOWN],
        free=ranked(entry for entry in entries(None) if not _later(entry, at))[:FREE_SHOWN],
    )


def with_call_backs(ordinary: Iterable[Entry], called: Iterable[Entry], due: Mapping[int, Due]) -> list[Entry]:
    """The entries of some cases, those for which somebody is to be called again saying so.

    An appointment and a promise come first: a case is there once.
    """
    agreed = [entry for entry in ordinary if entry.why < Why.CALL_BACK or entry.why is Why.PAST_APPOINTMENT]
    kept = {entry.case_id for entry in agreed}
    again = [_to_complete(entry, due[entry.case_id]) for entry in called if entry.case_id not in kept]
    kept |= {entry.case_id for entry in again}
    return [*agreed, *again, *(entry for entry in ordinary if entry.case_id not in kept)]


def _to_complete(entry: Entry, due: Due) -> Entry:
    opens = office_hours.local_moment(due.on, office_hours.OPENS, entry.zone)
    return replace(entry, why=Why.CALL_BACK, at=opens, blocks=due.blocks)


def ranked(entries: Iterable[Entry]) -> list[Entry]:
    """The most pressing first; within the same reason, where somebody is in the office, then the longest due."""

    def rank(entry: Entry) -> tuple[Any, ...]:
        why = Why.PROMISED if entry.why is Why.CALL_BACK else entry.why
        agreed = why in (Why.APPOINTMENT, Why.PROMISED)
        return not agreed and entry.hours.opens is not None, why, str(entry.at or ""), entry.case_id

    return sorted(entries, key=rank)


def _later(entry: Entry, at: dt.datetime) -> bool:
    return entry.at is not None and entry.at > (at + SOON if entry.why is Why.APPOINTMENT else at)


def _entry(
    row: Any, at: dt.datetime, without: Collection[Region], hours: Mapping[TimeZone, Hours], persons: Mapping[int, Any]
) -> Entry:
    return Entry(
        row.id,
        row.organisation_id,
        row.name,
        row.region_code,
        row.time_zone,
        _why(row, at, without),
        row.appointment or row.next_at,
        row.attempts,
        hours[row.time_zone],
        persons.get(row.organisation_id),
    )


#: What somebody there asked for, and was promised.
ASKED_FOR = frozenset({AttemptResult.CALL_BACK, AttemptResult.NOT_NOW, AttemptResult.REDIRECTED})


def _why(row: Any, at: dt.datetime, without: Collection[Region]) -> Why:
    if row.appointment or (row.next_at and row.result is AttemptResult.APPOINTMENT):
        return Why.APPOINTMENT if (row.appointment or row.next_at) > at - UNDER_WAY else Why.PAST_APPOINTMENT
    if row.next_at is None:
        if row.attempts or row.result:
            return Why.UNDATED
        return Why.REGION_WITHOUT if row.region_code in without else Why.FIRST
    if row.put_off_to == row.next_at:
        return Why.PUT_OFF
    if row.suspended_until and row.next_at == planning.after(row.suspended_until):
        return Why.RESUMED
    if row.result in ASKED_FOR:
        return Why.PROMISED
    return Why.ANOTHER_WAY if row.result is AttemptResult.INVALID else Why.REMINDER


def claim(session: Session, case_id: int, user_id: int) -> User | None:
    """Take a case that nobody has: None when one has it now, or else the colleague who was first.

    Raises NoResultFound when there is no such case.
    """
    held = cases.held(session, Case.id == case_id)
    if not held:
        raise sa.exc.NoResultFound(case_id)
    if held[0].interviewer_id is None:
        cases.assign(session, held[0], user_id, user_id)
    holder = held[0].interviewer_id
    return None if holder == user_id else session.get_one(User, holder)


def put_off(session: Session, case: Case, to: dt.datetime, user_id: int) -> None:
    """Leave a case for another day; what was planned is what it was. An appointment is not put off this way."""
    cases.held(session, Case.id == case.id)
    if case.put_off_to != to:
        case.put_off_to = to
        planning.follow(session, case)
        cases.log(session, case.id, EventKind.PUT_OFF, user_id, code=to.isoformat())
