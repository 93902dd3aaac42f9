"""Rows in the sheets of a workbook, every word of them: what one has no room for goes on in another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

#: What a sheet has room for below its headings, and a cell.
ROWS, CELL = 1_048_575, 32_767


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
