"""Who did what, when: append-only. No answer and no contact of a person is ever written here."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.db import Base, now


class AuditEntry(Base):
    """One act of one user on one object."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    action: Mapped[str]
    object_type: Mapped[str | None]
    object_id: Mapped[int | None]
    detail: Mapped[str | None]


def record(
    session: Session,
    action: str,
    *,
    user_id: int | None = None,
    about: tuple[str, int] | None = None,
    detail: str | None = None,
) -> None:
    """Write one entry, in the transaction of the act itself. `about` is the table and id of the object."""
    object_type, object_id = about or (None, None)
    session.add(
        AuditEntry(
            at=now(), user_id=user_id, action=action, object_type=object_type, object_id=object_id, detail=detail
        )
    )
