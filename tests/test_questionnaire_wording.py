"""The French of the instrument is Annexe B to the letter, and so that it stays so, each character is held both ways."""

from __future__ import annotations

import dataclasses
import difflib
import enum
import itertools
import pathlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from survey.instrument import codes
from survey.instrument.codes import Audience, Funding, Involvement, YesNo
from survey.instrument.grammar import Codes, Footnote, Instruction, Instrument, Item, Kind, Question, Text, When
from survey.instrument.questionnaire import QUESTIONNAIRE

SOURCE = pathlib.Path(__file__).parent / "data" / "annexe_b.md"
NOTE = "Note à l'intervieweur :"

#: Wordings that are the same in both languages.
SAME = {"Introduction", "Parents", "Zoom"}


def source_pieces(markdown: str) -> list[tuple[int, str]]:
    """Each piece of the printed text, with its line in the copy of the source: markdown and remarks taken away."""
    pieces = []
    body, printed = False, markdown.splitlines()
    end = max(n for n, line in enumerate(printed) if line == "---")
    for n, line in enumerate(printed[:end], 1):
        if line == "## Title":
            body = True
        elif body and line and not re.fullmatch(r"\*\[.*\]\*", line):
            line = line.replace("## Introduction (read to the respondent)", "Introduction")
            line = re.sub(r"^\s*(#+|-) ", "", line).replace("**", "")
            for piece in re.split(r" — |\s*(?=☐)", line):
                if piece:
                    pieces.append((n, piece))
    return pieces


def instrument_pieces(instrument: Instrument) -> list[str]:
    """What the instrument would print, in the order of the paper form."""
    pieces = [instrument.title.fr]
    for section in instrument.sections:
        pieces.append(section.title.fr)
        block, notes = section.block, list[Footnote]()
        for element in section.elements:
            if block and isinstance(element, Question):
                pieces.append(block.fr)
                block = None
            if isinstance(element, Question):
                if element.supplementary is None:
                    pieces += question_pieces(element)
                    notes += [note for x in (element, *element.items) if (note := x.footnote)]
            elif isinstance(element, Instruction):
                pieces.append(f"{NOTE} {element.text.fr}")
            else:
                pieces.append(getattr(element, "label", None).fr if hasattr(element, "label") else element.text.fr)
        pieces += [f"{note.mark} {note.text.fr}" for note in sorted(notes, key=lambda note: note.number)]
    return pieces


def question_pieces(question: Question) -> Iterator[str]:
    if question.text:
        mark = question.footnote.mark if question.footnote else ""
        yield " ".join(filter(None, (question.number, question.text.fr, question.hint and question.hint.fr))) + mark
    yield from (f"{NOTE} {instruction.text.fr}" for instruction in question.instructions)
    for item in question.items:
        if not under_a_box(question, item):
            yield from item_pieces(question, item)
    if question.closing:
        yield question.closing.text.fr


def under_a_box(question: Question, item: Item) -> bool:
    """Whether the paper form prints the item under the box of another that allows many."""
    return any(item.when and other.name == item.when.item and other.many for other in question.items)


def item_pieces(question: Question, item: Item) -> Iterator[str]:
    yield from (text.fr for text in (item.lead, item.label) if text)
    for code in item.codes or ():
        mark = item.footnote.mark if item.footnote and item.footnote.code is code else ""
        yield f"☐ {code.label.fr}{mark}"
        for other in question.items:
            if item.many and other.when == When(item.name, code):
                yield from item_pieces(question, other)


def differences(instrument: Instrument, markdown: str) -> list[str]:
    """A sentence for each piece that is not the same on both sides, naming the line of the source."""
    numbers, source = zip(*source_pieces(markdown), strict=True)
    printed = instrument_pieces(instrument)
    found = []
    for tag, i, j, k, m in difflib.SequenceMatcher(None, source, printed, autojunk=False).get_opcodes():
        if tag != "equal":
            line = numbers[min(i, len(numbers) - 1)]
            found.append(f"annexe_b.md, line {line}: the source says {source[i:j]}, the instrument says {printed[k:m]}")
    return found


def texts(node: object) -> Iterator[Text]:
    """Every wording in a tree of the grammar, those of its code lists included."""
    if isinstance(node, Text):
        yield node
    elif isinstance(node, type) and issubclass(node, Codes):
        yield from (code.label for code in node)
    elif isinstance(node, tuple):
        for child in node:
            yield from texts(child)
    elif dataclasses.is_dataclass(node) and not isinstance(node, type | When):
        for field in dataclasses.fields(node):
            if field.init:
                yield from texts(getattr(node, field.name))


