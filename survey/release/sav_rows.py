"""The rows of a system file of SPSS, as bytecode: an opcode for each eight bytes; in `.zsav` deflated, by blocks."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import BinaryIO, Protocol

BIAS = 100
PAD, LITERAL, BLANK, SYSMIS = b"\x00", b"\xfd", b"\xfe", b"\xff"
SEGMENT = 255  # bytes of a text that a segment holds
BLOCK = 0x3FF000  # bytes that are deflated together

Cell = float | bytes | None
FULL = LITERAL * 8
RUNS = re.compile(b"\xfd{16,}|\xfe{16,}")
EIGHT = struct.Struct("64s")
HELD = 1 << 17  # opcodes


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
    codes, literals = bytearray(), bytearray()
    texts = [(n, sum(plan)) for n, plan in enumerate(plans) if plan]
    for row in rows:
        own, start = bytes(map(OPCODES.__getitem__, row)), 0
        for n, room in texts:
            if start < n:
                _numbers(own[start:n], row[start:n], codes, literals)
            if text := row[n]:
                filled = segmented(text) if isinstance(text, bytes) else b""
                literals += filled
                codes += LITERAL * (len(filled) // 8) + BLANK * (room - len(filled) // 8)
            else:
                codes += BLANK * room
            start = n + 1
        _numbers(own[start:], row[start:], codes, literals)
        if len(codes) > HELD:
            _flush(sink, codes, literals)
    codes += PAD * (-len(codes) % 8)
    _flush(sink, codes, literals)


def _numbers(own: bytes, cells: Sequence[Cell], codes: bytearray, literals: bytearray) -> None:
    """`own` are the opcodes of the cells."""
    codes += own
    if LITERAL in own:
        large = [cell for cell in cells if cell not in OPCODES]
        literals += struct.pack(f"<{len(large)}d", *large)


def segmented(text: bytes) -> bytes:
    """A text filled up to a multiple of eight bytes, and so is each segment of it."""
    if len(text) <= SEGMENT:
        return text.ljust(-(-len(text) // 8) * 8)
    *whole, last = (text[n : n + SEGMENT] for n in range(0, len(text), SEGMENT))
    return b" ".join([*whole, last.ljust(-(-len(last) // 8) * 8)])


def _flush(sink: Sink, codes: bytearray, literals: bytearray) -> None:
    """Write the groups that have all their opcodes. Runs of blanks and of text, of which there are many, go in one."""
    end, begun, taken, out = len(codes) // 8 * 8, 0, 0, list[bytes | bytearray]()
    for run in RUNS.finditer(codes, 0, end):
        first, last = -(-run.start() // 8) * 8, run.end() // 8 * 8
        taken = _groups(codes[begun:first], literals, taken, out)
        if codes[first] == LITERAL[0]:
            used = taken + 8 * (last - first)
            out.append(FULL + FULL.join(map(itemgetter(0), EIGHT.iter_unpack(literals[taken:used]))))
            taken = used
        else:
            out.append(codes[first:last])
        begun = last
    taken = _groups(codes[begun:end], literals, taken, out)
    sink.write(b"".join(out))
    del codes[:end], literals[:taken]


def _groups(codes: bytearray, literals: bytearray, taken: int, out: list[bytes | bytearray]) -> int:
    """Each group with the bytes that it announces, from those that were taken; how many are taken now."""
    for n in range(0, len(codes), 8):
        group = codes[n : n + 8]
        used = taken + 8 * group.count(LITERAL)
        out.append(group + literals[taken:used])
        taken = used
    return taken
