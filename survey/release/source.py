"""The cases and the answers behind a release: a dozen queries whatever the number of rows, then each row's route."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from survey.coding import themes as coding
from survey.coding.themes import Node
from survey.fieldwork.contact_models import ContactAttempt
from survey.fieldwork.models import Case, Organisation, Referral, Wave
from survey.instrument.codes import ConsentPurpose, MissingReason, YesNo, aapor
from survey.instrument.dictionary import IDENTIFYING, Value
from survey.instrument.grammar import Codes
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview import carrying
from survey.interview.course_models import Carried, StillTrue
from survey.interview.models import Consent, Initiative, Interview, Nonresponse
from survey.release import paradata, themes
from survey.release.models import Unit
from survey.release.units import FACTS, SECTIONS, answers

Record = Mapping[str, Any]
Rows = Iterator[list[Value]]
Reasons = dict[tuple[int, int | None], dict[str, MissingReason]]

COLUMNS = {unit: tuple(answers(unit)) for unit in Unit}


@dataclass(frozen=True)
class Data:
    """What was read, each kind in the order of its ids. An initiative holds the answers of its interview too.

    `paradata` holds one record per part of an interview, `consents` is by interview, `reasons` by interview and
    initiative (None for the interview's own items), `themes` each before those that stand under it.
    """

    cases: Sequence[Record]
    contacts: Sequence[Record]
    interviews: Sequence[Record]
    initiatives: Sequence[Record]
    referrals: Sequence[Record]
    paradata: Sequence[Record]
    marks: Sequence[Record]
    themes: Sequence[Node]
    consents: dict[int, dict[ConsentPurpose, YesNo]]
    reasons: Reasons


def read(connection: sa.Connection) -> Data:
    """The cases, the interviews whose respondent did not decline to take part, and the initiatives on their route."""
    consents: dict[int, dict[ConsentPurpose, YesNo]] = defaultdict(dict)
    for row in connection.execute(sa.select(Consent.interview_id, Consent.purpose, Consent.given).order_by(Consent.id)):
        consents[row.interview_id][row.purpose] = row.given
    cases = [case(row._asdict()) for row in connection.execute(CASES)]
    places = {kept["case_id"]: kept for kept in cases}
    interviews = {
        row.interview_id: interview(row._asdict(), places[row.case_id])
        for row in connection.execute(INTERVIEWS)
        if consents.get(row.interview_id, {}).get(ConsentPurpose.INTERVIEW) is not YesNo.NO
    }
    blocks = list(initiatives(connection, interviews))
    described = Counter(block["interview_id"] for block in blocks)
    no_longer = gone(connection)
    for kept in interviews.values():
        kept["initiatives_gone"] = no_longer[kept["interview_id"]]
        kept["initiatives_described"] = described[kept["interview_id"]]
        places[kept["case_id"]]["interviews"] += 1
        places[kept["case_id"]]["initiatives_described"] += described[kept["interview_id"]]
    parts = list(paradata.read(connection, interviews, blocks))
    attempts = list(contacts(connection, places))
    held, tree = list(interviews.values()), coding.tree(connection)
    named = list(referrals(connection, places, {kept["case_id"] for kept in held if names_others(kept)}))
    marks = list(themes.read(connection, tree, interviews, blocks))
    return Data(cases, attempts, held, blocks, named, parts, marks, tree, consents, reasons(connection))


CASES = (
    sa.select(
        Organisation.id.label("organisation_id"),
        Case.id.label("case_id"),
        Organisation.name.label("organisation_name"),
        Organisation.region_code.label("region"),
        Organisation.kind.label("organisation_type"),
        Case.wave,
        Wave.population,
        Case.disposition,
        Case.refusal_reason,
        Case.source,
        Case.snowball_wave,
        Case.attempts,
        Case.last_attempt_at,
    )
    .join(Case, Case.organisation_id == Organisation.id)
    .join(Wave, Wave.number == Case.wave)
    .order_by(Case.id)
)
CONTACTS = sa.select(
    ContactAttempt.id.label("contact_id"),
    ContactAttempt.case_id,
    ContactAttempt.at,
    ContactAttempt.channel,
    ContactAttempt.result,
    ContactAttempt.next_at,
    sa.func.row_number()
    .over(partition_by=ContactAttempt.case_id, order_by=(ContactAttempt.at, ContactAttempt.id))
    .label("rank"),
).order_by(ContactAttempt.id)
REFERRALS = (
    sa.select(
        Referral.id.label("referral_id"),
        Referral.case_id,
        Referral.at,
        Referral.organisation.label("named"),
        Referral.fate,
        Referral.organisation_id.label("referred_organisation_id"),
        sa.func.row_number().over(partition_by=Referral.case_id, order_by=(Referral.at, Referral.id)).label("rank"),
    )
    .where(Referral.removed_at.is_(None), Referral.case_id.is_not(None))
    .order_by(Referral.case_id, Referral.at, Referral.id)
)
INTERVIEWS = sa.select(
    Interview.id.label("interview_id"),
    *(column for column in Interview.__table__.columns if column.name not in {"id", "interviewer_id", *IDENTIFYING}),
).order_by(Interview.id)
INITIATIVES = (
    sa.select(
        Initiative.id.label("initiative_id"),
        *(
            column
            for column in Initiative.__table__.columns
            if column.name not in ("id", "uid", "removed_at", "merged_into_id")
        ),
        Carried.previous_id.label("previous_initiative_id"),
        Carried.wave.label("carried_from"),
        Carried.answer.label("still_true"),
    )
    .outerjoin(Carried, Carried.initiative_id == Initiative.id)
    .where(Initiative.removed_at.is_(None))
    .order_by(Initiative.interview_id, Initiative.position, Initiative.id)
)


def case(row: Record) -> dict[str, Any]:
    """A case as a record, before its interviews are counted."""
    return {**row, "aapor": aapor(row["disposition"], row["population"]), "interviews": 0, "initiatives_described": 0}


def contacts(connection: sa.Connection, places: Mapping[int, Record]) -> Iterator[dict[str, Any]]:
    """Each contact attempt, with the facts of its case."""
    for row in connection.execute(CONTACTS):
        yield {**places[row.case_id], **row._mapping}


def names_others(interview: Record) -> bool:
    """Whether the route of an interview leads through Q.14."""
    return any(item.name == "others_named" for item in QUESTIONNAIRE.asked(QUESTIONNAIRE["others"], interview))


def referrals(connection: sa.Connection, places: Mapping[int, Record], kept: Collection[int]) -> Iterator[Record]:
    """Whom each respondent named, with the facts of their case; `kept` are the cases whose Q.14 was asked."""
    for row in connection.execute(REFERRALS):
        if row.case_id in kept:
            yield {**places[row.case_id], **row._mapping}


def interview(row: Record, place: Record) -> dict[str, Any]:
    """An interview as a record, with the facts of its case."""
    return {**place, **row, "interview_completed": int(row["completed_at"] is not None)}


def initiatives(connection: sa.Connection, interviews: Mapping[int, Record]) -> Iterator[dict[str, Any]]:
    """Each block that was not removed, of an interview whose route leads through section 2, with its ticked boxes."""
    section = QUESTIONNAIRE["initiatives"]
    boxes = {item.name: ticked(connection, item.name) for item in section.items if item.many}
    changed = carrying.changed(connection)
    ranks: Counter[int] = Counter()
    for row in connection.execute(INITIATIVES):
        held = interviews.get(row.interview_id)
        if held is None or (section.when is not None and not section.when.holds(held)):
            continue
        ranks[row.interview_id] += 1
        of_block = {name: ticks.get(row.initiative_id) for name, ticks in boxes.items()}
        more = {"block": ranks[row.interview_id], "confirmed": confirmed(row, changed)}
        yield {**held, **row._asdict(), **of_block, **more}


def confirmed(row: Any, changed: Collection[int]) -> int | None:
    """Whether what was said of an initiative in an earlier wave is of this one too: 0 no, 1 yes, 2 with changes."""
    if row.carried_from is None:
        return None
    return 0 if row.still_true is not StillTrue.YES else 2 if row.initiative_id in changed else 1


def gone(connection: sa.Connection) -> Counter[int]:
    """How many initiatives of an earlier wave no longer exist, by interview."""
    query = sa.select(Initiative.interview_id, sa.func.count()).join(Carried, Carried.initiative_id == Initiative.id)
    query = query.where(Carried.answer == StillTrue.GONE, Initiative.removed_at.is_not(None))
    return Counter({row[0]: row[1] for row in connection.execute(query.group_by(Initiative.interview_id))})


def ticked(connection: sa.Connection, item: str) -> dict[int, set[Codes]]:
    """The boxes ticked for one select-many item, by initiative; an initiative without any has no entry."""
    table: Any = Initiative.__mapper__.relationships[f"{item}_rows"].mapper.class_
    found: dict[int, set[Codes]] = defaultdict(set)
    for row in connection.execute(sa.select(table.initiative_id, table.code)):
        found[row.initiative_id].add(row.code)
    return found


def reasons(connection: sa.Connection) -> Reasons:
    """Why an answer is missing, by interview, initiative and item."""
    found: Reasons = defaultdict(dict)
    columns = (Nonresponse.interview_id, Nonresponse.initiative_id, Nonresponse.item, Nonresponse.reason)
    for row in connection.execute(sa.select(*columns)):
        found[row.interview_id, row.initiative_id][row.item] = row.reason
    return found


def organisation_rows(data: Data) -> Rows:
    """The cells of each case."""
    for record in data.cases:
        yield facts(Unit.ORGANISATION, record)


def contact_rows(data: Data) -> Rows:
    """The cells of each contact attempt."""
    for record in data.contacts:
        yield facts(Unit.CONTACT, record)


def interview_rows(data: Data) -> Rows:
    """The cells of each interview: facts, consents, answers."""
    for record in data.interviews:
        number = record["interview_id"]
        given = {f"consent_{purpose.value}": given for purpose, given in data.consents.get(number, {}).items()}
        why = data.reasons.get((number, None), {})
        yield facts(Unit.INTERVIEW, {**record, **given}) + answered(Unit.INTERVIEW, record, why)


def initiative_rows(data: Data) -> Rows:
    """The cells of each initiative: facts, answers."""
    for record in data.initiatives:
        why = data.reasons.get((record["interview_id"], record["initiative_id"]), {})
        yield facts(Unit.INITIATIVE, record) + answered(Unit.INITIATIVE, record, why)


def referral_rows(data: Data) -> Rows:
    """The cells of each referral."""
    for record in data.referrals:
        yield facts(Unit.REFERRAL, record)


def paradata_rows(data: Data) -> Rows:
    """The cells of each part of each interview."""
    for record in data.paradata:
        yield facts(Unit.PARADATA, record)


def theme_rows(data: Data) -> Rows:
    """The cells of each mark."""
    for record in data.marks:
        yield facts(Unit.THEME, record)


def theme_tree_rows(data: Data) -> Rows:
    """The cells of each theme."""
    for node in data.themes:
        yield facts(Unit.THEME_TREE, themes.of_theme(node))


def facts(unit: Unit, record: Record) -> list[Value]:
    """The cells of what the fieldwork knows, in the order of the dictionary."""
    return [cell(record.get(variable.name)) for variable in FACTS[unit]]


def cell(value: Any) -> Value:
    """A fact of the fieldwork as a cell: codes by number, moments as ISO 8601."""
    if isinstance(value, Codes):
        return value.number
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, int):
        return value
    return str(value) if value else None


def answered(unit: Unit, record: Record, why: Mapping[str, MissingReason]) -> list[Value]:
    """The cells of the questionnaire's items; what is off the respondent's route is left out."""
    route = {item.name for name in SECTIONS[unit] for item in QUESTIONNAIRE.asked(QUESTIONNAIRE[name], record)}
    return [
        variable.value(said(record[variable.item]), why.get(variable.item)) if variable.item in route else None
        for variable in COLUMNS[unit]
    ]


def said(value: Any) -> Any:
    """An empty text is no answer."""
    return None if value == "" else value


ROWS: dict[Unit, Callable[[Data], Rows]] = {
    Unit.ORGANISATION: organisation_rows,
    Unit.CONTACT: contact_rows,
    Unit.INTERVIEW: interview_rows,
    Unit.INITIATIVE: initiative_rows,
    Unit.REFERRAL: referral_rows,
    Unit.PARADATA: paradata_rows,
    Unit.THEME: theme_rows,
    Unit.THEME_TREE: theme_tree_rows,
}
