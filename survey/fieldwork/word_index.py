"""What the index of words answers: who has a word that begins so, how many, and which words do."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from survey.fieldwork.models import OrganisationWord

#: No character comes after it.
LAST = "\U0010ffff"


def begins(prefix: str, word: sa.SQLColumnExpression[str] = OrganisationWord.word) -> sa.ColumnElement[bool]:
    """A word of the index that begins so: a range, which the index answers on both databases."""
    return sa.and_(word >= prefix, word < prefix + LAST)


def has(prefix: str, organisation_id: sa.SQLColumnExpression[int]) -> sa.ColumnElement[bool]:
    """Whether an organisation has a word that begins so."""
    other = aliased(OrganisationWord)
    return sa.exists().where(other.organisation_id == organisation_id, begins(prefix, other.word))


def holders(session: Session, prefix: str, most: int) -> Sequence[int]:
    """The ids of the organisations with a word that begins so, so many at most."""
    query = sa.select(OrganisationWord.organisation_id).where(begins(prefix)).limit(most)
    return session.scalars(query).all()


def common(session: Session, prefix: str, most: int) -> int:
    """How many words of names begin so, counted up to so many."""
    some = sa.select(OrganisationWord.organisation_id).where(begins(prefix)).limit(most).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(some)) or 0


def spelt_out(session: Session, prefix: str, most: int) -> tuple[str, ...]:
    """The words that begin so, so many at most: from one to the next, over all that have it."""
    first = sa.select(sa.func.min(OrganisationWord.word).label("word")).where(begins(prefix)).cte(recursive=True)
    following = sa.select(sa.func.min(OrganisationWord.word))
    following = following.where(OrganisationWord.word > first.c.word, OrganisationWord.word < prefix + LAST)
    step = first.union_all(sa.select(following.scalar_subquery()).where(first.c.word.is_not(None)))
    query = sa.select(step.c.word).where(step.c.word.is_not(None)).limit(most)
    return tuple(session.scalars(query))
