"""Blocks for which somebody will call again: why, when, and that it was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.db import now, upsert
from survey.interview.course_models import CallBack
from survey.interview.models import Initiative, Interview

#: A block that was removed, or merged into another, waits for nobody.
PLANNED = (CallBack.done_at.is_(None), Initiative.removed_at.is_(None))


def plan(session: Session, initiative_id: int, reason: str | None, due_on: dt.date | None, user_id: int) -> None:
    """Note to call again for a block, in place of what was noted before."""
    said = {"reason": reason, "due_on": due_on, "user_id": user_id, "at": now(), "done_at": None}
    row = upsert(session, CallBack).values(initiative_id=initiative_id, **said)
    session.execute(row.on_conflict_do_update(index_elements=[CallBack.initiative_id], set_=said))


def done(session: Session, initiative_id: int) -> None:
    """Note that the block is completed; what was noted stays."""
    waiting = sa.update(CallBack).where(CallBack.initiative_id == initiative_id, CallBack.done_at.is_(None))
    session.execute(waiting.values(done_at=now()))


def planned() -> sa.Exists:
    """Whether an interview has such blocks, as a part of a query on `Interview`."""
    return sa.exists().where(CallBack.initiative_id == Initiative.id, Initiative.interview_id == Interview.id, *PLANNED)


def of_case(session: Session, case_id: int) -> Sequence[Any]:
    """Those of a case, the first due first: `interview_id`, `uid` and `name` of the block, `reason`, `due_on`."""
    query = (
        sa.select(Initiative.interview_id, Initiative.uid, Initiative.name, CallBack.reason, CallBack.due_on)
        .join(Initiative, Initiative.id == CallBack.initiative_id)
        .join(Interview, Interview.id == Initiative.interview_id)
        .where(Interview.case_id == case_id, *PLANNED)
    )
    return session.execute(query.order_by(CallBack.due_on.is_(None), CallBack.due_on, Initiative.position)).all()
