"""A database that takes nothing: full, closed, busy, restarted. The server says so, and is back by itself."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests import servers
from tests.trust.desk import Desk
from tests.trust.house import House, house
from tests.trust.ledger import Ledger
from tests.trust.table import Fault

#: Who calls is on the phone: an answer, even a refusal, comes within so many seconds.
ANSWERED = 20.0
#: Once the fault is over saves are taken within so many seconds.
BACK = 15.0
DISK, EACH = 12 * 2**20, 4 * 2**20
#: The root user writes where nobody may: for a while, not this one.
UNPRIVILEGED = ("setpriv", "--bounding-set", "-dac_override") if os.geteuid() == 0 else ()

Trouble = Callable[[House, Path], contextlib.AbstractContextManager[Any]]


@contextlib.contextmanager
def small_disk(times: int) -> Iterator[Path]:
    """A file system of a few megabytes, and more for what each of so many runs leaves; to mount it takes root."""
    prefix, folder = [] if os.geteuid() == 0 else ["sudo", "-n"], tempfile.mkdtemp()
    options = f"size={DISK + times * EACH},mode=1777"
    subprocess.run([*prefix, "mount", "-t", "tmpfs", "-o", options, "none", folder], check=True)
    try:
        yield Path(folder)
    finally:
        subprocess.run([*prefix, "umount", "--lazy", folder], check=True)
        Path(folder).rmdir()


@contextlib.contextmanager
def full(_house: House, disk: Path) -> Iterator[None]:
    """Something else has filled the disk to the last byte."""
    ballast = disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    try:
        yield
    finally:
        ballast.unlink()


@contextlib.contextmanager
def closed_file(of_house: House, _disk: Path) -> Iterator[None]:
    """The file of the database may not be written, and the worker has just been replaced."""
    file = Path(of_house.url.removeprefix("sqlite:///"))
    file.chmod(0o400)
    of_house.kill_worker()
    servers.answered(of_house.server.process, of_house.port, time.perf_counter() + servers.PATIENCE)
    try:
        yield
    finally:
        file.chmod(0o600)


@contextlib.contextmanager
def closed_cluster(of_house: House, _disk: Path) -> Iterator[None]:
    """Every transaction may only read, as on a server that stands by for another."""
    setting = "ALTER SYSTEM {} default_transaction_read_only {}"

    def say(words: str) -> None:
        by_themselves(of_house, "SET default_transaction_read_only = off", words, "SELECT pg_reload_conf()")
        of_house.engine.dispose()
        time.sleep(0.2)  # the sessions hear of it when they next do something

    say(setting.format("SET", "= on"))
    try:
        yield
    finally:
        say(setting.format("RESET", ""))


@contextlib.contextmanager
def busy_file(of_house: House, _disk: Path) -> Iterator[None]:
    """Another process writes, and does not end."""
    with contextlib.closing(sqlite3.connect(of_house.url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextlib.contextmanager
def busy_cluster(of_house: House, _disk: Path) -> Iterator[None]:
    """Another session holds the table that every save writes to."""
    with of_house.engine.connect() as other:
        other.execute(sa.text("LOCK TABLE edit IN EXCLUSIVE MODE"))
        yield
        other.rollback()


@contextlib.contextmanager
def stopped_cluster(of_house: House, _disk: Path) -> Iterator[None]:
    """PostgreSQL is stopped, for an upgrade, and comes back."""
    assert of_house.cluster
    of_house.engine.dispose()
    of_house.cluster.stop(signal.SIGINT)
    yield
    of_house.cluster.start()


TROUBLES: dict[str, dict[str, Trouble]] = {
    "SQLite": {"disk full": full, "read-only": closed_file, "busy": busy_file},
    "PostgreSQL": {
        "disk full": full,
        "read-only": closed_cluster,
        "busy": busy_cluster,
        "restarted": stopped_cluster,
    },
}


def refused(kind: str, times: int) -> list[Fault]:
    """Each trouble so many times, all in the life of one server."""
    with small_disk(times) as disk, house(kind, start=False, files=disk) as of_house:
        if of_house.cluster:
            move(of_house, disk)
        of_house.start(*UNPRIVILEGED)
        endured: list[tuple[Fault, Ledger, Desk]] = []
        for what in TROUBLES[kind]:
            ledger = Ledger()
            [desk] = of_house.hire(1, ledger)
            endured.append((Fault(what, kind, times), ledger, desk))
        for _ in range(times):
            for fault, _ledger, desk in endured:
                fault.wrong += endure(of_house, desk, TROUBLES[kind][fault.what], disk, fault.what != "restarted")
                desk.line.close()
        for fault, ledger, _desk in endured:
            fault.remark = f"{ledger.refusals} refused"
            of_house.judge(fault, ledger)
    return [fault for fault, *_rest in endured]


def move(of_house: House, disk: Path) -> None:
    """Put the tables that a save writes to on the small disk."""
    assert of_house.cluster
    place = of_house.cluster.own(disk / "tables")
    moves = (f"ALTER TABLE {table} SET TABLESPACE small" for table in ("edit", "interview", "initiative"))
    by_themselves(of_house, f"CREATE TABLESPACE small LOCATION '{place}'", *moves)


def by_themselves(of_house: House, *statements: str) -> None:
    """Each outside of any transaction, on one connection."""
    with of_house.engine.connect() as connection:
        for statement in statements:
            connection.connection.driver_connection.execute(statement)  # type: ignore[union-attr]


def endure(of_house: House, desk: Desk, trouble: Trouble, disk: Path, reads: bool) -> list[str]:
    """Save and read in the midst of it, then save what was refused. What may not be, in sentences."""
    found, before = [], of_house.server.process.pid
    desk.deliver(desk.write(2))
    desk.line.timeout = ANSWERED
    desk.line.close()
    with trouble(of_house, disk):
        saves = refusal(desk)
        if reads and (page := desk.ask("GET", f"/interviews/{desk.interview_id}")).status != 200:
            found.append(f"a page is answered {page.status}")
        if not saves:
            found.append("nothing was refused")
    desk.deliver(saves, BACK)
    if of_house.server.process.pid != before or of_house.server.process.poll() is not None:
        found.append("the server was started again")
    return found


def refusal(desk: Desk, tries: int = 40) -> list[Any]:
    """Long words, until the first that are not taken."""
    for _ in range(tries):
        saves, refusals = desk.write(3, 60_000), desk.ledger.refusals
        reply = desk.send(saves)
        if reply is None:
            desk.ledger.wrong.append(f"no answer in {ANSWERED:g} s")
            return saves
        if desk.ledger.refusals > refusals:
            return saves
        if reply.status >= 500:
            return saves
    return []
