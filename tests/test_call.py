"""A call, on screen, by keyboard alone: what Roxane types is saved as she goes."""

from __future__ import annotations

import re
import uuid
from typing import TypeVar

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlalchemy.orm import InstrumentedAttribute, Session

from survey.accounts.models import LoginSession
from survey.fieldwork.models import Case
from survey.instrument.codes import Audience, Disposition, Funding, MissingReason, Status, YesNo
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview import conduct, saving
from survey.interview.models import Edit, Initiative, Interview, Nonresponse, Note, Part
from survey.interview.saving import Change, Place
from tests.browsing import on_sqlite
from tests.conftest import signed_in

pytestmark = on_sqlite

T = TypeVar("T")


@pytest.fixture
def call(at_desk, roxane, here):
    return at_desk(roxane, here)


def saved(page: Page) -> None:
    expect(page.locator(".save-state")).to_have_attribute("data-state", "saved")


def type_in(page: Page, *keys: str) -> None:
    """Types texts and presses keys, in order; a key is written `<Tab>`."""
    for key in keys:
        if key.startswith("<"):
            page.keyboard.press(key[1:-1])
        else:
            page.keyboard.type(key)


def stored(session: Session, column: InstrumentedAttribute[T], item: str | None = None) -> list[T]:
    """What the database holds, in order, read in a transaction that ends at once: the browser goes on writing."""
    table = column.class_
    query = sa.select(column).order_by(*sa.inspect(table).primary_key)
    if item:
        query = query.where(table.item == item)
    session.rollback()
    found = list(session.scalars(query))
    session.rollback()
    return found


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.closest('.item')?.dataset.item ?? document.activeElement.id")


def hold(page: Page) -> None:
    """A whole interview with three initiatives, by keyboard alone, up to its end."""
    page.locator("#opening summary").first.focus()
    for _purpose in range(3):
        type_in(page, "<Tab>", "<Space>")
    type_in(page, "<Enter>")
    expect(page).to_have_url(re.compile("#i-respondent_name"))
    expect(page.locator("#i-respondent_name")).to_be_focused()
    type_in(page, "Personne fictive", "<Tab>", "Directrice (fictive)", "<Tab>")
    while focused(page) == "held_on":
        page.keyboard.press("Tab")
    assert focused(page) == "has_initiatives"
    type_in(page, "<Space>", "<Tab>", "3")
    for n in (1, 2, 3):
        page.keyboard.press("Alt+n")
        assert focused(page) == "name"
        type_in(page, f"Projet {n} « cœur »", "<Tab>", "Une description", "<Tab>", "2018", "<Tab>")
        type_in(page, "<ArrowDown>", "<Tab>", "<Alt+s>", "<Tab>", "Police; école", "<Tab>")
        assert focused(page) == "funding"
        type_in(page, "<Tab>", "<Tab>", "<Space>", "<Tab>", "Fondation", "<Tab>", "<Space>", "<Tab>", "<Tab>", "<Tab>")
        page.keyboard.press("Tab")
        assert focused(page) == "youth_age"
        type_in(page, "12 à 17 ans", "<Alt+o>", f"note {n}")
    page.keyboard.press("Alt+ArrowDown")
    assert focused(page) == "knows_others"
    type_in(page, "<ArrowDown>", "<Tab>", "Le financement 🧡")


def held(session: Session, interview: Interview, case: Case) -> None:
    """That the database holds that interview, whole."""
    assert stored(session, Interview.has_initiatives) == [YesNo.YES]
    assert interview.initiative_count == 3
    assert interview.knows_others is YesNo.NO
    assert interview.concerns == "Le financement 🧡"
    assert case.disposition is Disposition.COMPLETED
    blocks = session.scalars(sa.select(Initiative).order_by(Initiative.position)).all()
    assert [block.name for block in blocks] == [f"Projet {n} « cœur »" for n in (1, 2, 3)]
    for block in blocks:
        assert (block.year_created, block.status, block.partners) == (2018, Status.RUNNING, "Police; école")
        assert (block.funding, block.funding_source) == ({Funding.FUNDED}, "Fondation")
        assert (block.audience, block.youth_age) == ({Audience.YOUTH}, "12 à 17 ans")
    reasons = session.scalars(sa.select(Nonresponse.reason).where(Nonresponse.item == "lead_organisation")).all()
    assert reasons == [MissingReason.DONT_KNOW] * 3
    assert sorted(session.scalars(sa.select(Note.text))) == ["note 1", "note 2", "note 3"]


