"""What becomes of those who were named: decided once, and undone as long as nothing came of it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import audit
from survey.audit import Action
from survey.db import now
from survey.fieldwork import cases, persons, referrals
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.contact_models import Appointment, ContactAttempt, Message
from survey.fieldwork.models import Case, CaseEvent, EventKind, Organisation, OrganisationAlias, Person, Referral
from survey.fieldwork.tally import place, shift
from survey.instrument.codes import Disposition, Fate, OrganisationType, Region
from survey.text import fold

#: Referrals as they were shown to whoever decides: the version of each.
Seen = Mapping[uuid.UUID, int]


@dataclass(frozen=True)
class Accepted:
    """What enters the list: the name may have been put right, the rest may not be known yet."""

    name: str
    region: Region | None = None
    kind: OrganisationType | None = None


class AlreadyDecided(ValueError):
    """Somebody decided first: `row` says what, who and when."""

    def __init__(self, row: Referral) -> None:
        super().__init__(str(row.id))
        self.row = row


class Otherwise(ValueError):
    """What was shown is no longer what was named: it was changed, set aside or taken back meanwhile."""


class InTheList(ValueError):
    """An organisation of the list has this name, or had it: `organisation_id`."""

    def __init__(self, organisation_id: int) -> None:
        super().__init__(str(organisation_id))
        self.organisation_id = organisation_id


class UnderWay(ValueError):
    """Something was done with the case that a decision made: it stays."""


def accept(session: Session, seen: Seen, new: Accepted, user_id: int) -> int:
    """Take a new organisation into the list, with its case and the persons who were named; returns its id.

    The oldest of the referrals says how it came in: its source, and one snowball wave after the case that named it.
    Raises `AlreadyDecided`, `Otherwise`, `InTheList`, and IntegrityError when the name is taken at the same moment.
    """
    rows = _shown(session, seen)
    if taken := referrals.under(session, [fold(new.name)]):
        raise InTheList(next(iter(taken.values())))
    first = rows[0]
    wave = first.case.snowball_wave + 1 if first.case else 0
    named = NewOrganisation(new.name, new.region, kind=new.kind, source=first.source, snowball_wave=wave)
    [organisation_id] = cases.open_cases(session, [named], user_id)
    _say_who_named(session, organisation_id, rows)
    _add_persons(session, organisation_id, new.name, rows)
    _settle(session, rows, Fate.NEW, user_id, organisation_id)
    return organisation_id


def link(session: Session, seen: Seen, organisation_id: int, user_id: int, with_persons: bool = False) -> None:
    """Say which organisation of the list was named, and keep the persons who were named there when asked to.

    Raises `AlreadyDecided`, `Otherwise`.
    """
    rows = _shown(session, seen)
    if with_persons:
        name = session.get_one(Organisation, organisation_id).name
        _add_persons(session, organisation_id, name, rows)
    _settle(session, rows, Fate.KNOWN, user_id, organisation_id)


def set_aside(session: Session, seen: Seen, fate: Fate, words: str, user_id: int) -> None:
    """Dismiss referrals, or say that they are an initiative that is known: `words` are why, or which.

    Raises `AlreadyDecided`, `Otherwise`.
    """
    _settle(session, _shown(session, seen), fate, user_id, words=words)


def _shown(session: Session, seen: Seen) -> list[Referral]:
    """The referrals, held, the oldest first, when they still wait and are what was shown."""
    query = sa.select(Referral).where(Referral.id.in_(seen)).order_by(Referral.id)
    rows = list(session.scalars(query.with_for_update().execution_options(populate_existing=True)))
    if decided := next((row for row in rows if row.fate is not Fate.PENDING), None):
        raise AlreadyDecided(decided)
    if not rows or len(rows) < len(seen) or any(row.removed_at or row.version != seen[row.id] for row in rows):
        raise Otherwise
    return sorted(rows, key=lambda row: (row.at, row.id))


def _settle(
    session: Session,
    rows: Sequence[Referral],
    fate: Fate,
    user_id: int,
    organisation_id: int | None = None,
    words: str | None = None,
) -> None:
    at = now()
    for row in rows:
        row.fate, row.fate_note, row.organisation_id = fate, words, organisation_id
        row.decided_at, row.decided_by = at, user_id
    _trace(session, Action.REFERRAL_DECIDE, rows[0], fate, user_id)
    session.flush()


def _trace(session: Session, action: Action, row: Referral, fate: Fate, user_id: int) -> None:
    about = ("organisation", row.organisation_id) if row.organisation_id else None
    about = about or (("case", row.case_id) if row.case_id else None)
    audit.record(session, action, user_id=user_id, about=about, detail=fate)


def _say_who_named(session: Session, organisation_id: int, rows: Sequence[Referral]) -> None:
    """The history of the new case begins with the organisations that named it."""
    naming = dict.fromkeys(row.case.organisation.name for row in rows if row.case)
    begun = CaseEvent.case_id.in_(sa.select(Case.id).where(Case.organisation_id == organisation_id))
    said = sa.update(CaseEvent).where(begun, CaseEvent.kind == EventKind.IMPORTED)
    session.execute(said.values(text=", ".join(naming) or None), execution_options={"synchronize_session": False})


def _add_persons(session: Session, organisation_id: int, name: str, rows: Sequence[Referral]) -> None:
    """Whoever was named there, each once; somebody without a name goes by their function, or by the organisation."""
    found: dict[tuple[str, str | None, str | None], Person] = {}
    for row in rows:
        if row.person or row.phone or row.email:
            ways = {"function": row.function, "phone": row.phone, "email": row.email}
            called = row.person or row.function or name
            key = (fold(called), row.phone, row.email)
            found.setdefault(key, Person(organisation_id=organisation_id, name=called, referral_id=row.id, **ways))
    session.add_all(found.values())


def undo(session: Session, identifier: uuid.UUID, user_id: int) -> None:
    """Take back what was decided of a referral and of those decided with it; a case that it made goes, untouched.

    Raises `Otherwise` when nothing is decided any more, and `UnderWay`.
    """
    asked = sa.select(Referral.decided_at, Referral.decided_by).where(Referral.id == identifier)
    decided = session.execute(asked).one_or_none()
    if decided is None or decided.decided_at is None:
        raise Otherwise
    together = (Referral.decided_at == decided.decided_at, Referral.decided_by == decided.decided_by)
    query = sa.select(Referral).where(*together).order_by(Referral.id).with_for_update()
    rows = list(session.scalars(query.execution_options(populate_existing=True)))
    if not rows:
        raise Otherwise
    fate, organisation_id = rows[0].fate, rows[0].organisation_id
    _trace(session, Action.REFERRAL_UNDO, rows[0], fate, user_id)
    for row in rows:
        row.fate, row.fate_note, row.organisation_id = Fate.PENDING, None, None
        row.decided_at = row.decided_by = None
    session.flush()
    ids = [row.id for row in rows]
    if fate is Fate.NEW and organisation_id is not None:
        _unmake(session, organisation_id, ids)
    for person in session.scalars(sa.select(Person).where(Person.referral_id.in_(ids))):
        if not persons.referred_to(session, person.id):
            session.delete(person)


def _unmake(session: Session, organisation_id: int, of: Sequence[uuid.UUID]) -> None:
    """Take an organisation out of the list again. Raises `UnderWay` when anything was done with it."""
    held = cases.held(session, Case.organisation_id == organisation_id)
    there = sa.select(Person).where(Person.organisation_id == organisation_id)
    theirs = sa.or_(Person.referral_id.is_(None), Person.referral_id.not_in(of))
    if organisation_id not in untouched(session, [organisation_id]) or session.scalar(there.where(theirs).limit(1)):
        raise UnderWay
    led = sa.update(Referral).where(Referral.organisation_id == organisation_id, Referral.fate == Fate.PENDING)
    session.execute(led.values(organisation_id=None))
    shift(session, Counter({place(case): -1 for case in held}))
    for case in held:
        session.expunge(case)
    session.execute(sa.delete(Organisation).where(Organisation.id == organisation_id))


def untouched(session: Session, ids: Collection[int]) -> set[int]:
    """Those of these organisations with which nothing was done since each entered the list with its one case."""
    of_case = (ContactAttempt, Appointment, Message)
    done = [sa.exists().where(table.case_id == Case.id) for table in of_case]
    done.append(sa.exists().where(Referral.case_id == Case.id))
    done.append(sa.exists().where(CaseEvent.case_id == Case.id, CaseEvent.kind != EventKind.IMPORTED))
    other = sa.orm.aliased(Organisation)
    done.append(
        sa.exists().where(sa.or_(other.parent_id == Case.organisation_id, other.merged_into_id == Case.organisation_id))
    )
    done.append(sa.exists().where(OrganisationAlias.organisation_id == Case.organisation_id))
    done.append(sa.exists().where(Referral.organisation_id == Case.organisation_id, Referral.fate == Fate.KNOWN))
    query = sa.select(Case.organisation_id).where(
        Case.organisation_id.in_(ids),
        Case.disposition == Disposition.NOT_CONTACTED,
        Case.interviewer_id.is_(None),
        Case.suspended_until.is_(None),
        *(~one for one in done),
    )
    once = query.join(Organisation, Organisation.id == Case.organisation_id).where(
        Organisation.merged_into_id.is_(None)
    )
    alone = sa.select(Case.organisation_id).group_by(Case.organisation_id).having(sa.func.count() == 1)
    return set(session.scalars(once.where(Case.organisation_id.in_(alone.where(Case.organisation_id.in_(ids))))))
