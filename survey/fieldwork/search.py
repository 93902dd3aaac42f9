"""The search of the list: every word that is typed begins a word of a name; its cost does not grow with the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork.models import Organisation, OrganisationWord
from survey.fieldwork.spelling import words

#: A search is cut there: more words find nothing more.
LENGTH = 200
#: A beginning that so many words have is rare: those that have it are looked up first, and counted.
RARE = 500


@dataclass(frozen=True)
class Found:
    """What a search comes down to: conditions on `Organisation`, and whether they leave few enough to count."""

    conditions: tuple[sa.ColumnElement[bool], ...] = ()
    counted: bool = True


def begins(prefix: str) -> sa.ColumnElement[bool]:
    """A word of the index that begins so: a range, which the index answers on both databases."""
    return sa.and_(OrganisationWord.word >= prefix, OrganisationWord.word < prefix + "\U0010ffff")


def search(session: Session, text: str) -> Found:
    """Look for the rarest of the words; when each is common, the list is walked in the order of its names."""
    asked = typed(text)
    if not asked:
        return Found((sa.false(),) if text.strip() else ())
    held = [(holders(session, prefix), prefix) for prefix in asked]
    ids, rarest = min(held, key=lambda one: len(one[0]))
    if len(ids) > RARE:
        return Found(tuple(has(prefix) for prefix in asked), counted=False)
    others = [has(prefix) for prefix in asked if prefix != rarest]
    return Found((Organisation.id.in_(sorted(set(ids))), *others))


def typed(text: str) -> list[str]:
    """The words of a search, without those that another begins with."""
    found = sorted(set(words(text[:LENGTH])))
    return [word for n, word in enumerate(found) if not (n + 1 < len(found) and found[n + 1].startswith(word))]


def holders(session: Session, prefix: str) -> Sequence[int]:
    """The ids of the organisations with a word that begins so, as long as it is rare."""
    query = sa.select(OrganisationWord.organisation_id).where(begins(prefix)).limit(RARE + 1)
    return session.scalars(query).all()


def has(prefix: str) -> sa.ColumnElement[bool]:
    mine = OrganisationWord.organisation_id == Organisation.id
    return sa.exists().where(mine, begins(prefix)).correlate(Organisation)
