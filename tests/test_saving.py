"""One field saved: once, in order, never over somebody else's words."""

from __future__ import annotations

import itertools
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from survey.accounts.models import Role
from survey.db import db
from survey.instrument.codes import Audience, Disposition, Funding, MissingReason
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview import conduct, saving, sheet
from survey.interview.forms import FILTERS, answer_in, form_of
from survey.interview.models import Edit, Initiative, Interview, Nonresponse, Note, Part
from survey.interview.saving import Change, Conflict, Place, Reused, Saved
from survey.interview.saving_views import said_in
from survey.text import normalise
from tests.conftest import Colleague

ITEMS = {item.name: item for _section, item in QUESTIONNAIRE.items()}


def change(name, value, version=0, reason=None, part=Part.ANSWER, identifier=None):
    return Change(identifier or uuid.uuid4(), ITEMS[name], part, version, value, reason)


@pytest.fixture
def block(session: Session, interview: Interview) -> Initiative:
    added = conduct.add_block(session, interview.id, uuid.uuid4())
    session.commit()
    return added


@pytest.fixture
def save(session: Session, interview: Interview, roxane: Colleague):
    def saved(changed, block=None, by=roxane):
        place = Place(interview.id, block.uid if block else None)
        result = saving.save(session.connection(), place, changed, by.id)
        session.commit()
        session.expire_all()
        return result

    return saved


def test_what_is_said_is_in_its_column_and_in_the_history(save, interview, session):
    assert save(change("concerns", "Le temps manque.")) == Saved(1, "Le temps manque.", None)
    assert interview.concerns == "Le temps manque."
    assert save(change("concerns", "Le temps et l’argent manquent.", 1)).version == 2
    history = session.scalars(sa.select(Edit.value).where(Edit.item == "concerns").order_by(Edit.version)).all()
    assert history == ["Le temps manque.", "Le temps et l’argent manquent."]


def test_boxes_are_rows_and_are_replaced_as_a_whole(save, block):
    save(change("audience", frozenset({Audience.YOUTH, Audience.PARENTS})), block)
    assert block.audience == {Audience.YOUTH, Audience.PARENTS}
    assert save(change("audience", frozenset({Audience.OTHERS}), 1), block) == Saved(2, "others", None)
    assert block.audience == {Audience.OTHERS}
    save(change("audience", frozenset(), 2), block)
    assert block.audience == set()


def test_a_reason_for_no_answer_is_a_row_of_its_own(save, block, session):
    save(change("funding", frozenset(), reason=MissingReason.REFUSED), block)
    assert session.scalars(sa.select(Nonresponse.reason)).all() == [MissingReason.REFUSED]
    save(change("funding", frozenset({Funding.NONE}), 1), block)
    assert session.scalars(sa.select(Nonresponse.reason)).all() == []


def test_a_note_stands_beside_the_answer_and_has_its_own_version(save, block, session):
    save(change("name", "Projet"), block)
    assert save(change("name", "Vérifier l’orthographe", part=Part.NOTE), block).version == 1
    assert session.scalars(sa.select(Note.text)).all() == ["Vérifier l’orthographe"]
    save(change("name", None, 1, part=Part.NOTE), block)
    assert session.scalars(sa.select(Note.text)).all() == []
    assert block.name == "Projet"


def test_the_same_save_sent_again_changes_nothing_and_gets_the_same_receipt(save, interview, session):
    first = change("needs", "Un local")
    receipt = save(first)
    save(change("needs", "Deux locaux", 1))
    assert save(first) == receipt, "a replay a day later, after other saves"
    assert interview.needs == "Deux locaux"
    assert session.scalar(sa.select(sa.func.count()).select_from(Edit).where(Edit.item == "needs")) == 2


def test_the_first_receipt_comes_back_even_when_the_field_says_the_same_again(save):
    first = change("needs", "A")
    receipt = save(first)
    save(change("needs", "B", 1))
    save(change("needs", "A", 2))
    assert save(first) == receipt


def test_a_version_from_before_a_restored_backup_is_taken_and_goes_on_from_there(save, interview):
    receipt = save(change("needs", "Un local", 5))
    assert receipt.version == 6
    assert save(change("needs", "Deux locaux", receipt.version)).version == 7
    assert interview.needs == "Deux locaux"


