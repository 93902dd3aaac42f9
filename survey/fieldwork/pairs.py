"""Pairs of organisations that may be one, and those of which somebody said that they are two."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.db import now, upsert
from survey.fieldwork import naming, words
from survey.fieldwork.likeness import WORTH_A_LOOK, Likeness, compare
from survey.fieldwork.models import DistinctOrganisations, Organisation, OrganisationWord
from survey.fieldwork.spelling import GLANCE

#: Pairs that one page shows, and how many organisations may look alike before that says nothing.
PAIRS, FEW = 100, 5


def distinguish(session: Session, one: int, other: int, user_id: int | None) -> None:
    """Remember that two organisations whose names are alike are two."""
    first, second = sorted((one, other))
    row = upsert(session, DistinctOrganisations).values(first_id=first, second_id=second, at=now(), user_id=user_id)
    session.execute(row.on_conflict_do_nothing())


Pair = tuple[Organisation, Organisation, int, Likeness]


def likely_pairs(session: Session) -> list[Pair]:
    """Organisations of the list that may be one, the likeliest first: they look alike, or share a rare word.

    The whole index is read once; nothing is compared but what shares a line of it with few others.
    """
    pairs = shared_lines(session)
    ids = sorted({n for pair in pairs for n in pair})
    named = {n: names for some in naming.batches(ids) for n, names in words.names_of(session, some).items()}
    apart = said_to_be_two(session)
    scored = []
    for one, other in sorted(pairs - apart):
        score, likeness = max(compare(a, b) for a in named[one] for b in named[other])
        if score >= WORTH_A_LOOK:
            scored.append((-score, one, other, likeness))
    best = sorted(scored)[:PAIRS]
    wanted = {n for _, one, other, _ in best for n in (one, other)}
    found = {row.id: row for row in session.scalars(sa.select(Organisation).where(Organisation.id.in_(wanted)))}
    return [(found[one], found[other], -score, likeness) for score, one, other, likeness in best]


def shared_lines(session: Session) -> set[tuple[int, int]]:
    """The pairs of organisations, neither a duplicate, that share a word or a look which few others have."""
    word = OrganisationWord.word
    rare = sa.select(word).group_by(word).having(sa.func.count().between(2, FEW))
    kept = sa.select(OrganisationWord.word, OrganisationWord.organisation_id).join(
        Organisation, Organisation.id == OrganisationWord.organisation_id
    )
    query = kept.where(word.in_(rare), Organisation.merged_into_id.is_(None))
    sharing: dict[str, list[int]] = {}
    for shared, identifier in session.execute(query):
        if shared.startswith(GLANCE) or len(shared) > 2:
            sharing.setdefault(shared, []).append(identifier)
    return {(a, b) for ids in sharing.values() for a in ids for b in ids if a < b}


def said_to_be_two(session: Session) -> set[tuple[int, int]]:
    rows = session.execute(sa.select(DistinctOrganisations.first_id, DistinctOrganisations.second_id))
    return {(row.first_id, row.second_id) for row in rows}
