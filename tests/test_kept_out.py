"""A case goes to a colleague while words wait in the browser: who wrote them sees them, copies them, is told why."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from survey.accounts.models import Role, User
from survey.fieldwork.cases import assign
from survey.fieldwork.models import Case
from survey.instrument.codes import YesNo
from survey.interview.models import Interview
from tests.browsing import on_sqlite
from tests.test_accessibility import LANGUAGES, look_at
from tests.test_call import saved, stored
from tests.test_kept_words import ENTRIES, WORDS, until
from tests.test_offline import opened, waits
from tests.test_session_on_screen import leaving, log_out

pytestmark = on_sqlite

SEE = {
    "fr": "L’entrevue ne vous est plus ouverte : voir et copier ces mots",
    "en": "The interview is no longer open to you: see and copy these words",
}


@pytest.fixture
def give(session, case, colette):
    """Colette gives the case to somebody."""

    def act(colleague):
        session.rollback()
        assign(session, session.get_one(Case, case.id), colleague.id, colette.id)
        session.commit()

    return act


@pytest.fixture
def lost(at_desk, roxane, malik, here, give):
    """Roxane's page, back on line with four answers that the server refuses: the case is Malik's now."""
    page = opened(at_desk(roxane, here, service_workers="allow"))
    page.context.set_offline(True)
    page.locator("#i-needs").fill(WORDS)
    page.locator("[data-item=has_initiatives] input[value=yes]").check()
    page.keyboard.press("Alt+n")
    page.keyboard.type("Le jardin")
    waits(page, 4)
    until(page, ENTRIES, 4)
    give(malik)
    page.context.set_offline(False)
    expect(page.locator(".save-state")).to_have_attribute("data-state", "refused", timeout=20_000)
    return page


def test_the_page_says_at_the_field_that_the_case_is_somebody_elses_and_whom_to_ask(lost):
    expect(lost.locator("#i-needs-trouble")).to_contain_text("confiée à quelqu’un d’autre")
    expect(lost.locator("#i-needs-trouble")).to_contain_text("Adressez-vous à la coordination")


@pytest.mark.parametrize("language", LANGUAGES)
def test_after_a_reload_their_words_are_one_click_away_to_be_read_copied_and_let_go(lost, here, session, language):
    page = lost
    told = {
        "fr": (
            "confiée à Malik",
            "demandez à la coordination",
            "Q.16",
            YesNo.YES.label.fr,
            "Copier tout",
            "Abandonner",
        ),
        "en": ("assigned to Malik", "ask the coordinator", "Q.16", YesNo.YES.label.en, "Copy all", "Let go"),
    }[language]
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(f"{here}?lang={language}")
    expect(page.locator(".unsent")).not_to_contain_text({"fr": "Ouvrir", "en": "Open"}[language])
    page.get_by_role("link", name=SEE[language]).click()
    page.goto(f"{page.url}?lang={language}")
    words = page.locator(".kept-words")
    expect(words.locator("blockquote")).to_have_text([WORDS, told[3], "Le jardin"])
    for said in told[:3]:
        expect(page.locator("main")).to_contain_text(said)
    expect(page.locator(".unsent")).to_be_empty()
    found = look_at(page)
    assert not found, "\n".join(found)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name=told[4]).click()
    expect(words.get_by_role("status")).not_to_be_empty()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert WORDS in copied
    assert "Le jardin" in copied
    for n in (3, 2, 1, 0):
        words.get_by_role("button", name=told[5]).first.click()
        expect(words.get_by_role("button", name=told[5])).to_have_count(n)
    page.goto("/account")
    expect(page.locator(".unsent")).to_be_empty()
    assert stored(session, Interview.needs) == [None]


def test_words_go_by_themselves_once_the_case_is_given_back(lost, roxane, here, give, session):
    page = lost
    page.goto("/account")
    page.get_by_role("link", name=SEE["fr"]).click()
    give(roxane)
    page.reload()
    page.get_by_role("link", name="Ouvrir l’entrevue").click()
    saved(page)
    assert stored(session, Interview.needs) == [WORDS]


def test_who_logs_out_is_not_asked_to_send_what_cannot_go(lost):
    page = lost
    page.goto("/account")
    log_out(page)
    expect(leaving(page)).to_contain_text("ne sont pas encore envoyées")
    expect(leaving(page).get_by_role("button", name="Envoyer")).to_be_hidden()
    expect(leaving(page)).not_to_contain_text("partent quand vous y rouvrez")
    leaving(page).get_by_role("link", name=SEE["fr"]).click()
    expect(page.locator(".kept-words blockquote").first).to_have_text(WORDS)
    log_out(page)
    leaving(page).get_by_role("button", name="Me déconnecter quand même").click()
    expect(page.get_by_text("Votre session est fermée.")).to_be_visible()


def test_who_changed_role_still_sees_their_own_words(at_desk, roxane, here, session):
    page = at_desk(roxane, here)
    page.route("**/answers", lambda route: route.abort())
    page.locator("#i-needs").fill(WORDS)
    waits(page, 1)
    session.rollback()
    session.execute(sa.update(User).where(User.id == roxane.id).values(role=Role.CODER))
    session.commit()
    page.goto("/account")
    page.get_by_role("link", name=SEE["fr"]).click()
    expect(page.locator("main")).to_contain_text("Votre rôle ne donne plus accès aux entrevues")
    expect(page.locator(".kept-words blockquote")).to_have_text([WORDS])


def test_somebody_else_at_the_same_browser_finds_nothing_there(lost, malik, here, live):
    page = lost
    page.context.add_cookies([{"name": "recension", "value": malik.client.get_cookie("recension").value, "url": live}])
    page.goto(f"{here}/unsent")
    expect(page.get_by_role("link", name="Ouvrir l’entrevue")).to_be_visible()
    expect(page.locator(".kept-words blockquote")).to_have_count(0)
    assert WORDS not in page.content()


def test_there_are_no_words_of_an_interview_that_does_not_exist(roxane, malik, here):
    assert malik.get(f"{here}/unsent").status_code == 200
    assert malik.get("/interviews/987654/unsent").status_code == 404
