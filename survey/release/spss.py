"""A release for SPSS: labels, measures, formats and user-missing values of the dictionary; no text is cut."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from survey.instrument.dictionary import Type, Value, Variable
from survey.instrument.grammar import Kind, Text
from survey.instrument.introduction import attribution
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.release import sav
from survey.release.splitting import continued, layout, utf8
from survey.release.table import Table

EPOCH = dt.datetime(1582, 10, 14, tzinfo=dt.UTC)
LOOKS = {Type.NUMBER: ("F", 8), Type.DATE: ("SDATE", 10), Type.MOMENT: ("DATETIME", 20), Type.TEXT: ("A", 0)}
#: Bytes of a text, by kind of item. SPSS stacks two files only where widths agree, and always the widest would make
#: each blank paragraph cost 4 kB; so a text takes the first step that holds the longest, the same in most releases.
WIDTHS = {Kind.LINE: (255, 2_000, 8_000, sav.WIDEST), Kind.PARAGRAPH: (2_000, 8_000, sav.WIDEST)}
KINDS = {item.name: item.kind for _section, item in QUESTIONNAIRE.items()}


def write(path: Path, table: Table, language: str) -> Sequence[str]:
    """One system file: a text over 32 767 bytes goes on in `<name>_2`, `<name>_3` …"""
    wide = layout(table, sav.WIDEST, utf8)
    columns = [
        column(variable, longest, language)
        for one, count, longest in zip(table.variables, wide.counts, wide.longest, strict=True)
        for variable in continued(one, count)
    ]
    types = [variable.type for variable in wide.columns]
    rows = ([cell(kind, value) for kind, value in zip(types, wide.cells(row), strict=True)] for row in table.rows())
    title = f"{table.name} {table.release.sha256[:12]}"
    with path.open("wb") as file:
        sav.write(file, columns, rows, table.row_count, table.release.created_at, title, attribution(language))
    return wide.notices(language)


def column(variable: Variable, longest: int, language: str) -> sav.Column:
    """What the file says of a variable; labels fit, shortened with …"""
    shown, digits = LOOKS[variable.type]
    return sav.Column(
        name=variable.name,
        label=shorten(variable.label(language), sav.LABEL),
        width=width(variable, longest) if variable.type is Type.TEXT else 0,
        format=shown,
        digits=digits,
        measure=variable.measure.value,
        values=in_language({**variable.values, **variable.missing}, language),
        missing=tuple(variable.missing),
    )


def width(variable: Variable, longest: int) -> int:
    """The bytes of a text: a step of its kind of item, so that the answers of the day seldom change it.

    Releases stack in SPSS as they are unless a text of one is over a step that no text of the other reaches.
    """
    steps = WIDTHS[Kind.PARAGRAPH if KINDS.get(variable.item or "") is Kind.PARAGRAPH else Kind.LINE]
    return next(step for step in steps if step >= longest)


def in_language(values: Mapping[int, Text], language: str) -> dict[int, str]:
    """Value labels in one language, short enough for the format."""
    return {number: shorten(text(language), sav.VALUE_LABEL) for number, text in values.items()}


def shorten(text: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8, whole characters, « … » at the end of what had to be shortened."""
    if utf8(text) <= limit:
        return text
    return text.encode()[: limit - utf8("…")].decode(errors="ignore").rstrip() + "…"


def cell(kind: Type, value: Value) -> sav.Cell:
    """Numbers as they are; dates and moments as the seconds since the Gregorian calendar began."""
    if value is None or isinstance(value, int):
        return value
    if kind is Type.TEXT:
        return value.encode()
    moment = dt.datetime.fromisoformat(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp() - EPOCH.timestamp()
