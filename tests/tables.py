"""A table of every type of variable, made without a database, whose values are those that formats lose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from survey.instrument.dictionary import MISSING, TICKED, Measure, Type, Value, Variable
from survey.instrument.grammar import Text
from survey.release.models import Release, Unit
from survey.release.opened import MASK
from survey.release.table import Row, Table

AT = dt.datetime(2026, 3, 2, 14, 30, 5, tzinfo=dt.UTC)
SIZES = (1, 31, 32, 33, 254, 255, 256, 2_044, 2_045, 2_046, 10_000, 32_766, 32_767, 32_768, 40_000, 65_536)
HARD = (
    "=1+1", '"', '""', "',;\t|", "a\nb\n\nc\n", "\\n \\", " début et fin ", "#1", "NA", "-8", "0418", "%s `x' $y", "{}",
    "é" * 500, "👩🏽‍🏫 漢字 œ ß …", "e\u0301", "\u202eabc", "<strls>GSO", "'", "TRUE", "1e5", "…" * 700,
)  # fmt: skip


def cut(size: int) -> str:
    """A text of exactly so many bytes of UTF-8, and no blank at its end."""
    text = ("é😀ab ; «\n" * size).encode()[: size - 1].decode(errors="ignore")
    return text + "." * (size - len(text.encode()))


VARIABLES = (
    Variable("id", Text("Numéro", "Number")),
    Variable("code", Text("Statut – « été » 😀", "Status – “état” 😀"), values={1: Text("Été", "Été, en"), 2: Text(
        "L’hiver\n« long » \\ \"x\" 😀", "Winter"), 300: Text("Trois cents", "Three hundred")},
        missing={**MISSING, **MASK}),
    Variable("box", Text("Case", "Box"), values=TICKED, missing=MISSING),
    Variable("year", Text("Année", "Year"), measure=Measure.SCALE, missing=MISSING),
    Variable("grade", Text("Niveau", "Grade"), measure=Measure.ORDINAL, values={1: Text("Bas", "Low"), 2: Text(
        "Haut", "High")}),
    Variable("big", Text("Grand", "Big"), measure=Measure.SCALE, missing=MISSING),
    Variable("line", Text("Ligne", "Line"), Type.TEXT),
    Variable("line_missing", Text("Pourquoi", "Why"), values=MISSING),
    Variable("long", Text("Long – " + "é" * 100, "Long – " + "é" * 100), Type.TEXT),
    Variable("day", Text("Jour", "Day"), Type.DATE, Measure.SCALE),
    Variable("moment", Text("Moment", "Moment"), Type.MOMENT, Measure.SCALE),
    Variable("a_name_that_is_longer_than_thirty_two_r1", Text("Un", "One"), Type.TEXT),
    Variable("a_name_that_is_longer_than_thirty_two_r2", Text("Deux", "Two")),
)  # fmt: skip
DAYS = ("1900-01-01", "1959-12-31", "1960-01-01", "1970-01-01", "2024-02-29", "2026-03-02", "9999-12-31")
MOMENTS = ("1959-12-31T23:59:59+00:00", "1970-01-01T00:00:00+00:00", "2026-03-08T07:30:00+00:00")


def rows() -> list[Row]:
    """Each text once, everything else in turn, and a row with nothing in it."""
    texts = [*HARD, *map(cut, SIZES)]
    codes: Sequence[Value] = (1, 2, 300, -6, -7, -8, -9, None)
    made = [
        [
            n + 1,
            codes[n % 8],
            (0, 1, -7, -8, -9, None)[n % 6],
            (2019, 1066, -7, 0, 123_456_789, -8, None)[n % 7],
            (1, 2, None)[n % 3],
            (0, -7, -2_147_483_647, -8, 2_147_483_648, -9, 1 << 53, None)[n % 8],
            None if n % 9 == 8 else texts[-n - 1] if len(texts[-n - 1]) < 500 else "court",
            (-7, -8, -9, None)[n % 4],
            text,
            (*DAYS, None)[n % 8],
            (*MOMENTS, None)[n % 4],
            (text[:9], None)[n % 2],
            (-127, 100, 101, 32_741, None)[n % 5],
        ]
        for n, text in enumerate(texts)
    ]
    return [*made, [len(made) + 1, *[None] * (len(VARIABLES) - 1)]]


def table(variables: Sequence[Variable] = VARIABLES, made: Sequence[Row] | None = None) -> Table:
    """A table of a release that nobody keeps."""
    held = rows() if made is None else made
    release = Release(id=7, created_at=AT, sha256="0123456789abcdef" * 4)
    return Table(release, Unit.INITIATIVE, tuple(variables), len(held), lambda: iter(held), "recension-v7-initiative")
