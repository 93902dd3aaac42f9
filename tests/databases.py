"""Throw-away databases for the tests: a SQLite file, and a PostgreSQL cluster of our own on a socket."""

from __future__ import annotations

import contextlib
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator

import sqlalchemy as sa

from survey.db import Base
from tests import outside

SETTINGS = {"listen_addresses": "''", "max_connections": "100"}
#: Nothing of a test needs to outlive it.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextlib.contextmanager
def postgresql(durable: bool = False) -> Iterator[str]:
    """A cluster in a folder of its own, stopped and removed at the end; PostgreSQL refuses root, so as `nobody`.

    `durable` syncs each commit, as one in service does.
    """
    programs = outside.postgresql()
    assert programs, "PostgreSQL's programs were not found: run `make test`, which says what to install"
    folder = tempfile.mkdtemp(prefix="recension-pg-")
    who: dict[str, object] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def run(program: str, *arguments: str) -> None:
        subprocess.run([f"{programs}/{program}", *arguments], check=True, capture_output=True, cwd="/", **who)

    settings = SETTINGS if durable else SETTINGS | CARELESS
    options = " ".join(f"-c {k}={v}" for k, v in settings.items()) + f" -c unix_socket_directories={folder}"
    data = f"{folder}/data"
    run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    run("pg_ctl", "-D", data, "-w", "-s", "-l", f"{folder}/log", "-o", options, "start")
    try:
        yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "-w", "-s", "stop")
        shutil.rmtree(folder)


@contextlib.contextmanager
def sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="recension-") as folder:
        yield f"sqlite:///{pathlib.Path(folder) / 'test.sqlite'}"


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
