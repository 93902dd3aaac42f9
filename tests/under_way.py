"""A small recension under way: something for every page and every route to be about."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from survey.accounts import links
from survey.accounts.models import Language, Purpose
from survey.db import now
from survey.fieldwork import appointments, attempts, cases, deciding, message_texts, messages, referrals, uploads
from survey.fieldwork.appointments import Agreed
from survey.fieldwork.attempts import Attempt
from survey.fieldwork.contact_models import Appointment, Message
from survey.fieldwork.messages import Draft
from survey.fieldwork.models import Case, Person
from survey.fieldwork.referrals import Named
from survey.instrument.codes import AttemptResult, Channel, Disposition, MessageKind, Mode, Region
from survey.interview import call_backs, conduct, parking
from survey.interview.call_backs import Plan
from survey.manual.views import PAGES
from survey.release import freezing

BAD_LINES = "name,region_code\nMaison d’essai,06\nMaison D'ESSAI,06\nCentre,99\n,03\n"
STUDY = "organisme,quand,date,moyen,résultat,issue\n"
STUDY += "Maison de l’essai,hier,2021-03-12,tél,message,refus\nCentre d’essai,,,,,refus\n"

Arguments = dict[str, list[dict[str, Any]]]


def met_and_written_to(session: Session, case: Case, person: Person, user_id: int) -> tuple[Appointment, Message]:
    """An appointment with somebody and its confirmation, ready to be sent."""
    at = dt.datetime(2027, 3, 2, 15, tzinfo=dt.UTC)
    agreed = Agreed(at, 60, Mode.ZOOM, Language.FRENCH, "https://exemple.test/j/1", person.id, "Sonner deux fois")
    meeting = appointments.make(session, case, agreed, uuid.uuid4(), user_id, user_id)
    letter = message_texts.OURS[MessageKind.APPOINTMENT][Language.FRENCH]
    draft = Draft(MessageKind.APPOINTMENT, person, Language.FRENCH, letter, meeting)
    message = messages.prepare(session, case, draft, at, user_id)
    assert message
    return meeting, message


def under_way(app: Flask, session: Session, user_id: int) -> Arguments:
    """A small recension whose interviewer is `user_id`, and the arguments of the pages that show one thing."""
    new = [cases.NewOrganisation("Maison de l’essai", Region.R06), cases.NewOrganisation("Centre d’essai", Region.R03)]
    new += [cases.NewOrganisation(f"Organisme numéro {n}", disposition=d) for n, d in enumerate(Disposition)]
    case = session.get_one(Case, cases.open_cases(session, new, user_id)[0])
    cases.add_note(session, case, "Rappeler le matin.", user_id)
    person = Person(organisation_id=case.organisation_id, name="Personne fictive", phone="418 555-0100")
    person.email = "personne@exemple.test"
    session.add(person)
    session.flush()
    call = Attempt(Channel.PHONE, AttemptResult.MESSAGE, now(), person.id, None, "Boîte vocale de la direction")
    attempt = attempts.record(session, case, call, user_id)
    interview = conduct.start(session, case, Mode.PHONE, user_id)
    parking.park(session, interview.id, uuid.uuid4(), 1, "Un projet à classer", user_id)
    referrals.keep(session, case.id, uuid.uuid4(), 0, Named("Centre d’essai", "Personne nommée", phone="1"), user_id)
    named = uuid.uuid4()
    referrals.keep(session, case.id, named, 0, Named("Organisme nommé", "Personne nommée", phone="1"), user_id)
    deciding.accept(session, {named: 1}, deciding.Accepted("Organisme nommé", Region.R03), user_id)
    blocks = [conduct.add_block(session, interview.id, uuid.uuid4()) for _ in range(3)]
    call_backs.plan(session, blocks[0].id, Plan("Le budget", dt.date(2022, 3, 14)), Plan(), user_id)
    meeting, message = met_and_written_to(session, case, person, user_id)
    session.commit()
    release = freezing.create(session, user_id, "Première lecture")
    invitation = links.issue(session, Purpose.INVITATION, user_id)
    upload = uploads.keep(Path(app.instance_path) / "uploads", user_id, "liste.csv", BAD_LINES.encode())
    study = uploads.keep(Path(app.instance_path) / "uploads", user_id, "suivi.csv", STUDY.encode())
    one = {"organisation_id": case.organisation_id}
    block = {"interview_id": interview.id, "uid": blocks[0].uid}
    data = {"number": release.id, "unit": "initiative"}
    arguments: Arguments = {
        "fieldwork.organisation": [one],
        "fieldwork.edit": [one],
        "fieldwork.compare": [one, {**one, "q": "essai"}, {**one, "with": case.organisation_id + 1}],
        "fieldwork.add_person": [one],
        "fieldwork.edit_person": [{**one, "person_id": person.id}],
        "attempts.correct": [{**one, "attempt_id": attempt.id}],
        "queue.show": [{}, {"interviewer": user_id}],
        "fieldwork.preview_frame": [{"token": upload}],
        "fieldwork.confirm_frame": [{"token": upload}],
        "attempt_import.preview": [{"token": study}, {"token": upload}, {"token": study, "c0": "name", "c1": "name"}],
        "attempt_import.confirm": [{"token": study}],
        "fieldwork.organisations": [{}, {"q": "introuvable"}],
        "fieldwork.portfolio": [{}, {"whose": user_id}, {"whose": 0}],
        "fieldwork.left_out": [{}, {"q": "introuvable"}],
        "outcomes.show": [{}, {"wave": 1}],
        "outcomes.next_wave": [{}, {"chosen": 1, "keep": "completed"}],
        "agenda.make": [one],
        "agenda.appointment": [{"appointment_id": meeting.id}],
        "agenda.move": [{"appointment_id": meeting.id}],
        "agenda.week": [{}, {"day": "2027-03-02"}],
        "messages.write": [one],
        "messages.message": [{"message_id": message.id}],
        "messages.merge": [{"form": "xlsx"}],
        "messages.template": [{"kind": "reminder", "of": "fr"}],
        "interview.start": [{"case_id": case.id}],
        "interview.page": [{"interview_id": interview.id}],
        "interview.look_over": [{"interview_id": interview.id}],
        "history.of_interview": [{"interview_id": interview.id}],
        "history.of_field": [{"interview_id": interview.id, "item_name": "held_on"}],
        "dossier.show": [{"interview_id": interview.id}],
        "saving.block": [block],
        "rearranging.split": [block],
        "rearranging.merge": [block, {**block, "with": blocks[1].uid}],
        "rearranging.move": [block, {**block, "q": "Organisme"}],
        "unsent.words": [{"interview_id": interview.id}],
        "paper.filled": [{"interview_id": interview.id}],
        "manual.page": [{"page": page} for page in PAGES],
        "accounts.choose_password": [{"token": invitation}],
        "release.compare": [{"one": release.id, "other": release.id}],
        "codebook.show": [{"number": release.id}, {"number": release.id, "unit": "interview"}],
        "export.take": [{"number": release.id, "form": "csv"}, {"number": release.id, "tier": "identified"}],
        "export.far": [{"number": uuid.uuid4()}],
        "api.release": [{"number": release.id}],
        "api.dictionary": [data],
        "api.rows": [data],
        "api.export": [{**data, "form": "csv"}],
        "api.package": [{**data, "form": "csv"}],
    }
    session.commit()
    return arguments
