"""Organisations, the persons in them, and their case in a wave of collection."""

from __future__ import annotations

import datetime as dt
import enum
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import Language, User
from survey.db import Base
from survey.instrument.codes import (
    CaseSource,
    Disposition,
    Fate,
    OrganisationType,
    PersonRole,
    RefusalReason,
    Region,
    TargetPopulation,
)


class TimeZone(enum.StrEnum):
    """Where an organisation's clock is not that of most of Québec."""

    EASTERN = "America/Toronto"
    MAGDALEN = "America/Halifax"
    BLANC_SABLON = "America/Blanc-Sablon"


#: Text compared character by character, on both databases.
IN_PLAIN_ORDER = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


class Organisation(Base):
    """A sample unit. `folded_name` is what two spellings of its name share (see `survey.text.fold`).

    `region_code` is where it is counted; one whose work covers several has the others in `further_regions`. A duplicate
    stays in the list, `merged_into` the one that is kept.
    """

    __tablename__ = "organisation"
    __table_args__ = (
        sa.CheckConstraint("parent_id <> id", name="parent_is_another"),
        sa.CheckConstraint("merged_into_id <> id", name="merged_into_another"),
        sa.Index(None, "region_code", "folded_name"),
        sa.Index(None, "kind", "folded_name"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    folded_name: Mapped[str] = mapped_column(unique=True)
    region_code: Mapped[Region | None]
    note: Mapped[str | None]
    created_at: Mapped[dt.datetime]
    acronym: Mapped[str | None]
    kind: Mapped[OrganisationType | None]
    language: Mapped[Language | None]
    time_zone: Mapped[TimeZone] = mapped_column(default=TimeZone.EASTERN)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id", ondelete="SET NULL"), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)

    aliases: Mapped[list[OrganisationAlias]] = relationship(
        back_populates="organisation", order_by="OrganisationAlias.id", cascade="all, delete-orphan"
    )
    further_regions: Mapped[list[OrganisationRegion]] = relationship(
        order_by="OrganisationRegion.region_code", cascade="all, delete-orphan"
    )
    parent: Mapped[Organisation | None] = relationship(remote_side="Organisation.id", foreign_keys=parent_id)
    merged_into: Mapped[Organisation | None] = relationship(remote_side="Organisation.id", foreign_keys=merged_into_id)
    persons: Mapped[list[Person]] = relationship(back_populates="organisation", order_by="Person.id")
    cases: Mapped[list[Case]] = relationship(back_populates="organisation", order_by="Case.wave")


class OrganisationAlias(Base):
    """Another name of an organisation: an acronym spelt otherwise, a former name."""

    __tablename__ = "organisation_alias"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    folded_name: Mapped[str] = mapped_column(unique=True)

    organisation: Mapped[Organisation] = relationship(back_populates="aliases")


class OrganisationWord(Base):
    """A word of the names of an organisation, folded, or with a "=" what a name looks like (`spelling.glances`).

    In the order of its characters, whatever the language of the database: a search is for the beginnings of words.
    `folded_name` is that of the organisation: those that have a word are found in the order of the list.
    """

    __tablename__ = "organisation_word"
    __table_args__ = (sa.Index(None, "word", "folded_name", "organisation_id"),)

    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    word: Mapped[str] = mapped_column(IN_PLAIN_ORDER, primary_key=True)
    folded_name: Mapped[str]


class DistinctOrganisations(Base):
    """Two organisations whose names are alike and that somebody said are two; the one of the lower id first."""

    __tablename__ = "distinct_organisations"

    first_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    second_id: Mapped[int] = mapped_column(
        sa.ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    at: Mapped[dt.datetime]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))


class OrganisationRegion(Base):
    """A region that an organisation covers beside the one where it is counted."""

    __tablename__ = "organisation_region"

    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    region_code: Mapped[Region] = mapped_column(primary_key=True)


class Person(Base):
    """Somebody to reach in an organisation. Who left stays, for what was said there.

    `referral_id` is where a third person named them.
    """

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    function: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    meeting_url: Mapped[str | None]
    role: Mapped[PersonRole | None]
    language: Mapped[Language | None]
    other_phone: Mapped[str | None]
    other_email: Mapped[str | None]
    left_at: Mapped[dt.datetime | None]
    referral_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("referral.id", ondelete="SET NULL"), index=True)

    organisation: Mapped[Organisation] = relationship(back_populates="persons")


