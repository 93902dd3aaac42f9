"""A week of appointments: its days, and a row for each interviewer who has any."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from survey.fieldwork import appointments, office_hours, teams
from survey.fieldwork.contact_models import Appointment
from survey.fieldwork.teams import Within
from survey.instrument.grammar import Text

WEEK = dt.timedelta(days=7)
WORKED = 5
#: Beyond, a day has no week before or after it that every clock knows.
FIRST, LAST = dt.date(2000, 1, 3), dt.date(2099, 12, 28)


@dataclass(frozen=True)
class Row:
    """The week of one interviewer: for each day shown, its appointments."""

    interviewer: str
    days: Sequence[Sequence[Appointment]]


@dataclass(frozen=True)
class Week:
    """`days` with the holiday that each is, if any; Saturday and Sunday only when something happens then.

    `overlapping` are the appointments that meet another of the same interviewer.
    """

    monday: dt.date
    days: dict[dt.date, Text | None]
    rows: Sequence[Row]
    overlapping: set[uuid.UUID]


def monday(date: dt.date) -> dt.date:
    """The Monday of a date's week."""
    date = min(max(date, FIRST), LAST)
    return date - dt.timedelta(days=date.weekday())


def of_week(
    session: Session, date: dt.date, user_id: int | None, zone: str, within: Within = None
) -> Sequence[Appointment]:
    """The appointments of the week of a date, of one interviewer or of all, by the clock of a time zone.

    `within` is whose cases the reader sees (`teams`).
    """
    first = monday(date)
    start, stop = (office_hours.local_moment(day, dt.time(), zone) for day in (first, first + WEEK))
    found = appointments.between(session, start, stop, user_id)
    return [one for one in found if teams.sees(within, one.case.interviewer_id)]


def week(session: Session, date: dt.date, user_id: int | None, zone: str, within: Within = None) -> Week:
    """The week of a date as `of_week` gives it."""
    first, found = monday(date), of_week(session, date, user_id, zone, within)
    on = {one.id: office_hours.clock(one.starts_at, zone).date() for one in found}
    whole = [first + dt.timedelta(days=n) for n in range(7)]
    days = [day for n, day in enumerate(whole) if n < WORKED or day in on.values()]
    names = {one.user_id: one.user.name for one in found}
    rows = [
        Row(name, [[one for one in found if one.user_id == who and on[one.id] == day] for day in days])
        for who, name in sorted(names.items(), key=lambda pair: (pair[1], pair[0]))
    ]
    return Week(first, {day: office_hours.holiday(day) for day in days}, rows, appointments.overlapping(found))
