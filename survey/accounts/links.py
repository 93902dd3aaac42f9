"""One-time links: random, single-use, expiring; the database knows their SHA-256 alone."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.accounts.models import OneTimeLink, Purpose, User
from survey.db import now

LIFETIMES = {
    Purpose.SETUP: dt.timedelta(hours=24),
    Purpose.INVITATION: dt.timedelta(days=7),
    Purpose.RESET: dt.timedelta(hours=1),
}


def digest(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def issue(session: Session, purpose: Purpose, user_id: int | None = None) -> str:
    """The token of a new link; the older ones of the same purpose and user are worth nothing any more."""
    at, token = now(), secrets.token_urlsafe(32)
    same = sa.and_(OneTimeLink.purpose == purpose, OneTimeLink.user_id.is_not_distinct_from(user_id))
    session.execute(sa.delete(OneTimeLink).where(same | (OneTimeLink.expires_at < at)))
    session.add(
        OneTimeLink(
            token_hash=digest(token),
            purpose=purpose,
            user_id=user_id,
            created_at=at,
            expires_at=at + LIFETIMES[purpose],
        )
    )
    session.flush()
    return token


def find(session: Session, token: str) -> OneTimeLink | None:
    """The link, if it may still be used: not used, not expired, and its user, when it has one, is active."""
    return session.scalar(
        sa.select(OneTimeLink)
        .outerjoin(User)
        .where(
            OneTimeLink.token_hash == digest(token),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now(),
            sa.or_(OneTimeLink.user_id.is_(None), User.active),
        )
    )


def redeem(session: Session, link: OneTimeLink) -> bool:
    """Use a link up, and with it all that its user still holds; False when another request was first."""
    at = now()
    first = session.scalar(
        sa.update(OneTimeLink)
        .where(OneTimeLink.token_hash == link.token_hash, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > at)
        .values(used_at=at)
        .returning(OneTimeLink.token_hash)
    )
    if first is not None and link.user_id is not None:
        withdraw(session, link.user_id)
    return first is not None


def withdraw(session: Session, user_id: int) -> None:
    """Make worthless every unused link of a user."""
    session.execute(
        sa.delete(OneTimeLink).where(OneTimeLink.user_id == user_id, OneTimeLink.used_at.is_(None)),
        execution_options={"synchronize_session": False},
    )
