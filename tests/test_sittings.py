"""An interview in several sittings, with several respondents; and how long each part of it took."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
import sqlalchemy as sa

from survey.db import now
from survey.fieldwork.cases import NewOrganisation, assign, open_cases
from survey.fieldwork.models import Case, CaseEvent, EventKind
from survey.instrument.codes import ConsentPurpose, Mode, YesNo
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview import conduct, durations, saving, sittings
from survey.interview.course_models import ActiveTime, Respondent, Sitting
from survey.interview.durations import Spent
from survey.interview.models import Edit, Interview, Part
from survey.interview.saving import Change, Place

ITEMS = {item.name: item for _section, item in QUESTIONNAIRE.items()}


def spend(colleague, here, visit=None, **seconds):
    """What the page of a colleague tells of the time it was at work."""
    sent = {"visit": str(visit or uuid.uuid4()), "seconds": seconds}
    return colleague.post(f"{here}/time", json=sent)


def held(session):
    session.rollback()
    found = session.execute(sa.select(Sitting.number, Sitting.interviewer_id, Sitting.mode).order_by(Sitting.id)).all()
    session.rollback()
    return [tuple(row) for row in found]


def long_ago(session, minutes):
    """As if everything so far had happened that many minutes earlier."""
    earlier = now() - dt.timedelta(minutes=minutes)
    session.execute(sa.update(Sitting).values(began_at=earlier, ended_at=earlier))
    session.commit()


@pytest.fixture
def shared(session, case):
    """Nobody's case, so that two interviewers may work in its interview."""

    def share(colleague):
        assign(session, case, None, colleague.id)
        session.commit()

    return share


def test_who_opens_an_interview_begins_its_first_sitting(here, roxane, session):
    assert held(session) == [(1, roxane.id, Mode.PHONE)]
    assert "séance" not in roxane.get(here).text


def test_work_after_half_an_hour_of_silence_is_another_sitting(here, roxane, session, case):
    assert spend(roxane, here, general=20).json == {"sitting": ""}
    long_ago(session, 29)
    spend(roxane, here, general=25)
    assert len(held(session)) == 1
    long_ago(session, 31)
    assert re.fullmatch(r"2e séance, \d+ \w+, Roxane", spend(roxane, here, general=5).json["sitting"])
    assert held(session) == [(1, roxane.id, Mode.PHONE), (2, roxane.id, Mode.PHONE)]
    assert "2e séance" in roxane.get(here).text
    house = case.organisation_id
    session.rollback()
    assert "2e séance de l’entrevue" in roxane.get(f"/organisations/{house}").text


def test_two_interviewers_have_each_their_sitting_and_keep_it(here, roxane, colette, session):
    spend(colette, here, general=5)
    for _ in range(3):
        spend(roxane, here, general=5)
        spend(colette, here, general=5)
    assert held(session) == [(1, roxane.id, Mode.PHONE), (2, colette.id, Mode.PHONE)]
    events = session.scalars(sa.select(CaseEvent.text).where(CaseEvent.kind == EventKind.SITTING)).all()
    assert events == ["2"]


def test_whoever_only_looks_begins_no_sitting(here, colette, session):
    assert colette.get(here).status_code == 200
    assert len(held(session)) == 1


def test_a_sitting_has_a_mode_of_its_own(here, roxane, session):
    long_ago(session, 60)
    spend(roxane, here, general=5)
    assert roxane.post(f"{here}/sittings/2", {"mode": "zoom"}).status_code == 303
    assert [mode for _n, _who, mode in held(session)] == [Mode.PHONE, Mode.ZOOM]
    assert roxane.post(f"{here}/sittings/2", {"mode": "pigeon"}).status_code == 400
    assert roxane.post(f"{here}/sittings/9", {"mode": "zoom"}).status_code == 404


def test_a_completed_interview_opens_no_sitting_but_takes_what_was_still_on_its_way(here, roxane, session, interview):
    conduct.complete(session, interview, roxane.id)
    session.commit()
    long_ago(session, 60)
    assert spend(roxane, here, general=5).status_code == 200
    assert len(held(session)) == 1
    assert session.scalars(sa.select(ActiveTime.seconds)).all() == [5]


