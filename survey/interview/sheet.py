"""One interview as it stands, read with a handful of set-based queries whatever the number of blocks."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa

from survey.accounts.models import User
from survey.fieldwork.models import Case, Organisation, Referral
from survey.instrument.codes import ConsentPurpose, MissingReason, YesNo
from survey.instrument.grammar import Item, Section
from survey.instrument.questionnaire import INITIATIVES, QUESTIONNAIRE
from survey.interview import call_backs
from survey.interview.answers import Answer, ticked
from survey.interview.course_models import (
    CallBack,
    Carried,
    Parked,
    Rearrangement,
    Respondent,
    Sitting,
    StillTrue,
)
from survey.interview.models import RECORDS, Consent, Edit, Field, Initiative, Interview, Nonresponse, Note, Part

Rows = Sequence[Any]

#: The fields of Q.14 that a row of those named answers as well.
NAMED_IN_ROWS = frozenset({"others_named", "others_contacts"})


@dataclass
class Record:
    """The answers of the interview itself, or of one block, with what goes with each field."""

    id: int | None
    uid: uuid.UUID | None
    answers: dict[str, Answer]
    reasons: dict[str, MissingReason] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    versions: dict[tuple[str, Part], int] = field(default_factory=dict)
    place: int = 0
    """How many blocks stand before it on the page."""
    call_back: Any = None
    """Why and when to call again for this block: `reason`, `due_on`."""
    carried: Any = None
    """Where it comes from, when it was carried over: `wave`, `said_on`, `answer`, `answered_at`, `who`, `n` answers."""

    @property
    def unconfirmed(self) -> bool:
        """Whether what it says is of an earlier wave, and nobody said in this one that it is still so."""
        return self.carried is not None and self.carried.answer is not StillTrue.YES

    @property
    def changed(self) -> bool:
        """Whether something was typed over what was carried over."""
        typed = [version for (_name, part), version in self.versions.items() if part is Part.ANSWER]
        return self.carried is not None and (len(typed) != self.carried.n or any(version > 1 for version in typed))

    def tick(self, item: Item, code: str) -> None:
        before = self.answers[item.name]
        assert isinstance(before, frozenset)
        self.answers[item.name] = before | ticked(item, [code])

    def answered(self, item: Item) -> bool:
        return self.answers.get(item.name) not in (None, frozenset(), "")


@dataclass
class Sheet:
    """An interview with its blocks in order. `header` holds the bookkeeping and the names shown around it.

    `removed` leaves out the blocks that were merged into others, which `merged` holds.
    """

    header: sa.Row[Any]
    interview: Record
    blocks: list[Record]
    removed: list[Record]
    merged: list[Record]
    consents: dict[ConsentPurpose, sa.Row[Any]]

    def fill(self, ticks: Rows, reasons: Rows, notes: Rows, versions: Rows) -> None:
        """Give each record what stands in the sparse tables, row by row: block, item, and what it is."""
        records = {record.id: record for record in (self.interview, *self.blocks, *self.removed, *self.merged)}
        items = {item.name: item for item in INITIATIVES.items if item.many}
        for block, name, code in ticks:
            records[block].tick(items[name], code)
        for block, name, reason in reasons:
            records[block].reasons[name] = reason
        for block, name, text in notes:
            records[block].notes[name] = text
        for block, name, part, version in versions:
            records[block].versions[name, part] = version

    @property
    def refused(self) -> bool:
        """Whether the respondent said no to the interview: nothing is left to ask."""
        consent = self.consents.get(ConsentPurpose.INTERVIEW)
        return consent is not None and consent.given is YesNo.NO

    def records(self, section: Section) -> list[Record]:
        return self.blocks if section.repeats else [self.interview]

    def everything(self, record: Record) -> Mapping[str, Answer]:
        """The answers that the rules of a record look at: the interview's and its own.

        A block is there to be filled until Q.1 says otherwise.
        """
        answers = self.interview.answers | record.answers
        if record.uid and answers["has_initiatives"] is None:
            answers["has_initiatives"] = YesNo.YES
        return answers

    def asked(self, section: Section, record: Record) -> Iterator[Item]:
        return QUESTIONNAIRE.asked(section, self.everything(record))

    def unanswered(self, section: Section, record: Record) -> list[Item]:
        """The items on the route with neither an answer nor a reason for having none; supplementary ones may."""
        settled = section.optional | record.reasons.keys() | (NAMED_IN_ROWS if self.header.names_others else set())
        return [i for i in self.asked(section, record) if i.name not in settled and not record.answered(i)]


@cache
def ticked_tables() -> dict[str, sa.Table]:
    """The table of each select-many item."""
    relations = sa.inspect(Initiative).relationships
    tables = {item.name: relations[f"{item.name}_rows"].mapper.local_table for item in INITIATIVES.items if item.many}
    return {name: table for name, table in tables.items() if isinstance(table, sa.Table)}


@cache
def columns(section_name: str) -> dict[str, sa.ColumnElement[Any]]:
    """The answer columns of a record, by the name of their item."""
    record = RECORDS[section_name]
    names = {i.name for s, i in QUESTIONNAIRE.items() if RECORDS.get(s.name) is record and not i.many}
    return {column.key: column for column in record.__table__.columns if column.key in names}


OF_INTERVIEW: sa.BindParameter[int] = sa.bindparam("interview_id")


def conducted_by() -> sa.Label[int]:
    """Whose interview it is: that of the case's interviewer, or of who opened it when the case is nobody's."""
    return sa.func.coalesce(Case.interviewer_id, Interview.interviewer_id).label("conducted_by")


def header() -> sa.Select[Any]:
    """The interview with its bookkeeping, and the names shown around it."""
    shown: list[Any] = [
        Interview.id,
        Interview.case_id,
        Interview.interviewer_id,
        Interview.mode,
        Interview.opened_at,
        Interview.completed_at,
        Case.wave,
        conducted_by(),
        Organisation.id.label("organisation_id"),
        Organisation.name.label("organisation"),
        Organisation.region_code,
        User.name.label("interviewer"),
        sa.exists()
        .where(Rearrangement.interview_id == Interview.id, Rearrangement.undone_at.is_(None))
        .label("rearranged"),
        sa.exists().where(Respondent.interview_id == Interview.id).label("respondents"),
        sa.exists().where(Parked.interview_id == Interview.id).label("parked"),
        sa.exists().where(Referral.case_id == Interview.case_id).label("referrals"),
        sa.exists().where(Referral.case_id == Interview.case_id, Referral.removed_at.is_(None)).label("names_others"),
        call_backs.planned().label("call_backs"),
        sa.select(sa.func.max(Sitting.number))
        .where(Sitting.interview_id == Interview.id)
        .scalar_subquery()
        .label("sittings"),
        *columns("general").values(),
    ]
    return (
        sa.select(*shown)
        .join(Case, Case.id == Interview.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .join(User, User.id == Interview.interviewer_id)
        .where(Interview.id == OF_INTERVIEW)
    )


def ticks() -> sa.CompoundSelect[Any]:
    """Every ticked box of the blocks: block, item, code."""
    blocks = sa.select(Initiative.id).where(Initiative.interview_id == OF_INTERVIEW)
    return sa.union_all(
        *(
            sa.select(table.c.initiative_id, sa.literal(name), sa.cast(table.c.code, sa.Text)).where(
                table.c.initiative_id.in_(blocks)
            )
            for name, table in ticked_tables().items()
        )
    )


def of_fields(table: type[Field], found: sa.Select[*tuple[Any, ...]]) -> sa.CompoundSelect[Any]:
    """What is found of the fields of the blocks, then of the interview's own: a table has an index for each."""
    found = found.where(table.interview_id == OF_INTERVIEW)
    return sa.union_all(found.where(table.initiative_id.is_not(None)), found.where(table.initiative_id.is_(None)))


