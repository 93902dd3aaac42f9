"""The inbox by the keyboard alone: one key for each of the two answers that come most, and the focus goes on."""

from __future__ import annotations

import datetime as dt

from survey.fieldwork import deciding
from survey.fieldwork.deciding import Accepted
from survey.fieldwork.models import Referral
from survey.instrument.codes import Fate
from tests.browsing import on_sqlite, until
from tests.naming import every, name_at_q14, organisation

MARCH = dt.datetime(2022, 3, 1, 15, tzinfo=dt.UTC)

pytestmark = on_sqlite


#: The entry that has the focus, in the page.
FOCUSED = "document.activeElement.closest('.entry')?.querySelector('h2').textContent"


def test_one_key_takes_one_in_and_the_next_has_the_focus(session, case, roxane, colette, at_desk):
    there = organisation(session, "Déjà là (fictive)").organisation_id
    for n, name in enumerate(("Première (fictive)", "Deuxième (fictive)", "DEJA LA (fictive)", "Dernière (fictive)")):
        name_at_q14(session, case, roxane, name, MARCH + dt.timedelta(minutes=n))
    session.rollback()
    page = at_desk(colette, "/snowball")
    page.locator(".entry", has_text="Deuxième").locator("summary", has_text="Écarter").focus()
    page.keyboard.press("Alt+n")
    page.locator(".notice", has_text="est ajoutée").wait_for()
    until(page, FOCUSED, "DEJA LA (fictive)")
    page.keyboard.press("Alt+l")
    page.locator(".notice", has_text="déjà dans la liste").wait_for()
    until(page, FOCUSED, "Dernière (fictive)")
    assert page.locator(".entry").count() == 2
    rows = {row.organisation: (row.fate, row.organisation_id) for row in every(session, Referral)}
    assert rows["Première (fictive)"] == (Fate.PENDING, None)
    assert rows["Deuxième (fictive)"][0] is Fate.NEW
    assert rows["DEJA LA (fictive)"] == (Fate.KNOWN, there)
    assert rows["Dernière (fictive)"] == (Fate.PENDING, None)


def test_in_the_picture_the_lines_of_one_organisation_stand_out(session, case, roxane, colette, at_desk):
    for name in ("Première (fictive)", "Deuxième (fictive)"):
        named = name_at_q14(session, case, roxane, name)
        deciding.accept(session, {named: 1}, Accepted(name), colette.id)
    session.commit()
    page = at_desk(colette, "/snowball/graph")
    page.locator(".graph a.spot", has_text="Deuxième").focus()
    assert page.locator(".lines .traced").count() == 1
    page.locator(".graph a.spot", has_text="Maison").focus()
    assert page.locator(".lines .traced").count() == 2
    page.keyboard.press("Enter")
    page.wait_for_url("**/organisations/*")
