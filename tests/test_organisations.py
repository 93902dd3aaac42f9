"""Whom we reach: the list, the page of an organisation, and what each role may do there."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from survey.accounts.models import Role, User
from survey.db import now
from survey.fieldwork import cases, listing, tally
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.listing import Filters
from survey.fieldwork.models import Case, CaseEvent, EventKind, Organisation, Person
from survey.instrument.codes import Disposition, Region
from tests.browsing import Desk, on_sqlite
from tests.conftest import Colleague
from tests.racing import meanwhile

HOUSE = "Maison des rivières (fictive)"


@pytest.fixture
def house(session: Session) -> int:
    """An organisation that nobody has called yet."""
    (organisation_id,) = cases.open_cases(session, [NewOrganisation(HOUSE, Region.R03)], None)
    session.commit()
    return organisation_id


def case_of(session: Session, organisation_id: int) -> Case:
    """The case as it stands in the database, apart from the session, which would lock the database for others."""
    session.commit()
    case = session.scalars(sa.select(Case).where(Case.organisation_id == organisation_id)).one()
    session.expunge(case)
    session.commit()
    return case


def give(session: Session, organisation_id: int, user_id: int) -> None:
    cases.assign_all(session, [case_of(session, organisation_id).id], user_id, None)
    session.commit()


def names(html: str) -> list[str]:
    return re.findall(r'<a id="name-\d+"[^>]*>([^<]*)</a>', html)


def test_the_list_shows_name_region_outcome_and_interviewer(session: Session, house: int, roxane: Colleague) -> None:
    give(session, house, roxane.id)
    html = roxane.get("/organisations").text
    row = re.search(r"<tbody>(.*)</tbody>", html, re.S)
    assert row
    assert all(text in row[1] for text in (HOUSE, "Capitale-Nationale", "À contacter", "Roxane"))


def test_an_empty_list_says_what_to_do(colette: Colleague, roxane: Colleague) -> None:
    assert "/organisations/import" in colette.get("/organisations").text
    assert "La coordination n’a pas encore importé la liste" in roxane.get("/organisations").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=riviere", ["Rivière à cœur"]),
        ("q=COEUR+Riv", ["Rivière à cœur"]),
        ("q=%25", []),
        ("q=100%25", ["100% jeunes"]),
        ("q=_", []),
        ("q=a_b", ["a_b"]),
        ("q=%5C", []),
        ("q=" + "z" * 60_000, []),
        ("region=13", ["Rivière à cœur"]),
        ("region=none", ["100% jeunes", "a_b"]),
        ("region=99", ["100% jeunes", "a_b", "Rivière à cœur"]),
        ("outcome=refusal", ["a_b"]),
        ("outcome=nope", ["100% jeunes", "a_b", "Rivière à cœur"]),
        ("interviewer=me", ["100% jeunes"]),
        ("interviewer=none", ["a_b", "Rivière à cœur"]),
        ("interviewer=99999999999999999999&after=-3&before=x", ["100% jeunes", "a_b", "Rivière à cœur"]),
        ("q=riv&region=13&outcome=not_contacted&interviewer=none", ["Rivière à cœur"]),
    ],
)
def test_the_list_is_searched_and_filtered(session: Session, roxane: Colleague, query: str, found: list[str]) -> None:
    some = [
        NewOrganisation("Rivière à cœur", Region.R13),
        NewOrganisation("100% jeunes"),
        NewOrganisation("a_b", disposition=Disposition.REFUSAL),
    ]
    ids = cases.open_cases(session, some, None)
    give(session, ids[1], roxane.id)
    response = roxane.get(f"/organisations?{query}")
    assert response.status_code == 200
    assert names(response.text) == found


@pytest.mark.parametrize(
    "query",
    ["q=a%00b", "q=%00", "q=%ED%A0%80", "endpoint=x", "_scheme=javascript&_external=1", "_anchor=x", "values=1"],
)
def test_an_odd_address_of_the_list_is_the_list(house: int, roxane: Colleague, query: str) -> None:
    response = roxane.get(f"/organisations?{query}")
    assert response.status_code == 200
    assert "\0" not in response.text
    assert "javascript:" not in response.text


def test_the_pages_of_the_list_hold_everybody_once_forwards_and_back(session: Session, roxane: Colleague) -> None:
    cases.open_cases(session, [NewOrganisation(f"Organisme {n:03}") for n in range(120)], None)
    session.commit()
    address, seen, pages = "/organisations", [], []
    while address:
        html = roxane.get(address).text
        pages.append(names(html))
        seen += pages[-1]
        further = re.search(r'rel="next" href="([^"]*)"', html)
        last, address = address, further[1].replace("&amp;", "&") if further else ""
    assert seen == [f"Organisme {n:03}" for n in range(120)]
    assert [len(page) for page in pages] == [50, 50, 20]
    back = re.search(r'rel="prev" href="([^"]*)"', roxane.get(last).text)
    assert back
    assert names(roxane.get(back[1].replace("&amp;", "&")).text) == pages[1]


@pytest.mark.parametrize(
    "filters", [Filters(), Filters(region="13"), Filters(region=""), Filters(interviewer=0), Filters(search="ref")]
)
def test_the_counts_are_those_of_the_list(session: Session, roxane: Colleague, filters: Filters) -> None:
    new = [
        NewOrganisation(f"{d.value} {r}", r, d)
        for d in (Disposition.REFUSAL, Disposition.NOT_ELIGIBLE)
        for r in (None, Region.R13)
    ]
    give(session, cases.open_cases(session, new, None)[0], roxane.id)
    listed: dict[Disposition, int] = {}
    for row in listing.page(session, filters).rows:
        listed[row.disposition] = listed.get(row.disposition, 0) + 1
    assert listing.counts(session, filters) == listed


def test_an_outcome_is_recorded_with_who_and_when(session: Session, house: int, roxane: Colleague) -> None:
    response = roxane.post(f"/organisations/{house}/outcome", {"disposition": "refusal"}, follow_redirects=True)
    assert response.status_code == 200
    assert "Classe AAPOR" in response.text
    assert "R, Refus" in response.text
    assert "Roxane" in response.text
    assert case_of(session, house).disposition is Disposition.REFUSAL


def test_an_unknown_outcome_is_refused_in_words_at_the_field(session: Session, house: int, roxane: Colleague) -> None:
    response = roxane.post(f"/organisations/{house}/outcome", {"disposition": "vanished"})
    assert response.status_code == 422
    assert "Il reste quelque chose à corriger" in response.text
    assert case_of(session, house).disposition is Disposition.NOT_CONTACTED


def test_notes_stay_in_the_history_as_they_were_typed(house: int, roxane: Colleague) -> None:
    text = "Rappeler mardi :\n« 14 h » <b>pas avant</b> 🙂\x00"
    page = roxane.post(f"/organisations/{house}/notes", {"text": text}, follow_redirects=True).text
    assert "Rappeler mardi :\n« 14 h » &lt;b&gt;pas avant&lt;/b&gt; 🙂" in page
    assert roxane.post(f"/organisations/{house}/notes", {"text": " "}).status_code == 422


def test_persons_are_added_edited_and_removed(session: Session, house: int, roxane: Colleague) -> None:
    persons = f"/organisations/{house}/persons"
    someone = {"name": "Personne fictive", "function": "Direction", "phone": "418 555-0199", "email": "p@exemple.test"}
    page = roxane.post(f"{persons}/new", someone, follow_redirects=True).text
    assert 'href="tel:4185550199"' in page
    assert 'href="mailto:p@exemple.test"' in page
    person_id = session.scalars(sa.select(Person.id)).one()
    session.commit()
    assert 'value="Direction"' in roxane.get(f"{persons}/{person_id}").text
    page = roxane.post(f"{persons}/{person_id}", {**someone, "name": "Autre nom"}, follow_redirects=True).text
    assert "Autre nom" in page
    roxane.post(f"{persons}/{person_id}/remove")
    session.rollback()
    assert session.scalars(sa.select(Person)).all() == []


@pytest.mark.parametrize("act", ["", "/remove"])
def test_a_person_whom_a_colleague_is_removing_is_not_found(
    app: Flask, session: Session, house: int, roxane: Colleague, act: str
) -> None:
    person = Person(organisation_id=house, name="P")
    session.add(person)
    session.flush()
    address = f"/organisations/{house}/persons/{person.id}{act}"
    session.commit()
    removal = sa.delete(Person)
    answer = meanwhile(
        app.extensions["db"]["engine"],
        lambda other: other.execute(removal),
        lambda: roxane.post(address, {"name": "Autre nom"}),
    )
    assert answer.status_code == 404


def test_what_is_wrong_with_a_person_is_said_and_nothing_typed_is_lost(house: int, roxane: Colleague) -> None:
    wrong = {"name": "", "function": "Direction générale", "email": "pas une adresse"}
    response = roxane.post(f"/organisations/{house}/persons/new", wrong)
    assert response.status_code == 422
    assert "Écrivez une seule adresse complète" in response.text
    assert 'value="Direction générale"' in response.text


@pytest.mark.parametrize(
    ("phone", "email"), [("javascript:alert(1)", "javascript:alert(1)"), ("à demander", "x@y@z"), ("+", "personne")]
)
def test_only_telephones_and_addresses_become_links(
    session: Session, house: int, roxane: Colleague, phone: str, email: str
) -> None:
    session.add(Person(organisation_id=house, name="P", phone=phone, email=email))
    session.commit()
    links = re.findall(r'href="((?:tel|mailto|javascript):[^"]*)"', roxane.get(f"/organisations/{house}").text)
    assert links == []


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("418 555-1234 ext. 22", "tel:4185551234"),
        ("418 555-1234, poste 22", "tel:4185551234"),
        ("418.555.1234 x22", "tel:4185551234"),
        ("(418) 555-1234", "tel:4185551234"),
        ("+1 (418) 555‑1234", "tel:+14185551234"),
        ("Bureau 12 : 555-1234", "tel:5551234"),
        ("418 555-1234 / 418 555-9999", "tel:4185551234"),
        ("poste 22", None),
        ("1-800-ALLO", None),
        ("418 555-1234 418 555-9999", None),
    ],
)
def test_a_link_dials_the_number_without_its_extension(app: Flask, written: str, dialled: str | None) -> None:
    assert app.jinja_env.filters["tel"](written) == dialled


def test_a_person_is_found_at_their_own_organisation_only(session: Session, house: int, odile: Colleague) -> None:
    (other,) = cases.open_cases(session, [NewOrganisation("Autre")], None)
    person = Person(organisation_id=other, name="P")
    session.add(person)
    session.flush()
    address = f"/organisations/{house}/persons/{person.id}"
    session.commit()
    assert odile.get(address).status_code == 404
    assert odile.post(f"{address}/remove").status_code == 404


@pytest.mark.parametrize("address", ["/organisations/9", f"/organisations/{2**31}", f"/organisations/{10**30}"])
def test_an_organisation_that_does_not_exist_is_not_found(odile: Colleague, address: str) -> None:
    assert odile.get(address).status_code == 404


def test_an_interviewer_may_not_touch_a_colleagues_case(
    session: Session, house: int, roxane: Colleague, malik: Colleague, colette: Colleague
) -> None:
    give(session, house, roxane.id)
    acts = [("outcome", {"disposition": "refusal"}), ("notes", {"text": "x"}), ("persons/new", {"name": "x"})]
    for who, code in ((malik, 403), (roxane, 303), (colette, 303)):
        assert who.get(f"/organisations/{house}").status_code == 200
        for act, data in acts:
            assert who.post(f"/organisations/{house}/{act}", data).status_code == code
    refused = malik.get(f"/organisations/{house}/persons/new")
    assert refused.status_code == 403
    assert "l’organisation est confiée à quelqu’un d’autre" in refused.text
    assert "Commencer l’entrevue" not in malik.get(f"/organisations/{house}").text


def test_persons_and_notes_are_for_those_who_conduct_the_case(
    session: Session, house: int, roxane: Colleague, malik: Colleague, colette: Colleague, odile: Colleague
) -> None:
    give(session, house, roxane.id)
    page = f"/organisations/{house}"
    person = {"name": "Serin Un", "function": "Serin Deux", "phone": "418 555-0155", "email": "serin@exemple.test"}
    canaries = (*person.values(), "Serin Trois", "tel:4185550155", "Serin Quatre")
    colette.post(f"{page}/edit", {"name": HOUSE, "region": "03", "note": "Serin Quatre"})
    roxane.post(f"{page}/persons/new", person)
    roxane.post(f"{page}/notes", {"text": "Serin Trois"})
    hidden = "Les personnes à joindre et les notes ne se montrent qu’à la personne à qui l’organisation est confiée"
    for who in (roxane, colette, odile):
        html = who.get(page).text
        assert [canary for canary in canaries if canary not in html] == []
        assert hidden not in html
    html = malik.get(page).text
    assert [canary for canary in canaries if canary in html] == []
    assert hidden in html
    assert "Entrée dans la liste" in html, "the rest of the history is everybody’s"
    colette.post(f"{page}/assign", {"interviewer": malik.id})
    assert [canary for canary in canaries if canary not in malik.get(page).text] == []
    assert [canary for canary in canaries if canary in roxane.get(page).text] == []


def test_an_interview_starts_from_the_page(house: int, roxane: Colleague) -> None:
    page = roxane.get(f"/organisations/{house}").text
    assert "Commencer l’entrevue" in page
    assert all(f'value="{mode}"' in page for mode in ("phone", "zoom", "other"))


ROUTES = [
    ("get", "/organisations", "fieldwork"),
    ("get", "/organisations/{}", "fieldwork"),
    ("post", "/organisations/{}/notes", "fieldwork"),
    ("get", "/organisations/{}/persons/new", "fieldwork"),
    ("get", "/organisations/new", "coordination"),
    ("get", "/organisations/import", "coordination"),
    ("post", "/organisations/{}/assign", "coordination"),
    ("post", "/organisations/assign", "coordination"),
    ("get", "/organisations/{}/edit", "coordination"),
]


@pytest.mark.parametrize(("method", "address", "whose"), ROUTES)
def test_each_role_has_its_pages(
    house: int, roxane: Colleague, colette: Colleague, bastien: Colleague, anh: Colleague, odile: Colleague,
    stranger: FlaskClient, method: str, address: str, whose: str,
) -> None:  # fmt: skip
    address = address.format(house)
    for who in (bastien, anh):
        assert getattr(who, method)(address).status_code == 403
    for who in (colette, odile):
        assert getattr(who, method)(address).status_code != 403
    assert (getattr(roxane, method)(address).status_code == 403) is (whose == "coordination")
    assert getattr(stranger, method)(address).status_code == (302 if method == "get" else 303)


def test_the_coordinator_assigns_and_takes_back(
    session: Session, house: int, colette: Colleague, roxane: Colleague
) -> None:
    page = colette.post(f"/organisations/{house}/assign", {"interviewer": roxane.id}, follow_redirects=True).text
    assert "Confiée à Roxane" in page
    assert case_of(session, house).interviewer_id == roxane.id
    page = colette.post(f"/organisations/{house}/assign", {"interviewer": ""}, follow_redirects=True).text
    assert "N’est plus confiée à personne" in page


def test_nobody_is_assigned_to_a_coder_or_to_somebody_who_left(
    session: Session, house: int, colette: Colleague, bastien: Colleague, malik: Colleague
) -> None:
    session.execute(sa.update(User).where(User.id == malik.id).values(active=False))
    session.commit()
    for user_id in (bastien.id, malik.id, 999):
        assert colette.post(f"/organisations/{house}/assign", {"interviewer": user_id}).status_code == 400
    assert case_of(session, house).interviewer_id is None


def test_who_left_still_shows_as_the_one_in_charge(
    session: Session, house: int, colette: Colleague, malik: Colleague
) -> None:
    give(session, house, malik.id)
    session.execute(sa.update(User).where(User.id == malik.id).values(active=False))
    session.commit()
    assert re.search(rf'<option selected value="{malik.id}">Malik', colette.get(f"/organisations/{house}").text)
    assert names(colette.get(f"/organisations?interviewer={malik.id}").text) == [HOUSE]


def test_ticked_organisations_go_to_one_interviewer(session: Session, colette: Colleague, roxane: Colleague) -> None:
    ids = cases.open_cases(session, [NewOrganisation(name) for name in "ABC"], None)
    session.commit()
    ticked = [case_of(session, n).id for n in ids[:2]]
    data = {"case": [*ticked, "x", "99999999999999999999"], "interviewer": roxane.id, "next": "/organisations?q=a"}
    response = colette.post("/organisations/assign", data)
    assert response.headers["Location"] == "/organisations?q=a"
    assert [case_of(session, n).interviewer_id for n in ids] == [roxane.id, roxane.id, None]
    assert tally.recount(session) == 0


def test_however_many_are_ticked_they_go_to_one_interviewer(
    session: Session, house: int, colette: Colleague, roxane: Colleague
) -> None:
    ticked = "&".join(f"case={n}" for n in (case_of(session, house).id, *range(10_000, 80_000)))
    kind = "application/x-www-form-urlencoded"
    response = colette.post("/organisations/assign", f"interviewer={roxane.id}&{ticked}", content_type=kind)
    assert response.status_code == 303
    assert "1 organisation change de mains" in colette.get("/organisations").text
    assert case_of(session, house).interviewer_id == roxane.id


def test_ticking_nothing_is_said_and_the_way_back_stays_here(colette: Colleague, roxane: Colleague) -> None:
    data = {"interviewer": roxane.id, "next": "https://ailleurs.test/"}
    response = colette.post("/organisations/assign", data)
    assert response.headers["Location"] == "/organisations"
    assert "Cochez des organisations" in colette.get("/organisations").text


def test_the_coordinator_adds_and_corrects_an_organisation(session: Session, colette: Colleague) -> None:
    page = colette.post("/organisations/new", {"name": " L’Étape ", "region": "06", "note": "n"}, follow_redirects=True)
    assert "Montréal" in page.text
    organisation = session.scalars(sa.select(Organisation)).one()
    assert (organisation.name, organisation.folded_name) == ("L’Étape", "l'etape")
    edit = f"/organisations/{organisation.id}/edit"
    session.commit()
    assert colette.post(edit, {"name": "L'Étape", "region": "", "note": ""}).status_code == 303
    assert (organisation.name, organisation.region_code, organisation.note) == ("L'Étape", None, None)
    assert tally.recount(session) == 0


@pytest.mark.parametrize("name", ["", "  ", "\u0301", "MAISON DES RIVIERES (fictive)", "n" * 401])
def test_an_organisation_needs_a_name_of_its_own(house: int, session: Session, colette: Colleague, name: str) -> None:
    response = colette.post("/organisations/new", {"name": name, "region": "06", "note": "gardée"})
    assert response.status_code == 422
    assert "gardée" in response.text
    assert session.scalar(sa.select(sa.func.count()).select_from(Organisation)) == 1


def test_the_history_links_to_the_interviews(app: Flask, session: Session, house: int, roxane: Colleague) -> None:
    case = case_of(session, house)
    for kind in (EventKind.INTERVIEW_OPENED, EventKind.INTERVIEW_COMPLETED, EventKind.INTERVIEW_REOPENED):
        cases.log(session, case.id, kind, roxane.id, code="12")
    session.commit()
    page = roxane.get(f"/organisations/{house}").text
    assert all(words in page for words in ("Entrevue commencée", "Entrevue terminée", "Entrevue rouverte"))
    with app.test_request_context():
        address = app.url_for("interview.page", interview_id=12, _external=False)
    timeline = page[page.index('class="timeline"') :]
    assert timeline.count(f'href="{address}"') == 3


def test_an_interview_that_is_not_completed_is_resumed(session: Session, house: int, roxane: Colleague) -> None:
    case = case_of(session, house)
    for kind, resumed in (
        (EventKind.INTERVIEW_OPENED, True),
        (EventKind.INTERVIEW_COMPLETED, False),
        (EventKind.INTERVIEW_REOPENED, True),
    ):
        cases.log(session, case.id, kind, roxane.id, code="12")
        session.commit()
        page = roxane.get(f"/organisations/{house}").text
        button = re.search(r'<a class="button" href="([^"]*)">Reprendre l’entrevue</a>', page)
        assert (button and button[1]) == ("/interviews/12" if resumed else None)
        assert "Commencer une autre entrevue" in page


def test_a_colleague_sees_the_interviews_but_no_way_in(
    session: Session, house: int, roxane: Colleague, malik: Colleague
) -> None:
    give(session, house, roxane.id)
    cases.log(session, case_of(session, house).id, EventKind.INTERVIEW_OPENED, roxane.id, code="12")
    session.commit()
    page = malik.get(f"/organisations/{house}").text
    assert "Entrevue 1, commencée le" in page
    assert "Entrevue commencée" in page
    assert "/interviews/12" not in page


def test_interviews_are_numbered_within_their_organisation(session: Session, house: int, roxane: Colleague) -> None:
    case = case_of(session, house)
    for code, kind in (
        ("9", EventKind.INTERVIEW_OPENED),
        ("9", EventKind.INTERVIEW_COMPLETED),
        ("17", EventKind.INTERVIEW_OPENED),
        ("9", EventKind.INTERVIEW_REOPENED),
    ):
        cases.log(session, case.id, kind, roxane.id, code=code)
    session.commit()
    link = r'<a href="/interviews/(\d+)">(Entrevue \d+), commencée le \d+ \S+ \d{4}</a>'
    page = roxane.get(f"/organisations/{house}").text
    assert re.findall(link, page) == [("17", "Entrevue 2"), ("9", "Entrevue 1")]


@pytest.mark.parametrize("act", ["new", "{}/edit"])
def test_two_organisations_named_alike_at_once_are_told_at_the_field(
    app: Flask, session: Session, house: int, colette: Colleague, act: str
) -> None:
    data = {"name": "L’Étape", "region": "06", "note": "gardée"}
    answer = meanwhile(
        app.extensions["db"]["engine"],
        lambda other: cases.open_cases(other, [NewOrganisation("L'ETAPE")], None),
        lambda: colette.post(f"/organisations/{act.format(house)}", data),
    )
    assert answer.status_code == 422
    assert "Une organisation de la liste porte déjà ce nom." in answer.text
    assert "gardée" in answer.text
    assert tally.recount(session) == 0


def test_everybody_of_the_team_may_be_given_a_case_but_coders_and_analysts(
    session: Session, roxane: Colleague, colette: Colleague, odile: Colleague, bastien: Colleague, anh: Colleague
) -> None:
    gone = User(email="p@exemple.test", name="Partie", role=Role.INTERVIEWER, active=False, created_at=now())
    session.add(gone)
    session.flush()
    assert [row.name for row in listing.interviewers(session)] == ["Colette", "Odile", "Roxane"]


def test_a_history_tells_events_in_the_order_they_came(session: Session, house: int, roxane: Colleague) -> None:
    for disposition in ("in_progress", "no_reply"):
        roxane.post(f"/organisations/{house}/outcome", {"disposition": disposition})
    codes = session.scalars(sa.select(CaseEvent.code).order_by(CaseEvent.id)).all()
    assert codes == ["not_contacted", "in_progress", "no_reply"]
    page = roxane.get(f"/organisations/{house}").text
    timeline = page[page.index('class="timeline"') :]
    assert timeline.index("Sans réponse") < timeline.index("Démarche en cours") < timeline.index("Entrée dans la liste")


@pytest.fixture
def long_list(session: Session) -> None:
    cases.open_cases(session, [NewOrganisation(f"Organisme {n:02}", Region.R03) for n in range(50)], None)
    session.commit()


def bar(page: Page) -> float:
    """Where the bar that assigns begins, in the window; it stands in there whole."""
    top, bottom, window = page.locator("#assign-many").evaluate(
        "bar => { const { top, bottom } = bar.getBoundingClientRect(); return [top, bottom, innerHeight]; }"
    )
    assert 0 < top < bottom <= window
    return float(top)


def row_of_focus(page: Page) -> float:
    """Where the row that has the focus ends, in the window."""
    return float(page.evaluate("document.activeElement.closest('tr').getBoundingClientRect().bottom"))


@on_sqlite
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_what_assigns_comes_along_with_a_tick_and_never_hides_the_focus(
    colette: Colleague, long_list: None, at_desk: Desk, width: int, script: bool
) -> None:
    page = at_desk(colette, "/organisations", width=width, height=640, java_script_enabled=script)
    page.locator("[name=case]").first.focus()
    page.keyboard.press("Space")
    for _ in range(99):
        page.keyboard.press("Tab")
        assert row_of_focus(page) <= bar(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "interviewer"


@on_sqlite
def test_a_row_ticked_at_the_foot_of_the_window_stays_in_view(
    colette: Colleague, long_list: None, at_desk: Desk
) -> None:
    page = at_desk(colette, "/organisations", height=640)
    box = page.locator("[name=case]").nth(20)
    box.evaluate("box => scrollTo(0, box.getBoundingClientRect().bottom + scrollY - innerHeight + 4)")
    place = box.bounding_box()
    assert place is not None
    page.mouse.click(place["x"] + 5, place["y"] + 5)
    assert row_of_focus(page) <= bar(page)
