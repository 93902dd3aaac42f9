"""How the positions of a REFI-QDA project are counted: the standard leaves room, and programs do not count alike.

Texts come with CRLF or LF, with a byte order mark or without; positions count code points or the 16-bit units of
.NET, and the last position is that of the last character or of the one after it. Selections that are called as their
words tell which; where none tells, it is as QualCoder and we write.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from survey.coding.qdpx_archive import Amiss

BOM = "\ufeff"
BREAK = re.compile("\r\n?")
WIDE = re.compile("[\U00010000-\U0010ffff]")
TWO = re.compile(f"\r\n|{WIDE.pattern}")
#: What a program puts behind the first words of a selection, for its name.
CUT = re.compile(r"(\.\.\.|…)$")


@dataclass(frozen=True)
class Reading:
    """How positions were counted."""

    crlf_is_one: bool = False
    bom_counts: bool = False
    utf16: bool = False
    end_included: bool = False


@dataclass(frozen=True)
class Span:
    """Where a selection says that it stands, and what it is called."""

    start: int
    end: int
    name: str


@dataclass(frozen=True)
class Raw:
    """A text as it stands in its file, and the selections in it."""

    text: str
    spans: Sequence[Span]


def reading(texts: Sequence[Raw], origin: str) -> Reading:
    """The way of counting that gives the most selections the words that they are called, the most usual first.

    Only ways that differ on these texts are weighed. Where names tell nothing, it is one that sets no selection outside
    its text, nor on nothing.
    """
    breaks = any("\r" in raw.text for raw in texts)
    marked = any(raw.text.startswith(BOM) for raw in texts)
    wide = any(WIDE.search(raw.text) for raw in texts)
    atlas = origin.upper().startswith("ATLAS")
    ones = sorted({False, breaks}, reverse=atlas)  # ATLAS.ti writes CRLF and counts it once
    ways = [
        Reading(one, bom, utf16, included)
        for included, utf16, bom, one in itertools.product(
            (False, True), sorted({False, wide}), sorted({False, marked}), ones
        )
    ]
    return max(ways, key=lambda way: weight(texts, way))


def weight(texts: Sequence[Raw], way: Reading) -> tuple[int, bool]:
    """How well a way of counting gives selections the words that they are called, and whether each is on something."""
    agreeing, fits = 0, True
    for raw in texts:
        text, places = counted(raw, way)
        for span, place in zip(raw.spans, places, strict=True):
            fits = fits and place is not None and place[0] < place[1]
            agreeing += agrees(text[slice(*place)], span.name) if place is not None else 0
    return agreeing, fits


def agrees(words: str, name: str) -> int:
    """Whether a name is these words, or the first of them."""
    said, own = " ".join(name.split()), " ".join(words.split())
    if not said:
        return 0
    if said == own:
        # Blanks at either end are in the passage or not: the exact words tell more.
        return 3 if name == words else 2
    first = CUT.sub("", said).rstrip()
    return int(first != said and bool(first) and own.startswith(first))


def counted(raw: Raw, way: Reading) -> tuple[str, list[tuple[int, int] | None]]:
    """The text with LF alone and no byte order mark, and each selection in its code points; None for no place in it."""
    text = raw.text.removeprefix(BOM)
    lost = len(raw.text) - len(text) if way.bom_counts else 0
    units = Units(text, way)
    places = []
    for span in raw.spans:
        start, end = span.start - lost, span.end - lost + way.end_included
        both = units.place(start), units.place(end)
        places.append(None if both[0] is None or both[1] is None else (both[0], both[1]))
    return BREAK.sub("\n", text), places


class Units:
    """From positions as they were counted to code points of the text with LF alone."""

    def __init__(self, text: str, way: Reading) -> None:
        shown = BREAK.sub("\n", text) if way.crlf_is_one else text
        self.silent = list(silent(shown, way.utf16))
        self.length = len(shown) + (len(WIDE.findall(shown)) if way.utf16 else 0)

    def place(self, position: int) -> int | None:
        """The code point at a position, None outside the text; within one character it is the end of that one."""
        return position - bisect_left(self.silent, position) if 0 <= position <= self.length else None


def silent(text: str, utf16: bool) -> Iterator[int]:
    """The units that begin no character: the LF of each CRLF, the second half of each that takes two."""
    more = 0
    for found in TWO.finditer(text):
        if found[0] == "\r\n":
            yield found.start() + more + 1
        elif utf16:
            yield found.start() + more + 1
            more += 1


def placed(raw: Raw, way: Reading) -> tuple[str, list[tuple[int, int] | None]]:
    """The text, and where each selection stands in it; None for one of nothing. Raises Amiss for one outside it."""
    text, places = counted(raw, way)
    if any(place is None or place[0] > place[1] for place in places):
        raise Amiss("a selection outside its text")
    return text, [place if place is not None and place[0] < place[1] else None for place in places]
