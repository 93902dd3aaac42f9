"""One screen for the call: the dossier, the box of what is to be put in its place, whom people name, call backs."""

from __future__ import annotations

import gzip
import re
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.audit import AuditEntry
from survey.fieldwork.cases import NewOrganisation, open_cases
from survey.fieldwork.models import CaseEvent, EventKind, Person, Referral
from survey.instrument.codes import Region
from survey.interview import conduct
from survey.interview.course_models import CallBack, Parked, SettledAs
from survey.interview.models import Edit, Initiative
from survey.release import freezing
from tests.conftest import Colleague
from tests.test_rearranging import merge

JSON = {"Accept": "application/json"}


@pytest.fixture
def block(session, interview):
    uid = uuid.uuid4()
    conduct.add_block(session, interview.id, uid)
    session.commit()
    return uid


def every(session: Session, table):
    session.rollback()
    session.expire_all()
    return list(session.scalars(sa.select(table)))


def ask(colleague: Colleague, path: str, **words):
    """What the page's script sends; a `form_id` of its own unless one is given."""
    return colleague.post(path, {"form_id": str(uuid.uuid4()), **words}, headers=JSON)


def park(colleague: Colleague, here: str, text: str, identifier: uuid.UUID, version: int = 1):
    return ask(colleague, f"{here}/parked", id=str(identifier), version=version, value=text)


class TestDossier:
    @pytest.fixture
    def known(self, session, case, interview):
        """What is known of the organisation: somebody to reach, a note, an interview of before."""
        case.organisation.note = "Demander la directrice"
        session.add(
            Person(
                organisation_id=case.organisation_id,
                name="Anne Fictive",
                phone="418 555-0100",
                email="anne@exemple.test",
                meeting_url="https://zoom.exemple.test/j/1",
            )
        )
        session.commit()

    def test_it_says_whom_to_reach_and_what_happened(self, roxane, here, known):
        page = roxane.get(f"{here}/dossier").text
        for said in ("Anne Fictive", 'href="tel:4185550100"', 'href="mailto:anne@exemple.test"', "Demander"):
            assert said in page
        assert 'href="https://zoom.exemple.test/j/1"' in page
        assert "Entrevue commencée" in page

    def test_it_says_what_was_said_last_time(self, roxane, here, interview, case, session):
        roxane.post(f"{here}/sections/general", {"respondent_name": "Personne de naguère", "has_initiatives": "yes"})
        roxane.post(f"{here}/sections/others", {"knows_others": "yes", "others_named": "La table", "needs": "Un local"})
        block = conduct.add_block(session, interview.id, uuid.uuid4())
        session.commit()
        roxane.post(f"{here}/initiatives/{block.uid}", {"name": "Ateliers de naguère"})
        roxane.post(f"{here}/complete")
        roxane.post(f"/interviews/start/{case.id}", {"mode": "phone"})
        page = roxane.get(f"/interviews/{interview.id + 1}/dossier").text
        for said in ("Dernière fois", "Personne de naguère", "Ateliers de naguère", "La table", "Un local", "Oui"):
            assert said in page
        assert "Dernière fois" not in roxane.get(f"{here}/dossier").text

    def test_it_is_for_who_conducts_the_case(self, malik, colette, bastien, stranger, here, known):
        assert malik.get(f"{here}/dossier").status_code == 403
        assert colette.get(f"{here}/dossier").status_code == 200
        assert bastien.get(f"{here}/dossier").status_code == 403
        assert stranger.get(f"{here}/dossier").status_code == 302

    @pytest.mark.parametrize("link", ["javascript:alert(1)", "zoom.us/j/1", "https://", "data:text/html,x", "http:// "])
    def test_a_meeting_link_is_of_the_web(self, roxane, interview, case, session, link):
        path = f"/organisations/{case.organisation_id}/persons/new"
        session.commit()
        refused = roxane.post(path, {"name": "Anne", "meeting_url": link})
        assert refused.status_code == 422
        assert "Ce lien doit commencer par https://" in refused.text
        assert roxane.post(path, {"name": "Anne", "meeting_url": "HTTPS://zoom.us/j/1"}).status_code == 303


