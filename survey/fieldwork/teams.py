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


class Overtaken(Exception):
    """A colleague put these people in another team meanwhile: which, by person, "" for none."""

    def __init__(self, teams: Mapping[int, str]) -> None:
        super().__init__(teams)
        self.teams = teams


def form(session: Session, wanted: Mapping[int, str], shown: Mapping[int, str], user_id: int) -> int:
    """Put people in teams, "" for none; one team whatever the capitals and accents. Returns how many changed team.

    Whoever is wanted where they were `shown` stays where they are. Raises Overtaken.
    """
    moved = {who: line(name) for who, name in wanted.items() if line(name) != shown.get(who)}
    there = session.scalars(sa.select(User.team).where(User.team.is_not(None), User.id.not_in(moved)).distinct())
    spelt = {fold(team): team for team in there if team}
    query = sa.select(User).where(User.id.in_(moved)).order_by(User.id).with_for_update()
    people = session.scalars(query.execution_options(populate_existing=True)).all()
    named = {one.id: spelt.setdefault(fold(moved[one.id]), moved[one.id]) for one in people}
    changed = [one for one in people if (one.team or "") != named[one.id]]
    if late := {one.id: one.team or "" for one in changed if shown.get(one.id, one.team or "") != (one.team or "")}:
        raise Overtaken(late)
    for one in changed:
        team = named[one.id] or None
        detail = f"{one.team or '–'} → {team or '–'}"
        audit.record(session, audit.Action.USER_JOIN_TEAM, user_id=user_id, about=("user", one.id), detail=detail)
        one.team = team
    return len(changed)
