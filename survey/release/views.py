"""The pages of the releases: the list, a new one, a download."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import defer, joinedload, selectinload
from werkzeug.wrappers import Response

from survey import downloads, receipts
from survey.db import db
from survey.release import freezing, table
from survey.release.exporting import FORMATS, export, file_name, write_down
from survey.release.forms import ReleaseForm
from survey.release.models import Release, ReleaseTable, Unit
from survey.release.units import NAMES
from survey.web import LANGUAGES, language

blueprint = Blueprint("release", __name__)

TABLES = selectinload(Release.tables).options(defer(ReleaseTable.rows), defer(ReleaseTable.dictionary))


@blueprint.get("/releases")
def releases() -> str:
    found = db.session.scalars(
        sa.select(Release).options(joinedload(Release.author), TABLES).order_by(Release.id.desc())
    ).all()
    return render_template(
        "release/releases.html", releases=found, form=ReleaseForm(), formats=FORMATS, units=Unit, names=NAMES
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


@blueprint.get("/releases/<int:number>/<unit>/<form>")
def download(number: int, unit: str, form: str) -> Response:
    release = db.session.get(Release, number)
    if release is None or unit not in set(Unit) or form not in FORMATS:
        abort(404)
    of = request.args.get("language", language())
    if of not in LANGUAGES:
        abort(404)
    try:
        kept = table.load(db.session, release, Unit(unit))
    except LookupError:
        abort(404)

    def write(path: Path) -> None:
        export(kept, form, of, path)
        if request.method == "GET":
            with db.writing() as connection:
                write_down(connection, release, current_user.id, f"{path.name} {kept.row_count}")

    return downloads.send(file_name(kept, form, of), FORMATS[form].mimetype, write)
