"""Whether the snowball still brings anybody new: who is named week by week, against those known already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork.models import Referral
from survey.fieldwork.provenance import LEADS
from survey.instrument.codes import Fate


class Week(NamedTuple):
    """The mentions of one week that lead to the list: of an organisation that was `new`, or `known` already.

    `all_new` and `all_known` count from the first week on.
    """

    monday: dt.date
    new: int
    known: int
    all_new: int
    all_known: int

    @property
    def mentions(self) -> int:
        return self.new + self.known


def weeks(session: Session, zone: ZoneInfo) -> list[Week]:
    """Every week from the first mention to the last, those without any too, where the team works.

    A mention is a row of Q.14 that was decided and leads to an organisation. It is new when it is the first of an
    organisation that its decision took into the list; every other is of one that was known.
    """
    query = sa.select(Referral.at, Referral.fate, Referral.organisation_id).where(
        Referral.case_id.is_not(None), Referral.removed_at.is_(None), Referral.fate.in_(LEADS)
    )
    counted: dict[dt.date, list[int]] = {}
    met: set[int | None] = set()
    rows = session.execute(query.order_by(Referral.at, Referral.id)).all()
    taken_in = {row.organisation_id for row in rows if row.fate is Fate.NEW}
    for at, _fate, organisation_id in rows:
        day = at.astimezone(zone).date()
        of_week = counted.setdefault(day - dt.timedelta(days=day.weekday()), [0, 0])
        first = organisation_id in taken_in and organisation_id not in met
        of_week[0 if first else 1] += 1
        met.add(organisation_id)
    return _in_a_row(counted)


def _in_a_row(counted: dict[dt.date, list[int]]) -> list[Week]:
    found: list[Week] = []
    monday, new, known = min(counted, default=dt.date.max), 0, 0
    while counted and monday <= max(counted):
        here = counted.get(monday, [0, 0])
        new, known = new + here[0], known + here[1]
        found.append(Week(monday, here[0], here[1], new, known))
        monday += dt.timedelta(days=7)
    return found


class Curve(NamedTuple):
    """The cumulated counts as points of a picture of `WIDTH` by `HEIGHT`, and the marks of its axes."""

    new: Sequence[tuple[float, float]]
    known: Sequence[tuple[float, float]]
    counts: Sequence[tuple[int, float]]
    mondays: Sequence[tuple[dt.date, float]]


WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, ABOVE, BELOW = 44, 190, 16, 36


def curve(found: Sequence[Week]) -> Curve:
    """The picture of some weeks, at least one; its vertical axis begins at 0."""
    most = max(max(week.all_new, week.all_known) for week in found)
    step = next(size for size in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10**6) if most / size <= 5)
    top = -(-most // step) * step or 1

    def x(n: int) -> float:
        return LEFT + (n + 1) * (WIDTH - LEFT - RIGHT) / len(found)

    def y(count: int) -> float:
        return round(HEIGHT - BELOW - count * (HEIGHT - ABOVE - BELOW) / top, 1)

    def line(counts: Sequence[int]) -> list[tuple[float, float]]:
        return [(LEFT, y(0)), *((round(x(n), 1), y(count)) for n, count in enumerate(counts))]

    every = -(-len(found) // 6)
    return Curve(
        line([week.all_new for week in found]),
        line([week.all_known for week in found]),
        [(count, y(count)) for count in range(0, top + 1, step)],
        [(week.monday, round(x(n), 1)) for n, week in enumerate(found) if n % every == 0],
    )
