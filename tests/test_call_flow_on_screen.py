"""The whole of a call on one screen, without the network too: the dossier, the box, whom people name, call backs."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from survey.fieldwork import referrals
from survey.fieldwork.models import CaseEvent, EventKind, Person, Referral
from survey.fieldwork.referrals import Named
from survey.interview import call_backs
from survey.interview.call_backs import Plan
from survey.interview.course_models import CallBack, Parked, SettledAs
from survey.interview.models import Initiative
from tests.browsing import on_sqlite

pytestmark = on_sqlite


@pytest.fixture
def call(at_desk, roxane, here, case, session):
    session.add(Person(organisation_id=case.organisation_id, name="Anne Fictive", phone="418 555-0100"))
    session.commit()
    return at_desk(roxane, here)


def every(session, table):
    session.rollback()
    session.expire_all()
    found = list(session.scalars(sa.select(table)))
    session.expunge_all()
    session.rollback()
    return found


def saved(page: Page) -> None:
    expect(page.locator(".save-state")).to_have_attribute("data-state", "saved")


def park(page: Page, *texts: str) -> None:
    page.keyboard.press("Alt+g")
    for text in texts:
        page.keyboard.type(text)
        page.keyboard.press("Enter")


def settle(page: Page, text: str, label: str) -> None:
    page.locator(".parked-list .parked", has_text=text).get_by_role("button", name=label, exact=True).click()


def test_a_call_on_one_screen_without_the_network(call, here, session):
    """Everything waits in the outbox, in order, and is there once the line is back."""
    page = call
    page.route("**/interviews/**", lambda route: route.abort())
    page.route("**/alive", lambda route: route.abort())
    park(page, "Un projet avec la police", "La table : demander à Marie", "Budget à vérifier")
    settle(page, "police", "Initiative")
    expect(page.locator("article textarea[name=description]")).to_have_value("Un projet avec la police")
    settle(page, "Budget", "Note au dossier")
    page.locator("article .menu summary").click()
    page.locator("article .plan-call-back").click()
    page.keyboard.type("Les partenaires")
    page.locator("article [name=due_on]").fill("2022-03-14")
    expect(page.locator(".rail-blocks .to-call")).to_be_visible()
    page.locator("[data-item=knows_others] input[value=yes]").check()
    settle(page, "Marie", "Référence")
    expect(page.locator(".referral-rows textarea[name=note]")).to_have_value("La table : demander à Marie")
    page.locator(".referral-rows input[name=person]").fill("Marie Fictive")
    page.get_by_role("button", name="Ajouter une référence").click()
    page.keyboard.type("À retirer")
    page.get_by_role("button", name="Retirer cette référence").last.click()
    page.keyboard.press("Alt+d")
    expect(page.locator(".dossier")).to_have_text("Le dossier n’est pas encore là : le réseau ne répond pas.")
    page.keyboard.press("Escape")
    expect(page.locator(".save-state")).to_contain_text("attendent le réseau")
    assert every(session, Parked) == []

    page.unroute("**/interviews/**")
    page.unroute("**/alive")
    page.evaluate("dispatchEvent(new Event('online'))")
    saved(page)
    expect(page.locator(".aside-list")).to_be_hidden()
    settled = {one.text: one.settled_as for one in every(session, Parked)}
    assert settled == {
        "Un projet avec la police": SettledAs.INITIATIVE,
        "La table : demander à Marie": SettledAs.REFERRAL,
        "Budget à vérifier": SettledAs.NOTE,
    }
    assert [one.description for one in every(session, Initiative)] == ["Un projet avec la police"]
    kept, removed = sorted(every(session, Referral), key=lambda one: one.removed_at is not None)
    assert (kept.person, kept.note) == ("Marie Fictive", "La table : demander à Marie")
    assert (removed.organisation, removed.removed_at is not None) == ("À retirer", True)
    assert [one.text for one in every(session, CaseEvent) if one.kind is EventKind.NOTE] == ["Budget à vérifier"]
    assert [one.reason for one in every(session, CallBack)] == ["Les partenaires"]

    page.reload()
    expect(page.locator(".referral-rows input[name=person]").first).to_have_value("Marie Fictive")
    expect(page.locator(".rail-blocks .to-call")).to_be_visible()
    page.get_by_role("button", name="C’est complété").click()
    expect(page.locator(".rail-blocks .to-call")).to_be_hidden()
    saved(page)
    assert every(session, CallBack)[0].done_at is not None


def test_what_waits_survives_the_end_of_the_browser(call, here, session):
    """Another page of the same browser takes up, and shows, what the first one could not send."""
    call.route("**/interviews/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    park(call, "Un projet avec la police")
    call.keyboard.type("Encore en train d’écri")
    call.locator("[data-item=knows_others] input[value=yes]").check()
    call.get_by_role("button", name="Ajouter une référence").click()
    call.keyboard.type("Le Repère")
    expect(call.locator(".save-state")).to_contain_text("attendent le réseau")
    call.wait_for_timeout(1200)
    context = call.context
    call.close(run_before_unload=False)
    page = context.new_page()
    page.goto(here)
    expect(page.locator(".parked-list .parked")).to_have_count(2)
    expect(page.locator(".referral-rows input[name=organisation]")).to_have_value("Le Repère")
    saved(page)
    assert sorted(one.text for one in every(session, Parked)) == ["Encore en train d’écri", "Un projet avec la police"]
    assert [one.organisation for one in every(session, Referral)] == ["Le Repère"]
    page.locator(".referral-rows input[name=phone]").fill("418 555-0101")
    page.keyboard.press("Tab")
    saved(page)
    assert [(one.organisation, one.phone) for one in every(session, Referral)] == [("Le Repère", "418 555-0101")]


def test_the_dossier_opens_beside_the_call_and_gives_the_place_back(call):
    page = call
    page.keyboard.press("Alt+n")
    page.keyboard.press("Alt+d")
    expect(page.locator(".dossier a[href='tel:4185550100']")).to_be_visible()
    expect(page.locator("article")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator(".dossier")).to_be_hidden()
    expect(page.locator("article input[name=name]")).to_be_focused()
    park(page, "x")
    page.keyboard.press("Escape")
    expect(page.locator("article input[name=name]")).to_be_focused()
    saved(page)


def test_a_line_put_where_it_belongs_by_keyboard_leads_to_the_next_then_back_to_the_question(call, session):
    page = call
    page.locator("#i-needs").focus()
    park(page, "Marie", "Budget")
    for text, after in (("Marie", "Budget"), ("Budget", None)):
        line = page.locator(".parked-list .parked", has_text=text)
        line.get_by_role("button", name="Référence").press("Enter")
        there = page.locator(".parked-list .parked", has_text=after) if after else None
        expect(there.locator(".settle button").first if there else page.locator(".park textarea")).to_be_focused()
        expect(page.locator(".parked-said")).to_have_text("Classé : une référence, sous Q.14.")
    page.keyboard.press("Alt+g")
    page.keyboard.type("Encore")
    page.keyboard.press("Enter")
    page.locator(".parked-list button").first.focus()
    page.keyboard.press("Escape")
    expect(page.locator("#i-needs")).to_be_focused()
    saved(page)


def refer(session, colleague, version, **words):
    """What a colleague writes in the one row that there is."""
    [row] = every(session, Referral)
    referrals.keep(session, row.case_id, row.id, version, Named(**words), colleague.id)
    session.commit()


@pytest.fixture
def row(call):
    """A row of Q.14, at its first version."""
    call.locator("[data-item=knows_others] input[value=yes]").check()
    call.get_by_role("button", name="Ajouter une référence").click()
    call.locator(".referral-rows input[name=organisation]").fill("Le Repère")
    call.keyboard.press("Tab")
    saved(call)
    return call.locator(".referral-rows .referral")


def test_a_row_answers_both_fields_of_q14_wherever_what_lacks_is_counted(call, row, here):
    lacking = call.locator("[data-rail=others] .rail-lacking a")
    for again in (False, True):
        if again:
            call.reload()
        expect(lacking).to_have_text(["Q.15.", "Q.16.", "Q.17."])
    call.goto(f"{here}/review")
    expect(call.locator("main")).not_to_contain_text("Si oui")
    call.goto(here)
    call.get_by_role("button", name="Retirer cette référence").click()
    expect(lacking).to_have_count(5)
    saved(call)
    call.goto(f"{here}/review")
    expect(call.locator("main")).to_contain_text("Si oui, lesquelles")


def test_a_sentence_that_goes_on_puts_nothing_over_a_colleague_s_words(call, row, colette, session):
    refer(session, colette, 1, organisation="Le Repère", person="Selon Colette")
    note = row.locator("[name=note]")
    for words in ("Une phrase", " qui se poursuit", " encore"):
        with call.expect_response("**/referrals") as answer:
            note.press_sequentially(words)
        assert answer.value.status == 409
    expect(row.locator(".row-trouble")).to_contain_text("Colette a écrit autre chose")
    expect(row.locator(".row-trouble")).to_contain_text("Le Repère, Selon Colette")
    expect(call.locator(".aside-list li")).to_have_count(1)
    assert [(one.person, one.note, one.version) for one in every(session, Referral)] == [("Selon Colette", None, 2)]
    call.reload()
    expect(row.locator(".row-trouble")).to_contain_text("Selon Colette")
    expect(note).to_have_value("Une phrase qui se poursuit encore")
    note.press_sequentially(".")
    row.get_by_role("button", name="Garder ma version").click()
    saved(call)
    expect(call.locator(".aside-list")).to_be_hidden()
    expect(row.locator(".row-trouble")).to_have_count(0)
    [kept] = every(session, Referral)
    assert (kept.person, kept.note) == (None, "Une phrase qui se poursuit encore.")


def test_a_colleague_s_version_of_a_row_is_taken_by_a_key_and_the_next_words_follow_it(call, row, colette, session):
    refer(session, colette, 1, organisation="Le Repère", person="Selon Colette")
    row.locator("[name=person]").fill("Selon Roxane")
    theirs = row.get_by_role("button", name="Prendre la sienne")
    theirs.press("Enter")
    saved(call)
    expect(row.locator("[name=person]")).to_have_value("Selon Colette")
    row.locator("[name=phone]").fill("418 555-0101")
    call.keyboard.press("Tab")
    saved(call)
    assert [(one.person, one.phone) for one in every(session, Referral)] == [("Selon Colette", "418 555-0101")]


def test_words_given_up_in_the_list_give_way(call, row, colette, session):
    refer(session, colette, 1, organisation="Le Repère", person="Selon Colette")
    row.locator("[name=person]").fill("Selon Roxane")
    call.locator(".aside-list").get_by_role("button", name="Abandonner").click()
    saved(call)
    expect(row.locator("[name=person]")).to_have_value("Selon Colette")
    expect(row.locator(".row-trouble")).to_have_count(0)


def test_words_that_the_server_folds_leave_the_version_where_it_is(call, row, colette, session):
    with call.expect_response("**/referrals"):
        row.locator("[name=organisation]").fill("Le  Repère")
    saved(call)
    refer(session, colette, 1, organisation="Le Repère", person="Selon Colette")
    row.locator("[name=phone]").fill("418 555-0101")
    expect(row.locator(".row-trouble")).to_contain_text("Selon Colette")
    assert [one.person for one in every(session, Referral)] == ["Selon Colette"]


def test_what_was_typed_while_a_save_was_on_its_way_follows_it(call, row, session):
    call.route("**/referrals", lambda route: (call.wait_for_timeout(1500), route.continue_()))
    row.locator("[name=note]").press_sequentially("Une phrase longue que le réseau lent fait attendre", delay=60)
    saved(call)
    assert [one.note for one in every(session, Referral)] == ["Une phrase longue que le réseau lent fait attendre"]


def test_what_another_tab_left_in_a_row_is_not_shown_over_what_is_typed_here(call, row, here, session):
    other = call.context.new_page()
    other.goto(here)
    call.context.route("**/referrals", lambda route: route.abort())
    for page, words in ((call, "Tapé ici"), (other, "Tapé dans l’autre onglet")):
        page.locator(".referral-rows [name=person]").fill(words)
        page.keyboard.press("Tab")
        expect(page.locator(".save-state")).to_have_attribute("data-state", "waiting")
    other.close(run_before_unload=False)
    call.wait_for_timeout(500)
    call.context.unroute("**/referrals")
    call.evaluate("dispatchEvent(new Event('online'))")
    expect(row.locator(".row-trouble")).to_contain_text("Tapé dans l’autre onglet")
    expect(row.locator("[name=person]")).to_have_value("Tapé ici")
    assert [one.person for one in every(session, Referral)] == ["Tapé dans l’autre onglet"]
    row.get_by_role("button", name="Garder ma version").click()
    saved(call)
    assert [one.person for one in every(session, Referral)] == ["Tapé ici"]


@pytest.fixture
def planned(call):
    """A block to call again for, seen by Roxane's page."""
    call.keyboard.press("Alt+n")
    call.locator("article .menu summary").click()
    call.locator("article .plan-call-back").click()
    call.keyboard.type("Le budget")
    call.keyboard.press("Tab")
    saved(call)
    return call.locator("article .plan")


