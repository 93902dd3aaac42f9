"""The list of organisations: filters, counts per outcome, and pages that cost the same at 100 and at 100 000."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.accounts.models import Role, User
from survey.accounts.permissions import COORDINATION, FIELDWORK
from survey.fieldwork import meeting, teams
from survey.fieldwork.models import Case, CaseTally, CoverageTally, Organisation, OrganisationWord
from survey.fieldwork.search import LENGTH, Found, search
from survey.fieldwork.teams import Within
from survey.fieldwork.waves import CURRENT, out_of
from survey.instrument.codes import Disposition, Region

PAGE = 50
#: A search is cut there: more words find nothing more.
SEARCH_LENGTH = LENGTH

#: Identifier, name, region, case, outcome, interviewer and interviewer's name.
Listed = sa.Row[int, str, Region | None, int, Disposition, int | None, str]

COLUMNS = (
    Organisation.id,
    Organisation.name,
    Organisation.region_code,
    Case.id.label("case_id"),
    Case.disposition,
    Case.interviewer_id,
    User.name.label("interviewer"),
)

#: Identifier, name, and whether a case may be given to them.
Holder = sa.Row[int, str, bool]

ABLE = sa.and_(User.active, User.role.in_(FIELDWORK))
HOLDING = sa.select(CaseTally.interviewer_id).where(CaseTally.n > 0, CaseTally.wave == CURRENT)
#: Made once: to build it costs as much as to run it.
HOLDERS = (
    sa.select(User.id, User.name, ABLE.label("able"))
    .where(sa.or_(ABLE, User.id.in_(HOLDING)))
    .order_by(User.name, User.id)
)


@dataclass(frozen=True)
class Filters:
    """What of the list to show. A region or a type of "" and an interviewer of 0 stand for none; None for any.

    `within` is whose cases the reader sees (`teams`), beside those that nobody has.
    """

    search: str = ""
    region: str | None = None
    outcome: Disposition | None = None
    interviewer: int | None = None
    kind: str | None = None
    within: Within = None


@dataclass(frozen=True)
class Page:
    """One page of the list, and the organisations after and before which its neighbours begin."""

    rows: Sequence[Listed]
    after: int | None
    before: int | None


def page(
    session: Session,
    filters: Filters,
    after: int | None = None,
    before: int | None = None,
    found: Found | None = None,
) -> Page:
    """The organisations in the order of their names, from where the last page stopped or back from there.

    `found` is what the search of the filters comes down to, where it is known.
    """
    found = found or search(session, filters.search)
    wanted = conditions(filters)
    if before is not None:
        rows = walked(session, wanted, found, name_of(before, filters.within), backwards=True)
        further, rows = len(rows) > PAGE, rows[:PAGE][::-1]
        return Page(rows, rows[-1].id if rows else None, rows[0].id if further else None)
    rows = walked(session, wanted, found, None if after is None else name_of(after, filters.within))
    further, rows = len(rows) > PAGE, rows[:PAGE]
    return Page(rows, rows[-1].id if further else None, rows[0].id if rows and after is not None else None)


def walked(
    session: Session,
    wanted: Sequence[sa.ColumnElement[bool]],
    found: Found,
    start: sa.ScalarSelect[str] | None = None,
    *,
    backwards: bool = False,
) -> list[Listed]:
    """A page of what is found and wanted and one more, in the order of the names, after a name or before."""
    if not found.across:

        def bound(name: Any) -> sa.ColumnElement[bool]:
            if start is None:
                return sa.true()
            return name < start if backwards else name > start  # type: ignore[no-any-return]

        return list(session.execute(in_order(wanted, found, bound, backwards=backwards)))
    rows: list[Listed] = []
    begin = "" if start is None else session.scalar(sa.select(start)) or ""
    for names in meeting.names(session, found.along, found.across, begin, backwards=backwards):
        here = [Organisation.folded_name.in_(names), *found.beside, *wanted]
        order = Organisation.folded_name.desc() if backwards else Organisation.folded_name
        rows += session.execute(rows_of(here).order_by(order).limit(PAGE + 1 - len(rows))) if names else ()
        if len(rows) > PAGE:
            break
    return rows


#: Where a page begins or ends: a condition on the name.
Bound = Callable[[Any], Any]


def in_order(
    wanted: Sequence[sa.ColumnElement[bool]], found: Found, bound: Bound, *, backwards: bool = False
) -> sa.Select[*tuple[Any, ...]]:
    """A page of what is found and wanted, and one more, in the order of the names."""

    def first(query: sa.Select[*tuple[Any, ...]], name: Any) -> sa.Select[*tuple[Any, ...]]:
        query = query.where(bound(name)).order_by(name.desc() if backwards else name)
        return query.limit(PAGE + 1)

    if not found.along:
        return first(rows_of([*found.conditions, *wanted]), Organisation.folded_name)
    of_word = sa.select(OrganisationWord.organisation_id).join(Organisation).join(Case, listed())
    of_word = of_word.where(*found.beside, *wanted)
    each = (first(of_word.where(OrganisationWord.word == word), OrganisationWord.folded_name) for word in found.along)
    ids = sa.union_all(*(sa.select(one.subquery().c.organisation_id) for one in each))
    return first(rows_of([Organisation.id.in_(ids)]), Organisation.folded_name)


def conducted(session: Session, words: str, role: Role, user_id: int) -> Sequence[Listed]:
    """The organisations that a search finds among those whose case somebody may conduct, by name, a page at most.

    Duplicates are not among them: nobody is interviewed there.
    """
    found = search(session, words)
    wanted: list[sa.ColumnElement[bool]] = [Organisation.merged_into_id.is_(None)]
    if role not in COORDINATION:
        wanted.append(sa.or_(Case.interviewer_id.is_(None), Case.interviewer_id == user_id))
    return walked(session, wanted, found)[:PAGE]


def counts(session: Session, filters: Filters, found: Found | None = None) -> dict[Disposition, int] | None:
    """How many cases stand at each outcome, whatever the outcome filtered on; from the tallies unless one searches.

    None when too many are found to be counted.
    """
    found = found or search(session, filters.search)
    if not found.counted:
        return None
    of_some = filters.interviewer is not None or filters.within is not None
    if filters.search or (filters.kind is not None and of_some):
        query = sa.select(Case.disposition, sa.func.count()).select_from(Organisation).join(Case, listed())
        query = query.where(*found.conditions, *conditions(replace(filters, outcome=None))).group_by(Case.disposition)
    else:
        query = tallied(filters)
    counted = {disposition: int(n) for disposition, n in session.execute(query)}
    return {disposition: counted[disposition] for disposition in Disposition if counted.get(disposition)}


def tallied(filters: Filters) -> sa.Select[Disposition, int]:
    """The counts per outcome, of the tally that knows what is filtered on."""
    tally: type[CaseTally] | type[CoverageTally] = CaseTally if filters.kind is None else CoverageTally
    query = sa.select(tally.disposition, sa.func.sum(tally.n)).where(tally.wave == CURRENT)
    if filters.region is not None:
        query = query.where(tally.region_code == filters.region)
    if filters.kind is not None:
        query = query.where(CoverageTally.kind == filters.kind)
    if filters.interviewer is not None:
        query = query.where(CaseTally.interviewer_id == filters.interviewer)
    if filters.within is not None:
        query = query.where(CaseTally.interviewer_id.in_(sorted({0, *filters.within})))
    return query.group_by(tally.disposition)


def left_out(session: Session, words: str, after: int | None = None, within: Within = None) -> Sequence[Organisation]:
    """Those without a case in the wave under way, by name from where the last page stopped: a page and one more."""
    seen = teams.of_latest(within)
    query = sa.select(Organisation).where(out_of(CURRENT), *search(session, words).conditions, *seen)
    if after is not None:
        query = query.where(Organisation.folded_name > name_of(after, within))
    return session.scalars(query.order_by(Organisation.folded_name).limit(PAGE + 1)).all()


def interviewers(session: Session) -> Sequence[Holder]:
    """The people to whom a case may be given, in the order of their names."""
    return [row for row in holders(session) if row.able]


def holders(session: Session) -> Sequence[Holder]:
    """The people who have cases, those who left included, and those who are `able` to be given one."""
    return session.execute(HOLDERS).all()


def rows_of(wanted: Sequence[sa.ColumnElement[bool]]) -> sa.Select[*tuple[Any, ...]]:
    """The list, filtered and in no order."""
    query = sa.select(*COLUMNS).select_from(Organisation).join(Case, listed())
    return query.outerjoin(User, User.id == Case.interviewer_id).where(*wanted)


def listed() -> sa.ColumnElement[bool]:
    """Which case of an organisation the list shows."""
    return sa.and_(Case.organisation_id == Organisation.id, Case.wave == CURRENT)


def name_of(organisation_id: int, within: Within) -> sa.ScalarSelect[str]:
    """The name after or before which a page begins; NULL where the reader does not see whose it is."""
    seen = teams.of_latest(within)
    return sa.select(Organisation.folded_name).where(Organisation.id == organisation_id, *seen).scalar_subquery()


def conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    wanted = [*teams.among(Case.interviewer_id, filters.within)]
    if filters.region is not None:
        wanted.append(equals(sa.type_coerce(Organisation.region_code, sa.Text), filters.region))
    if filters.kind is not None:
        wanted.append(equals(sa.type_coerce(Organisation.kind, sa.Text), filters.kind))
    if filters.outcome is not None:
        wanted.append(Case.disposition == filters.outcome)
    if filters.interviewer is not None:
        wanted.append(equals(Case.interviewer_id, filters.interviewer))
    return wanted


def equals(column: sa.SQLColumnExpression[Any], value: object) -> sa.ColumnElement[bool]:
    """The column has this value, or none when it is false: a comparison that an index can answer on both databases."""
    return column.is_(None) if not value else sa.and_(column == value)
