"""The whole of a call on one screen, without the network too: the dossier, the box, whom people name, call backs."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from survey.fieldwork.models import CaseEvent, EventKind, Person, Referral
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
