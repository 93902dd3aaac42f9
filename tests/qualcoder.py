"""What QualCoder (3.8) makes of the texts and marks of a REFI-QDA project, told anew after its `refi.py`.

It unpacks the archive, takes the folder `sources` or `Sources`, reads each text as UTF-8 with universal newlines
(a byte order mark stays), pushes positions by one after each line where the first line ends with CRLF, and marks
`text[start:end]`. Names of codes, of cases and of texts are keys of its tables: a second one is lost, or renamed.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

SPACE = "{urn:QDA-XML:project:1.0}"


@dataclass
class Imported:
    """What is in its tables then."""

    users: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    cases: dict[str, dict[str, str]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    marks: list[tuple[str, str, str, str]] = field(default_factory=list)
    annotations: list[tuple[str, str, str]] = field(default_factory=list)


def imported(path: Path, folder: Path) -> Imported:
    """Import a project as QualCoder does."""
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    sources = next(one for one in folder.iterdir() if one.name.lower() == "sources")
    root, made = ET.parse(folder / "project.qde").getroot(), Imported()
    made.users = {one.get("guid"): one.get("name") for one in root.iter(f"{SPACE}User")}
    for code in root.iter(f"{SPACE}Code"):
        if code.get("name") in made.codes.values() or code.get("isCodable") == "false":
            made.lost.append(code.get("guid"))
        else:
            made.codes[code.get("guid")] = code.get("name")
    variables = {one.get("guid"): one.get("name") for one in root.iter(f"{SPACE}Variable")}
    for case in root.iter(f"{SPACE}Case"):
        assert case.get("name") not in made.cases, "a second case of that name"
        values = case.findall(f"{SPACE}VariableValue")
        made.cases[case.get("name")] = {variables[one[0].get("targetGUID")]: one[1].text for one in values}
    for source in root.iter(f"{SPACE}TextSource"):
        load(source, sources, made)
    return made


def load(source: ET.Element, folder: Path, made: Imported) -> None:
    """A text, and what is marked in it."""
    name = source.get("name")
    assert name not in made.texts, "a second text of that name"
    assert not set(name) & set('/\\:*?"<>|'), "the text becomes a file of that name"
    path = folder / source.get("plainTextPath").split("internal:/")[1].removeprefix("/")
    first, _, _ = path.read_bytes().partition(b"\n")
    text = path.read_text(encoding="utf-8", errors="replace")
    made.texts[name] = text.replace("\n", "\n ") if first.endswith(b"\r") else text
    for selection in source.findall(f"{SPACE}PlainTextSelection"):
        start, end = int(selection.get("startPosition")), int(selection.get("endPosition"))
        words, codings = made.texts[name][start:end], selection.findall(f"{SPACE}Coding")
        for coding in codings:
            code = made.codes[coding[0].get("targetGUID")]
            made.marks.append((name, code, made.users.get(selection.get("creatingUser"), "default"), words))
        if not codings:
            made.annotations.append((name, selection.findtext(f"{SPACE}Description") or "", words))
