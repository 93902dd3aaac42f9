"""The mail-merge sheets that somebody took: what each held is known, so that all of it can be said to have left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from survey import audit
from survey.accounts.models import User
from survey.audit import Action, AuditEntry
from survey.fieldwork import messages, naming
from survey.fieldwork.contact_models import Message
from survey.fieldwork.models import Case
from survey.instrument.codes import MessageStatus

#: After so many acts of the team nobody is asked any more about a sheet: to look further back takes time.
ACTS = 100_000


@dataclass(frozen=True)
class Sheet:
    """A sheet that was taken: its entry in the journal, when, by whom, and the messages that it held."""

    id: int
    at: dt.datetime
    by: str
    messages: Sequence[int]


def take(session: Session, form: str, message_ids: Sequence[int], user_id: int) -> None:
    """Write down who took a sheet of these messages."""
    held = spans(message_ids)
    audit.record(session, Action.MESSAGE_EXPORT, user_id=user_id, detail=f"{form} {len(message_ids)}: {held}")


def last(session: Session) -> Sheet | None:
    """The sheet that was taken last."""
    recent = AuditEntry.id > sa.select(sa.func.max(AuditEntry.id) - ACTS).scalar_subquery()
    return _first(session, recent)


def one(session: Session, entry_id: int) -> Sheet | None:
    """A sheet by its entry in the journal."""
    return _first(session, AuditEntry.id == entry_id)


def _first(session: Session, which: sa.ColumnElement[bool]) -> Sheet | None:
    query = sa.select(AuditEntry.id, AuditEntry.at, AuditEntry.detail, User.name)
    query = query.join(User, User.id == AuditEntry.user_id)
    query = query.where(which, AuditEntry.action == Action.MESSAGE_EXPORT.value).order_by(AuditEntry.id.desc())
    row = session.execute(query.limit(1)).one_or_none()
    return Sheet(row.id, row.at, row.name, unspanned(row.detail or "")) if row else None


def ready(session: Session, sheet: Sheet) -> list[Message]:
    """Those of a sheet that are still ready, in the order in which they were written."""
    of = joinedload(Message.case).joinedload(Case.organisation)
    found: list[Message] = []
    for some in naming.batches(sheet.messages):
        query = sa.select(Message).where(Message.id.in_(some), Message.status == MessageStatus.READY)
        found += session.scalars(query.options(of).order_by(Message.id))
    return found


def leave(session: Session, sheet: Sheet, user_id: int) -> int:
    """Note that what is still ready of a sheet left by somebody's own program; how many. The caller commits."""
    return messages.sent_all(session, sheet.messages, user_id, was=MessageStatus.READY)


def spans(numbers: Iterable[int]) -> str:
    """Numbers as a reader takes them in: « 3-5 9 »."""
    each = sorted(set(numbers))
    breaks = [n for n, (before, after) in enumerate(pairwise(each), start=1) if after != before + 1]
    parts = (each[start:end] for start, end in pairwise([0, *breaks, len(each)])) if each else ()
    return " ".join(str(part[0]) if len(part) == 1 else f"{part[0]}-{part[-1]}" for part in parts)


def unspanned(detail: str) -> list[int]:
    """The numbers of `spans` after the colon of a detail; none where nothing says them."""
    parts = (part.partition("-") for part in detail.partition(":")[2].split())
    return [n for first, _, end in parts for n in range(int(first), int(end or first) + 1)]
