"""Freeze the data as they stand: one moment of the database, read in a few queries, kept with its dictionary."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable

from sqlalchemy.orm import Session

from survey import audit
from survey.db import now, reader
from survey.fieldwork import wordings
from survey.instrument.dictionary import Value, Variable
from survey.release import source
from survey.release.models import Release, ReleaseTable, Unit
from survey.release.units import dictionary

Row = list[Value]


def create(session: Session, user_id: int | None, note: str | None = None) -> Release:
    """A new release of what is committed now; the caller commits, and has no transaction open at the call."""
    return keep(session, read(session), user_id, note)


def read(session: Session) -> list[ReleaseTable]:
    """Every unit of a release to come, all read as of one moment, so that the saves of a call need not wait for it.

    Names and contact details of persons (`survey.instrument.dictionary.IDENTIFYING`), interviewers and internal
    notes are never read, so that no export of a release can hold them.
    """
    with reader(session.get_bind().engine).connect() as connection:
        data, names = source.read(connection), wordings.named(connection)
    return [table(dictionary(unit, names), unit, rows(data)) for unit, rows in source.ROWS.items()]


def keep(session: Session, tables: list[ReleaseTable], user_id: int | None, note: str | None) -> Release:
    """A release of what was read; the caller commits."""
    release = Release(created_at=now().replace(microsecond=0), created_by=user_id, note=note or None)
    release.tables, release.sha256 = tables, digest(tables)
    session.add(release)
    session.flush()
    audit.record(
        session, audit.Action.RELEASE_CREATE, user_id=user_id, about=("release", release.id), detail=release.sha256
    )
    return release


def table(variables: Iterable[Variable], unit: Unit, rows: Iterable[Row]) -> ReleaseTable:
    """One unit: its dictionary, and its rows as gzipped JSON lines that never differ for the same data."""
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows]
    kept = gzip.compress("".join(f"{line}\n" for line in lines).encode(), compresslevel=6, mtime=0)
    words = json.dumps([variable.as_json() for variable in variables], ensure_ascii=False)
    return ReleaseTable(unit=unit, row_count=len(lines), dictionary=words, rows=kept)


def digest(tables: Iterable[ReleaseTable]) -> str:
    """The SHA-256 of every unit's name, dictionary and rows (the lines, not their compression)."""
    total = hashlib.sha256()
    for kept in sorted(tables, key=lambda kept: kept.unit.value):
        for piece in (kept.unit.value.encode(), kept.dictionary.encode(), gzip.decompress(kept.rows)):
            total.update(len(piece).to_bytes(8, "big") + piece)
    return total.hexdigest()
