"""Fieldwork for the pictures of the manual: organisations, persons and dates are all invented, and say so."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.accounts.models import Language, User
from survey.db import now
from survey.fieldwork import appointments, attempts, cases, deciding, office_hours, referrals
from survey.fieldwork.appointments import Agreed
from survey.fieldwork.attempts import Attempt
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.deciding import Accepted
from survey.fieldwork.models import Case, Organisation, Person, Referral
from survey.fieldwork.referrals import Named
from survey.instrument.codes import AttemptResult, Channel, Disposition, Mode, Region

ZONE = "America/Toronto"
#: Those that the list began with, and whom each names: a new one enters the list, and names others in its turn.
NAMES = {
    "Maison Alpha": ("Centre Bêta", "Réseau Gamma", "Maison Delta"),
    "Centre Epsilon": ("Réseau Gamma", "Centre Bêta"),
    "Carrefour Zêta": ("Réseau Gamma",),
    "Centre Bêta": ("Comité Thêta",),
    "Réseau Gamma": ("Comité Thêta", "Maison Iota", "Maison Alpha"),
    "Comité Thêta": ("Groupe Kappa",),
}
FIRST = 3
TO_CALL = ("Foyer Lambda", "Maison Mu", "Centre Nu", "Carrefour Xi", "Réseau Omicron", "Groupe Pi", "Foyer Rhô")
REGIONS = (Region.R06, Region.R03, Region.R01, Region.R09)


def fictive(name: str) -> str:
    return f"{name} (fiction)"


def held(session: Session, name: str) -> Case:
    of_it = sa.select(Case).join(Organisation).where(Organisation.name == fictive(name))
    return session.scalars(of_it).one()


def fieldwork(session: Session) -> None:
    """Some weeks of a collection of the one who interviews: calls, appointments, names that lead to other names."""
    who = session.scalars(sa.select(User).where(User.email == "intervieweuse@exemple.test")).one()
    new = [
        NewOrganisation(fictive(name), REGIONS[n % 4]) for n, name in enumerate([*list(NAMES)[:FIRST], *TO_CALL[:-1]])
    ]
    cases.open_cases(session, new, None)
    for name, named in NAMES.items():
        case = held(session, name)
        cases.assign(session, case, who.id, None)
        cases.set_outcome(session, case, Disposition.COMPLETED, who.id)
        snowball(session, case, named, who)
    for week, row in enumerate(session.scalars(sa.select(Referral).order_by(Referral.at))):
        row.at -= dt.timedelta(weeks=max(0, 9 - week))
    suggest(session, held(session, "Groupe Kappa"), who)
    calls(session, who)


def snowball(session: Session, case: Case, named: tuple[str, ...], who: User) -> None:
    """What one organisation answers to Q.14, and what the coordination decides of it."""
    for name in named:
        row = referrals.keep(session, case.id, uuid.uuid4(), 0, Named(organisation=fictive(name)), who.id)
        session.flush()
        known = referrals.under(session, [row.folded_name])
        if known:
            deciding.link(session, {row.id: row.version}, known[row.folded_name], who.id)
        else:
            deciding.accept(session, {row.id: row.version}, Accepted(row.organisation or "", REGIONS[0]), who.id)
        session.flush()


def suggest(session: Session, case: Case, who: User) -> None:
    """Names that nobody has decided of."""
    for named in (
        Named(fictive("Maison Sigma"), "Personne fictive", "Coordination", "418 555-0107"),
        Named(fictive("Foyer Lambda"), note="Elles ont un projet semblable."),
    ):
        referrals.keep(session, case.id, uuid.uuid4(), 0, named, who.id)


def calls(session: Session, who: User) -> None:
    """What is to be done today, for each reason a case."""
    results = (AttemptResult.NO_ANSWER, AttemptResult.MESSAGE, AttemptResult.CALL_BACK, AttemptResult.INVALID)
    at, today = now(), office_hours.clock(now(), ZONE).date()
    for n, name in enumerate(TO_CALL[:-1]):
        case = held(session, name)
        phone = f"418 555-01{n:02}"
        session.add(Person(organisation_id=case.organisation_id, name="Personne fictive", phone=phone))
        cases.assign(session, case, who.id, None)
        for tries in range(n % 3):
            due = at - dt.timedelta(hours=2 + n)
            said = Attempt(Channel.PHONE, results[n % 4], at - dt.timedelta(days=9 - 3 * tries, hours=n), next_at=due)
            attempts.record(session, case, said, who.id)
        if n in (1, 4):
            day = office_hours.business_day(today, n)
            starts = office_hours.local_moment(day, dt.time(9 + n, 30), ZONE)
            meeting = Agreed(starts, 60, Mode.ZOOM, Language.FRENCH)
            appointments.make(session, case, meeting, uuid.uuid4(), who.id, who.id)
