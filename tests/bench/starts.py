"""Start to first answer, and what an idle server holds in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.bench import servers
from tests.bench.report import Line, at_most

STARTS, LIMIT = 7, 0.6


def measure(folder: Path, url: str) -> Iterator[Line]:
    """The first start makes the database; the others find it."""
    with servers.recension(folder, url) as server:
        first = server.waited
    waits = []
    for _ in range(STARTS):
        with servers.recension(folder, url) as server:
            waits.append(server.waited)
            held = [size / 2**20 for size in server.memory()]
    said = f"{STARTS} starts, {min(waits):.2f} to {max(waits):.2f} s"
    yield at_most("start to first answer", said, median(waits), LIMIT, "s")
    yield Line("    the very first, which makes the database", "", f"{first:.2f} s")
    parts = " + ".join(f"{size:.0f}" for size in held)
    yield Line("idle memory", f"{parts} MiB: the one that watches, the one that answers", f"{sum(held):.0f} MiB")
