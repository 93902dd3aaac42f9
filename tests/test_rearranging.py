"""Blocks rearranged during the call: one is in fact two, two are one, one is a partner’s. Nothing said is lost."""

from __future__ import annotations

import re
import uuid

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.audit import AuditEntry
from survey.fieldwork.cases import NewOrganisation, assign, open_cases
from survey.fieldwork.models import Case, CaseEvent, EventKind
from survey.instrument.codes import Audience, Funding, MissingReason, Mode, Region, Status, YesNo
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview import conduct, saving, sheet
from survey.interview.course_models import Rearrangement
from survey.interview.drawing import block_key
from survey.interview.merging import Undecided, joined
from survey.interview.models import Edit, Initiative, Interview, Note, Part
from survey.interview.saving import Change, Place
from survey.interview.sheet import Record
from survey.release import source

ITEMS = {item.name: item for _section, item in QUESTIONNAIRE.items()}


@pytest.fixture
def said(session, interview, roxane):
    """`said(uid, name="Projet", …)`: what Roxane types in a block; a pair is an answer and its note."""

    def saved(uid, reason=None, by=roxane, **answers):
        for name, value in answers.items():
            value, note = value if isinstance(value, tuple) else (value, None)
            for part, text in ((Part.ANSWER, value), (Part.NOTE, note)):
                if part is Part.ANSWER or text:
                    place = Place(interview.id, uid)
                    version = saving.find(session.connection(), place, ITEMS[name], part).version
                    change = Change(uuid.uuid4(), ITEMS[name], part, version, text, reason)
                    saving.save(session.connection(), place, change, by.id)
        session.commit()
        session.expire_all()

    return saved


@pytest.fixture
def blocks(session, interview):
    """The `uid`s of three blocks."""
    uids = [uuid.uuid4() for _ in range(3)]
    for uid in uids:
        conduct.add_block(session, interview.id, uid)
    session.commit()
    return uids


def form(page):
    """The hidden fields of the form that stands on a page."""
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', page.split("<main")[1]))
    return {name: value for name, value in hidden.items() if name != "csrf_token"}


def block(session: Session, uid) -> Initiative:
    session.expire_all()
    return session.scalars(sa.select(Initiative).where(Initiative.uid == uid)).one()


def shown(session: Session, interview_id: int) -> list[str | None]:
    """The names of the blocks on the page, in order."""
    session.rollback()
    found = [record.answers["name"] for record in sheet.load(session.connection(), interview_id).blocks]
    session.rollback()
    return found


def notes(session: Session) -> list[str]:
    session.rollback()
    found = list(session.scalars(sa.select(Note.text).order_by(Note.text)))
    session.rollback()
    return found


def save(colleague, here, uid, item, value, version):
    sent = {"id": str(uuid.uuid4()), "block": str(uid), "item": item, "value": value, "version": version}
    return colleague.post(f"{here}/answers", json=sent)


@pytest.fixture
def split(roxane, here, blocks, said, session):
    """The first block, split: its description went, its partners are in both, the rest stayed."""
    said(blocks[0], name="Deux projets", description="Ce qui est dit du second", partners=("La police", "à vérifier"))
    said(blocks[1], name="Un autre")
    path = f"{here}/initiatives/{blocks[0]}/split"
    data = form(roxane.get(path).text) | {"name": "stay", "description": "go", "partners": "both"}
    answer = roxane.post(path, data)
    assert answer.status_code == 303
    session.rollback()
    [act] = session.scalars(sa.select(Rearrangement)).all()
    made = act.other.uid
    session.rollback()
    return path, data, made


def test_a_block_that_is_two_gives_what_was_said_to_a_new_one_right_after_it(split, blocks, session, interview):
    _path, _data, made = split
    first, second = block(session, blocks[0]), block(session, made)
    assert (first.name, first.description, first.partners) == ("Deux projets", None, "La police")
    assert (second.name, second.description, second.partners) == (None, "Ce qui est dit du second", "La police")
    assert notes(session) == ["à vérifier", "à vérifier"]
    assert shown(session, interview.id) == ["Deux projets", None, "Un autre", None]
    history = session.scalars(
        sa.select(Edit.value).where(Edit.initiative_id == block(session, blocks[0]).id, Edit.item == "description")
    ).all()
    assert sorted(history, key=str) == ["Ce qui est dit du second", None]
    assert "initiative.split" in session.scalars(sa.select(AuditEntry.action)).all()


