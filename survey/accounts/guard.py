"""Every request is held against the permission table before its view is called."""

from __future__ import annotations

from flask import Flask, abort, request
from flask_login import LoginManager, current_user

from survey.accounts.permissions import PERMISSIONS

login_manager = LoginManager()


def init_app(app: Flask) -> None:
    from survey.accounts import sessions

    login_manager.init_app(app)
    login_manager.login_view = "accounts.login"
    login_manager.session_protection = None
    login_manager.user_loader(sessions.load)
    app.before_request(check)


def check() -> object:
    """None to go on, a redirection to the log-in for a stranger, 403 for a role that may not."""
    if request.endpoint is None:
        return None
    roles = PERMISSIONS[request.endpoint]
    if roles is None:
        return None
    if not current_user.is_authenticated:
        return login_manager.unauthorized()
    if current_user.role not in roles:
        abort(403)
    return None
