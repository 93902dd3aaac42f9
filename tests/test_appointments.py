"""Appointments: agreed in the team's hours, seen against the other ones, moved, settled, and taken to a calendar."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from icalendar import Calendar
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from survey.accounts.models import Language
from survey.db import now
from survey.fieldwork import agenda, appointments, cases, merging, office_hours, opening, tally
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.contact_models import Appointment, ContactAttempt
from survey.fieldwork.models import Case, Person, TimeZone
from survey.instrument.codes import AppointmentStatus, AttemptResult, Disposition
from tests.browsing import Desk, on_sqlite, until
from tests.conftest import Colleague
from tests.racing import meanwhile

ZONE = "America/Toronto"
TUESDAY = "2027-03-02"
AGREED = {"date": TUESDAY, "time": "10:00", "minutes": "60", "mode": "zoom", "language": "fr", "person": ""}
LINK = "https://exemple.test/j/123?pwd=a,b;c"


@pytest.fixture
def house(session: Session, case: Case, roxane: Colleague) -> str:
    """The page of an organisation that is Roxane's, with somebody to meet there."""
    cases.assign(session, case, roxane.id, None)
    person = Person(name="Personne fictive", email="personne@exemple.test", meeting_url=LINK, language=Language.ENGLISH)
    case.organisation.persons.append(person)
    path = f"/organisations/{case.organisation_id}"
    session.commit()
    return path


def take(colleague: Colleague, house: str, **other: str) -> Any:
    """Have somebody agree on an appointment; what is doubted the first time is confirmed."""
    answer = colleague.post(f"{house}/appointments/new", AGREED | other)
    if answer.status_code == 200:
        said = re.search(r'name="confirmed" value="([^"]*)"', answer.text)
        assert said
        answer = colleague.post(f"{house}/appointments/new", AGREED | other | {"confirmed": said[1]})
    return answer


def settle(colleague: Colleague, place: str, status: str, seen: str = "0") -> Any:
    """Have somebody say what became of an appointment, and confirm what is asked before."""
    told = {"status": status, "seen": seen}
    answer = colleague.post(f"{place}/settle", told)
    if answer.status_code == 200:
        said = re.search(
            r'name="status" value="\w+">\s*<input type="hidden" name="confirmed" value="([^"]+)"', answer.text
        )
        assert said
        answer = colleague.post(f"{place}/settle", told | {"confirmed": said[1]})
    return answer


@pytest.fixture
def place(house: str, roxane: Colleague) -> str:
    """The page of the appointment that Roxane has just made."""
    return str(take(roxane, house).location)


def the_one(session: Session) -> Appointment:
    session.rollback()
    return session.scalars(sa.select(Appointment)).one()


def shown(appointment: Appointment) -> str:
    return f"{office_hours.clock(appointment.starts_at, ZONE):%Y-%m-%d %H:%M}"


def test_an_appointment_is_the_outcome_and_the_next_move_of_its_case(session, case, house, roxane):
    answer = take(roxane, house, meeting_url=LINK)
    assert answer.status_code == 303
    made = the_one(session)
    assert (shown(made), made.minutes, made.meeting_url, made.user_id) == (f"{TUESDAY} 10:00", 60, LINK, roxane.id)
    session.refresh(case)
    assert (case.disposition, case.next_at) == (Disposition.APPOINTMENT, made.starts_at)
    assert "10:00" in roxane.get(answer.location).text


@pytest.mark.parametrize("outcome", [Disposition.REFUSAL, Disposition.COMPLETED])
def test_an_appointment_after_a_final_outcome_asks_first_and_then_is_shown(session, case, house, roxane, outcome):
    cases.set_outcome(session, case, outcome, None)
    asked = roxane.post(f"{house}/appointments/new", AGREED)
    assert asked.status_code == 200
    assert "la démarche est rouverte" in asked.text
    assert f"«\u00a0{outcome.label.fr}\u00a0»" in asked.text
    assert session.scalar(sa.select(sa.func.count()).select_from(Appointment)) == 0
    assert take(roxane, house, date=today()).status_code == 303
    session.refresh(case)
    assert (case.disposition, case.next_at) == (Disposition.APPOINTMENT, the_one(session).starts_at)
    assert "Maison d’essai" in roxane.get("/queue").text


