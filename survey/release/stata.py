"""A release for Stata: labels, dates, and `.a`, `.b`, `.c` where there is no answer; no text is cut."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

from survey.instrument.dictionary import Type, Value, Variable
from survey.instrument.grammar import Kind, Text
from survey.release import dta
from survey.release.extents import Extent, utf8
from survey.release.spss import KINDS, shorten
from survey.release.table import Table
from survey.release.words import in_words

EPOCH = dt.datetime(1960, 1, 1, tzinfo=dt.UTC)
#: The extended missing values: .a don't know, .b refused, .c does not apply, .d masked.
REASONS = {-7: 1, -8: 2, -9: 3, -6: 4}
KEPT = {Type.DATE: dta.LONG, Type.MOMENT: dta.DOUBLE}
LOOKS = {Type.DATE: "%tdCCYY-NN-DD", Type.MOMENT: "%tcCCYY-NN-DD_HH:MM:SS"}
#: Bytes of a line of text that stands in its row. A paragraph stands apart, and a line over the last step.
STEPS = (32, 255, dta.WIDEST)
#: What Stata keeps for itself.
RESERVED = re.compile(
    r"_all|_b|_cons?|_n|_N|_pi|_pred|_rc|_skip|byte|double|float|if|in|int|long|str\d+|strL|using|with"
)

NAMES = Text(
    "Stata prend des noms d’au plus 32 caractères et en garde pour lui ; ont changé : {names}.",
    "Stata takes names of at most 32 characters and keeps some for itself; changed: {names}.",
)
LABELS = Text(
    "Stata montre au plus 80 caractères d’un libellé ; sont raccourcis ici, et entiers dans la note de la variable : "
    "{names}.",
    "Stata shows at most 80 characters of a label; shortened here, and whole in the note of the variable: {names}.",
)
VALUES = Text(
    "Stata prend au plus 32 000 octets pour le libellé d’une valeur ; sont raccourcis ceux de : {names}.",
    "Stata takes at most 32 000 bytes for the label of a value; shortened are those of: {names}.",
)
MANY = Text(
    "{count} variables : Stata BE en ouvre au plus 2 048 ; il faut Stata SE ou MP.",
    "{count} variables: Stata BE opens at most 2,048; Stata SE or MP is needed.",
)
BASIC = 2_048


def write(path: Path, table: Table, language: str) -> Sequence[str]:
    """One data file, for Stata 14 and later."""
    columns = described(table, language)
    cells = [cell(column, variable) for column, variable in zip(columns, table.variables, strict=True)]

    def rows() -> Iterator[list[dta.Cell]]:
        return ([of(value) for of, value in zip(cells, row, strict=True)] for row in table.rows())

    said = notices(table, columns, language)
    title = shown(f"{table.name} {table.release.sha256[:12]}", dta.LABEL)
    with path.open("wb") as file:
        made = table.release.created_at
        dta.write(file, columns, rows, table.row_count, made, title, [*in_words(table, language), *said])
    return said


def described(table: Table, language: str) -> list[dta.Column]:
    """What the file says of each variable; names differ, and all of it fits."""
    names = named([variable.name for variable in table.variables])
    sizes = table.measured()
    return [column(name, v, sizes[v.name], language) for name, v in zip(names, table.variables, strict=True)]


def named(names: Sequence[str]) -> list[str]:
    """The names as Stata takes them: of one that is too long the beginning and the end, told apart where alike."""
    taken = {name for name in names if fits(name)}
    return [name if name in taken else apart(fitting(name), taken) for name in names]


def fits(name: str) -> bool:
    """Whether Stata takes it for the name of a variable."""
    return len(name) <= dta.NAME and not RESERVED.fullmatch(name)


def fitting(name: str) -> str:
    """Of one that is too long the beginning and the end, where the rank of a record stands; of a reserved one, more."""
    return f"{name[:18]}_{name[-10:]}" if len(name) > dta.NAME else f"{name}_"


def apart(name: str, taken: set[str]) -> str:
    """The name, or with a number the first that is not taken; it then is."""
    given = next(one for n in count(1) if (one := name if n == 1 else f"{name[:27]}_{n}") not in taken)
    taken.add(given)
    return given


def column(name: str, variable: Variable, size: Extent, language: str) -> dta.Column:
    """What the file says of one variable. A code list takes what its codes need, any other number a long."""
    label = variable.label(language)
    kept = KEPT.get(variable.type)
    if variable.type is Type.NUMBER:
        kept = dta.storage(*spread(variable, size))
    return dta.Column(
        name=name,
        label=shown(label, dta.LABEL),
        kept=kept,
        width=0 if kept else width(variable, size.utf8),
        shown=LOOKS.get(variable.type, ""),
        values={n: shorten(text(language), dta.VALUE_LABEL) for n, text in variable.values.items()},
        reasons={REASONS[n]: shorten(text(language), dta.VALUE_LABEL) for n, text in variable.missing.items()},
        notes=[words for words in (variable.name, label) if words not in (name, shown(label, dta.LABEL))],
    )


def spread(variable: Variable, size: Extent) -> tuple[int, int]:
    """The least and the most that the numbers of a variable may be."""
    known = variable.values or (dta.LONG.lowest, dta.LONG.highest)
    return min(size.least, *known), max(size.most, *known)


def width(variable: Variable, longest: int) -> int:
    """The bytes of a text in its row, by a step; nought for one that stands apart. Stata stacks them all the same."""
    if KINDS.get(variable.item or "") is Kind.PARAGRAPH:
        return 0
    return next((step for step in STEPS if step >= longest), 0)


def shown(text: str, limit: int) -> str:
    """At most `limit` characters, « … » at the end of what had to be shortened."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def notices(table: Table, columns: Sequence[dta.Column], language: str) -> list[str]:
    """A sentence for each of Stata's limits that was met."""
    both = list(zip(table.variables, columns, strict=True))
    met = {
        NAMES: [f"{v.name} → {c.name}" for v, c in both if v.name != c.name],
        LABELS: [c.name for v, c in both if c.label != v.label(language)],
        VALUES: [c.name for v, c in both if any(utf8(t(language)) > dta.VALUE_LABEL for t in labelled(v))],
    }
    many = [MANY(language).format(count=len(columns))] if len(columns) > BASIC else []
    return [said(language).format(names=", ".join(names)) for said, names in met.items() if names] + many


def labelled(variable: Variable) -> list[Text]:
    return [*variable.values.values(), *variable.missing.values()]


def cell(column: dta.Column, variable: Variable) -> Callable[[Value], dta.Cell]:
    """What writes a value of a variable as the file has it."""
    kept = column.kept
    if kept is None:
        return lambda value: str(value).encode() if value is not None else b""
    nothing: dict[Value, dta.Cell] = {None: kept.missing(), **{n: kept.missing(REASONS[n]) for n in variable.missing}}
    reckoned = {Type.DATE: days, Type.MOMENT: milliseconds}.get(variable.type)

    def number(value: Value) -> dta.Cell:
        if value in nothing:
            return nothing[value]
        return reckoned(str(value)) if reckoned else int(value or 0)

    return number


def days(text: str) -> int:
    """The days since 1960 of a date."""
    return dt.date.fromisoformat(text).toordinal() - EPOCH.toordinal()


def milliseconds(text: str) -> int:
    """The milliseconds since 1960 of a moment, as if no day had ever been a second longer."""
    moment = dt.datetime.fromisoformat(text)
    return ((moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)) - EPOCH) // dt.timedelta(milliseconds=1)
