"""The rows of those who answer after the first person: added, corrected, set aside from the call screen."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from survey.db import db
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview import loading, respondents
from survey.interview.course_models import Respondent
from survey.interview.fragments import list_points
from survey.interview.respondents import NoRespondent, Said
from survey.interview.views import comes_first
from survey.text import line
from survey.versions import Changed
from survey.web import an_id, meanwhile, wants_json

blueprint = Blueprint("respondents", __name__, url_prefix="/interviews")

Answered = Response | tuple[str | dict[str, Any], int]


@blueprint.post("/<int:interview_id>/respondents")
def keep(interview_id: int) -> Answered:
    """Add one (version 0) or correct one. 422 without a name, 409 with what a colleague wrote meanwhile."""
    loading.open_interview(interview_id)
    uid, version = uuid.UUID(an_id(request.form.get("uid"))), request.form.get("version", 0, type=int)
    said = sent()
    if not said.name:
        return again(interview_id, uid, said, _("Écrivez le nom de la personne."), version=version), 422
    try:
        if comes_first():
            row = respondents.keep(db.session, interview_id, uid, version, said, current_user.id)
        else:
            row = respondents.find(db.session, interview_id, uid)
    except NoRespondent:
        abort(404)
    except Changed as changed:
        row = changed.row
        return again(interview_id, uid, said, who_wrote(row), **stands(row, said)), 409
    found = stands(row, said)
    db.session.commit()
    return (found, 200) if wants_json() else back(interview_id)


@blueprint.post("/<int:interview_id>/respondents/<uuid:uid>/<any(remove, restore):act>")
def act(interview_id: int, uid: uuid.UUID, act: str) -> Answered:
    loading.open_interview(interview_id)
    try:
        row = respondents.find(db.session, interview_id, uid)
    except NoRespondent:
        abort(404)
    if comes_first():
        (respondents.remove if act == "remove" else respondents.restore)(row)
    db.session.commit()
    return ({}, 200) if wants_json() else back(interview_id)


def sent() -> Said:
    """What the form says. `from` is the name of a section, or the `uid` of a block."""
    since = request.form.get("from", "")
    names = {section.name for section in QUESTIONNAIRE.sections}
    try:
        block = None if since in names else uuid.UUID(since)
    except ValueError:
        block, since = None, "general"
    part = "initiatives" if block else since
    return Said(line(request.form.get("name", "")), line(request.form.get("function", "")) or None, part, block)


def stands(row: Respondent, said: Said) -> dict[str, Any]:
    """For the page's script: the version of a row, and what it says when that is not what was sent."""
    there = Said.of(row)
    words = {"name": there.name, "function": there.function, "from": str(there.block or there.part)}
    return {"version": row.version} | ({} if there == said else {"stands": words})


def who_wrote(row: Respondent) -> str:
    return meanwhile(row.changed_by, row.changer.name, row.changed_at, row.name, row.function)


def again(interview_id: int, uid: uuid.UUID, said: Said, problem: str, **found: Any) -> str | dict[str, Any]:
    """What was typed, shown again with what is wrong with it. The form that was refused may come again."""
    db.session.rollback()
    if wants_json():
        return {"error": problem, **found}
    sheet = loading.sheet(interview_id)
    return render_template(
        "interview/respondent.html",
        sheet=sheet,
        points=list_points(sheet),
        uid=uid,
        version=found["version"],
        said=said,
        since=str(said.block or said.part),
        problem=problem,
        stands=found.get("stands"),
    )


def back(interview_id: int) -> Response:
    return redirect(url_for("interview.page", interview_id=interview_id, _anchor="respondents"), 303)