def test_a_split_sent_twice_makes_one_block(split, roxane, session):
    path, data, made = split
    answer = roxane.post(path, data)
    assert answer.status_code == 303
    assert answer.location.endswith(f"#{block_key(made)}")
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(Initiative)) == 4


def test_everything_may_be_copied_to_both(roxane, here, blocks, said, session):
    said(blocks[0], name="Projet", audience=frozenset({Audience.YOUTH}), status=Status.RUNNING)
    path = f"{here}/initiatives/{blocks[0]}/split"
    data = form(roxane.get(path).text) | {"everything": "1"}
    roxane.post(path, data)
    [made] = [one.other.uid for one in session.scalars(sa.select(Rearrangement))]
    first, second = block(session, blocks[0]), block(session, made)
    for one in (first, second):
        assert (one.name, one.audience, one.status) == ("Projet", {Audience.YOUTH}, Status.RUNNING)


def test_a_page_that_still_shows_what_went_elsewhere_meets_a_conflict_and_keeps_its_words(split, roxane, here, blocks):
    answer = save(roxane, here, blocks[0], "description", "Ce qui est dit du second, et plus", 1)
    assert answer.status_code == 409
    assert (answer.json["value"], answer.json["version"]) == ("", 2)


@pytest.fixture
def elsewhere(session, partner, roxane):
    """The `uid` of a block of another interview."""
    uid = uuid.uuid4()
    conduct.add_block(session, conduct.start(session, partner, Mode.PHONE, roxane.id).id, uid)
    session.commit()
    return uid


@pytest.mark.parametrize("whose", ["its own", "a neighbour’s", "elsewhere"])
def test_a_split_that_carries_the_uid_of_a_block_makes_a_block_of_its_own(
    roxane, here, blocks, said, elsewhere, session, interview, whose
):
    said(blocks[0], name="Deux projets", description="Le second")
    said(blocks[1], description="Ce que dit le voisin")
    form_id = {"its own": blocks[0], "a neighbour’s": blocks[1], "elsewhere": elsewhere}[whose]
    path = f"{here}/initiatives/{blocks[0]}/split"
    data = form(roxane.get(path).text) | {"description": "go", "form_id": str(form_id)}
    assert roxane.post(path, data).status_code == 303
    assert shown(session, interview.id) == ["Deux projets", None, None, None]
    assert roxane.post(f"{here}/rearrangements/{form_id}/undo").status_code == 303
    assert shown(session, interview.id) == ["Deux projets", None, None]
    assert block(session, blocks[0]).description == "Le second"
    assert block(session, blocks[1]).description == "Ce que dit le voisin"


def occupied(colleague, here, act, uid, name, **where):
    """A save by a colleague, elsewhere, under the id that an act has or would have for one of its own."""
    identifier = str(uuid.uuid5(act, f"{uid} {name} answer"))
    sent = {"id": identifier, "item": "needs", "value": "Un local", "version": 0} | where
    return colleague.post(f"{here}/answers", json=sent)


def test_an_act_is_undone_whatever_ids_a_colleague_uses(split, roxane, colette, here, blocks, said, session, interview):
    act = uuid.UUID(split[1]["form_id"])
    said(blocks[1], objectives="Les objectifs du voisin")
    for key, name, where in (
        (uuid.uuid5(act, "undone"), "description", {}),
        (act, "name", {"item": "concerns", "value": "Le temps"}),
        (act, "objectives", {"block": str(blocks[1]), "item": "delivery", "value": "En groupe"}),
    ):
        assert occupied(colette, here, key, blocks[0], name, **where).status_code == 200
    answer = roxane.post(f"{here}/rearrangements/{act}/undo", follow_redirects=True)
    assert "C’est annulé." in answer.text
    first = block(session, blocks[0])
    assert (first.name, first.description, first.objectives) == ("Deux projets", "Ce qui est dit du second", None)


