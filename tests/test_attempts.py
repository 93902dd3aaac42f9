"""Contact attempts: two clicks, what follows from each result, and what can be taken back."""

from __future__ import annotations

import datetime as dt
import html as markup
import re
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.accounts.models import Language
from survey.audit import AuditEntry
from survey.db import now
from survey.fieldwork import attempt_rules, attempts, cases, office_hours, planning, suspensions
from survey.fieldwork.attempt_rules import REPLIES, RULES
from survey.fieldwork.attempts import Attempt
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.contact_models import Appointment, ContactAttempt
from survey.fieldwork.models import Case, CaseEvent, EventKind, Person, TimeZone
from survey.instrument.codes import (
    AttemptResult,
    Channel,
    Disposition,
    Mode,
    RefusalReason,
    Region,
)
from tests.conftest import Colleague

D = dt.timedelta
R = AttemptResult


@pytest.fixture
def where(session: Session, case: Case) -> str:
    """The page of an organisation that has one person who left and one to reach."""
    organisation_id = case.organisation_id
    session.add(Person(organisation_id=organisation_id, name="Partie", phone="418 555-0101", left_at=now()))
    session.add(Person(organisation_id=organisation_id, name="Présente", phone="418 555-0102"))
    session.commit()
    return f"/organisations/{organisation_id}"


def stands(session: Session) -> Case:
    session.rollback()
    case = session.scalars(sa.select(Case)).one()
    session.expunge(case)
    session.rollback()
    return case


def made(session: Session) -> list[ContactAttempt]:
    session.rollback()
    found = list(session.scalars(sa.select(ContactAttempt).order_by(ContactAttempt.id)))
    session.expunge_all()
    session.rollback()
    return found


