"""The people who work here, their sessions and their one-time links."""

from __future__ import annotations

import datetime as dt
import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import Base
from survey.instrument.grammar import Codes


class Role(Codes):
    INTERVIEWER = "interviewer", 1, "Intervieweur ou intervieweuse", "Interviewer"
    COORDINATOR = "coordinator", 2, "Coordination", "Coordinator"
    CODER = "coder", 3, "Codage", "Coder"
    ANALYST = "analyst", 4, "Analyse", "Analyst"
    ADMINISTRATOR = "administrator", 5, "Administration", "Administrator"
    COMMITTEE = "committee", 6, "Comité consultatif", "Advisory committee"


class Language(enum.StrEnum):
    FRENCH = "fr"
    ENGLISH = "en"


class Purpose(enum.StrEnum):
    """What a one-time link is for."""

    SETUP = "setup"
    INVITATION = "invitation"
    RESET = "reset"


class Reach(enum.StrEnum):
    """How much a script may read: the tiers of `release.tiers` but the identified one, which no token opens."""

    RESEARCH = "research"
    OPEN = "open"


class User(Base):
    """Somebody who works on the recension."""

    __tablename__ = "user"
    __table_args__ = (sa.CheckConstraint("email = lower(email)", name=sa.schema.conv("ck_user_email_is_lower_case")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role]
    team: Mapped[str | None] = mapped_column(index=True)
    language: Mapped[Language] = mapped_column(default=Language.FRENCH)
    password_hash: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime]


class LoginSession(Base):
    """A session of one browser. The browser holds a random token; here is its SHA-256 only. Ended means gone."""

    __tablename__ = "login_session"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]


class OneTimeLink(Base):
    """An invitation, a reset or the first set-up. The link holds a random token; here is its SHA-256 only."""

    __tablename__ = "one_time_link"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[Purpose]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]

    user: Mapped[User | None] = relationship()


class AccessToken(Base):
    """What a script shows to read releases in somebody's name: random, long-lived; here is its SHA-256 only."""

    __tablename__ = "access_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    tier: Mapped[Reach]
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    last_used_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]

    user: Mapped[User] = relationship()


class LoginFailure(Base):
    """A log-in that failed: what the throttle counts. Neither the address nor the e-mail is kept in clear."""

    __tablename__ = "login_failure"
    __table_args__ = (sa.Index("ix_login_failure_address_hash_at", "address_hash", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    address_hash: Mapped[str]
    email_hash: Mapped[str]