def today() -> str:
    return f"{office_hours.clock(now(), ZONE):%Y-%m-%d}"


def test_one_that_is_cancelled_gives_back_the_outcome_that_it_undid(session, case, house, roxane):
    cases.set_outcome(session, case, Disposition.REFUSAL, None)
    settle(roxane, take(roxane, house).location, "cancelled")
    session.refresh(case)
    assert (case.disposition, case.next_at) == (Disposition.REFUSAL, None)


@pytest.mark.parametrize(
    ("outcome", "then"),
    [(Disposition.COMPLETED, Disposition.COMPLETED), (Disposition.REFUSAL, Disposition.IN_PROGRESS)],
)
def test_once_held_an_answer_that_was_given_is_still_one(session, case, house, roxane, outcome, then):
    cases.set_outcome(session, case, outcome, None)
    settle(roxane, take(roxane, house).location, "kept")
    session.refresh(case)
    assert case.disposition is then


def test_a_cancelled_one_is_not_planned_again_after_a_refusal_by_accident(session, case, place, roxane):
    settle(roxane, place, "cancelled")
    cases.set_outcome(session, case, Disposition.REFUSAL, None)
    asked = roxane.post(f"{place}/settle", {"status": "planned", "seen": "1"})
    assert "la démarche est rouverte" in asked.text
    assert the_one(session).status is AppointmentStatus.CANCELLED
    assert settle(roxane, place, "planned", "1").status_code == 303
    session.refresh(case)
    assert (case.disposition, case.next_at) == (Disposition.APPOINTMENT, the_one(session).starts_at)


def test_moving_one_after_a_refusal_asks_first_too(session, case, place, roxane):
    cases.set_outcome(session, case, Disposition.REFUSAL, None)
    moved = {"date": "2027-03-03", "time": "10:00", "seen": "0"}
    asked = roxane.post(f"{place}/move", moved)
    assert "la démarche est rouverte" in asked.text
    confirmed = re.search(r'name="confirmed" value="([^"]+)"', asked.text)[1]
    assert roxane.post(f"{place}/move", moved | {"confirmed": confirmed}).status_code == 303
    session.refresh(case)
    assert case.disposition is Disposition.APPOINTMENT


def test_a_partial_interview_that_is_to_be_gone_on_with_keeps_its_outcome_and_is_shown(session, case, house, roxane):
    cases.set_outcome(session, case, Disposition.PARTIAL, None)
    take(roxane, house, date=today())
    session.refresh(case)
    assert case.disposition is Disposition.PARTIAL
    assert "Maison d’essai" in roxane.get("/queue").text


@pytest.mark.parametrize("status", ["kept", "missed"])
def test_how_one_went_is_asked_again_before_its_hour(session, place, roxane, status):
    asked = roxane.post(f"{place}/settle", {"status": status, "seen": "0"})
    assert asked.status_code == 200
    assert "n’est pas encore venu" in asked.text
    assert the_one(session).status is AppointmentStatus.PLANNED
    assert settle(roxane, place, status).status_code == 303
    assert the_one(session).status.value == status


def test_how_one_went_is_not_asked_again_after_its_hour(session, place, roxane):
    the_one(session).starts_at = now() - dt.timedelta(hours=1)
    session.commit()
    assert roxane.post(f"{place}/settle", {"status": "kept", "seen": "0"}).status_code == 303


def test_the_history_says_when_one_was_made_and_by_whom(house, place, roxane, colette):
    settle(colette, place, "kept")
    line = " ".join(re.sub(r"<[^>]+>", " ", roxane.get(house).text.split('id="history-title"')[1]).split())
    assert "Roxane Rendez-vous pris pour le 2 mars 2027 10:00 (Zoom)" in line
    assert "Rendez-vous (Zoom) : Tenu" in line


