"""The forms that were taken in, by the id that each carries: sent twice, a form does once what it asks."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.db import Base, now, upsert


class Receipt(Base):
    """A form that was taken in. Its id was made with the page."""

    __tablename__ = "receipt"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]


def first(session: Session, form_id: uuid.UUID) -> bool:
    """Whether this form comes for the first time: taken in with what it does, by the caller's commit, or not at all.

    Of two at once the second waits here for the first, and is the first when that one gave up.
    """
    row = upsert(session, Receipt).values(id=form_id, at=now()).on_conflict_do_nothing()
    return session.scalar(row.returning(Receipt.id)) is not None
