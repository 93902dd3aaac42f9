"""`python -m tests.bench [saves pages browser lists fieldwork exports starts]`: measure, print a table, judge not."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tests import databases, outside
from tests.bench import browser, exports, fieldwork, pages, saves, starts
from tests.bench.report import Line, table


def sqlite(folder: Path) -> str:
    return f"sqlite:///{folder / 'recension.sqlite'}"


def saves_on_both(folder: Path) -> Iterable[Line]:
    """SQLite first, then PostgreSQL where its programs are found."""
    bare_url = f"sqlite:///{folder / 'bare.sqlite'}"
    yield from saves.measure(folder, sqlite(folder), bare_url, "SQLite")
    if outside.postgresql():
        with databases.postgresql(durable=True) as url:
            yield from saves.measure(folder, url, url, "PostgreSQL")


PARTS: dict[str, Callable[[Path], Iterable[Line]]] = {
    "starts": lambda folder: starts.measure(folder, sqlite(folder)),
    "saves": saves_on_both,
    "pages": lambda folder: pages.interviews(folder, sqlite(folder)),
    "browser": lambda folder: browser.measure(folder, sqlite(folder)),
    "lists": pages.organisations,
    "fieldwork": fieldwork.on_both,
    "exports": exports.measure,
}


def main(asked: list[str]) -> None:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a start of every day finds its byte code
    began, lines = time.perf_counter(), []
    for name in asked or PARTS:
        with tempfile.TemporaryDirectory(prefix="recension-bench-") as folder:
            for line in PARTS[name](Path(folder)):
                lines.append(line)
                print(f"… {line.what}: {line.figures} {line.ratio}", file=sys.stderr, flush=True)
    machine = f"Python {platform.python_version()}, {os.cpu_count()} processors"
    print(table("what", lines))
    print(f"\n{machine}, load {os.getloadavg()[0]:.1f}; {time.perf_counter() - began:.0f} s.")


main(sys.argv[1:])
