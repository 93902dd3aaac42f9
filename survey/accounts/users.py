"""Who works here: inviting, changing a role, leaving and coming back."""

from __future__ import annotations

import enum
import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import audit
from survey.accounts import links, tokens
from survey.accounts.models import Language, LoginSession, Purpose, Role, User
from survey.accounts.permissions import RELEASE
from survey.db import now
from survey.text import line

EMAIL = re.compile(r"[!-?A-~]{1,64}@[!-?A-~]{1,250}")


class Refusal(enum.Enum):
    """Why a change to an account is refused."""

    EMAIL_TAKEN = enum.auto()
    LAST_ADMINISTRATOR = enum.auto()
    ONESELF = enum.auto()
    INACTIVE = enum.auto()


class Refused(Exception):
    """A change to an account that cannot be made; nothing was written."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.name)
        self.refusal = refusal


#: Characters of an address (RFC 5321: 64 before the @, 255 after), and some to be refused by.
LONGEST = 400


def email_of(typed: str) -> str:
    """An e-mail as it is kept and compared: one spelling, lower case, and no more of it than an address may have."""
    return line(typed[:LONGEST]).lower()


def is_email(email: str) -> bool:
    """Whether a text has the form of an e-mail address; nothing is said of its existence."""
    return EMAIL.fullmatch(email) is not None


def nobody_yet(session: Session) -> bool:
    """Whether the installation still has no user at all."""
    return not session.scalar(sa.select(sa.exists().select_from(User)))


def add(session: Session, email: str, name: str, role: Role, language: Language, *, by: int | None = None) -> User:
    """A new user without a password; `email` as `email_of` gives it. Raises Refused when the e-mail is taken."""
    user = User(email=email, name=line(name), role=role, language=language, created_at=now())
    try:
        with session.begin_nested():
            session.add(user)
    except sa.exc.IntegrityError:
        raise Refused(Refusal.EMAIL_TAKEN) from None
    audit.record(session, audit.Action.USER_ADD, user_id=by, about=("user", user.id), detail=role)
    return user


def issue_link(session: Session, user: User, *, by: int | None = None) -> str:
    """The token of an invitation, or of a reset for who has a password already. Raises Refused for an inactive user."""
    if not user.active:
        raise Refused(Refusal.INACTIVE)
    purpose = Purpose.RESET if user.password_hash else Purpose.INVITATION
    audit.record(session, audit.Action.LINK_ISSUE, user_id=by, about=("user", user.id), detail=purpose)
    return links.issue(session, purpose, user.id)


def change_role(session: Session, user: User, role: Role, *, by: int) -> None:
    """Give another role, and end the sessions opened under the old one; where it may export nothing, the tokens too.

    Raises Refused for the last administrator.
    """
    if user.role is role:
        return
    if user.role is Role.ADMINISTRATOR:
        _another_administrator(session, user)
    audit.record(
        session, audit.Action.USER_CHANGE_ROLE, user_id=by, about=("user", user.id), detail=f"{user.role} → {role}"
    )
    user.role = role
    end_sessions(session, user.id)
    if role not in RELEASE:
        tokens.revoke_all(session, user.id, by=by, why=audit.Action.USER_CHANGE_ROLE)


def deactivate(session: Session, user: User, *, by: int) -> None:
    """Close an account: its sessions, links and tokens end, what the user did stays. Raises Refused for oneself.

    One that is closed already stays as it is.
    """
    if user.id == by:
        raise Refused(Refusal.ONESELF)
    if not user.active:
        return
    if user.role is Role.ADMINISTRATOR:
        _another_administrator(session, user)
    user.active = False
    end_sessions(session, user.id)
    links.withdraw(session, user.id)
    tokens.revoke_all(session, user.id, by=by, why=audit.Action.USER_DEACTIVATE)
    audit.record(session, audit.Action.USER_DEACTIVATE, user_id=by, about=("user", user.id))


def reactivate(session: Session, user: User, *, by: int) -> None:
    """Open an account again; whoever comes back logs in anew. One that is open already stays as it is."""
    if user.active:
        return
    user.active = True
    end_sessions(session, user.id)
    audit.record(session, audit.Action.USER_REACTIVATE, user_id=by, about=("user", user.id))


def set_password(session: Session, user: User, password_hash: str, *, but: str | None = None) -> None:
    """Keep a new password, and end every session but the one whose token hash is `but`."""
    user.password_hash = password_hash
    end_sessions(session, user.id, but=but)
    links.withdraw(session, user.id)
    audit.record(session, audit.Action.PASSWORD_SET, user_id=user.id, about=("user", user.id))


def end_sessions(session: Session, user_id: int, *, but: str | None = None) -> None:
    """Close every session of a user, except the one whose token hash is `but`."""
    session.execute(
        sa.delete(LoginSession).where(LoginSession.user_id == user_id, LoginSession.token_hash.is_distinct_from(but))
    )


def _another_administrator(session: Session, user: User) -> None:
    """Hold every active administrator until the commit, so that two of them cannot remove each other at once."""
    held = session.scalars(
        sa.select(User.id).where(User.role == Role.ADMINISTRATOR, User.active).order_by(User.id).with_for_update()
    ).all()
    if not set(held) - {user.id}:
        raise Refused(Refusal.LAST_ADMINISTRATOR)
