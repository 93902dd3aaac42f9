"""Somebody to reach: who left stays as long as the history speaks of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.accounts.models import Language
from survey.fieldwork import naming
from survey.fieldwork.contact_models import Appointment, ContactAttempt, Message
from survey.fieldwork.models import Person
from survey.instrument.codes import PersonRole
from survey.text import fold

#: What of a person is typed.
TYPED = ("name", "role", "function", "language", "phone", "other_phone", "email", "other_email", "meeting_url")


@dataclass(frozen=True)
class NewPerson:
    """Somebody to reach in an organisation, to be added."""

    name: str
    role: PersonRole | None = None
    function: str | None = None
    language: Language | None = None
    phone: str | None = None
    other_phone: str | None = None
    email: str | None = None
    other_email: str | None = None


def marks(person: Person | NewPerson) -> set[str]:
    """What somebody is known by within an organisation: the name and each address, folded."""
    return {fold(text) for text in (person.name, person.email, person.other_email) if text}


def known(session: Session, organisation_ids: Collection[int]) -> dict[int, set[str]]:
    """By organisation, the marks of all its persons, those who left included."""
    found: dict[int, set[str]] = {identifier: set() for identifier in organisation_ids}
    for some in naming.batches(sorted(found)):
        for person in session.scalars(sa.select(Person).where(Person.organisation_id.in_(some))):
            found[person.organisation_id] |= marks(person)
    return found


def add(session: Session, new: Iterable[tuple[int, NewPerson]]) -> int:
    """Add persons to organisations, in the order given, but for who is there already; returns how many."""
    each = list(new)
    there = known(session, {organisation_id for organisation_id, _ in each})
    rows = []
    for organisation_id, person in each:
        if not there[organisation_id] & marks(person):
            there[organisation_id] |= marks(person)
            rows.append({"organisation_id": organisation_id} | asdict(person))
    if rows:
        session.execute(sa.insert(Person), rows)
    return len(rows)


def referred_to(session: Session, person_id: int) -> bool:
    """Whether a contact attempt, an appointment or a message speaks of somebody."""
    spoken = (sa.exists().where(table.person_id == person_id) for table in (ContactAttempt, Appointment, Message))
    return bool(session.scalar(sa.select(sa.or_(*spoken))))


def as_they_are(person: Person) -> dict[str, str]:
    """A person as their form shows them."""
    return {name: getattr(person, name) or "" for name in TYPED}
