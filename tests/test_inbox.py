"""The inbox of the snowball: what was named is decided once, by one of two who try, and can be undone untouched."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.orm import Session

from survey.audit import AuditEntry
from survey.fieldwork import deciding, referrals, tally
from survey.fieldwork.deciding import Accepted
from survey.fieldwork.models import Case, Organisation, OrganisationAlias, Person, Referral
from survey.fieldwork.referrals import Named
from survey.instrument.codes import CaseSource, Disposition, Fate, OrganisationType, Region
from tests.conftest import signed_in
from tests.naming import case_of, decide, every, name_at_q14, organisation, seen, text_of
from tests.racing import meanwhile

MARCH = dt.datetime(2022, 3, 1, 15, tzinfo=dt.UTC)
NAME = "Carrefour nommé (fictif)"


@pytest.fixture
def named(session, case, roxane) -> uuid.UUID:
    """Whoever answered for the house named another organisation, and somebody there."""
    said = {"person": "Alix Fictive", "function": "Direction", "phone": "418 555-0123", "email": "alix@exemple.test"}
    return name_at_q14(session, case, roxane, NAME, MARCH, **said, note="Un projet pour les parents")


def fate_of(session: Session, identifier: uuid.UUID) -> Fate:
    session.rollback()
    session.expire_all()
    return session.get_one(Referral, identifier).fate


class TestWhatWaits:
    def test_it_says_what_was_named_by_whom_and_how_to_reach_them(self, named, case, colette):
        page = text_of(colette.get("/snowball").text)
        for said in (NAME, "Alix Fictive", "Direction", "418 555-0123", "Un projet pour les parents"):
            assert said in page
        assert f"Selon {case.organisation.name} , 1 mars 2022, noté par Roxane" in page
        assert f'href="/organisations/{case.organisation_id}"' in colette.get("/snowball").text

    def test_an_empty_inbox_says_what_comes_there(self, session, colette):
        assert "Rien à trancher" in colette.get("/snowball").text

    def test_those_of_one_name_are_one_entry_the_oldest_first(self, session, named, roxane, colette):
        other = organisation(session, "Autre maison (fictive)")
        name_at_q14(session, other, roxane, "CARREFOUR nomme (fictif)", MARCH + dt.timedelta(days=2))
        name_at_q14(session, other, roxane, "Plus vieille (fictive)", MARCH - dt.timedelta(days=9))
        page = text_of(colette.get("/snowball").text)
        assert page.index("Plus vieille (fictive)") < page.index(NAME) < page.index("CARREFOUR nomme")
        assert page.count("nommée 2 fois") == 1
        assert colette.get("/snowball").text.count('class="card entry"') == 2

    def test_an_organisation_of_a_name_like_it_is_proposed_with_the_reason(self, session, case, roxane, colette):
        organisation(session, "Concertation des luttes contre l’exploitation sexuelle (fictive)")
        name_at_q14(session, case, roxane, "CLES", MARCH)
        page = text_of(colette.get("/snowball").text)
        assert "Concertation des luttes contre l’exploitation sexuelle (fictive) (l’un est le sigle de l’autre)" in page

    def test_what_is_set_aside_in_the_call_does_not_wait(self, session, named, case, roxane, colette):
        referrals.remove(session, referrals.find(session, case.id, named), roxane.id)
        assert 'class="card entry"' not in colette.get("/snowball").text

    def test_rows_without_an_organisation_are_decided_one_by_one(self, session, case, roxane, colette):
        for note in ("Une initiative", "Une autre"):
            name_at_q14(session, case, roxane, None, note=note)
        page = colette.get("/snowball").text
        assert page.count('class="card entry"') == 2
        assert "Sans nom d’organisation" in page

    @pytest.mark.parametrize("by_alias", [False, True])
    def test_the_list_says_what_it_holds_under_that_name(self, session, named, colette, by_alias):
        there = organisation(session, "CN (fictif)" if by_alias else NAME.upper(), disposition=Disposition.COMPLETED)
        if by_alias:
            alias = {"name": NAME, "folded_name": "carrefour nomme (fictif)"}
            session.add(OrganisationAlias(organisation_id=there.organisation_id, **alias))
        page = colette.get("/snowball").text
        assert "Déjà dans la liste : Sondé" in text_of(page)
        ticked = re.search(r'<input checked id="known-[^"]*-organisation-0"[^>]*value="(\d+)"', page)
        assert ticked is not None
        assert ticked[1] == str(there.organisation_id)

    def test_many_of_them_go_over_several_pages(self, session, case, roxane, colette):
        for n in range(22):
            name_at_q14(session, case, roxane, f"Organisme {n} (fictif)", MARCH + dt.timedelta(minutes=n))
        assert "Organisme 19 " in colette.get("/snowball").text
        page = colette.get("/snowball?page=2").text
        assert "Organisme 19 " not in page
        assert "Organisme 21 " in page
        assert "22 mentions attendent" in page

    def test_it_is_for_the_coordination_alone(self, named, roxane, anh, bastien, simone, stranger):
        for colleague in (roxane, anh, bastien, simone):
            assert colleague.get("/snowball").status_code == 403
        assert stranger.get("/snowball").status_code == 302


class TestAccepting:
    def test_one_key_makes_an_organisation_its_case_and_the_person_named(self, session, roxane, colette):
        naming = organisation(session, "De deuxième vague (fictive)", snowball_wave=2)
        named = name_at_q14(session, naming, roxane, NAME, MARCH, person="Alix Fictive", phone="418 555-0123")
        about = {"name": NAME, "region": "06", "kind": "community", "next": "inbox"}
        answer = decide(colette, session, "new", named, **about)
        assert (answer.status_code, answer.location) == (303, "/snowball#inbox")
        made = case_of(session, NAME)
        assert (made.source, made.snowball_wave) == (CaseSource.REFERRAL, 3)
        assert (made.organisation.region_code, made.organisation.kind) == (Region.R06, OrganisationType.COMMUNITY)
        [person] = every(session, Person)
        assert (person.name, person.phone, person.referral_id) == ("Alix Fictive", "418 555-0123", named)
        assert tally.differences(session) == {}
        page = text_of(colette.get(f"/organisations/{case_of(session, NAME).organisation_id}").text)
        assert "Entrée dans la liste. Nommée par De deuxième vague (fictive)." in page
        assert "Référée par" in page

    def test_neither_region_nor_type_is_needed_and_the_name_may_be_put_right(self, session, named, colette):
        assert decide(colette, session, "new", named, name="  Le Carrefour\x00 (fictif) ").status_code == 303
        assert case_of(session, "Le Carrefour (fictif)").organisation.region_code is None

    def test_the_answer_is_for_all_that_were_shown(self, session, named, roxane, colette):
        other = organisation(session, "Autre maison (fictive)")
        again = name_at_q14(session, other, roxane, NAME, MARCH + dt.timedelta(days=1), person="Alix Fictive")
        later = name_at_q14(session, other, roxane, NAME, MARCH + dt.timedelta(days=2), person="Une autre")
        decide(colette, session, "new", named, again, name=NAME)
        assert [fate_of(session, one) for one in (named, again, later)] == [Fate.NEW, Fate.NEW, Fate.PENDING]
        assert "Déjà dans la liste : À contacter" in text_of(colette.get("/snowball").text)

    @pytest.mark.parametrize("source", ["coordination", "committee"])
    def test_what_the_team_suggests_waits_too_and_begins_a_chain(self, session, colette, case, source):
        said = {"source": source, "organisation": NAME, "note": "Vu à la télé", "form_id": str(uuid.uuid4())}
        for _click in range(2):
            assert colette.post("/snowball/suggest", said).status_code == 303
        [row] = every(session, Referral)
        assert "Vu à la télé" in colette.get("/snowball").text
        decide(colette, session, "new", row.id, name=NAME)
        made = case_of(session, NAME)
        assert (made.source, made.snowball_wave) == (CaseSource(source), 0)

    def test_a_name_of_the_list_is_refused_at_its_field_with_nothing_lost(self, session, named, case, colette):
        answer = decide(colette, session, "new", named, name=case.organisation.name.upper(), region="06")
        assert answer.status_code == 422
        assert "porte déjà ce nom" in answer.text
        assert "MAISON D’ESSAI" in answer.text
        assert '<option selected value="06">' in answer.text
        assert fate_of(session, named) is Fate.PENDING
        assert len(every(session, Organisation)) == 1

    @pytest.mark.parametrize("name", ["", " \x00 ", "\u0301", "x" * 5000])
    def test_a_name_that_is_none_is_refused(self, session, named, colette, name):
        assert decide(colette, session, "new", named, name=name).status_code == 422
        assert fate_of(session, named) is Fate.PENDING

    def test_a_double_click_makes_one_and_says_nothing_more(self, session, named, colette):
        sent = {"form_id": str(uuid.uuid4()), **seen(session, named), "name": NAME}
        for _click in range(2):
            assert colette.post("/snowball/new", sent).status_code == 303
        assert "a déjà décidé" not in colette.get("/snowball").text
        assert len(every(session, Organisation)) == 2


class TestOnce:
    def test_of_two_who_accept_at_once_one_does_and_the_other_hears_who(self, app, session, named, colette, odile):
        engine = app.extensions["db"]["engine"]
        sent = {"form_id": str(uuid.uuid4()), **seen(session, named), "name": NAME}
        session.rollback()

        def accept(first: Session) -> None:
            deciding.accept(first, {named: 1}, Accepted(NAME), colette.id)

        answer = meanwhile(engine, accept, lambda: odile.post("/snowball/new", sent))
        assert answer.status_code == 303
        assert [row.name for row in every(session, Organisation)] == ["Maison d’essai", NAME]
        assert len(every(session, Case)) == 2
        heard = text_of(odile.get("/snowball").text)
        assert "Colette en a déjà décidé le " in heard
        assert f"« Nouvelle, ajoutée à la liste – {NAME} »" in heard

    def test_of_a_dozen_who_accept_at_once_one_does(self, app, session, named, colette):
        clients = [signed_in(app, colette.id) for _ in range(12)]
        sent = {**seen(session, named), "name": NAME}
        session.rollback()
        with ThreadPoolExecutor(12) as threads:
            answers = list(threads.map(lambda one: one.post("/snowball/new", data=sent).status_code, clients))
        assert set(answers) == {303}
        assert [row.name for row in every(session, Organisation)] == ["Maison d’essai", NAME]
        assert len(every(session, Case)) == 2
        assert tally.differences(session) == {}

    @pytest.mark.parametrize("answer", ["new", "known", "same", "dismissed"])
    def test_whatever_one_answers_what_is_decided_stays(self, session, named, case, colette, odile, answer):
        decide(colette, session, "dismissed", named, words="Hors sujet")
        said = {"name": NAME, "organisation": case.organisation_id, "words": "Autre"}
        assert decide(odile, session, answer, named, **said).status_code == 303
        assert fate_of(session, named) is Fate.DISMISSED
        assert "Colette en a déjà décidé" in odile.get("/snowball").text

    def test_what_changed_since_it_was_shown_is_not_decided(self, session, named, case, roxane, colette):
        shown = seen(session, named)
        referrals.keep(session, case.id, named, 1, Named("Tout autre chose (fictif)"), roxane.id)
        answer = colette.post("/snowball/new", {"form_id": str(uuid.uuid4()), **shown, "name": NAME})
        assert answer.status_code == 303
        assert "a changé entre-temps" in colette.get("/snowball").text
        assert fate_of(session, named) is Fate.PENDING

    @pytest.mark.parametrize("sent", [[], ["x"], ["0" * 36 + ":1"], [f"{uuid.uuid4()}:1"]])
    def test_what_is_no_referral_decides_nothing(self, session, named, colette, sent):
        answer = colette.post("/snowball/dismissed", {"referral": sent, "words": "x"})
        assert answer.status_code == 303
        assert fate_of(session, named) is Fate.PENDING


class TestOtherAnswers:
    def test_it_is_an_organisation_of_the_list(self, session, named, case, colette):
        decide(colette, session, "known", named, organisation=case.organisation_id)
        row = session.get_one(Referral, named)
        assert (row.fate, row.organisation_id, row.decided_by) == (Fate.KNOWN, case.organisation_id, colette.id)
        assert every(session, Person) == []

    def test_the_person_named_may_be_kept_among_those_to_reach(self, session, named, case, colette):
        decide(colette, session, "known", named, organisation=case.organisation_id, with_persons="y")
        assert [(one.name, one.referral_id) for one in every(session, Person)] == [("Alix Fictive", named)]

    def test_it_is_found_by_its_name_or_by_its_words(self, session, named, colette):
        there = organisation(session, "Pavillon des érables (fictif)")
        organisation(session, "Pavillon des ormes (fictif)")
        answer = decide(colette, session, "known", named, organisation="", other="pavillon")
        assert answer.status_code == 422
        assert "choisissez la bonne" in answer.text
        assert "Pavillon des ormes (fictif) – région non précisée – À contacter" in answer.text
        assert "ne porte ces mots" in decide(colette, session, "known", named, other="introuvable").text
        assert "écrivez son nom" in decide(colette, session, "known", named, other=" ").text
        assert decide(colette, session, "known", named, other="ERABLES").status_code == 303
        assert session.get_one(Referral, named).organisation_id == there.organisation_id

    @pytest.mark.parametrize("identifier", ["999999", "9" * 30, "x", "-1"])
    def test_an_organisation_that_is_none_is_refused(self, session, named, colette, identifier):
        assert decide(colette, session, "known", named, organisation=identifier).status_code == 422
        assert fate_of(session, named) is Fate.PENDING

    @pytest.mark.parametrize("answer", ["same", "dismissed"])
    def test_a_reason_is_asked_for_and_kept(self, session, named, colette, answer):
        assert decide(colette, session, answer, named, words=" ").status_code == 422
        assert decide(colette, session, answer, named, words="x" * 2001).status_code == 422
        assert decide(colette, session, answer, named, words="Les Ateliers,\nde Maison d’essai").status_code == 303
        row = session.get_one(Referral, named)
        assert (row.fate, row.fate_note) == (Fate(answer), "Les Ateliers,\nde Maison d’essai")

    def test_the_page_of_who_named_it_says_what_became_of_it(self, session, named, case, colette):
        decide(colette, session, "dismissed", named, words="Hors du Québec")
        assert "Écartée : Hors du Québec" in text_of(colette.get(f"/organisations/{case.organisation_id}").text)

    def test_what_is_decided_is_in_the_audit_log_without_anybody_s_name(self, session, named, case, colette):
        decide(colette, session, "new", named, name=NAME)
        [entry] = [one for one in every(session, AuditEntry) if one.action == "referral.decide"]
        assert (entry.object_type, entry.detail, entry.user_id) == ("organisation", "new", colette.id)
        assert "Alix" not in str([vars(one) for one in every(session, AuditEntry)])


class TestUndoing:
    def undo(self, colette, identifier):
        return colette.post("/snowball/undo", {"referral": str(identifier)})

    @pytest.mark.parametrize("answer", ["new", "known", "same", "dismissed"])
    def test_a_decision_is_undone_with_what_it_made(self, session, named, case, roxane, colette, answer):
        again = name_at_q14(session, organisation(session, "Autre (fictive)"), roxane, NAME)
        said = {"name": NAME, "organisation": case.organisation_id, "words": "Hors sujet", "with_persons": "y"}
        decide(colette, session, answer, named, again, **said)
        assert "Défaire la décision sur Carrefour" in colette.get("/snowball").text
        assert self.undo(colette, again).status_code == 303
        assert {fate_of(session, one) for one in (named, again)} == {Fate.PENDING}
        assert len(every(session, Organisation)) == len(every(session, Case)) == 2
        assert every(session, Person) == []
        assert tally.differences(session) == {}
        decide(colette, session, "new", named, again, name=NAME)
        assert len(every(session, Case)) == 3

    @pytest.mark.parametrize("done", ["assigned", "outcome", "note", "named", "person"])
    def test_a_case_that_served_stays(self, session, named, roxane, colette, done):
        decide(colette, session, "new", named, name=NAME)
        made = case_of(session, NAME)
        path = f"/organisations/{made.organisation_id}"
        if done == "named":
            name_at_q14(session, made, roxane, "Autre (fictive)")
        else:
            acts = {
                "assigned": ("assign", {"interviewer": roxane.id}),
                "outcome": ("outcome", {"disposition": "in_progress"}),
                "note": ("notes", {"text": "Rappeler"}),
                "person": ("persons/new", {"name": "Ajoutée à la main"}),
            }
            act, said = acts[done]
            assert colette.post(f"{path}/{act}", said).status_code == 303
        self.undo(colette, named)
        assert "l’organisation reste dans la liste" in colette.get("/snowball").text
        assert fate_of(session, named) is Fate.NEW
        assert len(every(session, Organisation)) == 2

    def test_what_is_undone_is_not_undone_twice(self, session, named, colette):
        decide(colette, session, "dismissed", named, words="Hors sujet")
        for said in ("à trancher de nouveau", "déjà défaite"):
            self.undo(colette, named)
            assert said in colette.get("/snowball").text

    def test_nobody_undoes_what_was_never_decided(self, session, named, colette):
        for identifier in (named, uuid.uuid4(), "x"):
            assert self.undo(colette, identifier).status_code == 303
        assert fate_of(session, named) is Fate.PENDING


class TestEditedAfterwards:
    """A decision is about what was named: a row that names something else waits again, and remembers where it led."""

    def edit(self, session, case, identifier, roxane, **words):
        row = session.get_one(Referral, identifier)
        referrals.keep(session, case.id, identifier, row.version, Named(**words), roxane.id)
        session.commit()

    def test_another_name_waits_again_with_where_it_led(self, session, named, case, roxane, colette):
        decide(colette, session, "new", named, name=NAME)
        made = case_of(session, NAME).organisation_id
        self.edit(session, case, named, roxane, organisation="Carrefour renommé (fictif)")
        assert fate_of(session, named) is Fate.PENDING
        page = colette.get("/snowball").text
        assert f'name="organisation" type="radio" value="{made}"' in page
        assert len(every(session, Organisation)) == 2

    def test_another_person_or_spelling_leaves_the_decision(self, session, named, case, roxane, colette):
        decide(colette, session, "dismissed", named, words="Hors sujet")
        self.edit(session, case, named, roxane, organisation=NAME.upper(), person="Camille Fictive")
        assert fate_of(session, named) is Fate.DISMISSED

    def test_where_no_organisation_was_named_the_words_are_what_was_decided(self, session, case, roxane, colette):
        row = name_at_q14(session, case, roxane, None, note="Un projet")
        decide(colette, session, "dismissed", row, words="Trop vague")
        self.edit(session, case, row, roxane, note="Un projet à Laval")
        assert fate_of(session, row) is Fate.PENDING