def text(page: str) -> str:
    return " ".join(markup.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def tell(colleague: Colleague, where: str, result: str, **more: str) -> int:
    return colleague.post(f"{where}/attempts", {"channel": "phone", "result": result, **more}).status_code


def record(
    session: Session, case: Case, result: R, at: dt.datetime, user_id: int | None = None, **more: object
) -> None:
    attempts.record(session, case, Attempt(Channel.PHONE, result, at, **more), user_id)  # type: ignore[arg-type]


def test_two_clicks_record_who_was_called_when_and_what_is_next(
    session: Session, where: str, roxane: Colleague
) -> None:
    page = roxane.get(where).text
    [person] = re.findall(r'<option selected value="(\d+)">Présente, 418 555-0102', page)
    assert 'name="channel" type="radio" value="phone" checked' in page or re.search(r'checked[^>]*value="phone"', page)
    assert "Partie" not in re.search(r'<select id="person".*?</select>', page, re.S)[0]  # type: ignore[index]
    before = now()
    assert tell(roxane, where, "no_answer", person=person) == 303
    [attempt] = made(session)
    case = stands(session)
    assert before <= attempt.at <= now()
    assert (attempt.user_id, str(attempt.person_id), attempt.channel) == (roxane.id, person, Channel.PHONE)
    assert attempt.next_at == case.next_at == attempt_rules.proposed(R.NO_ANSWER, attempt.at, TimeZone.EASTERN)
    assert (case.attempts, case.last_attempt_at, case.disposition) == (1, attempt.at, Disposition.IN_PROGRESS)
    assert case.interviewer_id == roxane.id


def test_the_history_shows_attempts_among_the_events_once(session: Session, where: str, roxane: Colleague) -> None:
    tell(roxane, where, "call_back", note="Après la réunion du conseil")
    page = roxane.get(where).text
    line = text(page[page.index('class="timeline"') :])
    assert line.count("Personne jointe, à rappeler") == 1
    assert "Après la réunion du conseil" in line


def test_a_colleague_sees_the_attempt_but_neither_person_nor_note(
    session: Session, where: str, roxane: Colleague, malik: Colleague
) -> None:
    [person] = session.scalars(sa.select(Person.id).where(Person.name == "Présente")).all()
    tell(roxane, where, "call_back", note="Confidence", person=str(person))
    page = malik.get(where).text
    assert "Personne jointe, à rappeler" in page
    assert "Confidence" not in page
    assert "Présente" not in page
    assert tell(malik, where, "no_answer") == 403


@pytest.mark.parametrize("role", ["bastien", "anh", "simone"])
def test_who_does_not_do_fieldwork_records_nothing(
    session: Session, where: str, role: str, request: pytest.FixtureRequest
) -> None:
    assert tell(request.getfixturevalue(role), where, "no_answer") == 403
    assert made(session) == []


def test_the_same_form_sent_twice_makes_one_attempt(session: Session, where: str, roxane: Colleague) -> None:
    form_id = str(uuid.uuid4())
    assert [tell(roxane, where, "no_answer", form_id=form_id) for _ in range(2)] == [303, 303]
    assert len(made(session)) == 1


@pytest.mark.parametrize("result", list(R))
def test_each_result_leads_where_its_rule_says(session: Session, where: str, roxane: Colleague, result: R) -> None:
    later = (now() + D(days=30)).date().isoformat()
    dated = {"next_day": later} if RULES[result].dated else {}
    assert tell(roxane, where, result.value, **dated) == 303
    case = stands(session)
    assert case.disposition is RULES[result].leads_to
    assert (case.next_at is None) == (RULES[result].days is None and not dated)


def test_replies_are_what_somebody_there_said() -> None:
    assert frozenset(R) - REPLIES == {R.NO_ANSWER, R.MESSAGE, R.INVALID}


def test_nobody_is_called_again_after_a_refusal(session: Session, where: str, roxane: Colleague) -> None:
    later = (now() + D(days=30)).date().isoformat()
    answer = roxane.post(f"{where}/attempts", {"channel": "phone", "result": "refused", "next_day": later})
    assert answer.status_code == 422
    assert "Après un refus, on ne rappelle pas" in answer.text
    assert tell(roxane, where, "refused", reason="time") == 303
    case = stands(session)
    assert (case.disposition, case.refusal_reason) == (Disposition.REFUSAL, RefusalReason.TIME)
    assert case.next_at is None
    assert "on ne rappelle pas" in roxane.get(where).text


def test_not_now_asks_when_and_keeps_what_was_typed(session: Session, where: str, roxane: Colleague) -> None:
    answer = roxane.post(f"{where}/attempts", {"channel": "zoom", "result": "not_now", "note": "En vacances <b>"})
    assert answer.status_code == 422
    assert "Dites quand reprendre" in answer.text
    assert "En vacances &lt;b&gt;" in answer.text
    assert re.search(r'checked[^>]*value="zoom"|value="zoom"[^>]*checked', answer.text)
    assert made(session) == []


def test_an_outcome_is_not_undone_by_an_interim_one_unless_asked(
    session: Session, where: str, case: Case, roxane: Colleague
) -> None:
    cases.set_outcome(session, session.get_one(Case, case.id), Disposition.NO_REPLY, roxane.id)
    session.commit()
    tell(roxane, where, "message")
    assert stands(session).disposition is Disposition.NO_REPLY
    assert "Rouvrir la démarche" in roxane.get(where).text
    tell(roxane, where, "call_back", anyway="y")
    assert stands(session).disposition is Disposition.IN_PROGRESS


@pytest.mark.parametrize("settled", sorted(attempt_rules.SETTLED))
def test_no_attempt_undoes_an_answer_by_itself(settled: Disposition) -> None:
    assert {attempt_rules.leads(settled, result) for result in R} == {settled}


def test_an_attempt_is_noted_after_the_fact_and_never_before(session: Session, where: str, roxane: Colleague) -> None:
    yesterday = office_hours.clock(now(), TimeZone.EASTERN).date() - D(days=1)
    tell(roxane, where, "call_back")
    assert tell(roxane, where, "no_answer", day=yesterday.isoformat(), time="10:15") == 303
    latest, earlier = made(session)
    assert earlier.at == office_hours.local_moment(yesterday, dt.time(10, 15), TimeZone.EASTERN)
    assert stands(session).next_at == latest.next_at
    tomorrow = (yesterday + D(days=2)).isoformat()
    for wrong in ({"day": tomorrow}, {"day": tomorrow, "time": "08:00"}, {"day": "9999-12-31", "time": "23:59"}):
        assert tell(roxane, where, "no_answer", **wrong) == 422
    assert len(made(session)) == 2


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"day": "2026-03-08", "time": "02:30"}, "Cette heure n’existe pas"),
        ({"day": "0001-01-01", "time": "00:00"}, "depuis l’an 2000"),
        ({"day": "demain"}, "Écrivez une date"),
        ({"time": "25:61"}, "Écrivez une heure"),
        ({"next_day": "2001-01-01"}, "Cette date est passée"),
        ({"next_day": "9999-12-31", "next_time": "23:59"}, "plus de deux ans"),
        ({"next_time": "10:00"}, "Donnez aussi la date"),
        ({"result": "vanished"}, "Il reste quelque chose à corriger"),
        ({"channel": "pigeon"}, "Il reste quelque chose à corriger"),
        ({"person": "999999"}, "Il reste quelque chose à corriger"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    session: Session, where: str, roxane: Colleague, typed: dict[str, str], said: str
) -> None:
    sent = {"channel": "phone", "result": "call_back", "note": "Gardée"} | typed
    answer = roxane.post(f"{where}/attempts", sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Gardée" in answer.text
    assert made(session) == []


def test_a_next_date_on_a_holiday_is_kept_with_a_notice(session: Session, where: str, roxane: Colleague) -> None:
    today = office_hours.clock(now(), TimeZone.EASTERN).date()
    feast = dt.date(today.year + 1, 6, 24)
    answer = roxane.post(
        f"{where}/attempts",
        {"channel": "phone", "result": "not_now", "next_day": feast.isoformat()},
        follow_redirects=True,
    )
    assert "Fête nationale du Québec" in text(answer.text)
    assert stands(session).next_at == office_hours.local_moment(feast, office_hours.OPENS, TimeZone.EASTERN)


def test_the_next_hour_is_that_of_the_place(session: Session, where: str, case: Case, roxane: Colleague) -> None:
    session.get_one(Case, case.id).organisation.time_zone = TimeZone.MAGDALEN
    session.commit()
    day = office_hours.business_day(now().date() + D(days=20), 1)
    tell(roxane, where, "call_back", next_day=day.isoformat(), next_time="09:00")
    assert stands(session).next_at == office_hours.local_moment(day, dt.time(9), TimeZone.MAGDALEN)


def test_the_proposal_changes_the_half_of_the_day() -> None:
    monday = dt.datetime(2026, 6, 22, 14, tzinfo=dt.UTC)  # at 10:00; Wednesday is a holiday
    after_noon, before_noon = (dt.datetime(2026, 6, 25, hour, 30, tzinfo=dt.UTC) for hour in (17, 13))
    assert attempt_rules.proposed(R.NO_ANSWER, monday, TimeZone.EASTERN) == after_noon
    assert attempt_rules.proposed(R.NO_ANSWER, monday + D(hours=5), TimeZone.EASTERN) == before_noon


def test_a_long_silence_is_said_and_nothing_is_done_in_silence(
    session: Session, where: str, case: Case, roxane: Colleague
) -> None:
    held = session.get_one(Case, case.id)
    noon = now().replace(hour=16, minute=0)
    for n in range(6):
        record(session, held, R.NO_ANSWER, noon - D(days=20 - 3 * n, hours=n % 2 * -4), roxane.id)
    session.commit()
    page = text(roxane.get(where).text)
    assert "6 démarches sans réponse en 15 jours" in page
    assert stands(session).disposition is Disposition.IN_PROGRESS
    roxane.post(f"{where}/outcome", {"disposition": "no_reply"})
    case = stands(session)
    assert (case.disposition, case.next_at) == (Disposition.NO_REPLY, None)


@pytest.mark.parametrize(
    ("days", "hours", "last"),
    [([0, 1, 2, 3, 4, 5], [9, 15] * 3, R.NO_ANSWER), ([0, 4, 8, 12, 16, 20], [9] * 6, R.NO_ANSWER),
     ([0, 4, 8, 12, 16, 20], [9, 15] * 3, R.CALL_BACK)],
    ids=["too soon", "always at the same hour", "somebody answered"],
)  # fmt: skip
def test_no_silence_is_long_before_its_time(days: list[int], hours: list[int], last: R) -> None:
    start = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    tried = [(start + D(days=d, hours=h + 5), R.NO_ANSWER) for d, h in zip(days, hours, strict=True)]
    tried[-1] = (tried[-1][0], last)
    assert attempt_rules.silence(tried[::-1], TimeZone.EASTERN) is None


def test_who_made_an_attempt_corrects_it_and_the_outcome_follows(
    session: Session, where: str, roxane: Colleague
) -> None:
    tell(roxane, where, "no_answer")
    tell(roxane, where, "refused")
    refused = made(session)[1]
    page = roxane.get(f"{where}/attempts/{refused.id}").text
    shown = dict(re.findall(r'name="(day|time|next_day)"[^>]*value="([^"]*)"', page))
    answer = roxane.post(f"{where}/attempts/{refused.id}", shown | {"channel": "phone", "result": "call_back"})
    assert answer.status_code == 303
    case, corrected = stands(session), made(session)[1]
    assert (case.disposition, corrected.result) == (Disposition.IN_PROGRESS, R.CALL_BACK)
    assert corrected.at == refused.at
    assert case.next_at == corrected.next_at is not None
    assert "Démarche corrigée" in roxane.get(where).text


def test_the_same_correction_leaves_no_trace(session: Session, where: str, roxane: Colleague) -> None:
    tell(roxane, where, "no_answer", note="Sonne occupé")
    [attempt] = made(session)
    page = roxane.get(f"{where}/attempts/{attempt.id}").text
    shown = dict(re.findall(r'name="(day|time|next_day|next_time)"[^>]*value="([^"]*)"', page))
    sent = shown | {"channel": "phone", "result": "no_answer", "note": "Sonne occupé"}
    assert roxane.post(f"{where}/attempts/{attempt.id}", sent).status_code == 303
    assert made(session)[0].next_at == attempt.next_at
    assert "Démarche corrigée" not in roxane.get(where).text


def test_an_attempt_made_by_mistake_goes_and_its_trace_stays(
    session: Session, where: str, roxane: Colleague, malik: Colleague, colette: Colleague
) -> None:
    tell(roxane, where, "refused")
    [attempt] = made(session)
    assert malik.post(f"{where}/attempts/{attempt.id}/remove").status_code == 403
    assert roxane.post(f"{where}/attempts/{attempt.id + 1}/remove").status_code == 404
    assert colette.post(f"{where}/attempts/{attempt.id}/remove").status_code == 303
    case = stands(session)
    assert made(session) == []
    assert (case.disposition, case.refusal_reason, case.attempts) == (Disposition.NOT_CONTACTED, None, 0)
    assert "Démarche retirée" in roxane.get(where).text
    assert session.scalars(sa.select(AuditEntry.action).where(AuditEntry.action == "attempt.remove")).one()


def test_another_interviewer_to_whom_it_passed_corrects_nothing_of_it(
    session: Session, where: str, roxane: Colleague, malik: Colleague
) -> None:
    tell(roxane, where, "no_answer")
    [attempt] = made(session)
    cases.assign_all(session, [attempt.case_id], malik.id, None)
    session.commit()
    assert malik.get(f"{where}/attempts/{attempt.id}").status_code == 403
    assert roxane.get(f"{where}/attempts/{attempt.id}").status_code == 403


def test_a_choice_of_somebody_is_left_alone_when_an_attempt_goes(
    session: Session, where: str, roxane: Colleague
) -> None:
    tell(roxane, where, "no_answer")
    roxane.post(f"{where}/outcome", {"disposition": "impossible"})
    [attempt] = made(session)
    roxane.post(f"{where}/attempts/{attempt.id}/remove")
    assert stands(session).disposition is Disposition.IMPOSSIBLE


def test_a_refusal_stays_when_what_was_noted_after_it_was_a_mistake(
    session: Session, case: Case, where: str, roxane: Colleague
) -> None:
    held = session.get_one(Case, case.id)
    record(session, held, R.REFUSED, now() - D(hours=3), roxane.id)
    record(session, held, R.NO_ANSWER, now() - D(hours=2), roxane.id, next_at=now() + D(days=1))
    record(session, held, R.NOT_ELIGIBLE, now() - D(hours=1), roxane.id)
    session.commit()
    roxane.post(f"{where}/attempts/{made(session)[-1].id}/remove")
    assert (stands(session).disposition, stands(session).next_at) == (Disposition.REFUSAL, None)


def test_a_refusal_that_is_noted_late_still_stops_the_calls(session: Session, case: Case, roxane: Colleague) -> None:
    held = session.get_one(Case, case.id)
    record(session, held, R.NO_ANSWER, now() - D(days=2), roxane.id, next_at=now() + D(days=1))
    record(session, held, R.MESSAGE, now() - D(days=4), roxane.id)
    assert held.disposition is Disposition.IN_PROGRESS
    record(session, held, R.REFUSED, now() - D(days=3), roxane.id)
    assert (held.disposition, held.next_at) == (Disposition.REFUSAL, None)


def test_a_reason_that_was_given_is_not_taken_back_by_a_second_refusal(
    session: Session, case: Case, roxane: Colleague
) -> None:
    held = session.get_one(Case, case.id)
    said = Attempt(Channel.PHONE, R.REFUSED, now())
    attempts.record(session, held, said, roxane.id, reason=RefusalReason.TIME)
    attempts.record(session, held, said, roxane.id)
    assert held.refusal_reason is RefusalReason.TIME


def test_to_write_before_an_appointment_does_not_undo_it(session: Session, case: Case, roxane: Colleague) -> None:
    held = session.get_one(Case, case.id)
    starts = now() + D(days=2)
    record(session, held, R.APPOINTMENT, now() - D(hours=1), roxane.id)
    session.add(
        Appointment(
            id=uuid.uuid4(), case_id=case.id, user_id=roxane.id, starts_at=starts, minutes=60, mode=Mode.ZOOM,
            language=Language.FRENCH, made_at=now(), made_by=roxane.id,
        )
    )  # fmt: skip
    record(session, held, R.MESSAGE, now(), roxane.id, next_at=now() + D(days=9))
    assert (held.disposition, held.next_at) == (Disposition.APPOINTMENT, starts)


def test_no_word_of_an_attempt_is_in_the_audit(session: Session, where: str, roxane: Colleague) -> None:
    tell(roxane, where, "call_back", note="Mot confié")
    [attempt] = made(session)
    roxane.post(f"{where}/attempts/{attempt.id}/remove")
    assert not [row for row in session.scalars(sa.select(AuditEntry.detail)) if row and "confié" in row]


@pytest.fixture
def region(session: Session, roxane: Colleague) -> list[int]:
    """The cases of three organisations of one region: untried, refused, to be called; and one of another region."""
    new = [NewOrganisation(f"Organisme {n}", Region.R10) for n in range(3)] + [NewOrganisation("Ailleurs", Region.R01)]
    ids = cases.open_cases(session, new, None)
    found = list(session.scalars(sa.select(Case).where(Case.organisation_id.in_(ids)).order_by(Case.id)))
    record(session, found[1], R.REFUSED, now(), roxane.id)
    record(session, found[2], R.CALL_BACK, now(), roxane.id, next_at=now() + D(hours=1))
    numbers = [case.id for case in found]
    session.commit()
    return numbers


def of(session: Session, case_id: int) -> Case:
    session.rollback()
    return session.get_one(Case, case_id, populate_existing=True)


def test_a_region_is_suspended_until_a_date_and_lifted_early(
    session: Session, region: list[int], colette: Colleague
) -> None:
    until = now().date() + D(days=60)
    sent = {"region": "10", "until": until.isoformat(), "why": "État d’urgence"}
    page = text(colette.post("/suspensions", sent, follow_redirects=True).text)
    assert "2 organisations suspendues." in page
    first, refused, promised, elsewhere = (of(session, case_id) for case_id in region)
    assert [case.suspended_until for case in (first, refused, promised, elsewhere)] == [until, None, until, None]
    assert first.next_at == of(session, region[2]).next_at == planning.after(until)
    session.rollback()
    page = colette.post(
        "/suspensions/lift", {"until": until.isoformat(), "why": "État d’urgence"}, follow_redirects=True
    )
    assert "Suspension levée" in page.text
    assert of(session, region[0]).next_at is None
    promised_again = of(session, region[2]).next_at
    assert promised_again is not None
    assert promised_again < now() + D(hours=2)
    kinds = session.scalars(sa.select(CaseEvent.kind).where(CaseEvent.case_id == region[0])).all()
    assert kinds[-2:] == [EventKind.SUSPENDED, EventKind.RESUMED]


def test_what_a_script_types_lifts_nothing_and_breaks_nothing(session: Session, colette: Colleague) -> None:
    for why in ("\x00", "Vacances\x00"):
        answer = colette.post("/suspensions/lift", {"until": "2027-01-01", "why": why})
        assert answer.status_code == 303


def test_what_is_ticked_is_suspended_together(session: Session, region: list[int], colette: Colleague) -> None:
    assert "Suspendre une organisation" not in colette.post("/suspensions/ticked", {"case": region[0]}).text
    until = (now().date() + D(days=9)).isoformat()
    wrong = colette.post("/suspensions", {"case": [region[3]], "until": until, "why": " "})
    assert wrong.status_code == 422
    assert f'name="case" value="{region[3]}"' in wrong.text
    colette.post("/suspensions", {"case": [region[3]], "until": until, "why": "Vacances"})
    assert of(session, region[3]).suspended_why == "Vacances"


@pytest.mark.parametrize(
    "wrong",
    [
        {"until": "2001-01-01"},
        {"until": "9999-12-31"},
        {"until": "bientôt"},
        {"until": ""},
        {"region": ""},
        {"region": "99"},
        {"why": "x" * 401},
    ],
)
def test_a_suspension_says_whom_until_when_and_why(
    session: Session, region: list[int], colette: Colleague, wrong: dict[str, str]
) -> None:
    sent = {"region": "10", "until": (now().date() + D(days=9)).isoformat(), "why": "Écoles fermées"} | wrong
    assert colette.post("/suspensions", sent).status_code == 422
    assert of(session, region[0]).suspended_until is None


def test_suspensions_are_for_the_coordination(roxane: Colleague) -> None:
    assert roxane.get("/suspensions").status_code == 403
    assert roxane.post("/suspensions", {"region": "10"}).status_code == 403


def test_suspending_again_moves_the_date(session: Session, region: list[int], colette: Colleague) -> None:
    for days in (9, 30):
        until = now().date() + D(days=days)
        suspensions.suspend(session, suspensions.named(region), until, "Fermé", colette.id)
    session.commit()
    assert of(session, region[0]).next_at == planning.after(until)
