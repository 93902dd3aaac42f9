"""Tables that people send: CSV in its dialects and XLSX, read into numbered rows of text, or refused in words."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator

from survey.instrument.grammar import Text

MAX_ROWS = 100_000
MAX_BYTES = 64 * 1024 * 1024
MAX_UNPACKED = 160 * 1024 * 1024
MAX_AREA = 4_000_000
MAX_CELL = 100_000
MAX_MERGED = 10_000
#: How far down the headings may stand, under a title.
HEAD = 20

#: The number of the line in the file, as a spreadsheet or an editor counts it, and its cells.
Row = tuple[int, list[str]]

#: From the least to the most likely to stand inside a name.
DELIMITERS = ("\t", ";", "|", ",")
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


class UnreadableError(Exception):
    """The file cannot be read as a table: `text` says why, `line` where."""

    def __init__(self, fr: str, en: str, line: int | None = None) -> None:
        super().__init__(fr)
        self.text, self.line = Text(fr, en), line


NOT_A_WORKBOOK = (
    "Ce fichier n’est pas un classeur Excel (.xlsx), ou il est endommagé.",
    "This file is not an Excel workbook (.xlsx), or it is damaged.",
)
TOO_LARGE = ("Ce fichier est trop volumineux pour être lu.", "This file is too large to be read.")
TOO_MANY_ROWS = (
    f"Ce fichier a plus de {MAX_ROWS} lignes : importez-le en plusieurs parties.",
    f"This file has more than {MAX_ROWS} lines: import it in several parts.",
)
CELL_TOO_LONG = (
    f"une cellule dépasse {MAX_CELL} caractères.",
    f"a cell is longer than {MAX_CELL} characters.",
)


def read(data: bytes, name: str, known: Callable[[list[str]], int]) -> list[Row]:
    """The rows of a file that hold something; UnreadableError when it is not a table.

    `name` is the file's name as its owner knows it: what it holds decides how it is read, not its name. `known` says
    how many headings it recognises in a row: the delimiter of a CSV file is the one that shows most of them.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableError(*TOO_LARGE)
    if not data.strip(b"\0 \r\n\t\xef\xbb\xbf"):
        raise UnreadableError("Ce fichier est vide.", "This file is empty.")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableError(
            "Ce classeur est protégé ou d’un ancien format : enregistrez-le en .xlsx, sans mot de passe.",
            "This workbook is protected or of an old format: save it as .xlsx, without a password.",
        )
    if data.startswith(b"PK") or name.lower().endswith((".xlsx", ".xlsm", ".xls")):
        return list(bounded(read_workbook(data)))
    text = decode(data).replace("\0", "")
    return list(bounded(read_csv(text, delimiter(text, known))))


def bounded(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows that hold something, as long as there are not too many nor too long."""
    count = 0
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MAX_ROWS + 1:
            raise UnreadableError(*TOO_MANY_ROWS)
        if any(len(cell) > MAX_CELL for cell in cells):
            raise UnreadableError(*CELL_TOO_LONG, line=line)
        yield line, cells


def decode(data: bytes) -> str:
    """The text of a CSV file: UTF-16 when it says so, UTF-8, or Windows' Western European."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding, "strict" if encoding == "cp1252" else "surrogatepass")
        except UnicodeDecodeError:
            continue
    raise UnreadableError(
        "Ce fichier n’est ni un classeur .xlsx, ni un texte CSV lisible (UTF-8, UTF-16 ou Windows-1252).",
        "This file is neither an .xlsx workbook nor readable CSV text (UTF-8, UTF-16 or Windows-1252).",
    )


def delimiter(text: str, known: Callable[[list[str]], int]) -> str:
    """The delimiter under which the head of the file shows the most headings, or else the most columns."""
    head = text[:4000].splitlines()[:HEAD]

    def merit(candidate: str) -> tuple[int, int]:
        rows = [line.replace('"', "").split(candidate) for line in head]
        return max((known(row), len(row)) for row in rows)

    return max(DELIMITERS, key=merit)


def read_csv(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        if "limit" in str(error):
            raise UnreadableError(*CELL_TOO_LONG, line=line) from error
        raise UnreadableError(
            "les guillemets de cette ligne sont mal fermés.",
            "the quotation marks of this line are not closed properly.",
            line=line,
        ) from error


def read_workbook(data: bytes) -> Iterator[Row]:
    """The rows of the first visible sheet of a workbook; a merged cell counts for each line it covers."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    safe = repack(data)
    try:
        workbook = CalamineWorkbook.from_filelike(safe)
        visible = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        sheet = workbook.get_sheet_by_name(visible[0])
        table = [[cell_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
        merged = sheet.merged_cell_ranges or []
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        # The reader is in Rust: its panics are not Exceptions.
        raise UnreadableError(*NOT_A_WORKBOOK) from error
    for (top, left), (bottom, _right) in merged[:MAX_MERGED]:
        for row in table[top + 1 : bottom + 1]:
            row[left] = row[left] or table[top][left]
    yield from enumerate(table, start=1)


def repack(data: bytes) -> io.BytesIO:
    """The workbook unpacked by us, within bounds, and packed anew without compression: headers that lie end here."""
    packed = io.BytesIO()
    left = MAX_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(packed, "w") as safe:
            if "xl/workbook.xml" not in given.namelist():
                raise UnreadableError(*NOT_A_WORKBOOK)
            for name in dict.fromkeys(given.namelist()):
                if not name.endswith((".xml", ".rels")):
                    continue
                with given.open(name) as member:
                    content = member.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise UnreadableError(*TOO_LARGE)
                if name.startswith("xl/worksheets/"):
                    check_area(content)
                safe.writestr(name, content)
    except BROKEN_ZIP as error:
        raise UnreadableError(*NOT_A_WORKBOOK) from error
    packed.seek(0)
    return packed


def check_area(sheet: bytes) -> None:
    """Refuse a sheet whose cells are too far apart for a rectangle around them."""
    if b"\0" in sheet:
        raise UnreadableError(*NOT_A_WORKBOOK)
    width = height = 1
    for letters, digits in REFERENCE.findall(sheet):
        if len(letters) > 3 or len(digits) > 7:
            raise UnreadableError(*NOT_A_WORKBOOK)
        column = 0
        for letter in letters.upper():
            column = column * 26 + letter - 64
        width, height = max(width, column), max(height, int(digits))
    if height > MAX_ROWS * 2:
        raise UnreadableError(*TOO_MANY_ROWS)
    if width * height > MAX_AREA:
        raise UnreadableError(*TOO_LARGE)


def cell_text(value: object) -> str:
    """What a cell shows: a spreadsheet keeps the whole number 3 as 3.0."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else str(value)