def replan(session, colleague, seen, said):
    [there] = every(session, CallBack)
    call_backs.plan(session, there.initiative_id, Plan(said), Plan(seen), colleague.id)
    session.commit()


def test_who_corrects_the_day_to_call_is_shown_what_a_colleague_says_to_ask(call, planned, colette, session):
    replan(session, colette, "Le budget", "Le budget et les partenaires")
    planned.locator("[name=due_on]").fill("2022-03-14")
    expect(planned.locator("[name=reason]")).to_have_value("Le budget et les partenaires")
    saved(call)
    [kept] = every(session, CallBack)
    assert (kept.reason, str(kept.due_on)) == ("Le budget et les partenaires", "2022-03-14")
    planned.locator("[name=reason]").fill("Tout")
    call.keyboard.press("Tab")
    saved(call)
    assert [one.reason for one in every(session, CallBack)] == ["Tout"]


def test_two_who_say_what_to_ask_choose(call, planned, colette, session):
    replan(session, colette, "Le budget", "Selon Colette")
    planned.locator("[name=reason]").fill("Selon Roxane")
    expect(planned.locator(".row-trouble")).to_contain_text("Colette a écrit autre chose")
    planned.locator("[name=due_on]").fill("2022-03-14")
    expect(planned.locator(".row-trouble")).to_contain_text("Selon Colette")
    expect(planned.locator("[name=reason]")).to_have_value("Selon Roxane")
    assert [one.reason for one in every(session, CallBack)] == ["Selon Colette"]
    call.locator("#i-needs").focus()
    call.keyboard.press("Alt+c")
    call.keyboard.press("Enter")
    saved(call)
    [kept] = every(session, CallBack)
    assert (kept.reason, str(kept.due_on)) == ("Selon Roxane", "2022-03-14")
