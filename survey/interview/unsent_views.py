"""The words of an interview that wait in the browser of somebody who may not open it any more."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, render_template
from flask_login import current_user

from survey.accounts.models import User
from survey.db import db
from survey.fieldwork import cases, teams
from survey.fieldwork.team_forms import within
from survey.instrument.codes import MissingReason
from survey.interview import drafts
from survey.interview.history_views import SECTIONS, wording
from survey.interview.models import Interview
from survey.web import language

blueprint = Blueprint("unsent", __name__, url_prefix="/interviews")


@blueprint.get("/<int:interview_id>/unsent")
def words(interview_id: int) -> str:
    """A page that holds nothing of the interview, but the key of this user: their browser shows what it keeps.

    It opens even when another team has the organisation, which it then does not name: no word may be lost.
    """
    interview = db.session.get(Interview, interview_id) or abort(404)
    holder = interview.case.interviewer or db.session.get_one(User, interview.interviewer_id)
    return render_template(
        "interview/unsent.html",
        interview=interview,
        holder=holder,
        named=teams.sees(within(), holder.id),
        open_to_them=cases.conducts(current_user.role, current_user.id, holder.id),
        draft_key=drafts.key(current_app.config["SECRET_KEY"], current_user.id),
        names=names(),
    )


def names() -> dict[str, Any]:
    """What each field is called, of the interview and of a block, and what each code of its list and reason is."""
    spoken = language()
    fields: dict[str, dict[str, str]] = {"interview": {}, "block": {}}
    codes: dict[str, dict[str, str]] = {}
    for (of_block, name), (section, item) in SECTIONS.items():
        fields["block" if of_block else "interview"][name] = wording(section, item)
        codes[name] = {code.value: code.label(spoken) for code in item.codes or ()}
    return {**fields, "codes": codes, "reasons": {reason.value: reason.label(spoken) for reason in MissingReason}}