class Wave(Base):
    """A wave of collection. `population` is of whom it speaks, None until the team says so.

    `e` is the share of the cases of unknown eligibility taken to be eligible, where the team knows it, by `e_method`.
    """

    __tablename__ = "wave"
    __table_args__ = (
        sa.CheckConstraint("e >= 0 AND e <= 1", name="e_is_a_share"),
        sa.CheckConstraint("(e IS NULL) = (e_method IS NULL)", name="e_has_a_method"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    opened_at: Mapped[dt.datetime]
    population: Mapped[TargetPopulation | None]
    e: Mapped[float | None]
    e_method: Mapped[str | None]


#: The cases in which somebody has something left to do: those of the queue, which an index holds apart.
WAITING = "disposition IN ('not_contacted', 'in_progress', 'appointment', 'partial')"


class Case(Base):
    """An organisation in one wave of collection: exactly one outcome, and perhaps an interviewer.

    `snowball_wave` counts from the initial list, 0. `attempts`, `last_attempt_at` and `next_at` follow from its contact
    attempts and appointments: how many, the latest, and when the next move is due (`planning`). `put_off_to` is when
    somebody preferred to make that move. Nobody is contacted before `suspended_until` is over.
    """

    __tablename__ = "case"
    __table_args__ = (
        sa.UniqueConstraint("organisation_id", "wave"),
        sa.CheckConstraint("(suspended_until IS NULL) = (suspended_why IS NULL)", name="suspended_with_a_reason"),
        sa.CheckConstraint("snowball_wave >= 0", name="snowball_wave_counts_from_zero"),
        sa.Index(
            None,
            *("wave", "interviewer_id", "next_at", "id"),
            sqlite_where=sa.text(WAITING),
            info={"postgresql": {"where": sa.text(WAITING)}},
        ),
        sa.Index("ix_case_ageing", "wave", "disposition", "last_attempt_at", "suspended_until"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id", ondelete="CASCADE"))
    wave: Mapped[int] = mapped_column(sa.ForeignKey("wave.number"))
    interviewer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    disposition: Mapped[Disposition] = mapped_column(default=Disposition.NOT_CONTACTED)
    refusal_reason: Mapped[RefusalReason | None]
    source: Mapped[CaseSource] = mapped_column(default=CaseSource.FRAME)
    snowball_wave: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    last_attempt_at: Mapped[dt.datetime | None]
    next_at: Mapped[dt.datetime | None]
    put_off_to: Mapped[dt.datetime | None]
    suspended_until: Mapped[dt.date | None]
    suspended_why: Mapped[str | None]

    organisation: Mapped[Organisation] = relationship(back_populates="cases")
    interviewer: Mapped[User | None] = relationship()
    of_wave: Mapped[Wave] = relationship()
    events: Mapped[list[CaseEvent]] = relationship(back_populates="case", order_by="CaseEvent.id.desc()")


class EventKind(enum.StrEnum):
    IMPORTED = "imported"
    OUTCOME = "outcome"
    ASSIGNED = "assigned"
    NOTE = "note"
    INTERVIEW_OPENED = "interview_opened"
    INTERVIEW_COMPLETED = "interview_completed"
    INTERVIEW_REOPENED = "interview_reopened"
    SITTING = "sitting"
    INITIATIVE_SENT = "initiative_sent"
    INITIATIVE_RECEIVED = "initiative_received"
    ATTEMPT_CORRECTED = "attempt_corrected"
    ATTEMPT_REMOVED = "attempt_removed"
    PUT_OFF = "put_off"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    MERGED = "merged"
    UNMERGED = "unmerged"


class CaseEvent(Base):
    """One line of a case's history. `code` is the outcome, the interviewer, the interview, the day put off to, or the
    organisation that is kept of a duplicate.

    `text` is a note, the number of a sitting, the organisation that an initiative came from or went to, the one that is
    kept, or why a case is suspended.
    """

    __tablename__ = "case_event"
    __table_args__ = (sa.Index(None, "kind", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case.id", ondelete="CASCADE"), index=True)
    at: Mapped[dt.datetime]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    kind: Mapped[EventKind]
    code: Mapped[str | None]
    text: Mapped[str | None]

    case: Mapped[Case] = relationship(back_populates="events")
    user: Mapped[User | None] = relationship()


class Referral(Base):
    """An organisation, an initiative or somebody there, named by whoever answered for `case` (Q.14).

    A release holds what was named and its fate, never who nor what was noted.

    `id` is made by the browser; `folded_name` is what its `organisation` shares with that of the list which it names.
    Without a case it is a suggestion of the coordination or of the committee. Its fate is decided once, by somebody:
    `organisation_id` is the one it led to, `fate_note` why it was dismissed or which initiative it is the same as.
    """

    __tablename__ = "referral"
    __table_args__ = (
        sa.CheckConstraint("version >= 1", name="version_counts_from_one"),
        sa.CheckConstraint("(source = 'referral') = (case_id IS NOT NULL)", name="source_is_a_case_or_a_team"),
        sa.CheckConstraint("(fate = 'pending') = (decided_at IS NULL)", name="fate_is_decided_at_a_moment"),
        sa.Index(None, "fate", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(sa.ForeignKey("case.id", ondelete="CASCADE"), index=True)
    source: Mapped[CaseSource] = mapped_column(default=CaseSource.REFERRAL)
    organisation: Mapped[str | None]
    folded_name: Mapped[str] = mapped_column(index=True)
    person: Mapped[str | None]
    function: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    note: Mapped[str | None]
    version: Mapped[int]
    at: Mapped[dt.datetime]
    recorded_by: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    changed_at: Mapped[dt.datetime]
    changed_by: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    removed_at: Mapped[dt.datetime | None]
    fate: Mapped[Fate] = mapped_column(default=Fate.PENDING)
    fate_note: Mapped[str | None]
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    case: Mapped[Case | None] = relationship()
    recorder: Mapped[User] = relationship(foreign_keys=recorded_by)
    changer: Mapped[User] = relationship(foreign_keys=changed_by)
    decider: Mapped[User | None] = relationship(foreign_keys=decided_by)


class OutcomeWording(Base):
    """How the team words an outcome, in either language; None for the standard wording. Its code and class stay."""

    __tablename__ = "outcome_wording"

    disposition: Mapped[Disposition] = mapped_column(primary_key=True)
    fr: Mapped[str | None]
    en: Mapped[str | None]


class CaseTally(Base):
    """How many cases stand where, kept with every change, so that a list of 100 000 counts as fast as one of 100.

    A region of "" and an interviewer of 0 stand for none.
    """

    __tablename__ = "case_tally"

    wave: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(primary_key=True)
    interviewer_id: Mapped[int] = mapped_column(primary_key=True)
    disposition: Mapped[Disposition] = mapped_column(primary_key=True)
    n: Mapped[int]


class CoverageTally(Base):
    """The same by region, type, source and snowball wave. A region or a type of "" stands for none."""

    __tablename__ = "coverage_tally"

    wave: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[CaseSource] = mapped_column(primary_key=True)
    snowball_wave: Mapped[int] = mapped_column(primary_key=True)
    disposition: Mapped[Disposition] = mapped_column(primary_key=True)
    n: Mapped[int]
