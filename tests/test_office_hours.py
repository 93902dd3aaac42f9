"""When somebody can be reached: holidays, office hours and the clocks of each place."""

from __future__ import annotations

import datetime as dt

import pytest

from survey.fieldwork import office_hours
from survey.fieldwork.models import TimeZone
from survey.fieldwork.office_hours import NoSuchMoment, local_moment

MONTREAL, ISLANDS, BLANC_SABLON = TimeZone.EASTERN, TimeZone.MAGDALEN, TimeZone.BLANC_SABLON


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("zone", "winter", "summer"),
    [
        (MONTREAL, "2026-01-15 19:00", "2026-07-15 18:00"),
        (ISLANDS, "2026-01-15 18:00", "2026-07-15 17:00"),
        (BLANC_SABLON, "2026-01-15 18:00", "2026-07-15 18:00"),
    ],
)
def test_two_in_the_afternoon_is_not_the_same_moment_everywhere(zone: TimeZone, winter: str, summer: str) -> None:
    assert local_moment(dt.date(2026, 1, 15), dt.time(14), zone) == utc(winter)
    assert local_moment(dt.date(2026, 7, 15), dt.time(14), zone) == utc(summer)


@pytest.mark.parametrize("zone", [MONTREAL, ISLANDS])
def test_the_hour_that_the_clocks_skip_is_no_moment(zone: TimeZone) -> None:
    with pytest.raises(NoSuchMoment):
        local_moment(dt.date(2026, 3, 8), dt.time(2, 30), zone)


def test_where_clocks_never_change_no_hour_is_skipped() -> None:
    assert local_moment(dt.date(2026, 3, 8), dt.time(2, 30), BLANC_SABLON) == utc("2026-03-08 06:30")


def test_of_the_doubled_hour_the_first_is_meant() -> None:
    doubled = dt.time(1, 30, fold=1)
    assert local_moment(dt.date(2026, 11, 1), doubled, MONTREAL) == utc("2026-11-01 05:30")


@pytest.mark.parametrize(
    ("date", "name"),
    [
        ("2026-06-24", "Fête nationale du Québec"),
        ("2026-05-18", "Journée nationale des patriotes"),
        ("2026-01-01", "Jour de l'an"),
        ("2021-12-27", "Jour de Noël (observé)"),
        ("2026-11-11", None),
        ("2026-08-03", None),
    ],
)
def test_the_holidays_are_those_of_quebec(date: str, name: str | None) -> None:
    found = office_hours.holiday(dt.date.fromisoformat(date))
    assert (found and found.fr) == name


def test_working_days_pass_over_week_ends_and_holidays() -> None:
    tuesday = dt.date(2026, 6, 23)
    assert office_hours.business_day(tuesday, 1) == dt.date(2026, 6, 25)
    assert office_hours.business_day(tuesday, 3) == dt.date(2026, 6, 29)
    assert office_hours.business_day(dt.date(2026, 6, 24), 0) == dt.date(2026, 6, 25)


@pytest.mark.parametrize(
    ("moment", "zone", "opens"),
    [
        ("2026-11-23 20:00", MONTREAL, None),
        ("2026-11-23 20:45", ISLANDS, "2026-11-24 08:30"),
        ("2026-11-23 12:45", ISLANDS, None),
        ("2026-11-23 12:45", MONTREAL, "2026-11-23 08:30"),
        ("2026-11-27 21:30", MONTREAL, "2026-11-30 08:30"),
        ("2026-06-24 15:00", MONTREAL, "2026-06-25 08:30"),
    ],
)
def test_an_office_is_open_by_its_own_clock(moment: str, zone: TimeZone, opens: str | None) -> None:
    hours = office_hours.hours(utc(moment), zone)
    assert (hours.opens and f"{hours.opens:%Y-%m-%d %H:%M}") == opens
