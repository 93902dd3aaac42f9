"""An Excel workbook to read: the data in typed cells, their dictionary, their codes, and where they come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from survey.instrument.dictionary import Type, Value, Variable
from survey.instrument.grammar import Text
from survey.instrument.introduction import attribution
from survey.release import excel_about, excel_words, whole_texts
from survey.release.csv_files import CELL, is_formula
from survey.release.extents import utf16
from survey.release.splitting import Layout, layout, split
from survey.release.table import Table

if TYPE_CHECKING:
    from xlsxwriter.format import Format

    from survey.workbooks import Book, Cell, Sheet

DATA = Text("Données", "Data")
SHEETS = (DATA, excel_words.DICTIONARY, excel_words.CODES, excel_about.NAME)
#: Characters of a column, at least and at most; a number may be shown as its label.
WIDTHS = {Type.NUMBER: (10, 32), Type.TEXT: (12, 48), Type.DATE: (12, 12), Type.MOMENT: (20, 20)}
SHOWN = {Type.NUMBER: "0", Type.TEXT: "General", Type.DATE: "yyyy-mm-dd", Type.MOMENT: "yyyy-mm-dd hh:mm"}
#: Lines that are seen of a row of long texts; the rest is in the cell.
LINES = 4
ROWS, COLUMNS, TIP = 1_048_576, 16_384, 255
OLDEST = "1900-03-01"  # before that Excel's calendar has a day that never was
EXACT = 10**15  # no spreadsheet keeps a sixteenth digit
EVERYWHERE = "A1:XFD1048576"
EPOCH, DAY = dt.datetime(1899, 12, 30), dt.timedelta(days=1)


def write(path: Path, table: Table, language: str) -> Sequence[str]:
    """One workbook, row by row to the disk. More rows or columns than a sheet has raises ValueError."""
    from survey.workbooks import Book

    wide = layout(table, CELL, utf16)
    columns = wide.columns
    if table.row_count >= ROWS or len(columns) > COLUMNS:
        raise ValueError(f"{table.row_count} × {len(columns)}; {ROWS - 1} × {COLUMNS} fit on a sheet")
    notices = whole_texts.beside(path, table, wide, language)
    with Book(path, {"constant_memory": True}) as book:
        book.set_properties(properties(table, language))
        book.set_calc_mode("auto")
        data, dictionary, codes, about = (book.add_worksheet(name(language)) for name in SHEETS)
        write_data(book, data, wide, table, language)
        excel_words.write(book, dictionary, codes, columns, language)
        excel_about.write(book, about, table, notices, language)
    return notices


def properties(table: Table, language: str) -> dict[str, Any]:
    """What the workbook says of itself: the release, its hash, the source; never the time of the clock."""
    return {
        "title": table.name,
        "comments": f"SHA-256 {table.release.sha256}\n{attribution(language)}",
        "created": table.release.created_at.replace(tzinfo=None),
    }


def write_data(book: Book, sheet: Sheet, wide: Layout, table: Table, language: str) -> None:
    """The first sheet: names that stay in sight and lead to the dictionary, a filter, one row per record."""
    columns, last = wide.columns, len(wide.columns) - 1
    excel_words.set_out(sheet)
    sheet.autofilter(0, 0, table.row_count, last)
    sheet.ignore_errors({"number_stored_as_text": EVERYWHERE})
    heading = book.add_format(excel_words.HEADING)
    looks = {kind: book.add_format({**excel_words.CELL, "num_format": shown}) for kind, shown in SHOWN.items()}
    quoted = book.add_format({**excel_words.CELL, "quote_prefix": True})
    most = longest(wide, language)
    rooms = list(map(width, columns, most))
    for n, column in enumerate(columns):
        sheet.set_column(n, n, rooms[n], looks[column.type])
        sheet.write_url(0, n, excel_words.place(n, language), heading, column.name, tip(column.label(language)))
    cells = [cell(n, column, looks, quoted, language) for n, column in enumerate(columns)]
    height = excel_words.height(map(excel_words.lines, most, rooms), LINES)
    sheet.write_rows(cells, map(wide.cells, table.rows()), height)


def cell(n: int, column: Variable, looks: Mapping[Type, Format], quoted: Format, language: str) -> Cell:
    """What writes the cells of a column; never a guess, which makes a formula of « =1+1 », a number of a telephone.

    A text that would be computed once somebody edits its cell is `quoted`.
    """
    from survey import workbooks

    string, number = workbooks.text(n, looks[Type.TEXT]), workbooks.number(n, looks[column.type])
    if column.type is Type.TEXT:
        led = workbooks.text(n, quoted)
        return lambda line, value: (string if value[:1].isalnum() or not is_formula(value) else led)(line, value)
    if column.type is Type.NUMBER:
        words = in_words(column, language)

        def number_or_words(line: int, value: int) -> str:
            if value in words:
                return string(line, words[value])
            return number(line, value) if -EXACT < value < EXACT else string(line, str(value))

        return number_or_words
    return lambda line, value: string(line, value) if value < OLDEST else number(line, serial(value))


def longest(wide: Layout, language: str) -> list[int]:
    """The characters of the longest cell of each column, where it is a text or a label; nought elsewhere."""
    labels = [max(map(len, in_words(variable, language).values()), default=0) for variable in wide.variables]
    most = map(max, wide.longest, labels)
    return [characters for characters, count in zip(most, wide.counts, strict=True) for _ in range(count)]


def width(column: Variable, characters: int) -> int:
    """Room for the name and its filter, and for the longest cell up to a width that can be read."""
    least, most = WIDTHS[column.type]
    return max(least, len(column.name) + 4, min(characters + 2, most))


def serial(moment: str) -> str:
    """A date or a moment as Excel counts: in days since its calendar began."""
    return f"{(dt.datetime.fromisoformat(moment).replace(tzinfo=None) - EPOCH) / DAY:.15g}"


def in_words(column: Variable, language: str) -> dict[Value, str]:
    """What stands for each code: its label. Boxes stay 0 and 1, so that they can be added up."""
    values = {} if column.code else column.values
    return {number: text(language) for number, text in {**values, **column.missing}.items()}


def tip(label: str) -> str:
    """What is shown of a label where the pointer rests: all that there is room for."""
    return label if utf16(label) <= TIP else split(label, TIP - 1, utf16)[0] + "…"
