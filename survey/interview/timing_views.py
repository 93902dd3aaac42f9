"""The time of a call: what the page says it took so far, and what it may ask about what is left; and its sittings."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from survey.db import db
from survey.instrument.codes import Mode
from survey.interview import durations, loading, sittings
from survey.interview.fragments import sitting_in_words
from survey.interview.models import Initiative
from survey.interview.saving_views import sent_json

blueprint = Blueprint("timing", __name__, url_prefix="/interviews")

#: A visit is no longer than a day, and speaks of no more parts than a page has.
LONGEST, PARTS = 24 * 3600, 1000


@blueprint.get("/<int:interview_id>/time")
def left(interview_id: int) -> dict[str, Any]:
    """The seconds spent in each part so far, and what parts usually take: `usual` is None while too few are known."""
    loading.seen(interview_id)
    usual = durations.usual(db.connection)
    blocks = db.session.execute(sa.select(Initiative.id, Initiative.uid).where(Initiative.interview_id == interview_id))
    uids = {identifier: str(uid) for identifier, uid in blocks}
    spent = {
        section if block is None else uids.get(block, "elsewhere"): time.seconds
        for (_interview, section, block), time in durations.spent(db.connection, [interview_id]).items()
    }
    return {"spent": spent, "usual": dict(usual.seconds) if usual.enough else None}


@blueprint.post("/<int:interview_id>/time")
def spend(interview_id: int) -> dict[str, str]:
    """What a visit of the page took so far, part by part: sent again and again, it is kept once."""
    asked = sent_json()
    try:
        visit, seconds = uuid.UUID(asked["visit"]), dict(asked["seconds"])
    except (KeyError, ValueError, TypeError, AttributeError):
        abort(400)
    plain = all(isinstance(part, str) and type(n) is int and 0 <= n <= LONGEST for part, n in seconds.items())
    if not plain or len(seconds) > PARTS:
        abort(400)
    sitting = sittings.touch(db.session, loading.interview(interview_id), current_user.id)
    if sitting is not None:
        durations.spend(db.session, sitting, visit, seconds)
    db.session.commit()
    return {"sitting": sitting_in_words(sitting) if sitting is not None and sitting.number > 1 else ""}


@blueprint.post("/<int:interview_id>/sittings/<int:number>")
def mode(interview_id: int, number: int) -> Response:
    """Say how a sitting was held."""
    loading.interview(interview_id)
    chosen = request.form.get("mode")
    if chosen not in set(Mode):
        abort(400)
    if not sittings.set_mode(db.session, interview_id, number, Mode.of(chosen)):
        abort(404)
    db.session.commit()
    return redirect(url_for("interview.page", interview_id=interview_id), 303)
