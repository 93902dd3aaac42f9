"""Sessions live in the database: ended there, they are ended everywhere, whatever cookie comes back."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

import sqlalchemy as sa
from flask import current_app, g, session
from flask_login import UserMixin, login_user, logout_user

from survey.accounts.models import Language, LoginSession, Role, User
from survey.db import db, now

SEEN_EVERY = dt.timedelta(minutes=1)


class SignedIn(UserMixin):  # type: ignore[misc]
    """The user of this request, as plain values: no ORM object is loaded for it."""

    def __init__(self, row: sa.Row[tuple[object, ...]], token: str) -> None:
        self.id: int = row.id
        self.name: str = row.name
        self.email: str = row.email
        self.role: Role = row.role
        self.language: Language = row.language
        self.token = token

    def get_id(self) -> str:
        return self.token

    def may(self, endpoint: str) -> bool:
        """Whether the role may use a route: what menus and buttons ask before they show."""
        from survey.accounts.permissions import PERMISSIONS

        roles = PERMISSIONS[endpoint]
        return roles is None or self.role in roles


COLUMNS = (User.id, User.name, User.email, User.role, User.language)
FIND = (
    sa.select(*COLUMNS, LoginSession.created_at, LoginSession.seen_at)
    .join(LoginSession, LoginSession.user_id == User.id)
    .where(LoginSession.token_hash == sa.bindparam("token_hash"), User.active)
)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def load(token: str) -> SignedIn | None:
    """The user whose session this is, unless it ended: log-out, deactivation, change of role, idle or age."""
    row = db.session.execute(FIND, {"token_hash": digest(token)}).one_or_none()
    if row is None:
        return None
    at, config = now(), current_app.config
    idle, age = dt.timedelta(minutes=config["SESSION_IDLE_MINUTES"]), dt.timedelta(hours=config["SESSION_HOURS"])
    if at - row.seen_at > idle or at - row.created_at > age:
        return None
    if at - row.seen_at > SEEN_EVERY:
        g.seen = digest(token)
    return SignedIn(row, token)


def touch(_error: BaseException | None = None) -> None:
    """Note that the session is in use, after the answer and in a transaction of its own."""
    if token_hash := g.pop("seen", None):
        with db.writing() as connection:
            connection.execute(
                sa.update(LoginSession).where(LoginSession.token_hash == token_hash).values(seen_at=now())
            )


def begin(user: User) -> None:
    """Open a session for `user` in this browser, under a new token; the caller commits."""
    token, at = secrets.token_urlsafe(32), now()
    db.session.add(LoginSession(token_hash=digest(token), user_id=user.id, created_at=at, seen_at=at))
    db.session.flush()
    row = db.session.execute(sa.select(*COLUMNS).where(User.id == user.id)).one()
    session.clear()
    login_user(SignedIn(row, token))


def end(token: str) -> None:
    """Close one session, in the database and in this browser; the caller commits."""
    db.session.execute(sa.delete(LoginSession).where(LoginSession.token_hash == digest(token)))
    logout_user()
    session.clear()


def end_all(user_id: int) -> None:
    """Close every session of a user: after a change of role, of password, or a deactivation; the caller commits."""
    db.session.execute(sa.delete(LoginSession).where(LoginSession.user_id == user_id))
