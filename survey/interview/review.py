"""What an interview lacks and where it contradicts itself. It informs; it never blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from survey.db import now
from survey.instrument import dictionary
from survey.instrument.codes import ConsentPurpose, YesNo
from survey.instrument.grammar import Item, Question, Section, Text
from survey.instrument.questionnaire import GENERAL, INITIATIVES, QUESTIONNAIRE
from survey.interview.sheet import Record, Sheet
from survey.text import fold


@dataclass(frozen=True)
class Gap:
    """An item on the route with neither an answer nor a reason. `n` is the block's number."""

    section: Section
    question: Question
    item: Item
    record: Record
    n: int | None

    @property
    def place(self) -> tuple[int, int]:
        """Where its part stands in the questionnaire."""
        return QUESTIONNAIRE.sections.index(self.section), self.n or 0

    @property
    def heading(self) -> Text:
        """What names its part: the section, or the block with its name."""
        if self.section.block is None:
            return self.section.title
        name = str(self.record.answers["name"] or "")
        block = self.section.block.numbered(self.n or 0)
        return Text(f"{block.fr} – {name}", f"{block.en} – {name}") if name else block

    @property
    def number(self) -> str:
        return number_of(self.question, self.n)

    @property
    def wording(self) -> Text:
        return wording_of(self.question, self.item)


def number_of(question: Question, n: int | None) -> str:
    """The number of a question, as in block `n`."""
    return question.number.replace("{n}", str(n or ""))


def wording_of(question: Question, item: Item) -> Text:
    """What tells an item from the others of its question, on one line."""
    return dictionary.under(None, *(dictionary.own_words(question, item) or [question.label(item)]))


@dataclass(frozen=True)
class Remark:
    """A soft contradiction, in words, and the field to look at."""

    text: Text
    item: Item | None = None
    record: Record | None = None

    def number(self, sheet: Sheet) -> str:
        """The number of the question to look at, as on screen; nothing where it has none."""
        if self.item is None or self.record is None:
            return ""
        sections = (s for s in QUESTIONNAIRE.sections if self.item in s.items)
        n = sheet.blocks.index(self.record) + 1 if self.record in sheet.blocks else ""
        return next(sections).question_of(self.item).number.replace("{n}", str(n)).rstrip(".")


def gaps(sheet: Sheet) -> list[Gap]:
    """Every unanswered item, in the order of the questionnaire; the supplementary question may stay empty."""
    if sheet.refused:
        return []
    return [
        Gap(section, section.question_of(item), item, record, n if section.repeats else None)
        for section in QUESTIONNAIRE.sections
        for n, record in enumerate(sheet.records(section), start=1)
        for item in sheet.unanswered(section, record)
    ]


def remarks(sheet: Sheet) -> list[Remark]:
    """Every soft contradiction: of consent, of number, of names and years, of boxes, of reasons, of the route."""
    of_answers = (*_of_blocks(sheet), *_of_boxes(sheet), *_of_both(sheet), *_of_route(sheet))
    return [*_of_consent(sheet), *_of_count(sheet), *of_answers]


def _of_consent(sheet: Sheet) -> Iterator[Remark]:
    consent = sheet.consents.get(ConsentPurpose.INTERVIEW)
    if consent is None:
        yield Remark(
            Text("Le consentement à l’entrevue n’est pas consigné.", "Consent to the interview is not recorded.")
        )
    elif consent.given is YesNo.NO:
        yield Remark(
            Text(
                "La personne n’a pas consenti à l’entrevue : l’issue sera « Refus ».",
                "The person did not consent to the interview: the outcome will be “Refusal”.",
            )
        )


