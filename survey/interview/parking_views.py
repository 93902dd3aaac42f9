"""The box of what fits nowhere yet: typed at any moment of a call, put where it belongs by one click."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from survey.db import db
from survey.interview import loading, parking
from survey.interview.course_models import Parked, SettledAs
from survey.interview.saving import VERSIONS
from survey.interview.views import comes_first
from survey.text import normalise
from survey.web import an_id, wants_json

blueprint = Blueprint("parking", __name__, url_prefix="/interviews")

Answered = Response | tuple[dict[str, str], int]
ROW = "/<int:interview_id>/parked/<uuid:identifier>"


@blueprint.post("/<int:interview_id>/parked")
def park(interview_id: int) -> Answered:
    """Keep what is being typed. A page without a script that comes back with other words parks them beside."""
    loading.open_interview(interview_id)
    text = normalise(request.form.get("value", "")).strip()
    identifier, version = uuid.UUID(an_id(request.form.get("id"))), request.form.get("version", 1, type=int)
    if not 1 <= version <= VERSIONS:
        abort(400)
    if text:
        try:
            row = parking.park(db.session, interview_id, identifier, version, text, current_user.id)
            if not wants_json() and row.text != text:
                parking.park(db.session, interview_id, uuid.uuid4(), version, text, current_user.id)
        except parking.NotParked:
            abort(404)
        db.session.commit()
    elif wants_json():
        return {"error": _("Écrivez ce qui est à classer.")}, 422
    return told(interview_id)


@blueprint.post(f"{ROW}/settle")
def settle(interview_id: int, identifier: uuid.UUID) -> Answered:
    """Put the words where they belong; a new initiative asks for an interview that is open."""
    settled_as = request.form.get("as")
    if settled_as not in set(SettledAs):
        abort(400)
    interview = (loading.open_interview if settled_as == "initiative" else loading.interview)(interview_id)
    row = parked(interview_id, identifier)
    made = uuid.UUID(an_id(request.form.get("made")))
    if comes_first():
        try:
            parking.settle(db.session, interview, row, SettledAs(settled_as), made, current_user.id)
        except LookupError:
            abort(404)
    db.session.commit()
    return told(interview_id)


@blueprint.post(f"{ROW}/restore")
def restore(interview_id: int, identifier: uuid.UUID) -> Answered:
    loading.interview(interview_id)
    row = parked(interview_id, identifier)
    if comes_first():
        parking.restore(row)
    db.session.commit()
    return told(interview_id)


def parked(interview_id: int, identifier: uuid.UUID) -> Parked:
    try:
        return parking.find(db.session, interview_id, identifier)
    except parking.NotParked:
        abort(404)


def told(interview_id: int) -> Answered:
    if wants_json():
        return {}, 200
    return redirect(url_for("interview.page", interview_id=interview_id, _anchor="parking"), 303)
