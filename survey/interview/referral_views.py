"""The rows of Q.14: whom the respondent named, beside the two fields of the paper."""

from __future__ import annotations

import uuid
from dataclasses import asdict, fields
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from survey.db import db
from survey.fieldwork import referrals
from survey.fieldwork.models import Referral
from survey.fieldwork.referrals import Named, NoReferral
from survey.interview import loading
from survey.interview.views import comes_first
from survey.text import line, normalise
from survey.versions import Changed
from survey.web import an_id, meanwhile, wants_json

blueprint = Blueprint("referrals", __name__, url_prefix="/interviews")

Answered = Response | tuple[str | dict[str, Any], int]


@blueprint.post("/<int:interview_id>/referrals")
def keep(interview_id: int) -> Answered:
    """Add one (version 0) or correct one. 422 when nothing is said, 409 with what a colleague wrote meanwhile."""
    case_id = loading.open_interview(interview_id).case_id
    identifier, version = uuid.UUID(an_id(request.form.get("id"))), request.form.get("version", 0, type=int)
    named = sent()
    if not version and named.nothing:
        return again(interview_id, identifier, named, _("Écrivez au moins un nom."), version=version), 422
    try:
        if comes_first():
            row = referrals.keep(db.session, case_id, identifier, version, named, current_user.id)
        else:
            row = referrals.find(db.session, case_id, identifier)
    except NoReferral:
        abort(404)
    except Changed as changed:
        row = changed.row
        return again(interview_id, identifier, named, who_wrote(row), **stands(row, named)), 409
    found = stands(row, named)
    db.session.commit()
    return (found, 200) if wants_json() else back(interview_id)


@blueprint.post("/<int:interview_id>/referrals/<uuid:identifier>/<any(remove, restore):act>")
def act(interview_id: int, identifier: uuid.UUID, act: str) -> Answered:
    case_id = loading.open_interview(interview_id).case_id
    try:
        row = referrals.find(db.session, case_id, identifier)
    except NoReferral:
        abort(404)
    if comes_first():
        (referrals.remove if act == "remove" else referrals.restore)(db.session, row, current_user.id)
    db.session.commit()
    return ({}, 200) if wants_json() else back(interview_id)


def sent() -> Named:
    """What the form says: a note may have several lines."""
    said = {field.name: request.form.get(field.name, "") for field in fields(Named)}
    note = normalise(said.pop("note")).strip()
    return Named(note=note or None, **{name: line(text) or None for name, text in said.items()})


def stands(row: Referral, named: Named) -> dict[str, Any]:
    """For the page's script: the version of a row, and what it says when that is not what was sent."""
    there = Named.of(row)
    return {"version": row.version} | ({} if there == named else {"stands": asdict(there)})


def who_wrote(row: Referral) -> str:
    return meanwhile(row.changed_by, row.changer.name, row.changed_at, *asdict(Named.of(row)).values())


def again(interview_id: int, identifier: uuid.UUID, named: Named, problem: str, **found: Any) -> str | dict[str, Any]:
    """What was typed, shown again with what is wrong with it. The form that was refused may come again."""
    db.session.rollback()
    if wants_json():
        return {"error": problem, **found}
    return render_template(
        "interview/referral.html",
        interview_id=interview_id,
        organisation=loading.seen(interview_id).case.organisation,
        id=identifier,
        version=found["version"],
        named=named,
        problem=problem,
        stands=found.get("stands"),
    )


def back(interview_id: int) -> Response:
    return redirect(url_for("interview.page", interview_id=interview_id, _anchor="referrals"), 303)
