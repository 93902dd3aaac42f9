"""Teams of interviewers: who sees whose cases.

Whoever conducts interviews in a team sees the cases of its members and those that nobody has; the others are not there
for them. Without a team, and in any other role, everybody's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import audit
from survey.accounts.models import Role, User
from survey.fieldwork.models import Case, Organisation
from survey.text import fold, line

#: Characters of the name of a team.
LONGEST = 60

#: The people whose cases somebody sees; None for everybody's.
Within = frozenset[int] | None


def within(session: Session, role: Role, team: str | None) -> Within:
    """Whose cases somebody of this role and team sees, beside those that nobody has."""
    if role is not Role.INTERVIEWER or not team:
        return None
    return frozenset(session.scalars(sa.select(User.id).where(User.team == team)))


def sees(members: Within, interviewer_id: int | None) -> bool:
    """Whether the case of an interviewer, or nobody's (None), is there for those who see these members'."""
    return members is None or interviewer_id is None or interviewer_id in members


def among(column: sa.SQLColumnExpression[Any], members: Within) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions under which a case of that interviewer is seen; none at all for who sees everybody's."""
    return () if members is None else (sa.or_(column.is_(None), column.in_(sorted(members))),)


def of_latest(members: Within) -> tuple[sa.ColumnElement[bool], ...]:
    """The same for an organisation, by its case in the latest wave that it was in."""
    latest = sa.select(Case.interviewer_id).where(Case.organisation_id == Organisation.id)
    return among(latest.order_by(Case.wave.desc()).limit(1).correlate(Organisation).scalar_subquery(), members)


def hidden(session: Session, organisation_ids: Collection[int], members: Within) -> set[int]:
    """Those of these organisations that are a colleague's of another team."""
    if members is None or not organisation_ids:
        return set()
    seen = sa.select(Organisation.id).where(Organisation.id.in_(organisation_ids), *of_latest(members))
    return set(organisation_ids) - set(session.scalars(seen))


def form(session: Session, wanted: Mapping[int, str], user_id: int) -> int:
    """Put people in teams, "" for none; one team whatever the capitals and accents. Returns how many changed team."""
    there = session.scalars(sa.select(User.team).where(User.team.is_not(None), User.id.not_in(wanted)).distinct())
    spelt = {fold(team): team for team in there if team}
    changed = 0
    people = sa.select(User).where(User.id.in_(wanted)).order_by(User.id).with_for_update()
    for person in session.scalars(people.execution_options(populate_existing=True)):
        name = line(wanted[person.id])
        team = spelt.setdefault(fold(name), name) or None
        if team != person.team:
            detail = f"{person.team or '–'} → {team or '–'}"
            action = audit.Action.USER_JOIN_TEAM
            audit.record(session, action, user_id=user_id, about=("user", person.id), detail=detail)
            person.team, changed = team, changed + 1
    return changed
