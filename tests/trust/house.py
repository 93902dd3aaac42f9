"""A server on a database of its own, that can be killed, and the people who save in it."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from survey.accounts.models import Role
from tests import databases, servers
from tests.bench import filling
from tests.databases import Cluster
from tests.trust.desk import Desk
from tests.trust.ledger import Ledger
from tests.trust.table import Fault

SABOTAGED = "import sys; from survey import serving; serving.serve('127.0.0.1', int(sys.argv[1]), sys.argv[2])"


class House:
    """`recension serve`, or with `factory` the same server on an application that was spoilt on purpose."""

    def __init__(self, app: Flask, folder: Path, url: str, cluster: Cluster | None, factory: str = "") -> None:
        self.app, self.folder, self.url, self.cluster = app, folder, url, cluster
        command, self.environment, self.port = servers.serve(folder, url)
        spoilt = [sys.executable, "-c", SABOTAGED, str(self.port), f"tests.trust.sabotage:{factory}"]
        self.command = spoilt if factory else command
        self.people = self.judged = 0
        self.server: servers.Server = None  # type: ignore[assignment]  # until it starts

    @property
    def engine(self) -> sa.Engine:
        engine: sa.Engine = self.app.extensions["db"]["engine"]
        return engine

    def start(self, *under: str) -> None:
        """Serve, `under` another program if one is named."""
        self.server = servers.start([*under, *self.command], self.environment, self.port, self.folder / "log")

    def close(self) -> None:
        if self.server:
            self.server.kill()
        self.engine.dispose()

    def hire(self, n: int, ledger: Ledger) -> list[Desk]:
        """So many interviewers, each with an interview of one block."""
        return [self.seat(*self.somebody(), *self.interview(self.people), ledger) for _ in range(n)]

    def somebody(self, role: Role = Role.COORDINATOR) -> tuple[int, dict[str, str]]:
        """Somebody who signed in, and their browser's headers."""
        self.people += 1
        with self.app.app_context():
            return filling.signed_in(self.app, f"personne-{self.people}", role)

    def interview(self, user_id: int, blocks: int = 1) -> tuple[int, list[uuid.UUID]]:
        with self.app.app_context():
            return filling.interview(f"Organisme fictif {uuid.uuid4()}", user_id, blocks)

    def seat(
        self, user_id: int, headers: dict[str, str], interview_id: int, blocks: list[uuid.UUID], ledger: Ledger
    ) -> Desk:
        return Desk(self.port, user_id, headers, interview_id, blocks, ledger)

    def back(self, desk: Desk) -> None:
        """The same person, in a new session."""
        desk.headers = self.headers_of(desk.user_id)

    def headers_of(self, user_id: int) -> dict[str, str]:
        """What the browser of somebody sends, in a new session."""
        with self.app.app_context():
            return filling.browser(self.app, user_id)

    def kill_worker(self) -> None:
        """kill -9 of the process that answers, not of the one that watches it."""
        for pid in servers.children(self.server.process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def kill_server(self) -> None:
        self.server.kill()

    def kill_database(self) -> None:
        assert self.cluster
        self.cluster.kill()

    def kill_all(self) -> None:
        self.kill_server()
        self.kill_database()

    def revive(self) -> None:
        """Start again what ended, as the machine's own watch over its services does."""
        if self.cluster and self.cluster.process.poll() is not None:
            self.cluster.start()
        if self.server.process.poll() is not None:
            self.server.kill()
            self.start()

    def judge(self, fault: Fault, ledger: Ledger) -> Fault:
        """Write down what became of the saves, and each error that nobody foresaw."""
        tally = ledger.check(self.engine)
        fault.acknowledged, fault.lost, fault.doubled = tally.acknowledged, tally.lost, tally.doubled
        words = (self.folder / "log").read_text(errors="replace").splitlines()
        said, self.judged = words[self.judged :], len(words)
        fault.wrong += ledger.wrong + [line for line in said if "unexpected error" in line]
        fault.remark = "; ".join(
            filter(None, [fault.remark, f"{tally.unheard} committed unheard" if tally.unheard else ""])
        )
        return fault

    def wait(self, until: Callable[[], bool], seconds: float = servers.PATIENCE) -> None:
        """Until something is so, reviving what ends meanwhile."""
        limit = time.monotonic() + seconds
        while not until():
            if time.monotonic() > limit:
                raise TimeoutError(f"still not so after {seconds:g} s")
            self.revive()
            time.sleep(0.005)


@contextlib.contextmanager
def house(kind: str, factory: str = "", start: bool = True, files: Path | None = None) -> Iterator[House]:
    """One on SQLite, its file in the folder `files`, or on PostgreSQL, every commit synced as in service."""
    with contextlib.ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="recension-trust-")))
        cluster = opened.enter_context(databases.cluster(durable=True)) if kind == "PostgreSQL" else None
        url = cluster.url if cluster else f"sqlite:///{(files or folder) / 'recension.sqlite'}"
        with filling.instance(folder, url) as app:
            pass
        made = House(app, folder, url, cluster, factory)
        opened.callback(made.close)
        if start:
            made.start()
        yield made
