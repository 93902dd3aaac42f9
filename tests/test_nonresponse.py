"""Item non-response: of those to whom a question was asked, how many did not answer it, and why."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from survey.fieldwork.models import Referral
from survey.instrument.codes import Audience, ConsentPurpose, Funding, MissingReason, YesNo
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview import nonresponse
from survey.interview.models import Consent, Initiative, Interview, Nonresponse
from tests import recension


@pytest.fixture
def inventory(session):
    recension.build(session)


def of(session, name):
    session.flush()
    return next(asked for asked in nonresponse.of_items(session, 1) if asked.item.name == name)


def figures(asked):
    return asked.routes, asked.answered, asked.missing, asked.blank


def test_every_question_stands_in_the_order_of_the_questionnaire_and_supplementary_ones_are_left_out(session):
    names = [item.name for section, item in QUESTIONNAIRE.items() if item.name not in section.optional]
    assert [asked.item.name for asked in nonresponse.of_items(session, 1)] == names
    assert figures(of(session, "needs")) == (0, 0, 0, 0)


def test_a_reason_is_counted_and_what_does_not_apply_lacks_nothing(session, inventory):
    year = of(session, "year_created")
    assert figures(year) == (2, 1, 1, 0)
    assert year.reasons == {MissingReason.DONT_KNOW: 1}
    description = of(session, "description")
    assert description.reasons == {MissingReason.NOT_APPLICABLE: 1}
    assert (description.base, description.missing) == (1, 0)


def test_a_wave_that_has_just_begun_lacks_nothing_yet(session, inventory):
    assert any(asked.routes for asked in nonresponse.of_items(session, 1))
    assert not any(asked.routes or asked.reasons for asked in nonresponse.of_items(session, 2))


def test_a_question_off_the_route_is_not_asked(session, inventory):
    blocks = session.scalars(sa.select(Initiative).where(Initiative.removed_at.is_(None))).all()
    full = next(block for block in blocks if block.name == recension.HOSTILE)
    assert full.audience == {Audience.YOUTH}
    assert of(session, "parents_detail").routes == 0
    full.audience.add(Audience.PARENTS)
    assert figures(of(session, "parents_detail")) == (1, 1, 0, 0)
    assert of(session, "funding_source").routes == 1
    full.funding.discard(Funding.FUNDED)
    assert of(session, "funding_source").routes == 0


def test_a_reason_beside_an_answer_or_off_the_route_is_none(session, inventory):
    full = session.scalars(sa.select(Initiative).where(Initiative.name == recension.HOSTILE)).one()
    for item in ("description", "parents_detail"):
        row = {"interview_id": full.interview_id, "initiative_id": full.id, "item": item}
        session.add(Nonresponse(**row, reason=MissingReason.REFUSED))
    assert of(session, "description").reasons == {MissingReason.NOT_APPLICABLE: 1}
    assert of(session, "parents_detail").reasons == {}


def test_interviews_under_way_or_declined_are_not_counted(session, inventory):
    held = session.scalars(sa.select(Interview).where(Interview.respondent_function == "Coordonnatrice")).one()
    assert of(session, "needs").routes == 1
    held.completed_at = None
    assert of(session, "needs").routes == 0
    held.completed_at = recension.AT + dt.timedelta(hours=1)
    user = held.interviewer
    recension.consent(session, held, user, ConsentPurpose.INTERVIEW, YesNo.NO)
    assert session.scalar(sa.select(sa.func.count(Consent.id))) == 4
    assert of(session, "needs").routes == 0


def test_rows_of_those_named_answer_question_14(session, inventory):
    held = session.scalars(sa.select(Interview).where(Interview.respondent_function == "Coordonnatrice")).one()
    held.others_named = held.others_contacts = None
    session.execute(sa.delete(Referral))
    assert figures(of(session, "others_named")) == (1, 0, 1, 1)
    by = {"recorded_by": held.interviewer_id, "changed_by": held.interviewer_id}
    at = {"at": recension.AT, "changed_at": recension.AT}
    session.add(Referral(id=recension.uuid.uuid4(), case_id=held.case_id, folded_name="x", version=1, **by, **at))
    assert figures(of(session, "others_named")) == (1, 1, 0, 0)
