"""The demonstration holds what was published, and nothing about anybody real."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.db import db
from survey.demo import published
from survey.demo.build import FICTITIOUS, NotEmptyError, build
from survey.fieldwork import tally
from survey.fieldwork.models import Case, CaseTally, Organisation, Person
from survey.instrument.codes import Audience, Disposition, MissingReason, Sex, Status
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview.answers import as_text
from survey.interview.models import Edit, Initiative, Interview, Nonresponse, Note, Part
from survey.interview.sheet import load
from survey.release.models import Release, Unit
from tests import databases

SEEDS = Path(published.__file__).parent


@pytest.fixture(scope="module")
def demo(application: Flask) -> Iterator[Session]:
    """The demonstration, built once per database."""
    with application.app_context():
        built = build(db.session)
        assert (built.organisations, built.interviews, built.initiatives) == (80, 55, 152)
        yield db.session
        db.session.rollback()
    databases.wipe(application.extensions["db"]["engine"])


@pytest.fixture(scope="module")
def initiatives(demo: Session) -> list[Initiative]:
    """In the order of Annexe C."""
    rank = {(published.described_by(sheet), sheet["name"]): n for n, sheet in enumerate(published.sheets())}
    found = demo.execute(
        sa.select(Organisation.name, Initiative)
        .join(Interview, Interview.id == Initiative.interview_id)
        .join(Case, Case.id == Interview.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .order_by(Initiative.interview_id, Initiative.position)
    ).all()
    return [initiative for _name, initiative in sorted(found, key=lambda row: rank[row[0], row[1].name])]


def notes(session: Session, initiative: Initiative) -> dict[str, str]:
    rows = session.execute(sa.select(Note.item, Note.text).where(Note.initiative_id == initiative.id))
    return {row.item: row.text for row in rows}


def reasons(session: Session, initiative: Initiative) -> dict[str, MissingReason]:
    rows = session.execute(
        sa.select(Nonresponse.item, Nonresponse.reason).where(Nonresponse.initiative_id == initiative.id)
    )
    return {row.item: row.reason for row in rows}


def test_the_organisations_have_the_outcomes_of_annexe_a(demo):
    with (SEEDS / "annexe_a.csv").open(encoding="utf-8") as file:
        said = Counter(row["outcome"] for row in csv.DictReader(file))
    counted = Counter(demo.scalars(sa.select(Case.disposition)))
    assert counted == {
        Disposition.COMPLETED: 57,
        Disposition.NO_REPLY: 8,
        Disposition.NOT_AVAILABLE: 2,
        Disposition.NOTHING_TO_INVENTORY: 10,
        Disposition.IMPOSSIBLE: 3,
    }
    assert counted[Disposition.COMPLETED] == said["surveyed"] + said["surveyed_listing_undecided"]
    undecided = demo.scalars(sa.select(Organisation).where(Organisation.name == "PlaMP")).one()
    assert "indécise" in (undecided.note or "")


def test_the_tally_is_right(demo):
    assert demo.scalar(sa.select(sa.func.sum(CaseTally.n))) == 80
    assert tally.recount(demo) == 0


def test_each_initiative_has_the_name_and_the_year_of_its_sheet(demo, initiatives):
    sheets = published.sheets()
    assert [(i.name, str(i.year_created or "")) for i in initiatives] == [
        (s["name"], s["year_created"]) for s in sheets
    ]


def test_the_counts_of_the_report_reproduce(demo, initiatives):
    assert Counter(i.status for i in initiatives) == {Status.RUNNING: 112, Status.DEVELOPING: 27, Status.SUSPENDED: 13}
    assert sum(Audience.YOUTH in i.audience for i in initiatives) == 105
    assert sum(Audience.PARENTS in i.audience for i in initiatives) == 20
    assert Counter(len(i.youth_sex) for i in initiatives if Audience.YOUTH in i.audience) == {1: 105}
    assert sum(Sex.MALE in i.youth_sex for i in initiatives) == 4


def test_texts_are_those_of_the_sheets(demo, initiatives):
    for initiative, sheet in zip(initiatives, published.sheets(), strict=True):
        assert initiative.partners == (sheet["partners"] or None)
        assert initiative.lead_organisation == (None if sheet["sheet"] == "93" else sheet["lead_organisation"])


def test_what_is_missing_says_why(demo, initiatives):
    upcoming, mixed, table_93 = (initiatives[n - 1] for n in (2, 4, 93))
    assert upcoming.year_created is None
    assert "year_created" not in reasons(demo, upcoming)
    assert "À venir" in notes(demo, upcoming)["year_created"]
    assert "year_created" not in reasons(demo, mixed)
    assert reasons(demo, mixed)["partners"] is MissingReason.NOT_APPLICABLE
    assert reasons(demo, table_93) == dict.fromkeys(("year_created", "lead_organisation"), MissingReason.NOT_APPLICABLE)
    assert "delivery" not in reasons(demo, table_93)
    assert "coupée" in notes(demo, initiatives[27])["partners"]


def test_whoever_stands_in_for_a_lead_is_said_to(demo, initiatives):
    by_convention = {
        n for n, i in enumerate(initiatives, 1) if "convention" in notes(demo, i).get("lead_organisation", "")
    }
    assert by_convention == {int(number) for number in published.STANDING_IN}
    assert "Saguenay" in notes(demo, initiatives[7])["lead_organisation"]


def test_whoever_stands_in_was_surveyed_and_is_of_the_region(demo):
    regions = {
        organisation.name: organisation.region_code
        for organisation in demo.scalars(
            sa.select(Organisation).join(Case).where(Case.disposition == Disposition.COMPLETED)
        )
    }
    leads = {sheet["sheet"]: sheet for sheet in published.sheets() if not sheet["lead_organisation_annexe_a"]}
    assert leads.keys() == published.STANDING_IN.keys()
    for number, (name, _link) in published.STANDING_IN.items():
        assert regions[name] == leads[number]["region_code"]


def test_every_answer_has_its_history(demo):
    written = {
        (edit.interview_id, edit.initiative_id, edit.item): edit.value
        for edit in demo.scalars(sa.select(Edit).where(Edit.part == Part.ANSWER))
    }
    answers = 0
    for interview_id in demo.scalars(sa.select(Interview.id)).all():
        sheet = load(demo.connection(), interview_id)
        assert sheet is not None
        for section in QUESTIONNAIRE.sections:
            for record in sheet.records(section):
                for item in filter(record.answered, section.items):
                    assert written[interview_id, record.id, item.name] == as_text(record.answers[item.name])
                    answers += 1
    assert answers > 152 * 4


def test_every_interview_is_completed_with_a_fictitious_person(demo):
    interviews = demo.scalars(sa.select(Interview)).all()
    assert all(interview.completed_at for interview in interviews)
    assert {interview.respondent_name for interview in interviews} == {FICTITIOUS}
    assert demo.scalar(sa.select(sa.func.count()).select_from(Person)) == 0
    assert all("(démonstration)" in name for name in demo.scalars(sa.select(User.name)))
    assert all(email.endswith("@exemple.test") for email in demo.scalars(sa.select(User.email)))


def test_nothing_is_answered_that_the_sheets_do_not_state(demo):
    items = set(demo.scalars(sa.select(Edit.item).where(Edit.part == Part.ANSWER)))
    assert items == {
        "respondent_name", "respondent_function", "held_on", "has_initiatives", "name", "year_created", "status",
        "lead_organisation", "partners", "audience", "youth_age", "youth_sex", "youth_involvement",
        "practitioners_detail", "others_detail", "delivery",
    }  # fmt: skip


def test_a_release_is_ready_to_be_exported(demo):
    release = demo.scalars(sa.select(Release)).one()
    assert release.note == "Démonstration"
    counts = {kept.unit: kept.row_count for kept in release.tables}
    assert counts == {
        Unit.ORGANISATION: 80,
        Unit.CONTACT: 0,
        Unit.INTERVIEW: 55,
        Unit.INITIATIVE: 152,
        Unit.REFERRAL: 0,
        Unit.THEME: 0,
        Unit.THEME_TREE: 0,
        Unit.PARADATA: 55 + 152,
    }


def test_it_is_never_built_over_something(demo):
    with pytest.raises(NotEmptyError):
        build(demo)
    assert demo.scalar(sa.select(sa.func.count()).select_from(Organisation)) == 80
