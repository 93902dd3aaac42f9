"""How the positions of a REFI-QDA project are counted: the standard leaves room, and programs do not count alike.

Texts come with CRLF or LF, with a byte order mark or without; positions count code points or the 16-bit units of
.NET, and the last position is that of the last character or of the one after it. Selections that are called as their
words tell which; where none tells, it is as QualCoder and we write.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from survey.coding.qdpx_archive import Amiss

BOM = "\ufeff"
BREAK = re.compile("\r\n?")
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
    wide = any(ord(c) > 0xFFFF for raw in texts for c in raw.text)
    atlas = origin.upper().startswith("ATLAS")
    ones = sorted({False, breaks}, reverse=atlas)  # ATLAS.ti writes CRLF and counts it once
    ways = [
        Reading(one, bom, utf16, included)
        for included, utf16, bom, one in itertools.product(
            (False, True), sorted({False, wide}), sorted({False, marked}), ones
        )
    ]
    return max(ways, key=lambda way: (sum(agreeing(raw, way) for raw in texts), all(fits(raw, way) for raw in texts)))


def fits(raw: Raw, way: Reading) -> bool:
    """Whether every selection is on something, and within its text."""
    _text, places = counted(raw, way)
    return all(place is not None and place[0] < place[1] for place in places)


def agreeing(raw: Raw, way: Reading) -> int:
    """How many selections are on the words that they are called; what tells more counts more."""
    text, places = counted(raw, way)
    named = zip(raw.spans, places, strict=True)
    return sum(agrees(text[slice(*place)], span.name) for span, place in named if place is not None)


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
        self.length = len(shown)
        self.steps: list[int] | None = None
        if "\r" in shown or (way.utf16 and any(ord(c) > 0xFFFF for c in shown)):
            self.steps = list(steps(shown, way.utf16))

    def place(self, position: int) -> int | None:
        """The code point at a position, None outside the text."""
        last = self.length if self.steps is None else len(self.steps) - 1
        if not 0 <= position <= last:
            return None
        return position if self.steps is None else self.steps[position]


def steps(text: str, utf16: bool) -> Iterable[int]:
    """For each position, the code point at which it stands; what is within one character is at its end."""
    at = 0
    yield at
    for n, character in enumerate(text):
        within_break = character == "\n" and n > 0 and text[n - 1] == "\r"
        at += 0 if within_break else 1
        yield from [at] * (2 if utf16 and ord(character) > 0xFFFF else 1)


def placed(raw: Raw, way: Reading) -> tuple[str, list[tuple[int, int] | None]]:
    """The text, and where each selection stands in it; None for one of nothing. Raises Amiss for one outside it."""
    text, places = counted(raw, way)
    if any(place is None or place[0] > place[1] for place in places):
        raise Amiss("a selection outside its text")
    return text, [place if place is not None and place[0] < place[1] else None for place in places]
