"""Item non-response: how often each question that was asked has no answer, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork.models import Case, Referral
from survey.instrument.codes import MissingReason
from survey.instrument.grammar import Item, Question, Section, When
from survey.instrument.questionnaire import INITIATIVES, QUESTIONNAIRE
from survey.interview.durations import completed
from survey.interview.models import RECORDS, Initiative, Interview, Nonresponse
from survey.interview.sheet import NAMED_IN_ROWS, ticked_tables

Query = sa.Select[*tuple[Any, ...]]
ITEMS = {item.name: (section, item) for section, item in QUESTIONNAIRE.items()}


@dataclass(frozen=True)
class Asked:
    """One item in completed interviews: on how many routes it stood, how many answered it, and why others did not.

    A route is an interview, or a block of section 2.
    """

    section: Section
    item: Item
    routes: int
    answered: int
    reasons: Mapping[MissingReason, int] = field(default_factory=dict)

    @property
    def question(self) -> Question:
        return self.section.question_of(self.item)

    @property
    def base(self) -> int:
        """The routes on which an answer could be expected: « ne s'applique pas » is none that lacks."""
        return self.routes - self.reasons.get(MissingReason.NOT_APPLICABLE, 0)

    @property
    def missing(self) -> int:
        return self.base - self.answered

    @property
    def blank(self) -> int:
        """How many have neither an answer nor a reason."""
        return self.routes - self.answered - sum(self.reasons.values())


def of_items(session: Session, wave: int) -> list[Asked]:
    """Every item of the questionnaire in its order, supplementary ones left out, as the interviews of a wave answer it.

    Three queries, whatever there is.
    """
    counted = dict(_counted(session, wave))
    reasons: dict[str, dict[MissingReason, int]] = {}
    for name, reason, n in session.execute(_why(wave)):
        reasons.setdefault(name, {})[reason] = n
    return [
        Asked(section, item, *counted[item.name], reasons.get(item.name, {}))
        for section, item in QUESTIONNAIRE.items()
        if item.name not in section.optional
    ]


def _counted(session: Session, wave: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """Routes and answers of each item, by its name."""
    for record in dict.fromkeys(RECORDS.values()):
        items = [item for section, item in QUESTIONNAIRE.items() if RECORDS[section.name] is record]
        within = INITIATIVES if record is Initiative else None
        stands = [on_route(item.name, within) for item in items]
        route = [sa.func.count(sa.case((stand, 1))) for stand in stands]
        pairs = zip(stands, items, strict=True)
        answers = [sa.func.count(sa.case((sa.and_(stand, answered(item)), 1))) for stand, item in pairs]
        row = session.execute(_of_completed(sa.select(*route, *answers), record, wave)).one()
        for n, item in enumerate(items):
            yield item.name, (row[n], row[n + len(items)])


def _of_completed(query: Query, record: type[Interview | Initiative], wave: int) -> Query:
    query = query.select_from(Interview).where(*completed(), _of_wave(wave))
    if record is Initiative:
        query = query.join(Initiative, Initiative.interview_id == Interview.id).where(Initiative.removed_at.is_(None))
        query = _with_boxes(query)
        query = query.where(holds(INITIATIVES.when)) if INITIATIVES.when else query
    return query


def _of_wave(wave: int) -> sa.ColumnElement[bool]:
    return Interview.case_id.in_(sa.select(Case.id).where(Case.wave == wave))


def _why(wave: int) -> sa.Select[str, MissingReason, int]:
    """How many have each reason, on their route and without an answer, by item."""
    lacks = sa.case(
        *(
            (Nonresponse.item == name, sa.and_(on_route(name), sa.not_(answered(item))))
            for name, (_section, item) in ITEMS.items()
        ),
        else_=sa.false(),
    )
    query = (
        sa.select(Nonresponse.item, Nonresponse.reason, sa.func.count())
        .join(Interview, Interview.id == Nonresponse.interview_id)
        .outerjoin(Initiative, Initiative.id == Nonresponse.initiative_id)
    )
    query = _with_boxes(query).where(*completed(), _of_wave(wave), Initiative.removed_at.is_(None), lacks)
    return query.group_by(Nonresponse.item, Nonresponse.reason)


@cache
def on_route(name: str, within: Section | None = None) -> sa.ColumnElement[bool]:
    """Whether an item stands on the respondent's route, as `Instrument.asked` says it of answers in memory.

    `within` a section that is known to be on it.
    """
    section, item = ITEMS[name]
    rules = [rule for rule in (None if section is within else section.when, item.when) if rule is not None]
    return sa.and_(sa.true(), *(sa.and_(on_route(rule.item, within), holds(rule)) for rule in rules))


def holds(rule: When) -> sa.ColumnElement[bool]:
    """A rule as a condition on the rows of an interview and of a block."""
    section, item = ITEMS[rule.item]
    if item.many:
        return _box(item.name, rule.code.value).c.initiative_id.is_not(None)
    return sa.func.coalesce(getattr(RECORDS[section.name], item.name) == rule.code, sa.false())


def answered(item: Item) -> sa.ColumnElement[bool]:
    """Whether an item has an answer; that of Q.14 may stand in rows of its own."""
    if item.many:
        return sa.func.coalesce(Initiative.id.in_(sa.select(ticked_tables()[item.name].c.initiative_id)), sa.false())
    column = getattr(RECORDS[ITEMS[item.name][0].name], item.name)
    said = sa.and_(column.is_not(None), sa.cast(column, sa.Text) != "")
    if item.name not in NAMED_IN_ROWS:
        return said
    named = sa.exists().where(Referral.case_id == Interview.case_id, Referral.removed_at.is_(None))
    return sa.or_(said, named)


@cache
def _box(name: str, code: str) -> sa.FromClause:
    """The blocks in which a box is ticked that a rule asks for: a table to join once, where to look at each box of each
    block took PostgreSQL 24 s for 20 000 blocks.
    """
    return ticked_tables()[name].alias(f"{name}_{code}")


def _with_boxes(query: Query) -> Query:
    rules = {rule for section, item in QUESTIONNAIRE.items() for rule in (section.when, item.when) if rule}
    for name, code in sorted((rule.item, rule.code.value) for rule in rules if ITEMS[rule.item][1].many):
        box = _box(name, code)
        ticked = sa.and_(box.c.initiative_id == Initiative.id, sa.type_coerce(box.c.code, sa.Text) == code)
        query = query.outerjoin(box, ticked)
    return query
