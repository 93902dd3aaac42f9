"""Somebody to reach: who left stays as long as the history speaks of them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork.contact_models import Appointment, ContactAttempt, Message
from survey.fieldwork.models import Person

#: What of a person is typed.
TYPED = ("name", "role", "function", "language", "phone", "other_phone", "email", "other_email", "meeting_url")


def referred_to(session: Session, person_id: int) -> bool:
    """Whether a contact attempt, an appointment or a message speaks of somebody."""
    spoken = (sa.exists().where(table.person_id == person_id) for table in (ContactAttempt, Appointment, Message))
    return bool(session.scalar(sa.select(sa.or_(*spoken))))


def as_they_are(person: Person) -> dict[str, str]:
    """A person as their form shows them."""
    return {name: getattr(person, name) or "" for name in TYPED}
