"""Duplicates: one of two organisations points at the one that is kept. Nothing is moved, so that undoing is exact."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import audit
from survey.db import now, upsert
from survey.fieldwork import cases, matching, naming, words
from survey.fieldwork.models import (
    Case,
    CaseEvent,
    DistinctOrganisations,
    EventKind,
    Organisation,
    OrganisationWord,
)
from survey.fieldwork.spelling import GLANCE
from survey.fieldwork.waves import CURRENT
from survey.instrument.codes import Disposition

#: Pairs that one page shows, and how many organisations may look alike before that says nothing.
PAIRS, FEW = 100, 5


class Objection(Enum):
    """Why two organisations are not merged."""

    ITSELF = "itself"
    MERGED = "merged"
    KEPT_IS_MERGED = "kept_is_merged"
    OTHER_WAY = "other_way"
    BOTH_INTERVIEWED = "both_interviewed"


class Refused(Exception):
    """Two organisations are not merged; `why` says what stands against it."""

    def __init__(self, why: Objection) -> None:
        super().__init__(why.value)
        self.why = why


def objection(session: Session, duplicate: Organisation, kept: Organisation, moved: bool = False) -> Objection | None:
    """What stands against merging one into the other; `moved`: what was said in its interview is with the other's."""
    if duplicate.id == kept.id:
        return Objection.ITSELF
    if duplicate.merged_into_id is not None:
        return Objection.MERGED
    if kept.merged_into_id is not None:
        return Objection.KEPT_IS_MERGED
    if not interviewed(session, duplicate.id):
        return None
    if not interviewed(session, kept.id):
        return Objection.OTHER_WAY
    return None if moved else Objection.BOTH_INTERVIEWED


def interviewed(session: Session, organisation_id: int) -> bool:
    """Whether an interview was opened there, in any wave."""
    of_it = sa.select(Case.id).where(Case.organisation_id == organisation_id)
    opened = sa.exists().where(CaseEvent.case_id.in_(of_it), CaseEvent.kind == EventKind.INTERVIEW_OPENED)
    return bool(session.scalar(sa.select(opened)))


def hold(session: Session, ids: Iterable[int]) -> dict[int, Organisation]:
    """Organisations as they stand, locked for a change in one order for all."""
    query = sa.select(Organisation).where(Organisation.id.in_(set(ids))).order_by(Organisation.id)
    rows = session.scalars(query.with_for_update().execution_options(populate_existing=True))
    return {row.id: row for row in rows}


def merge(session: Session, duplicate_id: int, kept_id: int, user_id: int | None, moved: bool = False) -> bool:
    """Say that one organisation is a duplicate of another; whether this is news. Raises `Refused`."""
    held = hold(session, (duplicate_id, kept_id))
    duplicate, kept = held[duplicate_id], held[kept_id]
    if duplicate.merged_into_id == kept_id:
        return False
    if why := objection(session, duplicate, kept, moved):
        raise Refused(why)
    duplicate.merged_into_id = kept_id
    for case in cases.held(session, Case.organisation_id == duplicate_id, Case.wave == CURRENT):
        reason = case.refusal_reason
        cases.log(session, case.id, EventKind.MERGED, user_id, code=str(kept_id), text=kept.name)
        session.flush()
        cases.set_outcome(session, case, Disposition.DUPLICATE, user_id)
        case.refusal_reason = reason
    action = audit.Action.ORGANISATION_MERGE
    audit.record(session, action, user_id=user_id, about=("organisation", duplicate_id), detail=str(kept_id))
    return True


def undo(session: Session, duplicate_id: int, user_id: int | None) -> bool:
    """Take it back: the pointer goes, and each outcome is what it was before; whether there was something to undo."""
    duplicate = hold(session, [duplicate_id])[duplicate_id]
    if duplicate.merged_into_id is None:
        return False
    duplicate.merged_into_id = None
    for case in cases.held(session, Case.organisation_id == duplicate_id):
        before = outcome_before(session, case)
        if before is not None:
            cases.log(session, case.id, EventKind.UNMERGED, user_id)
            if case.disposition is Disposition.DUPLICATE:
                cases.set_outcome(session, case, before, user_id)
    action = audit.Action.ORGANISATION_UNMERGE
    audit.record(session, action, user_id=user_id, about=("organisation", duplicate_id))
    return True


def outcome_before(session: Session, case: Case) -> Disposition | None:
    """Where a case stood when it was merged; None when it is not, or not any more."""
    query = sa.select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id.desc()).limit(1)
    merged = session.scalar(query.where(CaseEvent.kind.in_((EventKind.MERGED, EventKind.UNMERGED))))
    if merged is None or merged.kind is EventKind.UNMERGED:
        return None
    standing = (EventKind.OUTCOME, EventKind.IMPORTED)
    last = session.scalar(query.where(CaseEvent.kind.in_(standing), CaseEvent.id < merged.id))
    return Disposition.of(last.code) if last and last.code else Disposition.NOT_CONTACTED


def distinguish(session: Session, one: int, other: int, user_id: int | None) -> None:
    """Remember that two organisations whose names are alike are two."""
    first, second = sorted((one, other))
    row = upsert(session, DistinctOrganisations).values(first_id=first, second_id=second, at=now(), user_id=user_id)
    session.execute(row.on_conflict_do_nothing())


Pair = tuple[Organisation, Organisation, int, matching.Likeness]


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
        score, likeness = max(matching.compare(a, b) for a in named[one] for b in named[other])
        if score >= matching.WORTH_A_LOOK:
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
