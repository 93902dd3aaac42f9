"""The codebook as a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from survey import typeset
from survey.instrument.grammar import Text
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.release import codebook
from survey.release.codebook import Asked, Counts, Entry
from survey.release.table import Table
from survey.release.units import NAMES
from survey.release.words import in_words

TEMPLATE = Path(__file__).with_name("codebook.typ")

TITLE = Text("Livre de codes\N{NO-BREAK SPACE}: {unit}", "Codebook: {unit}")
FIELDWORK = Text("Ce que la collecte sait", "What the fieldwork knows")
LEAD, NOTE = Text("Lu avant le champ", "Read before the field"), Text("Note, jamais lue", "Note, never read aloud")
UNIVERSE = Text("Demandé si", "Asked if")
HEADS = (Text("Code", "Code"), Text("Libellé", "Label"), Text("Lignes", "Rows"))
MISSING = Text("sans réponse", "no answer")
DIVIDED = Text(
    "{rows} lignes\N{NO-BREAK SPACE}: {valid} avec une valeur, {reasons} avec la raison d’une absence, {nothing} vides",
    "{rows} rows: {valid} with a value, {reasons} with a reason for none, {nothing} empty",
)
ENDS = Text("de {least} à {most}", "from {least} to {most}")


def write(path: Path, table: Table, language: str) -> Sequence[str]:
    """The codebook of one unit, tagged for assistive technology."""
    path.write_bytes(typeset.pdf(TEMPLATE, drawn(table, language)))
    return ()


def drawn(table: Table, language: str) -> dict[str, Any]:
    """What is printed, as lists, dicts and texts alone."""
    sections = codebook.sections(codebook.entries(table))
    return {
        "language": language,
        "title": TITLE(language).format(unit=NAMES[table.unit](language)),
        "about": in_words(table, language),
        "heads": [head(language) for head in HEADS],
        "sections": [
            {
                "title": (QUESTIONNAIRE[name].title if name else FIELDWORK)(language),
                "entries": [described(entry, language) for entry in entries],
            }
            for name, entries in sections.items()
        ],
    }


def described(entry: Entry, language: str) -> dict[str, Any]:
    """One variable."""
    missing = f" ({MISSING(language)})"
    return {
        "name": entry.variable.name,
        "label": entry.variable.label(language),
        "facts": list(map(list, facts(entry.asked, entry.variable.label(language), language))) if entry.asked else [],
        "counts": divided(entry.counts, language),
        "categories": [
            [str(one.number), one.label(language) + missing * one.missing, str(one.count)]
            for one in entry.counts.categories
        ],
    }


def facts(asked: Asked, label: str, language: str) -> list[tuple[str, str]]:
    """What was asked and of whom, each fact under its name."""
    words = asked.words(language) if asked.words else ""
    found = [(asked.number, words)] if words not in label else []
    found += [(LEAD(language), asked.item.lead(language))] if asked.item.lead else []
    found += [(NOTE(language), note(language)) for note in asked.notes]
    return found + [(UNIVERSE(language), one(language)) for one in asked.universe]


def divided(counts: Counts, language: str) -> str:
    """How the rows divide, in a sentence that carries its base."""
    said = DIVIDED(language).format(
        rows=counts.rows, valid=counts.valid, reasons=counts.reasons, nothing=counts.nothing
    )
    if counts.least is None:
        return said
    return f"{said}; {ENDS(language).format(least=counts.least, most=counts.most)}"
