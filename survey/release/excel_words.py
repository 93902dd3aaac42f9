"""The sheets beside the data of a workbook that say what they hold: a dictionary, and the codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from survey.instrument.dictionary import Part, Variable
from survey.instrument.grammar import Text

if TYPE_CHECKING:
    from survey.workbooks import Book, Sheet

DICTIONARY, CODES = Text("Dictionnaire", "Dictionary"), Text("Codes", "Codes")
DESCRIBED = (
    (Text("Variable", "Variable"), 28),
    (Text("Libellé", "Label"), 70),
    (Text("Type", "Type"), 14),
    (Text("Mesure", "Measure"), 12),
    (Text("Codes", "Codes"), 60),
    (Text("Sans réponse", "No answer"), 54),
)
CODED = (
    (Text("Variable", "Variable"), 28),
    (Text("Code", "Code"), 10),
    (Text("Libellé", "Label"), 70),
    (Text("Sans réponse", "No answer"), 18),
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
YES = Text("oui", "yes")
CELL = {"valign": "top", "text_wrap": True}
LINE = 15  # points
HEADING = {"valign": "top", "bold": True, "bg_color": "#E6ECF2", "bottom": 1, "bottom_color": "#8095AA"}
LETTER = 1  # Excel's number for the size of paper


def write(book: Book, dictionary: Sheet, codes: Sheet, columns: Sequence[Variable], language: str) -> None:
    """Both sheets."""
    fill(book, dictionary, DESCRIBED, (described(one, language) for one in columns), language)
    fill(book, codes, CODED, (row for one in columns for row in coded(one, language)), language)


def place(n: int, language: str) -> str:
    """The address of what the dictionary says of a column."""
    return f"internal:'{DICTIONARY(language)}'!A{n + 2}"


def set_out(sheet: Sheet) -> None:
    """The headings stay in sight, and stand on each page of paper."""
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(LETTER)


def fill(
    book: Book,
    sheet: Sheet,
    headings: Sequence[tuple[Text, int]],
    rows: Iterable[Sequence[str | int]],
    language: str,
) -> None:
    """Headings that stay in sight, a filter, and the rows."""
    bold = book.add_format(HEADING)
    wrapped = book.add_format({**CELL, "align": "left"})
    set_out(sheet)
    sheet.fit_to_pages(1, 0)
    for n, (heading, width) in enumerate(headings):
        sheet.set_column(n, n, width)
        sheet.write_string(0, n, heading(language), bold)
    line = 0
    for line, row in enumerate(rows, start=1):
        sheet.set_row(line, height(lines(len(str(cell)), room) for cell, (_, room) in zip(row, headings, strict=True)))
        for n, cell in enumerate(row):
            write_one = sheet.write_number if isinstance(cell, int) else sheet.write_string
            write_one(line, n, cell, wrapped)
    sheet.autofilter(0, 0, line, len(headings) - 1)


def lines(characters: int, room: int) -> int:
    """About how many lines a text takes in a column."""
    return -(-characters // room)


def height(of: Iterable[int], most: int = 24) -> int:
    """The points of a row, given the lines of each of its cells: some programs only know what they are told."""
    return LINE * max(1, min(max(of), most))


def described(column: Variable, language: str) -> list[str]:
    """A column of the data: its name, its label, what it holds, its codes."""
    held = "label" if column.values and not column.code else column.type.value
    return [
        column.name,
        column.label(language),
        WORDS[held](language),
        WORDS[column.measure.value](language),
        *("; ".join(f"{n} = {text(language)}" for n, text in of.items()) for of in (column.values, column.missing)),
    ]


def coded(column: Variable, language: str) -> Iterator[list[str | int]]:
    """Each code of a column: its number, its label, and whether it stands for no answer."""
    for number, text in {**column.values, **column.missing}.items():
        none = number in column.missing or column.part is Part.REASON
        yield [column.name, number, text(language), YES(language) if none else ""]
