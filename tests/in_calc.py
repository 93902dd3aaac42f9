"""What LibreOffice makes of a spreadsheet, given back to Python cell by cell: what it shows, and what it computes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from tests import outside

PREFIXES = ("office", "table", "text")
NAMES = {prefix: f"urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0" for prefix in PREFIXES}
#: How a CSV is opened: semicolons, quotation marks, UTF-8; whether what stands between these is always a text, or
#: whatever it looks like, formulas included, which is the worst that somebody can choose.
AS_TEXT, COMPUTING = (
    f"CSV:59,34,76,1,,0,{quoted},true,false,false,false,,{formulas}"
    for quoted, formulas in (("true", "false"), ("false", "true"))
)


@dataclass(frozen=True)
class Cell:
    """A cell: what it holds, as `kind` says it; and its formula, if it is computed."""

    kind: str | None
    value: str | None
    formula: str | None


def sheets(path: Path, reading: str | None = None) -> dict[str, list[list[Cell]]]:
    """The sheets of a file, by their names. `reading` is how to open a CSV."""
    found = outside.libreoffice()
    assert found
    folder = path.parent / "calc"
    how = [f"--infilter={reading}"] if reading else []
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [found, profile, "--headless", *how, "--convert-to", "fods", "--outdir", str(folder), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    written = folder / f"{path.stem}.fods"
    assert written.exists(), done.stdout + done.stderr
    read = etree.parse(written, etree.XMLParser(huge_tree=True))
    return {name(sheet, "table:name"): rows(sheet) for sheet in read.iterfind(".//table:table", NAMES)}


def name(node: etree._Element, attribute: str) -> str | None:
    prefix, _, local = attribute.partition(":")
    return node.get(f"{{{NAMES[prefix]}}}{local}")


def rows(sheet: etree._Element) -> list[list[Cell]]:
    """The rows down to the last that holds something; the emptiness after it is told as one row repeated."""
    read = [(row, list(cells(row))) for row in sheet.iterfind(".//table:table-row", NAMES)]
    while read and not any(cell.kind for cell in read[-1][1]):
        read.pop()
    return [cells for row, cells in read for _ in range(int(name(row, "table:number-rows-repeated") or 1))]


def cells(row: etree._Element) -> Iterator[Cell]:
    """The cells of a row, the emptiness after the last left out."""
    empty = 0
    for node in row:
        times = int(name(node, "table:number-columns-repeated") or 1)
        kind = name(node, "office:value-type")
        if kind is None:
            empty += times
            continue
        yield from [Cell(None, None, None)] * empty
        empty = 0
        said = {"date": "office:date-value", "string": ""}.get(kind, "office:value")
        value = name(node, said) if said else words(node)
        yield from [Cell(kind, value, name(node, "table:formula"))] * times


def words(cell: etree._Element) -> str:
    """The text of a cell; a paragraph is a line."""
    return "\n".join("".join(pieces(line)) for line in cell.iterfind("text:p", NAMES))


def pieces(node: etree._Element) -> Iterator[str]:
    """Text as OpenDocument writes it: blanks that would be lost are elements."""
    kind = etree.QName(node).localname
    if kind in ("s", "tab", "line-break"):
        yield {"s": " ", "tab": "\t", "line-break": "\n"}[kind] * int(name(node, "text:c") or 1)
    yield node.text or ""
    for child in node:
        yield from pieces(child)
        yield child.tail or ""