def test_a_whole_interview_with_three_initiatives_by_keyboard_alone(call, interview, case, session):
    hold(call)
    saved(call)
    call.keyboard.press("Alt+t")
    expect(call).to_have_url(re.compile("/review"))
    call.get_by_role("button", name="Terminer l’entrevue").press("Enter")
    expect(call.get_by_text("Entrevue terminée et enregistrée.")).to_be_visible()
    held(session, interview, case)


def test_what_is_typed_is_on_the_server_without_any_button(call, interview, session):
    call.get_by_label(re.compile("Fonction")).first.fill("Coordonnatrice (fictive)")
    saved(call)
    assert stored(session, Interview.respondent_function) == ["Coordonnatrice (fictive)"]
    call.reload()
    expect(call.get_by_label(re.compile("Fonction")).first).to_have_value("Coordonnatrice (fictive)")


def test_a_page_served_over_plain_http_saves_too(at_desk, roxane, here, session):
    """There a browser keeps `crypto.randomUUID` from the page."""
    page = at_desk(roxane)
    page.add_init_script("Object.defineProperty(Crypto.prototype, 'randomUUID', { value: undefined })")
    page.goto(here)
    page.keyboard.press("Alt+n")
    page.keyboard.type("Projet")
    saved(page)
    assert stored(session, Initiative.name) == ["Projet"]


def test_a_line_that_drops_loses_nothing_and_nothing_is_stored_twice(call, interview, session):
    """The server's answers get lost on the way back, while she types on; each save is sent again as it was."""
    lost = iter([True, True, False])

    def lose(route):
        response = route.fetch()
        if next(lost, False):
            route.abort()
        else:
            route.fulfill(response=response)

    call.route("**/answers", lose)
    call.locator("#i-needs").fill("Un local")
    call.locator("#i-needs").blur()
    expect(call.locator(".save-state")).to_have_text("1 réponse attend le réseau")
    call.locator("#i-needs").fill("Un local, et du temps")
    saved(call)
    assert stored(session, Interview.needs) == ["Un local, et du temps"]
    assert sorted(stored(session, Edit.version, "needs")) == [1, 2]
    expect(call.locator("#i-needs-trouble")).to_be_empty()


def test_a_log_in_in_another_tab_lets_what_waits_go_here_too(app, at_desk, roxane, here, session, live):
    page = at_desk(roxane)
    with page.expect_response("**/presence"):  # else it may hear of the end first and cover the page
        page.goto(here)
    session.execute(sa.delete(LoginSession))
    session.commit()
    page.locator("#i-needs").fill("Un local")
    expect(page.locator(".save-state")).to_have_attribute("data-state", "signed-out")
    assert stored(session, Interview.needs) == [None]
    again = signed_in(app, roxane.id).get_cookie("recension")
    page.context.add_cookies([{"name": "recension", "value": again.value, "url": live}])
    saved(page)
    assert stored(session, Interview.needs) == ["Un local"]
    expect(page.locator("#i-needs")).to_have_value("Un local")
    expect(page.locator("#session-login")).to_be_hidden()


def test_two_people_in_one_field_settle_it_on_the_spot(at_desk, roxane, colette, here, interview, session):
    hers, theirs = at_desk(roxane, here), at_desk(colette, here)
    theirs.locator("#i-needs").fill("Ce que Colette entend")
    saved(theirs)
    hers.locator("#i-needs").fill("Ce que Roxane entend")
    trouble = hers.locator("#i-needs-trouble")
    expect(trouble).to_contain_text("Colette a écrit ici")
    expect(trouble).to_contain_text("Ce que Colette entend")
    expect(hers.locator("#i-needs")).to_have_value("Ce que Roxane entend")
    trouble.get_by_role("button", name="Garder ma version").press("Enter")
    saved(hers)
    assert stored(session, Interview.needs) == ["Ce que Roxane entend"]
    assert sorted(stored(session, Edit.value, "needs")) == ["Ce que Colette entend", "Ce que Roxane entend"]


def test_a_refused_answer_stays_on_screen_with_a_sentence_and_holds_up_nothing(call, interview, session):
    call.keyboard.press("Alt+n")
    call.locator("[data-item=year_created] input[type=text]").fill("vers 2015")
    call.locator("#i-needs").fill("Un local")
    expect(call.get_by_role("alert")).to_contain_text("quatre chiffres")
    expect(call.locator(".save-state")).to_have_attribute("data-state", "refused")
    assert stored(session, Interview.needs) == ["Un local"]
    call.locator("[data-item=year_created] input[type=text]").fill("2015")
    saved(call)
    assert stored(session, Initiative.year_created) == [2015]


