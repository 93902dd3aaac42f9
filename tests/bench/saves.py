"""Saving one field against the bare view: by turns, in short rounds, so that both meet the same moods of the machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import bare, filling, servers
from tests.bench.report import Line, quantile
from tests.bench.servers import Load, Server

#: How many save at once, and the least share of the bare view's throughput.
AIMS = {1: 0.50, 20: 0.40, 100: 0.40}
ROUNDS, SECONDS = 5, 1.5

Round = dict[str, Any]


def measure(folder: Path, url: str, bare_url: str, kind: str) -> Iterator[Line]:
    """The lines of one kind of database."""
    bare.prepare(bare_url)
    with filling.instance(folder, url) as app:
        asks = filling.interviewers(app, max(AIMS))
    updates = [{"kind": "bare", "path": "/bare", "id": n} for n in range(max(AIMS))]
    with (
        servers.recension(folder, url) as house,
        servers.bare(bare_url) as view,
        contextlib.closing(Load(asks)) as saving,
        contextlib.closing(Load(updates)) as updating,
    ):
        for at_once, aim in AIMS.items():
            yield from compare(kind, at_once, aim, (house, saving), (view, updating))


def compare(
    kind: str, at_once: int, aim: float, saves: tuple[Server, Load], updates: tuple[Server, Load]
) -> Iterator[Line]:
    both = [[load.play(server, at_once, SECONDS) for server, load in (saves, updates)] for _ in range(ROUNDS + 1)][1:]
    ours, theirs = [one for one, _ in both], [other for _, other in both]
    ratio = median(throughput(one) / throughput(other) for one, other in both)
    what = f"{kind}: save, {at_once} at once"
    yield Line(what, figures(ours), f"{ratio:.0%} of the bare view", f"≥ {aim:.0%}", ratio >= aim)
    yield Line("    the bare view", figures(theirs))


def throughput(one: Round) -> float:
    """Answers per second."""
    return float(len(one["taken"]) / one["seconds"])


def figures(rounds: list[Round]) -> str:
    """The median of the rounds' throughputs, the quantiles of all answers, processor per answer, the client's share."""
    taken = [each for one in rounds for each in one["taken"]]
    cpu = sum(one["cpu"] for one in rounds) / len(taken) * 1000
    client = max(one["busy"] for one in rounds)
    return (
        f"{median(map(throughput, rounds)):5.0f}/s  p50 {quantile(taken, 0.5):6.2f}  p99 {quantile(taken, 0.99):6.2f} ms"
        f"  {cpu:.2f} ms of processor  (client {client:.0%} busy)"
    )
