"""The pages of the releases: the list, a new one, what changed between two."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import defer, joinedload, selectinload
from werkzeug.wrappers import Response

from survey import receipts
from survey.db import db
from survey.release import comparing, freezing
from survey.release.forms import ExportForm, ReleaseForm
from survey.release.models import Release, ReleaseTable, Unit
from survey.release.units import NAMES

blueprint = Blueprint("release", __name__)

TABLES = selectinload(Release.tables).options(defer(ReleaseTable.dictionary), defer(ReleaseTable.persons))


@blueprint.get("/releases")
def releases() -> str:
    found = db.session.scalars(
        sa.select(Release).options(joinedload(Release.author), TABLES).order_by(Release.id.desc())
    ).all()
    return render_template(
        "release/releases.html",
        releases=found,
        form=ReleaseForm(),
        exports={release.id: ExportForm([kept.unit for kept in release.tables]) for release in found},
        working=ExportForm(list(Unit)),
        units=Unit,
        names=NAMES,
    )


@blueprint.post("/releases")
def create() -> Response:
    form = ReleaseForm()
    db.session.rollback()
    tables = freezing.read(db.session)
    if receipts.first(db.session, form.identity):
        number = freezing.keep(db.session, tables, current_user.id, form.note.data).id
        db.session.commit()
        flash(gettext("La version %(number)s est figée.", number=number), "good")
    return redirect(url_for("release.releases"), 303)


@blueprint.get("/releases/compare")
def compare() -> str:
    """What changed between two releases: those that are asked for, the last two else."""
    numbers = db.session.scalars(sa.select(Release.id).order_by(Release.id.desc())).all()
    asked = [request.args.get(name, type=int) for name in ("one", "other")]
    chosen = list(reversed(numbers[:2])) if asked == [None, None] else asked
    if not set(chosen) <= set(numbers):
        abort(404)
    if len(chosen) < 2:
        return render_template("release/compare.html", changes=None)
    one, other = (db.session.get_one(Release, number) for number in chosen)
    changes = comparing.compare(db.session, one, other)
    return render_template("release/compare.html", one=one, other=other, changes=changes, names=NAMES)
