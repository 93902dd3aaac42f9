"""A team that began in a spreadsheet brings its attempts and outcomes along: as if typed in, once, or not at all."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.db import now
from survey.fieldwork import attempt_import, attempts, cases, tally
from survey.fieldwork.attempt_lines import Clock
from survey.fieldwork.attempt_plan import Plan
from survey.fieldwork.attempts import Attempt
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.columns import AS_HEADED, Chosen
from survey.fieldwork.contact_models import ContactAttempt
from survey.fieldwork.models import Case, Organisation
from survey.fieldwork.remarks import Remark
from survey.instrument.codes import AttemptResult, Channel, Disposition, Region
from tests.conftest import Colleague

ZONE = "America/Toronto"
HEAD = "organisme;date;heure;moyen;résultat;personne;prochaine date;faite par;note;issue;raison du refus\n"
R, D = AttemptResult, Disposition


@pytest.fixture
def listed(session: Session) -> dict[str, int]:
    """Three organisations of the list, by name: their cases."""
    new = [
        NewOrganisation("Maison bleue", Region.R03, aliases=("MB",)),
        NewOrganisation("Centre rouge"),
        NewOrganisation("Été"),
    ]
    cases.open_cases(session, new, None)
    session.commit()
    query = sa.select(Organisation.name, Case.id).join(Case.organisation)
    found = {name: case_id for name, case_id in session.execute(query)}
    session.commit()
    return found


def clock() -> Clock:
    return Clock(now(), ZONE)


def plan_of(session: Session, text: str | bytes, chosen: Chosen = AS_HEADED, name: str = "suivi.csv") -> Plan:
    plan = attempt_import.read(text.encode() if isinstance(text, str) else text, name, clock(), chosen)
    attempt_import.find(session, plan, clock())
    return plan


def said(remarks: Sequence[Remark]) -> list[tuple[int | None, str]]:
    return [(remark.line, remark.text.fr) for remark in remarks]


def bring(session: Session, text: str | bytes, user_id: int | None = None) -> Plan:
    plan = plan_of(session, text)
    assert said(plan.errors) == []
    attempt_import.carry_out(session, plan, clock(), user_id)
    session.commit()
    return plan


def made(session: Session, case_id: int) -> list[ContactAttempt]:
    session.rollback()
    query = sa.select(ContactAttempt).where(ContactAttempt.case_id == case_id)
    return list(session.scalars(query.order_by(ContactAttempt.at, ContactAttempt.id)))


def of(session: Session, case_id: int) -> Case:
    session.rollback()
    return session.get_one(Case, case_id, populate_existing=True)


def local(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=ZoneInfo(ZONE))  # type: ignore[misc,arg-type]


def test_what_is_brought_in_is_what_would_have_been_typed(
    session: Session, listed: dict[str, int], roxane: Colleague
) -> None:
    told = [(R.NO_ANSWER, 4), (R.MESSAGE, 5), (R.APPOINTMENT, 9), (R.CALL_BACK, 11), (R.REFUSED, 15), (R.MESSAGE, 16)]
    typed, brought = (session.get_one(Case, listed[name]) for name in ("Maison bleue", "Centre rouge"))
    for result, day in told:
        at = local(2026, 3, day, 10, 30)
        next_at = attempts.attempt_rules.proposed(result, at, ZONE)
        attempts.record(session, typed, Attempt(Channel.PHONE, result, at, None, next_at, "n"), roxane.id)
    session.commit()
    lines = [f"Centre rouge;{day}/03/2026;10 h 30;tél.;{result.label.fr};;;Roxane;n;;" for result, day in told[::-1]]
    lines[-1] = lines[-1].replace("4/03/2026", "2026-03-04")
    bring(session, HEAD + "\n".join(lines))
    kept = ("disposition", "attempts", "last_attempt_at", "next_at", "interviewer_id", "refusal_reason")
    first, second = of(session, typed.id), of(session, brought.id)
    assert {name: getattr(second, name) for name in kept} == {name: getattr(first, name) for name in kept}
    columns = ("at", "channel", "result", "next_at", "note", "user_id")
    rows = [[tuple(getattr(a, c) for c in columns) for a in made(session, case_id)] for case_id in listed.values()]
    assert rows[0] == rows[1]
    assert tally.recount(session) == 0


def test_twenty_thousand_attempts_take_some_seconds(session: Session) -> None:
    cases.open_cases(session, [NewOrganisation(f"Organisme {n}") for n in range(2000)], None)
    session.commit()
    lines = [
        f"Organisme {n % 2000};2026-0{1 + n // 10000}-{1 + n // 1000 % 10:02};{8 + n // 2000 % 8}:00;courriel;sans réponse;;;;;;"
        for n in range(20000)
    ]
    start = time.time()
    plan = bring(session, HEAD + "\n".join(lines))
    print("took", time.time() - start, len(plan.attempts))
    start = time.time()
    assert not plan_of(session, HEAD + "\n".join(lines)).does
    print("again", time.time() - start)
