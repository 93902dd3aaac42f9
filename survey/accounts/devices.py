"""Browsers that an e-mail logged in from: the throttle counts theirs apart from those of everybody at the address."""

from __future__ import annotations

import datetime as dt
import secrets

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from survey.accounts import throttle

COOKIE = "recension_device"
KEPT = dt.timedelta(days=90)


def attempt_at(email: str) -> throttle.Attempt:
    """What the throttle counts for an e-mail tried in this request: its browser where it is known, else the address."""
    return throttle.Attempt.of(current_app.config["SECRET_KEY"], known(email) or request.remote_addr, email)


def known(email: str) -> str | None:
    """A name for this browser, if this e-mail logged in from it lately; the cookie of one e-mail serves no other."""
    try:
        return "device " + str(_signer(email).loads(request.cookies.get(COOKIE, ""), max_age=KEPT.days * 86_400))
    except BadData:
        return None


def remember(email: str) -> None:
    """Know this browser again: whoever guesses from the same address, or behind the same proxy, locks nobody out."""
    value = _signer(email).dumps(secrets.token_urlsafe(9))

    @after_this_request
    def keep(response: Response) -> Response:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(COOKIE, value, max_age=KEPT, httponly=True, samesite="Lax", secure=secure)
        return response


def _signer(email: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"device of {email}")