class TestParking:
    def test_what_is_typed_grows_under_one_id_and_an_old_request_changes_nothing(self, roxane, here, session):
        row = uuid.uuid4()
        for version, text in ((1, "Parle d’un"), (3, "Parle d’un projet à Québec"), (2, "Parle d’un projet"), (3, "x")):
            assert park(roxane, here, text, row, version).status_code == 200
        assert [(one.id, one.text) for one in every(session, Parked)] == [(row, "Parle d’un projet à Québec")]
        assert "Parle d’un projet à Québec" in roxane.get(here).text

    def test_what_a_colleague_sends_under_the_same_id_is_kept_beside_under_their_name(
        self, roxane, colette, here, session
    ):
        row = uuid.uuid4()
        park(roxane, here, "Selon Roxane", row)
        for version, text in ((1, "Selon"), (2, "Selon Colette"), (2, "Selon Colette"), (1, "Selon")):
            assert park(colette, here, text, row, version).status_code == 200
        park(roxane, here, "Selon Roxane, suite", row, 2)
        said = [(one.user_id, one.text) for one in every(session, Parked)]
        assert sorted(said) == sorted([(roxane.id, "Selon Roxane, suite"), (colette.id, "Selon Colette")])

    def test_what_is_still_typed_once_the_words_were_settled_is_kept_beside(self, roxane, colette, here, session):
        row = uuid.uuid4()
        park(roxane, here, "Parle d’un projet", row, 2)
        ask(colette, f"{here}/parked/{row}/settle", **{"as": "note"})
        for version, text in ((1, "Parle d’un"), (3, "Parle d’un projet à Québec"), (4, "… à Québec"), (4, "…")):
            assert park(roxane, here, text, row, version).status_code == 200
        said = [(one.settled_as, one.text) for one in every(session, Parked)]
        assert set(said) == {(SettledAs.NOTE, "Parle d’un projet"), (None, "… à Québec")}
        assert len(said) == 2

    def test_nothing_is_not_parked(self, roxane, here, session):
        assert park(roxane, here, "  \x00 ", uuid.uuid4()).status_code == 422
        assert roxane.post(f"{here}/parked", {"value": " "}).status_code == 303
        assert every(session, Parked) == []

    @pytest.mark.parametrize("version", [0, -1, 10**9])
    def test_a_version_that_is_none_is_not_understood(self, roxane, here, version):
        assert park(roxane, here, "x", uuid.uuid4(), version).status_code == 400

    def test_without_a_script_the_same_page_sent_again_with_other_words_parks_both(self, roxane, here, session):
        page = roxane.get(here).text
        [row] = re.findall(r'class="park".*?name="id" value="([^"]*)"', page, re.DOTALL)
        for text in ("Un", "Un", "Deux"):
            assert roxane.post(f"{here}/parked", {"id": row, "value": text}).status_code == 303
        assert sorted(one.text for one in every(session, Parked)) == ["Deux", "Un"]

    @pytest.mark.parametrize("times", [1, 2])
    def test_it_becomes_an_initiative(self, roxane, here, session, times):
        row, made = uuid.uuid4(), str(uuid.uuid4())
        park(roxane, here, "Un projet\nà Québec", row)
        for _time in range(times):
            answer = ask(roxane, f"{here}/parked/{row}/settle", **{"as": "initiative", "made": made})
            assert answer.status_code == 200
        [block] = every(session, Initiative)
        assert (str(block.uid), block.description) == (made, "Un projet\nà Québec")
        [edit] = [one for one in every(session, Edit) if one.item == "description"]
        assert edit.user_id == roxane.id
        [parked] = every(session, Parked)
        assert (parked.text, parked.settled_as) == ("Un projet\nà Québec", SettledAs.INITIATIVE)

    def test_the_block_that_the_page_already_made_is_left_as_it_is(self, roxane, here, session):
        row, made = uuid.uuid4(), str(uuid.uuid4())
        park(roxane, here, "Un projet", row)
        ask(roxane, f"{here}/initiatives", uid=made)
        typed = {"block": made, "item": "description", "value": "Un projet, et plus", "version": 0}
        roxane.post(f"{here}/answers", json={"id": str(uuid.uuid4()), **typed})
        assert ask(roxane, f"{here}/parked/{row}/settle", **{"as": "initiative", "made": made}).status_code == 200
        assert [block.description for block in every(session, Initiative)] == ["Un projet, et plus"]

    def test_the_id_of_no_save_keeps_words_from_their_block(self, roxane, colette, here, session):
        row, made = uuid.uuid4(), str(uuid.uuid4())
        park(roxane, here, "Un projet", row)
        ask(roxane, f"{here}/initiatives", uid=made)
        taken = {"id": str(uuid.uuid5(row, made)), "item": "needs", "value": "Un local", "version": 0}
        assert colette.post(f"{here}/answers", json=taken).status_code == 200
        assert ask(roxane, f"{here}/parked/{row}/settle", **{"as": "initiative", "made": made}).status_code == 200
        assert [block.description for block in every(session, Initiative)] == ["Un projet"]

    def test_it_becomes_a_referral_or_a_note_without_a_script_too(self, roxane, here, session):
        rows = {"referral": uuid.uuid4(), "note": uuid.uuid4(), "handled": uuid.uuid4()}
        for settled_as, row in rows.items():
            park(roxane, here, f"Va vers {settled_as}", row)
            for _click in range(2):
                assert roxane.post(f"{here}/parked/{row}/settle", {"as": settled_as}).status_code == 303
        assert [one.note for one in every(session, Referral)] == ["Va vers referral"]
        notes = [one.text for one in every(session, CaseEvent) if one.kind is EventKind.NOTE]
        assert notes == ["Va vers note"]
        assert {one.settled_as for one in every(session, Parked)} == {SettledAs(one) for one in rows}
        page = roxane.get(here).text
        assert all(f"Va vers {settled_as}" in page for settled_as in rows)

    def test_what_was_settled_comes_back(self, roxane, here, session):
        row = uuid.uuid4()
        park(roxane, here, "À revoir", row)
        ask(roxane, f"{here}/parked/{row}/settle", **{"as": "note"})
        for _time in range(2):
            assert ask(roxane, f"{here}/parked/{row}/restore").status_code == 200
        assert [one.settled_as for one in every(session, Parked)] == [None]

    def test_completing_lists_what_is_still_parked_and_it_can_be_settled_later(self, roxane, here, session):
        row = uuid.uuid4()
        park(roxane, here, "Il reste ceci", row)
        assert "Il reste ceci" in roxane.get(f"{here}/review").text
        roxane.post(f"{here}/complete")
        assert "Il reste ceci" in roxane.get(here).text
        assert park(roxane, here, "Encore", uuid.uuid4()).status_code == 423
        assert ask(roxane, f"{here}/parked/{row}/settle", **{"as": "initiative"}).status_code == 423
        assert ask(roxane, f"{here}/parked/{row}/settle", **{"as": "note"}).status_code == 200
        assert "Il reste ceci" not in roxane.get(f"{here}/review").text

    def test_one_interview_cannot_reach_into_another(self, roxane, malik, here, session):
        row = uuid.uuid4()
        park(roxane, here, "Les miens", row)
        [there] = open_cases(session, [NewOrganisation("Ailleurs", Region.R01)], None)
        session.commit()
        roxane.post(f"/interviews/start/{there}", {"mode": "phone"})
        assert park(roxane, "/interviews/2", "Volé", row, 2).status_code == 404
        assert ask(roxane, f"/interviews/2/parked/{row}/settle", **{"as": "note"}).status_code == 404
        assert park(malik, here, "Pas les siens", uuid.uuid4()).status_code == 403
        assert ask(malik, f"{here}/parked/{row}/settle", **{"as": "note"}).status_code == 403
        assert [one.text for one in every(session, Parked)] == ["Les miens"]


