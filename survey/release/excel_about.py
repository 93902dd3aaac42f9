"""The last sheet of a workbook: which data they are, how to read them, what they lack, where the wording comes from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from survey.instrument.grammar import Text
from survey.instrument.introduction import attribution
from survey.release import excel_words, manifest, shapes, tiers, units
from survey.release.excel_words import lines
from survey.release.shapes import Shape
from survey.release.table import Table

if TYPE_CHECKING:
    from survey.workbooks import Book, Sheet

NAME = Text("À propos", "About")
NAMES, FACTS = 34, 100  # characters of their columns
Fact = int | str | dt.datetime

RELEASE = Text("Version", "Release")
AS_OF = Text("En date du (UTC)", "As of (UTC)")
HASH = Text("Empreinte de la version (SHA-256)", "Hash of the release (SHA-256)")
TIER = Text("Niveau de confidentialité", "Privacy tier")
UNIT = Text("Unité", "Unit")
SHAPE = Text("Forme", "Shape")
BASE = Text("Base (lignes)", "Base (rows)")
COLUMNS = Text("Variables", "Variables")
CELLS = Text("Comment lire les cellules", "How to read the cells")
SAYS = Text(
    "Une réponse d’une liste de codes est écrite en toutes lettres, comme la raison d’une absence de réponse ; la "
    "feuille « Codes » donne leurs nombres, ceux des autres formats. Une case à cocher vaut 0 ou 1. Les heures sont en "
    "temps universel (UTC).",
    "An answer from a code list is written in words, as is the reason why there is none; the sheet “Codes” gives their "
    "numbers, which are those of the other formats. A box to tick is 0 or 1. Hours are in universal time (UTC).",
)
LEFT_OUT, NOTICE = Text("Ce qui n’y est pas", "What is not in it"), Text("Avis", "Notice")


def write(book: Book, sheet: Sheet, table: Table, notices: Sequence[str], language: str) -> None:
    """Each fact beside its name."""
    top = {"valign": "top", "align": "left"}
    bold, wrapped = book.add_format({**top, "bold": True, "text_wrap": True}), {**top, "text_wrap": True}
    text, number = book.add_format(wrapped), book.add_format({**wrapped, "num_format": "0"})
    moment = book.add_format({**wrapped, "num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet.set_paper(excel_words.LETTER)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, NAMES)
    sheet.set_column(1, 1, FACTS)
    for line, (name, fact) in enumerate(told(table, notices, language)):
        sheet.set_row(line, excel_words.height([sum(lines(len(one), FACTS) for one in str(fact).split("\n"))]))
        sheet.write_string(line, 0, name, bold)
        if isinstance(fact, dt.datetime):
            sheet.write_datetime(line, 1, fact.replace(tzinfo=None), moment)
        elif isinstance(fact, int):
            sheet.write_number(line, 1, fact, number)
        else:
            sheet.write_string(line, 1, fact, text)


def told(table: Table, notices: Sequence[str], language: str) -> Iterator[tuple[str, Fact]]:
    """The facts, the first of them those of the manifest."""
    release = table.release
    yield RELEASE(language), release.id or manifest.WORKING(language)
    yield AS_OF(language), release.created_at
    yield HASH(language), release.sha256
    yield TIER(language), tiers.NAMES[table.tier](language)
    yield UNIT(language), units.NAMES[table.unit](language)
    yield SHAPE(language), shapes.NAMES[Shape.WIDE if table.wide else Shape.LONG](language)
    yield BASE(language), table.row_count
    yield COLUMNS(language), len(table.variables)
    yield CELLS(language), SAYS(language)
    for one in table.left_out:
        yield LEFT_OUT(language), "\n".join(filter(None, (one.why(language), ", ".join(one.variables))))
    for notice in notices:
        yield NOTICE(language), notice
    name, _, source = attribution(language).partition(":")
    yield name.strip(), source.strip()
