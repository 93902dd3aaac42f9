"""The next wave of collection: who is in it, said in figures before it opens; and those that are out of it."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from survey.db import db
from survey.fieldwork import listing, opening, views, waves
from survey.fieldwork.opening import LEFT_OUT, Opened
from survey.fieldwork.outcome_views import blueprint as outcomes
from survey.fieldwork.team_forms import within
from survey.instrument.codes import Disposition
from survey.text import line

#: How the address spells the organisations that were out of the last wave.
OUT = "out"


@outcomes.get("/outcomes/next-wave")
def next_wave() -> str | tuple[str, int]:
    """Which outcomes of this wave enter the next; once they are chosen, what will be done, to be confirmed."""
    wave, lines = waves.current(db.session), opening.by_outcome(db.session)
    asked = "keep" in request.args or "chosen" in request.args
    kept = chosen(request.args.getlist("keep")) if asked else {one.outcome for one in lines} - LEFT_OUT
    within = [one for one in lines if one.outcome in kept]
    lacking = asked and not within
    page = render_template(
        "fieldwork/next_wave.html",
        wave=wave,
        lines=lines,
        kept=kept,
        within=within,
        asked=asked,
        lacking=lacking,
        planned=opening.planned(db.session) if asked else 0,
        OUT=OUT,
    )
    return (page, views.UNPROCESSABLE) if lacking else page


@outcomes.post("/outcomes/next-wave")
def open_wave() -> Response:
    """Open it. Of two clicks, or of two who coordinate, the second finds it open."""
    seen, kept = request.form.get("seen", 0, type=int), chosen(request.form.getlist("keep"))
    if not kept:
        abort(400)
    try:
        n = opening.open_next(db.session, seen, kept, current_user.id)
    except Opened:
        flash(gettext("La vague suivante est déjà ouverte : rien n’a été ajouté."), "warn")
        return redirect(url_for("outcomes.show"), 303)
    said = ngettext("%(num)d organisation à contacter.", "%(num)d organisations à contacter.", n)
    flash(gettext("La vague %(number)d est ouverte : %(said)s", number=seen + 1, said=said), "good")
    db.session.commit()
    return redirect(url_for("outcomes.show"), 303)


def chosen(codes: list[str]) -> set[Disposition | None]:
    """The outcomes that a form or an address names; what it does not know is nobody's."""
    return {None if code == OUT else Disposition.of(code) for code in codes if code in {OUT, *Disposition}}


@views.blueprint.get("/organisations/left-out")
def left_out() -> str:
    """The organisations that are out of the wave under way."""
    search = line(request.args.get("q", ""))[: listing.SEARCH_LENGTH]
    rows = listing.left_out(db.session, search, views.identifier("after"), within())
    further = rows[listing.PAGE - 1].id if len(rows) > listing.PAGE else None
    wave = waves.current(db.session)
    return render_template(
        "fieldwork/left_out_list.html", rows=rows[: listing.PAGE], after=further, search=search, wave=wave
    )


@views.blueprint.post(f"{views.ORGANISATION}/bring-in")
def bring_in(organisation_id: int) -> Response:
    """Give an organisation a case in the wave under way; asked again, it has it already."""
    if opening.bring_in(db.session, organisation_id, current_user.id):
        db.session.commit()
    return views.here(organisation_id)