def test_time_told_twice_late_or_out_of_order_counts_once(here, roxane, session, interview):
    visit = uuid.uuid4()
    for seconds in (10, 30, 30, 20):
        assert spend(roxane, here, visit, general=seconds).status_code == 200
    spend(roxane, here, uuid.uuid4(), general=5, others=7)
    session.rollback()
    assert durations.spent(session.connection(), [interview.id]) == {
        (interview.id, "general", None): Spent(35, measured=True),
        (interview.id, "others", None): Spent(7, measured=True),
    }


def test_a_block_that_is_not_there_yet_is_counted_when_it_is(here, roxane, session, interview):
    visit, uid = uuid.uuid4(), uuid.uuid4()
    spend(roxane, here, visit, **{str(uid): 40, "nowhere": 3})
    assert session.scalars(sa.select(ActiveTime.seconds)).all() == []
    block = conduct.add_block(session, interview.id, uid)
    session.commit()
    spend(roxane, here, visit, **{str(uid): 60})
    session.rollback()
    assert durations.spent(session.connection()) == {(interview.id, "initiatives", block.id): Spent(60, measured=True)}


@pytest.mark.parametrize("spelled", ["{hex}", "{{{uid}}}", "urn:uuid:{uid}", "{upper}"])
def test_the_uid_of_a_block_has_one_spelling(here, roxane, session, interview, spelled):
    uid = conduct.add_block(session, interview.id, uuid.UUID("c0ffee00-0000-4000-8000-0000000000aa")).uid
    session.commit()
    other = spelled.format(uid=uid, hex=uid.hex, upper=str(uid).upper())
    assert spend(roxane, here, **{other: 40, "general": 5}).status_code == 200
    assert session.scalars(sa.select(ActiveTime.part)).all() == ["general"]


def test_a_visit_speaks_of_one_interview(here, roxane, session, interview):
    [organisation_id] = open_cases(session, [NewOrganisation("L’Étape")], None)
    case = session.scalars(sa.select(Case).where(Case.organisation_id == organisation_id)).one()
    other = conduct.start(session, case, Mode.PHONE, roxane.id)
    session.commit()
    visit, other_id = uuid.uuid4(), other.id
    spend(roxane, here, visit, general=10)
    spend(roxane, f"/interviews/{other_id}", visit, general=500)
    session.rollback()
    assert durations.spent(session.connection()) == {(interview.id, "general", None): Spent(10, measured=True)}


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"visit": "x", "seconds": {}},
        {"visit": str(uuid.uuid4()), "seconds": {"general": -1}},
        {"visit": str(uuid.uuid4()), "seconds": {"general": 1.5}},
        {"visit": str(uuid.uuid4()), "seconds": {"general": True}},
        {"visit": str(uuid.uuid4()), "seconds": {"general": 10**9}},
        {"visit": str(uuid.uuid4()), "seconds": ["general"]},
        {"visit": str(uuid.uuid4()), "seconds": {str(n): 1 for n in range(1001)}},
    ],
)
def test_what_is_no_time_is_refused(here, roxane, session, sent):
    assert roxane.post(f"{here}/time", json=sent).status_code == 400
    assert session.scalars(sa.select(ActiveTime.seconds)).all() == []


def test_the_time_of_a_colleague_s_interview_is_not_told(here, malik, bastien):
    for colleague in (malik, bastien):
        assert spend(colleague, here, general=1).status_code == 403
        assert colleague.get(f"{here}/time").status_code == 403


def answer(session, interview_id, name, value, user_id, at):
    """A save that came at some moment."""
    change = Change(uuid.uuid4(), ITEMS[name], Part.ANSWER, 0, value)
    saving.save(session.connection(), Place(interview_id), change, user_id)
    session.execute(sa.update(Edit).where(Edit.id == change.id).values(at=at))


def test_what_no_page_measured_is_reckoned_from_the_saves(session, interview, roxane):
    start = now()
    session.execute(sa.update(Edit).values(at=start))
    for name, minutes in (("respondent_name", 1), ("respondent_function", 2), ("knows_others", 10), ("needs", 12)):
        value = YesNo.NO if name == "knows_others" else "x"
        answer(session, interview.id, name, value, roxane.id, start + dt.timedelta(minutes=minutes))
    session.commit()
    assert durations.spent(session.connection()) == {
        (interview.id, "general", None): Spent(120, measured=False),
        (interview.id, "others", None): Spent(120, measured=False),
    }, "eight minutes without a save are a silence"


