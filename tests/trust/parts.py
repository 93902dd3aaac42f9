"""The faults by name, each with how often the long form makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.trust import browsers, hostile, kills, people, refusals, schedulers, sessions, syncs, weather
from tests.trust.table import Fault

KINDS = ("SQLite", "PostgreSQL")


@dataclass(frozen=True)
class Part:
    """`make` does a fault on a kind of database, so many times."""

    times: int
    make: Callable[[str, int], list[Fault]]


def planted(kind: str, times: int) -> list[Fault]:
    """Bugs put there on purpose: each must be caught by the fault that is for it."""
    found = {
        "planted: answered before the commit": kills.killed(kind, times, "too_soon"),
        "planted: committed without a sync": syncs.watched(kind, times, "unsynced"),
        "planted: the id of a save is forgotten": weather.lost_on_the_way(kind, 20 * times, "forgetful"),
        "planted: the draft in clear in the browser's folder": browsers.killed(kind, times, spoilt=True),
        "planted: the log-in opens under the fingers": sessions.ended(kind, times, hasty=True),
    }
    for what, fault in found.items():
        fault.what, fault.planted = what, True
    return list(found.values())


PARTS = {
    "kills": Part(1000, lambda kind, n: [kills.killed(kind, n)]),
    "syncs": Part(1000, lambda kind, n: [syncs.watched(kind, n)]),
    "refusals": Part(10, refusals.refused),
    "people": Part(1000, lambda kind, n: [people.together(kind, n)]),
    "weather": Part(10_000, lambda kind, n: [weather.lost_on_the_way(kind, n)]),
    "hostile": Part(10_000, lambda kind, n: [hostile.pasted(kind, n)]),
    "browsers": Part(100, lambda kind, n: [browsers.killed(kind, n), browsers.remembered(kind, max(1, n // 10))]),
    "offline": Part(200, lambda kind, n: [browsers.offline(kind, n)]),
    "sessions": Part(200, lambda kind, n: [sessions.ended(kind, n)]),
    "schedulers": Part(1000, lambda kind, n: [schedulers.together(kind, n)]),
    "planted": Part(10, planted),
}
