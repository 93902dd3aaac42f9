"""REFI-QDA Project 1.0 (.qdpx), for NVivo, MAXQDA, ATLAS.ti and QualCoder: texts, cases, coders, themes, marks.

Positions count code points of texts that are UTF-8 without a byte order mark, lines ended by LF. The end is not
included: so do QualCoder and `qc` write and read it (the standard, § 10.2, says « the first and the last character »).
"""

from __future__ import annotations

import enum
import re
import shutil
import zipfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from survey.coding.qdpx import NAMESPACE
from survey.coding.themes import OPEN
from survey.instrument.grammar import Text
from survey.instrument.introduction import attribution
from survey.release import manifest, packing, persons
from survey.release.models import Unit
from survey.release.qdpx_answers import Answer, Answers
from survey.release.qdpx_cases import Cases
from survey.release.qdpx_marks import Marks, codebook
from survey.release.qdpx_xml import element, guid, moment, shown, words
from survey.release.table import Table

#: What is read of a release, the marks first.
READS = (Unit.THEME, Unit.THEME_TREE, Unit.ORGANISATION, Unit.INTERVIEW, Unit.INITIATIVE)
INITIATIVE = Text("Initiative {number}", "Initiative {number}")
MOVED = Text(
    "Marques laissées de côté, dont la réponse n’a plus les mots (unité « theme », current = 0) : {count}.",
    "Marks left out, whose answer no longer holds the words (unit “theme”, current = 0): {count}.",
)
TWICE = Text(
    "Chaque réponse y est deux fois, et chaque marque aussi : ne comptez que les sources d’une sorte.",
    "Each answer is in it twice, and each mark too: count the sources of one kind alone.",
)
#: What no file name may hold on some system: the name of a source becomes one.
EMPTY: array[int] = array("q")
UNSAFE = re.compile(r'[\\/:*?"<>|]+')


class By(enum.StrEnum):
    """What a source holds together."""

    QUESTION = "question"
    ORGANISATION = "organisation"


class Sources:
    """The texts, written one after the other into the archive; what the project says of each is kept beside."""

    def __init__(self, archive: zipfile.ZipFile, described: IO[bytes], marks: Marks, table: Table) -> None:
        self.archive, self.described, self.marks = archive, described, marks
        self.at = table.release.created_at

    def add(self, by: By, key: object, name: str, title: str, parts: Iterable[tuple[str, Answer]]) -> None:
        """A text: its title, then each answer under its heading, an empty line before it."""
        source = guid("source", by.value, key)
        attributes = {"guid": source, "name": UNSAFE.sub(" ", name), "plainTextPath": f"internal://{source}.txt"}
        said = element("TextSource", attributes, words("Description", title), "\n").removesuffix("\n</TextSource>\n")
        self.described.write(said.encode())
        with self.archive.open(packing.entry(f"sources/{source}.txt", self.at), "w") as file:
            file.write(title.encode())
            position = len(title)
            for heading, answer in parts:
                before = f"\n\n{heading}\n"
                file.write((before + answer.text).encode())
                position += len(before)
                self.described.write(self.selections(by, answer, heading, position).encode())
                position += len(answer.text)
            file.write(b"\n")
        self.described.write(b"</TextSource>\n")

    def selections(self, by: By, answer: Answer, heading: str, position: int) -> str:
        """Where an answer stands in a text, for its case to say that it is its own; and its marks."""
        own = self.selection(guid("passage", by.value, *answer.key), heading, position, position + len(answer.text))
        passages = [element(*own, words("Description", heading))] if by is By.QUESTION else []
        for mark in self.marks.on.get(answer.key, ()):
            said = {"creatingUser": guid("user", mark.coder), "creationDateTime": moment(mark.at)}
            code = element("CodeRef", {"targetGUID": guid("theme", mark.theme)})
            coding = element("Coding", {"guid": guid("coding", by.value, mark.number), **said}, code)
            name, attributes = self.selection(
                guid("selection", by.value, mark.number),
                shown(answer.text[mark.start : mark.end]),
                position + mark.start,
                position + mark.end,
            )
            passages.append(element(name, attributes | said, coding))
        return "".join(passages)

    @staticmethod
    def selection(number: str, name: str, start: int, end: int) -> tuple[str, dict[str, object]]:
        """A passage of a text, in code points, the end not included."""
        return "PlainTextSelection", {"guid": number, "name": name, "startPosition": start, "endPosition": end}