@pytest.mark.parametrize("what", ["split", "merge"])
def test_an_act_under_ids_that_were_used_is_not_understood_and_changes_nothing(
    roxane, here, blocks, said, session, interview, what
):
    said(blocks[0], name="Projet", description="Le second")
    said(blocks[1], description="Et plus")
    path, act = f"{here}/initiatives/{blocks[0]}/{what}", uuid.uuid4()
    data = form(roxane.get(f"{path}?with={blocks[1]}").text) | {"form_id": str(act)}
    assert occupied(roxane, here, act, blocks[0], "description").status_code == 200
    assert roxane.post(path, data | {"description": "go"} if what == "split" else data).status_code == 400
    assert shown(session, interview.id) == ["Projet", None, None]
    assert block(session, blocks[0]).description == "Le second"


def test_a_split_of_what_has_changed_since_is_shown_anew(roxane, here, blocks, said, session):
    said(blocks[0], name="Projet", description="Avant")
    path = f"{here}/initiatives/{blocks[0]}/split"
    data = form(roxane.get(path).text) | {"description": "go"}
    said(blocks[0], description="Après")
    answer = roxane.post(path, data)
    assert answer.status_code == 409
    assert "Après" in answer.text
    assert 'value="go" checked' in answer.text
    assert roxane.post(path, form(answer.text) | {"description": "go"}).status_code == 303


def test_a_split_that_moves_nothing_says_so(roxane, here, blocks, said):
    said(blocks[0], name="Projet")
    path = f"{here}/initiatives/{blocks[0]}/split"
    answer = roxane.post(path, form(roxane.get(path).text))
    assert answer.status_code == 422
    assert "Choisissez ce qui passe" in answer.text


def test_undoing_a_split_gives_back_what_went_and_sets_the_new_block_aside(
    split, roxane, here, blocks, session, interview
):
    _path, data, made = split
    undo = f"{here}/rearrangements/{data['form_id']}/undo"
    page = roxane.get(here).text
    assert "a été séparée en deux" in page
    assert roxane.post(undo).status_code == 303
    assert block(session, blocks[0]).description == "Ce qui est dit du second"
    assert shown(session, interview.id) == ["Deux projets", "Un autre", None]
    assert block(session, made).description == "Ce qui est dit du second", "aside, whole"
    assert "a été séparée en deux" not in roxane.get(here).text
    roxane.post(undo)
    assert block(session, blocks[0]).description == "Ce qui est dit du second"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True, scope="session")
def test_the_page_lands_where_it_says_what_was_done_and_undoes_it(at_desk, roxane, here, blocks, said, session):
    for uid in blocks:
        said(uid, name="Projet", description="Deux choses")
    page = at_desk(roxane, f"{here}/initiatives/{blocks[1]}/split")
    page.get_by_role("button", name="les deux").last.click()
    page.wait_for_url("**/interviews/*#b-*")
    notice = page.locator(f".block[id='{page.url.split('#')[1]}'] .rearranged")
    expect(notice).to_contain_text("a été séparée en deux")
    expect(notice).to_be_in_viewport(ratio=1)
    notice.get_by_role("button", name="Défaire").click()
    expect(page.locator(".block")).to_have_count(3)
    page.goto(f"{here}/initiatives/{blocks[1]}/merge?with={blocks[2]}")
    page.locator("main form[method=post] button").last.click()
    page.wait_for_url(f"**/interviews/*#{block_key(blocks[1])}")
    notice = page.locator(f"#{block_key(blocks[1])} .rearranged")
    expect(notice).to_contain_text("a rejoint")
    expect(notice).to_be_in_viewport(ratio=1)


def test_undoing_leaves_alone_what_was_said_since(split, roxane, here, blocks, session):
    _path, data, _made = split
    assert save(roxane, here, blocks[0], "description", "Nouvelle description", 2).status_code == 200
    answer = roxane.post(f"{here}/rearrangements/{data['form_id']}/undo", follow_redirects=True)
    assert "Ce qui a changé depuis reste tel quel" in answer.text
    assert block(session, blocks[0]).description == "Nouvelle description"


def merge(colleague, here, kept, other, **chosen):
    path = f"{here}/initiatives/{kept}/merge"
    data = form(colleague.get(f"{path}?with={other}").text) | chosen
    return colleague.post(path, data), data


