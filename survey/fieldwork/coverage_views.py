"""What the list covers, on a map of tiles and in tables that add up to it."""

from __future__ import annotations

from flask import Blueprint, render_template

from survey.db import db
from survey.fieldwork import coverage, waves
from survey.instrument.codes import Disposition

blueprint = Blueprint("coverage", __name__)


@blueprint.get("/coverage")
def show() -> str:
    wave = waves.current(db.session)
    if wave is None:
        return render_template("fieldwork/coverage.html", found=None)
    found = coverage.read(db.session, wave)
    used = list(coverage.outcomes(found.tables[0]))
    nobody = [disposition for disposition in Disposition if disposition not in used]
    return render_template("fieldwork/coverage.html", found=found, TILES=coverage.TILES, used=used, nobody=nobody)
