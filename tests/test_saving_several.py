"""Several fields in one request: one commit, each with its own answer, and none that holds up the others."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.interview import conduct
from survey.interview.models import Edit, Initiative, Interview


@pytest.fixture
def block(session: Session, interview: Interview) -> Initiative:
    added = conduct.add_block(session, interview.id, uuid.uuid4())
    session.commit()
    return added


def one(item, value, **asked):
    return {"id": str(uuid.uuid4()), "item": item, "value": value, "version": 0} | asked


def send(who, here, *saves):
    answer = who.client.post(f"{here}/answers", json={"saves": list(saves)})
    assert answer.status_code == 200
    assert [result["id"] for result in answer.json["results"]] == [
        save.get("id") if isinstance(save, dict) else None for save in saves
    ]
    return answer.json["results"]


def statuses(results):
    return [result["status"] for result in results]


def edits(session, item):
    return session.scalars(sa.select(Edit.value).where(Edit.item == item).order_by(Edit.version)).all()


def test_fields_of_the_interview_and_of_its_blocks_travel_together(roxane, here, interview, block):
    uid = str(block.uid)
    results = send(
        roxane,
        here,
        one("needs", "Un local"),
        one("name", "Projet", block=uid),
        one("audience", ["youth", "others"], block=uid),
        one("name", "Vérifier", block=uid, part="note"),
        one("concerns", "", reason="refused"),
    )
    assert statuses(results) == [200] * 5
    assert [result["value"] for result in results] == ["Un local", "Projet", ["youth", "others"], "Vérifier", ""]
    assert (interview.needs, block.name) == ("Un local", "Projet")


def test_they_are_one_commit(app, roxane, here):
    engine, commits = app.extensions["db"]["engine"], []

    def note(connection):
        commits.append(connection)

    sa.event.listen(engine, "commit", note)
    try:
        send(roxane, here, one("needs", "Un local"), one("concerns", "Le temps"))
    finally:
        sa.event.remove(engine, "commit", note)
    assert len(commits) == 1


def test_what_is_refused_holds_up_nothing_else(roxane, colette, here, interview, block, session):
    uid = str(block.uid)
    send(colette, here, one("needs", "Colette"))
    first = one("name", "Projet", block=uid)
    results = send(
        roxane,
        here,
        first,
        one("year_created", "jadis", block=uid),
        one("needs", "Roxane"),
        one("name", "Ailleurs", block=str(uuid.uuid4())),
        one("description", "Le même", block=uid, id=first["id"]),
        one("hat", "x"),
        None,
        {},
        one("concerns", "Le temps"),
    )
    assert statuses(results) == [200, 422, 409, 404, 422, 422, 422, 422, 200]
    assert all(result["error"] for result in results if result["status"] in (404, 422))
    assert (results[2]["who"], results[2]["value"]) == ("Colette", "Colette")
    session.expire_all()
    assert (interview.needs, interview.concerns) == ("Colette", "Le temps")
    assert (block.name, block.description, block.year_created) == ("Projet", None, None)


def test_the_same_save_twice_in_one_request_has_one_effect(roxane, here, session):
    save = one("needs", "Un local")
    first, again = send(roxane, here, save, save)
    assert first == again
    assert edits(session, "needs") == ["Un local"]


def test_changes_of_one_field_follow_each_other_whatever_version_they_knew(roxane, here, interview, session):
    saves = [one("needs", "A"), one("needs", "A B"), one("needs", "A B"), one("needs", "A B C")]
    results = send(roxane, here, *saves)
    assert [(result["status"], result["version"]) for result in results] == [(200, 1), (200, 2), (200, 2), (200, 3)]
    assert edits(session, "needs") == ["A", "A B", "A B C"]
    assert send(roxane, here, *saves) == results, "the answer was lost, and all of it comes again"
    assert interview.needs == "A B C"


def test_an_answer_lost_and_what_was_typed_since_come_together(roxane, here, session):
    lost = one("needs", "A")
    send(roxane, here, lost)
    assert statuses(send(roxane, here, lost, one("needs", "A B"))) == [200, 200]
    assert edits(session, "needs") == ["A", "A B"]


def test_of_changes_that_follow_a_conflict_none_passes_over_it(roxane, colette, here, interview):
    mine = one("needs", "Roxane")
    send(roxane, here, mine)
    send(colette, here, one("needs", "Colette", version=1))
    assert statuses(send(roxane, here, mine, one("needs", "Roxane encore"))) == [200, 409]
    assert interview.needs == "Colette"


def test_whose_interview_it_is_and_whether_it_is_over_concern_the_whole_request(roxane, malik, here, session):
    assert malik.client.post(f"{here}/answers", json={"saves": [one("needs", "x")]}).status_code == 403
    roxane.post(f"{here}/complete")
    assert roxane.client.post(f"{here}/answers", json={"saves": [one("needs", "x")]}).status_code == 423
    assert edits(session, "needs") == []


@pytest.mark.parametrize("saves", [None, {}, "x", 3, [{}] * 101])
def test_what_is_no_list_of_saves_is_a_bad_request(roxane, here, saves):
    assert roxane.client.post(f"{here}/answers", json={"saves": saves}).status_code == 400


def test_an_empty_list_is_answered_with_an_empty_list(roxane, here):
    assert send(roxane, here) == []


def test_what_had_to_be_cleaned_is_said_with_what_is_kept(roxane, here, interview):
    pasted = [one("needs", "Un\u2028local\x00"), one("concerns", "Le temps"), one("needs", "À\x07 voir", part="note")]
    first, second, third = send(roxane, here, *pasted)
    assert (first["value"], third["value"]) == ("Un\nlocal", "À voir")
    assert "ne se voient pas" in first["cleaned"]
    assert "cleaned" in third
    assert "cleaned" not in second
    assert interview.needs == "Un\nlocal"


def test_what_is_too_large_is_refused_with_a_sentence_and_stays_in_the_page(roxane, here, interview):
    answer = roxane.client.post(f"{here}/answers", json=one("needs", "Un local " * 1_000_000))
    assert answer.status_code == 413
    assert answer.json["error"].endswith("votre texte reste dans la page.")
    assert interview.needs is None
