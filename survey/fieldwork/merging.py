"""Duplicates: one of two organisations points at the one that is kept. Nothing is moved, so that undoing is exact."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import audit
from survey.fieldwork import cases
from survey.fieldwork.models import (
    Case,
    CaseEvent,
    EventKind,
    Organisation,
)
from survey.fieldwork.waves import CURRENT
from survey.instrument.codes import Disposition


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
