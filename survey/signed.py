"""What a browser brings back signed, its session and its CSRF token: a signature is checked once.

Flask and Flask-WTF derive their keys and check anew at each request: a sixth of a save (tests/bench/README.md).
"""

from __future__ import annotations

import hmac
from functools import lru_cache

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFError, CSRFProtect, same_origin
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.http import parse_cookie

from survey.behind import behind
from survey.db import SAFE_METHODS

#: As many browsers as come back between two restarts; more are only checked again.
KNOWN = 2000


class Cookies(SecureCookieSessionInterface):
    """The session's cookie. How long a session lasts stands in the database (`accounts.sessions`), not here."""

    def __init__(self, app: Flask) -> None:
        signed = self.get_signing_serializer(app)
        assert signed is not None

        @lru_cache(KNOWN)
        def words(cookies: str) -> str:
            cookie = parse_cookie(cookies).get(self.get_cookie_name(app), "")
            lasting = int(app.permanent_session_lifetime.total_seconds())
            return self.serializer.dumps(signed.loads(cookie, max_age=lasting))

        self.words = words  # of the session among the cookies; raises BadData, which is not kept

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        try:
            words = self.words(request.environ.get("HTTP_COOKIE", ""))
        except BadData:
            return self.session_class()
        return self.session_class(self.serializer.loads(words))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.modified:
            super().save_session(app, session, response)


class Protection(CSRFProtect):  # type: ignore[misc]
    """Flask-WTF's, with a way of its own for the header of a script: its body is not read as a form to find a token."""

    def init_app(self, app: Flask) -> None:
        super().init_app(app)
        self.raw = lru_cache(KNOWN)(URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token").loads)

    def protect(self, apply_exemptions: bool = False) -> None:
        asked = behind(request)
        shown = asked.headers.get("X-CSRFToken")
        if shown is None or asked.method in SAFE_METHODS:
            super().protect(apply_exemptions)
            return
        try:
            raw = self.raw(shown)
        except BadData:
            raise CSRFError("The token is not ours.") from None
        if not hmac.compare_digest(str(raw), session.get("csrf_token", "")):
            raise CSRFError("The token is of another session.")
        if asked.is_secure and not same_origin(asked.referrer or "", asked.host_url):
            raise CSRFError("The request comes from another site.")
        g.csrf_valid = True  # no form checks it again
