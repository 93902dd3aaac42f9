"""What follows from the result of a contact attempt: when to try again, and where the case stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from survey.fieldwork import office_hours
from survey.instrument.codes import INTERIM, AttemptResult, Disposition

#: Nobody has anything left to do there. A partial interview may still be gone on with, once somebody says when.
CLOSED = frozenset(Disposition) - INTERIM - {Disposition.PARTIAL}
#: What no result of an attempt undoes by itself: an answer that was given, a duplicate.
SETTLED = frozenset({Disposition.COMPLETED, Disposition.COMPLETED_NONE, Disposition.PARTIAL, Disposition.DUPLICATE})


@dataclass(frozen=True)
class Rule:
    """`days` is after how many working days to try again, None for never by itself; `reply` that somebody answered.

    `dated` is a result that says nothing without a date.
    """

    leads_to: Disposition
    days: int | None = None
    reply: bool = True
    dated: bool = False


RULES: dict[AttemptResult, Rule] = {
    AttemptResult.NO_ANSWER: Rule(Disposition.IN_PROGRESS, days=2, reply=False),
    AttemptResult.MESSAGE: Rule(Disposition.IN_PROGRESS, days=3, reply=False),
    AttemptResult.INVALID: Rule(Disposition.IN_PROGRESS, days=0, reply=False),
    AttemptResult.CALL_BACK: Rule(Disposition.IN_PROGRESS, days=1),
    AttemptResult.REDIRECTED: Rule(Disposition.IN_PROGRESS, days=0),
    AttemptResult.APPOINTMENT: Rule(Disposition.APPOINTMENT),
    AttemptResult.INTERVIEWED: Rule(Disposition.IN_PROGRESS),
    AttemptResult.NOT_NOW: Rule(Disposition.IN_PROGRESS, dated=True),
    AttemptResult.REFUSED: Rule(Disposition.REFUSAL),
    AttemptResult.NOTHING: Rule(Disposition.NOTHING_TO_INVENTORY),
    AttemptResult.NOT_ELIGIBLE: Rule(Disposition.NOT_ELIGIBLE),
}

#: The results that are a reply: they stop the reminders.
REPLIES = frozenset(result for result, rule in RULES.items() if rule.reply)

#: After so many attempts without a reply, over so many days and both before and after noon, a further one seldom finds
#: anybody: it is then worth asking whether to go on. A choice of this house, which the team may pass over.
UNANSWERED = 6
OVER_DAYS = 14

#: Where to try again, by the clock of the place: in the other half of the day than last time.
MORNING, AFTERNOON = dt.time(9, 30), dt.time(13, 30)


def proposed(result: AttemptResult, at: dt.datetime, zone: str) -> dt.datetime | None:
    """When to try again after an attempt made at this moment, in UTC; None where nothing is proposed."""
    days = RULES[result].days
    if days is None:
        return None
    if days == 0:
        return office_hours.next_open(at, zone)
    here = office_hours.clock(at, zone)
    time = AFTERNOON if here.time() < office_hours.NOON else MORNING
    return office_hours.local_moment(office_hours.business_day(here.date(), days), time, zone)


def leads(current: Disposition, result: AttemptResult, anyway: bool = False) -> Disposition:
    """Where a case stands after an attempt. An outcome is never undone by an interim one unless asked to, `anyway`.

    A duplicate stays one: it is its merge that is undone.
    """
    to = RULES[result].leads_to
    if current is Disposition.DUPLICATE:
        return current
    if anyway or current in INTERIM:
        return to
    return current if current in SETTLED or to in INTERIM else to


@dataclass(frozen=True)
class Silence:
    """Attempts without a reply since the last one: how many, and over how many days."""

    attempts: int
    days: int


def silence(tried: Iterable[tuple[dt.datetime, AttemptResult]], zone: str) -> Silence | None:
    """The silence, once it is long enough to ask whether to go on; None before. The attempts come newest first."""
    unanswered = []
    for at, result in tried:
        if result in REPLIES:
            break
        unanswered.append(office_hours.clock(at, zone))
    if len(unanswered) < UNANSWERED:
        return None
    days = (unanswered[0].date() - unanswered[-1].date()).days
    halves = {at.time() < office_hours.NOON for at in unanswered}
    return Silence(len(unanswered), days) if days >= OVER_DAYS and len(halves) > 1 else None
