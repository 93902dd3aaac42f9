"""The demonstration itself: accounts, the organisations of Annexe A, and an interview for each that describes a sheet.

Facts are those of the report (`published.py`, `coded.py`). Interviews were not published: their respondents are
fictitious, and so are their dates; an internal note says so in each. Nobody is said to have been interviewed in an
organisation without a sheet; it keeps its outcome, and a note in its case.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from survey import audit
from survey.accounts import passwords, users
from survey.accounts.models import Language, Role, User
from survey.demo import coded, published
from survey.demo.coded import Said
from survey.demo.published import Sheet
from survey.fieldwork import cases, frame
from survey.fieldwork.models import Case, Organisation
from survey.instrument.codes import ConsentPurpose, Disposition, Mode, YesNo
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview import conduct, saving
from survey.interview.models import Interview, Part
from survey.interview.saving import Change, Place
from survey.release import freezing

#: Known to everybody: it opens the accounts of a demonstration, and nothing else.
PASSPHRASE = "cent-cinquante-deux fiches"  # noqa: S105

FICTITIOUS = "Personne fictive (démonstration)"
RELEASE_NOTE = "Démonstration"

ACCOUNTS = {
    Role.INTERVIEWER: ("intervieweuse@exemple.test", "Intervieweuse (démonstration)"),
    Role.COORDINATOR: ("coordonnatrice@exemple.test", "Coordonnatrice (démonstration)"),
    Role.CODER: ("codeuse@exemple.test", "Codeuse (démonstration)"),
    Role.ANALYST: ("analyste@exemple.test", "Analyste (démonstration)"),
    Role.ADMINISTRATOR: ("administratrice@exemple.test", "Administratrice (démonstration)"),
    Role.COMMITTEE: ("comite@exemple.test", "Membre du comité (démonstration)"),
}

OPENING = (
    Said("respondent_name", FICTITIOUS, note="Démonstration : cette personne n’existe pas."),
    Said("respondent_function", "Fonction fictive (démonstration)"),
    Said("held_on", note="Démonstration : date fictive; celle des entrevues n’a pas été publiée."),
    Said("has_initiatives", YesNo.YES),
)
WITHOUT_SHEET = "Démonstration : organisation sondée sans fiche publiée; aucune entrevue n’est inventée pour elle."

ITEMS = {item.name: item for _section, item in QUESTIONNAIRE.items()}


class NotEmptyError(Exception):
    """The database holds something already; nothing was written."""


@dataclass(frozen=True)
class Built:
    """How much was built, and the number of the release."""

    organisations: int
    interviews: int
    initiatives: int
    release: int


def is_built(session: Session) -> bool:
    """Whether this database holds the whole demonstration."""
    return bool(session.scalar(sa.select(sa.exists().where(audit.AuditEntry.action == audit.Action.DEMO_BUILD))))


def build(session: Session) -> Built:
    """Fill an empty database and freeze a release of it; commits. Raises NotEmptyError."""
    if not users.nobody_yet(session) or session.scalar(sa.select(sa.exists().select_from(Organisation))):
        raise NotEmptyError
    people = hire(session)
    plan = frame.understand(session, published.ANNEXE_A.read_bytes(), published.ANNEXE_A.name)
    organisations = frame.carry_out(session, plan, people[Role.COORDINATOR].id).organisations
    interviews, initiatives = hold_interviews(session, people[Role.INTERVIEWER].id)
    session.commit()  # a release freezes what is committed
    release = freezing.create(session, people[Role.ANALYST].id, RELEASE_NOTE)
    built = Built(organisations, interviews, initiatives, release.id)
    audit.record(session, audit.Action.DEMO_BUILD, detail=f"{organisations} organisations, {initiatives} initiatives")
    session.commit()
    return built


def hire(session: Session) -> dict[Role, User]:
    """One person for each role."""
    people = {}
    for role, (email, name) in ACCOUNTS.items():
        people[role] = users.add(session, email, name, role, Language.FRENCH)
        users.set_password(session, people[role], passwords.make_hash(PASSPHRASE))
    return people


def hold_interviews(session: Session, interviewer_id: int) -> tuple[int, int]:
    """One interview for each organisation that describes sheets; returns how many, and with how many blocks."""
    described: dict[str, list[Sheet]] = defaultdict(list)
    for sheet in published.sheets():
        described[published.described_by(sheet)].append(sheet)
    surveyed = session.scalars(
        sa.select(Case)
        .where(Case.disposition == Disposition.COMPLETED)
        .options(joinedload(Case.organisation))
        .order_by(Case.id)
    ).all()
    for case in surveyed:
        if sheets := described.get(case.organisation.name):
            hold(session, case, sheets, interviewer_id)
        else:
            cases.add_note(session, case, WITHOUT_SHEET, None)
    return len(described), sum(map(len, described.values()))


def hold(session: Session, case: Case, sheets: Sequence[Sheet], interviewer_id: int) -> Interview:
    """An interview from consent to completion, with a block for each sheet."""
    interview = conduct.start(session, case, Mode.PHONE, interviewer_id)
    conduct.consent(session, interview, {ConsentPurpose.INTERVIEW: YesNo.YES}, interviewer_id)
    fill(session, Place(interview.id), OPENING, interviewer_id)
    for sheet in sheets:
        block = conduct.add_block(session, interview.id, uuid.uuid4())
        fill(session, Place(interview.id, block.uid), coded.said(sheet, case.organisation.region_code), interviewer_id)
    session.refresh(interview)
    conduct.complete(session, interview, interviewer_id)
    return interview


def fill(session: Session, place: Place, fields: Iterable[Said], user_id: int) -> None:
    """Save fields that were not saved before, each with its note."""
    connection = session.connection()
    for said in fields:
        item = ITEMS[said.item]
        if said.answer or said.reason:
            answer = Change(uuid.uuid4(), item, Part.ANSWER, 0, said.answer, said.reason)
            saving.save(connection, place, answer, user_id)
        if said.note:
            saving.save(connection, place, Change(uuid.uuid4(), item, Part.NOTE, 0, said.note), user_id)
