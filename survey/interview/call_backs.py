"""Blocks for which somebody will call again: why, when, and that it was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from survey.db import held, now, upsert
from survey.fieldwork.models import Case
from survey.fieldwork.queue_entries import Due
from survey.fieldwork.waves import CURRENT
from survey.instrument.codes import INTERIM, Disposition
from survey.interview.course_models import CallBack
from survey.interview.models import Initiative, Interview
from survey.versions import Changed

#: The outcomes of those who may be called again for what lacks.
CALLED = (*INTERIM, Disposition.PARTIAL, Disposition.COMPLETED, Disposition.COMPLETED_NONE)
#: As many that wait, in all the team, as one looks at: those that have waited longest.
MOST = 5000
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


def due(session: Session, at: dt.datetime, today: dt.date, whose: int) -> dict[int, Due]:
    """Those that are due at a moment of a day, by case: of the cases of somebody and of nobody, in the wave under way.

    A case that is put off, suspended, or closed by a refusal asks for none.
    """
    rows = session.connection().execute(WAITING, {"today": today})
    waiting: dict[int, dt.date] = {row.initiative_id: row.due_on for row in rows}
    if not waiting:
        return {}
    asked = {"blocks": list(waiting), "at": at, "today": today, "whose": whose}
    found: dict[int, Due] = {}
    for initiative_id, case_id, number in session.connection().execute(DUE, asked):
        on, earlier = waiting[initiative_id], found.get(case_id, Due(today, ()))
        found[case_id] = Due(min(on, earlier.on), tuple(sorted({*earlier.blocks, number})))
    return found


_before = aliased(Initiative)
_number = sa.select(sa.func.count()).where(
    _before.interview_id == Initiative.interview_id,
    _before.removed_at.is_(None),
    _before.position <= Initiative.position,
)
_today = sa.bindparam("today", type_=sa.Date())
#: Two statements, made once as those of the queue are: in one, SQLite begins with the cases, of which there are more.
WAITING = (
    sa.select(CallBack.initiative_id, CallBack.due_on)
    .where(CallBack.done_at.is_(None), CallBack.due_on <= _today)
    .order_by(CallBack.due_on)
    .limit(MOST)
)
DUE = (
    sa.select(Initiative.id, Interview.case_id, _number.correlate(Initiative).scalar_subquery())
    .join(Interview, Interview.id == Initiative.interview_id)
    .join(Case, Case.id == Interview.case_id)
    .where(
        Initiative.id.in_(sa.bindparam("blocks", expanding=True)),
        Initiative.removed_at.is_(None),
        Case.wave == CURRENT,
        Case.disposition.in_(CALLED),
        sa.or_(Case.put_off_to.is_(None), Case.put_off_to <= sa.bindparam("at", type_=Case.put_off_to.type)),
        sa.or_(Case.suspended_until.is_(None), Case.suspended_until < _today),
        sa.or_(Case.interviewer_id == sa.bindparam("whose", type_=sa.Integer()), Case.interviewer_id.is_(None)),
    )
)


def of_case(session: Session, case_id: int) -> Sequence[Any]:
    """Those of a case, the first due first: `interview_id`, `uid` and `name` of the block, `reason`, `due_on`."""
    query = (
        sa.select(Initiative.interview_id, Initiative.uid, Initiative.name, CallBack.reason, CallBack.due_on)
        .join(Initiative, Initiative.id == CallBack.initiative_id)
        .join(Interview, Interview.id == Initiative.interview_id)
        .where(Interview.case_id == case_id, *PLANNED)
    )
    return session.execute(query.order_by(CallBack.due_on.is_(None), CallBack.due_on, Initiative.position)).all()
