"""How interviews went leaves as a unit of its own: no answer, no name, one row per part."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from survey.instrument.dictionary import IDENTIFYING
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview.models import Initiative, Interview
from survey.release import freezing, table, units
from survey.release.commands import export_command
from survey.release.models import ReleaseTable, Unit
from tests import recension


@pytest.fixture
def rows(session):
    recension.build(session)
    made = freezing.create(session, None, None)
    session.commit()
    kept = table.load(session, made, Unit.PARADATA)
    names = [variable.name for variable in kept.variables]
    session.rollback()
    return [dict(zip(names, row, strict=True)) for row in kept.rows()]


def said(row):
    """What a row says, without what it does not."""
    return {name: value for name, value in row.items() if value is not None}


def test_each_part_has_its_time_its_saves_and_when(rows, session):
    interview = session.scalars(sa.select(Interview).order_by(Interview.id)).first()
    block = session.scalars(sa.select(Initiative).where(Initiative.year_created == 2019)).one()
    general, first, others = rows
    keys = {name: general[name] for name in ("organisation_id", "case_id", "interview_id")}
    assert keys["interview_id"] == interview.id
    items = {section.name: [item.name for item in section.items] for section in QUESTIONNAIRE.sections}
    assert said(general) == keys | {
        "section": 2,
        "interview_completed": 1,
        "seconds": 95,
        "measured": 1,
        "edits": 0,
        **{f"edits_{name}": 0 for name in items["general"]},
    }
    assert said(first) == keys | {
        "initiative_id": block.id,
        "section": 3,
        "block": 2,
        "interview_completed": 1,
        "seconds": 610,
        "measured": 1,
        "edits": 1,
        "first_saved_at": "2026-03-02T14:32:05+00:00",
        "last_saved_at": "2026-03-02T14:32:05+00:00",
        **{f"edits_{name}": int(name == "name") for name in items["initiatives"]},
    }
    assert (others["section"], others["edits"], others["edits_needs"], others["edits_name"]) == (4, 2, 2, None)
    assert (others["first_saved_at"], others["last_saved_at"]) == (
        "2026-03-02T14:30:05+00:00",
        "2026-03-02T14:31:05+00:00",
    )
    assert others["seconds"] is None


def test_it_holds_no_answer_and_no_name_of_anybody():
    names = {variable.name for variable in units.dictionary(Unit.PARADATA)}
    answers = {variable.name for unit in (Unit.INTERVIEW, Unit.INITIATIVE) for variable in units.answers(unit)}
    assert not names & (answers | IDENTIFYING)
    assert "organisation_name" not in names


def test_a_release_of_before_has_no_such_unit_and_says_so(rows, anh, app, session, tmp_path):
    session.execute(sa.delete(ReleaseTable).where(ReleaseTable.unit == Unit.PARADATA))
    session.commit()
    assert anh.get("/releases/1/export?unit=paradata&form=csv").status_code == 404
    path = tmp_path / "paradata.csv"
    session.rollback()
    done = app.test_cli_runner().invoke(export_command, ["--format", "csv", "--unit", "paradata", "-o", str(path)])
    assert done.exit_code == 1
    assert "avant que cette unité existe" in done.output
    assert not path.exists()
