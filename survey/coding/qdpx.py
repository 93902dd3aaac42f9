"""Read a REFI-QDA project (.qdpx), ours or another program's: texts, cases, coders, themes and marks."""

from __future__ import annotations

import uuid
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from survey.coding import qdpx_positions
from survey.coding.qdpx_archive import DAMAGED, Amiss, Archive, parsed
from survey.coding.qdpx_positions import Raw, Reading, Span

NAMESPACE = "urn:QDA-XML:project:1.0"
NOTHING = uuid.UUID(int=0)


@dataclass(frozen=True)
class Code:
    """A theme of the code book. `parent` is the one that it stands under."""

    guid: uuid.UUID
    name: str
    description: str
    parent: uuid.UUID | None
    codable: bool


@dataclass(frozen=True)
class Case:
    """A case: its variables by name, the texts and the passages that are its own."""

    guid: uuid.UUID
    name: str
    values: Mapping[str, str]
    sources: Sequence[uuid.UUID]
    passages: Sequence[uuid.UUID]


@dataclass(frozen=True)
class Passage:
    """Some words of a text: code points from `start` on, `end` not included."""

    guid: uuid.UUID
    name: str
    start: int
    end: int


@dataclass(frozen=True)
class Source:
    """A text, as `survey.text` has its line ends, without a byte order mark; and the passages that were selected."""

    guid: uuid.UUID
    name: str
    text: str
    passages: Sequence[Passage]


@dataclass(frozen=True)
class Mark:
    """A theme on some words of a text, by a coder where one is named. A mark on a whole text goes from end to end."""

    source: uuid.UUID
    theme: uuid.UUID
    coder: uuid.UUID | None
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Project:
    """What a project holds. `ignored` counts what is no text; `reading` is how its positions were counted."""

    name: str
    origin: str
    users: Mapping[uuid.UUID, str]
    codes: Sequence[Code]
    cases: Sequence[Case]
    sources: Sequence[Source]
    marks: Sequence[Mark]
    reading: Reading
    ignored: Counter[str] = field(default_factory=Counter)


def read(file: Path | IO[bytes]) -> Project:
    """The project of a file. Raises Amiss for one that is none, is cut off or lies about itself."""
    try:
        opened = zipfile.ZipFile(file)
    except DAMAGED as error:
        raise Amiss("not a zip archive, or cut off") from error
    with opened:
        archive = Archive(opened)
        return project(parsed(archive.project()), archive)


def project(root: ET.Element, archive: Archive) -> Project:
    """What the description of a project and its texts say together."""
    users = {identity(one): one.get("name") or one.get("id") or "" for one in inside(root, "Users", "User")}
    codes = [code for book in inside(root, "CodeBook", "Codes") for code in below(book, None)]
    texts = {identity(one): (one, content(one, archive)) for one in inside(root, "Sources", "TextSource")}
    raw = {guid: Raw(text, [span(of) for of in one.iter("PlainTextSelection")]) for guid, (one, text) in texts.items()}
    reading = qdpx_positions.reading(list(raw.values()), root.get("origin") or "")
    known = {code.guid for code in codes}
    sources, marks = [], []
    for guid, (one, _text) in texts.items():
        text, places = qdpx_positions.placed(raw[guid], reading)
        selections = zip(one.iter("PlainTextSelection"), places, strict=True)
        selected = [(of, place) for of, place in selections if place is not None]
        passages = [Passage(identity(of), of.get("name") or "", *place) for of, place in selected]
        sources.append(Source(guid, one.get("name") or "", text, passages))
        for of, place in [(one, (0, len(text))), *selected]:
            marks += [Mark(guid, *by, *place, text[slice(*place)]) for by in coded(of, known, users)]
    others = Counter(one.tag for one in children(root, "Sources") if one.tag != "TextSource")
    named = root.get("name") or "", root.get("origin") or ""
    return Project(*named, users, codes, list(of_cases(root)), sources, marks, reading, others)


def children(root: ET.Element, name: str) -> Iterator[ET.Element]:
    """What stands in every child of that name."""
    for child in root.findall(name):
        yield from child


def inside(root: ET.Element, name: str, wanted: str) -> Iterator[ET.Element]:
    """The elements of a kind in every child of that name."""
    return (one for one in children(root, name) if one.tag == wanted)


def identity(one: ET.Element, attribute: str = "guid") -> uuid.UUID:
    """The GUID of an element, in braces or not, in capitals or not. Raises Amiss."""
    try:
        return uuid.UUID((one.get(attribute) or "").strip().strip("{}"))
    except ValueError:
        raise Amiss(f"{one.tag} without a GUID") from None


def below(book: ET.Element, parent: uuid.UUID | None) -> Iterator[Code]:
    """The codes of a code book or of a code, each before those that stand under it."""
    for one in book.findall("Code"):
        guid = identity(one)
        codable = (one.get("isCodable") or "true").strip() in ("true", "1")
        yield Code(guid, one.get("name") or "", one.findtext("Description") or "", parent, codable)
        yield from below(one, guid)


def content(source: ET.Element, archive: Archive) -> str:
    """The text of a source: in the description itself, or in a file of the archive."""
    own = source.find("PlainTextContent")
    return own.text or "" if own is not None else archive.text(source.get("plainTextPath") or "")


def span(selection: ET.Element) -> Span:
    """What a selection says of its place. Raises Amiss."""
    try:
        ends = int(selection.get("startPosition") or ""), int(selection.get("endPosition") or "")
    except ValueError:
        raise Amiss("a selection without its positions") from None
    return Span(*ends, selection.get("name") or "")


def coded(
    of: ET.Element, codes: set[uuid.UUID], users: Mapping[uuid.UUID, str]
) -> Iterator[tuple[uuid.UUID, uuid.UUID | None]]:
    """The theme and the coder of each code on a selection or a source, however deep the reference stands in it."""
    outer = of if of.tag == "PlainTextSelection" else None
    for one in of:
        references = [one] if one.tag == "CodeRef" else one.iter("CodeRef") if one.tag == "Coding" else ()
        for reference in references:
            theme = identity(reference, "targetGUID")
            if theme not in codes:
                raise Amiss("a mark of a code that the code book does not hold")
            yield theme, by(one, users) or (by(outer, users) if outer is not None else None)


def by(one: ET.Element, users: Mapping[uuid.UUID, str]) -> uuid.UUID | None:
    """Who made something, where that is said. Raises Amiss for somebody who is not among the users."""
    for attribute in ("creatingUser", "modifyingUser"):
        if one.get(attribute):
            guid = identity(one, attribute)
            if guid not in users:
                raise Amiss("a mark by somebody who is not among the users")
            return guid
    return None


def of_cases(root: ET.Element) -> Iterator[Case]:
    """The cases, with what the project says of each."""
    names = {identity(one): one.get("name") or "" for one in inside(root, "Variables", "Variable")}
    for one in inside(root, "Cases", "Case"):
        values = {}
        for value in one.findall("VariableValue"):
            reference = value.find("VariableRef")
            guid = identity(reference, "targetGUID") if reference is not None else NOTHING
            if guid not in names:
                raise Amiss("a value of a variable that is not declared")
            said = [cell.text or "" for cell in value if cell.tag.endswith("Value")]
            values[names[guid]] = said[0] if said else ""
        own = [[identity(of, "targetGUID") for of in one.findall(kind)] for kind in ("SourceRef", "SelectionRef")]
        yield Case(identity(one), one.get("name") or "", values, *own)
