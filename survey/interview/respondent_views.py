"""The rows of those who answer after the first person: added, corrected, set aside from the call screen."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from survey.accounts.models import User
from survey.db import db
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview import loading, respondents
from survey.interview.fragments import list_points
from survey.interview.respondents import Changed, NoRespondent, Said
from survey.text import line
from survey.web import an_id, moment, wants_json

blueprint = Blueprint("respondents", __name__, url_prefix="/interviews")

Answered = Response | tuple[str | dict[str, Any], int]


@blueprint.post("/<int:interview_id>/respondents")
def keep(interview_id: int) -> Answered:
    """Add one (version 0) or correct one. 422 without a name, 409 with what a colleague wrote meanwhile."""
    loading.open_interview(interview_id)
    uid, version = uuid.UUID(an_id(request.form.get("uid"))), request.form.get("version", 0, type=int)
    said = sent()
    if not said.name:
        return again(interview_id, uid, version, said, _("Écrivez le nom de la personne.")), 422
    try:
        row = respondents.keep(db.session, interview_id, uid, version, said, current_user.id)
    except NoRespondent:
        abort(404)
    except Changed as changed:
        return again(interview_id, uid, changed.row.version, said, who_wrote(changed)), 409
    version = row.version
    db.session.commit()
    return ({"version": version}, 200) if wants_json() else back(interview_id)


@blueprint.post("/<int:interview_id>/respondents/<uuid:uid>/<any(remove, restore):act>")
def act(interview_id: int, uid: uuid.UUID, act: str) -> Answered:
    loading.open_interview(interview_id)
    try:
        row = respondents.find(db.session, interview_id, uid)
    except NoRespondent:
        abort(404)
    (respondents.remove if act == "remove" else respondents.restore)(db.session, row, current_user.id)
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


def who_wrote(changed: Changed) -> str:
    row = changed.row
    who = db.session.get_one(User, row.changed_by).name
    text: str = _(
        "%(who)s a écrit autre chose le %(when)s : « %(words)s ». Renvoyez pour garder votre version.",
        who=who,
        when=moment(row.changed_at),
        words=", ".join(filter(None, (row.name, row.function))),
    )
    return text


def again(interview_id: int, uid: uuid.UUID, version: int, said: Said, problem: str) -> str | dict[str, Any]:
    """What was typed, shown again with what is wrong with it."""
    if wants_json():
        return {"error": problem, "version": version}
    sheet = loading.sheet(interview_id)
    return render_template(
        "interview/respondent.html",
        sheet=sheet,
        points=list_points(sheet),
        uid=uid,
        version=version,
        said=said,
        since=str(said.block or said.part),
        problem=problem,
    )


def back(interview_id: int) -> Response:
    return redirect(url_for("interview.page", interview_id=interview_id, _anchor="respondents"), 303)
