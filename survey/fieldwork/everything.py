"""Everything that the fieldwork knows, in a workbook: a sheet per table, as it stands, persons and notes included."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import audit
from survey.accounts.models import User
from survey.db import Base, reader
from survey.fieldwork import contact_models, models

MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: What a sheet has room for below its headings, and a cell.
ROWS, CELL = 1_048_575, 32_767

#: Counts of what is exported anyway.
TALLIES = {models.CaseTally.__tablename__, models.CoverageTally.__tablename__}

#: Where what a cell has no room for goes on: the sheet, the line and the column it belongs to, and the piece.
REST = ("sheet", "line", "column", "piece", "text")


def tables() -> Iterator[sa.Table]:
    """The tables of the fieldwork, each after those that it refers to."""
    here = {models.__name__, contact_models.__name__}
    own = {mapper.local_table for mapper in Base.registry.mappers if mapper.class_.__module__ in here}
    return (table for table in Base.metadata.sorted_tables if table in own and table.name not in TALLIES)


def write(path: Path, session: Session, user_id: int | None, reason: str) -> None:
    """Write the workbook as of one moment, and note who took it and why, in the session; the caller commits."""
    import xlsxwriter

    with (
        xlsxwriter.Workbook(path, {"constant_memory": True}) as book,
        reader(session.get_bind().engine).connect().execution_options(yield_per=1000) as db,
    ):
        sheets = Sheets(book)
        people = sa.select(User.id, User.name, User.role).order_by(User.id)
        sheets.add("user", ("id", "name", "role"), db.execute(people))
        for table in tables():
            rows = db.execute(sa.select(table).order_by(*table.primary_key))
            sheets.add(table.name, table.columns.keys(), rows)
        if sheets.rest:
            sheets.add("rest", REST, sheets.rest)
    audit.record(session, audit.Action.FIELDWORK_EXPORT, user_id=user_id, detail=reason)


class Sheets:
    """The sheets of a workbook. `rest` holds what its cells have no room for: nothing is cut in silence."""

    def __init__(self, book: Any) -> None:
        self.book, self.bold = book, book.add_format({"bold": True})
        self.rest: list[tuple[str, int, str, int, str]] = []

    def add(self, name: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """The rows under their headings; those that one sheet has no room for go on the next."""
        sheet = self._begin(name, headings)
        n, line = 1, 0
        for row in rows:
            if line == ROWS:
                n, line = n + 1, 0
                sheet = self._begin(f"{name} {n}", headings)
            line += 1
            for column, value in enumerate(row):
                self._write(sheet, line, column, value, headings)

    def _begin(self, name: str, headings: Sequence[str]) -> Any:
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(headings) - 1, 18)
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, self.bold)
        return sheet

    def _write(self, sheet: Any, line: int, column: int, value: object, headings: Sequence[str]) -> None:
        """Never the writer's own guess, which makes a formula of « =1+1 » and a number of a telephone."""
        if isinstance(value, int | float):
            sheet.write_number(line, column, value)
        elif value is not None:
            first, *others = pieces(value.isoformat() if isinstance(value, dt.date) else str(value))
            sheet.write_string(line, column, first)
            self.rest += [
                (sheet.get_name(), line + 1, headings[column], n, piece) for n, piece in enumerate(others, start=2)
            ]


def pieces(text: str) -> list[str]:
    """A text in pieces that a cell has room for: it counts in UTF-16, where an emoji is two."""
    found, start, units = [], 0, 0
    for n, character in enumerate(text):
        wide = 1 + (character > "\uffff")
        if units + wide > CELL:
            found.append(text[start:n])
            start, units = n, 0
        units += wide
    return [*found, text[start:]]
