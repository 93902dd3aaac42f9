"""Every request is held against the permission table before its view is called."""

from __future__ import annotations

from flask import Flask, abort, flash, jsonify, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFError, generate_csrf
from werkzeug.wrappers import Response

from survey import problems, web
from survey.accounts import bearer, sessions
from survey.accounts.permissions import NOBODY, PERMISSIONS
from survey.behind import behind
from survey.db import SAFE_METHODS


class Door(LoginManager):  # type: ignore[misc]
    """Flask-Login's, which knows people by their session alone: no cookie remembers them, no browser is described.

    At an address for scripts it knows them by their token alone, which opens no page.
    """

    def _load_user(self) -> None:
        if problems.scripted():
            self._update_request_context_with_user(bearer.load())
            return
        token = session.get("_user_id")
        self._update_request_context_with_user(sessions.load(token) if token else None)

    def _update_remember_cookie(self, response: Response) -> Response:
        return response


login_manager = Door()


def init_app(app: Flask) -> None:
    """Put the guard before every view of an application."""
    login_manager.init_app(app)
    login_manager.unauthorized_handler(unauthorized)
    app.before_request(check)
    app.jinja_env.globals["session_left"] = sessions.left
    app.after_request(sessions.tell)
    app.teardown_appcontext(sessions.touch)
    app.teardown_appcontext(bearer.touch)
    app.register_error_handler(CSRFError, csrf_refused)


def check() -> ResponseReturnValue | None:
    """None to go on, a redirection to the log-in for a stranger, 403 for a role that may not."""
    endpoint = request.endpoint
    if endpoint is None:
        return None
    roles = PERMISSIONS.get(endpoint, NOBODY)
    if roles is None:
        return None
    user = behind(current_user)
    if not user.is_authenticated:
        return unauthorized()
    if user.role not in roles:
        abort(403)
    return None


def unauthorized() -> Response:
    """Nobody is signed in: the log-in and then back here, or for a script a 401 with what a log-in form needs.

    At an address for scripts there is no log-in, and no token either.
    """
    if problems.scripted():
        return bearer.refused()
    if web.wants_json():
        answer = jsonify(
            error=gettext("Votre session a pris fin. Connectez-vous de nouveau."), csrf_token=generate_csrf()
        )
        answer.status_code = 401
        return answer
    there = url_for("accounts.login", next=web.this_page())
    if request.method in SAFE_METHODS:
        return redirect(there)
    flash(gettext("Votre session avait pris fin : le dernier envoi n’a pas été enregistré."), "warn")
    return redirect(there, 303)


def csrf_refused(error: CSRFError) -> ResponseReturnValue:
    """A page older than the session: a reload mends it, and a script goes on by itself when the person is the same."""
    if not web.wants_json():
        return web.error_page(error)
    if not current_user.is_authenticated:
        return unauthorized()
    answer = jsonify(error=str(web.STALE_PAGE), csrf_token=generate_csrf(), user_id=current_user.id)
    answer.status_code = 400
    return answer
