"""The pages of an interview: opened, filled, looked over, completed."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import to_user_timezone
from flask_login import current_user
from werkzeug.wrappers import Response

from survey import receipts
from survey.db import db, now
from survey.fieldwork import cases
from survey.instrument.codes import ConsentPurpose, YesNo
from survey.interview import carrying, conduct, drawing, loading, parking, review
from survey.interview.course_models import StillTrue
from survey.interview.drawing import Typed
from survey.interview.forms import ConsentForm, StartForm
from survey.interview.models import Initiative
from survey.interview.sheet import Sheet
from survey.web import an_id, wants_json

#: Where the call goes on once consent is recorded.
FIRST_FIELD = "i-respondent_name"

#: What some acts on a block answer to « toujours exact ? ».
STILL = {"confirm": StillTrue.YES, "gone": StillTrue.GONE, "doubt": None}

ACTS = ", ".join(["remove", "restore", "up", "down", *STILL])

blueprint = Blueprint("interview", __name__, url_prefix="/interviews")


@blueprint.post("/start/<int:case_id>")
def start(case_id: int) -> Response:
    case = loading.case(case_id)
    form = StartForm()
    if not form.validate_on_submit():
        abort(400)
    try:
        interview = conduct.start(db.session, case, form.mode.data, current_user.id, to_user_timezone(now()).date())
    except cases.Merged:
        kept = case.organisation.merged_into_id
        db.session.rollback()
        flash(_("C’est le doublon de cette organisation-ci : l’entrevue se tient avec elle."), "warn")
        return redirect(url_for("fieldwork.organisation", organisation_id=kept), code=303)
    db.session.commit()
    return redirect(url_for("interview.page", interview_id=interview.id), code=303)


@blueprint.get("/<int:interview_id>")
def page(interview_id: int) -> bytes:
    return drawing.page(loading.sheet(interview_id), {}, None)


def show(sheet: Sheet, typed: dict[str, Typed] | None = None, consent: ConsentForm | None = None) -> Any:
    """The page in bytes, after a form: `typed` holds, by the key of a record, what was sent and could not be kept."""
    return drawing.page(sheet, typed or {}, consent)


@blueprint.post("/<int:interview_id>/consent")
def consent(interview_id: int) -> Response | tuple[str | dict[str, str], int]:
    interview = loading.open_interview(interview_id)
    form = ConsentForm()
    if not form.validate_on_submit():
        if wants_json():
            return {"error": " ".join(dict.fromkeys(str(e) for errors in form.errors.values() for e in errors))}, 422
        return show(loading.sheet(interview_id), consent=form), 422
    if receipts.first(db.session, form.identity):
        conduct.consent(db.session, interview, form.given, current_user.id)
        db.session.commit()
    if wants_json():
        return {}, 200
    refused = form.given[ConsentPurpose.INTERVIEW] is YesNo.NO
    return redirect(
        url_for("interview.page", interview_id=interview_id, _anchor="opening" if refused else FIRST_FIELD), code=303
    )


@blueprint.get("/<int:interview_id>/review")
def look_over(interview_id: int) -> str:
    sheet = loading.sheet(interview_id)
    return render_template(
        "interview/review.html",
        sheet=sheet,
        gaps=review.gaps(sheet),
        remarks=review.remarks(sheet),
        parked=[row for row in parking.of_interview(db.session, interview_id) if row.settled_as is None],
        key=drawing.key,
    )


@blueprint.post("/<int:interview_id>/complete")
def complete(interview_id: int) -> Response | tuple[dict[str, str], int]:
    interview = loading.interview(interview_id)
    if comes_first():
        conduct.complete(db.session, interview, current_user.id)
    organisation_id = interview.case.organisation_id
    db.session.commit()
    if wants_json():
        return {}, 200
    flash(_("Entrevue terminée et enregistrée."), "good")
    return redirect(url_for("fieldwork.organisation", organisation_id=organisation_id), code=303)


@blueprint.post("/<int:interview_id>/reopen")
def reopen(interview_id: int) -> Response:
    conduct.reopen(db.session, loading.interview(interview_id), current_user.id)
    db.session.commit()
    return redirect(url_for("interview.page", interview_id=interview_id), code=303)


@blueprint.post("/<int:interview_id>/initiatives")
def add_block(interview_id: int) -> Response | tuple[dict[str, str], int]:
    loading.open_interview(interview_id)
    try:
        uid = uuid.UUID(request.form.get("uid") or str(uuid.uuid4()))
        conduct.add_block(db.session, interview_id, uid)
    except (ValueError, conduct.NoBlock):
        abort(404)
    db.session.commit()
    if wants_json():
        return {"uid": str(uid)}, 201
    return redirect(url_for("interview.page", interview_id=interview_id, _anchor=drawing.block_key(uid)), code=303)


@blueprint.post(f"/<int:interview_id>/initiatives/<uuid:uid>/<any({ACTS}):act>")
def change_block(interview_id: int, uid: uuid.UUID, act: str) -> Response | tuple[dict[str, str], int]:
    loading.open_interview(interview_id)
    block = loading.block(interview_id, uid)
    if comes_first():
        change(block, act)
    db.session.commit()
    if wants_json():
        return {}, 200
    anchor = "initiatives" if act in ("remove", "gone") else drawing.block_key(uid)
    return redirect(url_for("interview.page", interview_id=interview_id, _anchor=anchor), code=303)


def change(block: Initiative, act: str) -> None:
    if act in STILL:
        answer(block, STILL[act])
    elif act == "remove":
        conduct.remove_block(db.session, block, current_user.id)
    elif act == "restore":
        conduct.restore_block(db.session, block, current_user.id)
    elif block.removed_at is None:
        conduct.move_block(db.session, block, -1 if act == "up" else 1)


def answer(block: Initiative, still: StillTrue | None) -> None:
    """What was answered of a block that was carried over; one that is no longer there is set aside."""
    try:
        carrying.answer(db.session, block, still, current_user.id)
    except carrying.NotCarried:
        abort(404)
    if still is StillTrue.GONE:
        conduct.remove_block(db.session, block, current_user.id)


def comes_first() -> bool:
    """Whether this form comes for the first time; one that carries no id always does."""
    return receipts.first(db.session, uuid.UUID(an_id(request.form.get("form_id"))))
