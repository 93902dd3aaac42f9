"""One unit of the data, ready to be written: what every writer is given."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, takewhile
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, object_session

from survey.db import reader
from survey.instrument.dictionary import Type, Value, Variable
from survey.release import extents
from survey.release.extents import Extents
from survey.release.models import Release, ReleasePart, ReleaseTable, Unit

Row = list[Value]
Rows = Callable[[], Iterator[Row]]
#: Gives the lines of a part by its number, none after the last.
Reading = Callable[[int], bytes]


@dataclass(frozen=True)
class Table:
    """The rows of one unit. `rows()` can be called any number of times, and gives the same each time.

    `beside` holds other units of the release, for a format that is of several.
    """

    release: Release
    unit: Unit
    variables: tuple[Variable, ...]
    row_count: int
    rows: Rows
    name: str
    extents: Extents | None = None
    beside: Mapping[Unit, Table] = field(default_factory=dict)

    def measured(self) -> Extents:
        """The extents of the variables, which are read where nobody knew them."""
        return self.extents if self.extents is not None else extents.measured(self.variables, self.rows())

    def texts(self) -> list[int]:
        """The places of the variables that hold texts."""
        return [n for n, variable in enumerate(self.variables) if variable.type is Type.TEXT]

    def place(self, name: str) -> int:
        """Where a variable stands. Raises ValueError."""
        return [variable.name for variable in self.variables].index(name)


def newest(session: Session) -> Release | None:
    """The release made last, None when there is none."""
    return session.scalars(sa.select(Release).order_by(Release.id.desc()).limit(1)).one_or_none()


def load(session: Session, release: Release, unit: Unit) -> Table:
    """The table of a unit. A unit that this release does not hold raises LookupError."""
    return of(release, held(session, release, unit))


def held(session: Session, release: Release, unit: Unit) -> ReleaseTable:
    """What a release keeps of a unit. A unit that this release does not hold raises LookupError."""
    kept = session.get(ReleaseTable, (release.id, unit))
    if kept is None:
        raise LookupError(unit.value)
    return kept


def of(release: Release, kept: ReleaseTable) -> Table:
    """The table that a release keeps; of one that is not kept, the name says that it is of a working export."""
    version = f"v{release.id}" if release.id else f"travail-{release.created_at:%Y%m%dT%H%M%SZ}"
    name = f"recension-{version}-{kept.unit.value}"
    read, rows = reading(kept), kept.row_count
    sizes = extents.known(kept.extents) if kept.extents else None
    return Table(release, kept.unit, described(kept.dictionary), rows, lambda: lines(read, rows), name, sizes)


def reading(kept: ReleaseTable) -> Reading:
    """What reads a part of a table by its number: from the database, on its own, or of one that is not kept there."""
    session = object_session(kept)
    if session is None:
        packed = [part.rows for part in kept.parts]
        return lambda number: gzip.decompress(packed[number]) if number < len(packed) else b""
    engine = reader(session.get_bind().engine)
    of_this = ReleasePart.release_id == kept.release_id, ReleasePart.unit == kept.unit.value
    query = sa.select(ReleasePart.rows).where(*of_this, ReleasePart.number == sa.bindparam("number"))

    def read(number: int) -> bytes:
        with engine.connect() as connection:
            found = connection.scalar(query, {"number": number})
        return gzip.decompress(found) if found else b""

    return read


def described(dictionary: str) -> tuple[Variable, ...]:
    """The variables that a kept dictionary describes."""
    words: list[dict[str, Any]] = json.loads(dictionary)
    return tuple(map(Variable.from_json, words))


def lines(read: Reading, expected: int) -> Iterator[Row]:
    """Each row that was kept, in the order of the variables.

    Rows that lack raise ValueError: what is cut off never passes for whole.
    """
    given = 0
    for part in takewhile(bool, map(read, count())):
        rows = json.loads(b"[" + part[:-1].replace(b"\n", b",") + b"]")
        given += len(rows)
        yield from rows
    if given != expected:
        raise ValueError(f"{given} rows, {expected} were kept")
