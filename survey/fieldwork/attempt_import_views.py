"""A study under way brought in by page: a file of attempts and outcomes, its preview, the confirmation, an example."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as Redirection

from survey.db import db, now
from survey.fieldwork import attempt_import, mapping_forms, uploads, wordings
from survey.fieldwork.attempt_columns import LAYOUT
from survey.fieldwork.attempt_moments import Clock
from survey.fieldwork.attempt_plan import Plan
from survey.fieldwork.attempt_words import OUTCOMES, of_a_file
from survey.fieldwork.everything import MIMETYPE
from survey.fieldwork.example import workbook
from survey.fieldwork.forms import UploadForm
from survey.fieldwork.frame_views import MOST_COLUMNS, SHOWN, folder
from survey.fieldwork.headings import Chosen
from survey.fieldwork.moment_forms import here
from survey.fieldwork.views import UNPROCESSABLE, Answer, status
from survey.instrument.codes import AttemptResult, Channel, RefusalReason
from survey.web import language

blueprint = Blueprint("attempt_import", __name__)


def clock() -> Clock:
    return Clock(now(), here())


@blueprint.route("/attempts/import", methods=["GET", "POST"])
def choose() -> Answer:
    form = UploadForm()
    if form.validate_on_submit():
        sent = form.file.data
        token = uploads.keep(folder(), current_user.id, sent.filename, sent.read())
        return redirect(url_for(".preview", token=token), 303)
    words = {"Channel": Channel, "AttemptResult": AttemptResult, "RefusalReason": RefusalReason}
    outcomes = list(dict.fromkeys(OUTCOMES.values()))
    page = render_template("fieldwork/attempts_import.html", form=form, layout=LAYOUT, outcomes=outcomes, **words)
    return page, status(form)


@blueprint.get("/attempts/example.xlsx")
def example() -> Response:
    name = gettext("exemple-demarches")
    return send_file(workbook(language()), MIMETYPE, as_attachment=True, download_name=f"{name}.xlsx")


@blueprint.get("/attempts/import/<token>")
def preview(token: str) -> Answer:
    chosen = mapping_forms.chosen(request.args)
    plan = planned(token, chosen)
    return gone() if plan is None else drawn(plan, token, chosen)


def planned(token: str, chosen: Chosen) -> Plan | None:
    """What bringing in the file kept under this token would do; None when it is gone. It is read as a list is."""
    sent = uploads.read(folder(), current_user.id, token)
    if sent is None:
        return None
    outcomes, at = of_a_file(wordings.spellings(db.session)), clock()
    db.close()
    plan = attempt_import.read(*sent, at, chosen, outcomes)
    attempt_import.find(db.session, plan, at)
    return plan


def drawn(plan: Plan, token: str, chosen: Chosen) -> str:
    counts = Counter(plan.outcomes.values())
    return render_template(
        "fieldwork/attempts_preview.html",
        plan=plan,
        token=token,
        shown=SHOWN,
        layout=LAYOUT,
        carried=mapping_forms.carried(chosen),
        MOST_COLUMNS=MOST_COLUMNS,
        outcomes=sorted(counts.items(), key=lambda one: one[0].number),
        fresh={ready.told.line for ready in plan.attempts},
    )


@blueprint.post("/attempts/import/<token>")
def confirm(token: str) -> Answer:
    chosen = mapping_forms.chosen(request.form)
    plan = planned(token, chosen)
    if plan is None:
        return gone()
    if plan.errors:
        return drawn(plan, token, chosen), UNPROCESSABLE
    n = attempt_import.carry_out(db.session, plan, clock(), current_user.id)
    changed = len(plan.outcomes)
    db.session.commit()
    uploads.forget(folder(), current_user.id, token)
    entered = ngettext("%(num)d démarche est entrée.", "%(num)d démarches sont entrées.", n)
    outcomes = ngettext("%(num)d issue a changé.", "%(num)d issues ont changé.", changed)
    flash(f"{entered} {outcomes}", "good")
    return redirect(url_for("fieldwork.organisations"), 303)


def gone() -> Redirection:
    flash(gettext("Ce fichier n’est plus gardé : choisissez-le de nouveau."), "warn")
    return redirect(url_for(".choose"), 303)
