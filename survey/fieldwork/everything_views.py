"""The export of everything: for a reason, with one's password again, and noted."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, render_template
from flask_login import current_user

from survey import downloads
from survey.accounts.account_views import own_password
from survey.accounts.reason_forms import ReasonForm
from survey.db import db
from survey.fieldwork import everything
from survey.fieldwork.moment_forms import here, today
from survey.fieldwork.views import Answer, status

blueprint = Blueprint("everything", __name__)


@blueprint.route("/organisations/export", methods=["GET", "POST"])
def export() -> Answer:
    form = ReasonForm()
    if form.validate_on_submit() and own_password(form.password):
        name = f"recension-collecte-{today(here())}.xlsx"

        def write(path: Path) -> None:
            everything.write(path, db.session, current_user.id, form.reason.data or "")
            db.session.commit()

        db.session.commit()
        return downloads.send(name, everything.MIMETYPE, write)
    return render_template("fieldwork/export.html", form=form), status(form)
