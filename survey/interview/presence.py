"""Who else is in an interview just now, and in which field: told by their pages time and again, soon forgotten."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.accounts.models import User
from survey.db import Base, now, upsert

#: Pages tell every 15 seconds: who missed three has gone.
LASTS = dt.timedelta(seconds=45)
#: What changed less and is more recent is not written again.
FRESH = dt.timedelta(seconds=20)


class Presence(Base):
    """Where a user was seen last in an interview. Nothing is ever made of these rows: the old ones are removed."""

    __tablename__ = "presence"

    interview_id: Mapped[int] = mapped_column(sa.ForeignKey("interview.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    block: Mapped[uuid.UUID | None]
    item: Mapped[str | None]
    at: Mapped[dt.datetime] = mapped_column(index=True)


@dataclass(frozen=True)
class Someone:
    """A colleague who is there, in an item of the block with this uid, or of the interview itself, or in none."""

    user_id: int
    name: str
    block: uuid.UUID | None
    item: str | None


def tell(session: Session, interview_id: int, user_id: int, block: uuid.UUID | None, item: str | None) -> list[Someone]:
    """Note that a user is there, and say who else is, by name; the caller commits."""
    at = now()
    gone = sa.select(Presence.interview_id, Presence.user_id).where(Presence.at <= at - LASTS)
    gone = gone.where(Presence.user_id != user_id).with_for_update(skip_locked=True)
    session.execute(sa.delete(Presence).where(sa.tuple_(Presence.interview_id, Presence.user_id).in_(gone)))
    here = {"block": block, "item": item, "at": at}
    moved = Presence.block.is_distinct_from(block) | Presence.item.is_distinct_from(item)
    session.execute(
        upsert(session, Presence)
        .values(interview_id=interview_id, user_id=user_id, **here)
        .on_conflict_do_update(
            index_elements=["interview_id", "user_id"], set_=here, where=moved | (Presence.at <= at - FRESH)
        )
    )
    others = (
        sa.select(Presence.user_id, User.name, Presence.block, Presence.item)
        .join(User, User.id == Presence.user_id)
        .where(Presence.interview_id == interview_id, Presence.user_id != user_id, Presence.at > at - LASTS)
        .order_by(User.name, User.id)
    )
    return [Someone(*row) for row in session.execute(others)]
