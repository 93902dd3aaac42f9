"""The sampling frame: organisations read from a file, understood line by line, and taken whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import audit
from survey.fieldwork import cases, sheets
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.models import Organisation
from survey.instrument.codes import Disposition, Region
from survey.instrument.grammar import Text
from survey.text import fold, line, normalise


def key(text: str) -> str:
    """What two spellings of one heading or label share."""
    return re.sub(r"[\W_]+", " ", fold(text)).strip()


#: Which headings name which column; `_` and punctuation count as spaces, accents and case do not count.
HEADINGS: dict[str, str] = {
    heading: column
    for column, headings in {
        "name": "name, nom, organisme, organismes, organisation, organisations, organization, établissement, "
        "nom de l'organisme, nom de l'organisation, nom organisme, nom organisation, organisation name, "
        "organization name, raison sociale",
        "region_code": "region code, code de région, code de la région, code région, code régional, "
        "numéro de région, numéro de la région, no de région, no région",
        "region_name": "region name, region, nom de région, nom de la région, nom région, région administrative",
        "outcome": "outcome, issue, résultat, statut, status, disposition, état",
        "note": "note, notes, remarque, remarques, commentaire, commentaires, observation, observations, "
        "comment, comments, remark, remarks",
    }.items()
    for heading in map(key, headings.split(", "))
}

#: The outcomes of Annexe A as `survey/demo/annexe_a.csv` names them, our codes, and our labels in both languages.
OUTCOMES: dict[str, Disposition] = {
    "": Disposition.NOT_CONTACTED,
    "surveyed": Disposition.COMPLETED,
    "surveyed listing undecided": Disposition.COMPLETED,
    "no reply after reminders": Disposition.NO_REPLY,
    "impossible to meet": Disposition.IMPOSSIBLE,
    "refuse": Disposition.REFUSAL,
    "refused": Disposition.REFUSAL,
}
UNDECIDED = "surveyed listing undecided"
UNDECIDED_NOTE = "Inscription au répertoire indécise"

#: Characters of a name: beyond, PostgreSQL could not index it.
MAX_NAME = 400


OUTCOMES |= {key(spelling): d for d in Disposition for spelling in (d.value, d.label.fr, d.label.en)}
BY_CODE: dict[str, Region] = {str(region.number): region for region in Region}
BY_NAME: dict[str, Region] = {key(region.label.fr): region for region in Region}


@dataclass(frozen=True)
class Remark:
    """Something to say about a line of the file, or about the whole file when `line` is None."""

    line: int | None
    text: Text


@dataclass
class Plan:
    """What an import would do. With any error it does nothing."""

    create: list[tuple[int, NewOrganisation]] = field(default_factory=list)
    errors: list[Remark] = field(default_factory=list)
    notices: list[Remark] = field(default_factory=list)
    unchanged: int = 0

    def refuse(self, at: int | None, fr: str, en: str) -> None:
        self.errors.append(Remark(at, Text(fr, en)))

    def notice(self, at: int | None, fr: str, en: str) -> None:
        self.notices.append(Remark(at, Text(fr, en)))


def understand(session: Session, data: bytes, name: str) -> Plan:
    """What importing this file would do, without doing it. Whatever the file holds, the answer is a plan."""
    plan = read(data, name)
    set_known_aside(session, plan)
    return plan


def read(data: bytes, name: str) -> Plan:
    """What importing this file into an empty list would do: a large one takes seconds, which no transaction need."""
    plan = Plan()
    try:
        rows = sheets.read(data, name, lambda cells: len(columns_of(cells)))
    except sheets.UnreadableError as error:
        plan.errors.append(Remark(error.line, error.text))
        return plan
    start = next((n for n, (_, cells) in enumerate(rows[: sheets.HEAD]) if "name" in columns_of(cells)), None)
    if start is None:
        plan.refuse(
            None,
            "Aucune colonne ne porte le nom des organisations : la première ligne doit donner les titres des colonnes, "
            "dont « nom » ou « organisation ».",
            "No column holds the names of the organisations: the first line must give the headings of the columns, "
            "“name” or “organisation” among them.",
        )
        return plan
    headings = rows[start][1]
    ignored(plan, rows[start])
    read_lines(plan, columns_of(headings), len(headings), rows[start + 1 :])
    if not plan.create and not plan.errors:
        plan.refuse(
            None,
            "Ce fichier a des titres de colonnes, mais aucune organisation.",
            "This file has headings, but no organisation.",
        )
    return plan


def carry_out(session: Session, plan: Plan, user_id: int | None) -> int:
    """Create what the plan says and return how many; the caller commits. A plan with errors is a ValueError."""
    if plan.errors:
        raise ValueError("a plan with errors is not carried out")
    cases.open_cases(session, [new for _, new in plan.create], user_id)
    audit.record(session, audit.Action.FRAME_IMPORT, user_id=user_id, detail=f"{len(plan.create)} organisations")
    return len(plan.create)


def columns_of(headings: Sequence[str]) -> dict[str, int]:
    """Where each column that we know stands; the first of two wins."""
    found: dict[str, int] = {}
    for position, heading in enumerate(headings):
        if len(heading) < 80 and (column := HEADINGS.get(key(heading))):
            found.setdefault(column, position)
    return found


def ignored(plan: Plan, row: sheets.Row) -> None:
    """Say which columns are left out."""
    at, headings = row
    known = columns_of(headings).values()
    left = [shorten(heading) for position, heading in enumerate(headings) if position not in known and heading.strip()]
    if left:
        plan.notice(
            at,
            f"colonnes inconnues, laissées de côté : {', '.join(f'« {name} »' for name in left)}.",
            f"unknown columns, left out: {', '.join(f'“{name}”' for name in left)}.",
        )


def read_lines(plan: Plan, columns: dict[str, int], width: int, rows: Sequence[sheets.Row]) -> None:
    seen: dict[str, int] = {}
    for at, cells in rows:
        if any(cell.strip() for cell in cells[width:]):
            plan.refuse(
                at,
                "plus de cellules que de titres; un texte qui contient le séparateur se met entre guillemets.",
                "more cells than headings; a text that contains the delimiter goes between quotation marks.",
            )
            continue
        values = {name: cells[n] if n < len(cells) else "" for name, n in columns.items()}
        if new := read_line(plan, at, values):
            folded = fold(new.name)
            if folded in seen:
                plan.refuse(
                    at,
                    f"« {shorten(new.name)} » est déjà à la ligne {seen[folded]}.",
                    f"“{shorten(new.name)}” is already on line {seen[folded]}.",
                )
            else:
                seen[folded] = at
                plan.create.append((at, new))


def read_line(plan: Plan, at: int, values: dict[str, str]) -> NewOrganisation | None:
    """The organisation of one line, or None when its name is missing; what is wrong goes to the plan."""
    name = line(values["name"])
    if not fold(name):
        plan.refuse(at, "le nom de l’organisation manque.", "the name of the organisation is missing.")
        return None
    if len(name) > MAX_NAME:
        plan.refuse(at, f"ce nom dépasse {MAX_NAME} caractères.", f"this name is longer than {MAX_NAME} characters.")
        return None
    region = read_region(plan, at, values.get("region_code", ""), values.get("region_name", ""))
    given = key(values.get("outcome", ""))
    disposition = OUTCOMES.get(given)
    if disposition is None:
        shown = shorten(values["outcome"])
        plan.refuse(at, f"issue inconnue : « {shown} ».", f"unknown outcome: “{shown}”.")
        return None
    notes = [normalise(values.get("note", "")).strip(), UNDECIDED_NOTE if given == UNDECIDED else ""]
    return NewOrganisation(name, region, disposition, "\n".join(filter(None, notes)) or None)


def read_region(plan: Plan, at: int, code: str, name: str) -> Region | None:
    """The region of one line, by its code or its name; a name that is not official gives way to the code."""
    code, name = line(code), line(name)
    if not code and name.isdecimal():
        code, name = name, ""
    by_code = BY_CODE.get(code.lstrip("0"))
    by_name = BY_NAME.get(key(name))
    if code and by_code is None:
        plan.refuse(at, f"code de région inconnu : « {shorten(code)} ».", f"unknown region code: “{shorten(code)}”.")
    elif by_code and by_name and by_code is not by_name:
        plan.refuse(
            at,
            f"le code de région {by_code} est celui de {by_code.label.fr}, non de {by_name.label.fr}.",
            f"region code {by_code} is that of {by_code.label.en}, not of {by_name.label.en}.",
        )
    elif name and by_name is None and by_code:
        plan.notice(
            at,
            f"« {shorten(name)} » n’est pas le nom d’une région; le code {by_code} ({by_code.label.fr}) fait foi.",
            f"“{shorten(name)}” is not the name of a region; the code {by_code} ({by_code.label.en}) decides.",
        )
    elif name and by_name is None:
        plan.refuse(at, f"région inconnue : « {shorten(name)} ».", f"unknown region: “{shorten(name)}”.")
    return by_code or by_name


def set_known_aside(session: Session, plan: Plan) -> None:
    """Leave alone the organisations that the database holds already, and say so."""
    known = set(known_names(session, [fold(new.name) for _, new in plan.create]))
    kept = []
    for at, new in plan.create:
        if fold(new.name) in known:
            plan.unchanged += 1
            plan.notice(
                at,
                f"« {shorten(new.name)} » est déjà dans la liste; rien n’y est changé.",
                f"“{shorten(new.name)}” is in the list already; nothing is changed in it.",
            )
        else:
            kept.append((at, new))
    plan.create = kept


def known_names(session: Session, folded: Sequence[str], at_once: int = 5000) -> Iterator[str]:
    """Those of the folded names that the database holds."""
    for start in range(0, len(folded), at_once):
        some = folded[start : start + at_once]
        yield from session.scalars(sa.select(Organisation.folded_name).where(Organisation.folded_name.in_(some)))


def shorten(text: str, width: int = 60) -> str:
    """A value quoted in a remark."""
    text = line(text[: width * 4])
    return text if len(text) <= width else text[: width - 1] + "…"
