"""CSV for machines, and CSV for Excel."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

from survey.instrument.dictionary import Value, Variable
from survey.release import whole_texts
from survey.release.extents import utf16
from survey.release.splitting import layout
from survey.release.table import Table

#: What a spreadsheet takes for a formula at the start of a cell, whatever invisible stands before it.
FORMULA = tuple("=+-@＝＋－＠")
INVISIBLE = ("Cc", "Cf", "Zl", "Zp", "Zs")
CELL = 32_767
QUOTE = '"'


def write_csv(path: Path, table: Table, language: str) -> Sequence[str]:
    """RFC 4180 in UTF-8, nothing changed: codes are numbers, missing reasons -7 to -9, dates ISO 8601."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(variable.name for variable in table.variables) + "\r\n")
        file.writelines(map(record, table.rows()))
    return ()


def record(cells: Sequence[Value], delimiter: str = ",") -> str:
    """A record of RFC 4180, texts between quotation marks; the csv module takes four times as long to write as much."""
    texts = [
        f'"{cell.replace(QUOTE, QUOTE + QUOTE)}"' if isinstance(cell, str) else "" if cell is None else str(cell)
        for cell in cells
    ]
    return f"{delimiter.join(texts)}\r\n"


def write_csv_excel(path: Path, table: Table, language: str) -> Sequence[str]:
    """Semicolons and a byte-order mark, labels instead of numbers, texts too long for a cell in several columns.

    A text that Excel would compute is led by an apostrophe: this file is for reading, `csv` is for computing.
    """
    wide = layout(table, CELL - 1, utf16)
    columns = wide.columns
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        file.write(";".join(column.name for column in columns) + "\r\n")
        for row in table.rows():
            cells = zip(columns, wide.cells(row), strict=True)
            file.write(record([harmless(in_words(column, value, language)) for column, value in cells], ";"))
    return whole_texts.beside(path, table, wide, language)


def in_words(variable: Variable, value: Value, language: str) -> Value:
    """The label of a code, or of a missing reason, which a spreadsheet would otherwise count into its means.

    The boxes of a select-many item stay 0 and 1, so that they can be added up.
    """
    if not isinstance(value, int):
        return value
    if value in variable.missing:
        return variable.missing[value](language)
    return variable.values[value](language) if value in variable.values and not variable.code else value


def harmless(value: Value) -> Value:
    """A text that Excel would compute, led by an apostrophe; any other value as it is."""
    return f"'{value}" if isinstance(value, str) and is_formula(value) else value


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might compute a text, or take its first character for the end of a cell."""
    if text.startswith(("\t", "\r", "\n")):
        return True
    shown = next((c for c in text if unicodedata.category(c) not in INVISIBLE), "")
    return shown in FORMULA
