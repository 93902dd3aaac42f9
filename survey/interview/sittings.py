"""Who worked in an interview and when: an interview may take several sittings, by several interviewers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from survey.db import now
from survey.fieldwork import cases
from survey.fieldwork.models import EventKind
from survey.instrument.codes import Mode
from survey.interview.course_models import Sitting
from survey.interview.models import Interview

#: After so long without a sign of work, what comes next is another sitting.
SILENCE = dt.timedelta(minutes=30)


def touch(session: Session, interview: Interview, user_id: int) -> Sitting | None:
    """Note that somebody works in an interview, which the caller holds: their sitting goes on, or a new one begins.

    None when the interview is completed and they never sat in it.
    """
    of_interview = sa.select(Sitting).where(Sitting.interview_id == interview.id).order_by(Sitting.number.desc())
    last = session.scalars(of_interview.where(Sitting.interviewer_id == user_id).limit(1)).first()
    if interview.completed_at is not None:
        return last
    at = now()
    if last is not None and at - last.ended_at <= SILENCE:
        last.ended_at = max(at, last.ended_at)
        return last
    before = session.scalars(of_interview.limit(1)).first()
    number = before.number + 1 if before else 1
    sitting = Sitting(
        interview_id=interview.id, number=number, interviewer_id=user_id, began_at=at, ended_at=at, mode=interview.mode
    )
    session.add(sitting)
    session.flush()
    if before:
        cases.log(session, interview.case_id, EventKind.SITTING, user_id, code=str(interview.id), text=str(number))
    return sitting


def of_interview(session: Session, interview_id: int) -> Sequence[Sitting]:
    """The sittings of an interview, in order, each with its interviewer."""
    query = sa.select(Sitting).where(Sitting.interview_id == interview_id).order_by(Sitting.number)
    return session.scalars(query.options(joinedload(Sitting.interviewer))).all()


def set_mode(session: Session, interview_id: int, number: int, mode: Mode) -> bool:
    """Say how a sitting was held; whether there is such a sitting."""
    sitting = session.scalars(
        sa.select(Sitting).where(Sitting.interview_id == interview_id, Sitting.number == number)
    ).one_or_none()
    if sitting is not None:
        sitting.mode = mode
    return sitting is not None
