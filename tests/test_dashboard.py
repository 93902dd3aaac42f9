"""The dashboard says where the collection stands, to the coordination and to the committee, and names nobody."""

from __future__ import annotations

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from survey.db import now
from survey.fieldwork import attempts, cases, progress, waves
from survey.fieldwork.attempts import Attempt
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.contact_models import Appointment
from survey.fieldwork.models import Case, CaseEvent, EventKind, Referral, Wave
from survey.fieldwork.progress import Pace
from survey.instrument.codes import INTERIM, AppointmentStatus, AttemptResult, Channel, Disposition, Fate, Mode, YesNo
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview.nonresponse import Asked
from survey.results import dashboard, lacking
from tests.test_outcomes import text_of

DAY = dt.timedelta(days=1)


@pytest.fixture
def ten(session):
    """Ten organisations to be contacted, in a wave that began a year ago."""
    cases.open_cases(session, [NewOrganisation(f"Maison {n} (fictive)") for n in range(10)], None)
    waves.current(session).opened_at = now() - 365 * DAY
    session.commit()
    return list(session.scalars(sa.select(Case).order_by(Case.id)))


def aged(session):
    session.flush()
    return progress.ageing(session, session.get_one(Wave, 1), now(), now().date())


def test_each_that_nobody_has_reached_is_in_one_band_of_waiting_and_the_bands_are_all_of_them(session, ten):
    for case, days in zip(ten, (0, 6.9, 7.1, 13.9, 14.1, 27.9, 28.1, 400), strict=False):
        attempts.record(session, case, Attempt(Channel.PHONE, AttemptResult.NO_ANSWER, now() - days * DAY), None)
    found = aged(session)
    assert (found.never, found.bands, found.suspended, found.total) == (2, (2, 2, 2, 2), 0, 10)
    ten[0].suspended_until, ten[0].suspended_why = now().date(), "Pandémie"  # that day included
    ten[1].suspended_until, ten[1].suspended_why = now().date() - DAY, "Vacances finies"
    cases.set_outcome(session, ten[9], Disposition.REFUSAL, None)
    cases.set_outcome(session, ten[2], Disposition.IN_PROGRESS, None)
    found = aged(session)
    assert (found.never, found.bands, found.suspended, found.total) == (1, (1, 2, 2, 2), 1, 9)


def settle(session, case, disposition, at):
    cases.set_outcome(session, case, disposition, None)
    session.flush()
    session.execute(sa.update(CaseEvent).where(CaseEvent.case_id == case.id).values(at=at))


def test_the_pace_counts_each_case_once_in_the_week_of_its_final_outcome(session, ten):
    wave = session.get_one(Wave, 1)
    settle(session, ten[0], Disposition.COMPLETED, now() - DAY)
    settle(session, ten[1], Disposition.REFUSAL, now() - 6 * DAY)
    settle(session, ten[2], Disposition.NO_REPLY, now() - 8 * DAY)
    settle(session, ten[3], Disposition.IN_PROGRESS, now() - DAY)
    settle(session, ten[4], Disposition.COMPLETED, now() - 300 * DAY)
    cases.log(session, ten[0].id, EventKind.OUTCOME, None, code="in_progress")
    session.flush()
    found = progress.pace(session, wave, now() + dt.timedelta(seconds=1))
    assert found.weeks[-2:] == (1, 2)
    assert sum(found.weeks) == 3
    assert (found.remaining, found.read_from, found.settled) == (6, 4, 3)
    assert found.left == 8
    assert found.ends_on(dt.date(2022, 3, 1)) == dt.date(2022, 4, 26)


@pytest.mark.parametrize(
    ("pace", "left"),
    [
        (Pace((0, 0, 0, 5), 10, 52), 8),
        (Pace((0, 0, 0, 5), 10, 1), 2),
        (Pace((0, 0, 0, 5), 10, 0), None),
        (Pace((0, 0, 0, 0), 10, 52), None),
        (Pace((1, 1, 1, 1), 0, 52), 0),
    ],
)
def test_a_forecast_needs_a_week_and_a_case_that_settled(pace, left):
    assert pace.left == left
    assert (pace.ends_on(dt.date(2022, 3, 1)) is None) == (left is None)


