"""What to do now: the cases of an interviewer in the order in which they ask for it, and those that nobody has."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.fieldwork import cases, office_hours, planning
from survey.fieldwork.contact_models import ContactAttempt
from survey.fieldwork.models import WAITING, Case, CaseTally, EventKind, Organisation, Person, TimeZone
from survey.fieldwork.office_hours import Hours
from survey.fieldwork.waves import CURRENT
from survey.instrument.codes import AttemptResult, Disposition, Region

#: What one page shows of each kind, and of those that nobody has; among so many cases that nobody tried yet, those of a
#: region without an interview are looked for.
SHOWN, FREE_SHOWN, LOOKED_AT = 30, 10, 200
#: What was due longer ago than this is late; a backlog never hides what is due now.
LATE = dt.timedelta(hours=12)
#: From so long before an appointment on, it comes first.
SOON = dt.timedelta(minutes=30)
#: For so long after its hour an appointment may be about to begin.
UNDER_WAY = dt.timedelta(hours=1)

INTERVIEWED = (Disposition.COMPLETED, Disposition.COMPLETED_NONE)


class Why(enum.IntEnum):
    """Why a case is in the queue, the most pressing first."""

    APPOINTMENT = enum.auto()
    PROMISED = enum.auto()
    PAST_APPOINTMENT = enum.auto()
    PUT_OFF = enum.auto()
    ANOTHER_WAY = enum.auto()
    REMINDER = enum.auto()
    RESUMED = enum.auto()
    REGION_WITHOUT = enum.auto()
    FIRST = enum.auto()
    UNDATED = enum.auto()


@dataclass(frozen=True)
class Entry:
    """A case of the queue: why it is there, since or until when, and whether anybody is in the office there.

    `attempts` is how many were made: the next one is that reminder. `person` is whom to reach first: name, phones and
    e-mails.
    """

    case_id: int
    organisation_id: int
    name: str
    region: Region | None
    zone: TimeZone
    why: Why
    at: dt.datetime | None
    attempts: int
    hours: Hours
    person: Any = field(default=None, compare=False)


@dataclass(frozen=True)
class Queue:
    """What is to be done `now`, what comes `later` today, and what is `free` for anybody to take."""

    now: Sequence[Entry]
    later: Sequence[Entry]
    free: Sequence[Entry]


def of(session: Session, interviewer_id: int, at: dt.datetime, zone: str) -> Queue:
    """The queue of somebody at a moment, to the end of the day where the team works, or for an hour at least."""
    tomorrow = office_hours.clock(at, zone).date() + dt.timedelta(days=1)
    until = max(office_hours.local_moment(tomorrow, dt.time(), zone), at + UNDER_WAY)
    without = _regions_without(session)
    asked = {"whose": interviewer_id, "late": at - LATE, "until": until, "at": at, "without": list(without)}
    mine = [row for query in MINE for row in session.connection().execute(query, asked)]
    free = [row for query in FREE for row in session.connection().execute(query, asked)]
    persons = _persons(session, {row.organisation_id for row in (*mine, *free)})
    hours = {place: office_hours.hours(at, place) for place in TimeZone}
    entries = [_entry(row, at, without, hours, persons) for row in mine]
    return Queue(
        now=ranked(entry for entry in entries if not _later(entry, at))[:SHOWN],
        later=sorted((entry for entry in entries if _later(entry, at)), key=lambda entry: str(entry.at))[:SHOWN],
        free=ranked(_entry(row, at, without, hours, persons) for row in free)[:FREE_SHOWN],
    )


def ranked(entries: Iterable[Entry]) -> list[Entry]:
    """The most pressing first; within the same reason, where somebody is in the office, then the longest due."""

    def rank(entry: Entry) -> tuple[Any, ...]:
        agreed = entry.why in (Why.APPOINTMENT, Why.PROMISED)
        return not agreed and entry.hours.opens is not None, entry.why, str(entry.at or ""), entry.case_id

    return sorted(entries, key=rank)


def _later(entry: Entry, at: dt.datetime) -> bool:
    return entry.at is not None and entry.at > (at + SOON if entry.why is Why.APPOINTMENT else at)


def _rows(*which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    result = sa.select(ContactAttempt.result).where(ContactAttempt.case_id == Case.id)
    return (
        sa.select(
            *(Case.id, Case.organisation_id, Case.attempts, Case.next_at, Case.put_off_to, Case.suspended_until),
            *(Organisation.name, Organisation.region_code, Organisation.time_zone),
            result.order_by(*planning.LATEST).limit(1).correlate(Case).scalar_subquery().label("result"),
            planning.first_appointment().label("appointment"),
        )
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(*which)
    )


def _waiting(whose: sa.ColumnElement[bool]) -> tuple[sa.ColumnElement[bool], ...]:
    return Case.wave == CURRENT, whose, sa.text(WAITING)  # type: ignore[return-value]  # as the index has it, or unused


#: The order of the index: a page of it is read without sorting the rest, NULLs included.
IN_ORDER = (Case.interviewer_id, Case.next_at, Case.id)


def _dated(whose: sa.ColumnElement[bool], *when: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return _rows(*_waiting(whose), *when).order_by(*IN_ORDER).limit(SHOWN)


def _undated(whose: sa.ColumnElement[bool]) -> sa.Select[Any]:
    looked_at = sa.select(Case.id).where(*_waiting(whose), Case.next_at.is_(None))
    looked_at = looked_at.where(Case.disposition != Disposition.PARTIAL).order_by(*IN_ORDER).limit(LOOKED_AT)
    first = sa.case((Organisation.region_code.in_(sa.bindparam("without", expanding=True)), 0), else_=1)
    query = _rows(Case.id.in_(sa.select(looked_at.subquery().c.id)))
    return query.order_by(first, Case.id).limit(SHOWN)


def _moment(name: str) -> sa.BindParameter[dt.datetime]:
    return sa.bindparam(name, type_=Case.next_at.type)


THEIRS, NOBODYS = Case.interviewer_id == sa.bindparam("whose", type_=sa.Integer), Case.interviewer_id.is_(None)
#: Made once: to build these statements costs more than to run them.
MINE = (
    _dated(THEIRS, Case.next_at > _moment("late"), Case.next_at < _moment("until")),
    _dated(THEIRS, Case.next_at <= _moment("late")),
    _undated(THEIRS),
)
FREE = (_dated(NOBODYS, Case.next_at <= _moment("at")), _undated(NOBODYS))


#: The regions in which an interview of the wave was held.
HELD = (
    sa.select(CaseTally.region_code)
    .where(CaseTally.wave == CURRENT, CaseTally.disposition.in_(INTERVIEWED), CaseTally.n > 0)
    .distinct()
)
#: Whom to reach first in each organisation: the first who has not left.
FIRST = (
    sa.select(
        Person.organisation_id, Person.name, *(Person.phone, Person.other_phone, Person.email, Person.other_email)
    )
    .where(Person.organisation_id.in_(sa.bindparam("organisations", expanding=True)), Person.left_at.is_(None))
    .order_by(Person.id.desc())
)


def _regions_without(session: Session) -> frozenset[Region]:
    return frozenset(Region) - set(session.connection().scalars(HELD))


def _persons(session: Session, organisation_ids: Collection[int]) -> dict[int, Any]:
    rows = session.connection().execute(FIRST, {"organisations": list(organisation_ids)})
    return {row.organisation_id: row for row in rows}


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


def has_appointment(session: Session, case: Case) -> bool:
    """Whether an appointment of a case is planned, past or to come."""
    return session.scalar(sa.select(planning.first_appointment()).where(Case.id == case.id)) is not None