def test_finishing_with_an_answer_not_saved_goes_to_it(call):
    call.keyboard.press("Alt+n")
    year = call.locator("[data-item=year_created] input[type=text]")
    year.fill("jadis")
    call.locator("#i-needs").focus()
    expect(call.get_by_role("alert")).to_have_count(1)
    expect(call.locator(".rail-blocks .rail-lacking")).to_contain_text("Q.4.1")
    call.keyboard.press("Alt+t")
    expect(year).to_be_focused()


def test_an_answer_beside_a_reason_is_pointed_out_at_once(call):
    call.locator("#i-needs").fill("Un local")
    call.keyboard.press("Alt+s")
    said = call.locator("[data-item=needs] .both-said")
    expect(said).to_be_visible()
    call.keyboard.press("Alt+s")
    expect(said).to_be_hidden()


def test_escape_leaves_a_note_for_its_answer(call):
    call.locator("#i-needs").focus()
    call.keyboard.press("Alt+o")
    expect(call.locator("#i-needs-note")).to_be_focused()
    call.keyboard.press("Escape")
    expect(call.locator("#i-needs")).to_be_focused()
    expect(call.locator("#i-needs-note")).to_be_hidden()


def test_typing_goes_on_after_what_was_put_back_and_after_the_name_of_a_block(
    at_desk, roxane, malik, here, interview, session
):
    needs = next(item for _section, item in QUESTIONNAIRE.items() if item.name == "needs")
    for n, (words, by) in enumerate((("Un local", roxane), ("Rien", malik))):
        change = Change(uuid.uuid4(), needs, Part.ANSWER, n, words)
        saving.save(session.connection(), Place(interview.id), change, by.id)
    session.commit()
    call = at_desk(roxane, here)
    call.locator("#i-needs").focus()
    call.keyboard.press("Alt+h")
    call.get_by_role("button", name="Remettre ceci").press("Enter")
    expect(call.get_by_role("dialog")).to_be_hidden()
    call.keyboard.type(", et du temps")
    expect(call.locator("#i-needs")).to_have_value("Un local, et du temps")
    call.keyboard.press("Alt+n")
    type_in(call, "Projet")
    name = call.locator("article.block input[name=name]")
    name.evaluate("(input) => input.setSelectionRange(0, 0)")
    type_in(call, "<Alt+ArrowDown>", "<Alt+ArrowUp>", " pilote")
    expect(name).to_have_value("Projet pilote")


def test_the_note_stays_where_it_is_when_the_history_comes_up(call):
    call.locator("#i-needs").focus()
    field = call.locator("[data-item=needs]")
    past, note = field.get_by_role("button", name="Historique"), field.locator(".note > summary")
    expect(past).to_be_hidden()
    before = note.bounding_box()
    call.keyboard.type("Un local")
    expect(past).to_be_visible()
    assert note.bounding_box() == before


def test_the_heading_and_the_label_show_once_consents_are_recorded(call):
    for purpose in ("interview", "quote", "recontact"):
        call.locator(f".consent input[name={purpose}][value=yes]").check()
    call.get_by_role("button", name="Consigner les réponses").click()
    expect(call.locator("#i-respondent_name")).to_be_focused()
    bar = call.locator(".call-bar").bounding_box()
    for told in (call.locator("#general-title"), call.locator("#i-respondent_name-label")):
        place = told.bounding_box()
        assert bar["y"] + bar["height"] <= place["y"] <= 800


def test_the_question_at_hand_keeps_its_place_beside_the_dossier(call):
    for _ in range(2):
        call.keyboard.press("Alt+n")
        saved(call)
    field = call.locator("article.block textarea[name=description]").last
    field.focus()
    dossier, top = call.locator("#dossier"), field.bounding_box()["y"]
    for visible in (True, False):
        call.keyboard.press("Alt+d")
        expect(dossier).to_be_visible(visible=visible)
        if visible:
            expect(dossier.locator(".dossier-words")).to_be_visible()
        assert abs(field.bounding_box()["y"] - top) <= 2
    expect(field).to_be_focused()


def test_the_rail_says_what_each_block_is_called_and_lacks(call):
    call.keyboard.press("Alt+n")
    line = call.locator(".rail-blocks > li")
    expect(line).to_contain_text("Sans nom")
    before = int(line.locator(".lacks").get_attribute("data-lacks"))
    call.keyboard.type("Projet de prévention")
    expect(line).to_contain_text("Projet de prévention")
    expect(line.locator(".lacks")).to_have_attribute("data-lacks", str(before - 1))
    line.get_by_role("link", name="Q.4.1").click()
    expect(call.locator("[data-item=year_created] input[type=text]")).to_be_focused()


