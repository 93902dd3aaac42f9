"""What stands between a command and a running server: the database brought up to date, the address, the server."""

from __future__ import annotations

import multiprocessing
import os
import socket
import sys
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from survey import backup, schema

#: As many requests at once: they wait for the database and the network more than they compute.
THREADS = 8


def bring_up_to_date(engine: sa.Engine, folder: Path) -> Path | None:
    """Create or upgrade the database; returns the copy of a SQLite file made before it changed, if one was.

    Raises schema.NewerDatabaseError when a later version of the software wrote the database.
    """
    with engine.connect() as connection:
        revision = schema.current(connection)
    if revision == schema.newest():
        return None
    if revision and revision not in schema.revisions():
        raise schema.NewerDatabaseError(revision)
    database = backup.file_of(engine.url)
    kept = backup.keep(database, folder, revision) if database and revision else None
    schema.upgrade(engine.url)
    return kept


def keep_to_owner(folder: Path) -> None:
    """Let no other account of the machine read what this one keeps from now on, in its folder if that is its own."""
    os.umask(0o077)
    if hasattr(os, "getuid") and folder.stat().st_uid == os.getuid():
        folder.chmod(0o700)


def free_port(host: str, port: int) -> int:
    """The port to serve on, any free one for 0. Raises OSError when it is busy or not ours to take."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        number: int = probe.getsockname()[1]
    return number


def address(host: str, port: int) -> str:
    """What to type in a browser on this machine."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104
    return f"http://{shown}:{port}"


def serve(host: str, port: int, factory: str = "survey:served_app") -> None:
    """Serve until a signal: one process that answers in threads, replaced at once however often it dies."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    class Tireless(Server):  # type: ignore[misc, valid-type]
        """Granian gives up when a worker dies twice within 5.5 s, by the times it notes here."""

        def _respawn_workers(self, *asked: Any, **options: Any) -> None:
            super()._respawn_workers(*asked, **options)
            self.respawned_wrks.clear()

    if sys.platform == "linux":  # a copy has everything loaded; Python 3.14 would start from nothing
        multiprocessing.set_start_method("fork", force=True)
    Tireless(
        factory,
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        websockets=False,
        workers=1,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.error,
    ).serve()
