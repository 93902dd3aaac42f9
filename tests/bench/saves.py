"""Saving one field against the bare views: by turns, in short rounds, so that all meet the same moods of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import bare, filling, servers
from tests.bench.report import Line, at_most, quantile
from tests.bench.servers import Load, Server

#: How many save at once, and the least share of the bare view's throughput.
AIMS = {1: 0.60, 20: 0.50, 100: 0.50}
ROUNDS, SECONDS = 9, 1.0
#: So many who save once a second each, for how long, and how many milliseconds 99 of 100 answers may take.
PACED, PACED_SECONDS, PACED_LIMIT = 100, 15.0, 15.0

Round = dict[str, Any]


def measure(folder: Path, url: str, bare_url: str, kind: str) -> Iterator[Line]:
    """The lines of one kind of database."""
    bare.prepare(bare_url)
    with filling.instance(folder, url) as app:
        asks = filling.interviewers(app, max(AIMS))
    with (
        servers.recension(folder, url) as house,
        servers.bare(bare_url) as view,
        contextlib.closing(Load(asks)) as saving,
        contextlib.closing(Load(updates("engine"))) as by_engine,
        contextlib.closing(Load(updates("driver"))) as by_driver,
    ):
        for at_once, aim in AIMS.items():
            yield from compare(kind, at_once, aim, ((house, saving), (view, by_engine), (view, by_driver)))
        yield paced(kind, saving.play(house, PACED, PACED_SECONDS, every=1.0))


def paced(kind: str, told: Round) -> Line:
    """People who talk, and are saved once a second."""
    what = f"{kind}: save, {PACED} at one a second each"
    return at_most(what, figures([told]), quantile(told["taken"], 0.99), PACED_LIMIT, "ms")


def updates(way: str) -> list[dict[str, Any]]:
    return [{"kind": "bare", "path": f"/{way}", "id": n} for n in range(max(AIMS))]


def compare(kind: str, at_once: int, aim: float, loads: Sequence[tuple[Server, Load]]) -> Iterator[Line]:
    """Saves, then both bare views, by turns; the first turn only warms up."""
    rounds = [[load.play(server, at_once, SECONDS) for server, load in loads] for _ in range(ROUNDS + 1)][1:]
    ours, by_engine, by_driver = ([each[n] for each in rounds] for n in range(3))
    yield Line(f"{kind}: save, {at_once} at once", figures(ours))
    for name, theirs in (("through the engine", by_engine), ("through the driver", by_driver)):
        ratio = median(throughput(one) / throughput(other) for one, other in zip(ours, theirs, strict=True))
        yield Line(f"    the bare view {name}", figures(theirs), f"{ratio:.0%} of it", f"≥ {aim:.0%}", ratio >= aim)


def throughput(one: Round) -> float:
    """Answers per second."""
    return float(len(one["taken"]) / one["seconds"])


def figures(rounds: list[Round]) -> str:
    """The median of the rounds' throughputs, the quantiles of all answers, processor per answer, the client's share."""
    taken = [each for one in rounds for each in one["taken"]]
    cpu = sum(one["cpu"] for one in rounds) / len(taken) * 1000
    client = max(one["busy"] for one in rounds)
    rate = median(map(throughput, rounds))
    return (
        f"{rate:5.0f}/s  p50 {quantile(taken, 0.5):5.2f}  p99 {quantile(taken, 0.99):5.1f} ms"
        f"  {cpu:.2f} ms of processor  (client {client:.0%} busy)"
    )
