"""How the collection went: outcomes that add up to the list, rates with their base, Annexe A as a document."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import format_decimal, gettext
from flask_login import current_user

from survey import typeset
from survey.db import db
from survey.fieldwork import annexe, annexe_document, flow, waves
from survey.fieldwork.forms import PopulationForm
from survey.fieldwork.models import Wave
from survey.fieldwork.moment_forms import here, today
from survey.fieldwork.rates import FORMULAS
from survey.fieldwork.views import Answer, status
from survey.instrument.codes import Disposition, TargetPopulation, aapor
from survey.web import language

blueprint = Blueprint("outcomes", __name__)

#: The rates that a table by region, type, source or snowball wave has room for.
IN_PARTS = ("RR1", "COOP1", "REF1", "CON1")


@blueprint.get("/outcomes")
def show() -> str:
    wave = asked()
    if wave is None:
        return render_template("fieldwork/outcomes.html", wave=None)
    return page(wave, PopulationForm(data=said(wave)))


def asked() -> Wave | None:
    """The wave under way, or with `?wave=` an earlier one; None as long as the list is empty."""
    every = waves.every(db.session)
    if not every:
        return None
    number = request.args.get("wave", every[0].number, type=int)
    return next((one for one in every if one.number == number), None) or abort(404)


@blueprint.post("/outcomes/population")
def state() -> Answer:
    """Say of whom the wave speaks."""
    wave = waves.current(db.session) or abort(404)
    form = PopulationForm()
    if not form.validate_on_submit():
        return page(wave, form), status(form)
    waves.state(db.session, wave, form.stated, current_user.id)
    db.session.commit()
    flash(gettext("La population visée est consignée."), "good")
    return redirect(url_for(".show"), 303)


def said(wave: Wave) -> dict[str, str | None]:
    e = None if wave.e is None else format_decimal(wave.e, "0.#########")
    return {"population": wave.population or "", "e": e, "e_method": wave.e_method}


def page(wave: Wave, form: PopulationForm) -> str:
    standing = waves.standing(db.session, wave)
    return render_template(
        "fieldwork/outcomes.html",
        wave=wave,
        waves=waves.every(db.session),
        form=form,
        standing=standing,
        aapor=aapor,
        check=waves.reconcile(db.session, wave),
        readings=waves.read_as(standing, wave),
        parts={part: waves.read_by(db.session, wave, part) for part in waves.PARTS},
        FORMULAS=FORMULAS,
        IN_PARTS=IN_PARTS,
    )


@blueprint.get("/outcomes/annexe-a")
def annexe_a() -> str:
    wave = asked()
    parts = annexe.parts(db.session, wave.number if wave else 0)
    counted = {disposition: sum(len(part.names.get(disposition, [])) for part in parts) for disposition in Disposition}
    totals = {disposition: n for disposition, n in counted.items() if n}
    return render_template(
        "fieldwork/annexe.html",
        wave=wave,
        parts=parts,
        totals=totals,
        flow=wave and flow.of_wave(db.session, wave),
        stated=wave and wave.population,
        spoken_of=((wave and wave.population) or TargetPopulation.WITH_INITIATIVES).label,
    )


@blueprint.get("/outcomes/annexe-a.pdf")
def annexe_a_pdf() -> str | Response:
    """The same as a document; the page as long as the list is empty."""
    wave = asked()
    if wave is None:
        return annexe_a()
    document = annexe_document.drawn(
        annexe.parts(db.session, wave.number), flow.of_wave(db.session, wave), wave, today(here()), language()
    )
    response = Response(typeset.pdf(annexe_document.TEMPLATE, document), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="annexe-a-{language()}.pdf"'
    return response
