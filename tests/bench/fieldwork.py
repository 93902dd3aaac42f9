"""The pages of the collection at each size of the list: queue, list, search, dashboard, outcomes; and the rates."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests import databases, outside
from tests.bench import filling, servers, wave
from tests.bench.pages import GROWTH, SIZES
from tests.bench.report import Line, quantile
from tests.bench.servers import Load, Server
from tests.servers import RECENSION, TOP

#: In milliseconds: pages that cost the same in any list, and those that read all of it.
FLAT, WHOLE = 5.0, 100.0
ROUNDS, SECONDS = 4, 0.3


@dataclass(frozen=True)
class Asked:
    """A page, who opens it, the aim of its p50, and the first of the sizes whose list fills as long a page."""

    what: str
    path: str
    limit: float = FLAT
    coordinator: bool = True
    full: int = 0


PAGES = (
    Asked("queue", "/queue", coordinator=False),
    Asked("list", "/organisations"),
    Asked("list, from the middle", "/organisations?after={middle}"),
    Asked("list, a region and an outcome", "/organisations?region=06&outcome=in_progress", full=1),
    Asked("search, one rare word", f"/organisations?q={wave.RARE}"),
    Asked("search, a common word", "/organisations?q=maison", full=1),
    Asked("search, two common words", "/organisations?q=maison+jeunes", full=1),
    Asked("search, two that never meet", "/organisations?q=lac-morin+lac-sorel"),
    Asked("search, two letters", "/organisations?q=ce", full=1),
    Asked("search, a common word in a region", "/organisations?q=maison&region=06", full=1),
    Asked("dashboard", "/dashboard", WHOLE),
    Asked("outcomes and rates", "/outcomes", WHOLE),
)


@dataclass(frozen=True)
class Standing:
    """A server with a wave of one size, and the process that asks for its pages."""

    server: Server
    load: Load
    environment: dict[str, str]
    filled: float


@contextlib.contextmanager
def standing(folder: Path, url: str, size: int) -> Iterator[Standing]:
    folder.mkdir()
    began = time.perf_counter()
    with filling.instance(folder, url) as app:
        interviewer, coordinator, middle = wave.fill(app, size)
    filled = time.perf_counter() - began
    asks = [
        {"kind": "page", "path": page.path.format(middle=middle),
         "headers": coordinator if page.coordinator else interviewer}
        for page in PAGES
    ]  # fmt: skip
    environment = {"RECENSION_INSTANCE": str(folder), "RECENSION_DATABASE_URL": url}
    with servers.recension(folder, url) as server, contextlib.closing(Load(asks)) as load:
        yield Standing(server, load, environment, filled)


def measure(folder: Path, name: str) -> Iterator[Line]:
    """Each page at the three sizes by turns, on SQLite or PostgreSQL."""
    with contextlib.ExitStack() as open_now:
        stand = []
        for size in SIZES:
            here = folder / f"{name}-{size}"
            url = f"sqlite:///{here / 'recension.sqlite'}"
            if name == "PostgreSQL":
                url = open_now.enter_context(databases.postgresql(durable=True))
            stand.append(open_now.enter_context(standing(here, url, size)))
            told = f"opened, tried and counted in {stand[-1].filled:.0f} s"
            yield Line(f"{name}: {size} organisations, {size * wave.ATTEMPTS} attempts", told)
        for n, page in enumerate(PAGES):
            yield judged(f"{name}: {page.what}", page, opened(stand, n))
        seconds = ", ".join(f"{command(one):.2f}" for one in stand)
        yield Line(f"{name}: recension rates", f"{seconds} s from start to end")


def opened(stand: Sequence[Standing], n: int) -> list[tuple[float, float]]:
    """The n-th page, the sizes by turns: p50 and processor of each, in milliseconds."""
    rounds = [[one.load.play(one.server, 1, SECONDS, first=n) for one in stand] for _ in range(ROUNDS)][1:]
    found = []
    for size in range(len(stand)):
        taken = [each for one in rounds for each in one[size]["taken"]]
        cpu = sum(one[size]["cpu"] for one in rounds) / len(taken)
        found.append((quantile(taken, 0.5), cpu * 1000))
    return found


def judged(what: str, page: Asked, found: Sequence[tuple[float, float]]) -> Line:
    """One line for a page: what it takes in the largest list, and how much more than in the smallest that fills it."""
    p50, cpu = (" ".join(f"{each[n]:6.2f}" for each in found) for n in (0, 1))
    last, growth = found[-1][0], found[-1][0] / found[page.full][0]
    flat = page.limit == FLAT
    met = last <= page.limit and (growth <= GROWTH or not flat)
    aim = f"≤ {page.limit:g} ms" + (f", ≤ {GROWTH:g} ×" if flat else "")
    said = f"{last:.2f} ms, {growth:.2f} × that at {SIZES[page.full]}"
    return Line(what, f"p50 {p50} ms, processor {cpu} ms", said, aim, met)


def command(one: Standing) -> float:
    """Seconds that `recension rates` takes, from its start to its end."""
    began = time.perf_counter()
    said = [sys.executable, "-c", RECENSION, "rates"]
    subprocess.run(said, env={**os.environ, **one.environment}, cwd=TOP, check=True, capture_output=True)
    return time.perf_counter() - began


def on_both(folder: Path) -> Iterator[Line]:
    """SQLite first, then PostgreSQL where its programs are found."""
    yield from measure(folder, "SQLite")
    if outside.postgresql():
        yield from measure(folder, "PostgreSQL")
