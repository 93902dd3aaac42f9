"""The system file of SPSS, as PSPP's developers describe it: compressed, UTF-8, texts up to 32 767 bytes.

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

WIDEST = 32_767  # bytes of a text
LABEL, VALUE_LABEL, LINE = 255, 120, 80  # bytes
SEGMENT, COUNTED = 255, 252  # a long text takes width/252 segments, each of which holds 255 bytes
FORMATS = {"A": 1, "F": 5, "DATETIME": 22, "SDATE": 39}
MEASURES = {"nominal": 1, "ordinal": 2, "scale": 3}
BIAS = 100
PAD, LITERAL, BLANK, SYSMIS = b"\x00", b"\xfd", b"\xfe", b"\xff"
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Cell = float | bytes | None


@dataclass(frozen=True)
class Column:
    """A variable of the file. `width` is 0 for a number, else the bytes of the longest text.

    Labels must fit (`LABEL`, `VALUE_LABEL`); `missing` holds at most three values.
    """

    name: str
    label: str
    width: int = 0
    format: str = "F"
    digits: int = 8
    measure: str = "nominal"
    values: Mapping[int, str] = field(default_factory=dict)
    missing: Sequence[int] = ()

    @property
    def segments(self) -> list[int]:
        """The widths of the variables that the file stores this one as."""
        if self.width <= SEGMENT:
            return [self.width]
        count = -(-self.width // COUNTED)
        return [SEGMENT] * (count - 1) + [self.width - COUNTED * (count - 1)]


def write(
    file: BinaryIO,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    count: int,
    made: dt.datetime,
    title: str,
    source: str,
) -> None:
    """Write a whole file: `count` rows, each a number, a text in UTF-8 or None per column; `source` as its document."""
    file.write(header(columns, count, made, title))
    for number, column in enumerate(columns):
        file.write(variable(short(number), column))
    file.write(value_labels(columns))
    file.write(document(source))
    file.write(extensions(columns, count))
    file.write(struct.pack("<ii", 999, 0))
    write_rows(file, columns, rows)


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


def header(columns: Sequence[Column], count: int, made: dt.datetime, title: str) -> bytes:
    """The first record: what the file is, how many rows it has, when its release was made."""
    size = sum(blocks(width) for column in columns for width in column.segments)
    return struct.pack(
        "<4s60siiiiid9s8s64s3s",
        b"$FL2",
        b"@(#) SPSS DATA FILE Recension".ljust(60),
        2,
        size,
        1,
        0,
        count,
        float(BIAS),
        f"{made.day:02d} {MONTHS[made.month - 1]} {made:%y}".encode(),
        f"{made:%H:%M:%S}".encode(),
        title.encode()[:64].ljust(64),
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
    missing = column.missing if labelled else ()
    record = struct.pack("<iiiiii8s", 2, width, int(bool(label)), len(missing), shown, shown, name.encode().ljust(8))
    if label:
        record += struct.pack("<i", len(label)) + label.ljust(-(-len(label) // 4) * 4)
    record += struct.pack(f"<{len(missing)}d", *missing)
    return record + struct.pack("<iiiiii8s", 2, -1, 0, 0, 0, 0, b" " * 8) * (blocks(width) - 1)


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


def extensions(columns: Sequence[Column], count: int) -> bytes:
    """Byte order and floats, measures and alignments, long names, widths of long texts, row count, encoding."""
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
        (11, 4, struct.pack(f"<{3 * len(shown)}i", *(n for three in shown for n in three))),
        (13, 1, names.encode()),
        *([(14, 1, long.encode())] if long else []),
        (16, 8, struct.pack("<qq", 1, count)),
        (20, 1, b"UTF-8"),
    ]
    return b"".join(struct.pack("<iiii", 7, kind, size, len(data) // size) + data for kind, size, data in records)


def write_rows(file: BinaryIO, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
    """The data: an opcode for each eight bytes, eight opcodes before the eight bytes that some of them announce."""
    codes, literals = bytearray(), bytearray()
    plans = [[blocks(width) for width in column.segments] if column.width else [] for column in columns]
    for row in rows:
        for plan, cell in zip(plans, row, strict=True):
            if plan:
                _text(plan, cell if isinstance(cell, bytes) else b"", codes, literals)
            else:
                _number(cell, codes, literals)
        if len(codes) > 1 << 16:
            _flush(file, codes, literals)
    codes += PAD * (-len(codes) % 8)
    _flush(file, codes, literals)


def _number(cell: Cell, codes: bytearray, literals: bytearray) -> None:
    if cell is None or isinstance(cell, bytes):
        codes += SYSMIS
    elif -BIAS < cell <= 251 - BIAS and cell == int(cell):
        codes.append(int(cell) + BIAS)
    else:
        codes += LITERAL
        literals += struct.pack("<d", cell)


def _text(plan: Sequence[int], text: bytes, codes: bytearray, literals: bytearray) -> None:
    """`plan` is how many blocks each segment takes; a segment without text is blank."""
    for n, room in enumerate(plan):
        piece = text[n * SEGMENT : (n + 1) * SEGMENT]
        filled = -(-len(piece) // 8)
        codes += LITERAL * filled + BLANK * (room - filled)
        literals += piece.ljust(filled * 8)
        if not piece:
            codes += BLANK * sum(plan[n + 1 :])
            return


def _flush(file: BinaryIO, codes: bytearray, literals: bytearray) -> None:
    """Write the whole groups of eight opcodes. Long runs of blanks, of which texts leave many, go in one piece."""
    end, start, taken = len(codes) // 8 * 8, 0, 0
    while start < end:
        found = codes.find(LITERAL, start, end)
        near = end if found < 0 else found // 8 * 8
        file.write(codes[start:near])
        if near < end:
            used = taken + 8 * codes.count(LITERAL, near, near + 8)
            file.write(codes[near : near + 8] + literals[taken:used])
            near, taken = near + 8, used
        start = near
    del codes[:end], literals[:taken]
