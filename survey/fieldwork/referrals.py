"""Whom those who answered named (Q.14): rows that the call screen edits, and that lead to organisations of the list."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Self

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from survey import audit, versions
from survey.audit import Action
from survey.db import held, now, upsert
from survey.fieldwork import naming as names
from survey.fieldwork.models import Case, Organisation, Referral
from survey.text import fold


@dataclass(frozen=True)
class Named:
    """What was said of an organisation or an initiative, and of whom to reach there."""

    organisation: str | None = None
    person: str | None = None
    function: str | None = None
    phone: str | None = None
    email: str | None = None
    note: str | None = None

    @property
    def nothing(self) -> bool:
        return not any(asdict(self).values())

    @classmethod
    def of(cls, row: Referral) -> Self:
        return cls(**{field.name: getattr(row, field.name) for field in fields(cls)})


class NoReferral(LookupError):
    """There is no such referral in this case."""


def keep(session: Session, case_id: int, identifier: uuid.UUID, version: int, named: Named, user_id: int) -> Referral:
    """Add a referral (`version` 0) or change one that was seen at that version; the same words change nothing.

    Raises `versions.Changed`, and `NoReferral` when the id is another case's.
    """
    at, words = now(), asdict(named) | {"folded_name": fold(named.organisation or "")}
    signed = {"at": at, "recorded_by": user_id, "changed_at": at, "changed_by": user_id}
    row = upsert(session, Referral).values(id=identifier, case_id=case_id, version=1, **signed, **words)
    made = session.scalar(row.on_conflict_do_nothing(index_elements=[Referral.id]).returning(Referral.id))
    found = find(session, case_id, identifier)
    if made or versions.replace(found, version, words, user_id):
        action = Action.REFERRAL_ADD if made else Action.REFERRAL_EDIT
        audit.record(session, action, user_id=user_id, about=("case", case_id))
        session.flush()
    return found


def find(session: Session, case_id: int, identifier: uuid.UUID) -> Referral:
    """A referral, held until the commit. Raises `NoReferral`."""
    query = sa.select(Referral).where(Referral.id == identifier, Referral.case_id == case_id)
    if (found := held(session, query)) is None:
        raise NoReferral(str(identifier))
    return found


def remove(session: Session, referral: Referral, user_id: int) -> None:
    """Set a referral aside; nothing is erased."""
    if referral.removed_at is None:
        referral.removed_at = now()
        audit.record(session, Action.REFERRAL_REMOVE, user_id=user_id, about=_whose(referral))


def restore(session: Session, referral: Referral, user_id: int) -> None:
    """Bring back a referral that was set aside."""
    if referral.removed_at is not None:
        referral.removed_at = None
        audit.record(session, Action.REFERRAL_RESTORE, user_id=user_id, about=_whose(referral))


def _whose(referral: Referral) -> tuple[str, int] | None:
    return ("case", referral.case_id) if referral.case_id else None


def of_case(session: Session, case_id: int) -> Sequence[Referral]:
    """Those whom a respondent of this case named, in the order in which they came, set aside or not."""
    return session.scalars(sa.select(Referral).where(Referral.case_id == case_id).order_by(Referral.at)).all()


def naming(session: Session, organisation: Organisation) -> Sequence[Referral]:
    """Those of other organisations that name this one, under any of its names or of its duplicates' names.

    Each comes with its source: case, organisation, who recorded it.
    """
    source = joinedload(Referral.case).joinedload(Case.organisation)
    query = sa.select(Referral).where(
        Referral.folded_name.in_(names.known_as(session, organisation.id)),
        Referral.removed_at.is_(None),
        Referral.case.has(Case.organisation_id != organisation.id),
    )
    return session.scalars(query.options(source, joinedload(Referral.recorder)).order_by(Referral.at)).all()


def known(session: Session, named: Iterable[Referral]) -> dict[str, int]:
    """The organisations of the list that referrals name: the id of the one that is kept, by their folded name."""
    return names.find(session, {referral.folded_name for referral in named})
