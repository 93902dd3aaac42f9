"""What a third person said of somebody is erased in time, unless it served; the organisation's name stays."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from survey.accounts.models import Language
from survey.audit import AuditEntry
from survey.db import now
from survey.fieldwork import referrals, retention
from survey.fieldwork.contact_models import Appointment, ContactAttempt, Message
from survey.fieldwork.models import Person, Referral
from survey.fieldwork.referrals import Named
from survey.instrument.codes import AttemptResult, CaseSource, Channel, MessageKind, Mode
from survey.interview import conduct
from survey.versions import Changed
from tests.naming import case_of, decide, every, name_at_q14, text_of

LONG_AGO = now() - dt.timedelta(days=366)
NAME = "Carrefour nommé (fictif)"
SAID = {
    "person": "Alix Canari",
    "function": "Direction canari",
    "phone": "418 555-0123",
    "email": "canari@exemple.test",
    "note": "Joindre Alix Canari le matin",
}


@pytest.fixture
def named(session, case, roxane):
    return name_at_q14(session, case, roxane, NAME, LONG_AGO, **SAID)


def test_who_was_named_again_lately_stays(session, case, named, roxane):
    row = session.get_one(Referral, named)
    referrals.keep(session, case.id, named, row.version, Named(NAME, **SAID | {"person": "Une autre"}), roxane.id)
    session.commit()
    assert expire(session) == (0, 0)


def expire(session, days=365):
    gone = retention.expire(session, now(), days)
    session.commit()
    return gone


def test_what_nobody_used_is_erased_and_the_name_stays(session, named):
    assert expire(session) == (1, 0)
    [row] = every(session, Referral)
    assert (row.organisation, row.person, row.function, row.phone, row.email, row.note) == (NAME, *[None] * 5)
    assert row.removed_at is None
    assert expire(session) == (0, 0)


def test_the_person_to_reach_goes_too_and_the_decision_stays(session, named, colette):
    decide(colette, session, "new", named, name=NAME)
    assert expire(session) == (1, 1)
    assert every(session, Person) == []
    [row] = every(session, Referral)
    assert row.organisation_id == case_of(session, NAME).organisation_id


def test_what_was_named_lately_stays(session, case, roxane):
    name_at_q14(session, case, roxane, NAME, now() - dt.timedelta(days=364), **SAID)
    assert expire(session) == (0, 0)
    assert expire(session, days=30) == (1, 0)


def used(session, kind, person, case, user_id):
    of = {"case_id": case.id, "person_id": person.id}
    when = {"made_at": now(), "made_by": user_id}
    if kind == "attempt":
        session.add(ContactAttempt(**of, at=now(), channel=Channel.PHONE, result=AttemptResult.NO_ANSWER))
    elif kind == "appointment":
        where = {"starts_at": now(), "minutes": 60, "mode": Mode.PHONE, "language": Language.FRENCH}
        session.add(Appointment(id=person.referral_id, user_id=user_id, **of, **when, **where))
    elif kind == "message":
        words = {"language": Language.FRENCH, "recipient": "x@exemple.test", "subject": "s", "body": "b"}
        session.add(Message(kind=MessageKind.FIRST_CONTACT, step=1, due_at=now(), **of, **when, **words))
    else:
        conduct.start(session, case, Mode.PHONE, user_id)
    session.commit()


@pytest.mark.parametrize("kind", ["attempt", "appointment", "message", "interview"])
def test_what_served_stays(session, named, colette, kind):
    decide(colette, session, "new", named, name=NAME)
    [person] = every(session, Person)
    used(session, kind, person, case_of(session, NAME), colette.id)
    assert expire(session) == (0, 0)
    assert [one.phone for one in every(session, Person)] == ["418 555-0123"]


def test_somebody_who_was_not_named_by_a_third_person_is_left_alone(session, named, colette):
    decide(colette, session, "new", named, name=NAME)
    there = case_of(session, NAME).organisation_id
    session.add(Person(organisation_id=there, name="Ajoutée à la main"))
    session.commit()
    assert expire(session) == (1, 1)
    assert [one.name for one in every(session, Person)] == ["Ajoutée à la main"]


def test_what_the_call_set_aside_expires_too_and_what_has_nothing_left_is_set_aside(session, case, roxane):
    removed = name_at_q14(session, case, roxane, NAME, LONG_AGO, **SAID)
    referrals.remove(session, referrals.find(session, case.id, removed), roxane.id)
    alone = name_at_q14(session, case, roxane, None, LONG_AGO, person="Alix Canari")
    assert expire(session) == (2, 0)
    rows = {row.id: row for row in every(session, Referral)}
    assert rows[removed].phone is None
    assert rows[alone].removed_at is not None


def test_a_page_that_still_shows_it_does_not_bring_it_back(session, named, case, roxane):
    expire(session)
    with pytest.raises(Changed):
        referrals.keep(session, case.id, named, 1, Named(NAME, **SAID | {"phone": "1"}), roxane.id)


def test_how_many_went_is_in_the_audit_log_and_nobody_s_name(session, named, colette):
    decide(colette, session, "new", named, name=NAME)
    expire(session)
    entries = every(session, AuditEntry)
    assert [one.detail for one in entries if one.action == "referral.expire"] == ["1 + 1"]
    assert "anari" not in str([vars(one) for one in entries])


def test_the_command_says_how_many_and_writes_only_when_asked(app, session, named, colette):
    decide(colette, session, "new", named, name=NAME)
    run = app.test_cli_runner().invoke
    session.rollback()
    tried = run(args=["referrals", "expire", "--dry-run"])
    assert tried.exit_code == 0
    assert "à effacer : mentions 1, personnes à joindre 1 (rien n’est écrit)" in text_of(tried.stdout)
    assert len(every(session, Person)) == 1
    session.rollback()
    assert "effacées : mentions 1, personnes à joindre 1." in text_of(run(args=["referrals", "expire"]).stdout)
    assert every(session, Person) == []
    assert "Canari" not in tried.output


def test_the_inbox_lists_what_is_due_and_erases_it_at_once_when_asked(app, session, named, case, roxane, colette):
    soon = now() - dt.timedelta(days=350)
    name_at_q14(session, case, roxane, "Bientôt (fictif)", soon, person="Alix Canari")
    of_the_committee = Named("Du comité (fictif)", "Canari")
    referrals.suggest(session, uuid.uuid4(), CaseSource.COMMITTEE, of_the_committee, colette.id)
    page = text_of(colette.get("/snowball").text).partition("Coordonnées qui s’effacent")[2]
    assert "365 jours" in page
    assert "Carrefour nommé (fictif) Maison d’essai" in page
    assert "Bientôt (fictif)" in page
    assert "Du comité" not in page
    assert "Canari" not in page
    assert colette.post("/snowball/expire").status_code == 303
    page = text_of(colette.get("/snowball").text)
    assert "Coordonnées effacées : 1 mention." in page
    assert "Effacer maintenant" not in page
    assert page.partition("Coordonnées qui s’effacent")[2].count("(fictif)") == 1
