"""Every format at 1 000, 10 000 and 100 000 initiatives against its library; saving while an export runs."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from survey.accounts.models import Role
from survey.db import db
from survey.release.exporting import FORMATS
from tests.bench import filling, released, servers
from tests.bench.report import Line, quantile
from tests.bench.servers import Load, Server

SIZES = {1_000: 3, 10_000: 1, 100_000: 1}
#: How much of the speed of its library a format keeps, and by how many megabytes memory may grow.
AIMS, MEMORY = {"sav": 0.75, "csv": 0.9, "xlsx": 0.9, "parquet": 0.9}, 100
#: So many save once a second each, for how long, while what is exported; and how much longer 99 of 100 may wait.
SAVING, SECONDS, WHILE, SLOWER = 20, 20.0, ("csv", "sav", "xlsx"), 2.0


def measure(folder: Path) -> Iterator[Line]:
    """The lines of SQLite."""
    urls = {count: f"sqlite:///{folder / str(count)}.sqlite" for count in SIZES}
    for count, url in urls.items():
        with filling.instance(folder, url) as app:
            user_id, _ = filling.signed_in(app, "anh", Role.ANALYST)
            began = time.perf_counter()
            released.release(db.session, user_id, count)
            yield Line(f"a release of {count} initiatives made and kept", "", f"{time.perf_counter() - began:.1f} s")
    for form in FORMATS:
        yield from written(form, {count: told(url, folder, form, SIZES[count]) for count, url in urls.items()})
    yield from while_exporting(folder, urls[10_000])


def told(url: str, folder: Path, form: str, times: int) -> dict[str, Any]:
    """What the process of one format and size says."""
    command = [sys.executable, "-m", "tests.bench.exporting", url, str(folder), form, str(times)]
    said: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return said


def written(form: str, at: dict[int, dict[str, Any]]) -> Iterator[Line]:
    """The lines of one format: each size against the library, and whether time grows as rows do."""
    for count, said in at.items():
        speed, aim = 1 / said["ratio"], AIMS.get(form)
        figures = (
            f"{said['ours']:7.2f} s, {said['library']} {said['theirs']:.2f} s;"
            f" {said['megabytes']:.0f} MB, {said['memory']:.0f} MB more memory"
        )
        met = None if aim is None else speed >= aim and said["memory"] <= MEMORY
        wanted = "" if aim is None else f"≥ {aim:.0%}, ≤ {MEMORY} MB"
        yield Line(f"{form}: {count} initiatives", figures, f"{speed:.0%} of its speed", wanted, met)
    small, large = at[10_000], at[100_000]
    grown = large["ours"] / small["ours"] / (large["rows"] / small["rows"])
    yield Line("    a row at 100 000 against one at 10 000", "", f"{grown:.2f} ×")


def while_exporting(folder: Path, url: str) -> Iterator[Line]:
    """People who talk and are saved once a second, alone and while somebody exports; the first byte of an export."""
    with filling.instance(folder, url) as app:
        asks = filling.interviewers(app, SAVING)
        _, headers = filling.signed_in(app, "anh-exports", Role.ANALYST)
    with servers.recension(folder, url) as house, contextlib.closing(Load(asks)) as saving:
        saving.play(house, SAVING, 3.0, every=1.0)
        alone = saving.play(house, SAVING, SECONDS, every=1.0)["taken"]
        for form in WHILE:
            first: list[float] = []
            with exporting(house, headers, form, first):
                beside = saving.play(house, SAVING, SECONDS, every=1.0)["taken"]
            ratio = quantile(beside, 0.99) / quantile(alone, 0.99)
            yield Line(
                f"saves of {SAVING} at one a second while {form} is exported",
                f"p50 {quantile(alone, 0.5):.1f} → {quantile(beside, 0.5):.1f},"
                f" p99 {quantile(alone, 0.99):.1f} → {quantile(beside, 0.99):.1f} ms;"
                f" {len(first)} exports of 10 000, first byte after {min(first, default=0):.2f} s",
                f"p99 {ratio:.2f} ×",
                f"≤ {SLOWER:g} ×",
                ratio <= SLOWER,
            )


@contextlib.contextmanager
def exporting(server: Server, headers: dict[str, str], form: str, first: list[float]) -> Iterator[None]:
    """Somebody exports again and again; `first` holds how long the first byte of each took."""
    over = threading.Event()

    def again() -> None:
        while not over.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
            began = time.perf_counter()
            connection.request("GET", f"/releases/1/export?form={form}", headers=headers)
            answer = connection.getresponse()
            if answer.status != 200:
                raise RuntimeError(f"{answer.status} to an export")
            answer.read(1)
            first.append(time.perf_counter() - began)
            while answer.read(1 << 16):
                pass
            connection.close()

    thread = threading.Thread(target=again)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
