"""The course of an interview, apart from its answers: what became of its blocks."""

from __future__ import annotations

import datetime as dt
import enum
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import Base
from survey.interview.models import Initiative


class RearrangementKind(enum.StrEnum):
    SPLIT = "split"
    MERGE = "merge"
    MOVE = "move"


class Rearrangement(Base):
    """One act on the blocks of an interview. `id` is that of the form that asked it.

    `initiative` was split, took the other in, or moved; `other` is the block made by a split or set aside by a merger;
    `to_interview` is where a block moved.
    """

    __tablename__ = "rearrangement"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[RearrangementKind]
    interview_id: Mapped[int] = mapped_column(sa.ForeignKey("interview.id", ondelete="CASCADE"), index=True)
    initiative_id: Mapped[int] = mapped_column(sa.ForeignKey("initiative.id", ondelete="CASCADE"), index=True)
    other_id: Mapped[int | None] = mapped_column(sa.ForeignKey("initiative.id", ondelete="CASCADE"), index=True)
    to_interview_id: Mapped[int | None] = mapped_column(sa.ForeignKey("interview.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    at: Mapped[dt.datetime]
    undone_at: Mapped[dt.datetime | None]

    initiative: Mapped[Initiative] = relationship(foreign_keys=initiative_id)
    other: Mapped[Initiative | None] = relationship(foreign_keys=other_id)
