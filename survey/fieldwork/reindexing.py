"""The index of words against the names as they are: looked at, and put right (`recension doctor --repair`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork.models import Organisation
from survey.fieldwork.words import Words, correct, differences

#: Organisations looked at together: SQLite takes 32 766 values in a statement.
AT_ONCE = 5000


def in_turn(session: Session) -> Iterator[Sequence[int]]:
    """The ids of all organisations, some at a time."""
    last = 0
    query = sa.select(Organisation.id).order_by(Organisation.id).limit(AT_ONCE)
    while ids := session.scalars(query.where(Organisation.id > last)).all():
        yield ids
        last = ids[-1]


def wrong(session: Session) -> int:
    """How many organisations the index does not know by their names as they are."""
    return sum(len(lacking.keys() | over.keys()) for lacking, over in _each(session))


def repair(session: Session) -> int:
    """Make the index what the names are; returns in how many organisations it was not."""
    return sum(correct(session, wrong) for wrong in _each(session))


def _each(session: Session) -> Iterator[tuple[Words, Words]]:
    return (differences(session, ids) for ids in in_turn(session))
