"""The team calls an outcome in its own words; its code, its class and what it counts stay."""

from __future__ import annotations

import json
import re

import pytest
import sqlalchemy as sa

from survey.audit import AuditEntry
from survey.fieldwork import annexe, annexe_document, cases, flow, frame, waves, wordings
from survey.fieldwork.cases import NewOrganisation
from survey.instrument.codes import Disposition, Region
from survey.instrument.grammar import Text
from survey.release import freezing

NO_REPLY, REFUSAL = Disposition.NO_REPLY, Disposition.REFUSAL
PAGE = "/outcomes/wordings"


@pytest.fixture
def silent(session):
    """An organisation that never replied."""
    new = NewOrganisation("Maison muette", Region.R06, NO_REPLY)
    [organisation_id] = cases.open_cases(session, [new], None)
    session.commit()
    return organisation_id


@pytest.fixture
def reworded(silent, colette):
    answer = colette.post(PAGE, {"no_reply_fr": "Jamais rappelé", "no_reply_en": "Never called back"})
    assert answer.status_code == 303
    return silent


EVERYWHERE = (
    "/organisations",
    "/organisations/{}",
    "/organisations/import",
    "/outcomes",
    "/outcomes/annexe-a",
    "/outcomes/next-wave",
    "/coverage",
    "/dashboard",
    "/manual/coordinator",
)


@pytest.mark.parametrize("path", EVERYWHERE)
def test_the_words_of_the_team_stand_wherever_the_outcome_is_named(path, reworded, colette):
    path = path.format(reworded)
    page = colette.get(path).text
    assert "Jamais rappelé" in page
    assert "Sans réponse après relances" not in page
    english = colette.get(f"{path}?lang=en").text
    assert "Never called back" in english
    assert "No reply after reminders" not in english


def test_the_printed_annexe_has_the_words_of_the_team(reworded, colette, session):
    assert colette.get("/outcomes/annexe-a.pdf").data.startswith(b"%PDF")
    parts, wave = annexe.parts(session, 1), waves.current(session)
    drawn = annexe_document.drawn(
        parts, flow.of_wave(session, wave), wave, wave.opened_at.date(), wordings.named(session), "fr"
    )
    assert "Jamais rappelé" in drawn["headings"]
    assert [line["name"] for line in drawn["flow"]["without"]["lines"]] == ["Jamais rappelé"]
    assert "Sans réponse" not in json.dumps(drawn, ensure_ascii=False)


def test_an_empty_field_gives_the_standard_words_back_language_by_language(reworded, colette, session):
    colette.post(PAGE, {"no_reply_fr": "", "no_reply_en": "Never called back"})
    assert wordings.named(session)[NO_REPLY] == Text("Sans réponse après relances", "Never called back")
    colette.post(PAGE, {})
    assert wordings.named(session) == {one: one.label for one in Disposition}


def main_of(page):
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r'name="csrf_token" value="[^"]*"', "", main)


def test_codes_classes_and_rates_stay_what_they_were(silent, colette):
    before = main_of(colette.get("/outcomes").text)
    colette.post(PAGE, {"no_reply_fr": "Jamais rappelé"})
    colette.get(PAGE)  # says that it is done
    after = main_of(colette.get("/outcomes").text)
    assert after == before.replace("Sans réponse après relances", "Jamais rappelé")


def test_the_page_lists_every_outcome_with_its_code_its_class_and_both_wordings(reworded, colette):
    page = colette.get(PAGE).text
    for one in Disposition:
        assert f"<code>{one.value}</code>" in page
    assert "Sans réponse après relances" in page
    assert 'value="Jamais rappelé"' in page
    assert 'value="Never called back"' in page


