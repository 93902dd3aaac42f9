"""The pages that must not grow slow: an interview with its blocks, and the list of organisations."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from survey.accounts.models import Role
from tests.bench import filling, servers
from tests.bench.report import Line, at_most, quantile
from tests.bench.servers import Load, Server

SIZES = (100, 10_000, 100_000)
FILLED = {6: 5.0, 20: None}
GROWTH = 1.2


def interviews(folder: Path, url: str) -> Iterator[Line]:
    """Opening an interview whose every field is filled, over HTTP, one after the other."""
    with filling.instance(folder, url) as app:
        user_id, headers = filling.signed_in(app, "roxane")
        numbers = {}
        for blocks in FILLED:
            numbers[blocks], uids = filling.interview(f"Organisme fictif {blocks}", user_id, blocks)
            filling.fill(numbers[blocks], uids, user_id)
    with servers.recension(folder, url) as server:
        for blocks, limit in FILLED.items():
            told = opened(server, f"/interviews/{numbers[blocks]}", headers)
            p50, what = quantile(told["taken"], 0.5), f"interview page, {blocks} filled blocks"
            yield (
                at_most(what, figures(told), p50, limit, "ms") if limit else Line(what, figures(told), f"{p50:.2f} ms")
            )


def organisations(folder: Path) -> Iterator[Line]:
    """The list as a coordinator opens it, at each size of the frame by turns."""
    with contextlib.ExitStack() as open_now:
        loads = [open_now.enter_context(listed(folder / str(size), size)) for size in SIZES]
        rounds = [[load.play(server, 1, 1.0) for server, load in loads] for _ in range(5)][1:]
    first = 0.0
    for n, size in enumerate(SIZES):
        taken = [each for one in rounds for each in one[n]["taken"]]
        told = {"taken": taken, "cpu": sum(one[n]["cpu"] for one in rounds)}
        p50, what = quantile(taken, 0.5), f"organisation list, {size} organisations"
        first = first or p50
        limited = at_most(what, figures(told), p50 / first, GROWTH, f"× that at {SIZES[0]}")
        yield limited if size == SIZES[-1] else Line(what, figures(told), limited.ratio)


@contextlib.contextmanager
def listed(folder: Path, size: int) -> Iterator[tuple[Server, Load]]:
    """A server with so many organisations, and a connection that opens their list."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'recension.sqlite'}"
    with filling.instance(folder, url) as app:
        _, headers = filling.signed_in(app, "colette", Role.COORDINATOR)
        filling.organisations(size)
    asks = [{"kind": "page", "path": "/organisations", "headers": headers}]
    with servers.recension(folder, url) as server, contextlib.closing(Load(asks)) as load:
        yield server, load


def opened(server: Server, path: str, headers: dict[str, str]) -> dict[str, Any]:
    """One connection that opens a page again and again, once it is warm."""
    with contextlib.closing(Load([{"kind": "page", "path": path, "headers": headers}])) as load:
        load.play(server, 1, 0.7)
        return load.play(server, 1, 3.0)


def figures(told: dict[str, Any]) -> str:
    taken = told["taken"]
    cpu = told["cpu"] / len(taken) * 1000
    return f"p50 {quantile(taken, 0.5):5.2f}  p99 {quantile(taken, 0.99):5.2f} ms  {cpu:.2f} ms of processor"