def rewritten(node: Any, change: Callable[[Text], Text]) -> Any:
    """A copy of a tree with its wordings changed; code lists stay, they are shared."""
    if isinstance(node, Text):
        return change(node)
    if isinstance(node, tuple):
        return tuple(rewritten(child, change) for child in node)
    if dataclasses.is_dataclass(node) and not isinstance(node, type | When):
        values = {f.name: rewritten(getattr(node, f.name), change) for f in dataclasses.fields(node) if f.init}
        return dataclasses.replace(node, **values)
    return node


def printed_texts() -> list[Text]:
    """The wordings that Annexe B holds: all but the source note and the supplementary question."""
    added = {id(text) for q in QUESTIONNAIRE["initiatives"].questions if q.supplementary for text in texts(q)}
    return [t for t in texts(QUESTIONNAIRE) if t is not QUESTIONNAIRE.source and id(t) not in added]


def edits(wording: str) -> tuple[str, ...]:
    """One character changed, added and dropped, in the middle."""
    middle = len(wording) // 2
    head, here, tail = wording[:middle], wording[middle], wording[middle + 1 :]
    return (head + ("x" if here != "x" else "y") + tail, f"{head}x{here}{tail}", head + tail)


def test_the_french_of_the_instrument_is_the_source_and_nothing_of_the_source_is_left_out():
    assert differences(QUESTIONNAIRE, SOURCE.read_text(encoding="utf-8")) == []


def test_every_wording_of_the_instrument_is_held_against_the_source():
    held = "\n".join(instrument_pieces(QUESTIONNAIRE))
    assert [text.fr for text in printed_texts() if text.fr not in held] == []


def test_one_character_more_less_or_other_in_any_line_of_the_source_is_reported_with_that_line():
    lines = SOURCE.read_text(encoding="utf-8").splitlines()
    for n in sorted({n for n, _ in source_pieces("\n".join(lines))}):
        for wording in edits(lines[n - 1]):
            found = differences(QUESTIONNAIRE, "\n".join([*lines[: n - 1], wording, *lines[n:]]))
            assert found, f"{wording!r} went unseen"
            assert f"line {n}:" in found[0]


def test_one_character_more_less_or_other_in_any_wording_of_the_instrument_is_reported(monkeypatch):
    markdown = SOURCE.read_text(encoding="utf-8")
    for text in printed_texts():
        owner = next((c for c in code_members() if c.label is text), None)
        for wording in edits(text.fr):
            changed = Text(wording, text.en)
            if owner is None:
                other = rewritten(QUESTIONNAIRE, lambda t, this=text, new=changed: new if t is this else t)
                assert differences(other, markdown), f"{wording!r} went unseen"
            else:
                with monkeypatch.context() as patch:
                    patch.setattr(owner, "label", changed)
                    assert differences(QUESTIONNAIRE, markdown), f"{wording!r} went unseen"


def test_a_line_dropped_or_moved_is_reported():
    lines = SOURCE.read_text(encoding="utf-8").splitlines()
    numbers = sorted({n for n, _ in source_pieces("\n".join(lines))})
    for n, following in itertools.pairwise(numbers):
        assert differences(QUESTIONNAIRE, "\n".join(lines[: n - 1] + lines[n:])), lines[n - 1]
        swapped = list(lines)
        swapped[n - 1], swapped[following - 1] = lines[following - 1], lines[n - 1]
        assert lines[n - 1] == lines[following - 1] or differences(QUESTIONNAIRE, "\n".join(swapped)), lines[n - 1]


def code_lists() -> list[type[Codes]]:
    return [v for v in vars(codes).values() if isinstance(v, type) and issubclass(v, Codes) and v is not Codes]


def code_members() -> list[Codes]:
    return [code for code_list in code_lists() for code in code_list]


