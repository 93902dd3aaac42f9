"""A release of any number of initiatives, whose every variable is filled as people fill it."""

from __future__ import annotations

import random
from collections.abc import Iterator

from sqlalchemy.orm import Session

from survey.instrument.dictionary import Part, Type, Value, Variable, wording
from survey.instrument.grammar import Kind
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.release import freezing
from survey.release.models import Release, Unit
from survey.release.spss import KINDS
from survey.release.table import Row
from survey.release.units import dictionary

WORDS = sorted(
    {word for section, item in QUESTIONNAIRE.items() for word in wording(section.question_of(item), item).fr.split()}
)
LONG, SHORT = (40, 160), (2, 8)  # words of a paragraph, of a line


def release(session: Session, user_id: int, count: int) -> Release:
    """A release that holds `count` initiatives, committed."""
    variables = dictionary(Unit.INITIATIVE)
    made = freezing.keep(session, [freezing.table(variables, Unit.INITIATIVE, rows(variables, count))], user_id, None)
    session.commit()
    return made


def rows(variables: tuple[Variable, ...], count: int) -> Iterator[Row]:
    """The same rows each time: three initiatives in an interview, an interview in a case."""
    chance = random.Random(2022)
    keys = {"initiative_id": 1, "interview_id": 3, "case_id": 3, "organisation_id": 3}
    for n in range(count):
        yield [1 + n // keys[v.name] if v.name in keys else cell(v, chance) for v in variables]


def cell(variable: Variable, chance: random.Random) -> Value:
    """One answer in ten is missing, with its reason where the variable has one."""
    if variable.part is Part.REASON or chance.random() < 0.1:
        return chance.choice([*variable.missing, None])
    if variable.values:
        return chance.choice(list(variable.values))
    if variable.type is Type.NUMBER:
        return chance.randint(1950, 2026)
    return " ".join(chance.choices(WORDS, k=chance.randint(*(LONG if long(variable) else SHORT))))


def long(variable: Variable) -> bool:
    return KINDS.get(variable.item or "") is Kind.PARAGRAPH
