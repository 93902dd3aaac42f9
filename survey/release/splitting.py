"""Texts that are longer than a format can hold go on in further columns: nothing is ever cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from survey.instrument.dictionary import Value, Variable
from survey.instrument.grammar import Text
from survey.release.extents import WIDEST, utf8
from survey.release.table import Table

Size = Callable[[str], int]


def split(text: str, limit: int, size: Size) -> list[str]:
    """The text in parts of at most `limit`, whole characters only; joined, they are the text.

    No part ends with a space where that can be helped: SPSS pads texts with spaces, and cannot tell them apart.
    """
    parts = []
    while size(text) > limit:
        end = _fitting(text, limit, size)
        parts.append(text[: len(text[:end].rstrip(" ")) or end])
        text = text[len(parts[-1]) :]
    return [*parts, text]


def _fitting(text: str, limit: int, size: Size) -> int:
    """How many characters fit: by halving, for the size only grows with the number of characters."""
    low, high = 1, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(text[:middle]) <= limit else (low, middle - 1)
    return low


@dataclass(frozen=True)
class Layout:
    """How many columns each variable takes in a format, and how long the longest text in any of them is."""

    variables: tuple[Variable, ...]
    counts: tuple[int, ...]
    longest: tuple[int, ...]
    limit: int
    size: Size

    @cached_property
    def whole(self) -> bool:
        """Whether every text fits in one column."""
        return max(self.counts, default=1) == 1

    @property
    def columns(self) -> list[Variable]:
        return [
            column
            for variable, count in zip(self.variables, self.counts, strict=True)
            for column in continued(variable, count)
        ]

    def cells(self, row: Sequence[Value]) -> list[Value]:
        """The row with the continuation columns filled in."""
        if self.whole:
            return list(row)
        cells: list[Value] = []
        for value, count in zip(row, self.counts, strict=True):
            parts: list[Value] = [value]
            if count > 1 and isinstance(value, str):
                parts = list(split(value, self.limit, self.size))
            cells += parts + [None] * (count - len(parts))
        return cells


def layout(table: Table, limit: int, size: Size) -> Layout:
    """What room the texts need: most tables know it; texts over the limit are read once, to be counted in parts."""
    sizes = table.measured()
    longest = [sizes[v.name].utf8 if size is utf8 else sizes[v.name].utf16 for v in table.variables]
    counts = [1] * len(table.variables)
    if over := [n for n in table.texts() if longest[n] > limit]:
        for row in table.rows():
            for n in over:
                if isinstance(text := row[n], str) and len(text) * WIDEST > limit:
                    counts[n] = max(counts[n], len(split(text, limit, size)))
    return Layout(table.variables, tuple(counts), tuple(min(most, limit) for most in longest), limit, size)


def continued(variable: Variable, count: int) -> list[Variable]:
    """The variable, then `<name>_2`, `<name>_3` …, whose labels say what they go on from."""
    following = [
        replace(
            variable,
            name=f"{variable.name}_{n}",
            label=Text(f"(suite {n}/{count}) {variable.label.fr}", f"(continued {n}/{count}) {variable.label.en}"),
        )
        for n in range(2, count + 1)
    ]
    return [variable, *following]
