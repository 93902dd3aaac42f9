"""The tree of themes, and the marks that coders put on what was said."""

from __future__ import annotations

import enum
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.coding.models import Theme, ThemeMark
from survey.db import now
from survey.instrument.dictionary import IDENTIFYING
from survey.instrument.grammar import Kind, Text
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview.models import RECORDS, Initiative, Interview
from survey.text import fold, normalise

#: The open questions, whose answers are marked, with the section of each: never names nor contact details.
OPEN = {
    item.name: section.name
    for section, item in QUESTIONNAIRE.items()
    if item.kind is Kind.PARAGRAPH and item.name not in IDENTIFYING
}
BETWEEN = " > "


class Why(enum.StrEnum):
    """Why a mark cannot be put."""

    NO_THEME = "no theme"
    NO_ANSWER = "no answer"
    NO_PASSAGE = "no passage"


class Unmarkable(ValueError):
    """A mark that would be on nothing, or of nothing."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class Node:
    """A theme in its place. `path` holds the names from the root down to its own."""

    id: int
    parent_id: int | None
    name: Text
    definition: str | None
    retired: bool
    path: Text


def tree(connection: sa.Connection) -> list[Node]:
    """Every theme, each before those that stand under it, in the order of their names."""
    under: dict[int | None, list[Any]] = defaultdict(list)
    for row in connection.execute(sa.select(Theme.__table__)):
        under[row.parent_id].append(row)

    def below(parent_id: int | None, path: Text | None) -> Iterator[Node]:
        for row in sorted(under[parent_id], key=lambda row: (fold(row.name), row.id)):
            name = Text(row.name, row.name_en or row.name)
            whole = name if path is None else Text(path.fr + BETWEEN + name.fr, path.en + BETWEEN + name.en)
            yield Node(row.id, parent_id, name, row.definition, row.retired_at is not None, whole)
            yield from below(row.id, whole)

    return list(below(None, None))


def marks(connection: sa.Connection) -> Iterator[Any]:
    """Every mark, as a row of its table, in the order of the answers and of the passages in each."""
    mark = ThemeMark.__table__.c
    answer = (mark.interview_id, sa.func.coalesce(mark.initiative_id, 0), mark.item)
    order = (*answer, mark.start, mark.end, mark.theme_id, mark.coder_id, mark.id)
    yield from connection.execute(sa.select(ThemeMark.__table__).order_by(*order))


def stands(mark: Any, answer: str | None) -> bool:
    """Whether a mark is still on the words that it was put on."""
    text = normalise(answer or "")
    return bool(mark.text == (text if mark.whole else text[mark.start : mark.end]))


@dataclass(frozen=True)
class Place:
    """An answer: of an interview, or of one of its initiatives."""

    interview_id: int
    initiative_id: int | None
    item: str


def mark(
    session: Session, number: uuid.UUID, theme_id: int, coder_id: int, place: Place, passage: range | None = None
) -> ThemeMark:
    """Put a theme on a passage, in code points of the normalised answer, or on the whole answer.

    The same number again gives the mark that it gave first. Raises Unmarkable. The caller commits.
    """
    if (made := session.get(ThemeMark, number)) is not None:
        return made
    theme = session.get(Theme, theme_id)
    if theme is None or theme.retired_at is not None:
        raise Unmarkable(Why.NO_THEME)
    text = normalise(answer(session, place) or "")
    if not text:
        raise Unmarkable(Why.NO_ANSWER)
    on = passage if passage is not None else range(len(text))
    if not (on.step == 1 and 0 <= on.start < on.stop <= len(text)):
        raise Unmarkable(Why.NO_PASSAGE)
    made = ThemeMark(
        id=number,
        theme_id=theme_id,
        coder_id=coder_id,
        interview_id=place.interview_id,
        initiative_id=place.initiative_id,
        item=place.item,
        start=on.start,
        end=on.stop,
        whole=passage is None,
        text=text[on.start : on.stop],
        created_at=now(),
    )
    session.add(made)
    session.flush()
    return made


def answer(session: Session, place: Place) -> str | None:
    """What was answered there; None where nothing was, or where nothing may be marked."""
    record = RECORDS[OPEN[place.item]] if place.item in OPEN else None
    if record is None or (record is Initiative) is (place.initiative_id is None):
        return None
    query = sa.select(getattr(record, place.item))
    if record is Interview:
        return session.scalar(query.where(Interview.id == place.interview_id))
    of_block = Initiative.id == place.initiative_id, Initiative.interview_id == place.interview_id
    return session.scalar(query.where(*of_block, Initiative.removed_at.is_(None)))