@pytest.fixture
def merged(roxane, here, blocks, said):
    said(
        blocks[0],
        name="Le projet",
        description="Dit en premier",
        audience=frozenset({Audience.YOUTH}),
        year_created=(2015, "selon elle"),
        partners="La police",
    )
    said(
        blocks[1],
        name="Projet (suite)",
        description="Dit en second",
        audience=frozenset({Audience.PARENTS}),
        year_created=2018,
        partners="La police",
        delivery="En groupe",
    )
    answer, data = merge(roxane, here, blocks[0], blocks[1], year_created="kept")
    assert answer.status_code == 303
    return data


def test_two_blocks_that_are_one_keep_every_word_of_both(merged, blocks, session, interview):
    kept, other = block(session, blocks[0]), block(session, blocks[1])
    assert kept.name == "Le projet; Projet (suite)"
    assert kept.description == "Dit en premier\nDit en second"
    assert kept.audience == {Audience.YOUTH, Audience.PARENTS}
    assert (kept.year_created, kept.partners, kept.delivery) == (2015, "La police", "En groupe")
    assert notes(session) == ["selon elle\nÉcarté en réunissant deux initiatives : 2018"]
    assert shown(session, interview.id) == ["Le projet; Projet (suite)", None]
    assert (other.name, other.year_created) == ("Projet (suite)", 2018), "aside, whole"
    assert "initiative.merge" in session.scalars(sa.select(AuditEntry.action)).all()


def test_a_contradiction_is_chosen_and_never_guessed(roxane, here, blocks, said, session):
    said(blocks[0], status=Status.RUNNING, funding=frozenset({Funding.NONE}))
    said(blocks[1], status=Status.SUSPENDED, funding=frozenset({Funding.FUNDED}))
    page = roxane.get(f"{here}/initiatives/{blocks[0]}/merge?with={blocks[1]}").text
    assert page.count("Les deux se contredisent") == 2
    answer, _data = merge(roxane, here, blocks[0], blocks[1], status="other")
    assert answer.status_code == 422
    assert block(session, blocks[1]).merged_into_id is None
    answer, _data = merge(roxane, here, blocks[0], blocks[1], status="other", funding="other")
    assert answer.status_code == 303
    kept = block(session, blocks[0])
    assert (kept.status, kept.funding) == (Status.SUSPENDED, {Funding.FUNDED})
    assert notes(session) == [
        "Écarté en réunissant deux initiatives : En application",
        "Écarté en réunissant deux initiatives : Non financé",
    ]


def test_two_blocks_that_contradict_each_other_are_not_joined_by_chance():
    kept, other = (Record(n, uuid.uuid4(), {"year_created": 2015 + n}) for n in (1, 2))
    with pytest.raises(Undecided):
        joined(ITEMS["year_created"], kept, other)


def test_an_answer_is_worth_more_than_a_reason_for_having_none(roxane, here, blocks, said, session):
    said(blocks[0], reason=MissingReason.DONT_KNOW, year_created=None, delivery=None)
    said(blocks[1], year_created=2019)
    assert merge(roxane, here, blocks[0], blocks[1])[0].status_code == 303
    assert block(session, blocks[0]).year_created == 2019
    record = sheet.load(session.connection(), 1).blocks[0]
    assert record.reasons == {"delivery": MissingReason.DONT_KNOW}


def test_a_page_that_still_shows_both_blocks_learns_that_one_is_gone(merged, roxane, here, blocks, session):
    answer = save(roxane, here, blocks[1], "description", "Un mot de plus", 1)
    assert answer.status_code == 404
    assert answer.json["error"]
    several = roxane.post(
        f"{here}/answers",
        json={
            "saves": [
                {"id": str(uuid.uuid4()), "block": str(uid), "item": "objectives", "value": "Mot", "version": 0}
                for uid in (blocks[1], blocks[2])
            ]
        },
    )
    assert [one["status"] for one in several.json["results"]] == [404, 200]
    assert roxane.post(f"{here}/initiatives/{blocks[1]}/restore").status_code == 303
    assert block(session, blocks[1]).removed_at is not None


