"""Tokens that scripts show: random, named, for a time, of one tier; the database knows their SHA-256 alone."""

from __future__ import annotations

import datetime as dt
import enum
import secrets
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from survey import audit
from survey.accounts.links import digest
from survey.accounts.models import AccessToken, Reach, User
from survey.db import now
from survey.prepared import Prepared

#: What each token begins with, so that one that was left in a file is known for what it is.
PREFIX = "recension_"
#: Days that a token lasts where nothing else is asked, and at most.
USUAL, MOST = 90, 365
USED_EVERY = dt.timedelta(minutes=1)


class State(enum.Enum):
    """Whether a token opens anything, and why it does not."""

    GOOD = enum.auto()
    UNKNOWN = enum.auto()
    EXPIRED = enum.auto()
    REVOKED = enum.auto()


FIND = Prepared(
    sa.select(
        *(User.id, User.name, User.email, User.role, User.team, User.language, User.active),
        *(AccessToken.tier, AccessToken.expires_at, AccessToken.revoked_at, AccessToken.last_used_at),
        AccessToken.id.label("token_id"),
    )
    .join(AccessToken, AccessToken.user_id == User.id)
    .where(AccessToken.token_hash == sa.bindparam("token_hash"))
)


def issue(session: Session, user_id: int, name: str, days: int, tier: Reach, *, by: int | None) -> str:
    """A new token, which nobody can be told again; the caller commits. Raises ValueError for a time out of bounds."""
    if not 1 <= days <= MOST:
        raise ValueError(days)
    at, token = now(), PREFIX + secrets.token_urlsafe(32)
    made = AccessToken(user_id=user_id, name=name, tier=tier, token_hash=digest(token), created_at=at)
    made.expires_at = at + dt.timedelta(days=days)
    session.add(made)
    session.flush()
    detail = f"{tier} {made.expires_at:%Y-%m-%d}"
    audit.record(session, audit.Action.TOKEN_ADD, user_id=by, about=("access_token", made.id), detail=detail)
    return token


def find(connection: sa.Connection, token: str) -> Any:
    """Whose token this is, and what it opens, as one row; None for one that is nobody's.

    It is looked for by its hash: how long that takes says nothing of it.
    """
    return FIND.one(connection, token_hash=digest(token))


def state(token: Any) -> State:
    """What a token is worth, of `find` or of the table."""
    if token is None:
        return State.UNKNOWN
    if token.revoked_at is not None:
        return State.REVOKED
    return State.EXPIRED if token.expires_at <= now() else State.GOOD


def of(session: Session, user_id: int | None = None) -> list[AccessToken]:
    """The tokens of a person, of everybody for None: those that are good first, the newest first."""
    query = sa.select(AccessToken).options(joinedload(AccessToken.user)).order_by(AccessToken.id.desc())
    if user_id is not None:
        query = query.where(AccessToken.user_id == user_id)
    return sorted(session.scalars(query), key=lambda token: state(token) is not State.GOOD)


def revoke(session: Session, token: AccessToken, *, by: int | None, why: str | None = None) -> None:
    """Make a token worthless for good; the caller commits. One that is revoked already stays as it is."""
    if token.revoked_at is not None:
        return
    token.revoked_at = now()
    audit.record(session, audit.Action.TOKEN_REVOKE, user_id=by, about=("access_token", token.id), detail=why)


def revoke_all(session: Session, user_id: int, *, by: int | None, why: str) -> None:
    """Make worthless every token of a person; the caller commits."""
    for token in session.scalars(sa.select(AccessToken).where(AccessToken.user_id == user_id)):
        revoke(session, token, by=by, why=why)


def note_use(connection: sa.Connection, token_id: int) -> None:
    """Note that a token served, at most once a minute."""
    at = now()
    before = sa.or_(AccessToken.last_used_at.is_(None), AccessToken.last_used_at < at - USED_EVERY)
    connection.execute(sa.update(AccessToken).where(AccessToken.id == token_id, before).values(last_used_at=at))