def test_no_is_the_way_to_section_three_and_a_second_click_takes_an_answer_back(call, interview, session):
    no = call.locator("[data-item=has_initiatives] input[value=no]")
    no.check()
    expect(call.get_by_text("passez à Q.14", exact=False).first).to_be_visible()
    saved(call)
    assert stored(session, Interview.has_initiatives) == [YesNo.NO]
    call.locator("[data-item=has_initiatives] label", has_text="Non").click()
    expect(no).not_to_be_checked()
    saved(call)
    assert stored(session, Interview.has_initiatives) == [None]


def test_not_funded_goes_with_no_other_box(call):
    call.keyboard.press("Alt+n")
    funding = call.locator("[data-item=funding]")
    funding.locator("input[value=funded]").check()
    expect(call.locator("[data-item=funding_source]")).to_be_visible()
    funding.locator("input[value=none]").check()
    expect(funding.locator("input[value=funded]")).not_to_be_checked()
    expect(call.locator("[data-item=funding_source]")).to_be_hidden()


@pytest.mark.parametrize("words", [32_000])
def test_an_answer_of_32_000_words_pasted_is_not_cut(call, interview, session, words):
    text = "évaluée « œuvre » 🧡 " * (words // 4)
    call.locator("#i-needs").focus()
    call.keyboard.insert_text(text)
    saved(call)
    assert stored(session, Interview.needs) == [text]


def test_the_whole_questionnaire_can_be_filled_without_javascript(at_desk, roxane, here, interview, session):
    page = at_desk(roxane, here, java_script_enabled=False)
    page.locator("#general input[name=has_initiatives][value=yes]").check()
    page.locator("#general").get_by_role("button", name="Enregistrer cette partie").click()
    page.locator("#initiatives").get_by_role("button", name="Nouvelle initiative").click()
    block = page.locator("article.block")
    block.locator("input[name=name]").fill("Projet sans script")
    block.locator("input[name=audience][value=youth]").check()
    block.locator("input[name=youth_age]").fill("12 à 17 ans")
    block.get_by_role("button", name="Enregistrer cette partie").click()
    session.rollback()
    added = session.scalars(sa.select(Initiative)).one()
    assert (added.name, added.youth_age, added.audience) == ("Projet sans script", "12 à 17 ans", {Audience.YOUTH})
    assert interview.has_initiatives is YesNo.YES


def test_a_removed_block_is_one_click_from_coming_back(call, session):
    call.keyboard.press("Alt+n")
    call.keyboard.type("À retirer")
    saved(call)
    call.get_by_role("button", name="Retirer cette initiative").click()
    expect(call.locator("article.block")).to_have_count(0)
    call.get_by_role("button", name="Rétablir").click()
    expect(call.locator("article.block input[name=name]")).to_have_value("À retirer")


def test_a_block_that_the_page_adds_twice_is_one(call, session, interview):
    call.keyboard.press("Alt+n")
    saved(call)
    [uid] = stored(session, Initiative.uid)
    conduct.add_block(session, interview.id, uid)
    session.commit()
    assert stored(session, Initiative.uid) == [uid]


def test_the_page_works_on_a_small_screen(at_desk, roxane, here):
    page = at_desk(roxane, here, width=320)
    page.keyboard.press("Alt+n")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320


PLACES = "() => [...document.querySelectorAll('.question')].map((q) => q.getBoundingClientRect().top + scrollY)"
#: From the end of an answer to the next question, for each question of a block.
SPACES = """() => [...document.querySelectorAll("article .question")].slice(1).map((q) => {
    const answer = [...q.previousElementSibling.querySelectorAll(".control")].findLast((c) => c.offsetParent);
    return q.getBoundingClientRect().top - answer.getBoundingClientRect().bottom;
})"""


def test_questions_stand_close_and_keep_still_as_the_focus_goes_along(call):
    page = call
    page.keyboard.press("Alt+n")
    saved(page)
    page.mouse.move(0, 0)
    places = page.evaluate(PLACES)
    assert max(page.evaluate(SPACES)) <= 36
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate(PLACES) == places


def test_every_reason_beside_an_answer_can_be_clicked(call):
    """What stands close must not lie over what stands above it, to the last pixel."""
    page = call
    page.keyboard.press("Alt+n")
    for box in page.locator("article input[name=audience], article input[name=funding][value=funded]").all():
        box.check()
    for label in page.locator("article .reasons label:has([value=refused]):visible").all():
        label.click(position={"x": 4, "y": 22})
        expect(label.locator("input")).to_be_checked()