def past(session, roxane, n):
    """So many interviews of before, each with two blocks, completed."""
    names = [NewOrganisation(f"Organisme {i}") for i in range(n)]
    for i, organisation_id in enumerate(open_cases(session, names, None)):
        case = session.scalars(sa.select(Case).where(Case.organisation_id == organisation_id)).one()
        made = conduct.start(session, case, Mode.PHONE, roxane.id)
        blocks = [conduct.add_block(session, made.id, uuid.uuid4()) for _ in range(2)]
        sitting = sittings.of_interview(session, made.id)[0]
        seconds = {"general": 60 + i, "others": 120, **{str(block.uid): 300 for block in blocks}}
        durations.spend(session, sitting, uuid.uuid4(), seconds)
        conduct.complete(session, made, roxane.id)
    session.commit()


def test_too_few_interviews_predict_nothing(here, roxane, session):
    past(session, roxane, 4)
    spend(roxane, here, general=30)
    assert roxane.get(f"{here}/time").json == {"spent": {"general": 30}, "usual": None}


def test_enough_interviews_say_what_a_section_and_a_block_usually_take(here, roxane, session):
    past(session, roxane, 5)
    assert roxane.get(f"{here}/time").json == {
        "spent": {},
        "usual": {"general": 62, "others": 120, "initiatives": 300},
    }


def test_an_interview_that_was_declined_predicts_nothing(here, roxane, session):
    past(session, roxane, 5)
    declined = session.scalars(sa.select(Interview).where(Interview.completed_at.is_not(None))).first()
    assert declined is not None
    conduct.consent(session, declined, {ConsentPurpose.INTERVIEW: YesNo.NO}, roxane.id)
    session.commit()
    assert roxane.get(f"{here}/time").json["usual"] is None


@pytest.fixture
def add(roxane, here):
    def added(colleague=roxane, **typed):
        data = {"name": "Deuxième personne", "function": "Directrice", "from": "others", "version": 0} | typed
        return colleague.post(f"{here}/respondents", data, headers={"Accept": "application/json"})

    return added


def people(session):
    session.rollback()
    rows = session.execute(sa.select(Respondent.name, Respondent.function, Respondent.part, Respondent.removed_at))
    found = [(row.name, row.function, row.part, row.removed_at is not None) for row in rows]
    session.rollback()
    return found


def test_another_person_answers_from_some_point_on(add, here, roxane, session, interview):
    uid = uuid.uuid4()
    conduct.add_block(session, interview.id, uid)
    session.commit()
    assert add(**{"from": str(uid)}).json == {"version": 1}
    assert people(session) == [("Deuxième personne", "Directrice", "initiatives", False)]
    page = roxane.get(here).text
    assert 'value="Deuxième personne"' in page
    assert f'<option value="{uid}" selected>' in page


def test_a_respondent_sent_twice_is_one_and_a_correction_replaces(add, session):
    uid = str(uuid.uuid4())
    for _ in range(2):
        assert add(uid=uid).json == {"version": 1}
    assert add(uid=uid, name="Deuxième Personne", version=1).json == {"version": 2}
    assert add(uid=uid, name="Deuxième Personne (fictive)", version=2).json == {"version": 3}
    assert [row[0] for row in people(session)] == ["Deuxième Personne (fictive)"]


def test_two_colleagues_who_correct_a_respondent_see_each_other(add, colette, here, session):
    uid = str(uuid.uuid4())
    add(uid=uid)
    assert add(colette, uid=uid, name="Selon Colette", version=1).status_code == 200
    refused = add(uid=uid, name="Selon Roxane", version=1)
    assert refused.status_code == 409
    assert "Colette a écrit autre chose" in refused.json["error"]
    assert "Selon Colette" in refused.json["error"]
    assert [row[0] for row in people(session)] == ["Selon Colette"]
    assert add(uid=uid, name="Selon Roxane", version=refused.json["version"]).status_code == 200


def test_who_removes_and_restores_a_respondent_has_not_written_their_words(add, colette, roxane, here, session):
    uid = str(uuid.uuid4())
    add(uid=uid)
    add(colette, uid=uid, name="Selon Colette", version=1)
    for act in ("remove", "restore"):
        roxane.post(f"{here}/respondents/{uid}/{act}")
    refused = add(uid=uid, name="Selon Roxane", version=1)
    assert refused.status_code == 409
    assert "Colette a écrit autre chose" in refused.json["error"]
    assert refused.json["stands"] == {"name": "Selon Colette", "function": "Directrice", "from": "others"}
    assert people(session) == [("Selon Colette", "Directrice", "others", False)]


