"""DDI-Codebook 2.5: the codebook for archives and catalogues, in both languages.

Source: DDI Alliance, *DDI-Codebook 2.5* (https://ddialliance.org/Specification/DDI-Codebook/2.5/).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from survey.instrument.dictionary import Measure, Part, Type, Variable
from survey.instrument.grammar import Text
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.release import codebook, manifest
from survey.release.codebook import Asked, Category, Entry
from survey.release.table import Table
from survey.release.units import NAMES
from survey.release.words import in_words

NAMESPACE = "ddi:codebook:2_5"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
NATURES = {Measure.NOMINAL: "nominal", Measure.ORDINAL: "ordinal", Measure.SCALE: "ratio"}
FORMATS = {Type.NUMBER: {"type": "numeric"}, Type.TEXT: {"type": "character"}}
FORMATS |= {
    Type.DATE: {"type": "character", "schema": "ISO", "category": "date"},
    Type.MOMENT: {"type": "character", "schema": "ISO", "category": "time"},
}
ABSTRACT = Text(
    "Inventaire d’initiatives par entrevue avec les organisations qui les mènent.",
    "An inventory of initiatives, by interview with the organisations that run them.",
)


def write(path: Path, table: Table, language: str) -> Sequence[str]:
    """One document of one unit; `language` is that of what is in one only."""
    entries = codebook.entries(table)
    root = Element("codeBook", {"xmlns": NAMESPACE, "version": "2.5", LANGUAGE: language})
    cited(SubElement(root, "docDscr"), table, language)
    study(SubElement(root, "stdyDscr"), table, language)
    file_of(SubElement(root, "fileDscr", ID="F1"), table)
    data = SubElement(root, "dataDscr")
    for group in groups(entries):
        data.append(group)
    for entry in entries:
        variable(data, entry)
    indent(root)
    with path.open("wb") as file:
        ElementTree(root).write(file, encoding="utf-8", xml_declaration=True)
    return ()


def in_both(parent: Element, tag: str, text: Text, **attributes: str) -> None:
    """The element twice, once in each language."""
    for language in ("fr", "en"):
        SubElement(parent, tag, {LANGUAGE: language, **attributes}).text = text(language)


def cited(parent: Element, table: Table, language: str) -> None:
    """What the data are called, where their wording is from, which release they are."""
    about = manifest.of_release(table, language)
    citation = SubElement(parent, "citation")
    title = SubElement(citation, "titlStmt")
    SubElement(title, "titl", {LANGUAGE: "fr"}).text = QUESTIONNAIRE.title.fr
    SubElement(title, "parTitl", {LANGUAGE: "en"}).text = QUESTIONNAIRE.title.en
    SubElement(title, "IDNo", agency="SHA-256").text = about["release_sha256"]
    SubElement(SubElement(citation, "prodStmt"), "software").text = "Recension"
    version = SubElement(SubElement(citation, "verStmt"), "version", date=about["as_of"][:10])
    version.text = table.name
    SubElement(citation, "biblCit").text = " ".join(in_words(table, language))


def study(parent: Element, table: Table, language: str) -> None:
    """The study: how the data came about, and what a row is."""
    cited(parent, table, language)
    information = SubElement(parent, "stdyInfo")
    in_both(information, "abstract", ABSTRACT)
    in_both(SubElement(information, "sumDscr"), "anlyUnit", NAMES[table.unit])


def file_of(parent: Element, table: Table) -> None:
    """The file: its name, its rows, its variables."""
    text = SubElement(parent, "fileTxt")
    SubElement(text, "fileName").text = table.name
    size = SubElement(text, "dimensns")
    SubElement(size, "caseQnty").text = str(table.row_count)
    SubElement(size, "varQnty").text = str(len(table.variables))


def groups(entries: Sequence[Entry]) -> Iterator[Element]:
    """The sections of the questionnaire, and the boxes of each question that takes several."""
    for name, some in codebook.sections(entries).items():
        if name:
            yield group("section", QUESTIONNAIRE[name].title, some)
    boxes: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.variable.part is Part.BOX and entry.asked:
            boxes.setdefault(entry.asked.item.name, []).append(entry)
    for some in boxes.values():
        asked = some[0].asked
        yield group("multipleResp", (asked and asked.words) or some[0].variable.label, some)


def group(kind: str, label: Text, some: Sequence[Entry]) -> Element:
    made = Element("varGrp", type=kind, var=" ".join(entry.variable.name for entry in some))
    in_both(made, "labl", label)
    return made


def variable(parent: Element, entry: Entry) -> None:
    """One variable: what it is called, what was asked, of whom, and how it was answered."""
    of, counts = entry.variable, entry.counts
    made = SubElement(parent, "var", {"ID": of.name, "name": of.name, "files": "F1", **nature(of)})
    in_both(made, "labl", of.label)
    if entry.asked:
        question(made, entry.asked)
    if counts.least is not None:
        SubElement(SubElement(made, "valrng"), "range", min=str(counts.least), max=str(counts.most))
    if entry.asked and entry.asked.universe:
        conditions = entry.asked.universe
        in_both(made, "universe", Text(*("; ".join(one(of) for one in conditions) for of in ("fr", "en"))))
    for kind, count in (("vald", counts.valid), ("invd", counts.rows - counts.valid)):
        SubElement(made, "sumStat", type=kind).text = str(count)
    for one in counts.categories:
        category(made, one)
    SubElement(made, "varFormat", FORMATS[of.type])


def nature(of: Variable) -> dict[str, str]:
    """Whether values are counted or told apart, and how they compare; of a text nothing can be said."""
    if of.type is Type.TEXT:
        return {"intrvl": "discrete"}
    return {"intrvl": "contin" if of.measure is Measure.SCALE else "discrete", "nature": NATURES[of.measure]}


def question(parent: Element, asked: Asked) -> None:
    """The words that were read aloud, and the notes that were not."""
    made = SubElement(parent, "qstn", {"seqNo": asked.number} if asked.number else {})
    if asked.item.lead:
        in_both(made, "preQTxt", asked.item.lead)
    if asked.words:
        in_both(made, "qstnLit", asked.words)
    for note in asked.notes:
        in_both(made, "ivuInstr", note)


def category(parent: Element, one: Category) -> None:
    """A code, its label, how many have it; a reason for which there is no answer is marked missing."""
    made = SubElement(parent, "catgry", {"missing": "Y"} if one.missing else {})
    SubElement(made, "catValu").text = str(one.number)
    in_both(made, "labl", one.label)
    SubElement(made, "catStat", type="freq").text = str(one.count)
