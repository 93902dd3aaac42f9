"""What the columns of a file may hold, the headings that say so, and what somebody says in their place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from survey.instrument.grammar import Text
from survey.text import fold

LONGEST_HEADING = 80


def key(text: str) -> str:
    """What two spellings of one heading or label share."""
    return re.sub(r"[\W_]+", " ", fold(text)).strip()


@dataclass(frozen=True)
class Layout:
    """What the columns of one kind of file may hold, in words, and the further headings that say so, between commas.

    `_` and punctuation count as spaces in a heading, accents and case do not count. Without the column `needed` there
    is nothing to read: `lacking` says so.
    """

    labels: Mapping[str, Text]
    headings: Mapping[str, str]
    needed: str
    lacking: Text
    #: What somebody says of headings, by their keys: it goes before what we know.
    named: Mapping[str, str] = field(default_factory=dict)
    by_key: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        known = {key(h): column for column, headings in self.headings.items() for h in headings.split(", ")}
        known |= {key(label): column for column, both in self.labels.items() for label in (both.fr, both.en)}
        object.__setattr__(self, "by_key", known | dict(self.named))

    def naming(self, headings: Mapping[str, str]) -> Layout:
        """The same where somebody says what the columns of these headings hold, "" for nothing."""
        return replace(self, named={key(heading): column for heading, column in headings.items()})

    def column_of(self, heading: str) -> str:
        """What a heading says that its column holds; "" when we do not know it."""
        return self.by_key.get(key(heading), "") if self.named or len(heading) < LONGEST_HEADING else ""

    def known(self, cells: Sequence[str]) -> set[str]:
        """The columns that a row of headings names."""
        return {self.column_of(cell) for cell in cells} - {""}


@dataclass(frozen=True)
class Chosen:
    """What somebody says of a file: by position what columns hold ("" for nothing), or that it has no headings."""

    columns: Mapping[int, str] = field(default_factory=dict)
    headless: bool = False


#: Nobody said anything: the headings do.
AS_HEADED = Chosen()
