"""The rows of a system file of SPSS, as bytecode: an opcode for each eight bytes; in `.zsav` deflated, by blocks."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence
from functools import cache
from typing import BinaryIO, Protocol

BIAS = 100
PAD, LITERAL, BLANK, SYSMIS = b"\x00", b"\xfd", b"\xfe", b"\xff"
SEGMENT = 255  # bytes of a text that a segment holds
BLOCK = 0x3FF000  # bytes that are deflated together

Cell = float | str | None
Run = tuple[int, int, int]  # where the opcodes of a text begin, how many announce eight bytes, how many there are
FULL = LITERAL * 8
HELD = 1 << 17  # opcodes
MOST = 1 << 13  # times eight bytes, more than a text takes
FILLERS = [b" " * (-length % 8) for length in range(8)]
FILLED = LITERAL * MOST + BLANK * MOST


class Opcodes(dict[Cell, int]):
    """The opcodes of the cells that have one; any other is announced."""

    def __missing__(self, cell: Cell) -> int:
        return LITERAL[0]


OPCODES = Opcodes((n - BIAS, n) for n in range(1, 252))
OPCODES[None] = SYSMIS[0]


class Sink(Protocol):
    """Where bytes go."""

    def write(self, data: bytes | bytearray, /) -> object: ...


class Deflated:
    """What is written here goes to a file in deflated blocks, between a header that says where and their table."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.begins = file, file.tell()
        self.held = bytearray()
        self.sizes: list[tuple[int, int]] = []  # of each block, plain and deflated
        file.write(bytes(24))

    def write(self, data: bytes | bytearray) -> None:
        self.held += data
        while len(self.held) >= BLOCK:
            self._block(BLOCK)

    def _block(self, size: int) -> None:
        deflated = zlib.compress(self.held[:size])
        del self.held[:size]
        self.file.write(deflated)
        self.sizes.append((size, len(deflated)))

    def close(self) -> None:
        """Write the last block and the table of them all; the file stays open."""
        if self.held:
            self._block(len(self.held))
        table = self.file.tell()
        self.file.write(struct.pack("<qqii", -BIAS, 0, BLOCK, len(self.sizes)))
        plain, deflated = self.begins, self.begins + 24
        for sizes in self.sizes:
            self.file.write(struct.pack("<qqii", plain, deflated, *sizes))
            plain, deflated = plain + sizes[0], deflated + sizes[1]
        end = self.file.tell()
        self.file.seek(self.begins)
        self.file.write(struct.pack("<qqq", self.begins, table, end - table))
        self.file.seek(end)


def write(sink: Sink, plans: Sequence[Sequence[int]], rows: Iterable[Sequence[Cell]]) -> None:
    """Eight opcodes before the eight bytes that some of them announce.

    `plans` holds, per column, how many times eight bytes each segment of a text takes; none for a number.
    """
    codes, literals, runs = bytearray(), bytearray(), list[Run]()
    texts = [(n, sum(plan)) for n, plan in enumerate(plans) if plan]
    for row in rows:
        own, start = bytes(map(OPCODES.__getitem__, row)), 0
        for n, room in texts:
            if start < n:
                codes += (numbers := own[start:n])
                if LITERAL in numbers:
                    literals += large(row[start:n])
            text = row[n]
            told = segmented(text.encode()) if isinstance(text, str) else b""
            literals += told
            filled = len(told) // 8
            runs.append((len(codes), filled, room))
            codes += FILLED[MOST - filled : MOST - filled + room]
            start = n + 1
        codes += own[start:]
        literals += large(row[start:])
        if len(codes) > HELD:
            _flush(sink, codes, literals, runs)
    codes += PAD * (-len(codes) % 8)
    _flush(sink, codes, literals, runs)


def large(cells: Sequence[Cell]) -> bytes:
    """The numbers that have no opcode."""
    found = [cell for cell in cells if cell not in OPCODES]
    return struct.pack(f"<{len(found)}d", *found)


def segmented(text: bytes) -> bytes:
    """A text filled up to a multiple of eight bytes, and so is each segment of it."""
    if len(text) > SEGMENT:
        count, rest = divmod(len(text), SEGMENT)
        text = b" ".join([*pieces(count, SEGMENT).unpack_from(text), *([text[-rest:]] if rest else [])])
    return text + FILLERS[len(text) % 8]


def _flush(sink: Sink, codes: bytearray, literals: bytearray, runs: list[Run]) -> None:
    """Write the groups that have all their opcodes: those of a text, and the blanks after it, at one go."""
    end, begun, taken, out = len(codes) // 8 * 8, 0, 0, list[bytes]()
    told, held = bytes(codes), bytes(literals)  # whose slices cost half those of what grows
    for start, filled, room in runs:
        first, last = start + 7 & -8, min(start + filled & -8, end)
        if first < last:
            taken = _groups(told, begun, first, held, taken, out)
            out.append(FULL)
            out.append(FULL.join(pieces((last - first) // 8, 64).unpack_from(held, taken)))
            taken, begun = taken + 8 * (last - first), last
        first, last = start + filled + 7 & -8, min(start + room & -8, end)
        if first < last:
            taken = _groups(told, begun, first, held, taken, out)
            out.append(told[first:last])
            begun = last
    taken = _groups(told, begun, end, held, taken, out)
    sink.write(b"".join(out))
    del codes[:end], literals[:taken], runs[:]


def _groups(codes: bytes, begun: int, end: int, literals: bytes, taken: int, out: list[bytes]) -> int:
    """Each group with the bytes that it announces, from those that were taken; how many are taken now."""
    for n in range(begun, end, 8):
        group = codes[n : n + 8]
        used = taken + 8 * group.count(LITERAL)
        out.append(group)
        out.append(literals[taken:used])
        taken = used
    return taken


@cache
def pieces(count: int, size: int) -> struct.Struct:
    """What takes so many times so many bytes."""
    return struct.Struct(f"{size}s" * count)
