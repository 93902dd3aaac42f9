"""The persons to reach in an organisation, and the links that dial or write to them."""

from __future__ import annotations

import re
from urllib.parse import quote

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from survey import audit, receipts
from survey.accounts.models import Language
from survey.audit import Action
from survey.db import SAFE_METHODS, db, now
from survey.fieldwork import persons
from survey.fieldwork.addresses import number
from survey.fieldwork.forms import PersonForm
from survey.fieldwork.models import Person
from survey.fieldwork.views import CONFLICT, Answer, blueprint, conducted, here, status
from survey.instrument.codes import PersonRole

PERSONS = "/organisations/<int:organisation_id>/persons"


@blueprint.app_template_filter("tel")
def tel(phone: str) -> str | None:
    """The link that dials the first number in a text; None when there is none."""
    found = number(phone)
    return f"tel:{found}" if found else None


@blueprint.app_template_filter("mailto")
def mailto(email: str) -> str | None:
    return f"mailto:{quote(email, safe='@+')}" if email.count("@") == 1 else None


@blueprint.app_template_filter("web_link")
def web_link(url: str) -> str | None:
    return url if re.match("https?://", url, re.IGNORECASE) else None


@blueprint.route(f"{PERSONS}/new", methods=["GET", "POST"])
def add_person(organisation_id: int) -> Answer:
    organisation, form = conducted(organisation_id).organisation, PersonForm()
    if form.validate_on_submit():
        if receipts.first(db.session, form.identity):
            write(form, person := Person(organisation_id=organisation_id))
            db.session.add(person)
            note_change(Action.PERSON_ADD, organisation_id)
            db.session.commit()
        return here(organisation_id)
    return render_template("fieldwork/person.html", form=form, organisation=organisation, person=None), status(form)


@blueprint.route(f"{PERSONS}/<int:person_id>", methods=["GET", "POST"])
def edit_person(organisation_id: int, person_id: int) -> Answer:
    organisation, person = conducted(organisation_id).organisation, person_of(organisation_id, person_id)
    form = PersonForm.of(persons.as_they_are(person))
    if (valid := form.validate_on_submit()) and not form.overtaken(persons.as_they_are(person)):
        write(form, person)
        note_change(Action.PERSON_EDIT, organisation_id)
        db.session.commit()
        return here(organisation_id)
    kept = persons.referred_to(db.session, person_id)
    shown = {"form": form, "organisation": organisation, "person": person, "kept": kept}
    return render_template("fieldwork/person.html", **shown), CONFLICT if valid else status(form)


@blueprint.post(f"{PERSONS}/<int:person_id>/remove")
def remove_person(organisation_id: int, person_id: int) -> Response:
    conducted(organisation_id)
    person = person_of(organisation_id, person_id)
    if persons.referred_to(db.session, person_id):
        flash(gettext("L’historique parle de cette personne : dites plutôt qu’elle a quitté l’organisation."), "warn")
        return redirect(url_for(".edit_person", organisation_id=organisation_id, person_id=person_id), 303)
    db.session.delete(person)
    note_change(Action.PERSON_REMOVE, organisation_id)
    db.session.commit()
    return here(organisation_id)


@blueprint.post(f"{PERSONS}/<int:person_id>/left")
def leave_person(organisation_id: int, person_id: int) -> Response:
    """Say that somebody left the organisation, or is there after all; what was said with them stays."""
    conducted(organisation_id)
    person = person_of(organisation_id, person_id)
    if (person.left_at is None) == ("back" not in request.form):
        person.left_at = None if person.left_at else now()
        note_change(Action.PERSON_EDIT, organisation_id)
    db.session.commit()
    return here(organisation_id)


def person_of(organisation_id: int, person_id: int) -> Person:
    """Somebody of this organisation, held when about to change; 404 when there is nobody, or not any more."""
    changing = request.method not in SAFE_METHODS
    person = db.session.get(Person, person_id, with_for_update=changing)
    return person if person and person.organisation_id == organisation_id else abort(404)


def write(form: PersonForm, person: Person) -> None:
    person.name = form.name.data or ""
    for field in (form.function, form.phone, form.other_phone, form.email, form.other_email, form.meeting_url):
        setattr(person, field.name, field.data or None)
    person.role = PersonRole.of(form.role.data) if form.role.data else None
    person.language = Language(form.language.data) if form.language.data else None


def note_change(action: Action, organisation_id: int) -> None:
    """That somebody changed whom to reach, without a word of who that is."""
    audit.record(db.session, action, user_id=current_user.id, about=("organisation", organisation_id))
