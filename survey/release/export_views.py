"""What is taken of a release, as a package; and how far a long one is."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, jsonify, make_response, render_template, request
from flask_login import current_user
from sqlalchemy.orm import Session

from survey import downloads
from survey.accounts.account_views import own_password
from survey.accounts.reason_forms import ReasonForm
from survey.db import db, reader
from survey.release import freezing, progress
from survey.release.exporting import Shut, needed, package, prepare, write_down
from survey.release.forms import ExportForm
from survey.release.models import Release, Unit
from survey.release.tiers import Tier

blueprint = Blueprint("export", __name__)


@blueprint.route("/releases/<int:number>/export", methods=["GET", "POST"])
@blueprint.route("/releases/working/export", methods=["GET", "POST"], defaults={"number": None})
def take(number: int | None) -> Response | tuple[str, int]:
    """The package of an order, which the address says: of a release, or of the data as they stand.

    Names of persons are asked for on a page of their own, with the reason and the password.
    """
    form = ExportForm(list(Unit), request.args)
    if not form.validate():
        abort(404)
    if form.order.tier is not Tier.IDENTIFIED:
        return sent(number, form) if request.method != "POST" else abort(404)
    asked = ReasonForm()
    if asked.validate_on_submit() and own_password(asked.password):
        return sent(number, form, asked.reason.data or "")
    return render_template("release/identified.html", form=asked, number=number), 422 if asked.errors else 200


def sent(number: int | None, form: ExportForm, reason: str = "") -> Response:
    """The package, written down before it leaves."""
    db.session.rollback()
    with Session(reader(db.engine)) as session:
        release = freezing.working(session) if number is None else session.get(Release, number)
        if release is None:
            abort(404)
        try:
            kept = needed(session, release, form.order)
            prepared = prepare(release, kept, form.order, current_app.config["SECRET_KEY"])
        except LookupError:
            abort(404)
        except Shut as shut:
            return make_response(render_template("release/shut.html", why=shut.why, number=number), 422)
    far = progress.Progress(form.number, current_user.id) if form.number else None
    counted = replace(prepared, table=far.of(prepared.table)) if far else prepared

    def write(path: Path) -> None:
        package(counted, path)
        if request.method != "HEAD":
            with db.writing() as connection:
                write_down(connection, prepared, current_user.id, reason)
        if far:
            far.whole()

    return downloads.send(f"{prepared.file_name}.zip", "application/zip", write)


@blueprint.get("/releases/progress/<uuid:number>")
def far(number: uuid.UUID) -> Response:
    """The rows read and their number, nought of nought before anything is known."""
    done, total = progress.read(db.session, number, current_user.id) or (0, 0)
    return jsonify(done=done, total=total)
