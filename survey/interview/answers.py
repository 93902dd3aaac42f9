"""An answer in three shapes: typed for its column, one text for the history, and what a form sends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from survey.instrument.grammar import Codes, Item, Kind

Answer = str | int | dt.date | Codes | frozenset[Codes] | None


def as_text(answer: Answer) -> str | None:
    """The answer as one text: codes by their value, in the order of their list, joined by spaces; None for none."""
    if answer is None:
        return None
    if isinstance(answer, frozenset):
        return " ".join(code.value for code in sorted(answer, key=lambda code: abs(code.number))) or None
    if isinstance(answer, dt.date):
        return answer.isoformat()
    return str(answer)


def from_text(item: Item, text: str | None) -> Answer:
    """The typed answer that `as_text` wrote."""
    if text is None:
        return frozenset() if item.many else None
    if item.many:
        return ticked(item, text.split(" "))
    if item.codes:
        return item.codes.of(text)
    if item.kind in (Kind.INTEGER, Kind.YEAR):
        return int(text)
    return dt.date.fromisoformat(text) if item.kind is Kind.DATE else text


def ticked(item: Item, values: Iterable[str]) -> frozenset[Codes]:
    """The codes ticked in a select-many item. Raises ValueError on a code it does not list."""
    assert item.codes is not None
    return frozenset(item.codes.of(value) for value in values)


def sent(answer: Answer) -> str | list[str]:
    """What the page sends for this answer, and shows: a text, or the list of ticked codes."""
    if isinstance(answer, frozenset):
        return (as_text(answer) or "").split()
    return as_text(answer) or ""
