"""A colleague of another team: what is not theirs is not there for them, on any page."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import url_for

from survey.accounts.models import Role, User
from survey.accounts.permissions import PERMISSIONS
from survey.audit import AuditEntry
from survey.fieldwork import cases, opening
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.models import Case, Organisation
from survey.instrument.codes import Disposition, Mode, OrganisationType, Region
from survey.interview import conduct
from tests.naming import name_at_q14, organisation
from tests.under_way import under_way

OURS, THEIRS = "Maison de l’essai", "Centre d’essai"
TEAMS = "/organisations/teams"


def put(session, **teams):
    """Put people in teams by name."""
    for name, team in teams.items():
        session.execute(sa.update(User).where(User.name == name).values(team=team))
    session.commit()


@pytest.fixture
def arguments(app, session, roxane, malik):
    """Roxane's recension under way; Malik is of another team."""
    found = under_way(app, session, roxane.id)
    put(session, Roxane="Nord", Malik="Sud")
    return found


@pytest.fixture
def hers(arguments, session, roxane):
    """The organisation that Roxane has."""
    return session.scalars(sa.select(Organisation).join(Case).where(Case.interviewer_id == roxane.id)).one()


#: What is about no case that the database holds: the paper form, the manual, one's own account, the front door.
ELSEWHERE = {"static", "accounts", "manual", "offline", "paper.blank", "paper.blank_pdf", "release"}
#: Opens for the words that wait in one's own browser, and names nothing.
FOR_ONES_OWN_WORDS = {"unsent.words"}


def routes(app, method):
    """Every route that somebody who conducts interviews may use, but those about no case."""
    for rule in app.url_map.iter_rules():
        roles = PERMISSIONS[rule.endpoint]
        elsewhere = {rule.endpoint, rule.endpoint.split(".")[0]} & ELSEWHERE
        if method in rule.methods and roles and Role.INTERVIEWER in roles and not elsewhere:
            yield rule


def known(arguments):
    """A value for every argument of a route, about Roxane's case."""
    given = {}
    for sets in arguments.values():
        for one in sets:
            for name, value in one.items():
                given.setdefault(name, value)
    return given


def test_no_page_shows_an_organisation_of_another_team(app, arguments, hers, roxane, malik):
    seen = 0
    for rule in routes(app, "GET"):
        sets = arguments.get(rule.endpoint) or [{name: known(arguments)[name] for name in rule.arguments}]
        for given in sets:
            with app.test_request_context():
                path = url_for(rule.endpoint, **given)
            answer = malik.get(path)
            body = answer.get_data(as_text=True)
            assert hers.name not in body, f"{rule.endpoint} names {hers.name}"
            if rule.arguments and rule.endpoint not in FOR_ONES_OWN_WORDS:
                assert answer.status_code == 404, f"{rule.endpoint} answers {answer.status_code} at {path}"
            seen += 1
    assert seen > 20


def test_nothing_that_is_sent_reaches_an_organisation_of_another_team(app, arguments, hers, malik, session):
    given = known(arguments) | {"act_id": known(arguments)["uid"], "case_id": hers.cases[0].id}
    given |= {"act": "remove", "name": "general"}
    for rule in routes(app, "POST"):
        if not rule.arguments:
            continue
        with app.test_request_context():
            path = url_for(rule.endpoint, **{name: given.get(name, given["uid"]) for name in rule.arguments})
        answer = malik.post(path)
        assert answer.status_code in (400, 403, 404), f"{rule.endpoint} answers {answer.status_code} at {path}"
        assert hers.name not in answer.get_data(as_text=True), rule.endpoint


def test_it_is_neither_listed_nor_found_nor_counted(arguments, hers, session, roxane, malik):
    every = session.scalar(sa.select(sa.func.count(Case.id)))
    for path in ("/organisations", f"/organisations?interviewer={roxane.id}", f"/organisations?q={quote('essai')}"):
        page = malik.get(path).text
        assert hers.name not in page
        assert hers.name in roxane.get(path).text
    assert f"Toutes les issues <strong>{every - 1}</strong>" in malik.get("/organisations").text
    assert f"Toutes les issues <strong>{every}</strong>" in roxane.get("/organisations").text
    assert "Roxane" not in malik.get("/organisations").text