def test_a_merger_sent_twice_joins_the_words_once(merged, roxane, here, blocks, session):
    assert roxane.post(f"{here}/initiatives/{blocks[0]}/merge", merged).status_code == 303
    assert block(session, blocks[0]).description == "Dit en premier\nDit en second"


def test_undoing_a_merger_gives_both_back(merged, roxane, here, blocks, session, interview):
    assert "a rejoint" in roxane.get(here).text
    roxane.post(f"{here}/rearrangements/{merged['form_id']}/undo")
    kept = block(session, blocks[0])
    assert (kept.name, kept.description, kept.audience) == ("Le projet", "Dit en premier", {Audience.YOUTH})
    assert notes(session) == ["selon elle"]
    assert shown(session, interview.id) == ["Le projet", "Projet (suite)", None]
    assert save(roxane, here, blocks[1], "description", "Un mot de plus", 1).status_code == 200


def test_what_was_merged_again_is_undone_in_order(merged, roxane, here, blocks, session):
    merge(roxane, here, blocks[2], blocks[0])
    page = roxane.get(here).text
    assert page.count("a rejoint") == 1
    answer = roxane.post(f"{here}/rearrangements/{merged['form_id']}/undo", follow_redirects=True)
    assert "annulez d’abord cela" in answer.text
    assert block(session, blocks[1]).merged_into_id is not None


@pytest.fixture
def partner(session) -> Case:
    """The case of another organisation, which is nobody's."""
    [organisation_id] = open_cases(session, [NewOrganisation("L’Organisme partenaire", Region.R06)], None)
    session.commit()
    found = session.scalars(sa.select(Case).where(Case.organisation_id == organisation_id)).one()
    session.commit()
    return found


def move(colleague, here, uid, case_id):
    path = f"{here}/initiatives/{uid}/move"
    data = form(colleague.get(f"{path}?q=partenaire").text) | {"case": case_id}
    return colleague.post(path, data), data


def test_a_block_moves_to_the_interview_of_a_partner_with_its_history(
    roxane, here, blocks, said, partner, session, interview
):
    said(blocks[0], name=("Chez le partenaire", "vérifier"), funding=frozenset({Funding.FUNDED}))
    said(blocks[1], name="Ici")
    number, partner_id = block(session, blocks[0]).id, partner.id
    answer, _data = move(roxane, here, blocks[0], partner_id)
    assert answer.status_code == 303
    moved = block(session, blocks[0])
    to = session.get_one(Interview, moved.interview_id)
    assert (to.case_id, to.completed_at, to.held_on, to.mode) == (partner_id, None, None, interview.mode)
    assert (moved.id, moved.name, moved.funding) == (number, "Chez le partenaire", {Funding.FUNDED})
    assert {edit.interview_id for edit in session.scalars(sa.select(Edit).where(Edit.initiative_id == number))} == {
        to.id
    }
    assert session.scalars(sa.select(Note.interview_id)).all() == [to.id]
    assert shown(session, interview.id) == ["Ici", None]
    assert shown(session, to.id) == ["Chez le partenaire"]
    events = session.execute(
        sa.select(CaseEvent.case_id, CaseEvent.kind, CaseEvent.text).where(
            CaseEvent.kind.in_([EventKind.INITIATIVE_SENT, EventKind.INITIATIVE_RECEIVED])
        )
    ).all()
    assert sorted(map(tuple, events), key=str) == [
        (interview.case_id, EventKind.INITIATIVE_SENT, "L’Organisme partenaire"),
        (partner_id, EventKind.INITIATIVE_RECEIVED, "Maison d’essai"),
    ]
    house = session.get_one(Case, partner_id).organisation_id
    session.commit()
    assert "Initiative reçue de l’entrevue de Maison d’essai" in roxane.get(f"/organisations/{house}").text


def test_a_page_that_still_shows_a_block_that_moved_is_told(roxane, here, blocks, said, partner):
    said(blocks[0], name="Chez le partenaire")
    move(roxane, here, blocks[0], partner.id)
    assert save(roxane, here, blocks[0], "description", "Un mot de plus", 0).status_code == 404