def _of_count(sheet: Sheet) -> Iterator[Remark]:
    said, answers = len(sheet.blocks), sheet.interview.answers
    count, has = answers["initiative_count"], answers["has_initiatives"]
    asked, number = GENERAL.items[-2], GENERAL.items[-1]
    if has is YesNo.NO and said:
        yield Remark(_left_out(said), asked, sheet.interview)
    if has is YesNo.YES and not said:
        yield Remark(
            Text(
                "Q.1 dit « Oui », mais aucune initiative n’est décrite.",
                "Q.1 says “Yes”, but no initiative is described.",
            ),
            asked,
            sheet.interview,
        )
    if has is YesNo.YES and said and isinstance(count, int) and count != said:
        yield Remark(
            Text(
                f"Q.1 annonce {_counted(count).fr} ; {said} {'sont décrites' if said > 1 else 'est décrite'}.",
                f"Q.1 announces {_counted(count).en}; {said} {'is' if said == 1 else 'are'} described.",
            ),
            number,
            sheet.interview,
        )


def _left_out(n: int) -> Text:
    """That so many blocks were filled for nothing."""
    if n == 1:
        return Text(
            "Q.1 dit « Non », mais une initiative est décrite ; elle ne sortira pas des données.",
            "Q.1 says “No”, but one initiative is described; it will be left out of the data.",
        )
    return Text(
        f"Q.1 dit « Non », mais {n} initiatives sont décrites ; elles ne sortiront pas des données.",
        f"Q.1 says “No”, but {n} initiatives are described; they will be left out of the data.",
    )


def _counted(n: int) -> Text:
    """So many initiatives: French is plural from two on, English but for one."""
    return Text(f"{n} initiative{'s' if n > 1 else ''}", f"{n} initiative{'' if n == 1 else 's'}")


def _of_blocks(sheet: Sheet) -> Iterator[Remark]:
    name, year = INITIATIVES.items[0], next(i for i in INITIATIVES.items if i.name == "year_created")
    seen: set[str] = set()
    for record in sheet.blocks:
        called, created = fold(str(record.answers["name"] or "")), record.answers["year_created"]
        if called and called in seen:
            yield Remark(
                Text("Deux initiatives portent le même nom.", "Two initiatives have the same name."), name, record
            )
        seen.add(called)
        if isinstance(created, int) and created > now().year:
            yield Remark(
                Text("L’année de création est à venir.", "The year of creation is in the future."), year, record
            )


def _of_boxes(sheet: Sheet) -> Iterator[Remark]:
    """« Tous » ticked with one of those it holds."""
    for record in sheet.blocks:
        for item in INITIATIVES.items:
            ticked = record.answers[item.name]
            if not isinstance(ticked, frozenset) or "all" not in ticked or len(ticked) < 2:
                continue
            every, one = sorted(ticked, key=lambda code: code.number)[:2]
            yield Remark(
                Text(
                    f"« {every.label.fr} » et « {one.label.fr} » sont cochés à la fois.",
                    f"“{every.label.en}” and “{one.label.en}” are both ticked.",
                ),
                item,
                record,
            )


def _of_both(sheet: Sheet) -> Iterator[Remark]:
    for section in QUESTIONNAIRE.sections:
        for record in sheet.records(section):
            for item in section.items:
                if item.name in record.reasons and record.answered(item):
                    reason = record.reasons[item.name].label
                    yield Remark(
                        Text(
                            f"Une réponse et « {reason.fr} » à la fois : la réponse l’emportera.",
                            f"An answer and “{reason.en}” at once: the answer will prevail.",
                        ),
                        item,
                        record,
                    )


def _of_route(sheet: Sheet) -> Iterator[Remark]:
    for section in QUESTIONNAIRE.sections:
        for record in sheet.records(section):
            if section.when and not section.when.holds(sheet.everything(record)):
                continue
            on_route = set(sheet.asked(section, record))
            for item in section.items:
                if item not in on_route and record.answered(item):
                    yield Remark(
                        Text(
                            "Cette réponse ne correspond plus à la question dont elle dépend : elle est gardée, mais "
                            "ne sortira pas des données.",
                            "This answer no longer goes with the question it depends on: it is kept, but will be left "
                            "out of the data.",
                        ),
                        item,
                        record,
                    )
