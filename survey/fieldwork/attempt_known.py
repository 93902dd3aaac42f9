"""What a study under way has that we do not have yet: its attempts, one by one, and where each case then stands."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork import attempt_rules, attempts, listing, naming, office_hours
from survey.fieldwork.attempt_plan import Plan, Ready
from survey.fieldwork.attempt_rules import RULES
from survey.fieldwork.contact_models import ContactAttempt
from survey.fieldwork.models import Case
from survey.fieldwork.remarks import Report, shorten
from survey.instrument.codes import INTERIM, AttemptResult, Channel, Disposition, RefusalReason

#: What an attempt is known by, beside its moment.
Kind = tuple[int, Channel, AttemptResult]


def set_aside(session: Session, plan: Plan, zone: str, report: Report) -> None:
    """Keep of a plan what is not there already, and say where each case would stand then.

    An attempt is known by its organisation, its channel, its result and its minute, or its day where the file gives no
    hour; so many lines of one day are so many attempts. What is worth saying of that goes to the report.
    """
    case_ids = sorted({ready.case_id for ready in plan.ready})
    there: dict[Kind, list[dt.datetime]] = defaultdict(list)
    latest: dict[int, dt.datetime] = {}
    for case_id, channel, result, at in _recorded(session, case_ids):
        there[case_id, channel, result].append(at)
        latest[case_id] = max(at, latest.get(case_id, at))
    tried = [ready for ready in plan.ready if ready.told.tried]
    plan.attempts = sorted(_new(report, tried, there, zone), key=lambda ready: ready.order)
    plan.outcomes, plan.reasons, plan.holders = {}, {}, {}
    plan.unchanged = len(tried) - len(plan.attempts)
    _settle(session, plan, latest, report)


def _recorded(session: Session, case_ids: Sequence[int]) -> Iterator[sa.Row[int, Channel, AttemptResult, dt.datetime]]:
    query = sa.select(ContactAttempt.case_id, ContactAttempt.channel, ContactAttempt.result, ContactAttempt.at)
    for some in naming.batches(case_ids):
        yield from session.execute(query.where(ContactAttempt.case_id.in_(some)))


def _new(report: Report, tried: Iterable[Ready], there: dict[Kind, list[dt.datetime]], zone: str) -> Iterator[Ready]:
    """The attempts that are not there. Those with an hour find theirs first: the others are content with any."""
    seen: dict[tuple[Kind, dt.datetime], int] = {}
    for exact in (True, False):
        for ready in tried:
            one = ready.told.tried
            if one is None or one.exact is not exact:
                continue
            kind = (ready.case_id, one.channel, one.result)
            twice = seen.setdefault((kind, one.at), ready.told.line) if exact else ready.told.line
            same = next((at for at in there[kind] if _same(at, one.at, zone, exact=exact)), None)
            if twice != ready.told.line:
                report.notice(
                    ready.told.line,
                    f"la même démarche est à la ligne {twice} ; elle n’est prise qu’une fois.",
                    f"the same attempt is on line {twice}; it is taken once.",
                )
            elif same is None:
                yield ready
            else:
                there[kind].remove(same)


def _same(one: dt.datetime, other: dt.datetime, zone: str, *, exact: bool) -> bool:
    shown = (office_hours.clock(moment, zone) for moment in (one, other))
    first, second = (f"{moment:%Y-%m-%d %H:%M}" if exact else f"{moment:%Y-%m-%d}" for moment in shown)
    return first == second


def _settle(session: Session, plan: Plan, latest: dict[int, dt.datetime], report: Report) -> None:
    """Say where each case would stand: where its new attempts lead, then what the file says last of its outcome."""
    new = {case_id: list(some) for case_id, some in groupby(_by_case(plan.attempts), lambda ready: ready.case_id)}
    told = {case_id: list(some) for case_id, some in groupby(_by_case(plan.ready), lambda ready: ready.case_id)}
    may_hold = {row.id for row in listing.interviewers(session)}
    for case in _cases(session, list(told)):
        last = [ready for ready in new.get(case.id, ()) if _at(ready) >= latest.get(case.id, _at(ready))]
        stands = _last_outcome(report, told[case.id], case.disposition, _led(session, case.id, case.disposition, last))
        if stands != case.disposition:
            plan.outcomes[case.id] = stands
        given = [ready.told.reason for ready in told[case.id] if ready.told.reason]
        changes = case.refusal_reason is None or case.id in plan.outcomes or last
        if stands is Disposition.REFUSAL and given and given[-1] != case.refusal_reason and changes:
            plan.reasons[case.id] = given[-1]
        makers = [ready.user_id for ready in new.get(case.id, ()) if ready.user_id in may_hold]
        if case.interviewer_id is None and makers and makers[-1]:
            plan.holders[case.id] = makers[-1]


def _by_case(some: Iterable[Ready]) -> list[Ready]:
    return sorted(some, key=lambda ready: (ready.case_id, *ready.order))


def _at(ready: Ready) -> dt.datetime:
    assert ready.told.tried
    return ready.told.tried.at


def _cases(
    session: Session, case_ids: Sequence[int]
) -> Iterator[sa.Row[int, Disposition, RefusalReason | None, int | None]]:
    query = sa.select(Case.id, Case.disposition, Case.refusal_reason, Case.interviewer_id)
    for some in naming.batches(case_ids):
        yield from session.execute(query.where(Case.id.in_(some)))


def _led(session: Session, case_id: int, current: Disposition, attempted: Iterable[Ready]) -> Disposition:
    """Where attempts lead, one after the other, as if each were noted when it was made."""
    for ready in attempted:
        assert ready.told.tried
        to = attempt_rules.leads(current, ready.told.tried.result)
        current = attempts.agreed(session, case_id, current, to)
    return current


def _last_outcome(report: Report, told: Sequence[Ready], before: Disposition, led: Disposition) -> Disposition:
    """What the file says last of where a case stands; an outcome that was final before is left alone, which is said."""
    said = [ready for ready in told if ready.told.outcome]
    if not said or said[-1].told.outcome in (None, led):
        return led
    last = said[-1].told
    assert last.outcome
    earlier = last.outcome in INTERIM and before in INTERIM and last.outcome.number < before.number and led is before
    if before in INTERIM and not earlier:
        return last.outcome
    report.notice(
        last.line,
        f"« {shorten(last.organisation)} » a déjà l’issue « {led.label.fr} » ; « {last.outcome.label.fr} » "
        "ne la remplace pas.",
        f"“{shorten(last.organisation)}” already has the outcome “{led.label.en}”; “{last.outcome.label.en}” "
        "does not replace it.",
    )
    return led


def ask_when(plan: Plan) -> None:
    """Refuse a last attempt that says nothing without a date: nobody would ever take the case up again."""
    latest = {ready.case_id: ready for ready in plan.attempts}
    for ready in latest.values():
        if ready.told.tried and RULES[ready.told.tried.result].dated and ready.next_at is None:
            label = ready.told.tried.result.label
            plan.refuse(
                ready.told.line,
                f"« {label.fr} » est la dernière démarche : dites quand reprendre, dans une colonne comme « Relance ».",
                f"“{label.en}” is the last attempt: say when to resume, in a column such as “Next date”.",
            )
