"""The import of the sampling frame by page: a file, its preview, and the confirmation."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from survey.db import db
from survey.fieldwork import frame, mapping_forms, uploads, wordings
from survey.fieldwork.forms import LANGUAGES, UploadForm
from survey.fieldwork.frame_columns import LAYOUT
from survey.fieldwork.frame_lines import Plan
from survey.fieldwork.headings import Chosen
from survey.fieldwork.views import UNPROCESSABLE, Answer, blueprint, status
from survey.instrument.codes import Disposition, PersonRole

#: How many remarks and lines a preview shows, and how many columns it asks about.
SHOWN, MOST_COLUMNS = 200, 100


def folder() -> Path:
    """Where files stay between their preview and their confirmation."""
    return Path(current_app.instance_path) / "uploads"


@blueprint.route("/organisations/import", methods=["GET", "POST"])
def import_frame() -> Answer:
    form = UploadForm()
    if form.validate_on_submit():
        sent = form.file.data
        token = uploads.keep(folder(), current_user.id, sent.filename, sent.read())
        return redirect(url_for(".preview_frame", token=token), 303)
    return render_template(
        "fieldwork/import.html", form=form, outcomes=list(Disposition), roles=list(PersonRole)
    ), status(form)


@blueprint.get("/organisations/import/<token>")
def preview_frame(token: str) -> Answer:
    chosen = mapping_forms.chosen(request.args)
    plan = planned(token, chosen)
    if plan is not None:
        frame.say_alike(db.session, plan)
    return gone() if plan is None else preview(plan, token, chosen)


def planned(token: str, chosen: Chosen) -> Plan | None:
    """What importing the file kept under this token would do; None when it is gone.

    It is read outside of any transaction: on SQLite, all those who write would wait until it is.
    """
    sent = uploads.read(folder(), current_user.id, token)
    if sent is None:
        return None
    outcomes = wordings.spellings(db.session)
    db.close()
    plan = frame.read(*sent, chosen, outcomes)
    frame.set_known_aside(db.session, plan)
    return plan


def preview(plan: Plan, token: str, chosen: Chosen) -> str:
    outcomes = Counter(new.disposition for _, new in plan.create)
    return render_template(
        "fieldwork/preview.html",
        plan=plan,
        token=token,
        shown=SHOWN,
        layout=LAYOUT,
        carried=mapping_forms.carried(chosen),
        MOST_COLUMNS=MOST_COLUMNS,
        languages=LANGUAGES,
        outcomes=[(disposition, outcomes[disposition]) for disposition in Disposition if outcomes[disposition]],
    )


def again(token: str, chosen: Chosen) -> str:
    args: dict[str, Any] = mapping_forms.carried(chosen)
    return url_for(".preview_frame", token=token, **args)


@blueprint.post("/organisations/import/<token>")
def confirm_frame(token: str) -> Answer:
    chosen = mapping_forms.chosen(request.form)
    plan = planned(token, chosen)
    if plan is None:
        return gone()
    if plan.errors:
        return preview(plan, token, chosen), UNPROCESSABLE
    try:
        entered = frame.carry_out(db.session, plan, current_user.id)
        db.session.commit()
    except sa.exc.IntegrityError:
        db.session.rollback()
        flash(gettext("Quelqu’un vient d’ajouter une de ces organisations : voici ce qui reste."), "warn")
        return redirect(again(token, chosen), 303)
    uploads.forget(folder(), current_user.id, token)
    flash(said(entered), "good")
    return redirect(url_for(".organisations"), 303)


def said(entered: frame.Entered) -> str:
    """What an import did, in words."""
    n, people = entered.organisations, entered.persons
    listed = ngettext(
        "%(num)d organisation est entrée dans la liste.", "%(num)d organisations sont entrées dans la liste.", n
    )
    added = ngettext("%(num)d personne a été ajoutée.", "%(num)d personnes ont été ajoutées.", people)
    return f"{listed} {added}" if people else listed


def gone() -> Response:
    flash(gettext("Ce fichier n’est plus gardé : choisissez-le de nouveau."), "warn")
    return redirect(url_for(".import_frame"), 303)
