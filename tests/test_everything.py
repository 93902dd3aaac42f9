"""The export of everything: every table of the fieldwork, whole, for a reason and with one's password."""

from __future__ import annotations

import io

import openpyxl
import pytest
import sqlalchemy as sa

from survey.audit import AuditEntry
from survey.db import Base
from survey.fieldwork import everything, filling_sheets
from survey.fieldwork.models import CaseEvent, EventKind, Organisation
from survey.release.models import Release
from tests import recension
from tests.test_accounts import PASSWORD, with_password  # noqa: F401 - a fixture

LONG = "😀é" * 30_000


@pytest.fixture
def inventory(session, colette):
    recension.build(session)
    case = session.scalars(sa.select(CaseEvent)).first().case
    session.add(CaseEvent(case=case, at=recension.AT, kind=EventKind.NOTE, text=LONG))
    session.scalars(sa.select(Organisation)).first().note = "=1+1"
    session.commit()


def sheets(answer):
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


@pytest.fixture
def colette(colette, with_password):  # noqa: F811
    """The coordinator, who has a password."""
    with_password(colette)
    return colette


def taken(who):
    answer = who.post("/organisations/export", {"reason": "Copie de sûreté", "password": PASSWORD})
    answer.get_data()
    answer.close()
    return answer


def test_the_coordinator_takes_every_table_with_every_row(session, inventory, colette):
    found = sheets(taken(colette))
    for table in everything.tables():
        rows = found[table.name]
        assert rows[0] == list(table.columns.keys())
        assert len(rows) - 1 == session.scalar(sa.select(sa.func.count()).select_from(table)), table.name
    text = str(found)
    for kind in ("person", "phone", "case note", "attempt"):
        assert recension.CANARIES[kind] in text
    assert "scrypt" not in text
    assert "argon2" not in text


def test_every_table_of_the_fieldwork_is_there_but_the_tallies(session):
    named = {table.name for table in everything.tables()}
    here = {"survey.fieldwork.models", "survey.fieldwork.contact_models"}
    declared = {mapper.local_table.name for mapper in Base.registry.mappers if mapper.class_.__module__ in here}
    assert declared - named == {"case_tally", "coverage_tally"}
    assert Release.__tablename__ not in named


def test_a_text_longer_than_a_cell_goes_on_elsewhere_and_a_formula_stays_a_text(session, inventory, colette):
    found = sheets(taken(colette))
    at = next(n for n, row in enumerate(found["case_event"], start=1) if row[-1] and str(row[-1]).startswith("😀"))
    rest = [row for row in found["rest"][1:] if row[:3] == ["case_event", at, "text"]]
    assert [row[3] for row in rest] == [2, 3]
    assert found["case_event"][at - 1][-1] + "".join(row[4] for row in rest) == LONG
    notes = [row[found["organisation"][0].index("note")] for row in found["organisation"][1:]]
    assert "=1+1" in notes


def test_sheets_that_are_full_go_on(monkeypatch, session, inventory, colette):
    monkeypatch.setattr(filling_sheets, "ROWS", 2)
    found = sheets(taken(colette))
    assert len(found["organisation"]) == 3
    assert len(found["organisation 2"]) == 2


def test_it_is_noted_who_took_it_and_what_for(session, inventory, colette):
    taken(colette)
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "fieldwork.export")).one()
    assert (entry.user_id, entry.detail) == (colette.id, "Copie de sûreté")


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"password": PASSWORD}, "Dites à quoi ce fichier servira."),
        ({"reason": "x"}, "Donnez votre mot de passe."),
        ({"reason": "x", "password": "autre phrase de passe"}, "Ce n’est pas votre mot de passe actuel."),
    ],
)
def test_without_a_reason_or_the_password_nothing_leaves(session, inventory, colette, sent, sentence):
    answer = colette.post("/organisations/export", sent)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert recension.CANARIES["phone"] not in answer.text
    assert not session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "fieldwork.export")).all()


def test_guessing_the_password_there_is_slowed_down(colette):
    for n in range(12):
        answer = colette.post("/organisations/export", {"reason": "x", "password": f"essai numéro {n} tout à fait"})
    assert "Trop d’essais" in answer.text


def test_interviewers_analysts_and_the_committee_do_not_take_it(roxane, anh, simone):
    assert {taken(who).status_code for who in (roxane, anh, simone)} == {403}
