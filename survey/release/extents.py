"""How small and how large the values of each variable are: what a writer must know before its first row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass

from survey.instrument.dictionary import Type, Value, Variable

WIDEST = 4  # bytes of a character; none takes more, in either size


def utf8(text: str) -> int:
    """The length as SPSS and Stata count it, in bytes."""
    return len(text.encode())


def utf16(text: str) -> int:
    """The length as Excel counts it: a character outside the basic plane is two."""
    return len(text.encode("utf-16-le")) // 2


@dataclass
class Extent:
    """Of numbers the least and the most, reasons left out; of texts the longest in both sizes. Nought for nothing."""

    least: int = 0
    most: int = 0
    utf8: int = 0
    utf16: int = 0

    def number(self, value: int) -> None:
        self.most = max(self.most, value)
        self.least = min(self.least, value)

    def text(self, value: str) -> None:
        if len(value) * WIDEST > self.utf8:
            self.utf8 = max(self.utf8, utf8(value))
        if len(value) * 2 > self.utf16:
            self.utf16 = max(self.utf16, utf16(value))


Extents = Mapping[str, Extent]


class Measured:
    """Rows whose extents are known once they were all read."""

    def __init__(self, variables: Sequence[Variable], rows: Iterable[Sequence[Value]]) -> None:
        self.rows = rows
        self.extents = {variable.name: Extent() for variable in variables}
        kinds = [(n, v, self.extents[v.name]) for n, v in enumerate(variables)]
        self.numbers = [(n, v.missing, of) for n, v, of in kinds if v.type is Type.NUMBER]
        self.texts = [(n, of) for n, v, of in kinds if v.type is Type.TEXT]

    def __iter__(self) -> Iterator[Sequence[Value]]:
        for row in self.rows:
            for n, missing, of in self.numbers:
                value = row[n]
                if isinstance(value, int) and value not in missing:
                    of.number(value)
            for n, of in self.texts:
                value = row[n]
                if isinstance(value, str):
                    of.text(value)
            yield row


def measured(variables: Sequence[Variable], rows: Iterable[Sequence[Value]]) -> Extents:
    """The extents of rows, which are read once."""
    read = Measured(variables, rows)
    for _row in read:
        pass
    return read.extents


def kept(extents: Extents) -> str:
    """Extents as a release keeps them."""
    return json.dumps({name: astuple(extent) for name, extent in extents.items()})


def known(words: str) -> Extents:
    """Extents that a release kept."""
    return {name: Extent(*sizes) for name, sizes in json.loads(words).items()}