@pytest.mark.parametrize("status", ["kept", "missed", "cancelled"])
def test_of_a_closed_wave_an_appointment_alone_is_settled(session, case, place, roxane, colette, status):
    opening.open_next(session, 1, {Disposition.REFUSAL}, colette.id)
    session.commit()
    assert roxane.post(f"{place}/move", {"by": "day", "seen": "0"}).status_code == 303
    assert settle(roxane, place, status, "1").status_code == 303
    session.refresh(case)
    assert the_one(session).status.value == status
    assert case.disposition is Disposition.APPOINTMENT
    assert session.scalar(sa.select(sa.func.count()).select_from(ContactAttempt)) == 0
    assert tally.differences(session) == {}


def test_nor_is_it_refused_once_the_organisation_is_a_duplicate(session, case, place, roxane, colette):
    opening.open_next(session, 1, {Disposition.REFUSAL}, colette.id)
    [kept] = cases.open_cases(session, [NewOrganisation("Centre d’essai")], None)
    merging.merge(session, case.organisation_id, kept, colette.id)
    session.commit()
    assert settle(roxane, place, "missed").status_code == 303
    assert the_one(session).status is AppointmentStatus.MISSED


def test_the_link_and_the_language_of_the_person_are_proposed(house, roxane):
    page = roxane.get(f"{house}/appointments/new").text
    assert LINK.replace("&", "&amp;") in page
    assert re.search(r'<option selected value="en">', page)


def test_an_appointment_agreed_on_by_phone_goes_straight_to_the_agenda(session, case, house, roxane):
    told = {"channel": "phone", "result": "appointment", "form_id": str(uuid.uuid4()), "note": "Elle préfère le matin"}
    agreed = told | {"next_day": TUESDAY, "next_time": "10:00", "person": str(person_id(session))}
    answer = roxane.post(f"{house}/attempts", agreed)
    assert answer.location.startswith(f"{house}/appointments/new?")
    page = roxane.get(answer.location).text
    assert "Démarche notée" in page
    assert f'value="{TUESDAY}"' in page
    assert 'value="10:00"' in page
    assert re.search(r"<option selected[^>]*>Personne fictive", page)
    take(roxane, house)
    again = roxane.post(f"{house}/attempts", told | {"form_id": str(uuid.uuid4())})
    assert again.location == f"{house}#history-title"  # it is in the agenda already


def test_whoever_leaves_the_agenda_blank_has_lost_nothing_of_the_attempt(session, case, house, roxane):
    told = {"channel": "phone", "result": "appointment", "form_id": str(uuid.uuid4())}
    assert roxane.post(f"{house}/attempts", told).status_code == 303
    session.rollback()
    assert session.get_one(Case, case.id).disposition is Disposition.APPOINTMENT
    assert "Démarche sans prochaine date" in roxane.get("/queue").text
    assert roxane.get(f"{house}/appointments/new?at=jamais").status_code == 200
    assert roxane.get(f"{house}/appointments/new?at=0001-01-01T00:00:00%2B00:00").status_code == 200


def test_the_same_form_sent_twice_makes_one_appointment(session, house, roxane):
    form = AGREED | {"form_id": "0c7a42a4-5a9a-4b7e-a8a1-6a3f3f1f0d11"}
    answers = [roxane.post(f"{house}/appointments/new", form) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert shown(the_one(session)) == f"{TUESDAY} 10:00"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"date": "2027-03-14", "time": "02:30"}, "Cette heure n’existe pas"),
        ({"date": "demain"}, "Écrivez une date, par exemple 2026-03-15."),
        ({"time": "midi"}, "Écrivez une heure, par exemple 14:30."),
        ({"date": "9999-12-31"}, "trop loin"),
        ({"date": ""}, "Choisissez une date"),
        ({"meeting_url": "javascript:alert(1)"}, "doit commencer par https"),
        ({"mode": ""}, "Choisissez un mode"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_is_lost(session, house, roxane, wrong, sentence):
    answer = roxane.post(f"{house}/appointments/new", AGREED | {"note": "Par la porte de côté"} | wrong)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Par la porte de côté" in answer.text
    assert session.scalars(sa.select(Appointment)).all() == []


def test_the_hour_that_autumn_doubles_is_the_first(session, house, roxane):
    take(roxane, house, date="2027-11-07", time="01:30")
    assert the_one(session).starts_at == dt.datetime(2027, 11, 7, 5, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ({"time": "19:00"}, "hors des heures de bureau"),
        ({"date": "2027-03-06"}, "hors des heures de bureau"),
        ({"date": "2027-06-24"}, "jour férié au Québec : Fête nationale du Québec"),
    ],
)
def test_a_closed_office_is_said_before_confirming_and_never_forbidden(session, house, roxane, when, sentence):
    said = roxane.post(f"{house}/appointments/new", AGREED | when)
    assert said.status_code == 200
    assert sentence in said.text
    assert session.scalars(sa.select(Appointment)).all() == []
    assert take(roxane, house, **when).status_code == 303
    assert the_one(session)


