"""The data file of Stata 14 and later, format 118, as its maker describes it: UTF-8, texts of any length.

Written here rather than with a library: those there are want every row in memory at once, know nothing of missing
values that say why, and date a file by the clock. Standard library alone.
Source: StataCorp, *Description of the .dta file format 118* (https://www.stata.com/help.cgi?dta_118).
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

NAME, LABEL, VALUE_LABEL = 32, 80, 32_000  # characters, characters, bytes
NOTE = 67_784  # bytes
WIDEST = 2_045  # bytes of a text that stands in its row; a longer one stands apart, and its row says where
VARIABLES = 32_767
APART = 32_768  # the type of texts that stand apart, strL
EXACT = 1 << 53  # beyond it a double counts in twos
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SECTIONS = (
    "stata_data", "map", "variable_types", "varnames", "sortlist", "formats", "value_label_names", "variable_labels",
    "characteristics", "data", "strls", "value_labels", "/stata_data", "end",
)  # fmt: skip

Cell = int | float | bytes
Labels = tuple[tuple[int, str], ...]  # values and their labels, in order


@dataclass(frozen=True)
class Storage:
    """How a number is kept: the type's code, its letter for `struct`, what it holds, and what stands for `.`."""

    code: int
    letter: str
    lowest: int
    highest: int
    shown: str

    def missing(self, reason: int = 0) -> Cell:
        """What is written where there is no number: `.` for 0, `.a` for 1, `.b` for 2 …"""
        if self is DOUBLE:
            value: float = struct.unpack("<d", struct.pack("<Q", 0x7FE0_0000_0000_0000 + (reason << 40)))[0]
            return value
        return self.highest + 1 + reason


BYTE = Storage(65_530, "b", -127, 100, "%8.0g")
INT = Storage(65_529, "h", -32_767, 32_740, "%8.0g")
LONG = Storage(65_528, "i", -2_147_483_647, 2_147_483_620, "%12.0g")
DOUBLE = Storage(65_526, "d", -EXACT, EXACT, "%16.0g")


def storage(lowest: int, highest: int) -> Storage:
    """The smallest in which whole numbers are kept to the digit. None that does raises ValueError."""
    for kept in (BYTE, INT, LONG, DOUBLE):
        if kept.lowest <= lowest and highest <= kept.highest:
            return kept
    raise ValueError(f"{lowest} … {highest}: Stata keeps whole numbers up to {EXACT}")


@dataclass(frozen=True)
class Column:
    """A variable of the file: `kept` is how its numbers are, None for a text of `width` bytes, 0 for one apart.

    Names and labels must fit (`NAME`, `LABEL`, `VALUE_LABEL`). `reasons` labels missing values: 1 is `.a`, 2 `.b` …
    """

    name: str
    label: str
    kept: Storage | None = None
    width: int = 0
    shown: str = ""
    values: Mapping[int, str] = field(default_factory=dict)
    reasons: Mapping[int, str] = field(default_factory=dict)
    notes: Sequence[str] = ()

    @property
    def apart(self) -> bool:
        return self.kept is None and not self.width

    @property
    def code(self) -> int:
        return self.kept.code if self.kept else self.width or APART

    @property
    def letter(self) -> str:
        """As `struct` writes the cell; of a text apart, where it is."""
        return self.kept.letter if self.kept else f"{self.width}s" if self.width else "Q"

    @property
    def format(self) -> str:
        if self.kept:
            return self.shown or self.kept.shown
        return f"%-{min(self.width or 40, 40)}s"

    @property
    def labels(self) -> Labels:
        """Every value that has a label, and a missing one as the long that stands for it."""
        why = {LONG.highest + 1 + reason: text for reason, text in self.reasons.items()}
        return tuple(sorted({**self.values, **why}.items()))


Rows = Callable[[], Iterable[Sequence[Cell]]]


def write(
    file: BinaryIO,
    columns: Sequence[Column],
    rows: Rows,
    count: int,
    made: dt.datetime,
    title: str,
    notes: Sequence[str],
) -> None:
    """Write a whole file: `count` rows, each a number or a text in UTF-8 per column; `notes` as those of the data.

    `rows` is called twice, the second time for the texts that stand apart, and gives the same each time.
    """
    if len(columns) > VARIABLES:
        raise ValueError(f"{len(columns)} variables, {VARIABLES} fit in a file of Stata")
    at = {"stata_data": 0}
    file.write(b"<stata_dta>" + header(len(columns), count, made, title))
    at["map"] = file.tell()
    file.write(bytes(len(mapped(at))))
    named = label_names(columns)
    sections: dict[str, Iterable[bytes]] = {
        **described(columns, named, notes),
        "data": data(columns, rows),
        "strls": apart(columns, rows),
        "value_labels": (value_labels(name, pairs) for pairs, name in named.items()),
    }
    for name, pieces in sections.items():
        at[name] = file.tell()
        file.write(f"<{name}>".encode())
        file.writelines(pieces)
        file.write(f"</{name}>".encode())
    at["/stata_data"] = file.tell()
    file.write(b"</stata_dta>")
    at["end"] = file.tell()
    file.seek(at["map"])
    file.write(mapped(at))