@pytest.mark.parametrize("of_block", [True, False], ids=["in a block", "in the interview"])
def test_a_version_that_nobody_types_their_way_to_leaves_the_field_open(save, roxane, here, interview, block, of_block):
    where = {"block": str(block.uid), "item": "name"} if of_block else {"item": "needs"}

    def sent(value, version):
        return roxane.post(
            f"{here}/answers", json={"id": str(uuid.uuid4()), "value": value, "version": version} | where
        )

    first = sent("Un local", 999_999)
    assert first.status_code == 200
    second = sent("Deux locaux", first.json["version"])
    assert (second.status_code, second.json["value"]) == (200, "Deux locaux")
    assert second.json["version"] == 2


def test_a_page_read_while_somebody_saves_never_shows_an_old_answer_under_a_new_version(app, save, interview, roxane):
    save(change("needs", "Avant"))
    interview_id, reader = interview.id, app.extensions["db"]["reader"]
    place, meanwhile = Place(interview_id), iter([change("needs", "Pendant", 1)])
    sa.orm.object_session(interview).commit()

    def somebody_saves(*_event):
        if (late := next(meanwhile, None)) is not None:
            with app.extensions["db"]["engine"].begin() as other:
                saving.save(other, place, late, roxane.id)

    with reader.connect() as connection:
        sa.event.listen(connection, "after_cursor_execute", somebody_saves)
        loaded = sheet.load(connection, interview_id)
        again = sheet.load(connection, interview_id)
    for seen in (loaded, again):
        shown = seen.interview.answers["needs"], seen.interview.versions["needs", Part.ANSWER]
        assert shown in {("Avant", 1), ("Pendant", 2)}


def test_an_id_used_for_another_field_is_refused(save):
    first = change("needs", "Un local")
    save(first)
    with pytest.raises(Reused):
        save(change("concerns", "Autre chose", identifier=first.id))


def test_two_people_in_one_field_are_both_heard(save, interview, malik):
    save(change("needs", "Ce que Roxane entend"))
    conflict = save(change("needs", "Ce que Malik entend"), by=malik)
    assert isinstance(conflict, Conflict)
    assert (conflict.value, conflict.who, conflict.version) == ("Ce que Roxane entend", "Roxane", 1)
    assert interview.needs == "Ce que Roxane entend"
    assert save(change("needs", "Ce que Malik entend", conflict.version), by=malik).version == 2


def test_two_people_who_write_the_same_have_nothing_to_settle(save, malik):
    save(change("needs", "Un local"))
    assert save(change("needs", "Un local"), by=malik) == Saved(1, "Un local", None)


def test_who_changes_nothing_contradicts_nobody(save, interview, malik):
    save(change("needs", "Un local"))
    nothing = change("needs", "Un local", 1)
    assert save(nothing) == Saved(1, "Un local", None)
    save(change("needs", "Deux locaux", 1), by=malik)
    assert save(nothing) == Saved(1, "Un local", None), "sent again, it says what it said"
    assert isinstance(save(change("needs", "Trois locaux", 1)), Conflict)
    assert interview.needs == "Deux locaux"


def test_two_people_in_two_fields_merge(save, interview, malik):
    save(change("needs", "Un local"))
    save(change("concerns", "Le temps"), by=malik)
    assert (interview.needs, interview.concerns) == ("Un local", "Le temps")


def test_of_saves_that_saw_the_same_version_at_once_one_is_taken(app, session, interview, roxane):
    place = Place(interview.id)
    session.commit()

    def attempt(n):
        with app.app_context():
            result = saving.save(db.session.connection(), place, change("needs", f"voix {n}"), roxane.id)
            db.session.commit()
            return result

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(attempt, range(8)))
    taken = [result for result in results if isinstance(result, Saved)]
    assert len(taken) == 1
    session.expire_all()
    assert interview.needs == taken[0].value
    assert {result.value for result in results} == {taken[0].value}


