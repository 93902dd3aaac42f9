"""Whom those who answered named (Q.14): rows that the call screen edits, and that lead to organisations of the list."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Self

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from survey import audit, versions
from survey.audit import Action
from survey.db import held, now, upsert
from survey.fieldwork import naming as names_of
from survey.fieldwork.models import Case, Organisation, Referral
from survey.instrument.codes import CaseSource, Fate
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

    One that is decided waits again when it names something else: nobody decided of that. Where it led is remembered.
    Raises `versions.Changed`, and `NoReferral` when the id is another case's.
    """
    at, words = now(), asdict(named) | {"folded_name": fold(named.organisation or "")}
    signed = {"at": at, "recorded_by": user_id, "changed_at": at, "changed_by": user_id}
    row = upsert(session, Referral).values(id=identifier, case_id=case_id, version=1, **signed, **words)
    made = session.scalar(row.on_conflict_do_nothing(index_elements=[Referral.id]).returning(Referral.id))
    found = find(session, case_id, identifier)
    meant = _what(found)
    if made or versions.replace(found, version, words, user_id):
        if _what(found) != meant:
            found.fate, found.fate_note, found.decided_at, found.decided_by = Fate.PENDING, None, None, None
        action = Action.REFERRAL_ADD if made else Action.REFERRAL_EDIT
        audit.record(session, action, user_id=user_id, about=("case", case_id))
        session.flush()
    return found


def _what(row: Referral) -> tuple[str | None, ...]:
    """What a decision is about: the organisation, or what was said where none was named."""
    return (row.folded_name,) if row.folded_name else (row.person, row.note)


def suggest(session: Session, identifier: uuid.UUID, source: CaseSource, named: Named, user_id: int) -> None:
    """Add what the coordination or the committee suggests, under an id that is new."""
    at, words = now(), asdict(named) | {"folded_name": fold(named.organisation or "")}
    signed = {"at": at, "recorded_by": user_id, "changed_at": at, "changed_by": user_id}
    session.add(Referral(id=identifier, source=source, version=1, **signed, **words))
    audit.record(session, Action.REFERRAL_SUGGEST, user_id=user_id, detail=source)


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
    """Those of other organisations that name this one or a duplicate of it, each with its source.

    That is its case, its organisation and who recorded it. Where nothing is decided yet, those of any of their names.
    """
    source = joinedload(Referral.case).joinedload(Case.organisation)
    waits = sa.and_(
        Referral.fate == Fate.PENDING, Referral.folded_name.in_(names_of.known_as(session, organisation.id))
    )
    ids = [organisation.id, *(one.id for one in names_of.merged_into(session, organisation.id))]
    led = sa.and_(Referral.fate != Fate.PENDING, Referral.organisation_id.in_(ids))
    query = sa.select(Referral).where(
        sa.or_(waits, led), Referral.removed_at.is_(None), Referral.case.has(Case.organisation_id != organisation.id)
    )
    return session.scalars(query.options(source, joinedload(Referral.recorder)).order_by(Referral.at)).all()


def known(session: Session, named: Iterable[Referral]) -> dict[uuid.UUID, int]:
    """The organisations of the list to which referrals lead, by what was decided or else by their name."""
    rows = list(named)
    names = under(session, {row.folded_name for row in rows if row.fate is Fate.PENDING})
    ends = names_of.kept(session, {row.organisation_id for row in rows if row.organisation_id})
    decided = {row.id: ends.get(row.organisation_id or 0) for row in rows if row.fate is not Fate.PENDING}
    found = {row.id: names.get(row.folded_name) for row in rows} | decided
    return {identifier: organisation_id for identifier, organisation_id in found.items() if organisation_id}


def under(session: Session, names: Collection[str]) -> dict[str, int]:
    """The organisations of the list that have these folded names, or go by them: their id by the name.

    A duplicate stands for the one that is kept.
    """
    return names_of.find(session, names)
