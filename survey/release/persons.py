"""Who the persons behind the rows are: kept apart from the data, and given at the identified tier alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from survey.accounts.models import User
from survey.fieldwork.contact_models import ContactAttempt
from survey.fieldwork.models import Person
from survey.instrument.dictionary import IDENTIFYING, Type, Variable, variables
from survey.instrument.grammar import Text
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview.course_models import Respondent
from survey.interview.models import Interview
from survey.release.models import Unit
from survey.release.source import Data, said
from survey.release.table import Row
from survey.release.units import SECTIONS


def words(name: str, fr: str, en: str) -> Variable:
    """A variable that names persons."""
    return Variable(name, Text(fr, en), Type.TEXT)


INTERVIEWER = words("interviewer", "Intervieweuse ou intervieweur", "Interviewer")
CODER = words("coder_name", "Codeuse ou codeur", "Coder")
ANSWERS = tuple(
    variable for name in SECTIONS[Unit.INTERVIEW] for variable in variables(QUESTIONNAIRE[name]) if variable.identifying
)
VARIABLES: Mapping[Unit, tuple[Variable, ...]] = {
    Unit.ORGANISATION: (
        words(
            "persons",
            "Personnes à joindre : nom, fonction, téléphones, courriels",
            "Persons to reach: name, function, telephones, e-mails",
        ),
    ),
    Unit.CONTACT: (words("person_reached", "Personne jointe", "Person reached"), INTERVIEWER),
    Unit.INTERVIEW: (
        *ANSWERS,
        words("further_respondents", "Personnes qui ont répondu ensuite", "Persons who answered after the first"),
        INTERVIEWER,
    ),
    Unit.THEME: (CODER,),
}


@dataclass(frozen=True)
class Persons:
    """What was read of persons: by organisation, by contact attempt, by interview; and who works here."""

    of_organisation: Mapping[int, str]
    of_contact: Mapping[int, sa.RowMapping]
    of_interview: Mapping[int, sa.RowMapping]
    further: Mapping[int, str]
    users: Mapping[int, str]


def read(connection: sa.Connection) -> Persons:
    """The persons of every organisation, attempt, interview and mark, in five queries."""
    known = sa.select(
        Person.organisation_id,
        *(Person.name, Person.function, Person.phone, Person.other_phone, Person.email, Person.other_email),
    )
    attempts = (
        sa.select(ContactAttempt.id, Person.name.label("person_reached"), User.name.label("interviewer"))
        .outerjoin(Person, Person.id == ContactAttempt.person_id)
        .outerjoin(User, User.id == ContactAttempt.user_id)
    )
    answered = sa.select(
        Interview.id, *(getattr(Interview, name) for name in sorted(IDENTIFYING)), User.name.label("interviewer")
    ).join(User, User.id == Interview.interviewer_id)
    further = sa.select(Respondent.interview_id, Respondent.name, Respondent.function)
    return Persons(
        listed(connection.execute(known.order_by(Person.id))),
        {row["id"]: row for row in connection.execute(attempts).mappings()},
        {row["id"]: row for row in connection.execute(answered).mappings()},
        listed(connection.execute(further.where(Respondent.removed_at.is_(None)).order_by(Respondent.id))),
        {row.id: row.name for row in connection.execute(sa.select(User.id, User.name))},
    )


def listed(rows: sa.CursorResult[Any]) -> dict[int, str]:
    """One line per person, under the number that the row begins with."""
    found: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(", ".join(filter(None, row[1:])))
    return {number: "\n".join(lines) for number, lines in found.items()}


def rows(unit: Unit, data: Data, who: Persons) -> Iterator[Row]:
    """Who the persons of each row of a unit are, in the order of its rows."""
    if unit is Unit.ORGANISATION:
        for case in data.cases:
            yield [who.of_organisation.get(case["organisation_id"])]
    elif unit is Unit.CONTACT:
        for attempt in data.contacts:
            known = who.of_contact[attempt["contact_id"]]
            yield [known["person_reached"], known["interviewer"]]
    elif unit is Unit.THEME:
        for mark in data.marks:
            yield [who.users[mark["coder"]]]
    else:
        for interview in data.interviews:
            yield of_interview(interview["interview_id"], data, who)


def of_interview(number: int, data: Data, who: Persons) -> Row:
    """Who answered an interview, whom they named, who asked."""
    known, why = who.of_interview[number], data.reasons.get((number, None), {})
    answers = [one.value(said(known[one.item or ""]), why.get(one.item or "")) for one in ANSWERS]
    return [*answers, who.further.get(number), known["interviewer"]]
