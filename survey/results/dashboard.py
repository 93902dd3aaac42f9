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
from survey.interview import nonresponse
from survey.interview.nonresponse import Asked

#: How many days of appointments, and of the questions that lack most answers how many, the page has room for.
DAYS, WORST = 7, 6


@dataclass(frozen=True)
class Dashboard:
    """What the page shows of a wave. `appointments` counts those planned on each of the next days, today first."""

    wave: Wave
    today: dt.date
    standing: dict[Disposition, int]
    readings: dict[TargetPopulation, Outcome]
    ageing: Ageing
    appointments: dict[dt.date, int]
    pace: Pace
    inbox: Inbox
    lacking: list[Asked]

    @property
    def listed(self) -> int:
        return sum(self.standing.values())


def read(session: Session, wave: Wave, zone: ZoneInfo) -> Dashboard:
    """The dashboard of a wave as of now, its days in this time zone."""
    at = now()
    today = at.astimezone(zone).date()
    standing = waves.standing(session, wave)
    return Dashboard(
        wave,
        today,
        standing,
        waves.read_as(standing, wave),
        progress.ageing(session, wave, at, today),
        _by_day(session, wave, today, zone),
        progress.pace(session, wave, at),
        progress.inbox(session),
        most_lacking(nonresponse.of_items(session, wave.number)),
    )


def _by_day(session: Session, wave: Wave, today: dt.date, zone: ZoneInfo) -> dict[dt.date, int]:
    days = [today + dt.timedelta(days=n) for n in range(DAYS)]
    start, end = (dt.datetime.combine(day, dt.time(), zone) for day in (today, today + dt.timedelta(days=DAYS)))
    found = Counter(at.astimezone(zone).date() for at in progress.planned(session, wave, start, end))
    return {day: found[day] for day in days}


def most_lacking(items: list[Asked]) -> list[Asked]:
    """The questions that lack the largest share of their answers, the worst first."""
    lacking = [asked for asked in items if asked.missing > 0]
    return sorted(lacking, key=lambda asked: asked.missing / asked.base, reverse=True)[:WORST]