def test_a_moment_that_is_over_is_said_before_confirming(house, roxane):
    answer = roxane.post(f"{house}/appointments/new", AGREED | {"date": "2024-03-05"})
    assert (answer.status_code, "Ce moment est passé." in answer.text) == (200, True)


def test_whoever_lost_the_case_meanwhile_makes_no_appointment(app: Flask, session, case, house, roxane, malik):
    case_id = case.id
    session.rollback()

    def reassign(other):
        cases.assign(other, other.get_one(Case, case_id), malik.id, None)

    answer = meanwhile(
        app.extensions["db"]["engine"], reassign, lambda: roxane.post(f"{house}/appointments/new", AGREED)
    )
    assert answer.status_code == 403
    assert session.scalars(sa.select(Appointment)).all() == []


def test_what_was_confirmed_for_one_moment_is_said_again_for_another(house, roxane):
    first = roxane.post(f"{house}/appointments/new", AGREED | {"time": "19:00"}).text
    confirmed = re.findall(r'name="confirmed" value="([^"]*)"', first)[0]
    other = roxane.post(f"{house}/appointments/new", AGREED | {"time": "20:00", "confirmed": confirmed})
    assert other.status_code == 200


def test_two_appointments_of_one_interviewer_that_overlap_are_seen(session, house, place, roxane):
    said = roxane.post(f"{house}/appointments/new", AGREED | {"time": "10:45"})
    assert "chevauche un autre rendez-vous : Maison d’essai, de 10:00 à 11:00" in said.text
    assert roxane.post(f"{house}/appointments/new", AGREED | {"time": "11:00"}).status_code == 303
    take(roxane, house, time="11:30")
    assert roxane.get(f"/agenda?day={TUESDAY}").text.count("Chevauche") == 2


def test_the_clock_of_the_organisation_is_shown_where_it_differs(session, case, house, place, roxane):
    case.organisation.time_zone = TimeZone.MAGDALEN
    page = roxane.get(place).text
    assert "10:00" in page
    assert "11:00 (heure des Îles-de-la-Madeleine)" in page
    assert "heure des Îles-de-la-Madeleine" in roxane.get(f"{house}/appointments/new").text


@pytest.mark.parametrize(
    ("by", "then"), [("30", f"{TUESDAY} 10:30"), ("day", "2027-03-03 10:00"), ("week", "2027-03-09 10:00")]
)
def test_one_key_moves_an_appointment(session, case, place, roxane, by, then):
    assert roxane.post(f"{place}/move", {"by": by, "seen": "0"}).status_code == 303
    moved = the_one(session)
    assert (shown(moved), moved.sequence) == (then, 1)
    session.refresh(case)
    assert case.next_at == moved.starts_at


def test_a_week_later_is_the_same_hour_when_the_clocks_changed_meanwhile(session, place, roxane):
    roxane.post(f"{place}/move", {"date": "2027-03-09", "time": "10:00", "seen": "0"})
    roxane.post(f"{place}/move", {"by": "week", "seen": "1"})
    assert shown(the_one(session)) == "2027-03-16 10:00"


