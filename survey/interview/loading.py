"""How the pages of an interview fetch it: 404 when there is none, 403 when the case is a colleague's."""

from __future__ import annotations

import uuid
from typing import NoReturn

import sqlalchemy as sa
from flask import abort
from flask_babel import lazy_gettext
from flask_login import current_user

from survey import web
from survey.db import db
from survey.fieldwork import cases
from survey.fieldwork.models import Case
from survey.fieldwork.team_forms import find
from survey.interview import conduct
from survey.interview.models import Initiative, Interview
from survey.interview.sheet import Sheet
from survey.interview.sheet import load as load_sheet

SOMEBODY_ELSES = lazy_gettext(
    "Cette organisation est confiée à quelqu’un d’autre : rien ne peut y être enregistré de votre compte. "
    "Adressez-vous à la coordination."
)


def case(case_id: int) -> Case:
    """A case that this user may conduct, held until the commit: of two who start at once, one waits."""
    found = db.session.get(Case, case_id, with_for_update=True) or abort(404)
    permit(found.interviewer_id)
    return found


def interview(interview_id: int) -> Interview:
    """An interview that this user may conduct, held until the commit."""
    found = db.session.get(Interview, interview_id, with_for_update=True) or abort(404)
    permit(found.case.interviewer_id or found.interviewer_id)
    return found


def seen(interview_id: int) -> Interview:
    """An interview that this user may conduct, to look at."""
    found = db.session.get(Interview, interview_id) or abort(404)
    permit(found.case.interviewer_id or found.interviewer_id)
    return found


def open_interview(interview_id: int) -> Interview:
    """An interview that may be changed: 423 when it is completed."""
    found = interview(interview_id)
    if found.completed_at is not None:
        abort(423)
    return found


def sheet(interview_id: int) -> Sheet:
    """What a page of the interview shows, to those who may conduct it."""
    found = load_sheet(db.connection, interview_id) or abort(404)
    permit(found.header.conducted_by)
    return found


def read_only(interview_id: int) -> Sheet:
    """What was said in an interview, to those who may conduct it, or who conduct the organisation in a later wave."""
    found = load_sheet(db.connection, interview_id) or abort(404)
    conducted = found.header.conducted_by
    if not cases.conducts(current_user.role, current_user.id, conducted):
        latest = sa.select(Case.interviewer_id).where(Case.organisation_id == found.header.organisation_id)
        later = latest.where(Case.wave > found.header.wave).order_by(Case.wave.desc()).limit(1)
        row = db.connection.execute(later).one_or_none()
        permit(row.interviewer_id if row else conducted)
    return found


def permit(interviewer_id: int | None) -> None:
    """403 unless this user may conduct the case of that interviewer; 404 when it is another team's."""
    if not cases.conducts(current_user.role, current_user.id, interviewer_id):
        find(interviewer_id)
        keep_out()


def keep_out() -> NoReturn:
    """403 that says why: the case is somebody else's, by now or always."""
    title, _sentence = web.ERRORS[403]
    abort(web.say(403, title, SOMEBODY_ELSES))


def block(interview_id: int, uid: uuid.UUID) -> Initiative:
    """A block of the interview, removed or not; 404 when there is none."""
    try:
        return conduct.find_block(db.session, interview_id, uid)
    except conduct.NoBlock:
        abort(404)


def block_apart(interview_id: int, uid: uuid.UUID) -> Initiative:
    """A block of the interview, removed or not; 404 too for one that joined another, as for what is saved there."""
    found = block(interview_id, uid)
    return found if found.merged_into_id is None else abort(404)
