"""The archive that a REFI-QDA project comes in, opened with care: nothing is unpacked, expanded or fetched."""

from __future__ import annotations

import xml.etree.ElementTree as ET
import zipfile
import zlib
from typing import NoReturn
from xml.parsers import expat

#: Bytes that a project may come to once it is read, and the files that it may hold.
LARGEST, MOST = 256 << 20, 100_000
#: How deep its description may nest: codes stand under codes.
DEEPEST = 100
#: What the standard library says of an archive that is damaged.
DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError)
NAMESPACES = "urn:QDA-XML:project:"
INTERNAL = "internal://"


class Amiss(ValueError):
    """What is wrong with a file that should be a REFI-QDA project."""


class Archive:
    """The files of a project, read one by one and never beyond what all of them may come to."""

    def __init__(self, opened: zipfile.ZipFile) -> None:
        self.opened, self.left = opened, LARGEST
        files = [one for one in opened.infolist() if not one.is_dir()]
        if len(files) > MOST or sum(one.file_size for one in files) > LARGEST:
            raise Amiss("too large")
        self.files = {one.filename.replace("\\", "/").lower().removeprefix("/"): one for one in files}
        if len(self.files) < len(files):
            raise Amiss("two files under one name")

    def project(self) -> bytes:
        """The description of the project: `project.qde`, under whatever name."""
        found = [one for name, one in self.files.items() if name.endswith(".qde") and "/" not in name]
        if len(found) != 1:
            raise Amiss("no project.qde, or more than one")
        return self.read(found[0])

    def text(self, path: str) -> str:
        """A text of the archive. It is UTF-8, its line ends and its byte order mark as they are in the file.

        A path without a scheme is of the archive too: `qc` wrote such ones.
        """
        name = path.removeprefix(INTERNAL).lstrip("/").lower()
        if "://" in name or f"sources/{name}" not in self.files:
            raise Amiss(f"the text {path} is not in the archive")
        try:
            return self.read(self.files[f"sources/{name}"]).decode("utf-8")
        except UnicodeDecodeError:
            raise Amiss(f"the text {path} is not in UTF-8") from None

    def read(self, entry: zipfile.ZipInfo) -> bytes:
        """The bytes of a file, whatever it says of its size."""
        if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Amiss("encrypted, or packed in a way that the standard does not know")
        try:
            with self.opened.open(entry) as file:
                held = file.read(self.left + 1)
        except DAMAGED as error:
            raise Amiss("damaged") from error
        self.left -= len(held)
        if self.left < 0:
            raise Amiss("too large")
        return held


class Defused:
    """An XML reader that takes elements and texts, of the standard's namespace without it, and nothing else."""

    def __init__(self) -> None:
        self.builder, self.depth = ET.TreeBuilder(), 0
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartElementHandler, self.parser.EndElementHandler = self.start, self.end
        self.parser.CharacterDataHandler = self.builder.data
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.EntityDeclHandler = self.refuse
        self.parser.ExternalEntityRefHandler = self.refuse

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Amiss("nested too deep")
        self.builder.start(self.local(name), attributes)

    def end(self, name: str) -> None:
        self.depth -= 1
        self.builder.end(self.local(name))

    @staticmethod
    def local(name: str) -> str:
        space, _, own = name.rpartition("}")
        return own if space.startswith(NAMESPACES) else name

    @staticmethod
    def refuse(*_: object) -> NoReturn:
        raise Amiss("a document type or an entity")


def parsed(description: bytes) -> ET.Element:
    """The description of a project as a tree. Raises Amiss."""
    reader = Defused()
    try:
        reader.parser.Parse(description, True)
    except Amiss:
        raise
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Amiss("not XML, or cut off") from error
    root: ET.Element = reader.builder.close()
    if root.tag != "Project":
        raise Amiss("no REFI-QDA project")
    return root