def refer(colleague: Colleague, here: str, identifier: uuid.UUID, version: int = 0, **words):
    return ask(colleague, f"{here}/referrals", id=str(identifier), version=version, **words)


class TestReferrals:
    def test_a_row_is_added_once_and_corrected(self, roxane, here, session):
        row, form_id = uuid.uuid4(), str(uuid.uuid4())
        first = {"organisation": "Le Repère", "person": "Marie Fictive", "phone": "418 555-0101", "form_id": form_id}
        assert refer(roxane, here, row, **first).json == {"version": 1}
        assert refer(roxane, here, row, 1, organisation="Le Repère", person="Marie F.").json == {"version": 2}
        late = refer(roxane, here, row, **first).json
        assert late["version"] == 2, "the same request, a day later"
        assert late["stands"]["person"] == "Marie F."
        [kept] = every(session, Referral)
        assert (kept.organisation, kept.person, kept.phone) == ("Le Repère", "Marie F.", None)
        assert kept.recorded_by == roxane.id
        actions = [one.action for one in every(session, AuditEntry) if one.action.startswith("referral.")]
        assert actions == ["referral.add", "referral.edit"]
        assert "Marie F." in roxane.get(here).text

    def test_a_row_that_says_nothing_is_refused_with_a_sentence(self, roxane, here, session):
        assert "Écrivez au moins un nom." in refer(roxane, here, uuid.uuid4()).json["error"]
        assert "Écrivez au moins un nom." in roxane.post(f"{here}/referrals", {"person": " "}).text
        assert every(session, Referral) == []

    def test_two_who_write_in_one_row_are_asked(self, roxane, colette, here, session):
        row = uuid.uuid4()
        refer(roxane, here, row, person="Marie")
        refer(colette, here, row, 1, person="Marie", phone="1234567")
        answer = refer(roxane, here, row, 1, person="Marie Fictive")
        assert (answer.status_code, answer.json["version"]) == (409, 2)
        assert "Colette a écrit autre chose" in answer.json["error"]
        assert "Marie, 1234567" in answer.json["error"]
        assert (answer.json["stands"]["person"], answer.json["stands"]["phone"]) == ("Marie", "1234567")
        shown = roxane.post(f"{here}/referrals", {"id": str(row), "version": 1, "person": "Marie Fictive"})
        assert shown.status_code == 409
        assert "Marie Fictive" in shown.text
        assert "Renvoyez pour garder votre version." in shown.text
        assert refer(roxane, here, row, 2, person="Marie Fictive").json == {"version": 3}

    @pytest.mark.parametrize("version", [0, 1, 3, 10**9])
    def test_a_version_that_is_not_the_one_that_stands_puts_nothing_over_it(self, roxane, colette, here, version):
        row = uuid.uuid4()
        refer(roxane, here, row, person="Marie")
        refer(colette, here, row, 1, person="Selon Colette")
        answer = refer(roxane, here, row, version, person="Selon Roxane")
        assert (answer.status_code, answer.json["stands"]["person"]) == (409, "Selon Colette")

    def test_the_same_words_again_change_nothing_and_say_at_which_version_they_are(self, roxane, here):
        row = uuid.uuid4()
        refer(roxane, here, row, person="Marie Fictive")
        assert refer(roxane, here, row, 1, person="Marie  Fictive ").json == {"version": 1}

    def test_who_wrote_elsewhere_is_told_so(self, roxane, here):
        row = uuid.uuid4()
        refer(roxane, here, row, person="Marie")
        refer(roxane, here, row, 1, person="Marie F.")
        assert (
            "Vous avez écrit autre chose ailleurs" in refer(roxane, here, row, 1, person="Marie Fictive").json["error"]
        )

    def test_a_row_is_removed_and_comes_back(self, roxane, here, session):
        row = uuid.uuid4()
        refer(roxane, here, row, person="Marie")
        assert ask(roxane, f"{here}/referrals/{row}/remove").status_code == 200
        assert every(session, Referral)[0].removed_at is not None
        assert "Référence retirée" in roxane.get(here).text
        assert roxane.post(f"{here}/referrals/{row}/restore").status_code == 303
        assert every(session, Referral)[0].removed_at is None

    def test_the_organisation_that_is_named_says_by_whom(self, roxane, colette, here, case, session):
        [named] = open_cases(session, [NewOrganisation("L’Étape", Region.R03)], None)
        source_page = f"/organisations/{case.organisation_id}"
        session.commit()
        row = uuid.uuid4()
        refer(roxane, here, row, organisation="l'etape", person="Marie Fictive", phone="418 555-0101")
        page = colette.get(f"/organisations/{named}").text
        for said in ("Référée par", "Marie Fictive", "Maison d’essai", "noté par Roxane"):
            assert said in page
        assert "Déjà dans la liste" in colette.get(source_page).text
        ask(roxane, f"{here}/referrals/{row}/remove")
        assert "Marie Fictive" not in colette.get(f"/organisations/{named}").text

    def test_contacts_are_for_who_conducts_the_case(self, roxane, malik, here, case, session):
        page = f"/organisations/{case.organisation_id}"
        session.commit()
        refer(roxane, here, uuid.uuid4(), person="Marie Fictive")
        assert "Marie Fictive" not in malik.get(page).text
        assert refer(malik, here, uuid.uuid4(), person="Intrus").status_code == 403

    def test_a_row_of_one_case_is_not_reached_from_another(self, roxane, here, session):
        row = uuid.uuid4()
        refer(roxane, here, row, person="Marie")
        [there] = open_cases(session, [NewOrganisation("Ailleurs", Region.R01)], None)
        session.commit()
        roxane.post(f"/interviews/start/{there}", {"mode": "phone"})
        assert refer(roxane, "/interviews/2", row, 1, person="Autre").status_code == 404
        assert ask(roxane, f"/interviews/2/referrals/{row}/remove").status_code == 404


