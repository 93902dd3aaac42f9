"""The mail merge: the sheet of what is ready, and afterwards, in one action, that all of it left."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from survey import web
from survey.db import db
from survey.fieldwork import batches, taken_sheets
from survey.fieldwork.message_views import attached, blueprint
from survey.fieldwork.messages import PAGE
from survey.fieldwork.views import identifier

SHEETS = {
    "xlsx": (batches.as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (batches.as_csv, "text/csv; charset=utf-8"),
}


@blueprint.get("/messages/ready.<form>")
def merge(form: str) -> Response:
    """The mail-merge sheet of what is ready; that somebody took it is written down."""
    write, mimetype = SHEETS.get(form) or abort(404)
    found = batches.ready(db.session)
    data = write(batches.lines(found, web.language()))
    if request.method == "GET":
        with db.writing() as connection, Session(connection) as session:
            taken_sheets.take(session, form, [message.id for message in found], current_user.id)
            session.flush()
    return attached(data, f"messages.{form}", mimetype)


@blueprint.get("/messages/sheet")
def sheet() -> str:
    """What the sheet that was taken last held and is still ready, to be confirmed to have left."""
    found = taken_sheets.last(db.session)
    left = taken_sheets.ready(db.session, found) if found else []
    return render_template("fieldwork/sheet.html", sheet=found, left=left, PAGE=PAGE)


@blueprint.post("/messages/sheet")
def leave() -> Response:
    """All of the sheet that was shown left; what somebody noted meanwhile stays as it is."""
    found = taken_sheets.one(db.session, identifier("sheet") or abort(404)) or abort(404)
    n = taken_sheets.leave(db.session, found, current_user.id)
    db.session.commit()
    if n:
        flash(
            ngettext("%(num)d courriel est noté comme parti.", "%(num)d courriels sont notés comme partis.", n), "good"
        )
    else:
        flash(gettext("C’était déjà noté : rien de cette feuille n’est encore prêt."), "warn")
    return redirect(url_for(".waiting"), 303)
