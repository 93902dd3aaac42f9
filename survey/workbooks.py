"""Excel workbooks in which what people said is text, whatever it looks like, and long tables are written fast.

What XlsxWriter does to a text stands in its `Worksheet._write_string`, and how it keeps rows on the disk in its
`Worksheet._write_single_row` (3.3.1): what leans on either is here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

#: What stands in XML for something else, and what Excel would read as the code of a character.
SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}

#: The XML of a cell, given the number of its row, from one, and its value.
Cell = Callable[[int, Any], str]


class Sheet(Worksheet):  # type: ignore[misc]  # its maker gives it no types
    """A sheet of a workbook."""

    def _write_string(self, row: int, col: int, string: str, cell_format: Format | None = None) -> Any:
        """A text from <r> to </r> would be taken for XML and written as it is: its first letters go apart."""
        if not (string.startswith("<r>") and string.endswith("</r>")):
            return super()._write_string(row, col, string, cell_format)
        look = () if cell_format is None else (cell_format,)
        return self._write_rich_string(row, col, string[0], string[1], string[2:], *look)

    def write_rows(self, cells: Sequence[Cell], rows: Iterable[Sequence[object]], height: int) -> None:
        """Rows below those that stand there, in a workbook of constant memory; nothing stands where None does.

        Each column is written by its own of `cells`. `height` is that of each row, in points.
        """
        line = begun = self.dim_rowmax + 1
        self._write_single_row(begun)
        for line, row in enumerate(rows, start=begun + 1):
            made = [cell(line, value) for cell, value in zip(cells, row, strict=True) if value is not None]
            self.row_data_fh.write(f'<row r="{line}" ht="{height}" customHeight="1">{"".join(made)}</row>')
        self._check_dimensions(line - 1, 0)


class Book(Workbook):  # type: ignore[misc]
    """A workbook, made of such sheets."""

    worksheet_class = Sheet


def text(column: int, look: Format) -> Cell:
    """What writes a column of texts."""
    name, begun = xl_col_to_name(column), f'" s="{look._get_xf_index()}" t="inlineStr"><is><t xml:space="preserve">'
    search = SPECIAL.search

    def cell(line: int, value: str) -> str:
        said = SPECIAL.sub(escaped, value) if search(value) else value
        return f'<c r="{name}{line}{begun}{said}</t></is></c>'

    return cell


def escaped(found: re.Match[str]) -> str:
    """A character as a sheet spells it."""
    character = found.group()
    return ENTITIES.get(character) or f"_x{ord(character):04X}_"


def number(column: int, look: Format) -> Cell:
    """What writes a column of numbers."""
    name, begun = xl_col_to_name(column), f'" s="{look._get_xf_index()}"><v>'
    return lambda line, value: f'<c r="{name}{line}{begun}{value}</v></c>'
