"""How far a long export has come, for the page that waits for it: a row of the database, whichever process writes."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.db import db, now
from survey.release.models import ExportProgress
from survey.release.table import Row, Table

#: Seconds between two words of how far it is; a shorter export says nothing until it is whole.
PAUSE = 0.5
KEPT = dt.timedelta(days=1)


class Progress:
    """What an export says of itself while its rows are read, however often they are."""

    def __init__(self, number: uuid.UUID, user_id: int) -> None:
        self.number, self.user_id = number, user_id
        self.done: dict[str, int] = {}
        self.total, self.said_at = 0, time.monotonic()

    def of(self, table: Table) -> Table:
        """The table, and those beside it, whose rows are counted as they are read."""
        self.total += table.row_count

        def rows() -> Iterator[Row]:
            for n, row in enumerate(table.rows(), start=1):
                yield row
                if n % 256 == 0 and time.monotonic() - self.said_at > PAUSE:
                    self.done[table.name] = n
                    self.say(min(sum(self.done.values()), self.total - 1))
            self.done[table.name] = table.row_count

        return replace(table, rows=rows, beside={unit: self.of(one) for unit, one in table.beside.items()})

    def say(self, done: int) -> None:
        """Write down how far it is."""
        self.said_at = time.monotonic()
        said = {"done": done, "total": self.total, "at": now()}
        of_this = ExportProgress.id == self.number, ExportProgress.user_id == self.user_id
        with db.writing() as connection:
            if not connection.execute(sa.update(ExportProgress).where(*of_this).values(said)).rowcount:
                connection.execute(sa.delete(ExportProgress).where(ExportProgress.at < now() - KEPT))
                connection.execute(sa.insert(ExportProgress).values(id=self.number, user_id=self.user_id, **said))

    def whole(self) -> None:
        """Write down that it is whole."""
        self.total = max(self.total, 1)
        self.say(self.total)


def read(session: Session, number: uuid.UUID, user_id: int) -> tuple[int, int] | None:
    """The rows read and their number, of an export of that person; None before it said anything."""
    row = session.execute(
        sa.select(ExportProgress.done, ExportProgress.total).where(
            ExportProgress.id == number, ExportProgress.user_id == user_id
        )
    ).one_or_none()
    return None if row is None else (row.done, row.total)
