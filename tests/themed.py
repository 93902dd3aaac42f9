"""A small recension with themes, and marks by two coders on words that offsets lose easily."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.accounts.models import Role, User
from survey.coding import themes
from survey.coding.models import Theme
from survey.coding.themes import Place
from survey.instrument.codes import OrganisationType, YesNo
from survey.interview.models import Initiative, Interview
from survey.text import normalise
from tests import recension
from tests.recension import AT

#: Astral characters, joined emoji, a flag, marks without a letter of their own, both ways to write é, tabs, CRLF.
HARD = (
    "Les 👩🏽‍🏫 manquent 😀 ;\r\nles de\u0301lais e\u0301puisent l’équipe.\r\n\r\n"
    "Q\u0303uoi ? 🇨🇦 « Rien » \t— 漢字 &amp; <b>\rfin 🤷‍♀️"
)
NEEDS = "De l’argent 💰.\nDu temps, et encore du temps."
INNOVATIVE = "La pair-aidance 🤝 d’abord ; ensuite, la pair-aidance."
CODERS = ("Canari Codeuse", "Canari Codeur")


@dataclass(frozen=True)
class Made:
    """What a coder marked: the words, with a number of its own."""

    number: uuid.UUID
    item: str
    words: str
    theme: int
    coder: int


def theme(session: Session, name: str, under: Theme | None = None, **more: object) -> Theme:
    """A theme in the tree."""
    made = Theme(name=name, parent_id=under.id if under else None, created_at=AT, **more)
    session.add(made)
    session.flush()
    return made


def coder(session: Session, name: str) -> User:
    """Somebody who codes."""
    email = f"{name.replace(' ', '.').lower()}@exemple.test"
    made = User(email=email, name=name, role=Role.CODER, created_at=AT)
    session.add(made)
    session.flush()
    return made


def build(session: Session) -> list[Made]:
    """What `recension` builds, and what two coders marked in it. The marks, in no order that matters."""
    recension.build(session)
    first = session.scalars(sa.select(Interview).where(Interview.needs == recension.MIXED)).one()
    other = session.scalars(sa.select(Interview).where(Interview.completed_at.is_(None))).one()
    first.concerns, other.concerns, other.needs = HARD, "Aucun.", NEEDS
    first.case.organisation.kind = OrganisationType.COMMUNITY
    block = session.scalars(sa.select(Initiative).where(Initiative.name == recension.HOSTILE)).one()
    block.innovative_aspects = INNOVATIVE
    assert other.knows_others is YesNo.NO
    staff = theme(session, "Ressources & « moyens »", definition="Tout ce qui manque.\nSauf le temps.")
    people, money = theme(session, "Personnel", staff, name_en="Staff"), theme(session, "Autre", staff)
    time = theme(session, "Temps <long>", retired_at=None)
    theme(session, "Autre", time, definition="Jamais employé")
    one, two = (coder(session, name) for name in CODERS)
    on = (
        Place(first.id, None, "concerns"),
        Place(other.id, None, "needs"),
        Place(first.id, block.id, "innovative_aspects"),
    )
    return [
        put(session, on[0], people, one, HARD, "👩🏽‍🏫 manquent 😀"),
        put(session, on[0], people, two, HARD, "manquent 😀 ;\nles délais"),
        put(session, on[0], time, one, HARD, "délais épuisent"),
        put(session, on[0], money, one, HARD, "Q\u0303uoi ? 🇨🇦 « Rien » \t— 漢字 &amp; <b>\nfin 🤷‍♀️"),
        put(session, on[0], staff, two, HARD, None),
        put(session, on[1], money, two, NEEDS, "argent 💰"),
        put(session, on[1], time, two, NEEDS, "temps.", from_the_end=True),
        put(session, on[2], staff, one, INNOVATIVE, "pair-aidance", from_the_end=True),
    ]


def put(
    session: Session, on: Place, of: Theme, by: User, answer: str, words: str | None, *, from_the_end: bool = False
) -> Made:
    """Mark these words, the whole answer for None."""
    text, number = normalise(answer), uuid.uuid4()
    passage = None
    if words is not None:
        words = normalise(words)
        start = text.rindex(words) if from_the_end else text.index(words)
        passage = range(start, start + len(words))
    themes.mark(session, number, of.id, by.id, on, passage)
    return Made(number, on.item, words or text, of.id, by.id)
