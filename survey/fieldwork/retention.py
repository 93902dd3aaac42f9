"""How long what somebody else said of a person is kept: erased in time, unless it served to reach them."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import audit
from survey.audit import Action
from survey.fieldwork.contact_models import Appointment, ContactAttempt, Message
from survey.fieldwork.models import Case, CaseEvent, EventKind, Organisation, Person, Referral

#: How long before their time contacts are shown as due.
AHEAD = dt.timedelta(days=30)

#: What a referral says of a person; a free note may too.
ABOUT_A_PERSON = ("person", "function", "phone", "email")


class Expired(NamedTuple):
    """How many referrals lost what they said of a person, and how many persons to reach are gone with it."""

    referrals: int
    persons: int


class Due(NamedTuple):
    """An organisation whose contacts, named at `named_at`, are erased at `expires_at`. Not the contacts themselves."""

    organisation: str | None
    named_by: str | None
    named_at: dt.datetime
    expires_at: dt.datetime


def _used() -> sa.ColumnElement[bool]:
    """Whether a person was reached, is to be, or an interview was held where they are since they were named."""
    at_work = [sa.exists().where(table.person_id == Person.id) for table in (ContactAttempt, Appointment, Message)]
    of_theirs = sa.select(Case.id).where(Case.organisation_id == Person.organisation_id)
    since = (CaseEvent.kind == EventKind.INTERVIEW_OPENED, CaseEvent.at >= Referral.at)
    met = sa.exists().where(CaseEvent.case_id.in_(of_theirs), *since)
    return sa.or_(*at_work, met)


def _past(at: dt.datetime, days: int) -> sa.ColumnElement[bool]:
    """The referrals that still say something of a person, last said more than `days` days before `at`, never used."""
    serves = sa.exists().where(Person.referral_id == Referral.id, _used())
    says = sa.or_(*(getattr(Referral, name).is_not(None) for name in ABOUT_A_PERSON))
    made = sa.exists().where(Person.referral_id == Referral.id)
    return sa.and_(Referral.changed_at <= at - dt.timedelta(days=days), sa.or_(says, made), ~serves)


def due(session: Session, at: dt.datetime, days: int, limit: int = 50) -> list[Due]:
    """What will be past its time at a moment, the oldest first."""
    naming = sa.orm.aliased(Organisation)
    query = sa.select(Referral.organisation, naming.name, Referral.changed_at).outerjoin(Referral.case)
    query = query.outerjoin(naming, naming.id == Case.organisation_id).where(_past(at, days))
    rows = session.execute(query.order_by(Referral.changed_at, Referral.id).limit(limit))
    return [Due(name, by, when, when + dt.timedelta(days=days)) for name, by, when in rows]


def expire(session: Session, at: dt.datetime, days: int, user_id: int | None = None, dry_run: bool = False) -> Expired:
    """Erase what was named more than `days` days before `at` and never used; says how much went, or would go.

    The name of the organisation and what was decided stay; the note goes with the rest, for it may speak of somebody.
    A referral of which nothing is left is set aside. The version moves: no page that still shows it brings it back.
    """
    query = sa.select(Referral).where(_past(at, days)).order_by(Referral.id)
    if not dry_run:
        query = query.with_for_update().execution_options(populate_existing=True)
    rows = list(session.scalars(query))
    ids = [row.id for row in rows]
    persons = Person.referral_id.in_(ids)
    n = session.scalar(sa.select(sa.func.count()).select_from(Person).where(persons)) or 0
    if dry_run or not rows:
        return Expired(len(rows), n)
    session.execute(sa.delete(Person).where(persons))
    for row in rows:
        row.person = row.function = row.phone = row.email = row.note = None
        row.version, row.changed_at = row.version + 1, at
        if not row.organisation:
            row.removed_at = row.removed_at or at
    audit.record(session, Action.REFERRAL_EXPIRE, user_id=user_id, detail=f"{len(rows)} + {n}")
    session.flush()
    return Expired(len(rows), n)
