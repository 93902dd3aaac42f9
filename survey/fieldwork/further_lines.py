"""Several lines of one organisation: what they say of it agrees, and each may name somebody more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

from survey.fieldwork import naming
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.frame_lines import Joining, Plan, differs
from survey.fieldwork.persons import NewPerson, marks
from survey.fieldwork.remarks import shorten
from survey.text import fold

#: What two lines of one organisation must not say otherwise, and the column that says it.
DESCRIBED = {
    "region": "region_name",
    "disposition": "outcome",
    "kind": "kind",
    "acronym": "acronym",
    "source": "source",
    "aliases": "aliases",
    "further_regions": "further_regions",
    "language": "language",
}
BLANK = NewOrganisation("")


@dataclass
class Gathered:
    """The organisations of a file by every folded name, as places of its plan, and who was met there on which line."""

    plan: Plan
    places: dict[str, int] = field(default_factory=dict)
    met: dict[tuple[int, str], int] = field(default_factory=dict)
    notes: dict[int, dict[str, None]] = field(default_factory=dict)

    def take(self, at: int, new: NewOrganisation, person: NewPerson | None, *, own_language: bool) -> None:
        """Take what a line says: an organisation, or one more person of an organisation that stands above.

        `own_language` says that the language of the line is that of the organisation, not of the person.
        """
        names = [new.name, *naming.distinct(new.aliases, but=new.name)]
        place = self.places.get(fold(new.name), len(self.plan.create)) if person else len(self.plan.create)
        twice = next((name for name in names if self.places.get(fold(name), place) != place), None)
        if twice is not None:
            first = self.plan.create[self.places[fold(twice)]][0]
            self.plan.refuse(
                at,
                f"« {shorten(twice)} » est déjà à la ligne {first}.",
                f"“{shorten(twice)}” is already on line {first}.",
            )
            return
        self.places |= dict.fromkeys(map(fold, names), place)
        if place == len(self.plan.create):
            self.plan.create.append((at, new))
        else:
            line, first_said = self.plan.create[place]
            self.plan.create[place] = line, agreed(self.plan, at, (line, first_said), new, own_language)
        if new.note:
            self.notes.setdefault(place, {})[new.note] = None
        if person:
            self.meet(at, place, person)

    def put_notes_together(self) -> None:
        """Give each organisation the notes of all its lines, each once."""
        for place, notes in self.notes.items():
            line, new = self.plan.create[place]
            self.plan.create[place] = line, replace(new, note="\n".join(notes))

    def meet(self, at: int, place: int, person: NewPerson) -> None:
        """Somebody of an organisation of the plan, unless a line above named them."""
        said = [self.met[place, mark] for mark in marks(person) if (place, mark) in self.met]
        if said:
            self.plan.notice(
                at,
                f"« {shorten(person.name)} » (même nom ou même courriel) est à la ligne {min(said)} ; "
                "cette ligne n’y ajoute rien.",
                f"“{shorten(person.name)}” (same name or same e-mail) is on line {min(said)}; this line adds nothing.",
            )
        else:
            self.met |= {(place, mark): at for mark in marks(person)}
            self.plan.persons.setdefault(fold(self.plan.create[place][1].name), []).append(person)


def agreed(
    plan: Plan, at: int, first: tuple[int, NewOrganisation], new: NewOrganisation, own_language: bool
) -> NewOrganisation:
    """An organisation after a further line, which may say what the first left blank, and nothing otherwise."""
    line, was = first
    said: dict[str, Any] = {}
    for name, column in DESCRIBED.items():
        before, now, blank = (getattr(each, name) for each in (was, new, BLANK))
        if before == blank:
            said[name] = now
        elif now not in (before, blank) and (name != "language" or own_language):
            differs(plan, at, column, line)
    return replace(was, **said)


def join(plan: Plan, at: int, new: NewOrganisation, organisation_id: int, there: Collection[str]) -> set[str]:
    """Have those whom the file names join an organisation of the list, but for who is there; returns their marks."""
    met = set(there)
    for person in plan.persons.pop(fold(new.name), []):
        if not met & marks(person):
            met |= marks(person)
            plan.joining.append(Joining(at, organisation_id, new.name, person))
    return met
