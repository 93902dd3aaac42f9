"""The answers. Every answer is a column, every select-many answer a table of its own; the seam test holds both ends."""

from __future__ import annotations

import datetime as dt
import enum
import uuid

import sqlalchemy as sa
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base
from survey.fieldwork.models import Case
from survey.instrument.codes import (
    Audience,
    ConsentPurpose,
    Funding,
    Involvement,
    MissingReason,
    Mode,
    RiskLevel,
    Sex,
    Status,
    YesNo,
)

#: On PostgreSQL each save writes the row of its answer anew. Where the page has room for that, every index stays as it
#: is; where not, each gets an entry more, and the rows that were stay to be read through (tests/bench/README.md).
ROOM = {"fillfactor": 50}


class Interview(Base):
    """One interview with one organisation: the answers of sections 1 and 3. Answers may be missing, the rest not."""

    __tablename__ = "interview"
    __table_args__ = (
        sa.CheckConstraint("initiative_count BETWEEN 0 AND 999", name="initiative_count_is_plausible"),
        {"sqlite_autoincrement": True, "info": {"postgresql": {"with": ROOM}}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case.id", ondelete="CASCADE"), index=True)
    interviewer_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    instrument_version: Mapped[str]
    mode: Mapped[Mode]
    opened_at: Mapped[dt.datetime]
    completed_at: Mapped[dt.datetime | None]

    respondent_name: Mapped[str | None]
    respondent_function: Mapped[str | None]
    held_on: Mapped[dt.date | None]
    has_initiatives: Mapped[YesNo | None]
    initiative_count: Mapped[int | None]
    knows_others: Mapped[YesNo | None]
    others_named: Mapped[str | None]
    others_contacts: Mapped[str | None]
    concerns: Mapped[str | None]
    needs: Mapped[str | None]
    closing_remarks: Mapped[str | None]

    case: Mapped[Case] = relationship()
    interviewer: Mapped[User] = relationship()


class Consent(Base):
    """What the respondent said to one purpose, and which version of the script was read. The latest row counts."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(sa.ForeignKey("interview.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[ConsentPurpose]
    given: Mapped[YesNo]
    script_version: Mapped[str]
    recorded_at: Mapped[dt.datetime]
    recorded_by: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))


class Initiative(Base):
    """One initiative: one pass through section 2. Its `uid` is made by the browser: no block is ever added twice.

    One that was merged into another is removed too, and nothing is saved there any more.
    """

    __tablename__ = "initiative"
    __table_args__ = (
        sa.UniqueConstraint("id", "interview_id"),
        sa.CheckConstraint("year_created BETWEEN 1800 AND 2100", name="year_created_is_plausible"),
        sa.CheckConstraint("position >= 1", name="position_counts_from_one"),
        {"sqlite_autoincrement": True, "info": {"postgresql": {"with": ROOM}}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(unique=True)
    interview_id: Mapped[int] = mapped_column(sa.ForeignKey("interview.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    removed_at: Mapped[dt.datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("initiative.id"), index=True)

    name: Mapped[str | None]
    description: Mapped[str | None]
    year_created: Mapped[int | None]
    status: Mapped[Status | None]
    lead_organisation: Mapped[str | None]
    partners: Mapped[str | None]
    funding_source: Mapped[str | None]
    youth_age: Mapped[str | None]
    parents_detail: Mapped[str | None]
    practitioners_detail: Mapped[str | None]
    others_detail: Mapped[str | None]
    objectives: Mapped[str | None]
    components: Mapped[str | None]
    innovative_aspects: Mapped[str | None]
    delivery: Mapped[str | None]
    further_information: Mapped[str | None]

    funding_rows: Mapped[set[InitiativeFunding]] = relationship(cascade="all, delete-orphan")
    audience_rows: Mapped[set[InitiativeAudience]] = relationship(cascade="all, delete-orphan")
    youth_sex_rows: Mapped[set[InitiativeYouthSex]] = relationship(cascade="all, delete-orphan")
    youth_involvement_rows: Mapped[set[InitiativeYouthInvolvement]] = relationship(cascade="all, delete-orphan")
    youth_risk_rows: Mapped[set[InitiativeYouthRisk]] = relationship(cascade="all, delete-orphan")

    funding: AssociationProxy[set[Funding]] = association_proxy("funding_rows", "code")
    audience: AssociationProxy[set[Audience]] = association_proxy("audience_rows", "code")
    youth_sex: AssociationProxy[set[Sex]] = association_proxy("youth_sex_rows", "code")
    youth_involvement: AssociationProxy[set[Involvement]] = association_proxy("youth_involvement_rows", "code")
    youth_risk: AssociationProxy[set[RiskLevel]] = association_proxy("youth_risk_rows", "code")


class Ticked:
    """A box ticked for an initiative. The pair is the key."""

    def __init__(self, code: enum.Enum) -> None:
        self.code = code

    @declared_attr
    def initiative_id(cls) -> Mapped[int]:
        return mapped_column(sa.ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)


class InitiativeFunding(Ticked, Base):
    __tablename__ = "initiative_funding"
    code: Mapped[Funding] = mapped_column(primary_key=True)


class InitiativeAudience(Ticked, Base):
    __tablename__ = "initiative_audience"
    code: Mapped[Audience] = mapped_column(primary_key=True)


class InitiativeYouthSex(Ticked, Base):
    __tablename__ = "initiative_youth_sex"
    code: Mapped[Sex] = mapped_column(primary_key=True)


class InitiativeYouthInvolvement(Ticked, Base):
    __tablename__ = "initiative_youth_involvement"
    code: Mapped[Involvement] = mapped_column(primary_key=True)


class InitiativeYouthRisk(Ticked, Base):
    __tablename__ = "initiative_youth_risk"
    code: Mapped[RiskLevel] = mapped_column(primary_key=True)


class Field:
    """A field of an interview: an item of the interview itself, or of one of its blocks."""

    @declared_attr
    def interview_id(cls) -> Mapped[int]:
        return mapped_column(sa.ForeignKey("interview.id", ondelete="CASCADE"))

    initiative_id: Mapped[int | None]
    item: Mapped[str]


def of_one_field(table: str, *columns: str) -> tuple[sa.ForeignKeyConstraint | sa.Index, ...]:
    """A block of the same interview, which its fields follow into another one; and one row per field.

    NULL is never equal to NULL: the interview's own fields need a partial index of their own.
    """
    of_interview, of_block = sa.text("initiative_id IS NULL"), sa.text("initiative_id IS NOT NULL")
    return (
        sa.ForeignKeyConstraint(
            ["initiative_id", "interview_id"],
            ["initiative.id", "initiative.interview_id"],
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.Index(
            f"uq_{table}_interview_field",
            "interview_id",
            "item",
            *columns,
            unique=True,
            sqlite_where=of_interview,
            info={"postgresql": {"where": of_interview}},
        ),
        sa.Index(
            f"uq_{table}_block_field",
            "interview_id",
            "initiative_id",
            "item",
            *columns,
            unique=True,
            sqlite_where=of_block,
            info={"postgresql": {"where": of_block}},
        ),
    )


class Nonresponse(Field, Base):
    """Why an item has no answer: a sparse table, never a magic value in an answer."""

    __tablename__ = "nonresponse"
    __table_args__ = of_one_field("nonresponse")

    id: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[MissingReason]


class Note(Field, Base):
    """An internal note on an item. No release, respondent page or fact sheet reads this table."""

    __tablename__ = "note"
    __table_args__ = of_one_field("note")

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


class Part(enum.StrEnum):
    """What of a field an edit changed."""

    ANSWER = "answer"
    NOTE = "note"


class Edit(Field, Base):
    """One save of one field: its history, its version, and the receipt that a replay is answered with.

    `id` is made by the browser; `value` is the answer as text (codes joined by spaces); `version` counts from 1.
    `carried_from` is the wave in which it was said, where nobody typed it: it was carried over.
    """

    __tablename__ = "edit"
    __table_args__ = (
        *of_one_field("edit", "part", "version"),
        sa.CheckConstraint("version >= 1", name="version_counts_from_one"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    part: Mapped[Part]
    version: Mapped[int]
    value: Mapped[str | None]
    reason: Mapped[MissingReason | None]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    at: Mapped[dt.datetime]
    carried_from: Mapped[int | None]


#: Which table holds the answers of which section.
RECORDS: dict[str, type[Interview | Initiative]] = {
    "general": Interview,
    "initiatives": Initiative,
    "others": Interview,
}
