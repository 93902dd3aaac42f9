"""The rows of a workbook, read in a process of its own: a file made to take all the memory ends that process alone.

The house runs this file as a script (`sheets.read_workbook`), which imports nothing of the house and so starts at once.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import sys
import zipfile
import zlib
from contextlib import suppress
from enum import IntEnum

MAX_UNPACKED = 160 * 1024 * 1024
MAX_TEXT = 64 * 1024 * 1024
MAX_HEIGHT = 200_000
MAX_AREA = 4_000_000
MAX_MERGED = 10_000

#: Where a cell of a worksheet says it is; what calamine reads makes a rectangle of memory from it.
REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)(\d+)["']""")
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    KeyError,
)


class Refusal(IntEnum):
    """Why the process stopped: its exit status. Any other but 0 is how the system ended it."""

    NOT_A_WORKBOOK = 10
    TOO_LARGE = 11
    TOO_MANY_ROWS = 12


def main(memory: int, seconds: int) -> None:
    """Read a workbook on the standard input, and write each row that holds something as a line of JSON."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    limit(memory, seconds)
    try:
        workbook = CalamineWorkbook.from_filelike(repack(sys.stdin.buffer.read()))
        visible = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        sheet = workbook.get_sheet_by_name(visible[0])
        table = [[cell_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
        fill(table, sheet.merged_cell_ranges or [])
        write(table)
    except MemoryError:
        sys.exit(Refusal.TOO_LARGE)
    except BaseException as error:
        # The reader is in Rust: its panics are not Exceptions.
        sys.exit(error.code if isinstance(error, SystemExit) else Refusal.NOT_A_WORKBOOK)


def limit(memory: int, seconds: int) -> None:
    """Have the system end this process when it takes too much, where the system can (Windows cannot)."""
    with suppress(ImportError):
        import resource

        for what, most in (
            (resource.RLIMIT_AS, memory),
            (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_CORE, 0),
        ):
            with suppress(ValueError, OSError):  # a lower limit stands already, or the system has none of the kind
                resource.setrlimit(what, (most, most))


def repack(data: bytes) -> io.BytesIO:
    """The workbook unpacked by us, within bounds, and packed anew without compression: headers that lie end here."""
    packed = io.BytesIO()
    left = MAX_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(packed, "w") as safe:
            if "xl/workbook.xml" not in given.namelist():
                sys.exit(Refusal.NOT_A_WORKBOOK)
            for name in dict.fromkeys(given.namelist()):
                if not name.endswith((".xml", ".rels")):
                    continue
                with given.open(name) as member:
                    content = member.read(left + 1)
                left -= len(content)
                if left < 0:
                    sys.exit(Refusal.TOO_LARGE)
                check_area(content)
                safe.writestr(name, content)
    except BROKEN_ZIP:
        sys.exit(Refusal.NOT_A_WORKBOOK)
    packed.seek(0)
    return packed


def check_area(part: bytes) -> None:
    """Refuse cells too far apart for a rectangle around them: any part can be a sheet, the workbook says which is.

    Cells that do not say where they are get past; the limit of memory stops them.
    """
    if b"\0" in part:
        sys.exit(Refusal.NOT_A_WORKBOOK)
    width = height = 1
    for letters, digits in REFERENCE.findall(part):
        if len(letters) > 3 or len(digits) > 7:
            sys.exit(Refusal.NOT_A_WORKBOOK)
        column = 0
        for letter in letters.upper():
            column = column * 26 + letter - 64
        width, height = max(width, column), max(height, int(digits))
    if height > MAX_HEIGHT:
        sys.exit(Refusal.TOO_MANY_ROWS)
    if width * height > MAX_AREA:
        sys.exit(Refusal.TOO_LARGE)


def cell_text(value: object) -> str:
    """What a cell shows: a spreadsheet keeps the whole number 3 as 3.0."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else str(value)


def fill(table: list[list[str]], merged: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """Make a merged cell count for each line it covers."""
    for (top, left), (bottom, _right) in merged[:MAX_MERGED]:
        for row in table[top + 1 : bottom + 1]:
            if left < len(row):  # an empty one may lie beside the table
                row[left] = row[left] or table[top][left]


def write(table: list[list[str]]) -> None:
    left = MAX_TEXT
    for row in enumerate(table, start=1):
        if any(row[1]):
            written = json.dumps(row, ensure_ascii=False).encode() + b"\n"
            left -= len(written)
            if left < 0:
                sys.exit(Refusal.TOO_LARGE)
            sys.stdout.buffer.write(written)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