@cache
def queries() -> dict[str, sa.Executable]:
    bookkeeping = (Initiative.id, Initiative.uid, Initiative.removed_at, Initiative.merged_into_id)
    blocks = sa.select(*bookkeeping, *columns("initiatives").values())
    field = (Edit.initiative_id, Edit.item, Edit.part)
    versions = sa.select(*field, sa.func.max(Edit.version)).group_by(*field)
    consents = sa.select(Consent.purpose, Consent.given, Consent.recorded_at, Consent.script_version)
    return {
        "interview": header(),
        "blocks": blocks.where(Initiative.interview_id == OF_INTERVIEW).order_by(Initiative.position, Initiative.id),
        "ticks": ticks(),
        "reasons": of_fields(Nonresponse, sa.select(Nonresponse.initiative_id, Nonresponse.item, Nonresponse.reason)),
        "notes": of_fields(Note, sa.select(Note.initiative_id, Note.item, Note.text)),
        "versions": of_fields(Edit, versions),
        "call_backs": sa.select(CallBack.initiative_id, CallBack.reason, CallBack.due_on).where(
            CallBack.initiative_id == Initiative.id, Initiative.interview_id == OF_INTERVIEW, *call_backs.PLANNED
        ),
        "carried": carried().where(Initiative.interview_id == OF_INTERVIEW),
        "consents": consents.where(Consent.interview_id == OF_INTERVIEW).order_by(Consent.id),
    }


