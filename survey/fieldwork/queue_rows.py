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


def _dated(whose: sa.ColumnElement[bool], *when: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    return _rows(*waiting(whose), *when).order_by(*IN_ORDER).limit(SHOWN)


def _undated(whose: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    looked_at = sa.select(Case.id).where(*waiting(whose), Case.next_at.is_(None))
    looked_at = looked_at.where(Case.disposition != Disposition.PARTIAL).order_by(*IN_ORDER).limit(LOOKED_AT)
    first = sa.case((Organisation.region_code.in_(sa.bindparam("without", expanding=True)), 0), else_=1)
    query = _rows(Case.id.in_(sa.select(looked_at.subquery().c.id)))
    return query.order_by(first, Case.id).limit(SHOWN)


def _moment(name: str) -> sa.BindParameter[dt.datetime]:
    return sa.bindparam(name, type_=Case.next_at.type)


THEIRS, NOBODYS = Case.interviewer_id == sa.bindparam("whose", type_=sa.Integer), Case.interviewer_id.is_(None)
#: Made once: to build these statements costs more than to run them.
MINE = (
    _dated(THEIRS, Case.next_at > _moment("late"), Case.next_at < _moment("until")),
    _dated(THEIRS, Case.next_at <= _moment("late")),
    _undated(THEIRS),
)
CALLED = _rows(Case.id.in_(sa.bindparam("cases", expanding=True)))
FREE = tuple(
    query.limit(2 * FREE_SHOWN) for query in (_dated(NOBODYS, Case.next_at <= _moment("at")), _undated(NOBODYS))
)


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
