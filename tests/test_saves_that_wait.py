"""A save that comes in the middle of what a colleague does to the block, or to the interview: it never lands beside."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey.fieldwork.cases import NewOrganisation, open_cases
from survey.fieldwork.models import Case
from survey.instrument.codes import Mode, Region
from survey.interview import conduct, rearranging, sheet
from survey.interview.models import Edit, Initiative, Interview
from tests.conftest import Colleague
from tests.racing import meanwhile

Act = Callable[[Session, Interview, Initiative], object]
Save = Callable[..., TestResponse]

FIELDS: dict[str, dict[str, Any]] = {
    "a text": {"item": "description", "value": "La suite"},
    "a note": {"item": "description", "value": "La suite", "part": "note"},
    "boxes": {"item": "funding", "value": ["funded"]},
}


@pytest.fixture
def block(session: Session, interview: Interview) -> Initiative:
    """The first of two blocks."""
    first, _second = (conduct.add_block(session, interview.id, uuid.uuid4()) for _ in range(2))
    return first


@pytest.fixture
def save(app: Flask, session: Session, roxane: Colleague, here: str, interview: Interview, block: Initiative) -> Save:
    """`save(act, **field)`: the answer to Roxane's save in the first block, which waits for a colleague's act."""

    def saved(act: Act, **field: Any) -> TestResponse:
        uid, place = str(block.uid), (interview.id, block.id)
        sent = {"id": str(uuid.uuid4()), "block": uid, "version": 0} | field
        session.commit()

        def acted(other: Session) -> None:
            held = other.get_one(Interview, place[0], with_for_update=True)
            act(other, held, other.get_one(Initiative, place[1]))

        answer = meanwhile(app.extensions["db"]["engine"], acted, lambda: roxane.post(f"{here}/answers", json=sent))
        session.rollback()
        assert not session.scalars(sa.select(Edit).where(Edit.id == uuid.UUID(sent["id"]))).all()
        return answer

    return saved


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_it_does_not_go_into_a_block_that_has_joined_another(
    save: Save, roxane: Colleague, field: dict[str, Any]
) -> None:
    def merged(other: Session, interview: Interview, block: Initiative) -> None:
        records = {record.id: record for record in sheet.load(other.connection(), interview.id).blocks}  # type: ignore[union-attr]
        kept = other.scalars(sa.select(Initiative).where(Initiative.id != block.id)).one()
        sides = [(one, records[one.id]) for one in (kept, block)]
        rearranging.merge(other, uuid.uuid4(), sides[0], sides[1], {}, {}, roxane.id)

    assert save(merged, **field).status_code == 404


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_it_does_not_follow_a_block_into_the_interview_of_a_partner(
    session: Session, save: Save, roxane: Colleague, field: dict[str, Any]
) -> None:
    [organisation_id] = open_cases(session, [NewOrganisation("L’Organisme partenaire", Region.R06)], None)
    case = session.scalars(sa.select(Case).where(Case.organisation_id == organisation_id)).one()
    to = conduct.start(session, case, Mode.ZOOM, roxane.id).id

    def moved(other: Session, _interview: Interview, block: Initiative) -> None:
        rearranging.move(other, uuid.uuid4(), block, other.get_one(Interview, to), roxane.id)

    assert save(moved, **field).status_code == 404


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_it_is_told_that_the_interview_is_over(save: Save, roxane: Colleague, field: dict[str, Any]) -> None:
    def completed(other: Session, interview: Interview, _block: Initiative) -> None:
        conduct.complete(other, interview, roxane.id)

    assert save(completed, **field).status_code == 423
