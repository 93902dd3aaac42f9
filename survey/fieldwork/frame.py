"""The sampling frame: organisations read from a file, understood line by line, and taken whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import audit
from survey.fieldwork import cases, columns, matching, naming, persons, wordings
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.columns import Table
from survey.fieldwork.frame_columns import LAYOUT
from survey.fieldwork.frame_lines import OUTCOMES, Plan, read_line
from survey.fieldwork.further_lines import Gathered, join
from survey.fieldwork.headings import AS_HEADED, Chosen, Layout
from survey.fieldwork.models import Organisation
from survey.fieldwork.person_lines import read_person
from survey.fieldwork.remarks import shorten
from survey.instrument.codes import Disposition
from survey.text import fold

#: How many lines of a file are compared with the list: each takes some milliseconds.
COMPARED = 500


def understand(session: Session, data: bytes, name: str, layout: Layout = LAYOUT) -> Plan:
    """What importing this file would do, without doing it. Whatever the file holds, the answer is a plan."""
    plan = read(data, name, outcomes=wordings.spellings(session), layout=layout)
    set_known_aside(session, plan)
    say_alike(session, plan)
    return plan


def read(
    data: bytes,
    name: str,
    chosen: Chosen = AS_HEADED,
    outcomes: Mapping[str, Disposition] = OUTCOMES,
    layout: Layout = LAYOUT,
) -> Plan:
    """What importing this file into an empty list would do: a large one takes seconds, which no transaction need."""
    plan = Plan(outcomes=outcomes)
    plan.table = columns.read(plan, data, name, layout, chosen)
    if plan.table is None or plan.errors:
        return plan
    read_lines(plan, plan.table)
    if not plan.create and not plan.errors:
        plan.refuse(
            None,
            "Ce fichier a des titres de colonnes, mais aucune organisation.",
            "This file has headings, but no organisation.",
        )
    return plan


@dataclass(frozen=True)
class Entered:
    """How many organisations entered the list, and how many persons were added."""

    organisations: int
    persons: int


def carry_out(session: Session, plan: Plan, user_id: int | None) -> Entered:
    """Create what the plan says and say how much; the caller commits. A plan with errors is a ValueError."""
    if plan.errors:
        raise ValueError("a plan with errors is not carried out")
    naming.hold(session)  # whoever imports the same at once waits, and then finds its persons there
    ids = cases.open_cases(session, [new for _, new in plan.create], user_id)
    attach(session, plan, ids)
    new = ((n, person) for n, (_, one) in zip(ids, plan.create, strict=True) for person in plan.persons_of(one))
    people = persons.add(session, [*new, *((each.organisation_id, each.person) for each in plan.joining)])
    detail = f"{len(ids)} organisations, {people} persons"
    audit.record(session, audit.Action.FRAME_IMPORT, user_id=user_id, detail=detail)
    return Entered(len(ids), people)


def attach(session: Session, plan: Plan, ids: Sequence[int]) -> None:
    """Say of which organisation each new one is part."""
    found = naming.find(session, {fold(parent) for _, parent in plan.parents.values()})
    for (_, new), identifier in zip(plan.create, ids, strict=True):
        if fold(new.name) in plan.parents:
            parent_id = found.get(fold(plan.parents[fold(new.name)][1]))
            session.execute(sa.update(Organisation).where(Organisation.id == identifier).values(parent_id=parent_id))


def read_lines(plan: Plan, table: Table) -> None:
    gathered, own_language = Gathered(plan), "person_language" in table.holds
    for at, values in table.lines(plan):
        if new := read_line(plan, at, values):
            gathered.take(at, new, read_person(plan, at, values, new.name), own_language=own_language)
    gathered.put_notes_together()


def set_known_aside(session: Session, plan: Plan) -> None:
    """Leave alone the organisations that the database holds already under any of their names, and say so.

    Those whom the file names there, and who are not there yet, join the one that is kept of duplicates.
    """
    holders = naming.holders(session, [fold(n) for _, new in plan.create for n in (new.name, *new.aliases)])
    ends = naming.kept(session, holders.values())
    there = persons.known(session, {*ends, *ends.values()}) if plan.persons else {}
    kept = []
    for at, new in plan.create:
        if (own := holders.get(fold(new.name))) is not None:
            plan.unchanged += 1
            plan.parents.pop(fold(new.name), None)
            before, end = len(plan.joining), ends[own]
            there[end] = join(plan, at, new, end, there.get(own, set()) | there.get(end, set()))
            say_known(plan, at, new, len(plan.joining) - before)
        else:
            kept.append((at, new))
            for alias in new.aliases:
                if fold(alias) in holders:
                    plan.refuse(
                        at,
                        f"« {shorten(alias)} » est déjà un nom d’une autre organisation de la liste.",
                        f"“{shorten(alias)}” is already a name of another organisation of the list.",
                    )
    plan.create = kept
    check_parents(session, plan)


def say_known(plan: Plan, at: int, new: NewOrganisation, joining: int) -> None:
    """Say that an organisation is there, and how many join it."""
    name = shorten(new.name)
    if joining:
        plan.notice(
            at,
            f"« {name} » est déjà dans la liste ; personnes qui s’y ajoutent : {joining} ; rien d’autre n’y change.",
            f"“{name}” is in the list already; persons who join it: {joining}; nothing else changes in it.",
        )
    else:
        plan.notice(
            at,
            f"« {name} » est déjà dans la liste ; rien n’y est changé.",
            f"“{name}” is in the list already; nothing is changed in it.",
        )


def check_parents(session: Session, plan: Plan) -> None:
    """Refuse a parent that neither the list nor the file holds, and those that go round in a circle."""
    wanted = {fold(parent) for _, parent in plan.parents.values()}
    own = {fold(name): fold(new.name) for _, new in plan.create for name in (new.name, *new.aliases)}
    listed = naming.find(session, wanted)
    for child, (at, parent) in plan.parents.items():
        seen, above = {child}, fold(parent)
        while above not in listed and above in own and own[above] not in seen:
            seen.add(own[above])
            above = fold(plan.parents[own[above]][1]) if own[above] in plan.parents else ""
        if above and above not in listed and above not in own:
            if above == fold(parent):
                plan.refuse(
                    at,
                    f"fait partie de « {shorten(parent)} », qui n’est ni dans la liste ni dans ce fichier.",
                    f"part of “{shorten(parent)}”, which is neither in the list nor in this file.",
                )
        elif above and above not in listed:
            plan.refuse(
                at,
                f"« {shorten(parent)} » fait partie de cette organisation : cela tourne en rond.",
                f"“{shorten(parent)}” is part of this organisation: that goes round in a circle.",
            )


def say_alike(session: Session, plan: Plan) -> None:
    """Say at the line which organisation of the list a new one may be; nobody decides it but who reads."""
    for at, new in plan.create[:COMPARED]:
        for one in matching.propose(session, new.name, limit=1):
            plan.notice(
                at,
                f"« {shorten(new.name)} » ressemble à « {shorten(one.name)} » de la liste : {one.likeness.label.fr}.",
                f"“{shorten(new.name)}” resembles “{shorten(one.name)}” of the list: {one.likeness.label.en}.",
            )
    if len(plan.create) > COMPARED:
        plan.notice(
            None,
            f"seules les {COMPARED} premières lignes sont comparées à la liste ; "
            "ensuite, voyez « Doublons possibles ».",
            f"only the first {COMPARED} lines are compared with the list; afterwards, see “Possible duplicates”.",
        )
