"""Two blocks that turn out to be one: what each item says then, and where somebody has to choose."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from survey.instrument.codes import MissingReason
from survey.instrument.grammar import Item, Kind
from survey.instrument.questionnaire import INITIATIVES
from survey.interview.answers import Answer
from survey.interview.sheet import Record

#: What stands between two answers of one line.
BETWEEN = {Kind.LINE: "; ", Kind.PARAGRAPH: "\n"}


class Side(enum.StrEnum):
    """Which of the two blocks is believed where both cannot be."""

    KEPT = "kept"
    OTHER = "other"

    @property
    def opposite(self) -> Side:
        return Side.OTHER if self is Side.KEPT else Side.KEPT


class Undecided(ValueError):
    """The blocks contradict each other on this item, and nobody has chosen."""


@dataclass(frozen=True)
class Joined:
    """What an item says once two blocks are one; `loser` is the side whose answer is not in it."""

    answer: Answer
    reason: MissingReason | None
    note: str | None
    loser: Side | None = None


def conflicts(kept: Record, other: Record) -> list[Item]:
    """The items on which somebody has to choose."""
    return [item for item in INITIATIVES.items if contradict(item, kept, other)]


def contradict(item: Item, kept: Record, other: Record) -> bool:
    """Whether one answer, or one reason for having none, leaves no room for the other."""
    if kept.answered(item) and other.answered(item):
        return kept.answers[item.name] != other.answers[item.name] and _together(item, kept, other) is None
    if kept.answered(item) or other.answered(item):
        return False
    reasons = {record.reasons.get(item.name) for record in (kept, other)} - {None}
    return len(reasons) > 1


def joined(item: Item, kept: Record, other: Record, chosen: Side | None = None) -> Joined:
    """What an item says once the two are one; an answer is worth more than a reason. Raises `Undecided`."""
    notes = dict.fromkeys(filter(None, (record.notes.get(item.name) for record in (kept, other))))
    note = "\n".join(notes) or None
    if contradict(item, kept, other):
        if chosen is None:
            raise Undecided(item.name)
        believed = kept if chosen is Side.KEPT else other
        return Joined(believed.answers[item.name], believed.reasons.get(item.name), note, chosen.opposite)
    if kept.answered(item) and other.answered(item):
        same = kept.answers[item.name] == other.answers[item.name]
        answer = kept.answers[item.name] if same else _together(item, kept, other)
        return Joined(answer, None, note)
    if kept.answered(item) or other.answered(item):
        only = kept if kept.answered(item) else other
        return Joined(only.answers[item.name], only.reasons.get(item.name), note)
    return Joined(kept.answers[item.name], kept.reasons.get(item.name) or other.reasons.get(item.name), note)


def _together(item: Item, kept: Record, other: Record) -> Answer:
    """Both answers in one, None where there is no such thing."""
    one, two = kept.answers[item.name], other.answers[item.name]
    if isinstance(one, frozenset) and isinstance(two, frozenset):
        union = one | two
        return None if item.exclusive in union and len(union) > 1 else union
    if item.kind in BETWEEN:
        return f"{one}{BETWEEN[item.kind]}{two}"
    return None
