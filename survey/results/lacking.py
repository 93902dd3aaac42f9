"""The questions that lack most answers: counted at each reading, or in a large study every ten minutes at most."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from sqlalchemy.orm import Session

from survey.interview import nonresponse
from survey.interview.nonresponse import Asked

#: Of the questions that lack most answers, how many a page has room for.
WORST = 6
#: From so many routes on, what was counted serves for a while: to count reads each of them, a tenth of a second.
LARGE, SERVES = 10_000, dt.timedelta(minutes=10)


class Lacking(NamedTuple):
    """The questions that lack the largest share of their answers, the worst first, and when they were counted."""

    at: dt.datetime
    questions: list[Asked]


#: What was counted of each wave.
Kept = dict[int, Lacking]


def read(session: Session, wave: int, at: dt.datetime, kept: Kept) -> Lacking:
    """Those of a wave as of a moment or, `kept` from a little before, as they were then."""
    if wave in kept and at - kept[wave].at < SERVES:
        return kept[wave]
    items = nonresponse.of_items(session, wave)
    found = Lacking(at, worst(items))
    if max(asked.routes for asked in items) >= LARGE:
        kept[wave] = found
    return found


def worst(items: list[Asked]) -> list[Asked]:
    """The questions that lack the largest share of their answers, the worst first."""
    lacking = [asked for asked in items if asked.missing > 0]
    return sorted(lacking, key=lambda asked: asked.missing / asked.base, reverse=True)[:WORST]
