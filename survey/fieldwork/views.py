"""The list of organisations, the page of each, and what is recorded there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from survey import audit, web
from survey.accounts.models import User
from survey.accounts.permissions import COORDINATION
from survey.db import db
from survey.fieldwork import cases, listing
from survey.fieldwork.cases import WAVE, NewOrganisation
from survey.fieldwork.forms import AssignmentForm, NoteForm, OrganisationForm, OutcomeForm, PersonForm
from survey.fieldwork.listing import Filters
from survey.fieldwork.models import Case, CaseEvent, EventKind, Organisation, Person
from survey.instrument.codes import AAPOR, Disposition, Mode, Region
from survey.text import fold

blueprint = Blueprint("fieldwork", __name__)

UNPROCESSABLE = 422
#: The largest identifier that both databases can compare.
LAST_ID = 2**31 - 1
ID = f"<int(max={LAST_ID}):organisation_id>"
PERSON_ID = f"<int(max={LAST_ID}):person_id>"

Answer = str | Response | tuple[str, int]


@blueprint.app_template_filter("tel")
def tel(phone: str) -> str | None:
    """The link that dials a number; None when there is none in the text."""
    digits = "".join(c for c in phone.split("poste")[0] if c in "+0123456789")
    return f"tel:{digits}" if digits.strip("+") else None


@blueprint.app_template_filter("mailto")
def mailto(email: str) -> str | None:
    return f"mailto:{quote(email, safe='@+')}" if email.count("@") == 1 else None


@blueprint.get("/organisations")
def organisations() -> str:
    filters = asked()
    kept = {name: value for name, value in request.args.items() if name not in ("after", "before", "lang") and value}
    return render_template(
        "fieldwork/organisations.html",
        page=listing.page(db.session, filters, identifier("after"), identifier("before")),
        counts=listing.counts(db.session, filters),
        filters=filters,
        kept=kept,
        holders=listing.holders(db.session),
        interviewers=listing.interviewers(db.session) if coordinates() else [],
        Disposition=Disposition,
    )


def asked() -> Filters:
    """The filters of the address; what they do not know filters nothing."""
    given = request.args
    region = {"none": ""}.get(given.get("region", ""), given.get("region", ""))
    outcome = given.get("outcome", "")
    interviewer = {"none": 0, "me": current_user.id}.get(given.get("interviewer", ""), identifier("interviewer"))
    return Filters(
        search=given.get("q", "")[: listing.SEARCH_LENGTH],
        region=region if region in set(Region) or given.get("region") == "none" else None,
        outcome=Disposition(outcome) if outcome in set(Disposition) else None,  # type: ignore[call-arg]
        interviewer=interviewer,
    )


def identifier(name: str) -> int | None:
    value = request.args.get(name, type=int)
    return value if value is not None and 0 <= value <= LAST_ID else None


def coordinates() -> bool:
    return current_user.role in COORDINATION


@blueprint.post("/organisations/assign")
def assign_many() -> Response:
    """Give the ticked organisations to one person."""
    form = AssignmentForm(listing.interviewers(db.session))
    ticked = [n for n in request.form.getlist("case", type=int) if 0 < n <= LAST_ID]
    back = redirect(web.local_path(request.form.get("next")) or url_for(".organisations"), 303)
    if not ticked or not form.validate_on_submit():
        flash(gettext("Cochez des organisations et choisissez à qui les confier."), "warn")
        return back
    n = cases.assign_all(db.session, ticked, chosen(form), current_user.id)
    flash(ngettext("%(num)d organisation change de mains.", "%(num)d organisations changent de mains.", n), "good")
    db.session.commit()
    return back


def chosen(form: AssignmentForm) -> int | None:
    return int(form.interviewer.data) if form.interviewer.data else None


@blueprint.route("/organisations/new", methods=["GET", "POST"])
def add() -> Answer:
    form = OrganisationForm()
    if form.validate_on_submit() and differs(form):
        (organisation_id,) = cases.open_cases(db.session, [described(form)], current_user.id)
        about = ("organisation", organisation_id)
        audit.record(db.session, "organisation.add", user_id=current_user.id, about=about)
        db.session.commit()
        return redirect(url_for(".organisation", organisation_id=organisation_id), 303)
    return render_template("fieldwork/edit.html", form=form, organisation=None), status(form)


@blueprint.route(f"/organisations/{ID}/edit", methods=["GET", "POST"])
def edit(organisation_id: int) -> Answer:
    organisation = fetch(organisation_id).organisation
    given = {"name": organisation.name, "region": organisation.region_code or "", "note": organisation.note}
    form = OrganisationForm(data=given)
    if form.validate_on_submit() and differs(form, organisation_id):
        new = described(form)
        cases.set_region(db.session, organisation, new.region, current_user.id)
        organisation.name, organisation.folded_name, organisation.note = new.name, fold(new.name), new.note
        audit.record(db.session, "organisation.edit", user_id=current_user.id, about=("organisation", organisation_id))
        db.session.commit()
        return here(organisation_id)
    return render_template("fieldwork/edit.html", form=form, organisation=organisation), status(form)


def differs(form: OrganisationForm, organisation_id: int = 0) -> bool:
    """Whether no other organisation has this name; says so at the field when one has."""
    folded = fold(form.name.data or "")
    if db.session.scalar(sa.select(Organisation.id).where(Organisation.folded_name == folded)) in (
        None,
        organisation_id,
    ):
        return True
    form.name.errors = [gettext("Une organisation de la liste porte déjà ce nom.")]
    return False


def described(form: OrganisationForm) -> NewOrganisation:
    region = next((r for r in Region if r.value == form.region.data), None)
    return NewOrganisation(form.name.data or "", region, note=form.note.data or None)


def status(form: Any) -> int:
    return UNPROCESSABLE if form.errors else 200


@blueprint.get(f"/organisations/{ID}")
def organisation(organisation_id: int) -> str:
    return show(fetch(organisation_id))


def fetch(organisation_id: int) -> Case:
    """The case of an organisation, with the organisation; 404 when there is none."""
    case = db.session.scalar(
        sa.select(Case)
        .where(Case.organisation_id == organisation_id, Case.wave == WAVE)
        .options(joinedload(Case.organisation), joinedload(Case.interviewer))
    )
    return case or abort(404)


def conducted(organisation_id: int) -> Case:
    """The same, when the user may record what happens to it; 403 otherwise."""
    case = fetch(organisation_id)
    if not cases.conducts(current_user.role, current_user.id, case):
        abort(403)
    return case


def show(case: Case, outcome: OutcomeForm | None = None, note: NoteForm | None = None) -> str:
    """The page of an organisation, with forms as they were sent when something in them is to be corrected."""
    history = db.session.scalars(
        sa.select(CaseEvent)
        .where(CaseEvent.case_id == case.id)
        .order_by(CaseEvent.id.desc())
        .options(joinedload(CaseEvent.user))
    ).all()
    wrong = next((form for form in (outcome, note) if form and form.errors), None)
    return render_template(
        "fieldwork/organisation.html",
        case=case,
        organisation=case.organisation,
        aapor=AAPOR[case.disposition],
        history=history,
        labels={disposition.value: disposition for disposition in Disposition},
        interviews=list(dict.fromkeys(e.code for e in history if e.kind is EventKind.INTERVIEW_OPENED)),
        names=names(history),
        conducts=cases.conducts(current_user.role, current_user.id, case),
        form=wrong,
        outcome_form=outcome or OutcomeForm(formdata=None, data={"disposition": case.disposition}),
        note_form=note or NoteForm(formdata=None),
        assignment_form=assignment(case) if coordinates() else None,
        modes=list(Mode),
    )


def names(history: Sequence[CaseEvent]) -> dict[str, str]:
    """The names of those to whom the case was given."""
    given = {int(event.code) for event in history if event.kind is EventKind.ASSIGNED and event.code}
    rows = db.session.execute(sa.select(User.id, User.name).where(User.id.in_(given))) if given else ()
    return {str(identifier): name for identifier, name in rows}


def assignment(case: Case, **given: Any) -> AssignmentForm:
    """The form that gives a case to somebody; whoever has it stays in the list, even gone."""
    people = list(listing.holders(db.session))
    allowed = {row.id for row in listing.interviewers(db.session)} | {case.interviewer_id}
    data = {"interviewer": str(case.interviewer_id or "")}
    return AssignmentForm([row for row in people if row.id in allowed], data=data, **given)


def here(organisation_id: int) -> Response:
    return redirect(url_for(".organisation", organisation_id=organisation_id), 303)


@blueprint.post(f"/organisations/{ID}/outcome")
def outcome(organisation_id: int) -> Answer:
    case, form = conducted(organisation_id), OutcomeForm()
    if not form.validate_on_submit():
        return show(case, outcome=form), UNPROCESSABLE
    cases.set_outcome(db.session, case, Disposition(form.disposition.data), current_user.id)  # type: ignore[call-arg]
    db.session.commit()
    return here(organisation_id)


@blueprint.post(f"/organisations/{ID}/notes")
def note(organisation_id: int) -> Answer:
    case, form = conducted(organisation_id), NoteForm()
    if not form.validate_on_submit():
        return show(case, note=form), UNPROCESSABLE
    cases.add_note(db.session, case, form.text.data or "", current_user.id)
    db.session.commit()
    return here(organisation_id)


@blueprint.post(f"/organisations/{ID}/assign")
def assign(organisation_id: int) -> Answer:
    case = fetch(organisation_id)
    form = assignment(case)
    if not form.validate_on_submit():
        abort(400)
    cases.assign(db.session, case, chosen(form), current_user.id)
    db.session.commit()
    return here(organisation_id)


@blueprint.route(f"/organisations/{ID}/persons/new", methods=["GET", "POST"])
def add_person(organisation_id: int) -> Answer:
    organisation, form = conducted(organisation_id).organisation, PersonForm()
    if form.validate_on_submit():
        write(form, person := Person(organisation_id=organisation_id))
        db.session.add(person)
        note_change("person.add", organisation_id)
        db.session.commit()
        return here(organisation_id)
    return render_template("fieldwork/person.html", form=form, organisation=organisation, person=None), status(form)


@blueprint.route(f"/organisations/{ID}/persons/{PERSON_ID}", methods=["GET", "POST"])
def edit_person(organisation_id: int, person_id: int) -> Answer:
    organisation, person = conducted(organisation_id).organisation, person_of(organisation_id, person_id)
    form = PersonForm(obj=person)
    if form.validate_on_submit():
        write(form, person)
        note_change("person.edit", organisation_id)
        db.session.commit()
        return here(organisation_id)
    return render_template("fieldwork/person.html", form=form, organisation=organisation, person=person), status(form)


@blueprint.post(f"/organisations/{ID}/persons/{PERSON_ID}/remove")
def remove_person(organisation_id: int, person_id: int) -> Response:
    conducted(organisation_id)
    db.session.delete(person_of(organisation_id, person_id))
    note_change("person.remove", organisation_id)
    db.session.commit()
    return here(organisation_id)


def person_of(organisation_id: int, person_id: int) -> Person:
    person = db.session.get(Person, person_id)
    return person if person and person.organisation_id == organisation_id else abort(404)


def write(form: PersonForm, person: Person) -> None:
    person.name = form.name.data or ""
    for field in (form.function, form.phone, form.email):
        setattr(person, field.name, field.data or None)


def note_change(action: str, organisation_id: int) -> None:
    """That somebody changed whom to reach, without a word of who that is."""
    audit.record(db.session, action, user_id=current_user.id, about=("organisation", organisation_id))
