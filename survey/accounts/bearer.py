"""Who asks at an address for scripts: the token of the request says, and neither a cookie nor the address does."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from flask import Response, current_app, g, request
from flask_babel import gettext
from sqlalchemy.orm import Session

from survey import audit, problems
from survey.accounts import throttle, tokens
from survey.accounts.models import Reach
from survey.accounts.sessions import SignedIn
from survey.accounts.tokens import State
from survey.db import db, now
from survey.web import ERRORS, language

SHOWN = re.compile(r"bearer +([\w.~+/=-]{1,200})", re.IGNORECASE | re.ASCII)
#: Where a token would stand in logs and histories.
IN_THE_ADDRESS = {"token", "access_token", "api_key"}


class Script(SignedIn):
    """A person's script, in their name, for as much as its token opens."""

    def __init__(self, row: Any) -> None:
        super().__init__(row, token="")
        self.token_id: int = row.token_id
        self.tier = Reach(row.tier)


def load() -> Script | None:
    """Who the token of this request stands for; for one that opens nothing None, and the failure is counted."""
    found = SHOWN.fullmatch(request.headers.get("Authorization", ""))
    if found is None:
        return None
    row = tokens.find(db.connection, found[1])
    g.token_state = tokens.state(row)
    if g.token_state is State.GOOD and row.active:
        if row.last_used_at is None or now() - row.last_used_at > tokens.USED_EVERY:
            g.token_used = row.token_id
        return Script(row)
    g.token_wait = count_failure(row.token_id if row else None)
    return None


def count_failure(token_id: int | None) -> int:
    """Seconds to wait before another token may be tried from this address; a good one is never kept waiting."""
    attempt = throttle.Attempt.of(current_app.config["SECRET_KEY"], request.remote_addr, "access token")
    with db.writing() as connection, Session(connection) as session:
        seconds = throttle.wait(session, attempt)
        if not seconds:
            about = ("access_token", token_id) if token_id else None
            audit.record(session, audit.Action.TOKEN_REFUSE, about=about)
        session.flush()
    return seconds


def refused() -> Response:
    """401 with what to show instead; 429 for who tries one token after the other."""
    if seconds := g.get("token_wait", 0):
        response = problems.answer(429, *ERRORS[429], language())
        response.headers["Retry-After"] = str(seconds)
        return response
    state = g.get("token_state")
    response = problems.answer(401, gettext("Jeton demandé"), why(state), language())
    response.headers["WWW-Authenticate"] = 'Bearer realm="Recension"' + (state is not None) * ', error="invalid_token"'
    return response


def why(state: State | None) -> str:
    """What is wrong with the token of this request, in a sentence."""
    if state is State.EXPIRED:
        return str(gettext("Ce jeton a expiré. Faites-en un autre sur la page « Jetons d’accès »."))
    if state in (State.REVOKED, State.GOOD):  # good, and of a closed account
        return str(gettext("Ce jeton a été révoqué."))
    if state is State.UNKNOWN:
        return str(gettext("Ce jeton n’est pas d’ici."))
    if IN_THE_ADDRESS & set(request.args):
        return str(
            gettext("Un jeton ne va jamais dans l’adresse, que les journaux gardent : révoquez-le, faites-en un autre.")
        )
    return str(gettext("Montrez un jeton dans l’en-tête Authorization : Bearer …"))


def touch(_error: BaseException | None = None) -> None:
    """Note that the token served: once the view is done, in a transaction of its own."""
    token_id = g.pop("token_used", None)
    if token_id is None:
        return
    db.close()
    try:
        with db.writing() as connection:
            tokens.note_use(connection, token_id)
    except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
        current_app.logger.warning("a token in use was not noted: %s", type(error).__name__)
