"""A small recension under way: something for every page and every route to be about."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from survey.accounts import links
from survey.accounts.models import Purpose
from survey.db import now
from survey.fieldwork import attempts, cases, deciding, referrals, uploads
from survey.fieldwork.attempts import Attempt
from survey.fieldwork.models import Case, Person
from survey.fieldwork.referrals import Named
from survey.instrument.codes import AttemptResult, Channel, Disposition, Mode, Region
from survey.interview import call_backs, conduct, parking
from survey.interview.call_backs import Plan
from survey.manual.views import PAGES
from survey.release import freezing

BAD_LINES = "name,region_code\nMaison d’essai,06\nMaison D'ESSAI,06\nCentre,99\n,03\n"

Arguments = dict[str, list[dict[str, Any]]]


def under_way(app: Flask, session: Session, user_id: int) -> Arguments:
    """A small recension whose interviewer is `user_id`, and the arguments of the pages that show one thing."""
    new = [cases.NewOrganisation("Maison de l’essai", Region.R06), cases.NewOrganisation("Centre d’essai", Region.R03)]
    new += [cases.NewOrganisation(f"Organisme numéro {n}", disposition=d) for n, d in enumerate(Disposition)]
    case = session.get_one(Case, cases.open_cases(session, new, user_id)[0])
    cases.add_note(session, case, "Rappeler le matin.", user_id)
    person = Person(organisation_id=case.organisation_id, name="Personne fictive", phone="418 555-0100")
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
    session.commit()
    release = freezing.create(session, user_id, "Première lecture")
    invitation = links.issue(session, Purpose.INVITATION, user_id)
    upload = uploads.keep(Path(app.instance_path) / "uploads", user_id, "liste.csv", BAD_LINES.encode())
    one = {"organisation_id": case.organisation_id}
    block = {"interview_id": interview.id, "uid": blocks[0].uid}
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
        "fieldwork.organisations": [{}, {"q": "introuvable"}],
        "fieldwork.left_out": [{}, {"q": "introuvable"}],
        "outcomes.show": [{}, {"wave": 1}],
        "outcomes.next_wave": [{}, {"chosen": 1, "keep": "completed"}],
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
        "release.download": [{"number": release.id, "unit": "initiative", "form": "csv"}],
    }
    session.commit()
    return arguments
