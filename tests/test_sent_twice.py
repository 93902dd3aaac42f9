"""A form that is sent twice, by a double click or a page gone back to, does once what it asks."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from survey import receipts
from survey.audit import AuditEntry
from survey.db import Base
from survey.fieldwork.models import Case, CaseEvent, EventKind, Organisation, Person
from survey.interview.models import Consent, Initiative
from survey.release.models import Release
from tests.browsing import Desk, on_sqlite
from tests.conftest import Colleague
from tests.racing import meanwhile

YES = dict.fromkeys(("interview", "quote", "recontact"), "yes")


@dataclass
class Sent:
    """A form: the page it stands on, where it goes, what is typed, and the rows that it makes once."""

    page: str
    to: str
    typed: dict[str, str]
    rows: sa.Select[Any]
    made: int = 1


def rows_of(table: type[Base], *which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(sa.func.count()).select_from(table).where(*which)


def acted(action: str) -> sa.Select[Any]:
    return rows_of(AuditEntry, AuditEntry.action == action)


HOUSE = "/organisations/{organisation}"
FORMS = {
    "a note": Sent(HOUSE, f"{HOUSE}/notes", {"text": "Rappeler"}, rows_of(CaseEvent, CaseEvent.kind == EventKind.NOTE)),
    "a person": Sent(f"{HOUSE}/persons/new", f"{HOUSE}/persons/new", {"name": "Personne fictive"}, rows_of(Person)),
    "an organisation": Sent(
        "/organisations/new",
        "/organisations/new",
        {"name": "L’Étape", "region": ""},
        rows_of(Organisation, Organisation.id > 1),
    ),
    "a consent": Sent("/interviews/1", "/interviews/1/consent", YES, rows_of(Consent), 3),
    "what is audited of it": Sent("/interviews/1", "/interviews/1/consent", YES, acted("interview.consent")),
    "a release": Sent("/releases", "/releases", {"note": "Première"}, rows_of(Release)),
}


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest, here: str, case: Case, session: Session) -> Sent:
    """One of the forms, about an interview under way."""
    assert here == "/interviews/1"
    organisation, sent = case.organisation_id, FORMS[request.param]
    session.commit()
    known = {"organisation": organisation}
    return Sent(sent.page.format(**known), sent.to.format(**known), sent.typed, sent.rows, sent.made)


def drawn(colleague: Colleague, form: Sent) -> dict[str, str]:
    """What a browser sends: what is typed, under the id that the page gave its form."""
    return form.typed | {"form_id": id_of(form.to, colleague.get(form.page).text)}


def id_of(to: str, page: str) -> str:
    """The id that a page gave the form that is sent there; a form without a place of its own comes back to its page."""
    forms = re.findall(r"<form\b([^>]*)>(.*?)</form>", page, re.DOTALL)
    [found] = {
        form_id
        for opening, inside in forms
        for form_id in re.findall(r'name="form_id" value="([^"]*)"', inside)
        if f'action="{to}"' in opening or "action=" not in opening
    }
    return found


def count(session: Session, rows: sa.Select[Any]) -> int:
    session.rollback()
    found = session.scalar(rows)
    session.rollback()
    return int(found or 0)


def test_the_same_form_sent_twice_does_it_once(session: Session, form: Sent, colette: Colleague) -> None:
    data = drawn(colette, form)
    answers = [colette.post(form.to, data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert count(session, form.rows) == form.made
    assert colette.get(answers[1].headers["Location"]).status_code == 200


def test_the_same_form_sent_twice_at_once_does_it_once(
    app: Flask, session: Session, form: Sent, colette: Colleague
) -> None:
    data = drawn(colette, form)
    answer = meanwhile(
        app.extensions["db"]["engine"],
        lambda other: receipts.first(other, uuid.UUID(data["form_id"])),
        lambda: colette.post(form.to, data),
    )
    assert answer.status_code == 303
    assert count(session, form.rows) == 0, "the other one, which was first, has done it"


def test_two_forms_alike_are_two(session: Session, form: Sent, colette: Colleague) -> None:
    for n in (1, 2):
        named = {"name": f"Organisme {n}"} if "name" in form.typed else {}
        colette.post(form.to, drawn(colette, form) | named)
    assert count(session, form.rows) == 2 * form.made


def test_a_block_added_by_a_double_click_without_script_is_one(session: Session, here: str, colette: Colleague) -> None:
    for blocks in (1, 2):
        [uid] = set(re.findall(r'class="add-block">.*name="uid" value="([^"]*)"', colette.get(here).text))
        answers = [colette.post(f"{here}/initiatives", {"uid": uid}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 303]
        assert count(session, rows_of(Initiative)) == blocks


def test_a_form_that_was_refused_is_sent_again(session: Session, here: str, case: Case, colette: Colleague) -> None:
    page = f"/organisations/{case.organisation_id}"
    session.commit()
    form_id = id_of(f"{page}/notes", colette.get(page).text)
    refused = colette.post(f"{page}/notes", {"text": " ", "form_id": form_id})
    assert refused.status_code == 422
    assert id_of(f"{page}/notes", refused.text) == form_id
    colette.post(f"{page}/notes", {"text": "Rappeler", "form_id": form_id})
    assert count(session, FORMS["a note"].rows) == 1


@pytest.mark.parametrize("form_id", ["", "1", "é" * 36, "\x00", "00000000-0000-0000-0000-00000000000g"])
def test_an_id_that_is_none_is_a_form_of_its_own(
    session: Session, case: Case, colette: Colleague, form_id: str
) -> None:
    to = f"/organisations/{case.organisation_id}/notes"
    session.commit()
    for _ in range(2):
        assert colette.post(to, {"text": "Rappeler", "form_id": form_id}).status_code == 303
    assert count(session, FORMS["a note"].rows) == 2


@on_sqlite
def test_a_double_click_sends_once(session: Session, case: Case, colette: Colleague, at_desk: Desk) -> None:
    path = f"/organisations/{case.organisation_id}"
    session.commit()
    page, sent = at_desk(colette, path), []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.locator("textarea[name=text]").fill("Rappeler")
    page.get_by_role("button", name="Ajouter la note").dblclick()
    expect(page.locator(".timeline").get_by_text("Rappeler")).to_have_count(1)
    assert len(sent) == 1


@on_sqlite
def test_a_button_serves_again_on_the_way_back(session: Session, case: Case, colette: Colleague, at_desk: Desk) -> None:
    path = f"/organisations/{case.organisation_id}"
    session.commit()
    page = at_desk(colette, path)
    button = page.get_by_role("button", name="Ajouter la note")
    page.locator("textarea[name=text]").fill("Rappeler")
    page.route("**/notes", lambda route: route.fulfill(status=204))
    button.click()
    expect(button).to_have_attribute("aria-disabled", "true")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(button).not_to_have_attribute("aria-disabled", "true")
