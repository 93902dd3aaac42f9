"""A release for SPSS: labels, measures, formats and user-missing values of the dictionary; no text is cut."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from survey.instrument.dictionary import Part, Type, Value, Variable, wording
from survey.instrument.grammar import Kind, Text
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.release import sav, syntax, whole_texts
from survey.release.extents import utf8
from survey.release.sav_rows import Cell
from survey.release.splitting import continued, layout
from survey.release.table import Table
from survey.release.words import in_words

EPOCH = dt.datetime(1582, 10, 14, tzinfo=dt.UTC)
LOOKS = {Type.NUMBER: ("F", 8), Type.DATE: ("SDATE", 10), Type.MOMENT: ("DATETIME", 20), Type.TEXT: ("A", 0)}
#: Bytes of a text, by kind of item. SPSS stacks two files only where widths agree, and always the widest would make
#: each blank paragraph cost 4 kB; so a text takes the first step that holds the longest, the same in most releases.
WIDTHS = {Kind.LINE: (255, 2_000, 8_000, sav.WIDEST), Kind.PARAGRAPH: (2_000, 8_000, sav.WIDEST)}
ASKED = {item.name: wording(section.question_of(item), item) for section, item in QUESTIONNAIRE.items() if item.many}
SHORTENED = Text(
    "SPSS montre au plus 255 octets du libellé d’une variable et 120 de celui d’une valeur ; sont raccourcis, et "
    "entiers dans les attributs de la variable : {names}.",
    "SPSS shows at most 255 bytes of the label of a variable and 120 of that of a value; shortened, and whole in the "
    "attributes of the variable: {names}.",
)
#: A byte less than the widest: of a text that fills it, haven 2.5 (R) drops the last.
LONGEST = sav.WIDEST - 1
KINDS = {item.name: item.kind for _section, item in QUESTIONNAIRE.items()}


def write(path: Path, table: Table, language: str, *, deflated: bool = False) -> Sequence[str]:
    """One system file, the syntax that goes with it and, where one is over 32 767 bytes, the texts that are."""
    wide = layout(table, LONGEST, utf8)
    columns = [
        column(variable, longest, language)
        for one, count, longest in zip(table.variables, wide.counts, wide.longest, strict=True)
        for variable in continued(one, count)
    ]
    encoded = encoder(wide.columns)
    rows = (encoded(wide.cells(row)) for row in table.rows())
    boxes = sets(table.variables, language)
    made, about = table.release.created_at, " ".join(in_words(table, language))
    with path.open("wb") as file:
        sav.write(file, columns, rows, table.row_count, made, title(table), about, boxes, deflated)
    syntax.write(path.with_name(path.name + syntax.ENDING), path.name, about, columns, boxes, language)
    return [*shortened(columns, language), *whole_texts.beside(path, table, wide, language)]


def write_deflated(path: Path, table: Table, language: str) -> Sequence[str]:
    """The same, smaller, for SPSS 21 and later."""
    return write(path, table, language, deflated=True)


def title(table: Table) -> str:
    """The label of the file; its documents say the same in full."""
    return shorten(f"{table.name} {table.release.sha256[:12]}", sav.TITLE)


def sets(variables: Sequence[Variable], language: str) -> list[sav.ResponseSet]:
    """The boxes of each question that takes several; of each record in turn where they stand side by side."""
    found: dict[tuple[str, str], list[str]] = {}
    for variable in variables:
        if variable.part is Part.BOX and variable.item:
            rank = variable.name.removeprefix(f"{variable.item}_{variable.code}")
            found.setdefault((variable.item, rank), []).append(variable.name)
    return [
        sav.ResponseSet(
            f"{item}{rank}", shorten(f"{ASKED[item](language)} {rank.strip('_')}".rstrip(), sav.LABEL), names
        )
        for (item, rank), names in found.items()
        if len(names) > 1
    ]


def column(variable: Variable, longest: int, language: str) -> sav.Column:
    """What the file says of a variable; labels fit, shortened with …, and are then whole in its attributes."""
    shown, digits = LOOKS[variable.type]
    labels = {number: text(language) for number, text in {**variable.values, **variable.missing}.items()}
    return sav.Column(
        name=variable.name,
        label=shorten(variable.label(language), sav.LABEL),
        width=width(variable, longest) if variable.type is Type.TEXT else 0,
        format=shown,
        digits=digits,
        measure=variable.measure.value,
        values={number: shorten(text, sav.VALUE_LABEL) for number, text in labels.items()},
        missing=tuple(variable.missing),
        attributes=whole(variable.label(language), labels),
    )


def whole(label: str, labels: Mapping[int, str]) -> dict[str, str]:
    """The labels that SPSS has no room for, as attributes of their variable."""
    long = {f"FullValue{'_' * (n < 0)}{abs(n)}": text for n, text in labels.items() if utf8(text) > sav.VALUE_LABEL}
    return {"FullLabel": label, **long} if utf8(label) > sav.LABEL else long


def shortened(columns: Sequence[sav.Column], language: str) -> list[str]:
    """A sentence, where labels were."""
    names = ", ".join(column.name for column in columns if column.attributes)
    return [SHORTENED(language).format(names=names)] if names else []


def width(variable: Variable, longest: int) -> int:
    """The bytes of a text: a step of its kind of item, so that the answers of the day seldom change it.

    Releases stack in SPSS as they are unless a text of one is over a step that no text of the other reaches.
    """
    steps = WIDTHS[Kind.PARAGRAPH if KINDS.get(variable.item or "") is Kind.PARAGRAPH else Kind.LINE]
    return next(step for step in steps if step >= longest)


def shorten(text: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8, whole characters, « … » at the end of what had to be shortened."""
    if utf8(text) <= limit:
        return text
    return text.encode()[: limit - utf8("…")].decode(errors="ignore").rstrip() + "…"


def encoder(variables: Sequence[Variable]) -> Callable[[Sequence[Value]], list[Cell]]:
    """What makes of a row what the file has: dates and moments in seconds, all else as it is."""
    others = [(n, AS[variable.type]) for n, variable in enumerate(variables) if variable.type in AS]

    def encoded(row: Sequence[Value]) -> list[Cell]:
        cells: list[Any] = list(row)
        for n, of in others:
            if cells[n] is not None:
                cells[n] = of(cells[n])
        return cells

    return encoded


def seconds(text: str) -> float:
    """The seconds since the Gregorian calendar began."""
    moment = dt.datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp() - EPOCH.timestamp()


AS: Mapping[Type, Callable[[str], Cell]] = {Type.DATE: seconds, Type.MOMENT: seconds}
