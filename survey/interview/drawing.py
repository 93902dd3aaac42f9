"""The page of an interview: stencils of the instrument, filled with the answers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from flask import current_app
from markupsafe import Markup, escape

from survey.instrument.codes import MissingReason
from survey.instrument.grammar import Section
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview.answers import as_text
from survey.interview.models import Part
from survey.interview.sheet import Record, Sheet
from survey.interview.stencil import Stencil, hole

#: What stands in the blank block that the page's script clones, where a block's own key and number will be.
NIL = "00000000-0000-0000-0000-000000000000"
BLANK_KEY, BLANK_NUMBER = "b-00000000", "BLOCK-NUMBER"


@dataclass
class Typed:
    """What a form sent that could not be kept as it is: shown again, as typed, with what is wrong with it."""

    values: Mapping[str, list[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@cache
def stencil(section_name: str, language: str) -> Stencil:
    """The stencil of a section; `language` is that of the page, in which the template speaks."""
    module = current_app.jinja_env.get_template("interview/_section.html").module
    drawn: str = module.draw(QUESTIONNAIRE[section_name], hole, list(MissingReason))  # type: ignore[attr-defined]
    return Stencil(drawn)


def section_html(
    sheet: Sheet, section: Section, record: Record, n: int, language: str, typed: Typed | None = None
) -> Markup:
    """One section, or one block, filled in."""
    values = filled(section, record)
    values["key"], values["n"] = key(record), str(n)
    if not section.repeats:
        values |= known(sheet, language)
    on_route = route(sheet, section, record)
    values |= {f"off:{item.name}": " off-route" for item in section.items if item.name not in on_route}
    if typed:
        show(values, section, typed)
    return stencil(section.name, language).fill(values)


def route(sheet: Sheet, section: Section, record: Record) -> set[str]:
    """The items to show: what Q.1 leads past stays within reach, under a word that says so."""
    answers = dict(sheet.everything(record))
    if section.when:
        answers[section.when.item] = section.when.code
    return {item.name for item in QUESTIONNAIRE.asked(section, answers)}


@cache
def of_block(shell: str, uid: uuid.UUID | str, n: int | str, body: Markup) -> Markup:
    """What stands around a block, drawn once a page for the blank one, made that of a block."""
    around = shell.replace(NIL, str(uid)).replace(BLANK_KEY, block_key(uid)).replace(BLANK_NUMBER, str(n))
    return Markup(around.replace("BLOCK-BODY", body))  # noqa: S704 – both parts come out of a template


@cache
def blank_block(language: str) -> Markup:
    """A block without answers, for the page's script to clone."""
    section = QUESTIONNAIRE["initiatives"]
    values = {"key": BLANK_KEY, "n": BLANK_NUMBER}
    values |= {f"off:{item.name}": " off-route" for item in section.items if item.when}
    for item in section.items:
        values[f"version:{item.name}"] = values[f"note-version:{item.name}"] = "0"
    return stencil(section.name, language).fill(values)


def key(record: Record) -> str:
    """What the ids of a record's fields begin with."""
    return block_key(record.uid) if record.uid else "i"


def block_key(uid: uuid.UUID | str) -> str:
    """What the ids of a block's fields begin with: enough of its own id to tell it from the others of a page."""
    return f"b-{str(uid)[:8]}"


def filled(section: Section, record: Record) -> dict[str, str]:
    """What stands in each field of a record, by the name of its hole."""
    values: dict[str, str] = {}
    for item in section.items:
        name = item.name
        values[f"version:{name}"] = str(record.versions.get((name, Part.ANSWER), 0))
        values[f"note-version:{name}"] = str(record.versions.get((name, Part.NOTE), 0))
        if text := as_text(record.answers[name]):
            if item.codes:
                values |= {f"checked:{name}:{code}": " checked" for code in text.split(" ")}
            else:
                values[f"value:{name}"] = escape(text)
    for name, reason in record.reasons.items():
        values[f"reason:{name}:{reason.value}"] = " checked"
        if record.answers.get(name):
            values[f"both:{name}"] = " both"
    for name, note in record.notes.items():
        values[f"note:{name}"], values[f"note-open:{name}"] = escape(note), " open"
    return values


def known(sheet: Sheet, language: str) -> dict[str, str]:
    """What the case answers in place of the respondent."""
    header = sheet.header
    region = header.region_code.label(language) if header.region_code else "—"
    return {
        "known:organisation": escape(header.organisation),
        "known:region": escape(region),
        "known:interviewer": escape(header.interviewer),
    }


def show(values: dict[str, str], section: Section, typed: Typed) -> None:
    """Put what was typed, and what is wrong with it, in place of what is stored."""
    for item in section.items:
        name = item.name
        if name not in typed.errors:
            continue
        values[f"error:{name}"] = Markup('<p class="field-error">{}</p>').format(typed.errors[name])
        sent = typed.values.get(name, [])
        if item.codes:
            for code in item.codes:
                values.pop(f"checked:{name}:{code.value}", None)
            values |= {f"checked:{name}:{code}": " checked" for code in sent if code in set(item.codes)}
        else:
            values[f"value:{name}"] = escape(sent[0] if sent else "")
        if note := "".join(typed.values.get(f"{name}__note", [])):
            values[f"note:{name}"], values[f"note-open:{name}"] = escape(note), " open"
        for reason in MissingReason:
            values.pop(f"reason:{name}:{reason.value}", None)
            if reason.value in typed.values.get(f"{name}__reason", []):
                values[f"reason:{name}:{reason.value}"] = " checked"