def test_appointments_are_counted_on_the_day_of_the_team(session, roxane, ten):
    zone = ZoneInfo("America/Toronto")
    today = now().astimezone(zone).date()
    late = dt.datetime.combine(today, dt.time(23, 30), zone)
    for case, at, status in (
        (ten[0], late, AppointmentStatus.PLANNED),
        (ten[1], late + DAY, AppointmentStatus.PLANNED),
        (ten[2], late + DAY, AppointmentStatus.CANCELLED),
        (ten[3], late + 7 * DAY, AppointmentStatus.PLANNED),
    ):
        session.add(
            Appointment(id=uuid.uuid4(), case_id=case.id, user_id=roxane.id, starts_at=at, minutes=60, mode=Mode.ZOOM,
                        language="fr", status=status, made_at=now(), made_by=roxane.id)
        )  # fmt: skip
    session.flush()
    found = dashboard.read(session, session.get_one(Wave, 1), zone, {})
    assert list(found.appointments.values()) == [1, 1, 0, 0, 0, 0, 0]
    assert next(iter(found.appointments)) == today


def test_those_named_wait_until_somebody_decides(session, roxane, ten):
    assert (progress.inbox(session).waiting, progress.inbox(session).since) == (0, None)
    for n, about in enumerate(({}, {"removed_at": now()}, {"fate": Fate.KNOWN, "decided_at": now()})):
        at = now() - n * DAY
        session.add(
            Referral(id=uuid.uuid4(), case_id=ten[0].id, folded_name="x", version=1, at=at, recorded_by=roxane.id,
                     changed_at=at, changed_by=roxane.id, **about)
        )  # fmt: skip
    session.flush()
    found = progress.inbox(session)
    assert found.waiting == 1
    assert now() - found.since < DAY


def test_the_questions_that_lack_most_answers_come_first():
    section, items = QUESTIONNAIRE["initiatives"], QUESTIONNAIRE["initiatives"].items
    asked = [Asked(section, item, 10, 10 - n) for n, item in enumerate(items[:10])]
    assert [one.missing for one in lacking.worst(asked)] == [9, 8, 7, 6, 5, 4]
    assert lacking.worst([Asked(section, items[0], 0, 0)]) == []


def test_what_was_counted_of_a_large_study_serves_for_ten_minutes_and_says_of_when(
    app, session, colette, interview, monkeypatch
):
    interview.has_initiatives, interview.completed_at = YesNo.NO, now()
    session.commit()
    kept, minute = {}, dt.timedelta(minutes=1)
    lacking.read(session, 1, now(), kept)
    assert kept == {}  # a study of one interview is counted each time
    monkeypatch.setattr(lacking, "LARGE", 1)
    first = lacking.read(session, 1, now(), kept)
    assert lacking.read(session, 1, first.at + 9 * minute, kept) is first
    monkeypatch.setitem(app.extensions, "lacking", kept)
    assert "compté le" in colette.get("/dashboard").text
    assert lacking.read(session, 1, first.at + 11 * minute, kept).at > first.at


def test_the_committee_reads_the_figures_and_names_of_nobody(session, colette, simone, ten):
    settle(session, ten[0], Disposition.COMPLETED, now() - DAY)
    session.commit()
    page = simone.get("/dashboard")
    said = text_of(page.text)
    assert "Sondé 1" in said
    assert "10,0 % 1 / 10" in said
    assert not {"Maison", "Colette"} & set(said.split())
    assert 'href="/outcomes"' not in page.text
    assert 'href="/outcomes"' in colette.get("/dashboard").text


def test_neither_interviewers_nor_coders_read_it(roxane, bastien):
    assert {who.get("/dashboard").status_code for who in (roxane, bastien)} == {403}


def test_the_committee_reads_nothing_else(simone, ten):
    for path in ("/organisations", f"/organisations/{ten[0].organisation_id}", "/outcomes", "/releases", "/users"):
        assert simone.get(path).status_code == 403


def test_an_empty_list_says_so(simone):
    assert "Aucune organisation pour l’instant" in simone.get("/dashboard").text


def test_an_outcome_is_interim_or_final():
    assert {d.value for d in INTERIM} == {"not_contacted", "in_progress", "appointment"}