def write(path: Path, table: Table, language: str, by: Sequence[By] = (By.QUESTION,)) -> Sequence[str]:
    """A project: `table` holds the marks, and the rest of the release beside it."""
    marks = Marks(table)
    cases = Cases(table.beside, language, any(variable.name == persons.CODER.name for variable in table.variables))
    with (
        TemporaryFile(dir=path.parent) as laid,
        TemporaryFile(dir=path.parent) as described,
        zipfile.ZipFile(path, "w") as archive,
    ):
        answers = Answers(laid, table.beside)
        sources = Sources(archive, described, marks, table)
        if By.QUESTION in by:
            by_question(sources, answers, cases, language)
        if By.ORGANISATION in by:
            by_organisation(sources, answers, cases, language)
        described.seek(0)
        with archive.open(packing.entry("project.qde", table.release.created_at), "w") as project:
            for piece in head(table, language, marks, cases, by, answers):
                project.write(piece.encode())
            if answers.of_question:
                project.write(b"<Sources>\n")
                shutil.copyfileobj(described, project)
                project.write(b"</Sources>\n")
            project.write(words("Description", about(table, language)).encode() + b"</Project>\n")
    return notices(marks, by, language)


def by_question(sources: Sources, answers: Answers, cases: Cases, language: str) -> None:
    """A text per open question, in the order of the questionnaire: what each organisation said."""
    for item in filter(answers.of_question.__contains__, OPEN):
        asked = answers.questions[item](language)
        said = answers.at(answers.of_question[item])
        name = f"{asked.partition(' ')[0]} {item}"
        sources.add(By.QUESTION, item, name, asked, ((heading(cases, one, language), one) for one in said))


def heading(cases: Cases, answer: Answer, language: str) -> str:
    """Whose answer it is, and of which of its initiatives."""
    whose = cases.names[answer.organisation]
    return f"{whose} – {INITIATIVE(language).format(number=answer.initiative)}" if answer.initiative else whose


def by_organisation(sources: Sources, answers: Answers, cases: Cases, language: str) -> None:
    """A text per organisation that said something: each of its interviews, question by question."""
    for number, name in cases.names.items():
        said = list(answers.at(answers.of_organisation.get(number, EMPTY)))
        if said:
            said.sort(key=lambda one: one.interview)
            parts = ((question(answers, one, language), one) for one in said)
            sources.add(By.ORGANISATION, number, name, name, parts)


def question(answers: Answers, answer: Answer, language: str) -> str:
    """What was asked, and of which initiative."""
    asked = answers.questions[answer.item](language)
    return f"{INITIATIVE(language).format(number=answer.initiative)} – {asked}" if answer.initiative else asked


def head(table: Table, language: str, marks: Marks, cases: Cases, by: Sequence[By], answers: Answers) -> Iterator[str]:
    """What comes before the texts: who coded, the themes, the organisations."""
    at = moment(table.release.created_at.isoformat(timespec="seconds"))
    project = {"xmlns": NAMESPACE, "name": table.name, "origin": "Recension", "creationDateTime": at}
    yield '<?xml version="1.0" encoding="utf-8"?>\n' + element("Project", project).replace("/>", ">")
    yield marks.users(language)
    yield codebook(table.beside[Unit.THEME_TREE], language)
    yield cases.declared()
    if cases.names:
        yield "<Cases>\n"
        for number in cases.names:
            yield cases.case(number, references(number, by, answers))
        yield "</Cases>\n"


def references(number: int, by: Sequence[By], answers: Answers) -> list[str]:
    """What is an organisation's own: its text, and its passages in the texts of the questions."""
    if number not in answers.of_organisation:
        return []
    own = [element("SourceRef", {"targetGUID": guid("source", By.ORGANISATION.value, number)})]
    said = answers.at(answers.of_organisation[number])
    passages = (
        element("SelectionRef", {"targetGUID": guid("passage", By.QUESTION.value, *answer.key)}) for answer in said
    )
    return [*(own if By.ORGANISATION in by else ()), *(passages if By.QUESTION in by else ())]


def about(table: Table, language: str) -> str:
    """Which data they are, and whose the wording of the questions is."""
    said = manifest.of_release(table, language)
    return "\n".join([*(f"{name}: {value}" for name, value in said.items()), attribution(language)])


def notices(marks: Marks, by: Sequence[By], language: str) -> Sequence[str]:
    """What whoever opens the project must know."""
    moved = [MOVED(language).format(count=marks.moved)] if marks.moved else []
    return [*moved, *([TWICE(language)] if len(by) > 1 else ())]
