"""What happens to a case: it is opened, assigned, given an outcome and notes; the tallies follow each change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from survey import audit
from survey.accounts.models import Language, Role
from survey.db import now
from survey.fieldwork import naming, planning, waves, words
from survey.fieldwork.contact_models import Appointment
from survey.fieldwork.models import (
    Case,
    CaseEvent,
    EventKind,
    Organisation,
    OrganisationAlias,
    OrganisationRegion,
    OrganisationWord,
    TimeZone,
)
from survey.fieldwork.tally import Place, place, shift
from survey.instrument.codes import AppointmentStatus, CaseSource, Disposition, OrganisationType, Region
from survey.text import fold, line, normalise

#: Rows with and without a value go in one statement: apart, a list with gaps takes thirty times longer.
IN_BULK = {"render_nulls": True}

#: From so many new cases on, the database looks at them again: without, PostgreSQL sorts the whole list for each page.
MANY = 1000

#: Cases named in one statement: PostgreSQL takes 65 535 values.
AT_ONCE = 5000


@dataclass(frozen=True)
class NewOrganisation:
    """An organisation to be created, with the outcome of its case."""

    name: str
    region: Region | None = None
    disposition: Disposition = Disposition.NOT_CONTACTED
    note: str | None = None
    kind: OrganisationType | None = None
    acronym: str | None = None
    source: CaseSource = CaseSource.FRAME
    snowball_wave: int = 0
    aliases: tuple[str, ...] = ()
    further_regions: frozenset[Region] = frozenset()
    language: Language | None = None
    parent_id: int | None = None
    time_zone: TimeZone = TimeZone.EASTERN


def conducts(role: Role, user_id: int, interviewer_id: int | None) -> bool:
    """Whether somebody may record what happens to a case: an interviewer when it is theirs or nobody's."""
    return conducts_all(role) or (role is Role.INTERVIEWER and interviewer_id in (None, user_id))


def conducts_all(role: Role) -> bool:
    """Whether somebody may record what happens to any case."""
    return role in (Role.COORDINATOR, Role.ADMINISTRATOR)


def log(
    session: Session,
    case_id: int,
    kind: EventKind,
    user_id: int | None,
    code: str | None = None,
    text: str | None = None,
) -> None:
    """Add one line to the history of a case; `code` is the outcome, the interviewer or the interview."""
    session.add(CaseEvent(case_id=case_id, at=now(), user_id=user_id, kind=kind, code=code, text=text))


def held(session: Session, *which: sa.ColumnElement[bool]) -> list[Case]:
    """Cases locked for a change, in one order for all, each with its organisation.

    The organisations are read once the lock is there: joined to the cases, they would be as they were before the wait.
    """
    query = sa.select(Case).where(*which).order_by(Case.id).with_for_update().options(selectinload(Case.organisation))
    return list(session.scalars(query.execution_options(populate_existing=True)))


class Merged(ValueError):
    """The organisation was merged into another: its outcome changes when that is undone."""


def is_duplicate(case: Case) -> bool:
    """Whether the organisation of a case is a duplicate: merged into another, or said to be one."""
    return case.organisation.merged_into_id is not None or case.disposition is Disposition.DUPLICATE


def set_outcome(session: Session, case: Case, disposition: Disposition, user_id: int | None) -> None:
    """Record where a case stands now, and what is next for it then. The same outcome again leaves no trace.

    Raises `Merged` for any other outcome of a duplicate than that it is one.
    """
    held(session, Case.id == case.id)
    set_outcomes(session, [(case, disposition)], user_id)


def set_outcomes(session: Session, outcomes: Iterable[tuple[Case, Disposition]], user_id: int | None) -> None:
    """The same for several cases, which the caller holds. Raises `Merged`."""
    changed = [(case, to) for case, to in outcomes if case.disposition != to]
    if any(case.organisation.merged_into_id and to is not Disposition.DUPLICATE for case, to in changed):
        raise Merged
    moves: Counter[Place] = Counter()
    for case, to in changed:
        moves[place(case)] -= 1
        case.disposition = to
        if to is not Disposition.REFUSAL:
            case.refusal_reason = None
        moves[place(case)] += 1
    if changed:
        planning.follow_all(session, [case for case, _ in changed])
        shift(session, moves)
        said = {"at": now(), "user_id": user_id, "kind": EventKind.OUTCOME}
        session.execute(sa.insert(CaseEvent), [{"case_id": case.id, "code": to} | said for case, to in changed])


def assign(session: Session, case: Case, interviewer_id: int | None, user_id: int | None) -> None:
    """Give a case to an interviewer, or to nobody. The same interviewer again leaves no trace."""
    assign_all(session, [case.id], interviewer_id, user_id)


def assign_all(session: Session, case_ids: Iterable[int], interviewer_id: int | None, user_id: int | None) -> int:
    """Give several cases to one interviewer, or to nobody; returns how many changed hands."""
    return hand_out(session, dict.fromkeys(case_ids, interviewer_id), user_id)


