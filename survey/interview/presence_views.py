"""A page tells where its user is, and hears who else is there."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort
from flask_login import current_user

from survey.db import db
from survey.fieldwork.models import Case
from survey.interview import loading, presence
from survey.interview.models import Interview
from survey.interview.saving_views import ITEMS, sent_json
from survey.interview.sheet import conducted_by

blueprint = Blueprint("presence", __name__, url_prefix="/interviews")


@blueprint.post("/<int:interview_id>/presence")
def here(interview_id: int) -> dict[str, Any]:
    """Who else is in the interview; {"block", "item"} says where this user is, null where in no field."""
    block, item = place(sent_json())
    of_case = sa.select(conducted_by()).join_from(Interview, Case).where(Interview.id == interview_id)
    loading.permit(db.session.scalar(of_case) or abort(404))
    others = presence.tell(db.session, interview_id, current_user.id, block, item)
    db.session.commit()
    return {"others": [{"user": one.user_id, "name": one.name, "block": one.block, "item": one.item} for one in others]}


def place(asked: dict[str, Any]) -> tuple[uuid.UUID | None, str | None]:
    """The block and the item that a page says; 400 for what is neither."""
    try:
        block, item = asked["block"], asked["item"]
        uid = None if block is None else uuid.UUID(block)
        return uid, None if item is None else ITEMS[uid is not None, item].name
    except (KeyError, TypeError, ValueError, AttributeError):
        abort(400)
