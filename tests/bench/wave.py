"""A wave of collection as large as asked: names of a few hundred words, ten attempts each, one in ten interviewed."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import uuid
from typing import Any

import sqlalchemy as sa
from flask import Flask

from survey.accounts.models import Role
from survey.db import db, now
from survey.fieldwork.cases import NewOrganisation, open_cases
from survey.fieldwork.contact_models import ContactAttempt
from survey.fieldwork.models import Case, CaseEvent, EventKind, Organisation, Person
from survey.fieldwork.tally import recount
from survey.instrument.codes import AttemptResult, CaseSource, Channel, Disposition, Mode, OrganisationType, Region
from survey.instrument.grammar import Kind
from survey.instrument.questionnaire import INITIATIVES, QUESTIONNAIRE
from survey.interview.models import Initiative, Interview, Nonresponse
from survey.interview.sheet import ticked_tables
from tests.bench import filling
from tests.bench.load import WORDS

ATTEMPTS = 10
#: Organisations of one interviewer: the portfolio of the first is as large in the small list as in the large one.
PORTFOLIO, COLLEAGUES = 25, 20
#: Words that one organisation in 6, in 8 and in 40 has: that of a list of Québec's are about as common.
KINDS = ("Centre", "Maison", "Service", "Comité", "Carrefour", "Regroupement")
FOR_WHOM = ("jeunesse", "des jeunes", "des familles", "d’aide", "de police", "communautaire", "d’entraide", "de santé")
TOWNS = tuple(
    f"{first}{last}"
    for first, last in itertools.product(
        ("Saint-Cy", "Saint-Ro", "Val-", "Mont-", "Lac-"),
        ("lambert", "morin", "fleury", "gervais", "perrot", "rivard", "sorel", "tremblay"),
    )
)
FINAL = tuple(set(Disposition) - {Disposition.NOT_CONTACTED, Disposition.IN_PROGRESS, Disposition.APPOINTMENT})
#: Nobody has this word but the organisation of this number, of which there is one in each list.
RARE, RARE_AT = "ornithorynque", 61


def organisation(n: int) -> NewOrganisation:
    town, kind, whom = TOWNS[n // 7 % len(TOWNS)], KINDS[n % len(KINDS)], FOR_WHOM[n // 5 % len(FOR_WHOM)]
    name = f"{kind} {whom} {RARE if n == RARE_AT else ''} {town} {n:06d}"
    return NewOrganisation(
        name,
        list(Region)[n % len(Region)],
        FINAL[n % len(FINAL)] if n % 4 == 0 else Disposition.NOT_CONTACTED,
        kind=list(OrganisationType)[n // 3 % len(OrganisationType)],
        source=CaseSource.FRAME if n % 10 else CaseSource.REFERRAL,
        snowball_wave=0 if n % 10 else n // 10 % 3,
    )


def fill(app: Flask, size: int) -> tuple[dict[str, str], dict[str, str], int]:
    """The headers of an interviewer and of a coordinator, and the organisation in the middle of the list."""
    mine, interviewer = filling.signed_in(app, "roxane")
    _, coordinator = filling.signed_in(app, "colette", Role.COORDINATOR)
    others = [filling.signed_in(app, f"interviewer-{n}")[0] for n in range(COLLEAGUES)]
    open_cases(db.session, [organisation(n) for n in range(size)], None)
    at = now()
    _attempts(at, mine)
    _progress(at, mine, others)
    _interviews(at, mine)
    recount(db.session)
    db.session.commit()
    _look_again()
    middle = sa.select(Organisation.id).order_by(Organisation.folded_name).offset(size // 2).limit(1)
    return interviewer, coordinator, db.session.scalars(middle).one()


def _attempts(at: dt.datetime, user_id: int) -> None:
    """A person in each organisation and ten attempts for each: the database multiplies them by itself."""
    person = sa.select(Organisation.id, sa.literal("Personne fictive"), sa.literal("418 555-0100"))
    db.session.execute(sa.insert(Person).from_select(["organisation_id", "name", "phone"], person))
    for k in range(ATTEMPTS):
        tried: dict[str, Any] = {
            "case_id": Case.id,
            "at": moment(at - dt.timedelta(days=3 * k + 1)),
            "user_id": sa.literal(user_id),
            "channel": code(ContactAttempt.channel, Channel.PHONE),
            "result": code(ContactAttempt.result, AttemptResult.NO_ANSWER),
            "next_at": due(at),
        }
        db.session.execute(sa.insert(ContactAttempt).from_select(list(tried), sa.select(*tried.values())))


def _progress(at: dt.datetime, mine: int, others: list[int]) -> None:
    """Who has which case, one in two nobody; three in four were tried and wait for the next call."""
    theirs = sa.case(*((Case.id % len(others) == n, other) for n, other in enumerate(others[:-1])), else_=others[-1])
    whose = sa.case((Case.id % 2 == 0, None), (Case.id <= 2 * PORTFOLIO, mine), else_=theirs)
    db.session.execute(sa.update(Case).values(interviewer_id=whose, attempts=ATTEMPTS))
    waits = Case.disposition == Disposition.NOT_CONTACTED
    under_way = {"disposition": Disposition.IN_PROGRESS, "next_at": due(at)}
    under_way["last_attempt_at"] = at - dt.timedelta(days=1)
    db.session.execute(sa.update(Case).where(waits, Case.id % 5 > 0).values(under_way))
    db.session.execute(sa.update(Case).where(waits, Case.id % 5 == 0).values(attempts=0))
    settled = {"case_id": Case.id, "at": moment(at - dt.timedelta(days=5)), "user_id": sa.literal(mine)}
    settled |= {"kind": code(CaseEvent.kind, EventKind.OUTCOME), "code": sa.type_coerce(Case.disposition, sa.Text)}
    query = sa.select(*settled.values()).where(Case.disposition.in_(FINAL))
    db.session.execute(sa.insert(CaseEvent).from_select(list(settled), query))


def _interviews(at: dt.datetime, user_id: int) -> None:
    """An interview that was completed in one organisation of ten, and two initiatives in each, every field filled."""
    one = {"case_id": Case.id, "interviewer_id": sa.literal(user_id), "mode": code(Interview.mode, Mode.PHONE)}
    one |= {"instrument_version": sa.literal(QUESTIONNAIRE.version)}
    one |= {"opened_at": moment(at - dt.timedelta(days=5)), "completed_at": moment(at - dt.timedelta(days=5))}
    one |= {"has_initiatives": sa.literal("yes"), "knows_others": sa.literal("no"), "needs": sa.literal("Du temps")}
    query = sa.select(*one.values()).where(Case.id % 10 == 0)
    db.session.execute(sa.insert(Interview).from_select(list(one), query, include_defaults=False))
    made = db.session.scalars(sa.select(Interview.id).order_by(Interview.id)).all()
    texts = {item.name: WORDS for item in INITIATIVES.items if item.kind is Kind.PARAGRAPH}
    blocks = [
        {"uid": uuid.uuid4(), "interview_id": interview, "position": n, "name": f"Initiative {n}", **texts}
        for interview in made
        for n in (1, 2)
    ]
    db.session.execute(sa.insert(Initiative), blocks)
    for item in INITIATIVES.items:
        if item.many:
            ticked = sa.select(Initiative.id, sa.literal(next(iter(item.codes)).value))
            table = ticked_tables()[item.name]
            db.session.execute(sa.insert(table).from_select(["initiative_id", "code"], ticked))
    why = sa.select(Initiative.interview_id, Initiative.id, sa.literal("year_created"), sa.literal("dont_know"))
    names = ["interview_id", "initiative_id", "item", "reason"]
    db.session.execute(sa.insert(Nonresponse).from_select(names, why.where(Initiative.position == 2)))


def moment(at: dt.datetime) -> sa.BindParameter[dt.datetime]:
    return sa.literal(at, Case.next_at.type)


def code(column: Any, value: object) -> sa.BindParameter[Any]:
    return sa.literal(value, column.type)


def due(at: dt.datetime) -> sa.ColumnElement[Any]:
    """A third was due an hour ago, a third is due tomorrow, a third the day after."""
    moments = [moment(at + dt.timedelta(days=n, hours=-1)) for n in range(3)]
    return sa.case((Case.id % 3 == 0, moments[0]), (Case.id % 3 == 1, moments[1]), else_=moments[2])


def _look_again() -> None:
    """What a database in service does by itself: without, PostgreSQL takes the tables for empty ones."""
    everything = "VACUUM ANALYZE" if db.engine.dialect.name == "postgresql" else "ANALYZE"
    with contextlib.closing(db.engine.raw_connection()) as pooled:
        driver: Any = pooled.driver_connection  # no transaction: none of the house's begins here
        driver.execute(everything)