def test_every_wording_has_an_english_of_its_own():
    every = [*texts(QUESTIONNAIRE), *(c.label for c in code_members() if not isinstance(c, codes.Region))]
    assert [text for text in every if not text.en.strip() or not text.fr.strip()] == []
    assert [text.fr for text in every if text.en == text.fr and text.fr not in SAME] == []
    assert [text for text in every if ("{n}" in text.fr) != ("{n}" in text.en)] == []
    assert [text.en for text in every if text.fr.count("*") != text.en.count("*")] == [], (
        "emphasis in one language only"
    )
    unquoted = [re.sub(r"\*.*?\*", "", text.en) for text in every]
    assert [wording for wording in unquoted if re.search("\\s[:?!]|«", wording)] == [], "French typography in English"


@pytest.mark.parametrize("code_list", code_lists(), ids=lambda c: c.__name__)
def test_codes_labels_and_numbers_are_unique_within_a_list(code_list: type[Codes]):
    for what in ([c.number for c in code_list], [c.label.fr for c in code_list], [c.label.en for c in code_list]):
        assert len(set(what)) == len(what)


def test_footnote_marks_stand_where_the_paper_has_them():
    section = QUESTIONNAIRE["initiatives"]
    by_number = {q.number: q for q in section.questions}
    assert by_number["Q.10.{n}"].footnote.mark == "³"
    assert by_number["Q.11.{n}"].footnote.mark == "²"
    involvement = next(item for item in section.items if item.name == "youth_involvement")
    assert (involvement.footnote.mark, involvement.footnote.code) == ("¹", Involvement.THIRD_PARTIES)
    marked = [x for q in section.questions for x in (q, *q.items) if x.footnote]
    assert len(marked) == 3


def test_blocks_are_numbered_as_on_paper():
    numbers = [Text(q.number, "").numbered(2).fr for q in QUESTIONNAIRE["initiatives"].questions if not q.supplementary]
    assert numbers == [f"Q.{n}.2" for n in range(2, 14)]
    assert QUESTIONNAIRE["initiatives"].block.numbered(1).fr == "PROJET, PROGRAMME, ACTIVITÉ OU OUTILS 1"


def test_the_supplementary_item_is_marked_as_such_follows_q11_and_is_the_only_one():
    questions = QUESTIONNAIRE["initiatives"].questions
    added = [q for s in QUESTIONNAIRE.sections for q in s.questions if q.supplementary]
    assert [item.name for q in added for item in q.items] == ["innovative_aspects"]
    assert questions[questions.index(added[0]) - 1].number == "Q.11.{n}"
    assert "2.4" in added[0].supplementary.fr
    assert "2.4" in added[0].supplementary.en
    assert not added[0].number.startswith("Q.")


def test_no_at_question_1_leads_to_question_14_and_no_other_answer_leads_anywhere():
    leads = {
        (item.name, code): to.number
        for section, item in QUESTIONNAIRE.items()
        for code in item.codes or ()
        if (to := QUESTIONNAIRE.skip(section, item, code))
    }
    assert leads == {("has_initiatives", YesNo.NO): "Q.14."}


def test_what_is_asked_follows_the_answers():
    section = QUESTIONNAIRE["initiatives"]
    ticked = {"has_initiatives": YesNo.YES, "audience": {Audience.PARENTS}, "funding": {Funding.SEEKING}}
    asked = {item.name for item in QUESTIONNAIRE.asked(section, ticked)}
    assert "parents_detail" in asked
    assert not asked & {"youth_age", "youth_sex", "practitioners_detail", "funding_source"}
    assert not list(QUESTIONNAIRE.asked(section, {**ticked, "has_initiatives": YesNo.NO}))


def test_the_box_of_an_initiative_without_funds_goes_with_no_other():
    exclusive = {item.name: item.exclusive for _, item in QUESTIONNAIRE.items() if item.exclusive}
    assert exclusive == {"funding": Funding.NONE}


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Item("x", kind=Kind.SELECT_ONE),
        lambda: Item("x", codes=YesNo),
        lambda: Item("x", kind=Kind.SELECT_ONE, codes=YesNo, exclusive=YesNo.NO),
    ],
    ids=["a select without a list", "a list without a select", "an exclusive box in a choice of one"],
)
def test_an_item_that_makes_no_sense_is_refused_by_name(wrong: Callable[[], Item]):
    with pytest.raises(ValueError, match="x:"):
        wrong()


def test_every_code_list_of_the_instrument_is_an_enumeration_with_labels():
    used = {item.codes for _, item in QUESTIONNAIRE.items() if item.codes}
    assert all(issubclass(code_list, enum.Enum) and len(code_list) > 1 for code_list in used)
