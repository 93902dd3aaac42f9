"""Roxane holds an interview: the page as the server draws it, and the forms that need no JavaScript."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork.models import Case, Organisation
from survey.instrument.codes import Disposition
from survey.interview.models import Consent, Initiative, Interview
from tests.conftest import Colleague


@pytest.fixture
def case(session: Session, colette: Colleague) -> Case:
    organisation = Organisation(name="Maison d’essai", folded_name="maison d'essai", created_at=sa.func.now())
    from survey.db import now

    organisation.created_at = now()
    found = Case(organisation=organisation)
    session.add(found)
    session.commit()
    return found


def test_an_interview_is_one_click_from_its_case(roxane, case, session):
    answer = roxane.post(f"/interviews/start/{case.id}", {"mode": "zoom"})
    assert answer.status_code == 302
    page = roxane.get(answer.location).text
    assert "Q.1" in page
    assert "Q.17." in page
    interview = session.scalars(sa.select(Interview)).one()
    assert interview.mode == "zoom"
    session.refresh(case)
    assert case.disposition is Disposition.IN_PROGRESS
    assert case.interviewer_id == roxane.id
