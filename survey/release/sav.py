"""The system file of SPSS, as PSPP's developers describe it: UTF-8, texts up to 32 767 bytes, `.sav` or `.zsav`.

Written here rather than with a library: the one there is needs a data-frame library to write at all, names the
segments of long texts so that SPSS shows each as a variable, and dates a file by the clock. Standard library alone.
Source: GNU PSPP, *System File Format* (https://www.gnu.org/software/pspp/pspp-dev/html_node/System-File-Format.html).
"""

from __future__ import annotations

import datetime as dt
import struct
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from survey.release import sav_rows
from survey.release.sav_rows import BIAS, SEGMENT, Cell

WIDEST = 32_767  # bytes of a text
TITLE, LABEL, VALUE_LABEL, LINE = 64, 255, 120, 80  # bytes
MISSING = 3  # single values; more of them must be a range
COUNTED = 252  # a long text takes width/252 segments, each of which holds 255 bytes
FORMATS = {"A": 1, "F": 5, "DATETIME": 22, "SDATE": 39}
MEASURES = {"nominal": 1, "ordinal": 2, "scale": 3}
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Column:
    """A variable of the file. `width` is 0 for a number, else the bytes of the longest text.

    Labels must fit (`LABEL`, `VALUE_LABEL`). `missing` are whole numbers; more than three must follow one another.
    `attributes` are what SPSS calls so: names and texts.
    """

    name: str
    label: str
    width: int = 0
    format: str = "F"
    digits: int = 8
    measure: str = "nominal"
    values: Mapping[int, str] = field(default_factory=dict)
    missing: Sequence[int] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def segments(self) -> list[int]:
        """The widths of the variables that the file stores this one as."""
        if self.width <= SEGMENT:
            return [self.width]
        count = -(-self.width // COUNTED)
        return [SEGMENT] * (count - 1) + [self.width - COUNTED * (count - 1)]


@dataclass(frozen=True)
class ResponseSet:
    """Columns, by their names, that are the boxes of one question: 1 is ticked."""

    name: str
    label: str
    columns: Sequence[str]


def write(
    file: BinaryIO,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    count: int,
    made: dt.datetime,
    title: str,
    source: str,
    sets: Sequence[ResponseSet] = (),
    deflated: bool = False,
) -> None:
    """Write a whole file: `count` rows, each a number, a text in UTF-8 or None per column; `source` as its document.

    `title` must fit (`TITLE`).
    """
    file.write(header(columns, count, made, title, deflated))
    for number, column in enumerate(columns):
        file.write(variable(short(number), column))
    file.write(value_labels(columns))
    file.write(document(source))
    file.write(extensions(columns, count, sets))
    file.write(struct.pack("<ii", 999, 0))
    plans = [[blocks(width) for width in column.segments] if column.width else [] for column in columns]
    if not deflated:
        sav_rows.write(file, plans, rows)
        return
    blocks_of = sav_rows.Deflated(file)
    sav_rows.write(blocks_of, plans, rows)
    blocks_of.close()


def blocks(width: int) -> int:
    """How many times eight bytes a variable takes in each row."""
    return max(1, -(-width // 8))


def short(number: int, segment: int = 0) -> str:
    """The name of eight characters under the long one. Those of a long text's segments share its first five, then
    count in base 36 from nought: that is how SPSS knows them for one variable."""
    base = f"V{number:04d}"
    if segment == 0:
        return base
    high, low = divmod(segment - 1, len(DIGITS))
    return base + (DIGITS[high] if high else "") + DIGITS[low]


def header(columns: Sequence[Column], count: int, made: dt.datetime, title: str, deflated: bool) -> bytes:
    """The first record: what the file is, how many rows it has, when its release was made."""
    size = sum(blocks(width) for column in columns for width in column.segments)
    return struct.pack(
        "<4s60siiiiid9s8s64s3s",
        b"$FL3" if deflated else b"$FL2",
        b"@(#) SPSS DATA FILE Recension".ljust(60),
        2,
        size,
        2 if deflated else 1,
        0,
        count,
        float(BIAS),
        f"{made.day:02d} {MONTHS[made.month - 1]} {made:%y}".encode(),
        f"{made:%H:%M:%S}".encode(),
        title.encode().ljust(TITLE),
        b"   ",
    )


def variable(name: str, column: Column) -> bytes:
    """The records of one variable, those of its further segments and fillers included."""
    base = int(name[1:])
    records = [_record(name, column, column.segments[0], labelled=True)]
    for n, width in enumerate(column.segments[1:], start=1):
        records.append(_record(short(base, n), column, width, labelled=False))
    return b"".join(records)


def _record(name: str, column: Column, width: int, *, labelled: bool) -> bytes:
    shown = FORMATS[column.format] << 16 | (width or column.digits) << 8
    label = column.label.encode() if labelled else b""
    how, missing = left_out(column.missing) if labelled else (0, ())
    record = struct.pack("<iiiiii8s", 2, width, int(bool(label)), how, shown, shown, name.encode().ljust(8))
    if label:
        record += struct.pack("<i", len(label)) + label.ljust(-(-len(label) // 4) * 4)
    record += struct.pack(f"<{len(missing)}d", *missing)
    return record + struct.pack("<iiiiii8s", 2, -1, 0, 0, 0, 0, b" " * 8) * (blocks(width) - 1)


def left_out(values: Sequence[int]) -> tuple[int, Sequence[int]]:
    """How user-missing values are told: so many of them, or -2 and the two ends of a range."""
    if len(values) <= MISSING:
        return len(values), values
    ends = min(values), max(values)
    if ends[1] - ends[0] != len(values) - 1:
        raise ValueError(f"{values}: over {MISSING} missing values must follow one another")
    return -2, ends


def value_labels(columns: Sequence[Column]) -> bytes:
    """One record per set of labels that differs, for all the variables that share it."""
    shared: dict[tuple[tuple[int, str], ...], list[int]] = {}
    place = 1
    for column in columns:
        if column.values:
            shared.setdefault(tuple(sorted(column.values.items())), []).append(place)
        place += sum(blocks(width) for width in column.segments)
    return b"".join(_labels(pairs) + _numbers("<ii", 4, places) for pairs, places in shared.items())


def _labels(pairs: Sequence[tuple[int, str]]) -> bytes:
    record = struct.pack("<ii", 3, len(pairs))
    for number, label in pairs:
        text = bytes([len(label.encode())]) + label.encode()
        record += struct.pack("<d", number) + text.ljust(-(-len(text) // 8) * 8)
    return record


def document(text: str) -> bytes:
    """The record of what DISPLAY DOCUMENTS shows: lines of 80 bytes, broken between words, never within a character."""
    lines = [b""]
    for word in text.split():
        while word:
            joined = lines[-1] + b" " * bool(lines[-1]) + word.encode()
            if len(joined) <= LINE:
                lines[-1], word = joined, ""
            elif lines[-1]:
                lines.append(b"")
            else:
                lines[-1] = word.encode()[:LINE].decode(errors="ignore").encode()
                word = word[len(lines[-1].decode()) :]
                lines.append(b"")
    return struct.pack("<ii", 6, len(lines)) + b"".join(line.ljust(LINE) for line in lines)


def _numbers(head: str, kind: int, numbers: Sequence[int]) -> bytes:
    return struct.pack(head, kind, len(numbers)) + struct.pack(f"<{len(numbers)}i", *numbers)


def response_sets(columns: Sequence[Column], sets: Sequence[ResponseSet]) -> bytes:
    """One line per set, its columns by the names of eight characters."""
    names = {column.name: short(n).lower() for n, column in enumerate(columns)}
    return b"".join(
        f"${one.name}=D1 1 {len(one.label.encode())} {one.label} ".encode()
        + f"{' '.join(names[name] for name in one.columns)}\n".encode()
        for one in sets
    )


def attributes(columns: Sequence[Column]) -> bytes:
    """What the columns say of themselves beside their labels, each text on a line of its own."""
    told = (
        f"{column.name}:" + "".join(f"{name}('{on_a_line(text)}'\n)" for name, text in column.attributes.items())
        for column in columns
        if column.attributes
    )
    return "/".join(told).encode()


def on_a_line(text: str) -> str:
    """The text with a blank for each end of a line."""
    return " ".join(text.splitlines())


def extensions(columns: Sequence[Column], count: int, sets: Sequence[ResponseSet]) -> bytes:
    """Byte order, floats, sets, measures and alignments, long names, long texts, rows, attributes, encoding."""
    shown = [
        (MEASURES[column.measure], min(max(width, column.digits), 40), 0 if width else 1)
        for column in columns
        for width in column.segments
    ]
    names = "\t".join(f"{short(n)}={column.name}" for n, column in enumerate(columns))
    long = "".join(f"{short(n)}={c.width:05d}\0\t" for n, c in enumerate(columns) if c.width > SEGMENT)
    floats = (-sys.float_info.max, sys.float_info.max, struct.unpack("<d", b"\xfe\xff\xff\xff\xff\xff\xef\xff")[0])
    records = [
        (3, 4, struct.pack("<8i", 27, 0, 0, -1, 1, 1, 2, 65001)),
        (4, 8, struct.pack("<3d", *floats)),
        (7, 1, response_sets(columns, sets)),
        (11, 4, struct.pack(f"<{3 * len(shown)}i", *(n for three in shown for n in three))),
        (13, 1, names.encode()),
        (14, 1, long.encode()),
        (16, 8, struct.pack("<qq", 1, count)),
        (18, 1, attributes(columns)),
        (20, 1, b"UTF-8"),
    ]
    held = (record for record in records if record[2])
    return b"".join(struct.pack("<iiii", 7, kind, size, len(data) // size) + data for kind, size, data in held)
