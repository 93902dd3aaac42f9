"""Annexe A as a document: the flow of the sample, the table of regions and outcomes, and the list itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from survey.fieldwork.annexe import Part
from survey.fieldwork.flow import Flow
from survey.fieldwork.models import Wave
from survey.instrument.codes import CaseSource, Disposition, TargetPopulation
from survey.instrument.grammar import Text

TEMPLATE = Path(__file__).with_name("annexe.typ")

TITLE = Text("Organisations par région et issue", "Organisations by region and outcome")
SUBTITLE = Text("Vague {n}, état au {day}", "Wave {n}, as of {day}")
FLOW = Text("Parcours de l’échantillon", "Flow of the sample")
POPULATION = Text("Population visée\u00a0: ", "Target population: ")
NOWHERE = Text("Région non précisée", "Region not specified")
CROSSED = Text("Chaque région et chaque issue", "Every region and every outcome")
REGION, TOTAL = Text("Région", "Region"), Text("Total", "Total")
PARTS = {
    "entered": Text("Entrées dans la liste", "Entered the list"),
    "set_aside": Text("Hors de la population visée", "Outside the target population"),
    "targeted": Text("De la population visée", "Of the target population"),
    "without": Text("Sans entrevue", "Without an interview"),
    "under_way": Text("Encore en cours", "Still in progress"),
    "held": Text("Sondées", "Surveyed"),
}


def drawn(parts: Sequence[Part], flow: Flow, wave: Wave, today: dt.date, language: str) -> dict[str, Any]:
    """What is printed today, as lists, dicts and texts alone."""
    outcomes = [one for one in Disposition if any(one in part.names for part in parts)]

    def said(text: Text) -> str:
        return text(language)

    def named(part: Part) -> str:
        return said(part.region.label if part.region else NOWHERE)

    def counts(some: Sequence[Part]) -> list[int]:
        each = [sum(len(part.names.get(one, ())) for part in some) for one in outcomes]
        return [*each, sum(each)]

    subtitle = said(SUBTITLE).format(n=wave.number, day=today.isoformat())
    population = wave.population or TargetPopulation.WITH_INITIATIVES
    return {
        "language": language,
        "title": said(TITLE),
        "subtitle": subtitle,
        "flow_title": said(FLOW),
        "population": said(POPULATION) + said(population.label),
        "flow": {name: _box(said(title), getattr(flow, name), language) for name, title in PARTS.items()},
        "crossed": said(CROSSED),
        "headings": [said(REGION), *(said(one.label) for one in outcomes), said(TOTAL)],
        "rows": [[named(part), *counts([part])] for part in parts],
        "totals": [said(TOTAL), *counts(parts)],
        "regions": [
            {
                "name": f"{named(part)} ({part.n})",
                "outcomes": [
                    {"name": f"{said(one.label)} ({len(part.names[one])})", "organisations": part.names[one]}
                    for one in outcomes
                    if one in part.names
                ],
            }
            for part in parts
            if part.n
        ],
    }


def _box(title: str, what: int | Mapping[CaseSource, int] | Mapping[Disposition, int], language: str) -> dict[str, Any]:
    if isinstance(what, int):
        return {"title": title, "n": what, "lines": []}
    lines = [{"name": one.label(language), "n": n} for one, n in what.items()]
    return {"title": title, "n": sum(what.values()), "lines": lines}
