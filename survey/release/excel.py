"""An Excel workbook: the data in typed cells, and the dictionary on a second sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from survey.instrument.dictionary import Type, Value, Variable
from survey.instrument.grammar import Text
from survey.instrument.introduction import attribution
from survey.release import whole_texts
from survey.release.csv_files import CELL, in_words
from survey.release.extents import utf16
from survey.release.splitting import layout
from survey.release.table import Table

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

DATA, DICTIONARY = Text("Données", "Data"), Text("Dictionnaire", "Dictionary")
HEADINGS = (
    (Text("Variable", "Variable"), 28),
    (Text("Libellé", "Label"), 80),
    (Text("Type", "Type"), 12),
    (Text("Mesure", "Measure"), 12),
    (Text("Codes", "Codes"), 60),
    (Text("Sans réponse", "No answer"), 60),
)
WORDS = {
    "number": Text("nombre", "number"),
    "label": Text("libellé", "label"),
    "text": Text("texte", "text"),
    "date": Text("date", "date"),
    "moment": Text("date et heure", "date and time"),
    "nominal": Text("nominale", "nominal"),
    "ordinal": Text("ordinale", "ordinal"),
    "scale": Text("échelle", "scale"),
}
WIDTHS = {Type.NUMBER: 16, Type.TEXT: 40, Type.DATE: 12, Type.MOMENT: 20}
ROWS = 1_048_576
OLDEST = dt.date(1900, 3, 1)  # before that Excel's calendar has a day that never was


def write(path: Path, table: Table, language: str) -> Sequence[str]:
    """One workbook, row by row to the disk. More rows than a sheet has raises ValueError."""
    import xlsxwriter

    if table.row_count >= ROWS:
        raise ValueError(f"{table.row_count} rows, {ROWS - 1} fit on a sheet")
    wide = layout(table, CELL, utf16)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        book.set_properties(properties(table, language))
        book.set_calc_mode("auto")
        bold = book.add_format({"bold": True})
        data, words = (book.add_worksheet(name(language)) for name in (DATA, DICTIONARY))
        write_data(book, data, bold, wide.columns, (wide.cells(row) for row in table.rows()), table, language)
        write_dictionary(words, bold, wide.columns, language)
    return whole_texts.beside(path, table, wide, language)


def properties(table: Table, language: str) -> dict[str, Any]:
    """What the workbook says of itself: the release, its hash, the source; never the time of the clock."""
    return {
        "title": table.name,
        "comments": f"SHA-256 {table.release.sha256}\n{attribution(language)}",
        "created": table.release.created_at.replace(tzinfo=None),
    }


def write_data(
    book: Workbook,
    sheet: Worksheet,
    bold: Any,
    columns: list[Variable],
    rows: Iterable[list[Value]],
    table: Table,
    language: str,
) -> None:
    """The first sheet: names that stay in sight, a filter, one row per record."""
    shown = {
        Type.DATE: book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        Type.MOMENT: book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
    }
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, table.row_count, len(columns) - 1)
    for n, column in enumerate(columns):
        sheet.set_column(n, n, max(WIDTHS[column.type], len(column.name) + 4))
        sheet.write_string(0, n, column.name, bold)
    for line, row in enumerate(rows, start=1):
        for n, (column, value) in enumerate(zip(columns, row, strict=True)):
            if value is not None:
                write_cell(sheet, line, n, column, in_words(column, value, language), shown.get(column.type))


def write_cell(sheet: Worksheet, line: int, n: int, column: Variable, value: Value, shown: Any) -> None:
    """Never the writer's own guess, which makes a formula of « =1+1 » and a number of a telephone."""
    if isinstance(value, int):
        sheet.write_number(line, n, value)
        return
    text = str(value)
    if column.type is Type.DATE and dt.date.fromisoformat(text) >= OLDEST:
        sheet.write_datetime(line, n, dt.date.fromisoformat(text), shown)
    elif column.type is Type.MOMENT:
        sheet.write_datetime(line, n, dt.datetime.fromisoformat(text).replace(tzinfo=None), shown)
    else:
        sheet.write_string(line, n, text)


def held(column: Variable) -> str:
    """What the cells of a column hold: of a code list its labels, as `in_words` writes them."""
    return "label" if column.values and not column.code else column.type.value


def write_dictionary(sheet: Worksheet, bold: Any, columns: list[Variable], language: str) -> None:
    """The second sheet: one row per column of the first, then the source of the wording."""
    sheet.freeze_panes(1, 0)
    for n, (heading, width) in enumerate(HEADINGS):
        sheet.set_column(n, n, width)
        sheet.write_string(0, n, heading(language), bold)
    for line, column in enumerate(columns, start=1):
        described = (
            column.name,
            column.label(language),
            WORDS[held(column)](language),
            WORDS[column.measure.value](language),
            *("; ".join(f"{n} = {text(language)}" for n, text in of.items()) for of in (column.values, column.missing)),
        )
        for n, text in enumerate(described):
            sheet.write_string(line, n, text)
    sheet.write_string(len(columns) + 2, 0, attribution(language))
