"""What bringing in a study under way would do: whose case each line is about, and who made its attempt."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.fieldwork import attempt_rules, matching, naming
from survey.fieldwork.attempt_lines import Told, Tried
from survey.fieldwork.attempt_moments import SKIPPED
from survey.fieldwork.columns import Table
from survey.fieldwork.models import Case, Organisation, TimeZone
from survey.fieldwork.office_hours import OPENS, NoSuchMoment, local_moment
from survey.fieldwork.remarks import Report, shorten
from survey.fieldwork.waves import CURRENT
from survey.instrument.codes import Disposition, RefusalReason
from survey.text import fold

#: How many names that are not in the list are compared with it: each takes some milliseconds.
COMPARED = 100


@dataclass(frozen=True)
class Ready:
    """A line whose case is known, and of its attempt when to try again and who made it, where the file says so."""

    told: Told
    case_id: int
    next_at: dt.datetime | None = None
    user_id: int | None = None

    @property
    def order(self) -> tuple[bool, dt.datetime | None, int]:
        """The order of attempts in time; what has no moment comes last."""
        tried = self.told.tried
        return tried is None, tried.at if tried else None, self.told.line


@dataclass
class Plan(Report):
    """What bringing in a file would do; by case, where it would stand, why it refused, and whose it would be.

    `attempts` are those to be recorded, in the order of time; `unchanged` counts those that are there already.
    """

    table: Table | None = None
    told: list[Told] = field(default_factory=list)
    ready: list[Ready] = field(default_factory=list)
    attempts: list[Ready] = field(default_factory=list)
    unchanged: int = 0
    outcomes: dict[int, Disposition] = field(default_factory=dict)
    reasons: dict[int, RefusalReason] = field(default_factory=dict)
    holders: dict[int, int] = field(default_factory=dict)

    @property
    def does(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.attempts or self.outcomes or self.reasons)


def find(session: Session, plan: Plan) -> None:
    """Find the case that each line is about and the colleague that it names; what is unknown goes to the report."""
    found = naming.find(session, {fold(told.organisation) for told in plan.told})
    cases = dict(_cases(session, sorted(set(found.values()))))
    people = _people(session)
    unknown: dict[str, list[Told]] = defaultdict(list)
    for told in plan.told:
        organisation_id = found.get(fold(told.organisation))
        if organisation_id is None:
            unknown[fold(told.organisation)].append(told)
        elif organisation_id not in cases:
            plan.refuse(
                told.line,
                f"« {shorten(told.organisation)} » n’est pas dans la vague en cours.",
                f"“{shorten(told.organisation)}” is not in the current wave.",
            )
        else:
            case_id, zone = cases[organisation_id]
            plan.ready.append(_ready(plan, told, case_id, zone, people))
    for n, lines in enumerate(unknown.values()):
        _refuse_unknown(session, plan, lines, compared=n < COMPARED)


def _cases(session: Session, organisation_ids: list[int]) -> Iterator[tuple[int, tuple[int, TimeZone]]]:
    """By organisation, its case in the current wave and its time zone."""
    query = sa.select(Case.organisation_id, Case.id, Organisation.time_zone).join(Case.organisation)
    for some in naming.batches(organisation_ids):
        of_these = query.where(Case.organisation_id.in_(some), Case.wave == CURRENT)
        yield from ((row.organisation_id, (row.id, row.time_zone)) for row in session.execute(of_these))


def _people(session: Session) -> dict[str, list[int]]:
    """Whom a folded name or e-mail may be that of: everybody who has, or had, an account."""
    people: dict[str, list[int]] = defaultdict(list)
    for user in session.execute(sa.select(User.id, User.name, User.email)):
        for name in {fold(user.name), fold(user.email)}:
            people[name].append(user.id)
    return people


def _ready(plan: Plan, told: Told, case_id: int, zone: TimeZone, people: Mapping[str, list[int]]) -> Ready:
    if told.tried is None:
        return Ready(told, case_id)
    return Ready(told, case_id, _next(plan, told.line, told.tried, zone), _maker(plan, told.line, told.tried, people))


def _next(plan: Plan, at: int, tried: Tried, zone: TimeZone) -> dt.datetime | None:
    """When to try again, by the clock of the place: what the line says, or what the rule of its result proposes."""
    if tried.next is None:
        return attempt_rules.proposed(tried.result, tried.at, zone)
    try:
        return local_moment(tried.next.date, tried.next.time or OPENS, zone)
    except NoSuchMoment:
        said = f"{tried.next.date} {tried.next.time}"
        plan.refuse(at, SKIPPED.fr.format(said), SKIPPED.en.format(said))
        return None


def _maker(plan: Plan, at: int, tried: Tried, people: Mapping[str, list[int]]) -> int | None:
    """The colleague that a line names."""
    named = people.get(fold(tried.by), []) if tried.by else []
    if tried.by and not named:
        plan.refuse(
            at,
            f"« {shorten(tried.by)} » n’a pas de compte ici ; écrivez son nom comme dans son compte, ou son courriel.",
            f"“{shorten(tried.by)}” has no account here; write the name as in their account, or their e-mail.",
        )
    if len(named) > 1:
        plan.refuse(
            at,
            f"plusieurs comptes portent le nom « {shorten(tried.by)} » ; écrivez le courriel.",
            f"several accounts have the name “{shorten(tried.by)}”; write the e-mail.",
        )
    return named[0] if len(named) == 1 else None


def _refuse_unknown(session: Session, plan: Plan, lines: list[Told], *, compared: bool) -> None:
    """Say at the lines that the list does not have their organisation, and which of the list it may be."""
    alike = matching.propose(session, lines[0].organisation, limit=2) if compared else []
    fr = ", ".join(f"« {shorten(one.name)} » ({one.likeness.label.fr})" for one in alike)
    en = ", ".join(f"“{shorten(one.name)}” ({one.likeness.label.en})" for one in alike)
    for told in lines:
        name = shorten(told.organisation)
        plan.refuse(
            told.line,
            f"« {name} » n’est pas dans la liste" + (f" ; serait-ce {fr} ?" if alike else "."),
            f"“{name}” is not in the list" + (f"; might it be {en}?" if alike else "."),
        )
