"""To call again for one block: noted in it, and done with."""

from __future__ import annotations

import datetime as dt
import uuid

from flask import Blueprint, abort, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from survey.db import db
from survey.interview import call_backs, drawing, loading
from survey.interview.views import comes_first
from survey.text import line
from survey.web import wants_json

blueprint = Blueprint("call_backs", __name__, url_prefix="/interviews")

Answered = Response | tuple[dict[str, str], int]
CALL_BACK = "/<int:interview_id>/initiatives/<uuid:uid>/call-back"


@blueprint.post(CALL_BACK)
def plan(interview_id: int, uid: uuid.UUID) -> Answered:
    loading.interview(interview_id)
    block = loading.block(interview_id, uid)
    try:
        due_on = dt.date.fromisoformat(text) if (text := request.form.get("due_on", "").strip()) else None
    except ValueError:
        abort(400)
    if comes_first():
        reason = line(request.form.get("reason", "")) or None
        call_backs.plan(db.session, block.id, reason, due_on, current_user.id)
    db.session.commit()
    return told(interview_id, uid)


@blueprint.post(f"{CALL_BACK}/done")
def done(interview_id: int, uid: uuid.UUID) -> Answered:
    loading.interview(interview_id)
    block = loading.block(interview_id, uid)
    if comes_first():
        call_backs.done(db.session, block.id)
    db.session.commit()
    return told(interview_id, uid)


def told(interview_id: int, uid: uuid.UUID) -> Answered:
    if wants_json():
        return {}, 200
    return redirect(url_for("interview.page", interview_id=interview_id, _anchor=drawing.block_key(uid)), 303)
