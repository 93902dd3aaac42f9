"""Throw-away databases for the tests: a SQLite file, and a PostgreSQL cluster of our own on a socket."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from survey.db import Base
from tests import outside
from tests.servers import PATIENCE, children, condition, until

#: After a kill -9 one call syncs the whole disk: file by file it takes seconds.
SETTINGS = {"listen_addresses": "", "max_connections": "100", "recovery_init_sync_method": "syncfs"}
#: Nothing of a test needs to outlive it.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Cluster:
    """PostgreSQL in a folder of its own, a child of this process; it refuses root, so as `nobody`.

    `durable` syncs each commit, as one in service does.
    """

    def __init__(self, durable: bool = False) -> None:
        programs = outside.postgresql()
        assert programs, "PostgreSQL's programs were not found: run `make test`, which says what to install"
        self.programs, self.folder = programs, tempfile.mkdtemp(prefix="recension-pg-")
        self.url = f"postgresql+psycopg://postgres@/postgres?host={self.folder}"
        self.data = f"{self.folder}/data"
        self.who: dict[str, Any] = {"cwd": "/"}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self.who |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self.own(Path(self.folder))
        settings = SETTINGS if durable else SETTINGS | CARELESS
        self.options = [f"-c{name}={value}" for name, value in settings.items()]
        self.options += [f"-cunix_socket_directories={self.folder}"]
        made = [f"{programs}/initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        subprocess.run([*made, "--locale=C.UTF-8", "--no-sync"], check=True, capture_output=True, **self.who)

    def own(self, folder: Path) -> Path:
        """A folder that PostgreSQL may write to."""
        folder.mkdir(exist_ok=True)
        if "user" in self.who:
            os.chown(folder, self.who["user"], self.who["group"])
        return folder

    def start(self, *under: str) -> None:
        """Start it, `under` another program if one is named, and come back when it takes connections."""
        command = [*under, f"{self.programs}/postgres", "-D", self.data, *self.options]
        with open(f"{self.folder}/log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, **self.who)
        until(lambda: self.state() == "ready" or self.process.poll() is not None)
        if self.process.returncode is not None:
            raise RuntimeError("PostgreSQL did not start:\n" + Path(f"{self.folder}/log").read_text()[-2000:])

    def state(self) -> str:
        """What it says of itself on the eighth line of the file that it keeps while it runs."""
        try:
            told = Path(f"{self.data}/postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return ""
        mine = told[:1] == [str(self.process.pid)]
        return told[7].strip() if mine and len(told) > 7 else ""

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Stop it: SIGQUIT at once, SIGINT in order but without waiting for who is connected."""
        self.process.send_signal(how)
        self.process.wait(PATIENCE)

    def kill(self) -> None:
        """kill -9 of the postmaster and all its children, as when the machine loses its memory."""
        self.process.send_signal(signal.SIGSTOP)
        until(lambda: condition(self.process.pid) == "T")  # it starts no other child
        killed = children(self.process.pid)
        for child in killed:
            os.kill(child, signal.SIGKILL)
        self.process.kill()
        self.process.wait(PATIENCE)
        until(lambda: all(condition(child) in "ZX" for child in killed))  # none holds the memory that they shared

    def close(self) -> None:
        if self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.folder)


@contextlib.contextmanager
def cluster(durable: bool = False) -> Iterator[Cluster]:
    """A cluster that runs, stopped and removed at the end."""
    made = Cluster(durable)
    made.start()
    try:
        yield made
    finally:
        made.close()


@contextlib.contextmanager
def postgresql(durable: bool = False) -> Iterator[str]:
    """The address of a cluster."""
    with cluster(durable) as made:
        yield made.url


@contextlib.contextmanager
def sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="recension-") as folder:
        yield f"sqlite:///{Path(folder) / 'test.sqlite'}"


def wipe(engine: sa.Engine) -> None:
    """Empty every table, children first."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
            connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        else:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(sa.delete(table))
            connection.exec_driver_sql("DELETE FROM sqlite_sequence")