def test_a_page_does_not_begin_where_an_organisation_of_another_team_stands(malik, colette, hers):
    assert 'id="name-' in malik.get("/organisations").text
    for side in ("after", "before"):
        hidden, unknown = (malik.get(f"/organisations?{side}={n}").text for n in (hers.id, 2**31 - 1))
        assert hidden.count('id="name-') == unknown.count('id="name-') == 0
    sides = [colette.get(f"/organisations?{side}={hers.id}").text for side in ("after", "before")]
    assert any('id="name-' in page for page in sides)


def test_with_a_type_too_the_counts_are_those_of_the_team(session, roxane, malik):
    new = [NewOrganisation(f"Maison {n}", Region.R03, kind=OrganisationType.COMMUNITY) for n in range(4)]
    cases.open_cases(session, new, None)
    ids = session.scalars(sa.select(Case.id).order_by(Case.id)).all()
    cases.assign_all(session, ids[:2], roxane.id, None)
    put(session, Roxane="Nord", Malik="Sud")
    for path in ("/organisations?kind=community", "/organisations?region=03", "/organisations?outcome=not_contacted"):
        assert "Toutes les issues <strong>2</strong>" in malik.get(path).text
        assert "Toutes les issues <strong>4</strong>" in roxane.get(path).text


def test_what_nobody_has_is_there_for_everybody_until_somebody_takes_it(session, case, roxane, malik):
    put(session, Roxane="Nord", Malik="Sud")
    address = f"/organisations/{case.organisation_id}"
    assert malik.get(address).status_code == 200
    assert "Maison d’essai" in malik.get("/queue").text
    roxane.post(f"/queue/{case.id}/claim")
    assert malik.get(address).status_code == 404
    assert malik.post(f"/queue/{case.id}/claim").status_code == 404
    assert "Maison d’essai" not in malik.get("/queue").text


def test_a_colleague_of_the_same_team_sees_it_and_may_not_change_it(session, interview, roxane, malik):
    put(session, Roxane="Nord", Malik="Nord")
    case = interview.case
    assert malik.get(f"/organisations/{case.organisation_id}").status_code == 200
    assert "Maison d’essai" in malik.get("/organisations").text
    assert malik.post(f"/organisations/{case.organisation_id}/notes", {"text": "non"}).status_code == 403
    assert malik.get(f"/interviews/{interview.id}").status_code == 403


@pytest.mark.parametrize("somebody", ["malik", "colette", "odile"])
def test_without_a_team_and_in_the_coordination_everything_is_seen_as_before(somebody, request, session, interview):
    put(session, Roxane="Nord", Colette="Sud", Odile="Sud")
    colleague = request.getfixturevalue(somebody)
    assert colleague.get(f"/organisations/{interview.case.organisation_id}").status_code == 200
    assert "Maison d’essai" in colleague.get("/organisations").text


def test_the_parts_of_an_organisation_that_are_another_teams_are_not_named(session, interview, roxane, malik):
    part = interview.case.organisation
    [parent_id] = cases.open_cases(session, [NewOrganisation("Regroupement")], None)
    part.parent_id = parent_id
    put(session, Roxane="Nord", Malik="Sud")
    assert part.name in roxane.get(f"/organisations/{parent_id}").text
    assert part.name not in malik.get(f"/organisations/{parent_id}").text


def test_the_words_that_wait_in_ones_own_browser_are_shown_and_the_organisation_is_not_named(
    session, interview, roxane, malik
):
    name = interview.case.organisation.name
    cases.assign(session, interview.case, malik.id, None)
    put(session, Roxane="Nord", Malik="Sud")
    page = roxane.get(f"/interviews/{interview.id}/unsent")
    assert page.status_code == 200
    assert "une autre équipe" in page.text
    assert name not in page.text
    assert "Malik" not in page.text


def test_the_coordination_says_who_is_in_which_team(session, roxane, malik, colette):
    answer = colette.post(
        TEAMS, {f"team-{roxane.id}": " Équipe  Nord", f"team-{malik.id}": "équipe nord"}, follow_redirects=True
    )
    assert "2 personnes changent d’équipe" in answer.text
    teams = set(session.scalars(sa.select(User.team).where(User.id.in_([roxane.id, malik.id]))))
    assert teams == {"Équipe Nord"}
    entries = session.scalars(sa.select(AuditEntry.detail).where(AuditEntry.action == "user.join_team")).all()
    assert entries == ["– → Équipe Nord"] * 2
    colette.post(TEAMS, {f"team-{roxane.id}": ""})
    assert session.scalars(sa.select(User.team).where(User.id == roxane.id)).one() is None