def test_a_quick_move_into_the_skipped_hour_is_refused_with_the_sentence(session, house, roxane):
    place = take(roxane, house, date="2027-03-13", time="02:30").location
    answer = roxane.post(f"{place}/move", {"by": "day", "seen": "0"})
    assert answer.status_code == 422
    assert "Cette heure n’existe pas" in answer.text
    assert shown(the_one(session)) == "2027-03-13 02:30"


def test_the_second_of_two_who_move_it_is_told(session, place, roxane, colette):
    assert roxane.post(f"{place}/move", {"by": "day", "seen": "0"}).status_code == 303
    answer = colette.post(f"{place}/move", {"by": "30", "seen": "0"})
    assert answer.status_code == 409
    assert "entre-temps" in answer.text
    assert shown(the_one(session)) == "2027-03-03 10:00"


def test_the_second_of_two_at_once_is_told_too(app: Flask, session, place, roxane, colette):
    identifier, starts_at = the_one(session).id, the_one(session).starts_at + dt.timedelta(days=1)
    session.rollback()
    answer = meanwhile(
        app.extensions["db"]["engine"],
        lambda other: appointments.move(other, identifier, starts_at, 0, roxane.id),
        lambda: colette.post(f"{place}/move", {"by": "30", "seen": "0"}),
    )
    assert answer.status_code == 409
    assert shown(the_one(session)) == "2027-03-03 10:00"


def test_a_missed_one_goes_back_to_be_called(session, case, place, roxane):
    assert settle(roxane, place, "missed").status_code == 303
    session.refresh(case)
    attempt = session.scalars(sa.select(ContactAttempt)).one()
    assert (attempt.result, case.disposition) == (AttemptResult.NO_ANSWER, Disposition.IN_PROGRESS)
    assert case.next_at == attempt.at


def test_one_that_was_missed_counts_on_its_own_day(session, case, place, roxane):
    agreed = now().replace(microsecond=0) - dt.timedelta(days=3)
    the_one(session).starts_at = agreed
    session.commit()
    settle(roxane, place, "missed")
    session.refresh(case)
    attempt = session.scalars(sa.select(ContactAttempt)).one()
    assert (attempt.at, case.last_attempt_at) == (agreed, agreed)
    assert now() - case.next_at < dt.timedelta(hours=1), "it is to be called now"


def test_a_cancelled_one_leaves_the_agenda_and_its_file_says_so(session, case, place, roxane):
    settle(roxane, place, "cancelled")
    assert "Aucun rendez-vous" in roxane.get(f"/agenda?day={TUESDAY}").text
    assert calendar(roxane, f"{place}.ics")["METHOD"] == "CANCEL"
    session.refresh(case)
    assert (case.disposition, case.next_at) == (Disposition.IN_PROGRESS, None)


def test_one_that_was_kept_is_not_moved(session, place, roxane):
    settle(roxane, place, "kept")
    assert roxane.post(f"{place}/move", {"by": "day", "seen": "1"}).status_code == 409
    assert the_one(session).status is AppointmentStatus.KEPT


def calendar(colleague: Colleague, path: str) -> Any:
    return Calendar.from_ical(colleague.get(path).data)


def test_the_file_is_read_by_a_calendar_and_stays_the_same_event(session, house, roxane):
    place = take(roxane, house, meeting_url=LINK, language="en", person=str(person_id(session))).location
    [before] = calendar(roxane, f"{place}.ics").walk("VEVENT")
    roxane.post(f"{place}/move", {"by": "30", "seen": "0"})
    whole = calendar(roxane, f"{place}.ics")
    [after] = whole.walk("VEVENT")
    assert (whole["METHOD"], before["UID"], before["SEQUENCE"], after["SEQUENCE"]) == ("REQUEST", after["UID"], 0, 1)
    assert after.decoded("dtstart") == dt.datetime(2027, 3, 2, 15, 30, tzinfo=dt.UTC)
    assert (after["SUMMARY"], after["URL"]) == ("Interview with Maison d’essai", LINK)
    assert LINK in after["DESCRIPTION"]
    assert after["ATTENDEE"] == "mailto:personne@exemple.test"


def person_id(session: Session) -> int:
    found = session.scalars(sa.select(Person.id)).one()
    session.rollback()
    return found