def hand_out(session: Session, wanted: Mapping[int, int | None], user_id: int | None) -> int:
    """Give each case to an interviewer, or to nobody; returns how many changed hands.

    The tallies move once for all of them: one by one, two who coordinate could wait for each other.
    """
    ids = sorted(wanted)
    some = (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
    cases = (case for those in some for case in held(session, Case.id.in_(those)))
    changed = [case for case in cases if case.interviewer_id != wanted[case.id]]
    moves: Counter[Place] = Counter()
    given: dict[int, list[int]] = {}
    for case in changed:
        moves[place(case)] -= 1
        interviewer_id = case.interviewer_id = wanted[case.id]
        moves[place(case)] += 1
        log(session, case.id, EventKind.ASSIGNED, user_id, code=str(interviewer_id) if interviewer_id else None)
        if interviewer_id:
            given.setdefault(interviewer_id, []).append(case.id)
    shift(session, moves)
    for interviewer_id, case_ids in given.items():
        _hand_over_appointments(session, case_ids, interviewer_id)
    return len(changed)


def _hand_over_appointments(session: Session, case_ids: Sequence[int], interviewer_id: int) -> None:
    """Whoever has a case keeps its appointments."""
    for start in range(0, len(case_ids), AT_ONCE):
        theirs = Appointment.case_id.in_(case_ids[start : start + AT_ONCE])
        planned = sa.update(Appointment).where(theirs, Appointment.status == AppointmentStatus.PLANNED)
        session.execute(planned.values(user_id=interviewer_id))


def classify(
    session: Session,
    organisation: Organisation,
    region: Region | None,
    kind: OrganisationType | None,
    user_id: int | None,
) -> None:
    """Say in which region an organisation is counted, and of what type it is; its cases of every wave follow."""
    session.refresh(organisation, ["region_code", "kind"], with_for_update=True)
    if (organisation.region_code, organisation.kind) == (region, kind):
        return
    cases = held(session, Case.organisation_id == organisation.id)
    before = Counter(place(case) for case in cases)
    moved = organisation.region_code != region
    organisation.region_code, organisation.kind = region, kind
    moves = Counter(place(case) for case in cases)
    moves.subtract(before)
    shift(session, moves)
    action = audit.Action.ORGANISATION_MOVE if moved else audit.Action.ORGANISATION_CLASSIFY
    audit.record(session, action, user_id=user_id, about=("organisation", organisation.id))


def add_note(session: Session, case: Case, text: str, user_id: int | None) -> None:
    """Keep a note about a case. A blank one is not kept."""
    if text := normalise(text).strip():
        log(session, case.id, EventKind.NOTE, user_id, text=text)


def _create(session: Session, organisations: Sequence[NewOrganisation]) -> list[int]:
    rows = [
        {"name": line(new.name), "folded_name": fold(new.name), "region_code": new.region, "note": new.note,
         "kind": new.kind, "acronym": new.acronym, "language": new.language, "parent_id": new.parent_id,
         "time_zone": new.time_zone, "created_at": now()}
        for new in organisations
    ]  # fmt: skip
    made = session.execute(
        sa.insert(Organisation).returning(Organisation.id, Organisation.folded_name), rows, execution_options=IN_BULK
    )
    by_name = {folded_name: identifier for identifier, folded_name in made}
    return [by_name[str(row["folded_name"])] for row in rows]


def _describe(session: Session, ids: Sequence[int], organisations: Sequence[NewOrganisation]) -> None:
    """What else is known of organisations that were just made: their other names, their regions, their words."""
    each = list(zip(ids, organisations, strict=True))
    aliases = [
        {"organisation_id": n, "name": alias, "folded_name": fold(alias)}
        for n, new in each
        for alias in naming.distinct(new.aliases, but=new.name)
    ]
    regions = [
        {"organisation_id": n, "region_code": region}
        for n, new in each
        for region in sorted(new.further_regions - {new.region})
    ]
    for table, rows in ((OrganisationAlias, aliases), (OrganisationRegion, regions)):
        if rows:
            session.execute(sa.insert(table), rows)
    words.add(session, ((n, filter(None, (new.name, new.acronym, *new.aliases))) for n, new in each))


def open_cases(session: Session, organisations: Sequence[NewOrganisation], user_id: int | None) -> list[int]:
    """Create organisations with a case each, in bulk; returns their ids in the order given.

    The names must differ from one another and from those of the database once folded: an IntegrityError otherwise,
    `naming.Taken` when another organisation has one, be it as an alias.
    """
    if not organisations:
        return []
    naming.claim(session, None, [name for new in organisations for name in (new.name, *new.aliases)])
    ids = _create(session, organisations)
    at, wave = now(), waves.begin(session)  # once the organisations are there: whoever opens a wave has done it by now
    _describe(session, ids, organisations)
    opened = session.execute(
        sa.insert(Case).returning(Case.id, Case.organisation_id),
        [
            {"organisation_id": identifier, "wave": wave, "interviewer_id": None, "disposition": new.disposition,
             "source": new.source, "snowball_wave": new.snowball_wave}
            for identifier, new in zip(ids, organisations, strict=True)
        ],
        execution_options=IN_BULK,
    )  # fmt: skip
    case_of = {organisation_id: case_id for case_id, organisation_id in opened}
    session.execute(
        sa.insert(CaseEvent),
        [
            {"case_id": case_of[identifier], "at": at, "user_id": user_id, "kind": EventKind.IMPORTED,
             "code": str(new.disposition)}
            for identifier, new in zip(ids, organisations, strict=True)
        ],
        execution_options=IN_BULK,
    )  # fmt: skip
    shift(session, Counter(_stands(new, wave) for new in organisations))
    if len(ids) >= MANY:
        for table in (Organisation.__table__, Case.__table__, OrganisationWord.__table__):
            session.execute(sa.text(f'ANALYZE "{table}"'))
    return ids


def _stands(new: NewOrganisation, wave: int) -> Place:
    return Place(wave, str(new.region or ""), str(new.kind or ""), new.source, new.snowball_wave, 0, new.disposition)