def test_a_name_that_is_too_long_is_said_at_its_field_and_nothing_changes(session, roxane, malik, colette):
    answer = colette.post(TEAMS, {f"team-{roxane.id}": "x" * 61, f"team-{malik.id}": "Sud"})
    assert answer.status_code == 422
    assert "60 caractères au plus" in answer.text
    assert 'value="Sud"' in answer.text
    assert not session.scalars(sa.select(User.team).where(User.team.is_not(None))).all()


def test_of_two_who_form_teams_at_once_none_undoes_the_other_unawares(session, roxane, malik, colette):
    seen = {f"shown-{roxane.id}": "", f"shown-{malik.id}": ""}
    colette.post(TEAMS, {**seen, f"team-{roxane.id}": "Nord", f"team-{malik.id}": ""})
    late = colette.post(TEAMS, {**seen, f"team-{roxane.id}": "", f"team-{malik.id}": "Sud"})
    assert late.status_code == 303
    assert in_teams(session) == {"Roxane": "Nord", "Malik": "Sud"}
    contrary = colette.post(TEAMS, {**seen, f"team-{roxane.id}": "Est"})
    assert contrary.status_code == 409
    assert "Il y a maintenant : « Nord »" in contrary.text
    assert 'value="Est"' in contrary.text
    assert in_teams(session) == {"Roxane": "Nord", "Malik": "Sud"}
    [now_shown] = re.findall(rf'name="shown-{roxane.id}" value="(.*?)"', contrary.text)
    colette.post(TEAMS, {f"shown-{roxane.id}": now_shown, f"team-{roxane.id}": "Est"})
    assert in_teams(session)["Roxane"] == "Est"


def in_teams(session):
    session.rollback()
    return dict(session.execute(sa.select(User.name, User.team).where(User.team.is_not(None))).all())


def test_who_conducts_interviews_puts_nobody_in_a_team(roxane):
    assert roxane.get(TEAMS).status_code == 403
    assert roxane.post(TEAMS, {f"team-{roxane.id}": ""}).status_code == 403


def test_what_another_team_heard_of_an_organisation_is_not_in_the_dossier_of_a_call(session, interview, roxane, malik):
    theirs = organisation(session, THEIRS)
    cases.assign(session, theirs, malik.id, None)
    heard = interview.case
    cases.assign(session, heard, roxane.id, None)
    said = {"person": "Personne fictive", "note": "confidence"}
    name_at_q14(session, heard, roxane, THEIRS, **said)
    mine = conduct.start(session, session.get_one(Case, theirs.id), Mode.PHONE, malik.id).id
    put(session, Roxane="Nord", Malik="Sud")
    dossier, page = malik.get(f"/interviews/{mine}/dossier").text, malik.get(f"/organisations/{theirs.organisation_id}")
    assert not [word for word in ("confidence", "Personne fictive", "Roxane") if word in dossier + page.text]
    put(session, Roxane="Sud")
    assert "confidence" in malik.get(f"/interviews/{mine}/dossier").text


def test_an_organisation_that_is_left_out_of_a_wave_stays_hidden(session, case, roxane, malik, colette):
    theirs = organisation(session, THEIRS)
    cases.assign(session, theirs, malik.id, None)
    cases.assign(session, case, roxane.id, None)
    cases.set_outcome(session, case, Disposition.REFUSAL, roxane.id)
    name_at_q14(session, case, roxane, THEIRS, note="confidence")
    opening.open_next(session, 1, {Disposition.NOT_CONTACTED}, colette.id)
    put(session, Roxane="Nord", Malik="Sud")
    assert "confidence" not in malik.get(f"/organisations/{theirs.organisation_id}").text


def test_one_team_is_one_however_it_is_spelt_the_second_time(session, roxane, malik, colette):
    assert colette.post(TEAMS, {f"team-{roxane.id}": "Équipe Sud"}).status_code == 303
    assert colette.post(TEAMS, {f"team-{malik.id}": "equipe sud"}).status_code == 303
    assert set(session.scalars(sa.select(User.team).where(User.team.is_not(None)))) == {"Équipe Sud"}
