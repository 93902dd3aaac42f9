"""Dates in a table, in the forms that people give them: read, or refused for what they lack."""

from __future__ import annotations

import datetime as dt

import pytest

from survey.fieldwork import dates
from survey.fieldwork.dates import Read, Trouble

MARCH_12 = dt.date(2021, 3, 12)


@pytest.mark.parametrize(
    "cell",
    ["2021-03-12", "2021/3/12", "12 mars 2021", "le 12 mars 2021", "12 MARS 2021", "March 12, 2021", "mar. 12 2021",
     "12\u00a0mars\u00a02021", " 2021-03-12 ", "12 Mar 2021"],
)  # fmt: skip
def test_a_date_with_one_reading_is_read(cell):
    assert dates.read([cell]) == [Read(MARCH_12)]


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("2021-03-12 14:30", dt.time(14, 30)),
        ("2021-03-12T14:30:05", dt.time(14, 30)),
        ("2021-03-12 14 h 30", dt.time(14, 30)),
        ("12 mars 2021 à 9 h", dt.time(9, 0)),
        ("2021-03-12 00:00:00", dt.time(0, 0)),
    ],
)
def test_the_hour_after_a_date_is_read_with_it(cell, time):
    assert dates.read([cell]) == [Read(MARCH_12, time)]


def test_the_first_of_a_month_is_written_1er():
    assert dates.read(["1er avril 2021"]) == [Read(dt.date(2021, 4, 1))]


def test_one_date_of_the_column_says_how_the_others_are_read():
    april_3, march_4 = dt.date(2021, 4, 3), dt.date(2021, 3, 4)
    assert dates.read(["03/04/2021", "", "25/12/2021"]) == [Read(april_3), None, Read(dt.date(2021, 12, 25))]
    assert dates.read(["03/04/2021", "12/25/2021"]) == [Read(march_4), Read(dt.date(2021, 12, 25))]


def test_a_date_with_two_readings_is_not_guessed():
    assert dates.read(["03/04/2021", "2021-03-12"]) == [Trouble.AMBIGUOUS, Read(MARCH_12)]
    assert dates.read(["05/05/2021"]) == [Read(dt.date(2021, 5, 5))]


def test_a_column_that_contradicts_itself_is_read_where_it_can_be():
    found = dates.read(["25/12/2021", "12/25/2021", "03/04/2021"])
    assert found == [Read(dt.date(2021, 12, 25)), Read(dt.date(2021, 12, 25)), Trouble.AMBIGUOUS]


@pytest.mark.parametrize(
    ("cell", "trouble"),
    [
        ("2021-02-30", Trouble.IMPOSSIBLE),
        ("31/04/2021", Trouble.IMPOSSIBLE),
        ("2021-03-12 25:00", Trouble.IMPOSSIBLE),
        ("12 brumaire 2021", Trouble.UNKNOWN),
        ("hier", Trouble.UNKNOWN),
        ("12/03/21", Trouble.UNKNOWN),
        ("44267", Trouble.UNKNOWN),
        ("2021-03-12 bientôt", Trouble.UNKNOWN),
        ("9" * 5000, Trouble.UNKNOWN),
    ],
)
def test_what_is_no_date_says_why(cell, trouble):
    assert dates.read([cell]) == [trouble]