def described(
    columns: Sequence[Column], named: Mapping[Labels, str], notes: Sequence[str]
) -> dict[str, Iterable[bytes]]:
    """The sections that say what the variables are."""
    return {
        "variable_types": [packed("H", [column.code for column in columns])],
        "varnames": [zeros(column.name, 129) for column in columns],
        "sortlist": [bytes(2 * (len(columns) + 1))],
        "formats": [zeros(column.format, 57) for column in columns],
        "value_label_names": [zeros(named.get(column.labels, ""), 129) for column in columns],
        "variable_labels": [zeros(column.label, 321) for column in columns],
        "characteristics": [
            *characteristics("_dta", notes),
            *(piece for column in columns for piece in characteristics(column.name, column.notes)),
        ],
    }


def tagged(name: str, content: bytes) -> bytes:
    return f"<{name}>".encode() + content + f"</{name}>".encode()


def packed(letter: str, numbers: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}{letter}", *numbers)


def zeros(text: str, room: int) -> bytes:
    """A text in its room, at least one zero after it; one that is too long raises ValueError."""
    kept = text.encode()
    if len(kept) >= room:
        raise ValueError(f"{text!r}: over {room - 1} bytes")
    return kept.ljust(room, b"\0")


def header(width: int, count: int, made: dt.datetime, title: str) -> bytes:
    """What the file is, how many variables and rows it has, its label, when its release was made."""
    label = title.encode()
    when = f"{made.day:02d} {MONTHS[made.month - 1]} {made:%Y %H:%M}".encode()
    parts = {
        "release": b"118",
        "byteorder": b"LSF",
        "K": struct.pack("<H", width),
        "N": struct.pack("<Q", count),
        "label": struct.pack("<H", len(label)) + label,
        "timestamp": bytes([len(when)]) + when,
    }
    return tagged("header", b"".join(tagged(name, content) for name, content in parts.items()))


def mapped(at: Mapping[str, int]) -> bytes:
    """Where each section begins."""
    return tagged("map", packed("Q", [at.get(name, 0) for name in SECTIONS]))


def characteristics(of: str, notes: Sequence[str]) -> Iterator[bytes]:
    """The notes of a variable, or of the data: how many there are, then each."""
    numbered = [str(len(notes)), *notes] if notes else []
    for n, note in enumerate(numbered):
        content = zeros(of, 129) + zeros(f"note{n}", 129) + zeros(note, NOTE + 1).rstrip(b"\0") + b"\0"
        yield tagged("ch", struct.pack("<I", len(content)) + content)


def data(columns: Sequence[Column], rows: Rows) -> Iterator[bytes]:
    """Each row; of a text that stands apart, the numbers of its variable and row, nought for one that is empty."""
    row_of = struct.Struct("<" + "".join(column.letter for column in columns))
    places = [n for n, column in enumerate(columns) if column.apart]
    for number, row in enumerate(rows(), start=1):
        cells = list(row)
        for n in places:
            cells[n] = n + 1 | number << 16 if cells[n] else 0
        yield row_of.pack(*cells)


def apart(columns: Sequence[Column], rows: Rows) -> Iterator[bytes]:
    """The texts that stand apart, in the order of their rows."""
    places = [n for n, column in enumerate(columns) if column.apart]
    if not places:
        return
    for number, row in enumerate(rows(), start=1):
        for n in places:
            text = row[n]
            if text and isinstance(text, bytes):
                yield b"GSO" + struct.pack("<IQBI", n + 1, number, 130, len(text) + 1) + text + b"\0"


def label_names(columns: Sequence[Column]) -> dict[Labels, str]:
    """A name for each set of labels that differs: that of the first variable that has it."""
    named: dict[Labels, str] = {}
    for column in columns:
        if column.labels:
            named.setdefault(column.labels, column.name)
    return named


def value_labels(name: str, pairs: Labels) -> bytes:
    """The record of one set of labels: where each text begins, the values, the texts."""
    texts = [text.encode() + b"\0" for _value, text in pairs]
    begins = [sum(map(len, texts[:n])) for n in range(len(texts))]
    whole = b"".join(texts)
    table = (
        struct.pack("<ii", len(pairs), len(whole))
        + packed("i", begins)
        + packed("i", [value for value, _text in pairs])
        + whole
    )
    return tagged("lbl", struct.pack("<i", len(table)) + zeros(name, 129) + bytes(3) + table)
