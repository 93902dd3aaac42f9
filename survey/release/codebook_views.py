"""The codebook of a release, as a page."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, render_template, request
from sqlalchemy.orm import Session

from survey.db import db, reader
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.release import codebook
from survey.release.codebook_document import FIELDWORK
from survey.release.exporting import Order, needed, prepare
from survey.release.models import Release, Unit
from survey.release.units import NAMES
from survey.web import language

blueprint = Blueprint("codebook", __name__)


@blueprint.get("/releases/<int:number>/codebook")
def show(number: int) -> str:
    """What each variable of a unit asks, of whom, and how it was answered, as researchers may read it."""
    unit = request.args.get("unit", Unit.INITIATIVE.value)
    if unit not in list(Unit):
        abort(404)
    with Session(reader(db.engine)) as session:
        release = session.get(Release, number) or abort(404)
        order = Order(Unit(unit), "ddi", language())
        try:
            kept = needed(session, release, order)
        except LookupError:
            abort(404)
        table = prepare(release, kept, order, current_app.config["SECRET_KEY"]).table
        held = {one.unit for one in release.tables}
    sections = {
        QUESTIONNAIRE[name].title if name else FIELDWORK: some
        for name, some in codebook.sections(codebook.entries(table)).items()
    }
    return render_template(
        "release/codebook.html",
        release=release,
        unit=Unit(unit),
        units=[one for one in Unit if one in held],
        names=NAMES,
        sections=sections,
    )
