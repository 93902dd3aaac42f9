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
    return session.scalars(HOLDERS, _asked(prefix, most)).all()


def common(session: Session, prefix: str, most: int) -> int:
    """How many words of names begin so, counted up to so many."""
    return session.scalar(COMMON, _asked(prefix, most)) or 0


def spelt_out(session: Session, prefix: str, most: int) -> tuple[str, ...]:
    """The words that begin so, so many at most: from one to the next, over all that have it."""
    return tuple(session.scalars(SPELT_OUT, _asked(prefix, most)))


def _asked(prefix: str, most: int) -> dict[str, str | int]:
    return {"from_word": prefix, "to_word": prefix + LAST, "most": most}


def _each_word() -> sa.Select[str]:
    first = sa.select(sa.func.min(OrganisationWord.word).label("word")).where(SO).cte(recursive=True)
    following = sa.select(sa.func.min(OrganisationWord.word))
    following = following.where(OrganisationWord.word > first.c.word, OrganisationWord.word < TO)
    step = first.union_all(sa.select(following.scalar_subquery()).where(first.c.word.is_not(None)))
    return sa.select(step.c.word).where(step.c.word.is_not(None)).limit(MOST)


#: Made once: to build these statements costs more than to run them.
FROM, TO, MOST = (
    sa.bindparam("from_word", type_=sa.Text),
    sa.bindparam("to_word", type_=sa.Text),
    sa.bindparam("most", type_=sa.Integer),
)
SO = sa.and_(OrganisationWord.word >= FROM, OrganisationWord.word < TO)
HOLDERS = sa.select(OrganisationWord.organisation_id).where(SO).limit(MOST)
COMMON = sa.select(sa.func.count()).select_from(HOLDERS.subquery())
SPELT_OUT = _each_word()
