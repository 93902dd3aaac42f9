"""The cases of a queue as they are read: the statements, made once, and whom to reach in each case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork import planning
from survey.fieldwork.contact_models import ContactAttempt
from survey.fieldwork.models import WAITING, Case, CaseTally, Organisation, Person
from survey.fieldwork.waves import CURRENT
from survey.instrument.codes import Disposition, Region

#: What is read of each kind; among so many cases that nobody tried yet, those of a region without an interview are
#: looked for.
SHOWN, FREE_SHOWN, LOOKED_AT = 30, 10, 200
INTERVIEWED = (Disposition.COMPLETED, Disposition.COMPLETED_NONE)


def _rows(*which: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    result = sa.select(ContactAttempt.result).where(ContactAttempt.case_id == Case.id)
    return (
        sa.select(
            *(Case.id, Case.organisation_id, Case.interviewer_id, Case.attempts),
            *(Case.next_at, Case.put_off_to, Case.suspended_until),
            *(Organisation.name, Organisation.region_code, Organisation.time_zone),
            result.order_by(*planning.LATEST).limit(1).correlate(Case).scalar_subquery().label("result"),
            planning.first_appointment().label("appointment"),
        )
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(*which)
    )


def waiting(whose: sa.ColumnElement[bool]) -> tuple[sa.ColumnElement[bool], ...]:
    return Case.wave == CURRENT, whose, sa.text(WAITING)  # type: ignore[return-value]  # as the index has it, or unused


#: The order of the index: a page of it is read without sorting the rest, NULLs included.
IN_ORDER = (Case.interviewer_id, Case.next_at, Case.id)


#: The ids of cases.
Ids = sa.Select[*tuple[Any, ...]]


def _dated(whose: sa.ColumnElement[bool], many: int, *when: sa.ColumnElement[bool]) -> Ids:
    return sa.select(Case.id).where(*waiting(whose), *when).order_by(*IN_ORDER).limit(many)


def _undated(whose: sa.ColumnElement[bool], many: int) -> Ids:
    looked_at = sa.select(Case.id, Case.organisation_id).where(*waiting(whose), Case.next_at.is_(None))
    looked_at = looked_at.where(Case.disposition != Disposition.PARTIAL).order_by(*IN_ORDER).limit(LOOKED_AT)
    some = looked_at.subquery()
    region = sa.select(Organisation.region_code).where(Organisation.id == some.c.organisation_id).scalar_subquery()
    first = sa.case((region.in_(sa.bindparam("without", expanding=True)), 0), else_=1)
    return sa.select(some.c.id).order_by(first, some.c.id).limit(many)


def _moment(name: str) -> sa.BindParameter[dt.datetime]:
    return sa.bindparam(name, type_=Case.next_at.type)


THEIRS, NOBODYS = Case.interviewer_id == sa.bindparam("whose", type_=sa.Integer), Case.interviewer_id.is_(None)
IDS = (
    _dated(THEIRS, SHOWN, Case.next_at > _moment("late"), Case.next_at < _moment("until")),
    _dated(THEIRS, SHOWN, Case.next_at <= _moment("late")),
    _undated(THEIRS, SHOWN),
    _dated(NOBODYS, 2 * FREE_SHOWN, Case.next_at <= _moment("at")),
    _undated(NOBODYS, 2 * FREE_SHOWN),
)
#: What somebody has to do and what nobody has, in no order. One statement, made once: each costs more than its rows.
QUEUE = _rows(Case.id.in_(sa.union_all(*(sa.select(ids.subquery()) for ids in IDS))))
CALLED = _rows(Case.id.in_(sa.bindparam("cases", expanding=True)))


#: The regions in which an interview of the wave was held.
HELD = (
    sa.select(CaseTally.region_code)
    .where(CaseTally.wave == CURRENT, CaseTally.disposition.in_(INTERVIEWED), CaseTally.n > 0)
    .distinct()
)
#: Whom to reach first in each organisation: the first who has not left.
FIRST = (
    sa.select(
        Person.organisation_id, Person.name, *(Person.phone, Person.other_phone, Person.email, Person.other_email)
    )
    .where(Person.organisation_id.in_(sa.bindparam("organisations", expanding=True)), Person.left_at.is_(None))
    .order_by(Person.id.desc())
)


def regions_without(session: Session) -> frozenset[Region]:
    """Those in which no interview of the wave was held yet."""
    return frozenset(Region) - set(session.connection().scalars(HELD))


def persons(session: Session, organisation_ids: Collection[int]) -> dict[int, Any]:
    """Whom to reach first in each of these: name, phones, e-mails."""
    rows = session.connection().execute(FIRST, {"organisations": list(organisation_ids)})
    return {row.organisation_id: row for row in rows}
