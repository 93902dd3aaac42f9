"""A small recension, built with the models, for the tests of what leaves."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy.orm import Session

from survey.accounts.models import Role, User
from survey.fieldwork import referrals, waves
from survey.fieldwork.contact_models import ContactAttempt
from survey.fieldwork.models import Case, CaseEvent, EventKind, Organisation, Person
from survey.fieldwork.referrals import Named
from survey.instrument.codes import (
    AttemptResult,
    Audience,
    Channel,
    ConsentPurpose,
    Disposition,
    Funding,
    MissingReason,
    Mode,
    Region,
    RiskLevel,
    Sex,
    Status,
    YesNo,
)
from survey.interview.course_models import ActiveTime, Respondent, Sitting
from survey.interview.models import Consent, Edit, Initiative, Interview, Nonresponse, Note, Part
from survey.text import fold

AT = dt.datetime(2026, 3, 2, 14, 30, 5, tzinfo=dt.UTC)

LONG = ("Œuvre « à l’écoute » des élèves 😀 ; ligne\n" * 1000)[:39_999] + "F"
HOSTILE = "=1+1"
MIXED = 'Un texte « guillemets », des emoji 👩🏽‍🏫, œ, æ, ß, 漢字, "anglais"; tab\tet\nligne – fin…'

#: What must never leave, wherever it was typed.
CANARIES = {
    "interviewer": "Canari Intervieweuse",
    "e-mail": "canari@exemple.test",
    "respondent": "Canari Répondante",
    "contacts": "Canari Ressource 418 555-0100",
    "person": "Canari Personne",
    "phone": "418 555-0199",
    "note": "canari-note-interne",
    "case note": "canari-note-dossier",
    "attempt": "canari-note-appel",
    "removed": "canari-bloc-retiré",
    "declined": "canari-sans-consentement",
    "off route": "canari-hors-parcours",
    "further respondent": "Canari Deuxième",
    "history": "canari-historique",
    "person named": "Canari Référence",
    "referral note": "canari-note-référence",
}


def interviewer(session: Session) -> User:
    user = User(email=CANARIES["e-mail"], name=CANARIES["interviewer"], role=Role.INTERVIEWER, created_at=AT)
    session.add(user)
    session.flush()
    return user


def case(session: Session, name: str, disposition: Disposition, region: Region | None = Region.R03) -> Case:
    organisation = Organisation(
        name=name, folded_name=fold(name), region_code=region, created_at=AT, note=CANARIES["case note"]
    )
    made = Case(organisation=organisation, wave=waves.begin(session), disposition=disposition)
    session.add(made)
    session.flush()
    return made


def interview(session: Session, of: Case, by: User, **answers: Any) -> Interview:
    made = Interview(
        case=of, interviewer=by, instrument_version="2022", mode=Mode.ZOOM, opened_at=AT, completed_at=AT, **answers
    )
    session.add(made)
    session.flush()
    return made


def initiative(session: Session, of: Interview, position: int, **answers: Any) -> Initiative:
    made = Initiative(uid=uuid.uuid4(), interview_id=of.id, position=position, **answers)
    session.add(made)
    session.flush()
    return made


def consent(session: Session, of: Interview, by: User, purpose: ConsentPurpose, given: YesNo) -> None:
    said = {"purpose": purpose, "given": given, "script_version": "1"}
    session.add(Consent(interview_id=of.id, recorded_at=AT, recorded_by=by.id, **said))


def build(session: Session) -> None:
    """Three organisations: one with two initiatives, one with none, one that was not reached; and the canaries."""
    by = interviewer(session)
    first = case(session, "Organisme fictif « L’Élan » – Œuvre", Disposition.COMPLETED)
    session.add(Person(organisation=first.organisation, name=CANARIES["person"], phone=CANARIES["phone"]))
    session.add(CaseEvent(case=first, at=AT, kind=EventKind.NOTE, text=CANARIES["case note"]))
    for result in (AttemptResult.MESSAGE, AttemptResult.APPOINTMENT):
        session.add(
            ContactAttempt(case=first, at=AT, channel=Channel.PHONE, result=result, note=CANARIES["attempt"], user=by)
        )
    held = interview(
        session,
        first,
        by,
        respondent_name=CANARIES["respondent"],
        respondent_function="Coordonnatrice",
        held_on=dt.date(2026, 3, 2),
        has_initiatives=YesNo.YES,
        initiative_count=2,
        knows_others=YesNo.YES,
        others_named="La table de concertation",
        others_contacts=CANARIES["contacts"],
        needs=MIXED,
    )
    consent(session, held, by, ConsentPurpose.INTERVIEW, YesNo.YES)
    consent(session, held, by, ConsentPurpose.QUOTE, YesNo.NO)
    named = Named("Organisme fictif nommé", CANARIES["person named"], note=CANARIES["referral note"])
    referrals.keep(session, first.id, uuid.uuid4(), 0, named, by.id)
    in_course(session, held, full(session, held), by)
    bare(session, held)
    none = case(session, "Organisme fictif B", Disposition.COMPLETED_NONE, None)
    no = interview(session, none, by, has_initiatives=YesNo.NO, initiative_count=3, knows_others=YesNo.NO)
    no.others_named = CANARIES["off route"]
    no.completed_at = None
    initiative(session, no, 1, name=CANARIES["off route"])
    declined = interview(session, none, by, needs=CANARIES["declined"], has_initiatives=YesNo.YES)
    initiative(session, declined, 1, name=CANARIES["declined"])
    consent(session, declined, by, ConsentPurpose.INTERVIEW, YesNo.NO)
    case(session, "Organisme fictif C", Disposition.NO_REPLY, Region.R17)
    session.commit()


def full(session: Session, held: Interview) -> Initiative:
    made = initiative(
        session,
        held,
        2,
        name=HOSTILE,
        description=LONG,
        year_created=2019,
        status=Status.RUNNING,
        lead_organisation="- tiret, puis le texte",
        youth_age="12-17",
        parents_detail=CANARIES["off route"],
        objectives=MIXED,
    )
    made.funding = {Funding.FUNDED, Funding.SEEKING}
    made.audience = {Audience.YOUTH}
    made.youth_sex = {Sex.ALL}
    made.youth_risk = {RiskLevel.AT_RISK}
    session.add(Note(interview_id=held.id, initiative_id=made.id, item="name", text=CANARIES["note"]))
    return made


def in_course(session: Session, held: Interview, block: Initiative, by: User) -> None:
    """How that interview went: a sitting, a second respondent, three saves, and the time of a section and a block."""
    sitting = Sitting(interview_id=held.id, number=1, interviewer=by, began_at=AT, ended_at=AT, mode=Mode.ZOOM)
    of_interview = {"interview_id": held.id, "uid": uuid.uuid4(), "part": "others", "version": 1}
    name = CANARIES["further respondent"]
    session.add_all(
        [sitting, Respondent(**of_interview, name=name, function=name, at=AT, changed_at=AT, changed_by=by.id)]
    )
    session.flush()
    saved = [(None, "needs", Part.ANSWER, 1), (None, "needs", Part.ANSWER, 2), (block.id, "name", Part.NOTE, 1)]
    for n, (block_id, item, part, version) in enumerate(saved):
        session.add(
            Edit(
                id=uuid.uuid4(),
                interview_id=held.id,
                initiative_id=block_id,
                item=item,
                part=part,
                version=version,
                value=CANARIES["history"],
                user_id=by.id,
                at=AT + dt.timedelta(minutes=n),
            )
        )
    for part, block_id, seconds in (("general", None, 95), (str(block.uid), block.id, 610)):
        of_part = {"visit": uuid.uuid4(), "part": part, "initiative_id": block_id, "seconds": seconds}
        session.add(ActiveTime(**of_part, interview_id=held.id, sitting_id=sitting.id))
    session.flush()


def bare(session: Session, held: Interview) -> None:
    """A block before the other on the page, all of it without an answer; and one that was removed."""
    made = initiative(session, held, 1, name="Deuxième")
    for item, reason in (
        ("status", MissingReason.REFUSED),
        ("year_created", MissingReason.DONT_KNOW),
        ("description", MissingReason.NOT_APPLICABLE),
        ("audience", MissingReason.REFUSED),
    ):
        session.add(Nonresponse(interview_id=held.id, initiative_id=made.id, item=item, reason=reason))
    made.youth_sex = {Sex.MALE}
    initiative(session, held, 3, name=CANARIES["removed"], removed_at=AT)