@pytest.mark.parametrize("of_block", [True, False], ids=["in a block", "in the interview"])
def test_fields_of_one_record_saved_at_the_same_moment_are_all_kept(app, session, interview, block, roxane, of_block):
    """Each waits for the others' commit, and goes on from the row that they left: on PostgreSQL in one statement."""
    place = Place(interview.id, block.uid if of_block else None)
    names = ["name", "description", "objectives", "delivery"] if of_block else ["needs", "concerns", "respondent_name"]
    role, user_id = Role.INTERVIEWER, roxane.id
    session.commit()

    def type_in(name):
        for version in range(25):
            with app.app_context():
                wanted = [(place, change(name, f"{name} {version}", version))]
                [outcome] = db.write(
                    lambda connection, wanted=wanted: saving.save_each(connection, wanted, role, user_id)
                )
                assert outcome == Saved(version + 1, f"{name} {version}", None)

    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(type_in, names))
    session.expire_all()
    record = block if of_block else interview
    assert [getattr(record, name) for name in names] == [f"{name} 24" for name in names]
    assert session.scalar(sa.select(sa.func.count()).where(Edit.item.in_(names), Edit.version > 1)) == 24 * len(names)


def test_a_plain_save_begins_no_transaction_on_postgresql(app, session, interview, block, roxane):
    engine, begun = app.extensions["db"]["engine"], list[sa.Connection]()
    wanted = [(Place(interview.id, block.uid), change("description", "Un lieu"))]
    session.commit()

    def note(connection):
        begun.append(connection)

    sa.event.listen(engine, "begin", note)
    with app.app_context():
        [outcome] = db.write(lambda each: saving.save_each(each, wanted, Role.INTERVIEWER, roxane.id))
    sa.event.remove(engine, "begin", note)
    assert outcome == Saved(1, "Un lieu", None)
    assert len(begun) == {"postgresql": 0, "sqlite": 1}[engine.dialect.name]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_comes_back_as_it_was_cleaned(app, session, interview, roxane, text):
    clean = normalise(text)
    assert normalise(clean) == clean
    place, version = (
        Place(interview.id),
        session.scalar(sa.select(sa.func.coalesce(sa.func.max(Edit.version), 0)).where(Edit.item == "needs")),
    )
    saving.save(session.connection(), place, change("needs", clean or None, version), roxane.id)
    session.commit()
    session.expire_all()
    assert interview.needs == (clean or None)


def test_an_answer_of_32_000_words_is_kept_to_the_letter(save, interview):
    answer = " ".join(itertools.islice(itertools.cycle(["œuvre", "« pairs »", "évaluée,", "🧡"]), 32_000))
    save(change("needs", answer))
    assert interview.needs == answer


def test_the_sheet_shows_what_was_saved(save, interview, block, session):
    save(change("name", "Projet"), block)
    save(change("audience", frozenset({Audience.YOUTH}), reason=None), block)
    save(change("youth_age", None, reason=MissingReason.DONT_KNOW), block)
    loaded = sheet.load(session.connection(), interview.id)
    assert loaded is not None
    record = loaded.blocks[0]
    assert record.answers["name"] == "Projet"
    assert record.answers["audience"] == {Audience.YOUTH}
    assert record.reasons == {"youth_age": MissingReason.DONT_KNOW}
    assert record.versions["name", Part.ANSWER] == 1
    assert "youth_age" not in {item.name for item in loaded.unanswered(QUESTIONNAIRE["initiatives"], record)}
    assert "youth_sex" in {item.name for item in loaded.unanswered(QUESTIONNAIRE["initiatives"], record)}


def test_an_interview_in_course_has_its_case_in_progress(interview, case, session):
    session.refresh(case)
    assert case.disposition is Disposition.IN_PROGRESS
    assert interview.held_on is not None


@pytest.mark.parametrize("kind", FILTERS)
@given(text=st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_a_text_is_kept_alike_by_the_script_and_by_the_page(kind, text):
    item = next(item for _section, item in QUESTIONNAIRE.items() if item.kind is kind)
    clean = normalise(text)
    form = form_of((item,))(MultiDict([(item.name, clean)]))
    assert form.validate()
    assert said_in([clean], item) == answer_in(form, item)
