"""The marks, the coders and the themes of a release, as a REFI-QDA project needs them."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from survey.instrument.grammar import Text
from survey.release.qdpx_answers import Key
from survey.release.qdpx_xml import element, guid, words
from survey.release.table import Table

CODER = Text("Codeuse ou codeur {number}", "Coder {number}")
RETIRED = Text("Retiré", "Retired")


@dataclass(frozen=True, slots=True)
class Mark:
    """A theme on some words of an answer, which begin and end there."""

    number: str
    theme: int
    coder: int
    start: int
    end: int
    at: str


class Marks:
    """The marks by the answer that they are on, and who put them. What moved on since is counted, and left out."""

    def __init__(self, table: Table) -> None:
        self.moved = 0
        self.on: dict[Key, list[Mark]] = defaultdict(list)
        self.coders: dict[int, str | None] = {}
        names = [variable.name for variable in table.variables]
        for row in table.rows():
            self.put(dict(zip(names, row, strict=True)))

    def put(self, row: dict[str, Any]) -> None:
        """Take in a mark."""
        if not row["current"]:
            self.moved += 1
            return
        self.coders[row["coder"]] = row.get("coder_name")
        key = row["interview_id"], row["initiative_id"] or 0, sys.intern(row["item"])
        made = Mark(row["mark_id"], row["theme"], row["coder"], row["start"], row["end"], row["marked_at"])
        self.on[key].append(made)

    def users(self, language: str) -> str:
        """One user per coder, by number; by name where the tier has it."""
        called = {coder: name or CODER(language).format(number=coder) for coder, name in sorted(self.coders.items())}
        several = Counter(called.values())
        users = "".join(
            element("User", {"guid": guid("user", coder), "name": name if several[name] == 1 else f"{name} ({coder})"})
            for coder, name in called.items()
        )
        return element("Users", {}, users) if users else ""


def codebook(table: Table, language: str) -> str:
    """The tree of themes. A name that stands in it twice is told apart: some programs take a name for a key."""
    names = [variable.name for variable in table.variables]
    below: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for row in table.rows():
        one: dict[str, Any] = dict(zip(names, row, strict=True))
        below[one["parent_theme"]].append({**one, "called": Text(one["theme_name"], one["theme_name_en"])(language)})
    called = {one["theme"]: one["called"] for under in below.values() for one in under}
    several = Counter(called.values())

    def codes(parent: int | None) -> Iterator[str]:
        for one in below[parent]:
            name = one["called"]
            if several[name] > 1:
                name = f"{name} ({called[parent]}, {one['theme']})" if parent else f"{name} ({one['theme']})"
            about = "\n".join(filter(None, (RETIRED(language) * one["retired"], one["theme_definition"])))
            said = {"guid": guid("theme", one["theme"]), "name": name, "isCodable": "true"}
            yield element("Code", said, words("Description", about), *codes(one["theme"]))

    tree = "".join(codes(None))
    return element("CodeBook", {}, element("Codes", {}, tree)) if tree else ""
