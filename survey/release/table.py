"""One unit of a release, read back: what every writer is given."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.instrument.dictionary import Type, Value, Variable
from survey.release.models import Release, ReleaseTable, Unit


@dataclass(frozen=True)
class Table:
    """The rows of one unit, as they were frozen. `rows` can be read any number of times."""

    release: Release
    unit: Unit
    variables: tuple[Variable, ...]
    row_count: int
    kept: bytes

    def rows(self) -> Iterator[list[Value]]:
        """Each row, in the order of the variables."""
        with gzip.open(io.BytesIO(self.kept), "rt", encoding="utf-8", newline="\n") as lines:
            for line in lines:
                yield json.loads(line)

    @property
    def name(self) -> str:
        return f"recension-v{self.release.id}-{self.unit.value}"

    def texts(self) -> list[int]:
        """The places of the variables that hold texts."""
        return [n for n, variable in enumerate(self.variables) if variable.type is Type.TEXT]


def newest(session: Session) -> Release | None:
    """The release made last, None when there is none."""
    return session.scalars(sa.select(Release).order_by(Release.id.desc()).limit(1)).one_or_none()


def load(session: Session, release: Release, unit: Unit) -> Table:
    """The table of a unit. A unit that this release does not hold raises LookupError."""
    kept = session.get(ReleaseTable, (release.id, unit))
    if kept is None:
        raise LookupError(unit.value)
    words: list[dict[str, Any]] = json.loads(kept.dictionary)
    return Table(release, unit, tuple(map(Variable.from_json, words)), kept.row_count, kept.rows)
