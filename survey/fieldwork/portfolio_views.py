"""A whole portfolio changes hands: whose it is, how many there are of each outcome, and to whom it goes."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user

from survey.db import db
from survey.fieldwork import listing, portfolios
from survey.fieldwork.portfolio_forms import PortfolioForm
from survey.fieldwork.views import Answer, blueprint, identifier, status


@blueprint.get("/organisations/portfolio")
def portfolio() -> Answer:
    if request.args.get("whose", "") == "":
        return page(None)
    holder_id = identifier("whose")
    return page(form_of(holder_id)) if holder_id is not None else abort(404)


def form_of(holder_id: int) -> PortfolioForm:
    """The form for the portfolio of somebody who may hold one; 404 for anybody else. 0 stands for nobody."""
    if holder_id and all(row.id != holder_id for row in listing.holders(db.session)):
        abort(404)
    return PortfolioForm(holder_id, listing.interviewers(db.session))


def page(form: PortfolioForm | None) -> str:
    counts = portfolios.counts(db.session, form.holder_id) if form else {}
    return render_template(
        "fieldwork/portfolio.html",
        form=form,
        holders=listing.holders(db.session),
        counts=counts,
        left=sum(n for outcome, n in counts.items() if outcome in portfolios.OPEN),
        OPEN=portfolios.OPEN,
    )


@blueprint.post("/organisations/portfolio")
def hand_over() -> Answer:
    """Hand it over; of two who coordinate, the second is told that nothing was left."""
    holder_id = request.form.get("whose", type=int)
    if holder_id is None or holder_id < 0:
        abort(400)
    form = form_of(holder_id)
    if not form.validate_on_submit():
        return page(form), status(form)
    n = portfolios.hand_over(db.session, holder_id, form.receivers, form.outcomes, current_user.id)
    said = ngettext("%(num)d organisation change de mains.", "%(num)d organisations changent de mains.", n)
    flash(said if n else gettext("Aucune organisation à confier : rien n’a changé."), "good" if n else "warn")
    db.session.commit()
    return redirect(url_for(".portfolio", whose=holder_id), 303)