def test_a_hostile_name_begins_no_other_line_of_the_file(session, case, house, roxane):
    session.scalars(sa.select(Person)).one().name = 'Moi\r\nBEGIN:VALARM\r\n"; CN=x'
    case.organisation.name = "Maison; a,b\\n\r\nATTENDEE:mailto:autre@exemple.test"
    session.commit()
    place = take(roxane, house, person=str(person_id(session))).location
    whole = calendar(roxane, f"{place}.ics")
    assert [part.name for part in whole.walk()] == ["VCALENDAR", "VEVENT"]
    assert whole.walk("VEVENT")[0]["ATTENDEE"] == "mailto:personne@exemple.test"


def test_the_week_goes_to_a_calendar_in_one_file(session, house, place, roxane):
    roxane.post(f"{house}/appointments/new", AGREED | {"time": "14:00"})
    assert len(calendar(roxane, f"/agenda.ics?day={TUESDAY}").walk("VEVENT")) == 2
    assert len(calendar(roxane, "/agenda.ics?day=2027-03-09").walk("VEVENT")) == 0


def test_the_coordination_sees_everybody_and_a_colleague_nobody_else(session, place, roxane, malik, colette):
    assert "Maison d’essai" in colette.get(f"/agenda?day={TUESDAY}").text
    assert "Maison d’essai" in colette.get(f"/agenda?day={TUESDAY}&interviewer={roxane.id}").text
    assert "Maison d’essai" not in colette.get(f"/agenda?day={TUESDAY}&interviewer={malik.id}").text
    assert "Maison d’essai" not in malik.get(f"/agenda?day={TUESDAY}&interviewer={roxane.id}").text
    assert [malik.get(f"{place}{of}").status_code for of in ("", ".ics")] == [403, 403]
    assert malik.post(f"{place}/move", {"by": "day", "seen": "0"}).status_code == 403
    assert roxane.get("/appointments/00000000-0000-0000-0000-000000000001").status_code == 404


def test_an_appointment_goes_with_its_case_to_whoever_gets_it(session, case, place, malik):
    cases.assign(session, case, malik.id, None)
    session.commit()
    assert the_one(session).user_id == malik.id
    assert "Maison d’essai" in malik.get(f"/agenda?day={TUESDAY}").text


@pytest.mark.parametrize("day", ["", "hier", "0001-01-01", "9999-12-31", "2027-03-02"])
def test_any_week_can_be_asked_for(app, roxane, day):
    assert roxane.get(f"/agenda?day={day}").status_code == 200


def test_a_week_end_shows_when_something_happens_then(session, house, roxane):
    take(roxane, house, date="2027-03-06")
    days = agenda.week(session, dt.date(2027, 3, 3), None, ZONE).days
    assert [day.weekday() for day in days] == [0, 1, 2, 3, 4, 5]


@pytest.fixture
def another(house: str, place: str, roxane: Colleague) -> str:
    """The page of an appointment on the following day."""
    return str(take(roxane, house, date="2027-03-03").location)


@on_sqlite
def test_after_a_move_the_focus_stays_on_the_appointment(another, roxane, at_desk: Desk):
    page = at_desk(roxane, f"/agenda?day={TUESDAY}")
    focus = "document.activeElement.getAttribute('href')"
    for key, when in (("1", "3 mars 2027 10:30"), ("2", "4 mars 2027 10:30"), ("3", "11 mars 2027 10:30")):
        page.locator(f"[data-appointment] a[href='{another}']").focus()
        page.keyboard.press(key)
        expect(page.locator("[role=status] .notice")).to_contain_text(when)
        until(page, focus, another)


@on_sqlite
def test_arrows_and_one_key_move_an_appointment_in_the_week(another, roxane, at_desk: Desk):
    page = at_desk(roxane, f"/agenda?day={TUESDAY}")
    page.locator("[data-appointment] a").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("3")
    expect(page.locator("[role=status] .notice")).to_contain_text("10 mars 2027 10:00")
    expect(page.locator("[data-appointment]")).to_have_count(1)
