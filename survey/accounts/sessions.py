"""Sessions live in the database: ended there, they are ended everywhere, whatever cookie comes back."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

import sqlalchemy as sa
from flask import Response, current_app, g, request, session
from flask_login import UserMixin, current_user, login_user, logout_user

from survey.accounts.links import digest
from survey.accounts.models import Language, LoginSession, Role, User
from survey.accounts.permissions import BY_ITSELF, NOBODY, PERMISSIONS
from survey.db import db, now
from survey.prepared import Prepared

SEEN_EVERY = dt.timedelta(minutes=1)
#: Says with each answer in how many seconds the session ends if nothing more is asked, and whatever is asked.
LEFT = "Recension-Session"


class SignedIn(UserMixin):  # type: ignore[misc]
    """The user of this request, as plain values: no ORM object is loaded for it."""

    def __init__(self, row: Any, token: str) -> None:
        self.id: int = row.id
        self.name: str = row.name
        self.email: str = row.email
        self.role: Role = row.role
        self.team: str | None = row.team
        self.language: Language = row.language
        self.token = token

    def get_id(self) -> str:
        return self.token

    def may(self, endpoint: str) -> bool:
        """Whether the role may use a route: what menus and buttons ask before they show."""
        roles = PERMISSIONS.get(endpoint, NOBODY)
        return roles is None or self.role in roles


COLUMNS = (User.id, User.name, User.email, User.role, User.team, User.language)
FIND = Prepared(
    sa.select(*COLUMNS, LoginSession.created_at, LoginSession.seen_at)
    .join(LoginSession, LoginSession.user_id == User.id)
    .where(LoginSession.token_hash == sa.bindparam("token_hash"), User.active)
)


def load(token: str) -> SignedIn | None:
    """The user whose session this is, unless it ended: log-out, deactivation, change of role, idle or age."""
    row = FIND.one(db.connection, token_hash=digest(token))  # outside of any transaction: nobody waits for it
    if row is None:
        return None
    at = now()
    idle, age = limits()
    if at - row.seen_at > idle or at - row.created_at > age:
        return None
    used = at - row.seen_at > SEEN_EVERY and request.endpoint not in BY_ITSELF
    if used:
        g.seen = digest(token)
    g.session_left = idle if used else idle - (at - row.seen_at), age - (at - row.created_at)
    return SignedIn(row, token)


def limits() -> tuple[dt.timedelta, dt.timedelta]:
    """How long a session lasts without use, and at most."""
    config = current_app.config
    return dt.timedelta(minutes=config["SESSION_IDLE_MINUTES"]), dt.timedelta(hours=config["SESSION_HOURS"])


def left() -> str:
    """What is left to the session of this request: two numbers of seconds, as `LEFT` says; "" where there is none."""
    return " ".join(str(int(limit.total_seconds())) for limit in g.get("session_left", ()))


def tell(response: Response) -> Response:
    """Tell the page how long its session lasts from this answer on; no query is asked for it."""
    if lasts := left():
        response.headers[LEFT] = lasts
    return response


def touch(_error: BaseException | None = None) -> None:
    """Note that the session is in use: once the view is done, at most once a minute, in a transaction of its own."""
    token_hash = g.pop("seen", None)
    if token_hash is None:
        return
    db.close()
    at = now()
    seen = sa.update(LoginSession).where(LoginSession.token_hash == token_hash, LoginSession.seen_at < at - SEEN_EVERY)
    try:
        with db.writing() as connection:
            connection.execute(seen.values(seen_at=at))
    except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
        current_app.logger.warning("a session in use was not noted: %s", type(error).__name__)


def begin(user_id: int) -> None:
    """Open a session for a user in this browser, under a new token; the caller commits."""
    token, at = secrets.token_urlsafe(32), now()
    if current_user.is_authenticated:
        _delete(current_user.token)
    g.session_left = limits()
    db.session.execute(sa.delete(LoginSession).where(LoginSession.created_at < at - limits()[1]))
    db.session.add(LoginSession(token_hash=digest(token), user_id=user_id, created_at=at, seen_at=at))
    row = db.session.execute(sa.select(*COLUMNS).where(User.id == user_id)).one()
    forget()
    login_user(SignedIn(row, token))


def end(token: str) -> None:
    """Close this browser's session, in the database and in the browser; the caller commits."""
    _delete(token)
    logout_user()
    g.pop("session_left", None)
    forget()


def forget() -> None:
    """Empty the cookie, the CSRF token included: nothing of one session is of use in the next."""
    session.clear()
    g.pop("csrf_token", None)


def _delete(token: str) -> None:
    db.session.execute(sa.delete(LoginSession).where(LoginSession.token_hash == digest(token)))
