"""What to do now: the order and its reasons, how it is overridden, and one winner of fifty who claim one case."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from survey.accounts.models import Language, Role
from survey.db import now
from survey.fieldwork import attempts, cases, office_hours, planning, queue, queue_rows, suspensions
from survey.fieldwork.attempts import Attempt
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.contact_models import Appointment
from survey.fieldwork.models import Case, CaseEvent, EventKind, Person, TimeZone
from survey.fieldwork.queue_entries import Why
from survey.instrument.codes import AttemptResult, Channel, Disposition, Mode, Region
from survey.interview import call_backs, conduct
from survey.interview.call_backs import Plan
from survey.interview.course_models import CallBack
from survey.interview.models import Initiative
from tests.conftest import Colleague, hire

MONTREAL = TimeZone.EASTERN
D = dt.timedelta
R = AttemptResult
#: A Tuesday at 13:30 in Montréal, 14:30 in the Islands.
TUESDAY = dt.datetime(2026, 11, 24, 13, 30, tzinfo=ZoneInfo(MONTREAL)).astimezone(dt.UTC)


def opened(session: Session, name: str, whose: int | None, region: Region | None = Region.R06, **more: object) -> Case:
    [organisation_id] = cases.open_cases(session, [NewOrganisation(name, region, **more)], None)  # type: ignore[arg-type]
    case = session.scalars(sa.select(Case).where(Case.organisation_id == organisation_id)).one()
    if whose:
        cases.assign(session, case, whose, None)
    return case


def tried(session: Session, case: Case, result: R, at: dt.datetime, next_at: dt.datetime | None, user_id: int) -> None:
    attempts.record(session, case, Attempt(Channel.PHONE, result, at, next_at=next_at), user_id)


def met(session: Session, case: Case, starts_at: dt.datetime, user_id: int) -> None:
    session.add(
        Appointment(
            id=uuid.uuid4(), case_id=case.id, user_id=user_id, starts_at=starts_at, minutes=45, mode=Mode.PHONE,
            language=Language.FRENCH, made_at=starts_at - D(days=3), made_by=user_id,
        )
    )  # fmt: skip
    planning.follow(session, case)


def whys(entries: object) -> list[tuple[str, Why]]:
    return [(entry.name, entry.why) for entry in entries]  # type: ignore[attr-defined]


def test_the_queue_ranks_what_asks_first_and_says_why(session: Session, roxane: Colleague) -> None:
    me = roxane.id
    names = ("premier", "relance", "promis", "rdv", "tard", "périmée", "sans date", "passé")
    made = {name: opened(session, name, me) for name in names}
    opened(session, "nulle part", me, Region.R10)
    opened(session, "sondée", None, Region.R06, disposition=Disposition.COMPLETED)
    ago = TUESDAY - D(days=4)
    tried(session, made["relance"], R.MESSAGE, ago, TUESDAY - D(days=1), me)
    tried(session, made["promis"], R.CALL_BACK, ago, TUESDAY - D(minutes=5), me)
    tried(session, made["tard"], R.CALL_BACK, ago, TUESDAY + D(hours=2), me)
    tried(session, made["périmée"], R.INVALID, ago, TUESDAY - D(hours=1), me)
    tried(session, made["sans date"], R.INTERVIEWED, ago, None, me)
    met(session, made["rdv"], TUESDAY + D(minutes=10), me)
    met(session, made["passé"], TUESDAY - D(days=2), me)
    found = queue.of(session, me, TUESDAY, MONTREAL)
    assert whys(found.now) == [
        ("rdv", Why.APPOINTMENT),
        ("promis", Why.PROMISED),
        ("passé", Why.PAST_APPOINTMENT),
        ("périmée", Why.ANOTHER_WAY),
        ("relance", Why.REMINDER),
        ("nulle part", Why.REGION_WITHOUT),
        ("premier", Why.FIRST),
        ("sans date", Why.UNDATED),
    ]
    assert whys(found.later) == [("tard", Why.PROMISED)]
    assert whys(found.free) == []


@pytest.mark.parametrize("outcome", [d for d in Disposition if f"'{d.value}'" not in queue_rows.WAITING])
def test_what_is_settled_is_never_in_the_queue(session: Session, roxane: Colleague, outcome: Disposition) -> None:
    for whose in (roxane.id, None):
        case = opened(session, f"Organisme {whose}", whose)
        tried(session, case, R.MESSAGE, TUESDAY - D(days=4), TUESDAY - D(days=1), roxane.id)
        cases.assign(session, case, whose, None)
        cases.set_outcome(session, case, outcome, None)
        assert case.next_at is None
    found = queue.of(session, roxane.id, TUESDAY, MONTREAL)
    assert [*found.now, *found.later, *found.free] == []


def test_an_outcome_taken_back_brings_back_what_was_planned(session: Session, roxane: Colleague) -> None:
    case, due = opened(session, "Organisme", roxane.id), TUESDAY - D(hours=1)
    tried(session, case, R.MESSAGE, TUESDAY - D(days=4), due, roxane.id)
    cases.set_outcome(session, case, Disposition.IMPOSSIBLE, None)
    cases.set_outcome(session, case, Disposition.IN_PROGRESS, None)
    assert case.next_at == due


def test_a_suspended_case_waits_until_it_is_over(session: Session, roxane: Colleague) -> None:
    case = opened(session, "École", roxane.id)
    tried(session, case, R.CALL_BACK, TUESDAY - D(days=4), TUESDAY - D(days=1), roxane.id)
    suspensions.suspend(session, suspensions.named([case.id]), dt.date(2026, 11, 27), "Grève", roxane.id)
    assert whys(queue.of(session, roxane.id, TUESDAY, MONTREAL).now) == []
    monday = office_hours.local_moment(dt.date(2026, 11, 30), dt.time(9), MONTREAL)
    assert whys(queue.of(session, roxane.id, monday, MONTREAL).now) == [("École", Why.RESUMED)]


def test_where_the_office_is_open_comes_before_where_it_is_closed(session: Session, roxane: Colleague) -> None:
    late = dt.datetime(2026, 11, 24, 15, 45, tzinfo=ZoneInfo(MONTREAL)).astimezone(dt.UTC)
    islands, town = opened(session, "Aux Îles", roxane.id), opened(session, "En ville", roxane.id)
    islands.organisation.time_zone = TimeZone.MAGDALEN
    for case, hours in ((islands, 3), (town, 1)):
        tried(session, case, R.MESSAGE, late - D(days=3), late - D(hours=hours), roxane.id)
    found = queue.of(session, roxane.id, late, MONTREAL).now
    assert [(entry.name, entry.hours.opens is None) for entry in found] == [("En ville", True), ("Aux Îles", False)]


def to_complete(session: Session, case: Case, user_id: int, blocks: int, due_on: dt.date | None) -> list[CallBack]:
    """An interview that was completed but for the last of so many blocks, for which somebody will call again."""
    interview = conduct.start(session, case, Mode.PHONE, user_id)
    uids = [uuid.uuid4() for _ in range(blocks)]
    for uid in uids:
        conduct.add_block(session, interview.id, uid)
    cases.set_outcome(session, case, Disposition.COMPLETED, user_id)
    [last] = session.scalars(sa.select(Initiative.id).where(Initiative.uid == uids[-1]))
    call_backs.plan(session, last, Plan("Le budget", due_on), Plan(), user_id)
    return list(session.scalars(sa.select(CallBack).where(CallBack.initiative_id == last)))


def test_what_is_to_be_completed_by_phone_waits_where_promises_do(session: Session, roxane: Colleague) -> None:
    me, today = roxane.id, TUESDAY.date()
    late, due, tomorrow, never = (opened(session, name, me) for name in ("retard", "dû", "demain", "sans date"))
    for case, on in ((late, today - D(days=4)), (due, today), (tomorrow, today + D(days=1)), (never, None)):
        to_complete(session, case, me, 2, on)
    promised = opened(session, "promis", me)
    tried(session, promised, R.CALL_BACK, TUESDAY - D(days=4), TUESDAY - D(days=1), me)
    relance = opened(session, "relance", me)
    tried(session, relance, R.MESSAGE, TUESDAY - D(days=9), TUESDAY - D(days=8), me)

    def now() -> list[tuple[str, Why]]:
        return whys(queue.of(session, me, TUESDAY, MONTREAL, call_backs.due).now)

    assert now() == [
        ("retard", Why.CALL_BACK),
        ("promis", Why.PROMISED),
        ("dû", Why.CALL_BACK),
        ("relance", Why.REMINDER),
    ]
    queue.put_off(session, late, TUESDAY + D(days=2), me)
    assert ("retard", Why.CALL_BACK) not in now()
    cases.assign(session, due, None, me)
    found = queue.of(session, me, TUESDAY, MONTREAL, call_backs.due)
    assert ("dû", Why.CALL_BACK) in whys(found.free)
    assert ("dû", Why.CALL_BACK) not in whys(found.now)


def test_a_case_is_there_once_and_an_appointment_comes_before_the_call_back(
    session: Session, roxane: Colleague, malik: Colleague
) -> None:
    met_soon, partial, refused = (opened(session, name, roxane.id) for name in ("rdv", "partielle", "refus"))
    for case, now_stands in ((met_soon, None), (partial, Disposition.PARTIAL), (refused, Disposition.REFUSAL)):
        to_complete(session, case, roxane.id, 1, TUESDAY.date())
        cases.set_outcome(session, case, now_stands or Disposition.APPOINTMENT, roxane.id)
    met(session, met_soon, TUESDAY + D(minutes=10), roxane.id)
    tried(session, partial, R.MESSAGE, TUESDAY - D(days=3), TUESDAY - D(days=2), roxane.id)
    of_roxane = queue.of(session, roxane.id, TUESDAY, MONTREAL, call_backs.due)
    assert whys(of_roxane.now) == [("rdv", Why.APPOINTMENT), ("partielle", Why.CALL_BACK)]
    assert not queue.of(session, malik.id, TUESDAY, MONTREAL, call_backs.due).now


def test_the_page_says_for_which_initiative_to_call_again_until_it_is_done(session: Session, roxane: Colleague) -> None:
    case = opened(session, "Maison fictive", roxane.id)
    [waits] = to_complete(session, case, roxane.id, 2, dt.date(2022, 3, 14))
    session.commit()
    assert "Rappeler pour compléter l’initiative\xa02" in roxane.get("/queue").text
    assert "Call again to complete initiative 2" in roxane.get("/queue?lang=en").text
    call_backs.done(session, waits.initiative_id)
    session.commit()
    assert "Maison fictive" not in roxane.get("/queue?lang=fr").text


def test_a_backlog_never_hides_what_is_due_now(session: Session, roxane: Colleague) -> None:
    for n in range(queue_rows.SHOWN + 5):
        case = opened(session, f"En retard {n}", roxane.id)
        tried(session, case, R.MESSAGE, TUESDAY - D(days=30), TUESDAY - D(days=20), roxane.id)
    met(session, opened(session, "rdv", roxane.id), TUESDAY + D(minutes=10), roxane.id)
    found = queue.of(session, roxane.id, TUESDAY, MONTREAL)
    assert whys(found.now)[0] == ("rdv", Why.APPOINTMENT)
    assert len(found.now) == queue_rows.SHOWN


def test_the_page_says_why_whom_and_at_which_number(session: Session, roxane: Colleague) -> None:
    case, at = opened(session, "Maison fictive", roxane.id), now()
    session.add(Person(organisation_id=case.organisation_id, name="Partie", phone="418 555-0101", left_at=at))
    session.add(Person(organisation_id=case.organisation_id, name="Présente", phone="418 555-0102"))
    met(session, case, at + D(minutes=20), roxane.id)
    again = opened(session, "Relancée", roxane.id)
    for n in (9, 6, 3):
        tried(session, again, R.NO_ANSWER, at - D(days=n), at - D(days=n - 1), roxane.id)
    session.commit()
    page = roxane.get("/queue").text
    assert re.search(r"RDV dans (19|20)\xa0min", page)
    assert 'href="tel:4185550102"' in page
    assert "Partie" not in page
    assert "3ᵉ relance due depuis le" in page
    assert "3rd reminder due since" in roxane.get("/queue?lang=en").text


@pytest.mark.parametrize(
    ("n", "fr", "en"), [(1, "1ʳᵉ", "1st"), (2, "2ᵉ", "2nd"), (3, "3ᵉ", "3rd"), (11, "11ᵉ", "11th"), (22, "22ᵉ", "22nd")]
)
def test_ranks_are_written_as_each_language_does(app: Flask, n: int, fr: str, en: str) -> None:
    nth = app.jinja_env.filters["nth"]
    for language, written in (("fr", fr), ("en", en)):
        with app.test_request_context(headers={"Accept-Language": language}):
            assert nth(n) == written


def test_an_interviewer_begins_the_day_with_the_queue(app: Flask, roxane: Colleague, colette: Colleague) -> None:
    assert "À faire" in roxane.get("/").text
    assert roxane.get("/queue").status_code == colette.get("/queue").status_code == 200


def test_the_coordination_sees_the_queue_of_each_and_interviewers_only_theirs(
    session: Session, roxane: Colleague, malik: Colleague, colette: Colleague, bastien: Colleague
) -> None:
    opened(session, "Maison fictive", roxane.id)
    session.commit()
    assert "Maison fictive" in colette.get(f"/queue?interviewer={roxane.id}").text
    assert "Maison fictive" not in colette.get("/queue").text
    assert "Maison fictive" not in malik.get("/queue").text
    assert malik.get(f"/queue?interviewer={roxane.id}").status_code == 403
    assert colette.get("/queue?interviewer=999").status_code == 404
    assert bastien.get("/queue").status_code == 403


def test_later_and_not_me(session: Session, roxane: Colleague, malik: Colleague) -> None:
    number = opened(session, "Maison fictive", roxane.id).id
    session.commit()
    day = office_hours.business_day(now().date() + D(days=7), 1)
    assert malik.post(f"/queue/{number}/put-off", {"day": day.isoformat()}).status_code == 403
    page = roxane.post(f"/queue/{number}/put-off", {"day": day.isoformat()}, follow_redirects=True).text
    assert "Maison fictive\xa0: remise au" in page
    assert "Rien n’attend en ce moment." in page
    assert session.get_one(Case, number).next_at == office_hours.local_moment(day, office_hours.OPENS, MONTREAL)
    session.rollback()
    morning = office_hours.local_moment(day, dt.time(10), MONTREAL)
    assert whys(queue.of(session, roxane.id, morning, MONTREAL).now) == [("Maison fictive", Why.PUT_OFF)]
    session.rollback()
    assert "plus confiée à personne" in roxane.post(f"/queue/{number}/give-back", follow_redirects=True).text
    assert session.get_one(Case, number, populate_existing=True).interviewer_id is None


@pytest.mark.parametrize("day", ["", "hier", "2001-01-01", "9999-12-31"])
def test_what_is_no_day_to_come_puts_nothing_off(session: Session, roxane: Colleague, day: str) -> None:
    number = opened(session, "Maison fictive", roxane.id).id
    session.commit()
    answer = roxane.post(f"/queue/{number}/put-off", {"day": day})
    assert answer.status_code == 422
    fold = answer.text.partition("<details open>")[2].partition("</details>")[0]
    assert "field-error" in fold
    assert f'value="{day}"' in fold
    assert session.get_one(Case, number).next_at is None


def test_an_appointment_is_not_put_off_behind_somebodys_back(session: Session, roxane: Colleague) -> None:
    case, starts = opened(session, "Maison fictive", roxane.id), now() + D(hours=1)
    number = case.id
    met(session, case, starts, roxane.id)
    session.commit()
    day = (now() + D(days=7)).date().isoformat()
    page = roxane.post(f"/queue/{number}/put-off", {"day": day}, follow_redirects=True).text
    assert "déplacez-le ou annulez-le" in page
    assert session.get_one(Case, number).next_at == starts


def test_what_was_put_off_is_over_with_the_next_attempt(session: Session, roxane: Colleague) -> None:
    case = opened(session, "Maison fictive", roxane.id)
    queue.put_off(session, case, TUESDAY + D(days=9), roxane.id)
    tried(session, case, R.MESSAGE, TUESDAY, TUESDAY + D(days=3), roxane.id)
    assert case.next_at == TUESDAY + D(days=3)


def test_nobodys_case_is_taken_with_one_button(session: Session, roxane: Colleague, malik: Colleague) -> None:
    case = opened(session, "À tout le monde", None)
    number, organisation_id = case.id, case.organisation_id
    session.commit()
    assert f"/queue/{number}/claim" in malik.get("/queue").text
    assert malik.post(f"/queue/{number}/claim").location == f"/organisations/{organisation_id}"
    page = roxane.post(f"/queue/{number}/claim", follow_redirects=True).text
    assert "Déjà prise\xa0: cette organisation est confiée à Malik." in page
    assert roxane.post("/queue/999/claim").status_code == 404


def test_of_fifty_who_claim_a_case_at_once_one_has_it_and_the_others_hear_who(app: Flask, session: Session) -> None:
    number = opened(session, "À tout le monde", None).id
    session.commit()
    team = [hire(app, f"Personne{n:02}", Role.INTERVIEWER) for n in range(50)]

    def claim(colleague: Colleague) -> tuple[str | None, str]:
        answer = colleague.client.post(f"/queue/{number}/claim")
        return answer.location, "" if answer.location != "/queue" else colleague.client.get("/queue").text

    with ThreadPoolExecutor(50) as together:
        answers = list(together.map(claim, team))
    won = [team[n].id for n, (location, _) in enumerate(answers) if location != "/queue"]
    assert len(won) == 1
    case = session.get_one(Case, number)
    assert [case.interviewer_id] == won
    winner = f"Personne{[colleague.id for colleague in team].index(won[0]):02}"
    said = f"Déjà prise\xa0: cette organisation est confiée à {winner}."
    assert sum(said in page for _, page in answers) == 49
    given = sa.select(sa.func.count()).where(CaseEvent.case_id == number, CaseEvent.kind == EventKind.ASSIGNED)
    assert session.scalar(given) == 1


def plan(session: Session, query: sa.Select[tuple[object, ...]]) -> str:
    compiled = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN " if session.get_bind().dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    return "\n".join(str(row) for row in session.execute(sa.text(explain + str(compiled))))


def test_the_queue_reads_the_index_of_what_waits(session: Session, roxane: Colleague) -> None:
    cases.open_cases(session, [NewOrganisation(f"Maison fictive {n}") for n in range(2000)], None)
    cases.assign_all(session, session.scalars(sa.select(Case.id).where(Case.id % 2 == 0)), roxane.id, None)
    session.execute(sa.text('ANALYZE "case"'))
    for whose in (Case.interviewer_id == roxane.id, Case.interviewer_id.is_(None)):
        query = (
            sa.select(Case.id).where(*queue_rows.waiting(whose), Case.next_at.is_(None)).order_by(*queue_rows.IN_ORDER)
        )
        assert "ix_case_wave" in plan(session, query.limit(30))
