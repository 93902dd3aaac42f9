"""What a variable asks, of whom, and how it was answered: what a codebook is made of, on a page, in PDF or as DDI."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from survey.instrument.dictionary import Type, Value, Variable, plain
from survey.instrument.grammar import Item, Question, Section, Text, When
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.release.table import Table

ITEMS = {item.name: (section, section.question_of(item), item) for section, item in QUESTIONNAIRE.items()}
SAID = "…"  # any text, date or key


@dataclass(frozen=True)
class Category:
    """A code, what it stands for, and how many rows have it."""

    number: int
    label: Text
    count: int
    missing: bool


@dataclass(frozen=True)
class Counts:
    """How the `rows` of a variable divide: `valid` answers, reasons for which there is none, and nothing at all.

    `least` and `most` are of the valid numbers; None for anything else.
    """

    rows: int
    valid: int
    nothing: int
    categories: tuple[Category, ...]
    least: int | None = None
    most: int | None = None

    @property
    def reasons(self) -> int:
        """The rows that say why there is no answer."""
        return self.rows - self.valid - self.nothing


@dataclass(frozen=True)
class Asked:
    """The question that a variable answers: its words, what leads to the field, notes, and who is asked."""

    section: Section
    question: Question
    item: Item

    @property
    def number(self) -> str:
        """As it is printed, without the number of the block."""
        return self.question.number.replace(".{n}", "").rstrip(".")

    @property
    def words(self) -> Text | None:
        """What is read aloud, and under which label the answer stands."""
        said = [text for text in (self.question.text, self.item.label) if text]
        return Text(*(" – ".join(plain(text(of)) for text in said) for of in ("fr", "en"))) if said else None

    @property
    def notes(self) -> list[Text]:
        """What the interviewer reads and never says."""
        found = [one.text for one in self.question.instructions]
        found += [self.question.closing.text] if self.question.closing else []
        found += [self.question.hint] if self.question.hint else []
        return [Text(plain(text.fr), plain(text.en)) for text in found]

    @property
    def universe(self) -> list[Text]:
        """The conditions under which it is asked; none where everybody is."""
        return [condition(when) for when in (self.section.when, self.item.when) if when]


def condition(when: When) -> Text:
    """A rule in words: which answer to which question leads here."""
    section, question, item = ITEMS[when.item]
    number, label = Asked(section, question, item).number, when.code.label
    return Text(
        f"{number} = «\N{NO-BREAK SPACE}{plain(label.fr)}\N{NO-BREAK SPACE}»",
        f"{number} = “{plain(label.en)}”",
    )


@dataclass(frozen=True)
class Entry:
    """One variable of a codebook. What belongs to the fieldwork was asked of nobody."""

    variable: Variable
    counts: Counts
    asked: Asked | None


def entries(table: Table) -> list[Entry]:
    """Every variable of a table, whose rows are read once."""
    return [
        Entry(variable, counts, Asked(*ITEMS[variable.item]) if variable.item in ITEMS else None)
        for variable, counts in zip(table.variables, counted(table), strict=True)
    ]


def counted(table: Table) -> Iterator[Counts]:
    """The counts of each variable; of texts, dates and keys, whether there is something."""
    found: list[Counter[Value]] = [Counter() for _ in table.variables]
    told = [variable.type is Type.NUMBER and not variable.name.endswith("_id") for variable in table.variables]
    for row in table.rows():
        for counter, number, cell in zip(found, told, row, strict=True):
            counter[cell if number or cell is None else SAID] += 1
    return (divided(*one) for one in zip(table.variables, found, strict=True))


def divided(variable: Variable, counter: Counter[Value]) -> Counts:
    """The counts of one variable from those of its cells."""
    categories = tuple(
        Category(number, label, counter[number], number in variable.missing)
        for number, label in {**variable.values, **variable.missing}.items()
    )
    valid = {cell: n for cell, n in counter.items() if cell is not None and cell not in variable.missing}
    numbers = [cell for cell in valid if isinstance(cell, int)] if not variable.values else []
    ends = (min(numbers), max(numbers)) if numbers else (None, None)
    return Counts(counter.total(), sum(valid.values()), counter[None], categories, *ends)


def sections(found: Sequence[Entry]) -> dict[str | None, list[Entry]]:
    """The entries under the name of their section; what was asked of nobody under None."""
    under: dict[str | None, list[Entry]] = {}
    for entry in found:
        under.setdefault(entry.asked.section.name if entry.asked else None, []).append(entry)
    return under
