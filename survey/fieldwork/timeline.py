"""Everything that happened to a case in one line: its events, its contact attempts and its appointments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from survey.fieldwork import attempts
from survey.fieldwork.contact_models import Appointment, ContactAttempt
from survey.fieldwork.models import CaseEvent


@dataclass(frozen=True)
class Entry:
    """One of them: `who` did it, and of an attempt or an appointment whom it was with and what was noted."""

    at: dt.datetime
    who: str | None
    event: CaseEvent | None = None
    attempt: ContactAttempt | None = None
    appointment: Appointment | None = None
    person: str | None = None
    note: str | None = None


def of_case(session: Session, case_id: int, events: Iterable[CaseEvent], private: bool) -> list[Entry]:
    """The events given and what was done to reach the case, the newest first; persons and notes only if `private`."""
    entries = [Entry(event.at, event.user.name if event.user else None, event=event) for event in events]
    entries += _attempts(session, case_id, private)
    entries += _appointments(session, case_id, private)
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _attempts(session: Session, case_id: int, private: bool) -> Iterator[Entry]:
    for attempt in attempts.of_case(session, case_id):
        person, note = (attempt.person, attempt.note) if private else (None, None)
        who = attempt.user.name if attempt.user else None
        yield Entry(attempt.at, who, attempt=attempt, person=person.name if person else None, note=note)


def _appointments(session: Session, case_id: int, private: bool) -> Iterator[Entry]:
    query = sa.select(Appointment).where(Appointment.case_id == case_id)
    for meeting in session.scalars(query.options(joinedload(Appointment.user), joinedload(Appointment.person))):
        person, note = (meeting.person, meeting.note) if private else (None, None)
        yield Entry(
            meeting.starts_at, meeting.user.name, appointment=meeting, person=person.name if person else None, note=note
        )
