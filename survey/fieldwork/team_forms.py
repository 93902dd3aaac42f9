"""Whose cases the user of this request sees: what is another team's is not found."""

from __future__ import annotations

from typing import NoReturn

from flask import abort, g
from flask_login import current_user

from survey.db import db
from survey.fieldwork import teams
from survey.fieldwork.teams import Within


def within() -> Within:
    """The people whose cases the user sees; None for everybody's. Asked once for a request, and of a team alone."""
    if "within" not in g:
        g.within = teams.within(db.session, current_user.role, current_user.team)
    return g.within  # type: ignore[no-any-return]


def find(interviewer_id: int | None) -> None:
    """404 for the case of an interviewer of another team."""
    if not teams.sees(within(), interviewer_id):
        abort(404)


def refuse(interviewer_id: int | None) -> NoReturn:
    """What a case that is somebody else's answers: 404 in another team, 403 in one's own."""
    find(interviewer_id)
    abort(403)
