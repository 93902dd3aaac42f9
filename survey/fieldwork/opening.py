"""A new wave of collection: a case for each organisation that is kept in it, in bulk, and once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from survey import audit
from survey.accounts.models import User
from survey.accounts.permissions import FIELDWORK
from survey.audit import Action
from survey.db import held, hold_tables, now
from survey.fieldwork import following, tally, waves
from survey.fieldwork.contact_models import Appointment
from survey.fieldwork.models import Case, Organisation, Wave
from survey.instrument.codes import Disposition

#: What a new wave leaves out unless the team says otherwise; None stands for those that had no case in the last one.
LEFT_OUT: frozenset[Disposition | None] = frozenset({Disposition.NOT_ELIGIBLE, Disposition.DUPLICATE, None})


class Opened(ValueError):
    """The wave that was seen is no longer the one under way: somebody opened the next."""


@dataclass(frozen=True)
class Line:
    """How many organisations had one outcome in the last wave, None when they were out of it.

    Of these, `assigned` go to who has them now; the others to nobody, whoever had them being gone. `suspended` ones are
    so today; `appointments` are planned with them.
    """

    outcome: Disposition | None
    organisations: int
    assigned: int
    suspended: int = 0
    appointments: int = 0


def by_outcome(session: Session) -> list[Line]:
    """Of what the next wave would be made: the organisations that are not duplicates, by outcome in this one."""
    outcome = sa.case((LAST.wave == waves.CURRENT, sa.type_coerce(LAST.disposition, sa.Text)))
    suspended = sa.case((LAST.suspended_until >= following.today(), LAST.id))
    counted = sa.func.count(), sa.func.count(STAYS.id), sa.func.count(suspended)
    rows = session.execute(_listed(sa.select(outcome, *counted)).group_by(outcome))
    found = {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in rows}
    theirs = aliased(Case)
    awaited = _listed(sa.select(outcome, sa.func.count())).join(theirs, theirs.organisation_id == Organisation.id)
    awaited = awaited.join(Appointment, sa.and_(Appointment.case_id == theirs.id, following.PLANNED))
    planned = {row[0]: int(row[1]) for row in session.execute(awaited.group_by(outcome))}
    every: list[Disposition | None] = [*Disposition, None]
    codes = {one: one.value if one else None for one in every}
    return [Line(one, *found[code], planned.get(code, 0)) for one, code in codes.items() if code in found]


def planned(session: Session) -> int:
    """How many appointments are planned, with whomever."""
    return int(session.scalar(sa.select(sa.func.count()).select_from(Appointment).where(following.PLANNED)) or 0)


def open_next(session: Session, seen: int, kept: Collection[Disposition | None], user_id: int) -> int:
    """Open the wave that follows `seen`, with the organisations whose outcome there is among those `kept`.

    Each has its interviewer, source and snowball wave of last time, and all is to be done but for what `following`
    brings. How many there are. Raises `Opened` when the wave under way is not `seen`: of two who ask at once, one opens
    it.
    """
    hold(session)
    wave = waves.current(session)
    if wave is None or wave.number != seen:
        raise Opened(seen)
    session.add(Wave(number=seen + 1, opened_at=now()))
    session.flush()
    n = _enter(session, seen + 1, _among(kept, seen))
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text('ANALYZE "case"'))
    following.follow(session, seen + 1, user_id)
    tally.count_wave(session, seen + 1)
    audit.record(session, Action.WAVE_OPEN, user_id=user_id, about=("wave", seen + 1), detail=str(n))
    return n


def bring_in(session: Session, organisation_id: int, user_id: int) -> bool:
    """Give an organisation that is out of the wave under way a case in it; False when it has one, or is a duplicate."""
    there = sa.select(Organisation).where(Organisation.id == organisation_id, Organisation.merged_into_id.is_(None))
    wave = waves.current(session) if held(session, there) else None
    if wave is None or not _enter(session, wave.number, Organisation.id == organisation_id):
        return False
    following.follow(session, wave.number, user_id, organisation_id)
    of_one = sa.select(Case).where(Case.organisation_id == organisation_id, Case.wave == wave.number)
    tally.shift(session, Counter({tally.place(session.scalars(of_one).one()): 1}))
    audit.record(session, Action.WAVE_ENTER, user_id=user_id, about=("organisation", organisation_id))
    return True


def hold(session: Session) -> None:
    """Until the commit nobody adds, moves, assigns or settles a case: all that is counted here is of one moment.

    Answers are saved meanwhile all the same.
    """
    hold_tables(session, Organisation, Case)


#: The last case of an organisation, and who has it, as long as they are of the team and may conduct it.
LAST, STAYS = aliased(Case), aliased(User)


def _listed(query: sa.Select[Any]) -> sa.Select[Any]:
    """The organisations that are not duplicates, each with its last case."""
    of_one = aliased(Case)
    wave = sa.select(sa.func.max(of_one.wave)).where(of_one.organisation_id == Organisation.id).scalar_subquery()
    here = sa.and_(LAST.organisation_id == Organisation.id, LAST.wave == wave)
    stays = sa.and_(STAYS.id == LAST.interviewer_id, STAYS.active, STAYS.role.in_(FIELDWORK))
    query = query.select_from(Organisation).join(LAST, here).outerjoin(STAYS, stays)
    return query.where(Organisation.merged_into_id.is_(None))


def _among(kept: Collection[Disposition | None], seen: int) -> sa.ColumnElement[bool]:
    """Which organisations had one of these outcomes in a wave, the last one."""
    outcome = sa.and_(LAST.wave == seen, LAST.disposition.in_([one for one in kept if one]))
    return sa.or_(outcome, LAST.wave < seen) if None in kept else outcome


def _enter(session: Session, number: int, which: sa.ColumnElement[bool]) -> int:
    """Give these organisations a case in a wave, unless they have one; how many were made.

    A suspension that is not over goes on there.
    """
    lasts = LAST.suspended_until >= following.today()
    new: dict[str, Any] = {
        "organisation_id": Organisation.id,
        "wave": sa.literal(number),
        "interviewer_id": STAYS.id,
        "disposition": sa.literal(Disposition.NOT_CONTACTED, Case.__table__.c.disposition.type),
        "source": LAST.source,
        "snowball_wave": LAST.snowball_wave,
        "attempts": sa.literal(0),
        "suspended_until": sa.case((lasts, LAST.suspended_until)),
        "suspended_why": sa.case((lasts, LAST.suspended_why)),
    }
    rows = _listed(sa.select(*new.values())).where(which, LAST.wave < number).order_by(Organisation.id)
    insert = sa.insert(Case).from_select(list(new), rows, include_defaults=False)
    made = session.connection().execute(insert, execution_options={"preserve_rowcount": True})
    return made.rowcount
