"""The page of one's tokens: those there are, a new one, shown once, and the end of one."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from survey import receipts
from survey.accounts import tokens
from survey.accounts.account_views import own_password
from survey.accounts.models import AccessToken
from survey.accounts.tokens import State
from survey.api.token_forms import TokenForm
from survey.db import db, held
from survey.release.tiers import NAMES

blueprint = Blueprint("tokens", __name__)


@blueprint.get("/account/tokens")
def show() -> str:
    return page(TokenForm())


def page(form: TokenForm) -> str:
    mine = tokens.of(db.session, current_user.id)
    states = {token.id: tokens.state(token) for token in mine}
    return render_template("api/tokens.html", form=form, mine=mine, states=states, State=State, tiers=NAMES)


@blueprint.post("/account/tokens")
def make() -> str | Response | tuple[str, int]:
    """A new token, shown in the answer itself: no address, cookie or log ever holds it."""
    form = TokenForm()
    if not (form.validate() and own_password(form.password)):
        return page(form), 422
    if not receipts.first(db.session, form.identity):
        said = gettext("Ce jeton est déjà fait, et ne se montre qu’une fois. S’il n’a pas été copié, révoquez-le.")
        flash(said, "warn")
        return redirect(url_for("tokens.show"), 303)
    name, days = str(form.name.data), int(form.days.data or 0)
    token = tokens.issue(db.session, current_user.id, name, days, form.tier.data, by=current_user.id)
    db.session.commit()
    return render_template("api/token.html", token=token, name=name, days=days, tier=form.tier.data, tiers=NAMES)


@blueprint.post("/account/tokens/<int:token_id>/revoke")
def revoke(token_id: int) -> Response:
    """The end of one of one's own tokens."""
    mine = AccessToken.id == token_id, AccessToken.user_id == current_user.id
    token = held(db.session, sa.select(AccessToken).where(*mine)) or abort(404)
    tokens.revoke(db.session, token, by=current_user.id)
    flash(gettext("Le jeton « %(name)s » est révoqué.", name=token.name), "good")
    db.session.commit()
    return redirect(url_for("tokens.show"), 303)
