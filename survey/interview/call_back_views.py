"""To call again for one block: noted in it, and done with."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import format_date
from flask_login import current_user
from werkzeug.wrappers import Response

from survey.db import db
from survey.interview import call_backs, drawing, loading
from survey.interview.call_backs import Plan
from survey.interview.course_models import CallBack
from survey.interview.views import comes_first
from survey.text import line
from survey.versions import Changed
from survey.web import meanwhile, wants_json

blueprint = Blueprint("call_backs", __name__, url_prefix="/interviews")

Answered = Response | tuple[str | dict[str, Any], int]
CALL_BACK = "/<int:interview_id>/initiatives/<uuid:uid>/call-back"


@blueprint.post(CALL_BACK)
def plan(interview_id: int, uid: uuid.UUID) -> Answered:
    """Note what was changed of the plan that the page saw; 409 with what a colleague wrote in its place meanwhile."""
    loading.interview(interview_id)
    block = loading.block_apart(interview_id, uid)
    said, seen = sent(), sent("seen_")
    try:
        stands = call_backs.plan(db.session, block.id, said, seen, current_user.id) if comes_first() else said
    except Changed as changed:
        return again(interview_id, uid, said, changed.row), 409
    db.session.commit()
    return told(interview_id, uid, found(stands, said))


@blueprint.post(f"{CALL_BACK}/done")
def done(interview_id: int, uid: uuid.UUID) -> Answered:
    loading.interview(interview_id)
    block = loading.block_apart(interview_id, uid)
    if comes_first():
        call_backs.done(db.session, block.id)
    db.session.commit()
    return told(interview_id, uid, {})


def sent(which: str = "") -> Plan:
    """What the form says, or with `seen_` what it showed before."""
    try:
        due_on = dt.date.fromisoformat(text) if (text := request.form.get(f"{which}due_on", "").strip()) else None
    except ValueError:
        abort(400)
    return Plan(line(request.form.get(f"{which}reason", "")) or None, due_on)


def words(plan: Plan) -> dict[str, str]:
    """What the fields of a plan hold."""
    return {"reason": plan.reason or "", "due_on": plan.due_on.isoformat() if plan.due_on else ""}


def found(stands: Plan, said: Plan) -> dict[str, Any]:
    """For the page's script: what it may take as seen, and how the plan stands when that is not what was sent."""
    there, sent = words(stands), words(said)
    seen = {f"seen_{name}": text for name, text in there.items() if sent[name] == text}
    return {"seen": seen} | ({} if stands == said else {"stands": there})


def again(interview_id: int, uid: uuid.UUID, said: Plan, row: CallBack) -> str | dict[str, Any]:
    """What was typed, shown again with what stands in its place. The form that was refused may come again."""
    stands = Plan.of(row)
    due = format_date(stands.due_on) if stands.due_on else None
    problem = meanwhile(row.user_id, row.user.name, row.at, stands.reason, due)
    db.session.rollback()
    if wants_json():
        return {"error": problem, "stands": words(stands), "seen": {f"seen_{n}": t for n, t in words(stands).items()}}
    organisation = loading.seen(interview_id).case.organisation
    return render_template(
        "interview/call_back.html",
        interview_id=interview_id,
        uid=uid,
        organisation=organisation,
        said=words(said),
        stands=words(stands),
        problem=problem,
    )


def told(interview_id: int, uid: uuid.UUID, said: dict[str, Any]) -> Answered:
    if wants_json():
        return said, 200
    return redirect(url_for("interview.page", interview_id=interview_id, _anchor=drawing.block_key(uid)), 303)
