"""All the cases of somebody go to colleagues in one action, their appointments with them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.accounts.models import Language, Role
from survey.fieldwork import appointments, cases, tally
from survey.fieldwork.appointments import Agreed
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.contact_models import Appointment
from survey.fieldwork.models import Case, CaseEvent, EventKind
from survey.instrument.codes import Disposition, Mode
from tests.conftest import hire
from tests.racing import meanwhile

PAGE = "/organisations/portfolio"
PORTFOLIO = [Disposition.NOT_CONTACTED] * 5 + [Disposition.PARTIAL] * 2 + [Disposition.COMPLETED] * 3


@pytest.fixture
def portfolio(session, roxane):
    """Ten cases of Roxane's, seven of which are to be done, and one that nobody has."""
    new = [
        NewOrganisation(f"Organisme {n}", disposition=outcome) for n, outcome in enumerate([*PORTFOLIO, PORTFOLIO[0]])
    ]
    cases.open_cases(session, new, None)
    ids = session.scalars(sa.select(Case.id).order_by(Case.id)).all()
    cases.assign_all(session, ids[:-1], roxane.id, None)
    session.commit()
    return ids


def held(session):
    """How many cases each person has at each outcome."""
    session.rollback()
    return Counter(map(tuple, session.execute(sa.select(Case.interviewer_id, Case.disposition))))


def test_the_page_says_how_many_there_are_of_each_outcome_before_anything_changes(portfolio, roxane, colette, session):
    page = colette.get(f"{PAGE}?whose={roxane.id}").text
    assert "10 organisations, dont 7 à faire" in page
    for words, n in (("À contacter", 5), ("Entrevue incomplète", 2), ("Sondé", 3)):
        assert words in page
        assert f"</span>{n}</td>" in page
    assert sum(n for (who, _), n in held(session).items() if who == roxane.id) == 10


def test_what_is_to_be_done_goes_to_a_colleague_and_what_is_done_stays(portfolio, roxane, malik, colette, session):
    answer = colette.post(PAGE, {"whose": roxane.id, "which": "open", "to": [malik.id]}, follow_redirects=True)
    assert "7 organisations changent de mains" in answer.text
    assert held(session) == {
        (malik.id, Disposition.NOT_CONTACTED): 5,
        (malik.id, Disposition.PARTIAL): 2,
        (roxane.id, Disposition.COMPLETED): 3,
        (None, Disposition.NOT_CONTACTED): 1,
    }
    assert not tally.differences(session)


def test_several_colleagues_share_a_whole_portfolio_evenly_outcome_by_outcome(
    portfolio, app, roxane, malik, colette, session
):
    third = hire(app, "Yann", Role.INTERVIEWER)
    colette.post(PAGE, {"whose": roxane.id, "which": "all", "to": [malik.id, third.id]})
    found = held(session)
    for outcome in set(PORTFOLIO):
        assert abs(found[malik.id, outcome] - found[third.id, outcome]) <= 1
    assert sum(n for (who, _), n in found.items() if who == malik.id) == 5
    assert not tally.differences(session)


def test_appointments_and_history_follow(portfolio, roxane, malik, colette, session):
    case = session.get_one(Case, portfolio[0])
    agreed = Agreed(dt.datetime(2027, 3, 2, 15, tzinfo=dt.UTC), 60, Mode.PHONE, Language.FRENCH, None, None, None)
    appointments.make(session, case, agreed, uuid.uuid4(), roxane.id, roxane.id)
    session.commit()
    colette.post(PAGE, {"whose": roxane.id, "which": "open", "to": [malik.id]})
    assert session.scalars(sa.select(Appointment.user_id)).all() == [malik.id]
    given = sa.select(CaseEvent).where(CaseEvent.kind == EventKind.ASSIGNED, CaseEvent.user_id == colette.id)
    assert {event.code for event in session.scalars(given)} == {str(malik.id)}
    assert len(session.scalars(given).all()) == 7


def test_a_portfolio_can_be_left_to_whoever_wants_it_and_what_nobody_has_can_be_shared(
    portfolio, roxane, malik, colette, session
):
    colette.post(PAGE, {"whose": roxane.id, "which": "open", "to": ["nobody"]})
    assert held(session)[None, Disposition.NOT_CONTACTED] == 6
    colette.post(PAGE, {"whose": 0, "which": "open", "to": [malik.id]})
    assert held(session)[malik.id, Disposition.NOT_CONTACTED] == 6
    assert not tally.differences(session)


@pytest.mark.parametrize(
    ("to", "sentence"),
    [([], "Choisissez à qui"), (["nobody", "malik"], "Choisissez des personnes"), (["roxane"], "déjà confiées")],
)
def test_a_choice_that_says_nothing_is_refused_at_its_field(to, sentence, portfolio, roxane, malik, colette, session):
    ids = {"roxane": roxane.id, "malik": malik.id}
    before = held(session)
    answer = colette.post(PAGE, {"whose": roxane.id, "which": "all", "to": [ids.get(one, one) for one in to]})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert held(session) == before


def test_of_two_who_coordinate_the_second_finds_nothing_left(portfolio, app, roxane, malik, colette, session):
    other = hire(app, "Yann", Role.INTERVIEWER)

    def first(mine: Session) -> None:
        held = cases.held(mine, Case.interviewer_id == roxane.id)
        cases.hand_out(mine, {case.id: malik.id for case in held}, colette.id)

    answer = meanwhile(
        app.extensions["db"]["engine"],
        first,
        lambda: colette.post(PAGE, {"whose": roxane.id, "which": "all", "to": [other.id]}),
    )
    assert answer.status_code == 303
    assert "rien n’a changé" in colette.get(PAGE).text
    assert {who for who, _ in held(session)} == {malik.id, None}
    assert not tally.differences(session)


@pytest.mark.parametrize("whose", ["999999", "-1", "x"])
def test_nobody_elses_portfolio_is_a_page(whose, portfolio, colette):
    assert colette.get(f"{PAGE}?whose={whose}").status_code == 404
    assert colette.post(PAGE, {"whose": whose, "which": "all", "to": ["nobody"]}).status_code in (400, 404)


def test_only_the_coordination_hands_portfolios_over(portfolio, roxane, malik):
    assert roxane.post(PAGE, {"whose": roxane.id, "which": "all", "to": [malik.id]}).status_code == 403
