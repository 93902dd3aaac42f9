"""The page of the dashboard, which prints on one sheet."""

from __future__ import annotations

from fractions import Fraction
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, render_template
from flask.blueprints import BlueprintSetupState

from survey.db import db
from survey.fieldwork import waves
from survey.interview.review import number_of, wording_of
from survey.results import dashboard

blueprint = Blueprint("dashboard", __name__)


@blueprint.record_once
def keep(state: BlueprintSetupState) -> None:
    """What is counted now and then serves all the requests of a process."""
    state.app.extensions["lacking"] = {}


@blueprint.get("/dashboard")
def show() -> str:
    wave = waves.current(db.session)
    zone, kept = ZoneInfo(current_app.config["TIMEZONE"]), current_app.extensions["lacking"]
    found = wave and dashboard.read(db.session, wave, zone, kept)
    return render_template(
        "results/dashboard.html", dashboard=found, number_of=number_of, wording_of=wording_of, Fraction=Fraction
    )
