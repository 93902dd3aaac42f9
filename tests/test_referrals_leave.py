"""Anh takes whom the respondents named at Q.14: what was named and what became of it, never who nor what was noted."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

from survey.accounts.models import User
from survey.fieldwork import referrals
from survey.fieldwork.models import Referral
from survey.fieldwork.referrals import Named
from survey.instrument.codes import CaseSource, ConsentPurpose, Disposition, Fate, YesNo
from survey.interview.models import Interview
from survey.release import freezing
from survey.release.models import Unit
from survey.release.shapes import Shape
from survey.release.tiers import Tier
from tests import recension
from tests.leaving import as_dicts, prepared
from tests.naming import name_at_q14

SECRET = {"person": "Rose Fictive", "phone": "418 555-0155", "email": "rose@exemple.test", "note": "rappeler mardi"}


@pytest.fixture
def named(session, roxane):
    """Two that a respondent named, in this order; one of them leads to the second organisation of the list."""
    case = recension.case(session, "Organisme fictif A", Disposition.COMPLETED)
    other = recension.case(session, "Organisme fictif B", Disposition.IN_PROGRESS)
    recension.interview(session, case, session.get_one(User, roxane.id), knows_others=YesNo.YES)
    session.commit()
    first = name_at_q14(session, case, roxane, "Organisme fictif B", **SECRET)
    second = name_at_q14(session, case, roxane, "Un café « Œuvre » \U0001f600")
    led = session.get_one(Referral, first)
    led.fate, led.organisation_id, led.decided_at = Fate.KNOWN, other.organisation_id, recension.AT
    session.commit()
    return case, other, first, second


def leave(session, **more):
    session.commit()
    freezing.create(session, None)
    session.commit()
    return as_dicts(prepared(session, "csv", Unit.REFERRAL, **more).table)


def test_each_row_says_who_named_what_and_where_it_led(named, session):
    case, other, first, second = named
    one, two = leave(session)
    assert (one["case_id"], one["organisation_id"], one["rank"]) == (case.id, case.organisation_id, 1)
    assert (one["referral_id"], one["named"]) == (str(first), "Organisme fictif B")
    assert (one["fate"], one["referred_organisation_id"]) == (Fate.KNOWN.number, other.organisation_id)
    assert (two["referral_id"], two["rank"], two["named"]) == (str(second), 2, "Un café « Œuvre » \U0001f600")
    assert (two["fate"], two["referred_organisation_id"]) == (Fate.PENDING.number, None)


@pytest.mark.parametrize("tier", list(Tier))
def test_whom_a_third_person_named_leaves_at_no_tier(tier, named, session):
    leaves = str(leave(session, tier=tier))
    assert not [word for word in SECRET.values() if word in leaves]
    left = prepared(session, "csv", Unit.REFERRAL, tier=tier).left_out
    assert any("Q.14" in one.why.fr for one in left)
    assert not any("Q.14" in one.why.fr for one in prepared(session, "csv", tier=tier).left_out)


def test_at_the_open_tier_the_codes_of_both_organisations_join(named, session):
    rows = leave(session, tier=Tier.OPEN)
    cases = as_dicts(prepared(session, "csv", Unit.ORGANISATION, tier=Tier.OPEN).table)
    assert {row["organisation_id"] for row in cases} >= {row["referred_organisation_id"] for row in rows} - {None}
    assert all(len(row["referral_id"]) == 10 and "named" not in row for row in rows)


def test_what_was_taken_off_what_nobody_interviewed_said_and_who_declined_stay(named, session, roxane):
    _, _, first, second = named
    referrals.suggest(session, uuid.uuid4(), CaseSource.COMMITTEE, Named("Organisme fictif C"), roxane.id)
    referrals.remove(session, session.get_one(Referral, first), roxane.id)
    (row,) = leave(session)
    assert (row["referral_id"], row["rank"]) == (str(second), 1)
    held = session.scalars(sa.select(Interview)).one()
    recension.consent(session, held, held.interviewer, ConsentPurpose.INTERVIEW, YesNo.NO)
    assert not leave(session)


def test_what_is_off_the_route_of_the_interview_stays(named, session):
    session.scalars(sa.select(Interview)).one().knows_others = YesNo.NO
    assert not leave(session)


def test_wide_lays_the_referrals_of_a_case_side_by_side(named, session):
    first, second = leave(session, shape=Shape.WIDE)
    assert (first["named_r1"], first["fate_r2"]) == ("Organisme fictif B", Fate.PENDING.number)
    assert (second["named_r1"], second["referral_id_r2"]) == (None, None)
