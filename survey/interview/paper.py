"""The questionnaire on paper, blank or filled: one plain structure drawn from the instrument, for a page and a PDF."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from survey.instrument.codes import Region
from survey.instrument.grammar import (
    Codes,
    Instruction,
    Instrument,
    Item,
    Prefilled,
    Question,
    Section,
    Statement,
    Text,
    When,
)
from survey.interview.answers import as_text
from survey.interview.sheet import Record, Sheet

TEMPLATE = Path(__file__).with_name("paper.typ")

#: The printed form has six blocks.
PRINTED_BLOCKS = 6

NOTE = Text("Note à l'intervieweur :", "Note to the interviewer:")
NO_ANSWER = Text("Sans réponse", "No answer")
NO_BLOCK = Text("Aucune initiative décrite.", "No initiative described.")

Drawn = dict[str, Any]


def document(instrument: Instrument, language: str, sheet: Sheet | None = None, blocks: int = PRINTED_BLOCKS) -> Drawn:
    """What is printed, as lists, dicts and texts alone.

    Without a sheet the form is blank and has as many blocks as asked for; with one it holds the answers, whole, and
    as many blocks as the interview. Internal notes are never part of it.
    """
    drawing = Drawing(instrument, language, sheet)
    return {
        "language": language,
        "filled": sheet is not None,
        "title": instrument.title(language),
        "subject": sheet.header.organisation if sheet else "",
        "source": runs(instrument.source(language)),
        "note": NOTE(language),
        "sections": [drawing.section(section, blocks) for section in instrument.sections],
    }


def runs(wording: str) -> list[Drawn]:
    """A wording cut where `*…*` begins and ends an emphasis."""
    return [{"text": text, "emphasis": n % 2 == 1} for n, text in enumerate(wording.split("*")) if text]


@dataclass(frozen=True)
class Drawing:
    instrument: Instrument
    language: str
    sheet: Sheet | None

    def section(self, section: Section, blocks: int) -> Drawn:
        drawn: Drawn = {"name": section.name, "title": section.title(self.language), "nothing": ""}
        if not section.repeats:
            record = self.sheet.interview if self.sheet else None
            return drawn | {"elements": self.elements(section, record), "blocks": []}
        records: list[Record | None] = [*self.sheet.blocks] if self.sheet else [None] * blocks
        if not records:
            drawn["nothing"] = NO_BLOCK(self.language)
        drawn["elements"] = [self.element(e) for e in section.elements if not isinstance(e, Question)]
        return drawn | {"blocks": [self.block(section, record, n) for n, record in enumerate(records, 1)]}

    def elements(self, section: Section, record: Record | None) -> list[Drawn]:
        return [
            self.question(section, element, record) if isinstance(element, Question) else self.element(element)
            for element in section.elements
        ]

    def block(self, section: Section, record: Record | None, n: int) -> Drawn:
        assert section.block is not None
        of_questions = [question.footnote for question in section.questions]
        notes = filter(None, [*of_questions, *(item.footnote for item in section.items)])
        return {
            "title": section.block.numbered(n)(self.language),
            "elements": [self.question(section, question, record, n) for question in section.questions],
            "footnotes": [
                {"mark": note.mark, "text": note.text(self.language)} for note in sorted(notes, key=lambda f: f.number)
            ],
        }

    def element(self, element: Statement | Instruction | Prefilled) -> Drawn:
        if isinstance(element, Prefilled):
            answer = self.known(element.name)
            return {"kind": "line", "label": element.label(self.language), "answer": answer}
        kind = "statement" if isinstance(element, Statement) else "note"
        return {"kind": kind, "runs": runs(element.text(self.language))}

    def known(self, name: str) -> str | None:
        """What the case itself answers, on a filled form."""
        if self.sheet is None:
            return None
        header = self.sheet.header
        region: Region | None = header.region_code
        known: dict[str, str] = {
            "organisation": header.organisation,
            "region": region.label(self.language) if region else "",
            "interviewer": header.interviewer,
        }
        return known[name]

    def question(self, section: Section, question: Question, record: Record | None, n: int = 0) -> Drawn:
        filled = FilledQuestion(self, section, question, record)
        return {
            "kind": "question",
            "number": question.number.replace("{n}", str(n)),
            "text": question.text(self.language) if question.text else "",
            "mark": question.footnote.mark if question.footnote else "",
            "hint": runs(question.hint(self.language)) if question.hint else [],
            "supplementary": question.supplementary(self.language) if question.supplementary else "",
            "notes": [runs(note.text(self.language)) for note in question.instructions],
            "fields": [filled.field(item) for item in filled.at_the_top()],
            "closing": runs(question.closing.text(self.language)) if question.closing else [],
        }


@dataclass(frozen=True)
class FilledQuestion:
    """One question and what was answered to it, if anything was."""

    drawing: Drawing
    section: Section
    question: Question
    record: Record | None

    def at_the_top(self) -> Iterator[Item]:
        """The items that no box of this question leads to."""
        boxes = {item.name for item in self.question.items if item.many}
        return (
            item for item in self.question.items if self.shown(item) and not (item.when and item.when.item in boxes)
        )

    def shown(self, item: Item) -> bool:
        """A filled form leaves out what was neither asked nor answered."""
        sheet, record = self.drawing.sheet, self.record
        if sheet is None or record is None:
            return True
        return record.answered(item) or item.name in record.reasons or item in sheet.asked(self.section, record)

    def field(self, item: Item) -> Drawn:
        language = self.drawing.language
        options = [self.option(item, code) for code in item.codes or ()]
        reason = self.record.reasons.get(item.name) if self.record else None
        lacks = self.record is not None and reason is None and not self.record.answered(item)
        return {
            "name": item.name,
            "lead": item.lead(language) if item.lead else "",
            "label": item.label(language) if item.label else "",
            "space": item.kind.value,
            "options": options,
            "columns": bool(options) and all(option["fields"] for option in options),
            "answer": None if item.codes or self.record is None else as_text(self.record.answers.get(item.name)),
            "reason": reason.label(language) if reason else NO_ANSWER(language) if lacks else "",
        }

    def option(self, item: Item, code: Codes) -> Drawn:
        answer = self.record.answers.get(item.name) if self.record else None
        ticked = code in answer if isinstance(answer, frozenset) else answer == code
        leads_to = self.drawing.instrument.skip(self.section, item, code)
        under = [other for other in self.question.items if item.many and other.when == When(item.name, code)]
        return {
            "box": ("☒" if ticked else "☐") if item.many else ("◉" if ticked else "◯"),
            "label": code.label(self.drawing.language),
            "mark": item.footnote.mark if item.footnote and item.footnote.code is code else "",
            "goto": leads_to.number.rstrip(".") if leads_to else "",
            "fields": [self.field(other) for other in under if self.shown(other)],
        }
