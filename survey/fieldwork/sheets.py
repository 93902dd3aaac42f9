"""Tables that people send: CSV in its dialects and XLSX, read into numbered rows of text, or refused in words."""

from __future__ import annotations

import csv
import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator

from survey.fieldwork import workbook
from survey.fieldwork.workbook import Refusal
from survey.instrument.grammar import Text

log = logging.getLogger(__name__)

MAX_ROWS = 100_000
MAX_COLUMNS = 1000
MAX_BYTES = 64 * 1024 * 1024
MAX_CELL = 100_000
#: What reading a workbook may take: 100 000 lines of 20 columns take 700 MB, and 5 s of a processor.
MEMORY = 1024 * 1024 * 1024
SECONDS = 60
#: How far down the headings may stand, under a title.
HEAD = 20

#: The number of the line in the file, as a spreadsheet or an editor counts it, and its cells.
Row = tuple[int, list[str]]

#: From the least to the most likely to stand inside a name.
DELIMITERS = ("\t", ";", "|", ",")


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
TOO_MANY_COLUMNS = (
    f"cette ligne a plus de {MAX_COLUMNS} cellules.",
    f"this line has more than {MAX_COLUMNS} cells.",
)
CELL_TOO_LONG = (
    f"une cellule dépasse {MAX_CELL} caractères.",
    f"a cell is longer than {MAX_CELL} characters.",
)
REFUSALS: dict[int, tuple[str, str]] = {
    Refusal.NOT_A_WORKBOOK: NOT_A_WORKBOOK,
    Refusal.TOO_LARGE: TOO_LARGE,
    Refusal.TOO_MANY_ROWS: TOO_MANY_ROWS,
}


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
        if len(cells) > MAX_COLUMNS:
            raise UnreadableError(*TOO_MANY_COLUMNS, line=line)
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
    """The rows of the first visible sheet, read by a process that a hostile file can end without ending this one."""
    reader = [sys.executable, "-P", workbook.__file__, str(MEMORY), str(SECONDS)]
    try:
        done = subprocess.run(reader, input=data, capture_output=True, timeout=SECONDS)  # noqa: S603 - all of it is ours
    except subprocess.TimeoutExpired as error:
        raise UnreadableError(*TOO_LARGE) from error
    if done.returncode:
        if done.returncode not in REFUSALS:
            said = done.stderr[:500].decode(errors="replace")
            log.warning("the reader of workbooks ended with status %s: %s", done.returncode, said)
        raise UnreadableError(*REFUSALS.get(done.returncode, TOO_LARGE))
    for row in done.stdout.splitlines():
        at, cells = json.loads(row)
        yield at, cells