def test_the_review_says_where_all_is_ticked_with_one_of_its_own(roxane, here, block):
    said = "« Tous les sexes » et « Masculin » sont cochés à la fois."
    for version, sexes in enumerate((["all"], ["male", "female"], ["all", "male"])):
        assert said not in roxane.get(f"{here}/review").text
        words = {"audience": ["youth"], "youth_sex": sexes, "youth_sex__version": str(version)}
        roxane.post(f"{here}/initiatives/{block}", words)
    assert f"<strong>Q.9.1</strong> {said}" in roxane.get(f"{here}/review").text


def test_who_answers_from_the_start_answers_from_the_opening(roxane, here):
    assert '<option value="introduction">Opening</option>' in roxane.get(f"{here}?lang=en").text


class TestCallBack:
    def test_a_block_to_complete_shows_everywhere_until_it_is_done(self, roxane, here, block, case, session):
        path, home = f"{here}/initiatives/{block}/call-back", f"/organisations/{case.organisation_id}"
        session.commit()
        assert ask(roxane, path, reason="Le budget", due_on="2022-03-14").status_code == 200
        assert "14 mars 2022" in roxane.get(f"{here}/review").text
        assert "14 mars 2022" in roxane.get(home).text
        page = roxane.get(here).text
        assert 'value="Le budget"' in page
        assert "open data-planned" in page
        assert roxane.post(f"{path}/done").status_code == 303
        for place in (here, home, f"{here}/review"):
            assert "Le budget" not in roxane.get(place).text
        [kept] = every(session, CallBack)
        assert (kept.reason, kept.done_at is not None) == ("Le budget", True)

    def test_sent_again_after_it_was_done_it_changes_nothing(self, roxane, here, block, session):
        path, form_id = f"{here}/initiatives/{block}/call-back", str(uuid.uuid4())
        ask(roxane, path, reason="Le budget", form_id=form_id)
        ask(roxane, f"{path}/done")
        ask(roxane, path, reason="Le budget", form_id=form_id)
        assert every(session, CallBack)[0].done_at is not None
        ask(roxane, path, reason="Les partenaires")
        [again] = every(session, CallBack)
        assert (again.reason, again.done_at) == ("Les partenaires", None)

    def test_who_corrects_the_day_leaves_what_a_colleague_says_to_ask(self, roxane, colette, here, block, session):
        path = f"{here}/initiatives/{block}/call-back"
        ask(roxane, path, reason="Le budget")
        ask(colette, path, reason="Le budget et les partenaires", seen_reason="Le budget")
        answer = ask(roxane, path, reason="Le budget", seen_reason="Le  budget", due_on="2022-03-14")
        assert answer.json["stands"] == {"reason": "Le budget et les partenaires", "due_on": "2022-03-14"}
        [kept] = every(session, CallBack)
        assert (kept.reason, str(kept.due_on)) == ("Le budget et les partenaires", "2022-03-14")

    def test_two_who_say_what_to_ask_are_asked(self, roxane, colette, here, block, session):
        path = f"{here}/initiatives/{block}/call-back"
        ask(colette, path, reason="Les partenaires", due_on="2022-03-14")
        form_id = str(uuid.uuid4())
        answer = ask(roxane, path, reason="Le budget", form_id=form_id)
        assert answer.status_code == 409
        assert "Colette a écrit autre chose" in answer.json["error"]
        assert "Les partenaires, 14 mars 2022" in answer.json["error"]
        stands = answer.json["stands"]
        assert stands == {"reason": "Les partenaires", "due_on": "2022-03-14"}
        shown = roxane.post(path, {"reason": "Le budget"})
        assert shown.status_code == 409
        assert 'value="Le budget"' in shown.text
        assert [one.reason for one in every(session, CallBack)] == ["Les partenaires"]
        seen = dict(re.findall(r'name="(seen_\w+)" value="([^"]*)"', shown.text))
        assert seen == {f"seen_{name}": value for name, value in stands.items()}
        assert ask(roxane, path, reason="Le budget", form_id=form_id, **seen).status_code == 200
        [kept] = every(session, CallBack)
        assert (kept.reason, kept.due_on) == ("Le budget", None)

    def test_a_block_that_joined_another_is_not_there_to_be_completed(self, roxane, here, block, session, interview):
        kept = conduct.add_block(session, interview.id, uuid.uuid4()).uid
        session.commit()
        assert merge(roxane, here, kept, block)[0].status_code == 303
        for path in ("call-back", "call-back/done"):
            answer = ask(roxane, f"{here}/initiatives/{block}/{path}", reason="Le budget")
            assert answer.status_code == 404
            assert answer.json["error"]
        assert every(session, CallBack) == []

    def test_a_block_that_was_removed_keeps_what_to_ask_until_it_comes_back(self, roxane, here, block):
        path = f"{here}/initiatives/{block}"
        ask(roxane, f"{path}/remove")
        assert ask(roxane, f"{path}/call-back", reason="Le budget").status_code == 200
        ask(roxane, f"{path}/restore")
        assert 'value="Le budget"' in roxane.get(here).text

    def test_a_day_that_is_none_is_not_understood(self, roxane, here, block):
        assert ask(roxane, f"{here}/initiatives/{block}/call-back", due_on="demain").status_code == 400

    def test_it_is_for_who_conducts_the_case(self, malik, here, block):
        assert ask(malik, f"{here}/initiatives/{block}/call-back").status_code == 403
        assert ask(malik, f"{here}/initiatives/{uuid.uuid4()}/call-back/done").status_code == 403


def test_nothing_of_this_leaves_by_a_release(roxane, here, block, case, session):
    canary = "CANARI"
    park(roxane, here, canary, uuid.uuid4())
    refer(roxane, here, uuid.uuid4(), organisation=canary, person=canary, note=canary)
    ask(roxane, f"{here}/initiatives/{block}/call-back", reason=canary)
    session.add(Person(organisation_id=case.organisation_id, name=canary, meeting_url=f"https://{canary}"))
    session.commit()
    roxane.post(f"{here}/complete")
    tables = freezing.read(session)
    assert tables
    kept = [gzip.decompress(part.rows) for table in tables for part in table.parts]
    assert not [rows for rows in kept if canary.encode() in rows]
