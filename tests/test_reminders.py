"""The reminder ladder: in due time, until any reply, and never the same message twice, whatever restarts."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from survey.accounts.models import Language
from survey.fieldwork import (
    appointments,
    cases,
    message_texts,
    messages,
    opening,
    planning,
    remind_commands,
    reminders,
    scheduling,
    sending,
)
from survey.fieldwork.appointments import Agreed
from survey.fieldwork.contact_models import Appointment, ContactAttempt, Message
from survey.fieldwork.message_texts import Study
from survey.fieldwork.models import Case, EventKind, Person
from survey.fieldwork.reminders import BadLadder
from survey.fieldwork.sending import Outcome
from survey.instrument.codes import (
    AppointmentStatus,
    AttemptResult,
    Channel,
    Disposition,
    MessageKind,
    MessageStatus,
    Mode,
)
from survey.instrument.grammar import Text
from tests.mail_server import Post, known, post
from tests.test_messages import server_at
from tests.trust import schedulers
from tests.trust.table import Fault

STUDY = Study(Text("Étude d’essai", "Trial study"), "L’équipe d’essai", "", "America/Toronto")
STEPS = (5, 10, 20)
#: A Monday, and the days on which its reminders are due: 24 June is a holiday.
MONDAY = dt.datetime(2027, 6, 14, 15, tzinfo=dt.UTC)
DUE = [dt.date(2027, 6, 21), dt.date(2027, 6, 29), dt.date(2027, 7, 14)]


def on(date: dt.date, hour: int = 17) -> dt.datetime:
    return dt.datetime.combine(date, dt.time(hour), dt.UTC)


@pytest.fixture
def written_to(session: Session, case: Case) -> Case:
    """A case whose first contact left on a Monday."""
    person = Person(name="Personne fictive", email="personne@exemple.test", organisation_id=case.organisation_id)
    session.add(person)
    session.flush()
    session.add(first_contact(case, person))
    cases.set_outcome(session, case, Disposition.IN_PROGRESS, None)
    session.commit()
    return case


def first_contact(case: Case, person: Person, at: dt.datetime = MONDAY) -> Message:
    return Message(
        case_id=case.id,
        person_id=person.id,
        kind=MessageKind.FIRST_CONTACT,
        step=1,
        language=Language.ENGLISH,
        recipient=person.email,
        subject="Hello",
        body="…",
        status=MessageStatus.SENT,
        made_at=at,
        due_at=at,
        sent_at=at,
    )


def plan(session: Session, at: dt.datetime) -> scheduling.Planned:
    planned = scheduling.plan(session, STUDY, STEPS, at)
    session.commit()
    return planned


def leave(session: Session, at: dt.datetime) -> None:
    """The reminders that were written leave at a moment."""
    ready = sa.update(Message).where(Message.status == MessageStatus.READY)
    session.execute(ready.values(status=MessageStatus.SENT, sent_at=at))
    session.commit()


def steps_of(session: Session) -> list[int]:
    query = sa.select(Message.step).where(Message.kind == MessageKind.REMINDER).order_by(Message.step)
    return list(session.scalars(query))


def test_each_step_is_due_after_so_many_working_days_and_no_earlier(session, written_to):
    for n, date in enumerate(DUE, start=1):
        assert plan(session, on(date - dt.timedelta(days=1))).reminders == 0
        assert plan(session, on(date)).reminders == 1
        assert steps_of(session) == list(range(1, n + 1))
        leave(session, on(date))
    assert plan(session, on(DUE[-1] + dt.timedelta(days=90))).reminders == 0


def test_a_reminder_speaks_the_language_of_the_first_contact_to_the_same_person(session, written_to):
    plan(session, on(DUE[0]))
    [reminder] = messages.of_status(session, MessageStatus.READY)
    assert (reminder.language, reminder.recipient) == (Language.ENGLISH, "personne@exemple.test")
    assert reminder.subject == "Reminder – Trial study"


def test_months_without_cron_are_not_caught_up_all_at_once(session, written_to):
    late = on(DUE[-1] + dt.timedelta(days=60))
    assert plan(session, late).reminders == 1
    leave(session, late)
    assert plan(session, late + dt.timedelta(hours=1)).reminders == 0


def test_none_follows_one_that_has_not_left(session, written_to):
    plan(session, on(DUE[0]))
    assert plan(session, on(DUE[1])).reminders == 0


def reply(session: Session, case: Case, user_id: int) -> None:
    attempt = ContactAttempt(case_id=case.id, at=MONDAY, user_id=user_id, channel=Channel.PHONE)
    attempt.result = AttemptResult.CALL_BACK
    session.add(attempt)
    planning.follow(session, case)


def refusal(session: Session, case: Case, user_id: int) -> None:
    cases.set_outcome(session, case, Disposition.REFUSAL, user_id)


def agreed(session: Session, case: Case, user_id: int) -> None:
    meet(session, case, on(dt.date(2027, 8, 3)), user_id)


def meet(session: Session, case: Case, starts_at: dt.datetime, user_id: int) -> Appointment:
    import uuid

    person_id = session.scalar(sa.select(Person.id).where(Person.organisation_id == case.organisation_id))
    what = Agreed(starts_at, 60, Mode.ZOOM, Language.FRENCH, "https://exemple.test/j/1", person_id)
    made = appointments.make(session, case, what, uuid.uuid4(), user_id, user_id)
    session.flush()
    return made


def opened(session: Session, case: Case, user_id: int) -> None:
    cases.log(session, case.id, EventKind.INTERVIEW_OPENED, user_id, code="1")


SIGNS = [reply, refusal, agreed, opened]


@pytest.mark.parametrize("sign", SIGNS)
def test_any_sign_stops_the_ladder(session, written_to, roxane, sign):
    sign(session, written_to, roxane.id)
    session.commit()
    assert plan(session, on(DUE[0])).reminders == 0


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_that_comes_once_the_reminder_is_written_keeps_it_here(session, written_to, roxane, sign):
    plan(session, on(DUE[0]))
    sign(session, written_to, roxane.id)
    session.commit()
    message_id = session.scalar(sa.select(Message.id).where(Message.kind == MessageKind.REMINDER))
    with post() as smtp:
        sending.send(session, server_at(smtp), message_id, None)
        assert smtp.kept == []
    assert session.get_one(Message, message_id).status is MessageStatus.DROPPED


@pytest.mark.parametrize("sign", SIGNS)
def test_without_a_server_it_is_offered_nowhere_once_a_sign_came(session, written_to, roxane, colette, sign):
    plan(session, on(DUE[0]))
    [reminder] = messages.of_status(session, MessageStatus.READY)
    place = f"/messages/{reminder.id}"
    assert "mailto:" in colette.get(place).text
    sign(session, written_to, roxane.id)
    session.commit()
    assert "personne@exemple.test" not in colette.get("/messages/ready.csv").text
    page = colette.get(place).text
    assert "mailto:" not in page
    assert "Sans objet" in page
    assert "Sans objet" in colette.get("/messages").text
    assert colette.get(f"{place}.eml").location == place
    assert [plan(session, on(DUE[0])).dropped for _ in range(2)] == [1, 0]
    session.refresh(reminder)
    assert reminder.status is MessageStatus.DROPPED


def suspend(session: Session, case: Case, until: dt.date | None) -> None:
    case.suspended_until, case.suspended_why = until, until and "Pandémie"
    session.commit()


def test_a_suspended_case_is_not_reminded_until_it_is_over(session, written_to):
    suspend(session, written_to, DUE[0])
    assert plan(session, on(DUE[0])).reminders == 0
    assert plan(session, on(DUE[0] + dt.timedelta(days=1))).reminders == 1


def test_a_suspension_holds_the_reminder_that_is_written_and_lets_it_go_afterwards(session, written_to, colette):
    plan(session, on(DUE[0]))
    [reminder] = messages.of_status(session, MessageStatus.READY)
    suspend(session, written_to, DUE[1])
    assert plan(session, on(DUE[0])).dropped == 0
    assert sending.due(session, on(DUE[1])) == []
    assert "suspendue jusqu’au 29 juin 2027" in colette.get(f"/messages/{reminder.id}").text
    with post() as smtp:
        assert sending.send(session, server_at(smtp), reminder.id, None) is Outcome.HELD
        assert sending.due(session, on(DUE[1] + dt.timedelta(days=1))) == [reminder.id]
        suspend(session, written_to, None)
        assert sending.send(session, server_at(smtp), reminder.id, None) is Outcome.SENT
        assert len(smtp.kept) == 1


def test_the_reminders_of_a_wave_end_with_it(session, written_to, colette):
    plan(session, on(DUE[0]))
    [reminder] = messages.of_status(session, MessageStatus.READY)
    opening.open_next(session, 1, {Disposition.IN_PROGRESS}, colette.id)
    session.commit()
    assert sending.due(session, on(DUE[0])) == []
    assert "une autre vague a commencé" in colette.get(f"/messages/{reminder.id}").text
    with post() as smtp:
        assert sending.send(session, server_at(smtp), reminder.id, None) is Outcome.STOPPED
        assert smtp.kept == []


def test_a_call_without_an_answer_is_no_reply(session, written_to, roxane):
    unanswered = ContactAttempt(case_id=written_to.id, at=MONDAY, user_id=roxane.id, channel=Channel.PHONE)
    unanswered.result = AttemptResult.NO_ANSWER
    session.add(unanswered)
    session.commit()
    assert plan(session, on(DUE[0])).reminders == 1


def test_nobody_to_write_to_is_counted_with_the_organisation_and_written_to_nobody(session, written_to, capsys):
    session.scalars(sa.select(Person)).one().left_at = MONDAY
    session.commit()
    planned = plan(session, on(DUE[0]))
    assert (planned.reminders, planned.nobody, planned.eves_to_nobody) == (0, ["Maison d’essai"], [])
    remind_commands.report(planned)
    said = "1 relance n’a personne à qui aller, l’adresse manque : « Maison d’essai »."
    assert said in capsys.readouterr().err


def test_an_eve_without_anybody_is_counted_apart(session, written_to, roxane, capsys):
    meet(session, written_to, on(THURSDAY, 18), roxane.id).person_id = None
    session.commit()
    planned = plan(session, on(THURSDAY - dt.timedelta(days=1)))
    assert (planned.eves, planned.nobody, planned.eves_to_nobody) == (0, [], ["Maison d’essai"])
    remind_commands.report(planned)
    said = "1 rappel de la veille n’a personne à qui aller, l’adresse manque : « Maison d’essai »."
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("text", ["5, 5", "10, 5", "0", "cinq", "-1", "5; 10", "99999"])
def test_steps_that_do_not_grow_are_refused(app, text):
    with pytest.raises(BadLadder):
        reminders.ladder(text)


def test_no_step_is_no_ladder(session, written_to):
    assert reminders.ladder(" ") == ()
    assert scheduling.plan(session, STUDY, (), on(DUE[-1])).reminders == 0


THURSDAY = dt.date(2027, 8, 5)


def test_the_day_before_an_appointment_its_reminder_is_written_once(session, written_to, roxane):
    meet(session, written_to, on(THURSDAY, 18), roxane.id)
    session.commit()
    assert plan(session, on(THURSDAY - dt.timedelta(days=2))).eves == 0
    assert plan(session, on(THURSDAY - dt.timedelta(days=1), 10)).eves == 0, "offices are not open yet"
    assert [plan(session, on(THURSDAY - dt.timedelta(days=1))).eves for _ in range(2)] == [1, 0]
    [eve] = messages.of_status(session, MessageStatus.READY)
    assert "jeudi 5 août 2027" in eve.subject
    assert "https://exemple.test/j/1" in eve.body


def test_one_that_moves_has_another_eve_and_what_was_ready_is_dropped(session, written_to, roxane):
    made = meet(session, written_to, on(THURSDAY, 18), roxane.id)
    session.commit()
    plan(session, on(THURSDAY - dt.timedelta(days=1)))
    appointments.move(session, made.id, on(THURSDAY + dt.timedelta(days=5), 18), 0, roxane.id)
    session.commit()
    assert messages.of_status(session, MessageStatus.READY) == []
    assert plan(session, on(THURSDAY + dt.timedelta(days=4))).eves == 1


def test_one_that_moves_within_its_day_is_reminded_of_its_new_hour(session, written_to, roxane):
    made = meet(session, written_to, on(THURSDAY, 18), roxane.id)
    session.commit()
    plan(session, on(THURSDAY - dt.timedelta(days=1)))
    appointments.move(session, made.id, on(THURSDAY, 20), 0, roxane.id)
    session.commit()
    assert [plan(session, on(THURSDAY - dt.timedelta(days=1))).eves for _ in range(2)] == [1, 0]
    [eve] = messages.of_status(session, MessageStatus.READY)
    assert "16 h" in eve.body


def test_an_eve_that_somebody_drops_stays_dropped(session, written_to, roxane):
    meet(session, written_to, on(THURSDAY, 18), roxane.id)
    session.commit()
    plan(session, on(THURSDAY - dt.timedelta(days=1)))
    [eve] = messages.of_status(session, MessageStatus.READY)
    messages.settle(session, eve, MessageStatus.DROPPED, roxane.id)
    session.commit()
    assert plan(session, on(THURSDAY - dt.timedelta(days=1))).eves == 0


@pytest.mark.parametrize("outcome", [Disposition.DUPLICATE, Disposition.REFUSAL])
def test_whoever_refused_or_is_a_duplicate_hears_of_no_appointment(session, written_to, roxane, outcome):
    meet(session, written_to, on(THURSDAY, 18), roxane.id)
    cases.set_outcome(session, written_to, outcome, roxane.id)
    session.commit()
    assert plan(session, on(THURSDAY - dt.timedelta(days=1))).eves == 0


@pytest.mark.parametrize("status", [AppointmentStatus.CANCELLED, AppointmentStatus.KEPT])
def test_one_that_is_off_is_not_reminded(session, written_to, roxane, status):
    made = meet(session, written_to, on(THURSDAY, 18), roxane.id)
    appointments.settle(session, made.id, status, 0, roxane.id)
    session.commit()
    assert plan(session, on(THURSDAY - dt.timedelta(days=1))).eves == 0


def test_nobody_hears_twice_of_an_appointment_in_one_day(session, written_to, roxane):
    made = meet(session, written_to, on(THURSDAY, 18), roxane.id)
    person = session.scalars(sa.select(Person)).one()
    confirmation = first_contact(written_to, person, on(THURSDAY - dt.timedelta(days=1), 13))
    confirmation.kind, confirmation.appointment_id = MessageKind.APPOINTMENT, made.id
    confirmation.appointment_sequence = made.sequence
    session.add(confirmation)
    session.commit()
    assert plan(session, on(THURSDAY - dt.timedelta(days=1))).eves == 0


@pytest.fixture
def long_ago(session: Session, case: Case) -> None:
    schedulers.wait_for_a_reminder(session, 0)


@pytest.fixture
def smtp(app: Flask):
    with post() as server, known(app, server):
        yield server


def remind(app: Flask, *options: str):
    return app.test_cli_runner().invoke(args=["remind", *options])


def test_the_command_says_what_it_would_do_and_does_nothing(app, session, long_ago, smtp):
    said = remind(app, "--dry-run")
    assert (said.exit_code, smtp.kept) == (0, [])
    assert "3 relances préparées" in said.output
    assert "3 courriels seraient à envoyer" in said.output
    assert steps_of(session) == []


def test_the_command_sends_what_is_due_and_says_so(app, session, long_ago, smtp):
    said = remind(app)
    assert (said.exit_code, len(smtp.kept)) == (0, 3)
    assert "3 courriels envoyés" in said.output
    assert "0 courriel envoyé" in remind(app).output
    assert len(smtp.kept) == 3


def test_without_a_server_it_prepares_and_leaves_the_sending_to_people(app, session, long_ago):
    said = remind(app)
    assert said.exit_code == 0
    assert "3 courriels à envoyer à la main" in said.output


def test_a_server_that_is_away_is_an_error_and_everything_stays_ready(app, session, long_ago, smtp):
    smtp.answers = {"EHLO": None, "HELO": None}
    said = remind(app)
    assert said.exit_code == 1
    assert "ne répond pas" in said.output
    smtp.answers = {}
    assert remind(app).exit_code == 0
    assert len(smtp.kept) == 3


def test_what_may_have_left_is_an_error_that_is_never_sent_again(app, session, long_ago, smtp):
    smtp.answers = {"END": None}
    assert remind(app).exit_code == 1
    smtp.answers = {}
    assert "3 courriels peut-être partis" in remind(app).output
    assert len(smtp.kept) == 3


@pytest.mark.parametrize(("name", "value"), [("REMINDER_DAYS", "5, 5"), ("MAIL_PORT", "x"), ("MAIL_FROM", "moi")])
def test_a_setting_that_is_wrong_is_named(app, session, smtp, monkeypatch, name, value):
    monkeypatch.setitem(app.config, name, value)
    said = remind(app)
    assert said.exit_code == 1
    assert name in said.output


def test_two_threads_that_remind_at_once_send_each_message_once(app, session, long_ago, smtp):
    with ThreadPoolExecutor(4) as pool:
        ended = [one.result().exit_code for one in [pool.submit(remind, app) for _ in range(4)]]
    assert ended == [0] * 4
    assert len(smtp.kept) == 3
    assert steps_of(session) == [1, 1, 1]


def test_two_processes_at_once_and_kills_in_mid_send_send_nothing_twice(app, session, smtp: Post):
    fault = schedulers.raced(app, smtp, Fault("two schedulers", "", runs=10))
    assert fault.held, fault
    assert "1 kills in mid-send" in fault.remark
    assert fault.acknowledged in (10 * schedulers.CASES - 1, 10 * schedulers.CASES - 2)


def test_the_texts_of_the_house_have_no_hole_where_a_setting_is_empty(app):
    empty = Study(Text("É", "S"), "", "", "America/Toronto")
    said = {"person": "P", "organisation": "O", "interviewer": "", "study": empty.name("fr"), "team": ""}
    for kind, texts in message_texts.OURS.items():
        for language, letter in texts.items():
            filled = message_texts.fill(letter, language, said)
            assert "\n\n\n" not in filled.body, (kind, language)


def test_the_ladder_is_that_of_the_configuration(app, session, long_ago, monkeypatch):
    assert reminders.ladder(app.config["REMINDER_DAYS"]) == STEPS
    monkeypatch.setitem(app.config, "REMINDER_DAYS", "90")
    assert "0 relance" in remind(app).output
    monkeypatch.setitem(app.config, "REMINDER_DAYS", "2")
    assert "3 relances préparées" in remind(app).output
