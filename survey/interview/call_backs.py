"""Blocks for which somebody will call again: why, when, and that it was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.db import held, now, upsert
from survey.interview.course_models import CallBack
from survey.interview.models import Initiative, Interview
from survey.versions import Changed

#: A block that was removed, or merged into another, waits for nobody.
PLANNED = (CallBack.done_at.is_(None), Initiative.removed_at.is_(None))


@dataclass(frozen=True)
class Plan:
    """What to ask when calling again for a block, and when."""

    reason: str | None = None
    due_on: dt.date | None = None

    @classmethod
    def of(cls, row: CallBack) -> Self:
        return cls(row.reason, row.due_on)


def plan(session: Session, initiative_id: int, said: Plan, seen: Plan, user_id: int) -> Plan:
    """Note to call again for a block: what was changed of the plan that was `seen`. How the plan stands then.

    Raises `versions.Changed` when somebody changed the same part of it meanwhile.
    """
    query = sa.select(CallBack).where(CallBack.initiative_id == initiative_id, CallBack.done_at.is_(None))
    if there := held(session, query):
        said = _merged(there, said, seen)
        if said == Plan.of(there):
            return said
    words = {**asdict(said), "user_id": user_id, "at": now(), "done_at": None}
    row = upsert(session, CallBack).values(initiative_id=initiative_id, **words)
    session.execute(row.on_conflict_do_update(index_elements=[CallBack.initiative_id], set_=words))
    return said


def _merged(there: CallBack, said: Plan, seen: Plan) -> Plan:
    stands, before, after = asdict(Plan.of(there)), asdict(seen), asdict(said)
    changed = {name: value for name, value in after.items() if value not in (before[name], stands[name])}
    if any(stands[name] != before[name] for name in changed):
        raise Changed(there)
    return Plan(**stands | changed)


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
