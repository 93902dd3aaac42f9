"""Freeze the data as they stand: one moment of the database, read in a few queries, kept with its dictionary."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy.orm import Session

from survey import audit
from survey.db import now, reader
from survey.fieldwork import wordings
from survey.instrument.dictionary import Value, Variable
from survey.release import extents, persons, source
from survey.release.models import Release, ReleasePart, ReleaseTable, Unit
from survey.release.table import Row
from survey.release.units import dictionary

#: Bytes of the lines that are kept together.
PART = 1 << 20


def create(session: Session, user_id: int | None, note: str | None = None) -> Release:
    """A new release of what is committed now; the caller commits, and has no transaction open at the call."""
    return keep(session, read(session), user_id, note)


def read(session: Session) -> list[ReleaseTable]:
    """Every unit of a release to come, all read as of one moment, so that the saves of a call need not wait for it.

    Internal notes are never read, so that no export can hold them. Who the persons are is kept apart.
    """
    with reader(session.get_bind().engine).connect() as connection:
        data, names = source.read(connection), wordings.named(connection)
        who = persons.read(connection)
    themes = {node.id: node.path for node in data.themes}
    tables = [table(dictionary(unit, names, themes), unit, rows(data)) for unit, rows in source.ROWS.items()]
    for kept in tables:
        if described := persons.VARIABLES.get(kept.unit):
            kept.persons_dictionary = words(described)
            kept.persons = packed(persons.rows(kept.unit, data, who))
    return tables


def working(session: Session) -> Release:
    """The data as they stand, as a release that is not kept: it has no number."""
    tables = read(session)
    return Release(created_at=now().replace(microsecond=0), tables=tables, sha256=digest(tables))


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
    """One unit: its dictionary and its rows."""
    parts, count, described = [], 0, tuple(variables)
    read = extents.Measured(described, rows)
    for number, lines in enumerate(gathered(map(line, read))):
        parts.append(part(number, lines))
        count += lines.count(b"\n")
    sizes = extents.kept(read.extents)
    return ReleaseTable(unit=unit, row_count=count, dictionary=words(described), extents=sizes, parts=parts)


def words(variables: Iterable[Variable]) -> str:
    """A dictionary as it is kept."""
    return json.dumps([variable.as_json() for variable in variables], ensure_ascii=False)


def gathered(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines, as many at once as a part holds."""
    held = bytearray()
    for one in lines:
        held += one
        if len(held) >= PART:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def part(number: int, lines: bytes) -> ReleasePart:
    """Lines as they are kept."""
    return ReleasePart(number=number, size=len(lines), rows=gzip.compress(lines, compresslevel=6, mtime=0))


def packed(rows: Iterable[Row]) -> bytes:
    """Rows as gzipped JSON lines that never differ for the same data."""
    return gzip.compress(b"".join(map(line, rows)), compresslevel=6, mtime=0)


def line(row: Sequence[Value]) -> bytes:
    """A row as a line of JSON."""
    return f"{json.dumps(row, ensure_ascii=False, separators=(',', ':'))}\n".encode()


def digest(tables: Iterable[ReleaseTable]) -> str:
    """The SHA-256 of every unit's name, dictionary and rows: the lines, not their compression, and not the persons."""
    total = hashlib.sha256()
    for kept in sorted(tables, key=lambda kept: kept.unit.value):
        for piece in (kept.unit.value.encode(), kept.dictionary.encode()):
            total.update(len(piece).to_bytes(8, "big") + piece)
        total.update(sum(part.size for part in kept.parts).to_bytes(8, "big"))
        for part in kept.parts:
            total.update(gzip.decompress(part.rows))
    return total.hexdigest()
