"""An English page is English throughout: the check of `tests/pages.py`, on every page and every refusal of a form."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from survey.accounts.models import Language, Role
from survey.interview.models import Interview
from tests import pages
from tests.conftest import Colleague, hire
from tests.test_accessibility import pages_for
from tests.under_way import under_way

PAGE = """<!doctype html><html lang="{}"><head><title>Essai</title></head><body><h1>Essai</h1>{}</body></html>"""


@pytest.mark.parametrize(
    "french",
    [
        "<p>À contacter</p>",
        '<a href="/" title="Accueil">x</a><p>Se déconnecter</p>',
        "<p>Before: Ces réponses ne sont pas encore enregistrées</p>",
        "<p>Participer à l’entrevue</p>",
    ],
)
def test_french_on_an_english_page_is_found(french: str) -> None:
    assert any("still in French" in problem for problem in pages.problems(PAGE.format("en", french)))
    assert pages.problems(PAGE.format("fr", french)) == []
    assert pages.problems(PAGE.format("en", f'<div lang="fr">{french}</div>')) == []


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, None])
def test_every_page_speaks_english(app: Flask, session: Session, role: Role | None) -> None:
    camille = hire(app, "Camille", Role.ADMINISTRATOR, Language.ENGLISH)
    known = under_way(app, session, camille.id)
    client = camille.client if role else app.test_client()
    for address in pages_for(app, role, known):
        answer = client.get(address, headers={"Accept-Language": "en"}, follow_redirects=True)
        assert answer.status_code == 200
        assert 'lang="en"' in answer.text


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("/organisations/new", {}),
        ("/organisations/1/edit", {"name": ""}),
        ("/organisations/1/outcome", {"disposition": "nope"}),
        ("/organisations/1/notes", {"text": " "}),
        ("/organisations/1/persons/new", {"email": "x"}),
        ("/organisations/import", {}),
        ("/organisations/assign", {}),
        ("/interviews/1/sections/general", {"initiative_count": "beaucoup"}),
        ("/interviews/1/consent", {}),
        ("/account/password", {}),
        ("/nowhere", {}),
    ],
)
def test_a_refusal_speaks_english(app: Flask, interview: Interview, address: str, data: dict[str, str]) -> None:
    odile = hire(app, "Odile", Role.ADMINISTRATOR, Language.ENGLISH)
    address = address.replace("/1/", f"/{interview.id if 'interviews' in address else interview.case.organisation_id}/")
    assert 'lang="en"' in odile.post(address, data, follow_redirects=True).text


def test_a_page_that_is_not_allowed_says_so_in_english(anh: Colleague) -> None:
    assert "Your role" in anh.get("/organisations").text
