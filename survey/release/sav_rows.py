"""The rows of a system file of SPSS, as bytecode: an opcode for each eight bytes; in `.zsav` deflated, by blocks."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import BinaryIO, Protocol

BIAS = 100
PAD, LITERAL, BLANK, SYSMIS = b"\x00", b"\xfd", b"\xfe", b"\xff"
SEGMENT = 255  # bytes of a text that a segment holds
BLOCK = 0x3FF000  # bytes that are deflated together

Cell = float | bytes | None
FULL = LITERAL * 8
HELD = 1 << 18  # bytes
#: The opcodes of the numbers that have one.
SMALL: Mapping[Cell, int] = {None: SYSMIS[0], **{n - BIAS: n for n in range(1, 252)}}


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


class Bytecode:
    """What is written here goes to a sink by groups: eight opcodes, then the eight bytes that some of them announce."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.codes, self.literals, self.groups = bytearray(), bytearray(), bytearray()

    def numbers(self, cells: Sequence[Cell]) -> None:
        """Small whole numbers are their own opcode."""
        codes = bytes([SMALL.get(cell, LITERAL[0]) for cell in cells])
        self.codes += codes
        if LITERAL in codes:
            large = [cell for cell in cells if cell not in SMALL]
            self.literals += struct.pack(f"<{len(large)}d", *large)
        self._complete()

    def text(self, data: bytes) -> None:
        """Bytes that are a multiple of eight."""
        first = min(-len(self.codes) % 8 * 8, len(data))
        self._announced(data[:first])
        whole = first + (len(data) - first) // 64 * 64
        self.groups += b"".join([FULL + data[n : n + 64] for n in range(first, whole, 64)])
        self._announced(data[whole:])

    def _announced(self, data: bytes) -> None:
        self.codes += LITERAL * (len(data) // 8)
        self.literals += data
        self._complete()

    def blanks(self, count: int) -> None:
        """So many times eight blanks."""
        first = min(-len(self.codes) % 8, count)
        self.codes += BLANK * first
        self._complete()
        self.groups += BLANK * ((count - first) // 8 * 8)
        self.codes += BLANK * ((count - first) % 8)

    def _complete(self) -> None:
        """Put the groups that have all their opcodes with those that are ready."""
        taken = 0
        while len(self.codes) >= 8:
            group = self.codes[:8]
            del self.codes[:8]
            announced = taken + 8 * group.count(LITERAL)
            self.groups += group + self.literals[taken:announced]
            taken = announced
        del self.literals[:taken]
        if len(self.groups) > HELD:
            self.sink.write(self.groups)
            self.groups.clear()

    def close(self) -> None:
        """Write what is left."""
        self.codes += PAD * (-len(self.codes) % 8)
        self._complete()
        self.sink.write(self.groups)


def write(sink: Sink, plans: Sequence[Sequence[int]], rows: Iterable[Sequence[Cell]]) -> None:
    """Each row: its numbers, its texts. `plans` holds, per column, how many times eight bytes each segment of a text
    takes; none for a number."""
    code = Bytecode(sink)
    texts = [(n, sum(plan)) for n, plan in enumerate(plans) if plan]
    for row in rows:
        start = 0
        for n, room in texts:
            if start < n:
                code.numbers(row[start:n])
            text = row[n]
            filled = segmented(text) if isinstance(text, bytes) else b""
            if filled:
                code.text(filled)
            code.blanks(room - len(filled) // 8)
            start = n + 1
        if start < len(row):
            code.numbers(row[start:])
    code.close()


def segmented(text: bytes) -> bytes:
    """A text filled up to a multiple of eight bytes, and so is each segment of it."""
    if len(text) <= SEGMENT:
        return text.ljust(-(-len(text) // 8) * 8)
    *whole, last = (text[n : n + SEGMENT] for n in range(0, len(text), SEGMENT))
    return b" ".join([*whole, last.ljust(-(-len(last) // 8) * 8)])
