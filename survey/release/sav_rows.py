"""The rows of a system file of SPSS, as bytecode: an opcode for each eight bytes; in `.zsav` deflated, by blocks."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence
from typing import BinaryIO, Protocol

BIAS = 100
PAD, LITERAL, BLANK, SYSMIS = b"\x00", b"\xfd", b"\xfe", b"\xff"
SEGMENT = 255  # bytes of a text that a segment holds
BLOCK = 0x3FF000  # bytes that are deflated together

Cell = float | bytes | None


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
    for row in rows:
        for plan, cell in zip(plans, row, strict=True):
            if plan:
                _text(plan, cell if isinstance(cell, bytes) else b"", codes, literals)
            else:
                _number(cell, codes, literals)
        if len(codes) > 1 << 16:
            _flush(sink, codes, literals)
    codes += PAD * (-len(codes) % 8)
    _flush(sink, codes, literals)


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


def _flush(sink: Sink, codes: bytearray, literals: bytearray) -> None:
    """Write the whole groups of eight opcodes. Long runs of blanks, of which texts leave many, go in one piece."""
    end, start, taken = len(codes) // 8 * 8, 0, 0
    while start < end:
        found = codes.find(LITERAL, start, end)
        near = end if found < 0 else found // 8 * 8
        sink.write(codes[start:near])
        if near < end:
            used = taken + 8 * codes.count(LITERAL, near, near + 8)
            sink.write(codes[near : near + 8] + literals[taken:used])
            near, taken = near + 8, used
        start = near
    del codes[:end], literals[:taken]
