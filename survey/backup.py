"""Copies of the embedded database, taken while it is in use."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

import sqlalchemy as sa

from survey.db import now


def file_of(url: str | sa.URL) -> Path | None:
    """The file of a SQLite database; None for a server, which has its own tools."""
    url = sa.make_url(url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def keep(database: Path, folder: Path, label: str) -> Path:
    """Copy a SQLite file into `folder`, named after the moment and `label`; whole and checked, or not there at all.

    Raises sqlite3.Error when the copy cannot be made or is not sound, OSError when it cannot be written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = folder / f"{now():%Y%m%d-%H%M%S-%f}-{label}.sqlite"
    part = kept.with_suffix(".part")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with contextlib.closing(sqlite3.connect(database)) as source, contextlib.closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            if (answer := copy.execute("PRAGMA quick_check").fetchone()[0]) != "ok":
                raise sqlite3.DatabaseError(answer)
        part.rename(kept)
    finally:
        part.unlink(missing_ok=True)
    return kept


def newest(folder: Path) -> Path | None:
    """The last copy kept in a folder."""
    return max(folder.glob("*.sqlite"), default=None)
