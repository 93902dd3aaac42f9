"""The course of an interview: opened, consented to, filled block by block, completed, perhaps reopened."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import audit
from survey.audit import Action
from survey.db import now, upsert
from survey.fieldwork import cases
from survey.fieldwork.models import Case, EventKind
from survey.instrument import opening_script
from survey.instrument.codes import ConsentPurpose, Disposition, Mode, YesNo
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview import carrying, saving, sittings
from survey.interview.models import Consent, Initiative, Interview, Part
from survey.interview.saving import Change, Place

HELD_ON = next(item for _section, item in QUESTIONNAIRE.items() if item.name == "held_on")

#: An interview more does not undo the outcome of one that was held.
INTERVIEWED = {Disposition.COMPLETED, Disposition.COMPLETED_NONE, Disposition.PARTIAL}


def start(
    session: Session, case: Case, mode: Mode, user_id: int, today: dt.date | None = None, *, held: bool = True
) -> Interview:
    """Open an interview for a case: nobody's case becomes the interviewer's, and is in progress from here on.

    It begins with what was said in an earlier wave, to be confirmed. An interview that is still open goes on: there is
    one at a time. `today` is the date where the team works; without it, that of UTC. One that is not `held` yet, but
    receives what somebody else said, has no date. Raises `cases.Merged` for a duplicate.
    """
    cases.held(session, Case.id == case.id)
    if case.organisation.merged_into_id is not None:
        raise cases.Merged(case.id)
    under_way = sa.select(Interview).where(Interview.case_id == case.id, Interview.completed_at.is_(None))
    if opened := session.scalars(under_way.order_by(Interview.id.desc())).first():
        if case.interviewer_id is None:
            cases.assign(session, case, user_id, user_id)
        return opened
    interview = Interview(
        case_id=case.id,
        interviewer_id=user_id,
        instrument_version=QUESTIONNAIRE.version,
        mode=mode,
        opened_at=now(),
    )
    session.add(interview)
    session.flush()
    if held:
        date = Change(uuid.uuid4(), HELD_ON, Part.ANSWER, 0, today or now().date())
        saving.save(session.connection(), Place(interview.id), date, user_id)
    carrying.carry(session, interview, case, user_id)
    if case.interviewer_id is None:
        cases.assign(session, case, user_id, user_id)
    if case.disposition not in INTERVIEWED:
        cases.set_outcome(session, case, Disposition.IN_PROGRESS, user_id)
    _log(session, interview, EventKind.INTERVIEW_OPENED, Action.INTERVIEW_OPEN, user_id)
    if held:
        sittings.touch(session, interview, user_id)
    return interview


def consent(session: Session, interview: Interview, given: Mapping[ConsentPurpose, YesNo], user_id: int) -> None:
    """Record what was said, purpose by purpose, with the version of the script that was read. Nothing is replaced."""
    for purpose, answer in given.items():
        session.add(
            Consent(
                interview_id=interview.id,
                purpose=purpose,
                given=answer,
                script_version=opening_script.VERSION,
                recorded_at=now(),
                recorded_by=user_id,
            )
        )
    audit.record(session, Action.INTERVIEW_CONSENT, user_id=user_id, about=("interview", interview.id))


def complete(session: Session, interview: Interview, user_id: int) -> None:
    """Close the interview and settle its case, but for a duplicate's. Nothing is erased; twice changes nothing."""
    if interview.completed_at is not None:
        return
    interview.completed_at = now()
    with suppress(cases.Merged):
        cases.set_outcome(session, interview.case, outcome(session, interview), user_id)
    _log(session, interview, EventKind.INTERVIEW_COMPLETED, Action.INTERVIEW_COMPLETE, user_id)


def outcome(session: Session, interview: Interview) -> Disposition:
    """What the answers make of the case: refused, with an initiative or none, or left off before Q.1."""
    said = (
        sa.select(Consent.given)
        .where(Consent.interview_id == interview.id, Consent.purpose == ConsentPurpose.INTERVIEW)
        .order_by(Consent.id.desc())
    )
    if session.scalars(said).first() is YesNo.NO:
        return Disposition.REFUSAL
    if interview.has_initiatives is None:
        return Disposition.PARTIAL
    return Disposition.COMPLETED if interview.has_initiatives is YesNo.YES else Disposition.COMPLETED_NONE


def reopen(session: Session, interview: Interview, user_id: int) -> None:
    """Open a completed interview again; the case keeps its outcome until the interview is completed anew."""
    if interview.completed_at is None:
        return
    interview.completed_at = None
    _log(session, interview, EventKind.INTERVIEW_REOPENED, Action.INTERVIEW_REOPEN, user_id)


def _log(session: Session, interview: Interview, kind: EventKind, action: Action, user_id: int) -> None:
    cases.log(session, interview.case_id, kind, user_id, code=str(interview.id))
    audit.record(session, action, user_id=user_id, about=("interview", interview.id))


class NoBlock(LookupError):
    """There is no such block in this interview."""


def add_block(session: Session, interview_id: int, uid: uuid.UUID) -> Initiative:
    """A new block at the end. The same `uid` again finds it; that of another interview, or NIL, raises `NoBlock`."""
    if not uid.int:
        raise NoBlock(str(uid))
    last = sa.select(sa.func.coalesce(sa.func.max(Initiative.position), 0) + 1)
    row = upsert(session, Initiative).values(
        uid=uid,
        interview_id=interview_id,
        position=last.where(Initiative.interview_id == interview_id).scalar_subquery(),
    )
    session.execute(row.on_conflict_do_nothing(index_elements=[Initiative.uid]))
    return find_block(session, interview_id, uid)


def find_block(session: Session, interview_id: int, uid: uuid.UUID) -> Initiative:
    """The block, removed or not. Raises `NoBlock`."""
    block = session.scalars(
        sa.select(Initiative).where(Initiative.uid == uid, Initiative.interview_id == interview_id)
    ).one_or_none()
    if block is None:
        raise NoBlock(str(uid))
    return block


def remove_block(session: Session, block: Initiative, user_id: int) -> None:
    """Set a block aside, with all that was said in it."""
    if block.removed_at is None:
        block.removed_at = now()
        audit.record(session, Action.INITIATIVE_REMOVE, user_id=user_id, about=("initiative", block.id))


def restore_block(session: Session, block: Initiative, user_id: int) -> None:
    """Bring a removed block back where it stood; one that was merged into another comes back by undoing that."""
    if block.removed_at is not None and block.merged_into_id is None:
        block.removed_at = None
        audit.record(session, Action.INITIATIVE_RESTORE, user_id=user_id, about=("initiative", block.id))


def move_block(session: Session, block: Initiative, steps: int) -> None:
    """Move a block up (-1) or down (1) among those that are not removed; at the end it stays."""
    shown = session.scalars(
        sa.select(Initiative)
        .where(Initiative.interview_id == block.interview_id, Initiative.removed_at.is_(None))
        .order_by(Initiative.position, Initiative.id)
    ).all()
    order = list(shown)
    here = order.index(block)
    there = max(0, min(here + steps, len(order) - 1))
    order.insert(there, order.pop(here))
    for position, other in enumerate(order, start=1):
        other.position = position
