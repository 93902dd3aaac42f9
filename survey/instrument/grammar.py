"""The words an instrument is written in.

An instrument is a tree of sections, questions and items. An item is one variable: one answer, one column. The
vocabulary is DDI's where DDI has a word. `*…*` in a wording is emphasis; nothing else is markup.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import cached_property
from typing import Self


@dataclass(frozen=True)
class Text:
    """A wording in both languages, side by side."""

    fr: str
    en: str

    def __call__(self, language: str) -> str:
        return self.en if language.startswith("en") else self.fr

    def numbered(self, n: int | str) -> Text:
        """The wording with `{n}`, the number of the block, filled in."""
        return Text(self.fr.replace("{n}", str(n)), self.en.replace("{n}", str(n)))


class Codes(StrEnum):
    """A code list. The value is stored, the number goes to statistical software, the label is read by people."""

    number: int
    label: Text

    def __new__(cls, value: str, number: int, fr: str, en: str) -> Codes:
        code = str.__new__(cls, value)
        code._value_, code.number, code.label = value, number, Text(fr, en)
        return code

    @classmethod
    def of(cls, value: str) -> Self:
        """The code stored as `value`. ValueError when there is none."""
        return cls(value)  # type: ignore[call-arg]  # an enum's look-up, which the constructor above hides


class Kind(Enum):
    """How an item is answered."""

    LINE = "line"
    PARAGRAPH = "paragraph"
    INTEGER = "integer"
    YEAR = "year"
    DATE = "date"
    SELECT_ONE = "select one"
    SELECT_MANY = "select many"


@dataclass(frozen=True)
class When:
    """Ask only if the answer to `item` is, or includes, `code`. There is no other rule."""

    item: str
    code: Codes

    def holds(self, answers: Mapping[str, object]) -> bool:
        answer = answers.get(self.item)
        if isinstance(answer, Collection) and not isinstance(answer, str):
            return self.code in answer
        return answer == self.code


@dataclass(frozen=True)
class Footnote:
    """A note printed under the questionnaire; its mark stands after the question, or after the label of `code`."""

    number: int
    text: Text
    code: Codes | None = None

    @property
    def mark(self) -> str:
        return "⁰¹²³⁴⁵⁶⁷⁸⁹"[self.number]


@dataclass(frozen=True)
class Item:
    """One variable.

    `label` stands beside the field; None where the question's own text does that work. `lead` is read aloud
    before the field. `exclusive` is the box of a select-many item that goes with no other.
    """

    name: str
    label: Text | None = None
    kind: Kind = Kind.LINE
    codes: type[Codes] | None = None
    when: When | None = None
    lead: Text | None = None
    minimum: int | None = None
    maximum: int | None = None
    exclusive: Codes | None = None
    footnote: Footnote | None = None

    def __post_init__(self) -> None:
        selects = self.kind in (Kind.SELECT_ONE, Kind.SELECT_MANY)
        if selects != (self.codes is not None):
            raise ValueError(f"{self.name}: a code list goes with a select item, and only with it")
        if self.exclusive is not None and self.kind is not Kind.SELECT_MANY:
            raise ValueError(f"{self.name}: only a select-many item has an exclusive box")

    @property
    def many(self) -> bool:
        return self.kind is Kind.SELECT_MANY


@dataclass(frozen=True)
class Statement:
    """Text read aloud to the respondent."""

    text: Text


@dataclass(frozen=True)
class Instruction:
    """Note to the interviewer, never read aloud."""

    text: Text


@dataclass(frozen=True)
class Prefilled:
    """A line of the paper form that the case already answers: it is shown, not asked."""

    name: str
    label: Text


@dataclass(frozen=True)
class Question:
    """What is read aloud under one number, and the items that record the answer.

    `text` is None for the identification lines, which have no number and no wording of their own.
    `supplementary` names the source of a question that the printed questionnaire does not hold.
    """

    number: str
    text: Text | None
    items: tuple[Item, ...]
    instructions: tuple[Instruction, ...] = ()
    hint: Text | None = None
    footnote: Footnote | None = None
    closing: Instruction | None = None
    supplementary: Text | None = None

    def label(self, item: Item) -> Text:
        """What names the field: the item's own label, or the question's text."""
        label = item.label or self.text
        if label is None:
            raise ValueError(f"{item.name}: neither the item nor its question has a wording")
        return label


Element = Statement | Instruction | Prefilled | Question


@dataclass(frozen=True)
class Section:
    """A part of the questionnaire. One that repeats is asked once per initiative: one pass is a block."""

    name: str
    title: Text
    elements: tuple[Element, ...]
    when: When | None = None
    block: Text | None = None

    @property
    def repeats(self) -> bool:
        return self.block is not None

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return tuple(e for e in self.elements if isinstance(e, Question))

    @cached_property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for question in self.questions for item in question.items)

    @cached_property
    def optional(self) -> frozenset[str]:
        """The names of the items of supplementary questions, which may stay empty."""
        return frozenset(item.name for question in self.questions if question.supplementary for item in question.items)

    def question_of(self, item: Item) -> Question:
        return next(q for q in self.questions if item in q.items)


@dataclass(frozen=True)
class Instrument:
    """A questionnaire. `source` goes wherever the wording is shown, printed or exported."""

    name: str
    version: str
    title: Text
    source: Text
    sections: tuple[Section, ...]
    _sections: dict[str, Section] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_sections", {section.name: section for section in self.sections})

    def __getitem__(self, name: str) -> Section:
        return self._sections[name]

    def items(self) -> Iterator[tuple[Section, Item]]:
        for section in self.sections:
            for item in section.items:
                yield section, item

    def asked(self, section: Section, answers: Mapping[str, object]) -> Iterator[Item]:
        """The items on the respondent's route, given every answer so far by item name.

        An item that is off the route counts as unanswered for the rules that follow it.
        """
        if section.when and not section.when.holds(answers):
            return
        route = dict(answers)
        for item in section.items:
            if item.when is None or item.when.holds(route):
                yield item
            else:
                route.pop(item.name, None)

    def skip(self, section: Section, item: Item, code: Codes) -> Question | None:
        """Where answering `code` leads, when it is not simply the next question."""
        closed = [s for s in self.sections if s.when and s.when.item == item.name and s.when.code != code]
        if not closed:
            return None
        after = self.sections[self.sections.index(section) + 1 :]
        return next((q for s in after if s not in closed for q in s.questions), None)
