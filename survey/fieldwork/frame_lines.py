"""What one line of a list says of an organisation: headings, codes and names in both languages, or what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from survey.accounts.models import Language
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.columns import Table
from survey.fieldwork.frame_columns import LAYOUT
from survey.fieldwork.headings import key
from survey.fieldwork.persons import NewPerson
from survey.fieldwork.remarks import Report, shorten
from survey.instrument.codes import CaseSource, Disposition, OrganisationType, Region
from survey.instrument.grammar import Text
from survey.text import fold, line, normalise

Code = TypeVar("Code")


def both(label: Text) -> tuple[str, str]:
    """A label in French, then in English."""
    return label.fr, label.en


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
KINDS: dict[str, OrganisationType] = {key(w): kind for kind in OrganisationType for w in (kind, *both(kind.label))}
KINDS |= {
    "cisss": OrganisationType.HEALTH, "ciusss": OrganisationType.HEALTH, "communautaire": OrganisationType.COMMUNITY,
    "police": OrganisationType.POLICE, "scolaire": OrganisationType.SCHOOL, "ecole": OrganisationType.SCHOOL,
    "universite": OrganisationType.RESEARCH, "recherche": OrganisationType.RESEARCH,
    "ministere": OrganisationType.GOVERNMENT, "autochtone": OrganisationType.INDIGENOUS,
    "autres": OrganisationType.OTHER,
}  # fmt: skip
TONGUES: dict[str, Language] = {
    "fr": Language.FRENCH, "francais": Language.FRENCH, "french": Language.FRENCH,
    "en": Language.ENGLISH, "anglais": Language.ENGLISH, "english": Language.ENGLISH,
}  # fmt: skip
UNKNOWN_LANGUAGE = Text("langue inconnue", "unknown language")
#: Sources that a list may state; who was named by an organisation comes by the inbox of Q.14.
SOURCES: dict[str, CaseSource] = {
    "": CaseSource.FRAME, "liste": CaseSource.FRAME, "list": CaseSource.FRAME,
    "suggestion": CaseSource.COORDINATION, "coordination": CaseSource.COORDINATION, "comite": CaseSource.COMMITTEE,
    "committee": CaseSource.COMMITTEE,
} | {
    key(word): source
    for source in (CaseSource.FRAME, CaseSource.COORDINATION, CaseSource.COMMITTEE)
    for word in (source, *both(source.label))
}  # fmt: skip
BY_CODE: dict[str, Region] = {str(region.number): region for region in Region}
BY_NAME: dict[str, Region] = {key(region.label.fr): region for region in Region}


@dataclass(frozen=True)
class Joining:
    """Somebody whom a line adds to an organisation of the list."""

    line: int
    organisation_id: int
    organisation: str
    person: NewPerson


@dataclass
class Plan(Report):
    """What the import of a list would do."""

    create: list[tuple[int, NewOrganisation]] = field(default_factory=list)
    unchanged: int = 0
    table: Table | None = None
    #: What the file may call each outcome.
    outcomes: Mapping[str, Disposition] = field(default_factory=lambda: OUTCOMES)
    #: By the folded name of an organisation, its line and the name of the one that it is part of.
    parents: dict[str, tuple[int, str]] = field(default_factory=dict)
    #: By the folded name of an organisation, those to reach there.
    persons: dict[str, list[NewPerson]] = field(default_factory=dict)
    #: Those who join the organisations of the list.
    joining: list[Joining] = field(default_factory=list)

    def persons_of(self, new: NewOrganisation) -> list[NewPerson]:
        return self.persons.get(fold(new.name), [])

    @property
    def people(self) -> int:
        """How many persons would be added."""
        return sum(map(len, self.persons.values())) + len(self.joining)


def read_line(plan: Plan, at: int, values: dict[str, str]) -> NewOrganisation | None:
    """The organisation of one line, or None when its name is missing; what is wrong goes to the plan."""
    name = line(values["name"])
    if not fold(name):
        plan.refuse(
            at,
            "le nom de l’organisation manque (des cellules fusionnées en laissent de vides : défusionnez-les).",
            "the name of the organisation is missing (merged cells leave blanks: unmerge them).",
        )
        return None
    if not named(plan, at, name):
        return None
    region = read_region(plan, at, values.get("region_code", ""), values.get("region_name", ""))
    given = key(values.get("outcome", ""))
    disposition = plan.outcomes.get(given)
    if disposition is None:
        shown = shorten(values["outcome"])
        plan.refuse(at, f"issue inconnue : « {shown} ».", f"unknown outcome: “{shown}”.")
        return None
    notes = [normalise(values.get("note", "")).strip(), UNDECIDED_NOTE if given == UNDECIDED else ""]
    if parent := line(values.get("parent", "")):
        first, above = plan.parents.setdefault(fold(name), (at, parent))
        if fold(above) != fold(parent):
            differs(plan, at, "parent", first)
    return NewOrganisation(
        name,
        region,
        disposition,
        "\n".join(filter(None, notes)) or None,
        kind=read_code(plan, at, values.get("kind", ""), KINDS, Text("type inconnu", "unknown type")),
        acronym=line(values.get("acronym", ""))[:MAX_NAME] or None,
        source=read_code(plan, at, values.get("source", ""), SOURCES, Text("source inconnue", "unknown source"))
        or CaseSource.FRAME,
        aliases=read_names(plan, at, values.get("aliases", "")),
        further_regions=read_regions(plan, at, values.get("further_regions", "")),
        language=read_code(plan, at, values.get("language", ""), TONGUES, UNKNOWN_LANGUAGE),
    )


def differs(plan: Report, at: int, column: str, first: int) -> None:
    """Refuse a line that says otherwise of its organisation what an earlier one says."""
    label = LAYOUT.labels[column]
    plan.refuse(
        at,
        f"« {label.fr} » n’est pas ce qu’en dit la ligne {first}, de la même organisation.",
        f"“{label.en}” is not what line {first}, of the same organisation, says.",
    )


def named(plan: Report, at: int, name: str) -> bool:
    """Whether a name can be one; what is wrong goes to the plan."""
    if len(name) > MAX_NAME:
        plan.refuse(at, f"ce nom dépasse {MAX_NAME} caractères.", f"this name is longer than {MAX_NAME} characters.")
    elif not any(character.isalnum() for character in name):
        plan.refuse(at, f"« {shorten(name)} » n’a ni lettre ni chiffre.", f"“{shorten(name)}” has no letter or digit.")
    else:
        return True
    return False


def read_code(plan: Report, at: int, text: str, known: Mapping[str, Code], wrong: Text) -> Code | None:
    """The code that a label or a code in either language stands for; None for a blank."""
    found = known.get(key(text))
    if found is None and key(text):
        plan.refuse(at, f"{wrong.fr} : « {shorten(text)} ».", f"{wrong.en}: “{shorten(text)}”.")
    return found


def read_names(plan: Report, at: int, text: str) -> tuple[str, ...]:
    """Other names, between semicolons."""
    names = [line(name) for name in text.split(";") if fold(name)]
    return tuple(name for name in names if named(plan, at, name))


def read_regions(plan: Report, at: int, text: str) -> frozenset[Region]:
    """Further regions, codes or names, between semicolons."""
    read = [read_region(plan, at, "", part) for part in text.split(";") if part.strip()]
    return frozenset(region for region in read if region)


def read_region(plan: Report, at: int, code: str, name: str) -> Region | None:
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
            f"« {shorten(name)} » n’est pas le nom d’une région ; le code {by_code} ({by_code.label.fr}) fait foi.",
            f"“{shorten(name)}” is not the name of a region; the code {by_code} ({by_code.label.en}) decides.",
        )
    elif name and by_name is None:
        plan.refuse(at, f"région inconnue : « {shorten(name)} ».", f"unknown region: “{shorten(name)}”.")
    return by_code or by_name