def carried() -> sa.Select[Any]:
    """Where blocks that were carried over come from, and who said that they are still so."""
    answers = sa.select(sa.func.count()).where(
        Edit.interview_id == Initiative.interview_id,
        Edit.initiative_id == Initiative.id,
        Edit.carried_from.is_not(None),
    )
    shown: list[Any] = [Carried.initiative_id, Carried.wave, Carried.said_on, Carried.answer, Carried.answered_at]
    shown += [User.name.label("who"), answers.scalar_subquery().label("n")]
    query = sa.select(*shown).join(Initiative, Initiative.id == Carried.initiative_id)
    return query.outerjoin(User, User.id == Carried.answered_by)


def answers_in(row: Any, section_name: str) -> dict[str, Answer]:
    """The answers of a record, which are the last columns of its row."""
    names = columns(section_name)
    return dict(zip(names, row[-len(names) :], strict=True))


def load(connection: sa.Connection, interview_id: int) -> Sheet | None:
    """The interview, or None when there is none under this number."""

    def rows(name: str) -> Sequence[Any]:
        return connection.execute(queries()[name], {"interview_id": interview_id}).all()

    # Versions before answers: an answer saved in between then meets an older version, which asks, and never overwrites.
    versions = rows("versions")
    found = rows("interview")
    if not found:
        return None
    header = found[0]
    interview = Record(None, None, answers_in(header, "general"))
    blocks: list[Record] = []
    removed: list[Record] = []
    merged: list[Record] = []
    for row in rows("blocks"):
        answers = answers_in(row, "initiatives") | dict.fromkeys(ticked_tables(), frozenset())
        (merged if row.merged_into_id else removed if row.removed_at else blocks).append(
            Record(row.id, row.uid, answers, place=len(blocks))
        )
    sheet = Sheet(header, interview, blocks, removed, merged, {row.purpose: row for row in rows("consents")})
    sheet.fill(rows("ticks"), rows("reasons"), rows("notes"), versions)
    if header.call_backs:
        planned = {row.initiative_id: row for row in rows("call_backs")}
        for record in blocks:
            record.call_back = planned.get(record.id)
    if header.wave > 1:
        sources = {row.initiative_id: row for row in rows("carried")}
        for record in (*blocks, *removed):
            record.carried = sources.get(record.id)
    return sheet
