"""Two people in one field: side by side, where they differ, and two keys to settle it without leaving the phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from survey.instrument.codes import YesNo
from survey.interview.models import Edit, Initiative, Interview
from tests.browsing import on_sqlite
from tests.test_accessibility import LANGUAGES, look_at
from tests.test_call import saved, stored, type_in

pytestmark = on_sqlite

MINE = "Il manque un local ouvert le soir."
THEIRS = "Il manque un lieu ouvert le soir."


def choice(page):
    return page.locator("#conflict")


@pytest.fixture
def desks(at_desk, roxane, colette, here):
    """Roxane's page and Colette's, on the same interview."""
    return at_desk(roxane, here), at_desk(colette, here)


@pytest.fixture
def two_versions(desks):
    """Both wrote in Q.16; Roxane, who was second, has gone on to Q.17."""
    hers, theirs = desks
    theirs.locator("#i-needs").fill(THEIRS)
    saved(theirs)
    hers.locator("#i-needs").fill(MINE)
    expect(hers.locator("#i-needs-trouble")).to_contain_text("Colette a écrit ici")
    hers.locator("#i-closing_remarks").focus()
    hers.keyboard.type("Merci beau")
    expect(hers.locator(".conflicts")).to_contain_text("Deux versions")
    return hers


@pytest.mark.parametrize(
    ("key", "kept"), [("1", MINE), ("Numpad2", THEIRS), ("3", f"{MINE}\n{THEIRS}")], ids=["mine", "theirs", "both"]
)
def test_a_conflict_is_settled_in_two_keys_and_the_typing_goes_on_where_it_was(two_versions, session, key, kept):
    page = two_versions
    page.keyboard.press("Alt+c")
    expect(choice(page).get_by_role("heading", level=2)).to_contain_text("Q.16")
    expect(choice(page)).to_contain_text("Quels sont les besoins")
    expect(choice(page)).to_contain_text("Colette a écrit ici, le")
    assert choice(page).locator("mark").all_text_contents() == ["local", "lieu"]
    page.keyboard.press(key)
    expect(choice(page)).to_be_hidden()
    page.keyboard.type("coup")
    saved(page)
    expect(page.locator(".conflicts")).to_be_hidden()
    assert stored(session, Interview.needs) == [kept]
    assert stored(session, Interview.closing_remarks) == ["Merci beaucoup"]
    assert {MINE, THEIRS} & set(stored(session, Edit.value, "needs")) >= {THEIRS}


def test_later_leaves_both_versions_at_the_field_and_in_the_bar(two_versions, session):
    page = two_versions
    page.keyboard.press("Alt+c")
    page.keyboard.press("Escape")
    expect(choice(page)).to_be_hidden()
    expect(page.locator("#i-closing_remarks")).to_be_focused()
    expect(page.locator("#i-needs-trouble")).to_contain_text(THEIRS)
    expect(page.locator("#i-needs")).to_have_value(MINE)
    expect(page.locator(".save-state")).to_have_attribute("data-state", "refused")
    assert stored(session, Interview.needs) == [THEIRS]
    page.locator(".conflicts").click()
    page.keyboard.press("1")
    saved(page)
    assert stored(session, Interview.needs) == [MINE]


def test_the_choice_shows_what_stands_now_and_goes_on_showing_it(desks, two_versions, session):
    page, theirs = desks
    theirs.locator("#i-needs").fill("Tout autre chose")
    saved(theirs)
    page.keyboard.press("Alt+c")
    expect(choice(page).locator("blockquote").nth(1)).to_have_text("Tout autre chose")
    theirs.locator("#i-needs").fill("Tout autre chose encore")
    saved(theirs)
    expect(choice(page).locator("blockquote").nth(1)).to_have_text("Tout autre chose encore")
    expect(choice(page)).to_contain_text("Colette a écrit ici, le")
    page.keyboard.press("1")
    saved(page)
    assert stored(session, Interview.needs) == [MINE]
    assert stored(session, Edit.value, "needs").count(MINE) == 1


def test_a_choice_that_meets_a_newer_version_asks_again(desks, two_versions, session):
    page, theirs = desks
    page.route("**/history/needs?*", lambda route: route.abort())
    theirs.locator("#i-needs").fill("Tout autre chose")
    saved(theirs)
    type_in(page, "<Alt+c>", "<1>")
    expect(page.locator("#i-needs-trouble")).to_contain_text("Tout autre chose")
    assert stored(session, Interview.needs) == ["Tout autre chose"]
    page.keyboard.press("Alt+c")
    expect(choice(page)).to_contain_text("Tout autre chose")
    page.keyboard.press("1")
    saved(page)
    assert stored(session, Interview.needs) == [MINE]


def test_keeping_both_while_the_other_types_on_keeps_everything_once(desks, two_versions, session):
    page, theirs = desks
    page.route("**/history/needs?*", lambda route: route.abort())
    theirs.locator("#i-needs").fill(f"{THEIRS} Et des heures.")
    saved(theirs)
    type_in(page, "<Alt+c>", "<3>")
    saved(page)
    assert stored(session, Interview.needs) == [f"{MINE}\n{THEIRS} Et des heures."]


TOGETHER = (
    "([mine, theirs, line]) => import('/static/interview/joining.js').then(({ joined }) => joined(mine, theirs, line))"
)


@pytest.mark.parametrize(
    ("mine", "theirs", "kept"),
    [
        ("Un lieu.", "Un lieu. Et du temps.", "Un lieu. Et du temps."),
        ("Un lieu. Du temps. Merci.", "Un lieu. Du temps.", "Un lieu. Du temps. Merci."),
        ("Deux salles. Un bus.", "Deux salles. Un train.", "Deux salles. Un bus.\nUn train."),
        ("Deux salles\nUn bus", "Deux salles\nUn train", "Deux salles\nUn bus\nUn train"),
        ("Deux salles. Un bus.\nUn tra", "Deux salles. Un train. Merci.", "Deux salles. Un bus.\nUn train. Merci."),
        ("Budget de 12", "Budget de 120", "Budget de 12\nBudget de 120"),
        ("", "Un lieu.", "Un lieu."),
        ("Un lieu.", "", "Un lieu."),
    ],
)
def test_two_versions_as_one_say_once_what_both_say(at_desk, roxane, here, mine, theirs, kept):
    assert at_desk(roxane, here).evaluate(TOGETHER, [mine, theirs, False]) == kept


def test_a_text_joined_again_and_again_with_one_that_grows_never_says_a_sentence_twice(at_desk, roxane, here):
    page = at_desk(roxane, here)
    common = "Le quartier manque de locaux. "
    whole = f"{common}Les jeunes attendent dehors. Les aînés aussi. Rien le soir."
    text = mine = f"{common}Le bus passe trop tard."
    for length in range(len(common), len(whole) + 1):
        text = page.evaluate(TOGETHER, [text, whole[:length].strip(), False])
    sentences = [one.strip(". ") for one in text.replace("\n", " ").split(". ")]
    assert sorted(sentences) == sorted({one.strip(". ") for one in f"{mine} {whole}".split(". ")})
    assert page.evaluate(TOGETHER, ["Foyer", "Foyer / Maison", True]) == "Foyer / Maison"
    assert page.evaluate(TOGETHER, ["Foyer / Gîte", "Foyer / Maison", True]) == "Foyer / Gîte / Maison"


def test_several_conflicts_are_settled_one_after_the_other_boxes_too(desks, session):
    hers, theirs = desks
    theirs.locator("#i-needs").fill(THEIRS)
    theirs.locator("[data-item=has_initiatives] input[value=no]").check()
    saved(theirs)
    hers.locator("#i-needs").fill(MINE)
    hers.locator("[data-item=has_initiatives] input[value=yes]").check()
    expect(hers.locator(".conflicts")).to_contain_text("2 fois deux versions")
    type_in(hers, "<Alt+c>", "<1>")
    expect(hers.locator(".conflicts")).to_contain_text("Deux versions")
    type_in(hers, "<Alt+c>")
    expect(choice(hers).locator("blockquote")).to_have_text(["Oui", "Non"])
    expect(choice(hers).get_by_role("button", name="Garder les deux")).to_be_hidden()
    type_in(hers, "<3>")
    expect(choice(hers)).to_be_visible()
    type_in(hers, "<2>")
    saved(hers)
    expect(hers.locator(".skip-notice")).to_be_visible()
    assert stored(session, Interview.has_initiatives) == [YesNo.NO]
    assert stored(session, Interview.needs) == [MINE]


def test_a_conflict_with_oneself_says_so(at_desk, roxane, here):
    page, elsewhere = at_desk(roxane, here), at_desk(roxane, here)
    elsewhere.locator("#i-needs").fill(THEIRS)
    saved(elsewhere)
    page.locator("#i-needs").fill(MINE)
    expect(page.locator("#i-needs-trouble")).to_contain_text("Vous avez écrit ici dans un autre onglet")


def test_the_name_of_a_block_holds_both_on_its_one_line(desks, session):
    hers, theirs = desks
    hers.keyboard.press("Alt+n")
    saved(hers)
    theirs.reload()
    theirs.locator("article input[name=name]").fill("Maison")
    saved(theirs)
    hers.locator("article input[name=name]").fill("Foyer")
    expect(hers.locator(".conflicts")).to_be_visible()
    type_in(hers, "<Alt+c>", "<3>")
    saved(hers)
    assert stored(session, Initiative.name) == ["Foyer / Maison"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_two_versions_side_by_side_are_clean(at_desk, roxane, colette, here, language):
    hers, theirs = at_desk(roxane, f"{here}?lang={language}"), at_desk(colette, here)
    theirs.locator("#i-needs").fill(THEIRS)
    saved(theirs)
    hers.locator("#i-needs").fill(MINE)
    expect(hers.locator(".conflicts")).to_be_visible()
    hers.keyboard.press("Alt+c")
    expect(choice(hers)).to_be_visible()
    found = look_at(hers)
    assert not found, "\n".join(found)
