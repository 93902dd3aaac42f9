"""Organisations whose names are alike: proposals with their reason, for somebody to decide."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork import naming, words
from survey.fieldwork.likeness import LONG, WORTH_A_LOOK, Likeness, compare
from survey.fieldwork.models import OrganisationWord
from survey.fieldwork.spelling import KIND, PLACES, carrying, glances
from survey.fieldwork.word_index import begins

#: Organisations compared with one name; a word that more of them have is no trace.
COMPARED = 200
#: How many proposals are shown of one name.
SHOWN = 5
#: How many organisations may look alike before that says nothing.
FEW = 20


@dataclass(frozen=True, order=True)
class Proposal:
    """An organisation of the list that a name may be that of: how alike (0 to 100), why, and by which of its names."""

    score: int
    organisation_id: int
    name: str
    likeness: Likeness
    called: str


def propose(session: Session, name: str, limit: int = SHOWN, but: Collection[int] = ()) -> list[Proposal]:
    """The organisations of the list that a name may be that of, the likeliest first; of duplicates the one kept.

    `but` are the ids of those that are no answer. What it costs does not grow with the list.
    """
    ids = sorted(set(candidates(session, name)) - set(but))
    named = words.names_of(session, ids)
    ends = naming.kept(session, ids)
    best: dict[int, tuple[int, Likeness, str]] = {}
    for identifier, names in named.items():
        end = ends[identifier]
        for called in names:
            score, likeness = compare(name, called)
            if score >= WORTH_A_LOOK and end not in but and (score,) > best.get(end, (0,))[:1]:
                best[end] = (score, likeness, called)
    found = sorted(best, key=lambda n: (-best[n][0], n))[:limit]
    titles = {n: names[0] for n, names in words.names_of(session, found).items()}
    return [Proposal(best[n][0], n, titles[n], *best[n][1:]) for n in found]


def candidates(session: Session, name: str) -> list[int]:
    """The ids of those worth comparing with a name: they look like it, or share its rarest words."""
    found: dict[int, None] = {}
    for glance in sorted(glances([name])):
        some = with_word(session, OrganisationWord.word == glance, FEW + 1)
        found |= dict.fromkeys(some if len(some) <= FEW else ())
    asked = sorted(set(carrying(name)))
    holders = [(with_word(session, spelt(word), COMPARED + 1), word) for word in asked]
    holding = sorted(holders, key=lambda one: len(one[0]))
    for ids, _ in holding:
        if len(ids) <= COMPARED and len(found) < COMPARED:
            found |= dict.fromkeys(ids)
    common = [word for ids, word in holding if len(ids) > COMPARED]
    if len(common) > 1 and len(common) == len(holding):
        found |= dict.fromkeys(with_both(session, *common[:2]))
    return list(found)


def spelt(word: str) -> sa.ColumnElement[bool]:
    """A word of the index that is this one, or that begins as it does when it is long enough to be misspelt."""
    exact = OrganisationWord.word == word
    if word in KIND | PLACES or len(word) < LONG:
        return exact
    return begins(word[: LONG - 1])


def with_word(session: Session, which: sa.ColumnElement[bool], limit: int) -> Sequence[int]:
    return session.scalars(sa.select(OrganisationWord.organisation_id).where(which).limit(limit)).all()


def with_both(session: Session, one: str, other: str) -> Sequence[int]:
    """Those that have two words which each are common."""
    second = sa.orm.aliased(OrganisationWord)
    query = sa.select(OrganisationWord.organisation_id).where(OrganisationWord.word == one).limit(COMPARED)
    same = second.organisation_id == OrganisationWord.organisation_id
    return session.scalars(query.where(sa.exists().where(same, second.word == other))).all()
