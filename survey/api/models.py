"""Which tables each token began to pull, so that the log has one entry for one pull, in however many pages."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import Base


class TokenPull(Base):
    """When a token last began to pull the rows of a unit of a release."""

    __tablename__ = "token_pull"

    token_id: Mapped[int] = mapped_column(sa.ForeignKey("access_token.id", ondelete="CASCADE"), primary_key=True)
    release_id: Mapped[int] = mapped_column(sa.ForeignKey("release.id", ondelete="CASCADE"), primary_key=True)
    unit: Mapped[str] = mapped_column(primary_key=True)
    began_at: Mapped[dt.datetime]
