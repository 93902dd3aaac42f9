"""Everything that happened to a case in one line: its events, its contact attempts and its appointments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from survey.fieldwork import attempts
from survey.fieldwork.contact_models import Appointment, ContactAttempt
from survey.fieldwork.models import CaseEvent
from survey.instrument.codes import AppointmentStatus


@dataclass(frozen=True)
class Entry:
    """One of them: `who` did it, and of an attempt or an appointment whom it was with and what was noted.

    An appointment is there when it was made, and again at its hour once somebody said what became of it (`settled`).
    """

    at: dt.datetime
    who: str | None
    event: CaseEvent | None = None
    attempt: ContactAttempt | None = None
    appointment: Appointment | None = None
    settled: bool = False
    person: str | None = None
    note: str | None = None


def of_case(session: Session, case_id: int, events: Iterable[CaseEvent], private: bool) -> list[Entry]:
    """The events given and what was done to reach the case, the newest first; persons and notes only if `private`."""
    return of_cases(session, {case_id: events}, private)[case_id]


def of_cases(session: Session, events: Mapping[int, Iterable[CaseEvent]], private: bool) -> dict[int, list[Entry]]:
    """The same for each of several cases, in as many statements."""
    found: dict[int, list[Entry]] = {case_id: [_told(event) for event in events[case_id]] for case_id in events}
    for attempt in attempts.of_cases(session, events):
        found[attempt.case_id].append(_tried(attempt, private))
    for meeting in _appointments(session, events):
        found[meeting.case_id].extend(_met(meeting, private))
    return {case_id: sorted(line, key=lambda entry: entry.at, reverse=True) for case_id, line in found.items()}


def _told(event: CaseEvent) -> Entry:
    return Entry(event.at, event.user.name if event.user else None, event=event)


def _tried(attempt: ContactAttempt, private: bool) -> Entry:
    person, note = (attempt.person, attempt.note) if private else (None, None)
    who = attempt.user.name if attempt.user else None
    return Entry(attempt.at, who, attempt=attempt, person=person.name if person else None, note=note)


def _met(meeting: Appointment, private: bool) -> Iterator[Entry]:
    person, note = (meeting.person, meeting.note) if private else (None, None)
    name = person.name if person else None
    yield Entry(meeting.made_at, meeting.maker.name, appointment=meeting, person=name, note=note)
    if meeting.status is not AppointmentStatus.PLANNED:
        yield Entry(meeting.starts_at, meeting.user.name, appointment=meeting, settled=True, person=name)


def _appointments(session: Session, case_ids: Collection[int]) -> Iterable[Appointment]:
    query = sa.select(Appointment).where(Appointment.case_id.in_(case_ids)).order_by(Appointment.made_at)
    parts = (joinedload(Appointment.user), joinedload(Appointment.maker), joinedload(Appointment.person))
    return session.scalars(query.options(*parts)).all()