def test_what_is_said_of_a_respondent_comes_late_and_changes_nothing(add, session):
    uid, form_id = str(uuid.uuid4()), str(uuid.uuid4())
    add(uid=uid)
    add(uid=uid, name="Deux", version=1, form_id=form_id)
    add(uid=uid, name="Trois", version=2)
    late = add(uid=uid, name="Deux", version=1, form_id=form_id)
    assert (late.status_code, late.json["version"], late.json["stands"]["name"]) == (200, 3, "Trois")
    assert add(uid=uid, name="Deux", version=1).status_code == 409, "an older form of one's own"
    assert [row[0] for row in people(session)] == ["Trois"]


def test_a_removal_sent_twice_leaves_a_respondent_whom_a_colleague_restored(add, roxane, colette, here, session):
    uid, form = str(uuid.uuid4()), {"form_id": str(uuid.uuid4())}
    add(uid=uid)
    roxane.post(f"{here}/respondents/{uid}/remove", form)
    colette.post(f"{here}/respondents/{uid}/restore", {"form_id": str(uuid.uuid4())})
    assert roxane.post(f"{here}/respondents/{uid}/remove", form).status_code == 303
    assert people(session) == [("Deuxième personne", "Directrice", "others", False)]


def test_a_form_about_a_respondent_that_was_refused_is_sent_again(add, colette, session):
    uid, form_id = str(uuid.uuid4()), str(uuid.uuid4())
    add(uid=uid)
    add(colette, uid=uid, name="Selon Colette", version=1)
    assert add(uid=uid, name="Selon Roxane", version=1, form_id=form_id).status_code == 409
    assert add(uid=uid, name="Selon Roxane", version=2, form_id=form_id).json == {"version": 3}
    assert [row[0] for row in people(session)] == ["Selon Roxane"]


def test_without_a_script_a_refused_respondent_comes_back_as_typed(roxane, colette, here, add, session):
    refused = roxane.post(f"{here}/respondents", {"name": " ", "function": "Directrice"})
    assert refused.status_code == 422
    assert 'value="Directrice"' in refused.text
    uid = str(uuid.uuid4())
    add(colette, uid=uid)
    add(colette, uid=uid, name="Selon Colette", version=1)
    refused = roxane.post(f"{here}/respondents", {"uid": uid, "name": "Selon Roxane", "version": "1"})
    assert refused.status_code == 409
    assert 'value="Selon Roxane"' in refused.text
    [version] = re.findall(r'name="version" value="(\d+)"', refused.text)
    kept = roxane.post(f"{here}/respondents", {"uid": uid, "name": "Selon Roxane", "version": version})
    assert kept.status_code == 303
    assert [row[0] for row in people(session)] == ["Selon Roxane"]


def test_a_respondent_who_was_removed_comes_back_whole(add, roxane, here, session):
    uid = uuid.uuid4()
    add(uid=str(uid))
    assert roxane.post(f"{here}/respondents/{uid}/remove").status_code == 303
    assert people(session) == [("Deuxième personne", "Directrice", "others", True)]
    roxane.post(f"{here}/respondents/{uid}/restore")
    assert people(session) == [("Deuxième personne", "Directrice", "others", False)]
    assert roxane.post(f"{here}/respondents/{uuid.uuid4()}/remove").status_code == 404


def test_a_respondent_is_of_one_interview_and_of_who_conducts_it(add, malik, roxane, here, session, interview):
    uid = str(uuid.uuid4())
    add(uid=uid)
    assert add(malik).status_code == 403
    [organisation_id] = open_cases(session, [NewOrganisation("L’Étape")], None)
    case = session.scalars(sa.select(Case).where(Case.organisation_id == organisation_id)).one()
    other = conduct.start(session, case, Mode.PHONE, roxane.id)
    session.commit()
    there = f"/interviews/{other.id}/respondents"
    session.commit()
    assert roxane.post(there, {"uid": uid, "name": "X"}).status_code == 404
    conduct.complete(session, interview, roxane.id)
    session.commit()
    assert add().status_code == 423
