"""The dashboard: one page that says where a wave stands today. It names nobody."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from survey.db import now
from survey.fieldwork import progress, waves
from survey.fieldwork.models import Wave
from survey.fieldwork.progress import Ageing, Inbox, Pace
from survey.fieldwork.rates import Outcome
from survey.instrument.codes import Disposition, TargetPopulation
from survey.results import lacking
from survey.results.lacking import Kept, Lacking

#: How many days of appointments the page has room for.
DAYS = 7


@dataclass(frozen=True)
class Dashboard:
    """What the page shows of a wave. `appointments` counts those planned on each of the next days, today first."""

    wave: Wave
    at: dt.datetime
    today: dt.date
    standing: dict[Disposition, int]
    readings: dict[TargetPopulation, Outcome]
    ageing: Ageing
    appointments: dict[dt.date, int]
    pace: Pace
    inbox: Inbox
    lacking: Lacking

    @property
    def listed(self) -> int:
        return sum(self.standing.values())


def read(session: Session, wave: Wave, zone: ZoneInfo, kept: Kept) -> Dashboard:
    """The dashboard of a wave as of now, its days in this time zone; `kept` is what serves for a while (`lacking`)."""
    at = now()
    today = at.astimezone(zone).date()
    standing = waves.standing(session, wave)
    return Dashboard(
        wave,
        at,
        today,
        standing,
        waves.read_as(standing, wave),
        progress.ageing(session, wave, at, today),
        _by_day(session, wave, today, zone),
        progress.pace(session, wave, at),
        progress.inbox(session),
        lacking.read(session, wave.number, at, kept),
    )


def _by_day(session: Session, wave: Wave, today: dt.date, zone: ZoneInfo) -> dict[dt.date, int]:
    days = [today + dt.timedelta(days=n) for n in range(DAYS)]
    start, end = (dt.datetime.combine(day, dt.time(), zone) for day in (today, today + dt.timedelta(days=DAYS)))
    found = Counter(at.astimezone(zone).date() for at in progress.planned(session, wave, start, end))
    return {day: found[day] for day in days}
