"""The answers to open questions, laid on disk so that they can be read by question and by organisation."""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from survey.coding.themes import OPEN
from survey.instrument.dictionary import Part, Value, Variable
from survey.instrument.grammar import Text
from survey.release.models import Unit
from survey.release.table import Row, Table
from survey.text import normalise

#: The units whose answers are texts, in the order of a call as it is read: what there is, then what is lacking.
ASKED = (Unit.INITIATIVE, Unit.INTERVIEW)
Key = tuple[int, int, str]


@dataclass(frozen=True)
class Answer:
    """What one respondent said to one question, normalised. `initiative` is 0 for the interview's own items."""

    organisation: int
    interview: int
    initiative: int
    item: str
    text: str

    @property
    def key(self) -> Key:
        return self.interview, self.initiative, self.item


class Answers:
    """Every answer to an open question that these tables hold, in a file that is given, and where each one is in it."""

    def __init__(self, file: IO[bytes], tables: Mapping[Unit, Table]) -> None:
        self.file = file
        self.questions: dict[str, Text] = {}
        self.of_question: dict[str, array[int]] = defaultdict(lambda: array("q"))
        self.of_organisation: dict[int, array[int]] = defaultdict(lambda: array("q"))
        for unit in ASKED:
            self.lay(tables[unit])

    def lay(self, table: Table) -> None:
        """Write down the answers of a unit."""
        asked = [(n, one) for n, one in enumerate(table.variables) if is_open(one)]
        self.questions |= {one.item or "": one.label for _n, one in asked}
        keys = [place(table, name) for name in ("organisation_id", "interview_id", "initiative_id")]
        for row in table.rows():
            of = [number(row, key) for key in keys]
            for n, one in asked:
                text = normalise(str(row[n] or ""))
                if text:
                    self.put(Answer(of[0], of[1], of[2], one.item or "", text))

    def put(self, answer: Answer) -> None:
        """Write down one answer."""
        at = self.file.tell()
        self.of_question[answer.item].append(at)
        self.of_organisation[answer.organisation].append(at)
        kept = [answer.organisation, *answer.key, answer.text]
        self.file.write(json.dumps(kept, ensure_ascii=False).encode() + b"\n")

    def at(self, places: array[int]) -> Iterator[Answer]:
        """The answers at some places, in their order."""
        for one in places:
            self.file.seek(one)
            yield Answer(*json.loads(self.file.readline()))


def is_open(variable: Variable) -> bool:
    """Whether a variable holds the words of an answer to an open question."""
    return variable.item in OPEN and variable.part is Part.ANSWER


def place(table: Table, name: str) -> int | None:
    """Where a variable stands; None in a unit that has no such one."""
    return next((n for n, variable in enumerate(table.variables) if variable.name == name), None)


def number(row: Row, at: int | None) -> int:
    """The number in a cell, nought where there is none."""
    value: Value = None if at is None else row[at]
    return value if isinstance(value, int) else 0
