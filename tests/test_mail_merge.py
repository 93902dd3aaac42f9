"""What left by a mail merge is noted at one go: exactly what the sheet held, and once."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from survey.audit import Action, AuditEntry
from survey.db import now
from survey.fieldwork import attempts, cases, messages, taken_sheets, tally
from survey.fieldwork.attempts import Attempt
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.contact_models import ContactAttempt, Message
from survey.fieldwork.models import Case, Person
from survey.instrument.codes import AttemptResult, Channel, Disposition, MessageStatus
from tests.conftest import Colleague
from tests.racing import meanwhile
from tests.test_messages import prepare_all

Status = MessageStatus


def listed(session: Session, *names: str) -> None:
    """Organisations with somebody to write to in each."""
    ids = cases.open_cases(session, [NewOrganisation(name) for name in names], None)
    people = [Person(organisation_id=n, name="Personne fictive", email="personne@exemple.test") for n in ids]
    session.add_all(people)
    session.commit()


def sheet_of(colleague: Colleague) -> tuple[list[int], str]:
    """The numbers in the sheet that somebody takes, and where to say that it left."""
    rows = csv.reader(io.StringIO(colleague.get("/messages/ready.csv").data.decode("utf-8-sig"), newline=""))
    page = colleague.get("/messages/sheet").text
    return [int(row[0]) for row in list(rows)[1:]], page.partition('action="/messages/sheet')[2].partition('"')[0]


def left(colleague: Colleague, sheet: str) -> str:
    return colleague.post(f"/messages/sheet{sheet}", follow_redirects=True).text


def statuses(session: Session) -> Sequence[MessageStatus]:
    session.rollback()
    return session.scalars(sa.select(Message.status).order_by(Message.id)).all()


def sendings(session: Session) -> int:
    sent = sa.select(sa.func.count()).where(AuditEntry.action == Action.MESSAGE_SEND)
    return session.scalar(sent) or 0


@pytest.fixture
def sheet(session: Session, colette: Colleague) -> str:
    """Colette took a sheet of three e-mails: where to say that they left."""
    listed(session, "Première", "Deuxième", "Troisième")
    prepare_all(colette)
    numbers, where = sheet_of(colette)
    assert len(numbers) == 3
    return where


def test_a_whole_sheet_is_noted_as_sent_and_each_is_an_attempt(
    session: Session, sheet: str, colette: Colleague
) -> None:
    assert "Ces 3 courriels sont partis" in colette.get("/messages/sheet").text
    assert "3 courriels sont notés comme partis." in left(colette, sheet)
    assert statuses(session) == [Status.SENT] * 3
    tried = session.scalars(sa.select(ContactAttempt)).all()
    assert {(one.channel, one.result, one.user_id) for one in tried} == {
        (Channel.EMAIL, AttemptResult.MESSAGE, colette.id)
    }
    assert len({(one.case_id, one.person_id) for one in tried}) == 3
    for case in session.scalars(sa.select(Case)):
        assert (case.disposition, case.attempts, case.interviewer_id) == (Disposition.IN_PROGRESS, 1, None)
        assert case.next_at == next(one.next_at for one in tried if one.case_id == case.id)
    assert sendings(session) == 3
    assert tally.recount(session) == 0


def test_said_twice_it_is_noted_once(session: Session, sheet: str, colette: Colleague, odile: Colleague) -> None:
    left(colette, sheet)
    for who in (colette, odile):
        assert "C’était déjà noté" in left(who, sheet)
    assert "Rien à noter" in colette.get("/messages/sheet").text
    assert (len(session.scalars(sa.select(ContactAttempt)).all()), sendings(session)) == (3, 3)


def test_what_became_ready_after_the_sheet_was_taken_stays_ready(
    session: Session, sheet: str, colette: Colleague
) -> None:
    listed(session, "Nouvelle")
    prepare_all(colette)
    left(colette, sheet)
    assert statuses(session) == [Status.SENT] * 3 + [Status.READY]


def test_a_page_speaks_of_the_sheet_that_it_showed_though_a_colleague_took_another(
    session: Session, sheet: str, colette: Colleague, odile: Colleague
) -> None:
    listed(session, "Nouvelle")
    prepare_all(odile)
    sheet_of(odile)
    left(colette, sheet)
    assert statuses(session)[-1] is Status.READY
    assert "Odile a pris la dernière feuille" in odile.get("/messages/sheet").text
    assert "1 y attend encore." in odile.get("/messages/sheet").text


def test_what_somebody_settled_meanwhile_is_left_as_it_is(session: Session, sheet: str, colette: Colleague) -> None:
    first, second, _ = session.scalars(sa.select(Message).order_by(Message.id)).all()
    messages.settle(session, first, Status.DROPPED, colette.id)
    messages.settle(session, second, Status.SENT, colette.id)
    session.commit()
    assert "1 courriel est noté comme parti." in left(colette, sheet)
    assert statuses(session) == [Status.DROPPED, Status.SENT, Status.SENT]
    assert sendings(session) == 2


def test_an_outcome_that_came_meanwhile_is_not_undone(session: Session, sheet: str, colette: Colleague) -> None:
    case = session.scalars(sa.select(Case).order_by(Case.id)).first()
    assert case
    cases.set_outcome(session, case, Disposition.REFUSAL, None)
    session.commit()
    left(colette, sheet)
    session.refresh(case)
    assert (case.disposition, case.attempts) == (Disposition.REFUSAL, 1)


def test_an_attempt_that_a_faster_clock_dated_later_keeps_the_last_word(
    session: Session, sheet: str, colette: Colleague
) -> None:
    case = session.scalars(sa.select(Case).order_by(Case.id)).first()
    assert case
    ahead = now().replace(year=now().year + 1)
    attempts.record(session, case, Attempt(Channel.PHONE, AttemptResult.CALL_BACK, ahead), colette.id)
    case.put_off_to = ahead
    session.commit()
    left(colette, sheet)
    session.refresh(case)
    assert (case.put_off_to, case.attempts, case.last_attempt_at) == (ahead, 2, ahead)


def test_two_who_say_it_at_once_note_it_once(
    app: Flask, session: Session, sheet: str, colette: Colleague, odile: Colleague
) -> None:
    session.commit()

    def first(other: Session) -> None:
        taken = taken_sheets.last(other)
        assert taken
        taken_sheets.leave(other, taken, odile.id)

    answer = meanwhile(app.extensions["db"]["engine"], first, lambda: colette.post(f"/messages/sheet{sheet}"))
    assert answer.status_code == 303
    assert statuses(session) == [Status.SENT] * 3
    assert (len(session.scalars(sa.select(ContactAttempt)).all()), sendings(session)) == (3, 3)


def test_a_sheet_that_nobody_took_is_not_found(session: Session, sheet: str, colette: Colleague) -> None:
    other = session.scalars(sa.select(AuditEntry.id).where(AuditEntry.action == Action.MESSAGE_PREPARE)).first()
    assert [colette.post(f"/messages/sheet?sheet={n}").status_code for n in (other, 10**9, "x")] == [404] * 3
    assert statuses(session) == [Status.READY] * 3


def test_without_a_sheet_there_is_nothing_to_note(colette: Colleague) -> None:
    assert "Rien à noter" in colette.get("/messages/sheet").text


def test_saying_that_a_sheet_left_is_for_the_coordination(session: Session, sheet: str, roxane: Colleague) -> None:
    assert roxane.post(f"/messages/sheet{sheet}").status_code == 403
    assert roxane.get("/messages/sheet").status_code == 403


def test_a_large_sheet_asks_little_more_of_the_database_than_a_small_one(session: Session, colette: Colleague) -> None:
    counted = []
    for start, size in ((0, 2), (2, 100)):
        listed(session, *(f"Organisme {n}" for n in range(start, start + size)))
        prepare_all(colette)
        _, where = sheet_of(colette)
        statements: list[str] = []
        engine = session.get_bind().engine

        def count(*told: Any, of: list[str] = statements) -> None:
            of.append(told[2])

        sa.event.listen(engine, "before_cursor_execute", count)
        left(colette, where)
        sa.event.remove(engine, "before_cursor_execute", count)
        counted.append(sum(not one.startswith("INSERT INTO audit_entry") for one in statements))
        session.rollback()
    assert statuses(session) == [Status.SENT] * 102
    assert counted[1] <= counted[0] + 2


@pytest.mark.parametrize(
    ("numbers", "said"), [([], ""), ([4], "4"), ([5, 3, 4, 9], "3-5 9"), ([1, 3, 5, 6], "1 3 5-6")]
)
def test_what_a_sheet_held_is_written_down_shortly_and_read_again(numbers: list[int], said: str) -> None:
    assert taken_sheets.spans(numbers) == said
    assert taken_sheets.unspanned(f"xlsx {len(numbers)}: {said}") == sorted(numbers)


def test_what_was_written_down_before_sheets_were_told_holds_nothing() -> None:
    assert taken_sheets.unspanned("xlsx 3") == []
