"""The dictionary of the data: every item of the questionnaire as the variables that statistical software reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from survey.instrument.codes import MissingReason
from survey.instrument.grammar import Codes, Item, Kind, Question, Section, Text

#: A cell of the data: dates and moments are ISO 8601 text, None is a system-missing value.
Value = int | str | None

#: Items whose answer is the name or the contact details of a person; no pseudonymised data set holds them.
IDENTIFYING = frozenset({"respondent_name", "others_contacts"})

TICKED: Mapping[int, Text] = {0: Text("Non coché", "Not ticked"), 1: Text("Coché", "Ticked")}


class Type(StrEnum):
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    MOMENT = "moment"


class Measure(StrEnum):
    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    SCALE = "scale"


class Part(StrEnum):
    """What of an item a variable holds: its answer, one of its boxes, or why there is no answer."""

    ANSWER = "answer"
    BOX = "box"
    REASON = "reason"


@dataclass(frozen=True)
class Variable:
    """One column of the data. `values` labels the codes, `missing` those that stand for no answer.

    `item`, `part` and `code` say which answer of the questionnaire it holds; a variable of the fieldwork has none.
    """

    name: str
    label: Text
    type: Type = Type.NUMBER
    measure: Measure = Measure.NOMINAL
    values: Mapping[int, Text] = field(default_factory=dict)
    missing: Mapping[int, Text] = field(default_factory=dict)
    item: str | None = None
    part: Part = Part.ANSWER
    code: str | None = None

    @property
    def identifying(self) -> bool:
        return self.item in IDENTIFYING

    def value(self, answer: object, reason: MissingReason | None) -> Value:
        """The cell of an item that is on the route. A number or a code that is there is worth more than a reason."""
        if self.part is Part.REASON:
            return reason.number if reason is not None and answer is None else None
        if answer is None:
            return reason.number if reason is not None and self.missing else None
        if self.part is Part.BOX:
            return int(isinstance(answer, Collection) and self.code in answer)
        if isinstance(answer, Codes):
            return answer.number
        if isinstance(answer, dt.date):
            return answer.isoformat()
        return answer if isinstance(answer, int | str) else str(answer)

    def as_json(self) -> dict[str, Any]:
        """What a release keeps of a variable."""
        return {
            "name": self.name,
            "label": _pair(self.label),
            "type": self.type.value,
            "measure": self.measure.value,
            "values": {str(n): _pair(text) for n, text in self.values.items()},
            "missing": {str(n): _pair(text) for n, text in self.missing.items()},
            "item": self.item,
            "part": self.part.value,
            "code": self.code,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Variable:
        return cls(
            name=kept["name"],
            label=Text(*kept["label"]),
            type=Type(kept["type"]),
            measure=Measure(kept["measure"]),
            values={int(n): Text(*pair) for n, pair in kept["values"].items()},
            missing={int(n): Text(*pair) for n, pair in kept["missing"].items()},
            item=kept["item"],
            part=Part(kept["part"]),
            code=kept["code"],
        )


def _pair(text: Text) -> list[str]:
    return [text.fr, text.en]


def labels(codes: type[Codes]) -> dict[int, Text]:
    """The value labels of a code list."""
    return {code.number: code.label for code in codes}


MISSING: Mapping[int, Text] = labels(MissingReason)


def variables(section: Section) -> Iterator[Variable]:
    """The variables of a section, in the order of its questions.

    A number or a code carries why it is missing in itself, as a user-missing value; each box `<item>_<code>` of a
    select-many item does too, and is system-missing when nothing at all was ticked. A text or a date cannot, without
    a magic value among the answers: the reason stands beside it, in `<item>_missing`.
    """
    for question in section.questions:
        for item in question.items:
            yield from of_item(question, item)


def of_item(question: Question, item: Item) -> Iterator[Variable]:
    label = wording(question, item)
    if item.many and item.codes is not None:
        for code in item.codes:
            yield Variable(
                name=f"{item.name}_{code.value}",
                label=under(question, code.label, wording(question, item, numbered=False)),
                values=TICKED,
                missing=MISSING,
                item=item.name,
                part=Part.BOX,
                code=code.value,
            )
    elif item.kind in (Kind.INTEGER, Kind.YEAR):
        yield Variable(item.name, label, measure=Measure.SCALE, missing=MISSING, item=item.name)
    elif item.codes is not None:
        yield Variable(item.name, label, values=labels(item.codes), missing=MISSING, item=item.name)
    else:
        dated = item.kind is Kind.DATE
        kind, measure = (Type.DATE, Measure.SCALE) if dated else (Type.TEXT, Measure.NOMINAL)
        yield Variable(item.name, label, kind, measure, item=item.name)
        why = under(question, Text("Sans réponse", "No answer"), wording(question, item, numbered=False))
        yield Variable(f"{item.name}_missing", why, values=MISSING, item=item.name, part=Part.REASON)


def wording(question: Question, item: Item, *, numbered: bool = True) -> Text:
    """What an item asks, from the particular to the general, so that a short window shows what tells it apart:
    its own label, the box that it stands under, the text of its question."""
    pieces = own_words(question, item)
    if question.text is not None:
        pieces.append(question.text)
    return under(question if numbered else None, *pieces)


def own_words(question: Question, item: Item) -> list[Text]:
    """What an item says beside its question: its label with what leads to it, and the box that it stands under."""
    pieces = [_joined(item.lead, item.label)] if item.label else []
    if item.when is not None and any(other.many and other.name == item.when.item for other in question.items):
        pieces.append(item.when.code.label)
    return pieces


def under(question: Question | None, *pieces: Text) -> Text:
    """The pieces of a label on one line, after the number of the question without that of the block."""
    number = question.number.replace(".{n}", "").rstrip(".") if question else ""
    return Text(*(f"{number} {' – '.join(plain(piece(of)) for piece in pieces)}".strip() for of in ("fr", "en")))


def _joined(lead: Text | None, label: Text) -> Text:
    return label if lead is None else Text(f"{lead.fr} {label.fr}", f"{lead.en} {label.en}")


def plain(text: str) -> str:
    """A wording without its marks of emphasis, nor the colon before a field."""
    return text.replace("*", "").strip().removesuffix(":").rstrip()
