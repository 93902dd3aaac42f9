"""Dates as people write them in a table: a column says together what a cell alone does not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from enum import Enum, auto
from typing import NamedTuple

from survey.text import fold

#: 2021-03-12, 2021/3/12, with or without an hour after it: 2021-03-12T14:30, 2021-03-12 14 h 30.
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ,]+(.*))?")
#: 12/03/2021, 12-3-2021.
YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[t ,]+(.*))?")
#: 12 mars 2021, 1er avril 2021, le 12 mars 2021 à 14 h 30; March 12, 2021.
IN_WORDS = re.compile(r"(?:le )?(\d{1,2})(?:er)? ([a-z]+)\.? (\d{4})(?:,? (.*))?")
ENGLISH = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?:,? (.*))?")
TIME = re.compile(r"(?:a |at )?(\d{1,2})(?: ?h ?|:)(\d{2})?(?::\d{2}(?:\.\d+)?)?")

MONTHS = {
    name: n
    for n, names in enumerate(
        ("janvier january janv jan", "fevrier february fevr fev feb", "mars march mar", "avril april avr apr",
         "mai may", "juin june jun", "juillet july juil jul", "aout august aug", "septembre september sept sep",
         "octobre october oct", "novembre november nov", "decembre december dec"), start=1)
    for name in names.split()
}  # fmt: skip


class Order(Enum):
    """Which comes first where a date ends with its year."""

    DAY = auto()
    MONTH = auto()


class Trouble(Enum):
    """Why a cell is no date."""

    UNKNOWN = auto()
    AMBIGUOUS = auto()
    IMPOSSIBLE = auto()


class Read(NamedTuple):
    """A date, and the time of day where there is one."""

    date: dt.date
    time: dt.time | None = None


def read(cells: Iterable[str]) -> list[Read | Trouble | None]:
    """The dates of a column, in its order: None for a blank cell.

    Where dates end with their year, one that can only be read one way says how the others are read. Without any, or
    with two that contradict each other, those that have two readings are AMBIGUOUS.
    """
    folded = [" ".join(fold(cell).replace("\u202f", " ").replace("\u00a0", " ").split()) for cell in cells]
    orders = {order for cell in folded if (order := _tells(cell))}
    order = orders.pop() if len(orders) == 1 else None
    return [_read(cell, order) if cell else None for cell in folded]


def _tells(cell: str) -> Order | None:
    found = YEAR_LAST.fullmatch(cell)
    first, second = (int(found[1]), int(found[2])) if found else (0, 0)
    if first > 12 >= second:
        return Order.DAY
    return Order.MONTH if second > 12 >= first else None


def _read(cell: str, order: Order | None) -> Read | Trouble:
    if found := YEAR_FIRST.fullmatch(cell):
        return _made(found[1], found[2], found[3], found[4])
    if found := YEAR_LAST.fullmatch(cell):
        first, second = found[1], found[2]
        if order is None and first.lstrip("0") != second.lstrip("0") and max(int(first), int(second)) <= 12:
            return Trouble.AMBIGUOUS
        day_first = (order or _tells(cell)) is not Order.MONTH
        day, month = (first, second) if day_first else (second, first)
        return _made(found[3], month, day, found[4])
    if (found := IN_WORDS.fullmatch(cell)) and found[2] in MONTHS:
        return _made(found[3], MONTHS[found[2]], found[1], found[4])
    if (found := ENGLISH.fullmatch(cell)) and found[1] in MONTHS:
        return _made(found[3], MONTHS[found[1]], found[2], found[4])
    return Trouble.UNKNOWN


def _made(year: str, month: str | int, day: str, time: str | None) -> Read | Trouble:
    try:
        date = dt.date(int(year), int(month), int(day))
    except ValueError:
        return Trouble.IMPOSSIBLE
    if not time:
        return Read(date)
    found = TIME.fullmatch(time)
    if found is None:
        return Trouble.UNKNOWN
    try:
        said = dt.time(int(found[1]), int(found[2] or 0))
    except ValueError:
        return Trouble.IMPOSSIBLE
    return Read(date, said)
