"""The page of the dashboard, which prints on one sheet."""

from __future__ import annotations

from fractions import Fraction
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, render_template

from survey.db import db
from survey.fieldwork import waves
from survey.interview.review import number_of, wording_of
from survey.results import dashboard

blueprint = Blueprint("dashboard", __name__)


@blueprint.get("/dashboard")
def show() -> str:
    wave = waves.current(db.session)
    found = wave and dashboard.read(db.session, wave, ZoneInfo(current_app.config["TIMEZONE"]))
    return render_template(
        "results/dashboard.html", dashboard=found, number_of=number_of, wording_of=wording_of, Fraction=Fraction
    )
