"""Cases that nobody contacts until a date: suspended by the coordination, many at once, and lifted early."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from survey import web
from survey.db import db
from survey.fieldwork import suspensions
from survey.fieldwork.contact_forms import SuspensionForm
from survey.fieldwork.moment_forms import here, today
from survey.fieldwork.views import Answer, status
from survey.instrument.codes import OrganisationType, Region
from survey.text import line

blueprint = Blueprint("suspensions", __name__, url_prefix="/suspensions")


@blueprint.get("")
def show() -> str:
    return page(SuspensionForm(formdata=None))


def page(form: SuspensionForm) -> str:
    under_way = suspensions.under_way(db.session, today(here()))
    return render_template("fieldwork/suspensions.html", form=form, ticked=form.ticked, under_way=under_way)


def ticked() -> list[int]:
    return [n for n in request.form.getlist("case", type=int) if 0 < n <= web.LAST_ID]


@blueprint.post("/ticked")
def choose() -> Answer:
    """Ask until when, and why, for what is ticked in the list."""
    if not ticked():
        flash(gettext("Cochez d’abord des organisations."), "warn")
        return redirect(web.local_path(request.form.get("next")) or url_for("fieldwork.organisations"), 303)
    return page(SuspensionForm(ticked(), formdata=None))


@blueprint.post("")
def suspend() -> Answer:
    form = SuspensionForm(ticked())
    if not form.validate_on_submit() or form.until.data is None:
        return page(form), status(form)
    region = Region.of(form.region.data) if form.region.data else None
    kind = OrganisationType.of(form.kind.data) if form.kind.data else None
    parts = suspensions.named(form.ticked) if form.ticked else suspensions.among(region, kind)
    n = suspensions.suspend(db.session, parts, form.until.data, form.why.data or "", current_user.id)
    flash(ngettext("%(num)d organisation suspendue.", "%(num)d organisations suspendues.", n), "good" if n else "warn")
    db.session.commit()
    return redirect(url_for(".show"), 303)


@blueprint.post("/lift")
def lift() -> Response:
    """End early a suspension as the page lists it, or that of the one case that is named."""
    if those := ticked():
        parts = suspensions.named(those)
    else:
        try:
            parts = suspensions.together(dt.date.fromisoformat(request.form["until"]), line(request.form["why"]))
        except ValueError:
            abort(400)
    n = suspensions.lift(db.session, parts, current_user.id)
    flash(ngettext("Suspension levée : %(num)d organisation.", "Suspension levée : %(num)d organisations.", n), "good")
    db.session.commit()
    return redirect(web.local_path(request.form.get("next")) or url_for(".show"), 303)
