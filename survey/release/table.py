"""One unit of the data, ready to be written: what every writer is given."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.instrument.dictionary import Type, Value, Variable
from survey.release.models import Release, ReleaseTable, Unit

Row = list[Value]
Rows = Callable[[], Iterator[Row]]


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
    beside: Mapping[Unit, Table] = field(default_factory=dict)

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
    packed = kept.rows  # read now: whoever writes has no session open
    return Table(release, kept.unit, described(kept.dictionary), kept.row_count, lambda: lines(packed), name)


def described(dictionary: str) -> tuple[Variable, ...]:
    """The variables that a kept dictionary describes."""
    words: list[dict[str, Any]] = json.loads(dictionary)
    return tuple(map(Variable.from_json, words))


def lines(kept: bytes) -> Iterator[Row]:
    """Each row that was kept, in the order of the variables."""
    with gzip.open(io.BytesIO(kept), "rt", encoding="utf-8", newline="\n") as rows:
        for row in rows:
            yield json.loads(row)
