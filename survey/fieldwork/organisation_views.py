"""An organisation is added, once it is known to be no other, and changed."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user

from survey import audit, receipts
from survey.db import db
from survey.fieldwork import cases, matching, naming, organisations
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.forms import OrganisationForm
from survey.fieldwork.matching import Proposal
from survey.fieldwork.models import Organisation
from survey.fieldwork.organisations import Circle, Description
from survey.fieldwork.views import (
    CONFLICT,
    NAME_TAKEN,
    ORGANISATION,
    UNPROCESSABLE,
    Answer,
    blueprint,
    fetch,
    here,
    status,
)
from survey.text import fold


@blueprint.route("/organisations/new", methods=["GET", "POST"])
def add() -> Answer:
    form = OrganisationForm()
    if not form.validate_on_submit() or (said := described(form, None)) is None:
        return show(form), status(form)
    if "anyway" not in request.form and (alike := look_alikes(form)):
        return show(form, alike=alike), UNPROCESSABLE
    if not receipts.first(db.session, form.identity):
        return redirect(url_for(".organisations", q=said.name), 303)
    try:
        (organisation_id,) = cases.open_cases(db.session, [NewOrganisation(**vars(said))], current_user.id)
    except naming.Taken as error:
        taken(form, error)
        return show(form), UNPROCESSABLE
    about = ("organisation", organisation_id)
    audit.record(db.session, audit.Action.ORGANISATION_ADD, user_id=current_user.id, about=about)
    db.session.commit()
    return here(organisation_id)


@blueprint.route(f"{ORGANISATION}/edit", methods=["GET", "POST"])
def edit(organisation_id: int) -> Answer:
    organisation = fetch(organisation_id).organisation
    form = OrganisationForm.of(as_it_is(organisation))
    if form.validate_on_submit() and (said := described(form, organisation)):
        if form.overtaken(as_it_is(organisations.hold(db.session, organisation))):
            return show(form, organisation), CONFLICT
        try:
            organisations.change(db.session, organisation, said, current_user.id)
        except naming.Taken as error:
            taken(form, error)
        except Circle:
            db.session.rollback()
            form.parent.errors = [gettext("Cette organisation fait partie de celle que vous modifiez.")]
        else:
            db.session.commit()
            return here(organisation_id)
        organisation = fetch(organisation_id).organisation
    return show(form, organisation), status(form)


def show(form: OrganisationForm, organisation: Organisation | None = None, alike: list[Proposal] | None = None) -> str:
    return render_template("fieldwork/edit.html", form=form, organisation=organisation, alike=alike or [])


def as_it_is(organisation: Organisation) -> dict[str, object]:
    """An organisation as its form shows it."""
    return {
        "name": organisation.name,
        "acronym": organisation.acronym,
        "aliases": "\n".join(alias.name for alias in organisation.aliases),
        "kind": organisation.kind or "",
        "region": organisation.region_code or "",
        "further_regions": sorted(row.region_code for row in organisation.further_regions),
        "language": organisation.language or "",
        "time_zone": organisation.time_zone,
        "parent": organisation.parent.name if organisation.parent else "",
        "note": organisation.note,
    }


def described(form: OrganisationForm, organisation: Organisation | None) -> Description | None:
    """What the form says; None when it names a parent that is not in the list, and the field says so."""
    parent_id, typed = None, form.parent.data
    if typed:
        parent_id = naming.find(db.session, [fold(typed)]).get(fold(typed))
        if parent_id is None:
            form.parent.errors = [unknown(typed)]
            return None
        if organisation and parent_id == organisation.id:
            form.parent.errors = [gettext("Une organisation ne fait pas partie d’elle-même.")]
            return None
    return Description(**form.said, parent_id=parent_id)


def unknown(typed: str) -> str:
    """That no organisation has this name, and which ones have one like it."""
    alike = ", ".join(gettext("« %(name)s »", name=one.name) for one in matching.propose(db.session, typed, 3))
    if alike:
        return str(gettext("Aucune organisation de la liste ne porte ce nom. Est-ce %(names)s ?", names=alike))
    return str(gettext("Aucune organisation de la liste ne porte ce nom."))


def look_alikes(form: OrganisationForm) -> list[Proposal]:
    """The organisations that one to be added may be, by any of its names; a name that is taken is an error instead."""
    names = [form.name.data or "", *form.other_names]
    if naming.holders(db.session, map(fold, names)):
        return []
    best: dict[int, Proposal] = {}
    for name in filter(None, [*names, form.acronym.data or ""]):
        for one in matching.propose(db.session, name):
            best[one.organisation_id] = max(one, best.get(one.organisation_id, one))
    return sorted(best.values(), reverse=True)[: matching.SHOWN]


def taken(form: OrganisationForm, error: naming.Taken) -> None:
    """Others have the names: nothing of what was sent is kept, and each field says who."""
    db.session.rollback()
    ends = naming.kept(db.session, error.holders.values())
    for field, names in ((form.name, [form.name.data or ""]), (form.aliases, form.other_names)):
        for name in names:
            if holder := error.holders.get(fold(name)):
                its = db.session.get_one(Organisation, ends[holder]).name
                field.errors = [*field.errors, said_of(name, its)]


def said_of(name: str, its: str) -> str:
    if fold(name) == fold(its):
        return str(NAME_TAKEN)
    return str(gettext("« %(name)s » est déjà un nom de « %(its)s ».", name=name, its=its))
