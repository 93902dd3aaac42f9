"""Cases that nobody contacts until a date: an office closed, a region in an emergency, a school on holiday."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import audit
from survey.audit import Action
from survey.db import now
from survey.fieldwork import planning
from survey.fieldwork.attempt_rules import CLOSED
from survey.fieldwork.cases import AT_ONCE
from survey.fieldwork.models import Case, CaseEvent, EventKind, Organisation
from survey.fieldwork.waves import CURRENT
from survey.instrument.codes import INTERIM, OrganisationType, Region

OPEN = (Case.wave == CURRENT, Case.disposition.in_(INTERIM))
#: The suspended cases of the wave under way, over or not.
SUSPENDED = (Case.wave == CURRENT, Case.suspended_until.is_not(None))

Cases = list[sa.ColumnElement[bool]]


def named(case_ids: Iterable[int]) -> list[Cases]:
    """The cases of a list of ids, in parts that a statement can take."""
    ids = sorted(set(case_ids))
    return [[Case.id.in_(ids[start : start + AT_ONCE])] for start in range(0, len(ids), AT_ONCE)]


def among(region: Region | None, kind: OrganisationType | None) -> list[Cases]:
    """The cases of a region, of a type of organisation, or of that type in that region."""
    which: Cases = []
    if region:
        which.append(Organisation.region_code == region)
    if kind:
        which.append(Organisation.kind == kind)
    return [[Case.organisation_id.in_(sa.select(Organisation.id).where(*which))]]


def suspend(session: Session, parts: Iterable[Cases], until: dt.date, why: str, user_id: int) -> int:
    """Contact nobody of these cases before a date is over; returns how many. Those with an outcome are left alone."""
    resumes = planning.after(until)
    values = {
        "suspended_until": until,
        "suspended_why": why,
        "next_at": sa.case((planning.due() > resumes, planning.due()), else_=resumes),
    }
    found = [n for which in parts for n in _change(session, [*OPEN, *which], values)]
    _tell(session, found, EventKind.SUSPENDED, user_id, until.isoformat(), why)
    if found:
        audit.record(session, Action.CASE_SUSPEND, user_id=user_id, detail=f"{len(found)} cases until {until}")
    return len(found)


def lift(session: Session, parts: Iterable[Cases], user_id: int) -> int:
    """End the suspension of these cases now; returns how many were suspended."""
    due = sa.case((Case.disposition.in_(CLOSED), None), else_=planning.due())
    values = {"suspended_until": None, "suspended_why": None, "next_at": due}
    found = [n for which in parts for n in _change(session, [*SUSPENDED, *which], values)]
    _tell(session, found, EventKind.RESUMED, user_id)
    if found:
        audit.record(session, Action.CASE_RESUME, user_id=user_id, detail=f"{len(found)} cases")
    return len(found)


def _change(session: Session, which: Cases, values: dict[str, Any]) -> Sequence[int]:
    """Change the cases in the order of their ids, as everybody locks them."""
    ids = session.scalars(sa.select(Case.id).where(*which).order_by(Case.id).with_for_update()).all()
    for start in range(0, len(ids), AT_ONCE):
        some = Case.id.in_(ids[start : start + AT_ONCE])
        session.execute(sa.update(Case).where(some).values(values), execution_options={"synchronize_session": False})
    session.expire_all()
    return ids


def _tell(
    session: Session,
    case_ids: Sequence[int],
    kind: EventKind,
    user_id: int,
    code: str | None = None,
    text: str | None = None,
) -> None:
    line = {"at": now(), "user_id": user_id, "kind": kind, "code": code, "text": text}
    if case_ids:
        session.execute(sa.insert(CaseEvent), [{"case_id": case_id, **line} for case_id in case_ids])


def under_way(session: Session, today: dt.date) -> Sequence[Any]:
    """What is suspended on a date, the first to end first: `suspended_until`, `suspended_why`, `n` cases."""
    query = sa.select(Case.suspended_until, Case.suspended_why, sa.func.count().label("n"))
    query = query.where(*SUSPENDED, Case.suspended_until >= today)
    query = query.group_by(Case.suspended_until, Case.suspended_why)
    return session.execute(query.order_by(Case.suspended_until, Case.suspended_why)).all()


def together(until: dt.date, why: str) -> list[Cases]:
    """The cases that were suspended until a date for one reason."""
    return [[Case.suspended_until == until, Case.suspended_why == why]]
