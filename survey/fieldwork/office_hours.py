"""When somebody can be reached: office hours, Québec's public holidays, and the clock of each place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

from survey.instrument.grammar import Text

#: What most offices keep, Monday to Friday, by their own clock.
OPENS, NOON, CLOSES = dt.time(8, 30), dt.time(12), dt.time(16, 30)
SATURDAY = 5


class NoSuchMoment(ValueError):
    """The clocks skip this hour that night: it is not on any of them."""


def local_moment(date: dt.date, time: dt.time, zone: str) -> dt.datetime:
    """The moment, in UTC, at which the clocks of a time zone show this; where they show it twice, the first.

    Raises `NoSuchMoment` when they skip it.
    """
    shown = dt.datetime.combine(date, time.replace(tzinfo=None, fold=0))
    moment = shown.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
    if clock(moment, zone).replace(tzinfo=None) != shown:
        raise NoSuchMoment(f"{shown} {zone}")
    return moment


def clock(moment: dt.datetime, zone: str) -> dt.datetime:
    """What the clocks of a time zone show at a moment; in the doubled hour of autumn, not which of the two it is."""
    return moment.astimezone(ZoneInfo(zone)).replace(fold=0)


@cache
def _of_year(year: int) -> dict[dt.date, Text]:
    import holidays  # the longest of all imports, and most requests ask for no holiday

    french, english = (
        holidays.country_holidays("CA", subdiv="QC", years=year, language=language) for language in ("fr", "en_CA")
    )
    return {day: Text(name, english.get(day, name)) for day, name in french.items()}


def holiday(date: dt.date) -> Text | None:
    """The name of Québec's public holiday on a date, or on the working day when it is kept; None for any other day."""
    return _of_year(date.year).get(date)


def working(date: dt.date) -> bool:
    """Whether offices are open on a date: no week-end, no public holiday."""
    return date.weekday() < SATURDAY and holiday(date) is None


def business_day(date: dt.date, n: int) -> dt.date:
    """The `n`-th working day after a date; for 0, the date itself or the first working day after it."""
    if n == 0:
        while not working(date):
            date += dt.timedelta(days=1)
    for _ in range(n):
        date = business_day(date + dt.timedelta(days=1), 0)
    return date


def next_open(moment: dt.datetime, zone: str) -> dt.datetime:
    """The first moment, in UTC, from this one on at which an office of a time zone is open."""
    here = clock(moment, zone)
    if working(here.date()) and OPENS <= here.time() < CLOSES:
        return moment
    late = here.time() >= CLOSES
    return local_moment(business_day(here.date() + dt.timedelta(days=int(late)), 0), OPENS, zone)


@dataclass(frozen=True)
class Hours:
    """What the clock shows at a place, and when its offices open: None while they are open."""

    shows: dt.datetime
    opens: dt.datetime | None


def hours(moment: dt.datetime, zone: str) -> Hours:
    """The office hours of a place at a moment, by its own clock."""
    opens = next_open(moment, zone)
    return Hours(clock(moment, zone), None if opens == moment else clock(opens, zone))