def test_what_cannot_be_a_wording_is_said_at_its_field_and_what_was_typed_stays(silent, colette, session):
    typed = {"refusal_fr": "x" * 61, "no_reply_fr": "SONDE", "partial_en": "Cut short", "impossible_fr": "!!!"}
    answer = colette.post(PAGE, typed)
    assert answer.status_code == 422
    assert "60 caractères au plus" in answer.text
    assert "nomme déjà l’issue" in answer.text
    assert "au moins une lettre ou un chiffre" in answer.text
    for words in typed.values():
        assert f'value="{words}"' in answer.text
    assert wordings.own(session) == {}


def test_of_two_who_word_outcomes_at_once_the_later_is_told_what_the_other_wrote(silent, colette, session):
    [seen] = re.findall('name="seen" value="(.+?)"', colette.get(PAGE).text)
    colette.post(PAGE, {"seen": seen, "no_reply_fr": "Jamais rappelé"})
    late = colette.post(PAGE, {"seen": seen, "no_reply_fr": "Muet"})
    assert late.status_code == 409
    assert "Il y a maintenant : « Jamais rappelé »" in late.text
    assert 'value="Muet"' in late.text
    session.rollback()
    assert wordings.named(session)[NO_REPLY].fr == "Jamais rappelé"
    [seen] = re.findall('name="seen" value="(.+?)"', late.text)
    assert colette.post(PAGE, {"seen": seen, "no_reply_fr": "Muet"}).status_code == 303
    session.rollback()
    assert wordings.named(session)[NO_REPLY].fr == "Muet"


def test_two_outcomes_never_have_one_name(silent, colette, session):
    answer = colette.post(PAGE, {"refusal_fr": "Rien à faire", "impossible_en": "rien a faire"})
    assert answer.status_code == 422
    assert wordings.own(session) == {}


def test_the_access_log_says_who_changed_which_words(reworded, colette, session):
    [entry] = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "outcome.reword"))
    assert entry.user_id == colette.id
    assert entry.detail == "no_reply: Jamais rappelé / Never called back"
    colette.post(PAGE, {"no_reply_fr": "Jamais rappelé", "no_reply_en": "Never called back"})
    assert session.scalar(sa.select(sa.func.count(AuditEntry.id)).where(AuditEntry.action == "outcome.reword")) == 1


@pytest.mark.parametrize(
    "said", ["Jamais rappelé", "jamais rappele", "Never called back", "no_reply", "Sans réponse après relances"]
)
def test_an_import_understands_the_words_of_the_team_and_the_standard_ones(said, reworded, session):
    plan = frame.understand(session, f"nom,issue\nCentre d’essai,{said}\n".encode(), "liste.csv")
    assert not plan.errors
    assert [new.disposition for _, new in plan.create] == [NO_REPLY]


def labels(release):
    kept = next(table for table in release.tables if table.unit == "organisation")
    return next(one["values"] for one in json.loads(kept.dictionary) if one["name"] == "disposition")


def test_a_release_keeps_the_words_of_its_moment(silent, colette, session):
    first = freezing.create(session, None)
    session.commit()
    wordings.reword(session, {REFUSAL: Text("A dit non", "Said no")}, colette.id)
    session.commit()
    second = freezing.create(session, None)
    session.commit()
    assert "A dit non" not in json.dumps(labels(first), ensure_ascii=False)
    assert "A dit non" in json.dumps(labels(second), ensure_ascii=False)
    assert first.sha256 != second.sha256


@pytest.mark.parametrize("somebody", ["roxane", "anh", "simone", "bastien"])
def test_only_the_coordination_words_outcomes(somebody, request, silent):
    assert request.getfixturevalue(somebody).post(PAGE, {"refusal_fr": "Non"}).status_code == 403


def test_a_page_reads_the_words_once_however_many_outcomes_it_names(reworded, colette, app):
    said = []

    def listen(_connection, _cursor, statement, *_rest):
        said.append(statement)

    engine = app.extensions["db"]["engine"]
    sa.event.listen(engine, "before_cursor_execute", listen)
    try:
        colette.get("/coverage")
    finally:
        sa.event.remove(engine, "before_cursor_execute", listen)
    assert sum("outcome_wording" in statement for statement in said) == 1