def test_a_block_goes_to_the_interview_that_is_open(roxane, here, blocks, partner, session):
    opened = conduct.start(session, partner, Mode.ZOOM, roxane.id)
    session.commit()
    opened_id = opened.id
    _answer, data = move(roxane, here, blocks[0], partner.id)
    assert block(session, blocks[0]).interview_id == opened_id
    assert roxane.post(f"{here}/initiatives/{blocks[0]}/move", data).status_code == 303, "sent twice"
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(Interview)) == 2


def test_a_block_that_moved_comes_back(roxane, here, blocks, said, partner, session, interview):
    said(blocks[0], name="Chez le partenaire")
    _answer, data = move(roxane, here, blocks[0], partner.id)
    assert "est maintenant dans l’entrevue de L’Organisme partenaire" in roxane.get(here).text
    roxane.post(f"{here}/rearrangements/{data['form_id']}/undo")
    assert block(session, blocks[0]).interview_id == interview.id
    assert shown(session, interview.id) == [None, None, "Chez le partenaire"]


def test_a_block_that_moved_to_an_organisation_of_another_team_does_not_name_it(
    roxane, malik, colette, here, blocks, said, partner, session
):
    said(blocks[0], name="Chez le partenaire")
    move(roxane, here, blocks[0], partner.id)
    assert "entrevue de L’Organisme partenaire" in roxane.get(here).text
    assign(session, session.get_one(Case, partner.id), malik.id, colette.id)
    for name, team in (("Roxane", "Nord"), ("Malik", "Sud")):
        session.execute(sa.update(User).where(User.name == name).values(team=team))
    session.commit()
    page = roxane.get(here).text
    assert "est maintenant dans l’entrevue d’une autre équipe" in page
    assert "L’Organisme partenaire" not in page


def test_who_does_not_conduct_both_moves_nothing(roxane, malik, colette, here, blocks, partner, session, interview):
    assign(session, partner, malik.id, colette.id)
    session.commit()
    partner_id = partner.id
    answer, _data = move(roxane, here, blocks[0], partner_id)
    assert answer.status_code == 403
    assert "L’Organisme partenaire" not in roxane.get(f"{here}/initiatives/{blocks[0]}/move?q=partenaire").text
    assert malik.get(f"{here}/initiatives/{blocks[0]}/move").status_code == 403
    assert block(session, blocks[0]).interview_id == interview.id
    assert "L’Organisme partenaire" in colette.get(f"{here}/initiatives/{blocks[0]}/move?q=partenaire").text
    assert move(colette, here, blocks[0], partner_id)[0].status_code == 303
    assert block(session, blocks[0]).interview_id != interview.id


def test_a_completed_interview_is_not_rearranged(roxane, here, blocks, said, session, interview):
    said(blocks[0], name="Projet")
    conduct.complete(session, interview, roxane.id)
    session.commit()
    for what in ("split", "merge", "move"):
        assert roxane.get(f"{here}/initiatives/{blocks[0]}/{what}").status_code == 423
        assert roxane.post(f"{here}/initiatives/{blocks[0]}/{what}").status_code == 423


@pytest.mark.parametrize("what", ["split", "merge", "move"])
def test_a_block_that_is_not_there_is_not_rearranged(roxane, here, blocks, what):
    nowhere = f"{here}/initiatives/{uuid.uuid4()}/{what}"
    assert roxane.get(nowhere).status_code == 404
    assert roxane.post(nowhere).status_code == 404
    there = f"{here}/initiatives/{blocks[0]}/{what}"
    for bad in (
        {"case": "-1"},
        {"case": "9" * 30},
        {"case": "x"},
        {"with": "x"},
        {"with": str(blocks[0])},
        {"name": "?"},
    ):
        assert roxane.post(there, bad).status_code in (400, 404, 409), bad


def test_what_was_said_leaves_once_whatever_was_rearranged(split, merged, roxane, session, interview):
    interview.has_initiatives = YesNo.YES
    session.commit()
    names = [row["name"] for row in source.read(session.connection()).initiatives]
    session.rollback()
    assert len(names) == len(shown(session, interview.id))


def test_acts_are_rows_that_stay(split, roxane, here, session):
    roxane.post(f"{here}/rearrangements/{split[1]['form_id']}/undo")
    session.rollback()
    [act] = session.scalars(sa.select(Rearrangement)).all()
    assert act.undone_at is not None
