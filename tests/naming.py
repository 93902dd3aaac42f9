"""What respondents of a test name at Q.14, as the call screen writes it."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork import cases, referrals
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.models import Case, Organisation, Referral
from survey.fieldwork.referrals import Named
from tests.conftest import Colleague


def organisation(session: Session, name: str, **about) -> Case:
    """An organisation of the list with its case."""
    [identifier] = cases.open_cases(session, [NewOrganisation(name, **about)], None)
    session.commit()
    return case_of(session, name=name, identifier=identifier)


def case_of(session: Session, name: str = "", identifier: int | None = None) -> Case:
    found = Organisation.id == identifier if identifier else Organisation.name == name
    return session.scalars(sa.select(Case).join(Case.organisation).where(found)).one()


def name_at_q14(
    session: Session, case: Case, by: Colleague, organisation: str | None, at: dt.datetime | None = None, **said: str
) -> uuid.UUID:
    """Somebody who answers for `case` names an organisation."""
    identifier = uuid.uuid4()
    row = referrals.keep(session, case.id, identifier, 0, Named(organisation, **said), by.id)
    row.at = row.changed_at = at or row.at
    session.commit()
    return identifier


def seen(session: Session, *ids: uuid.UUID) -> dict[str, list[str]]:
    """What the page of the inbox sends of the referrals that it shows."""
    session.rollback()
    return {"referral": [f"{identifier}:{session.get_one(Referral, identifier).version}" for identifier in ids]}


def decide(by: Colleague, session: Session, answer: str, *ids: uuid.UUID, **said: object):
    """Send a decision, as the form of the inbox does."""
    return by.post(f"/snowball/{answer}", {"form_id": str(uuid.uuid4()), **seen(session, *ids), **said})


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def every(session: Session, table) -> list:
    session.rollback()
    session.expire_all()
    return list(session.scalars(sa.select(table)))
