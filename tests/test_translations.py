"""Every sentence stands in both languages, and the French one is written as French is in Québec."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask_babel import force_locale, ngettext

TOP = Path(__file__).resolve().parent.parent
ENGLISH = TOP / "survey" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
NBSP = "\u00a0"
KEYWORDS = ("-k", "lazy_gettext", "-k", "lazy_ngettext:1,2", "-k", "_l")

#: What French typography does not have, and what to write instead.
FAULTS = {
    "a straight apostrophe; write ’": r"\w'\w",
    "straight quotes; write « » with non-breaking spaces": r'"',
    "« without a non-breaking space after it": rf"«(?!{NBSP})",
    "» without a non-breaking space before it": rf"(?<!{NBSP})»",
    "a colon without a non-breaking space before it": rf"(?<![{NBSP}\d]):(?=\s|$)",
    "; ? or ! without a non-breaking space before it": rf"(?<![{NBSP}?!])[;?!](?=\s|»|$)",
    "a space that breaks before ; ? !": r" [;?!]",
    "a decimal point; write a comma": r"(?<![\d.])\d+\.\d+(?![\d.])",
    "three points; write …": r"\.\.\.",
    "two spaces": r"  ",
}

#: What Annexe B says is reproduced to the letter; these hold its wordings and its code lists.
ANNEXE_B = {"questionnaire.py", "introduction.py"}
ANNEXE_B_NOTE = "Note à l'intervieweur :"
ANNEXE_B_LISTS = {"YesNo", "Status", "Funding", "Audience", "Sex", "Involvement", "RiskLevel"}
#: What is given a wording in French, then in English, last.
PAIRED = {"Text", "UnreadableError", "refuse", "notice", "key", "count", "moment"}


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The sentences of code and templates."""
    pot = tmp_path_factory.mktemp("sentences") / "messages.pot"
    pybabel = Path(sys.executable).with_name("pybabel")
    subprocess.run(
        [pybabel, "-q", "extract", "-F", "pyproject.toml", *KEYWORDS, "-o", pot, "."],
        cwd=TOP,
        check=True,
        capture_output=True,
    )
    with pot.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def english() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file)


def sentences(catalog: Catalog) -> dict[str, Message]:
    """The messages by their French, in the singular."""
    return {forms(message, "id")[0]: message for message in catalog if message.id}


def forms(message: Message, side: str) -> list[str]:
    said = getattr(message, side)
    return [said] if isinstance(said, str) else list(said)


def listing(found: list[str], what_to_do: str) -> str:
    return f"{what_to_do}\n  " + "\n  ".join(found)


def test_every_sentence_has_its_english(collected, english):
    known = sentences(english)
    lacking = [
        f"{text!r} ({message.locations[0][0]})"
        for key, message in sentences(collected).items()
        for text in forms(message, "id")[:1]
        if key not in known or known[key].fuzzy or not all(forms(known[key], "string"))
    ]
    assert not lacking, listing(lacking, "Run `make translations`, then fill these in messages.po and run it again:")


def test_no_english_is_left_over(collected, english):
    over = [repr(key) for key in sentences(english).keys() - sentences(collected).keys()]
    over += [repr(key) for key in english.obsolete]
    assert not over, listing(over, "No page says these any more; run `make translations`:")


SENT = "%(num)d courriel envoyé.", "%(num)d courriels envoyés."


def test_none_is_singular_in_french_and_plural_in_english(app):
    with app.test_request_context(), force_locale("fr"):
        assert [ngettext(*SENT, n) for n in (0, 1, 2)] == [
            "0 courriel envoyé.",
            "1 courriel envoyé.",
            "2 courriels envoyés.",
        ]
    with app.test_request_context(), force_locale("en"):
        assert ngettext(*SENT, 0) == "0 e-mails sent."


def test_both_languages_fill_in_the_same_places(english):
    place = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
    found = [
        repr(text)
        for message in sentences(english).values()
        for text, said in zip(forms(message, "id"), forms(message, "string"), strict=False)
        if sorted(set(place.findall(text))) != sorted(set(place.findall(said)))
    ]
    assert not found, listing(found, "The English leaves out, or adds, something to fill in:")


def test_what_is_served_is_what_is_written(english):
    with ENGLISH.with_suffix(".mo").open("rb") as file:
        compiled = sentences(read_mo(file))
    written = sentences(english)
    assert compiled.keys() == written.keys(), "Run `make translations`."
    different = [key for key in written if forms(written[key], "string") != forms(compiled[key], "string")]
    assert not different, listing(different, "Run `make translations`; these are not served as they are written:")


def test_french_is_written_as_french(collected):
    found = [
        f"{text!r} has {fault} ({message.locations[0][0]})"
        for message in sentences(collected).values()
        for text in forms(message, "id")
        for fault, pattern in FAULTS.items()
        if re.search(pattern, text)
    ]
    assert not found, listing(found, "Correct these sentences where they are written:")


def test_french_outside_of_gettext_is_written_as_french_too():
    found = [
        f"{text!r} has {fault} ({path.relative_to(TOP)}:{line})"
        for path in (TOP / "survey").rglob("*.py")
        if path.name not in ANNEXE_B
        for line, text in wordings(ast.parse(path.read_text(encoding="utf-8")))
        for fault, pattern in FAULTS.items()
        if re.search(pattern, text) and text != ANNEXE_B_NOTE
    ]
    assert not found, listing(found, "Correct these wordings where they are written:")


def wordings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The French of each wording that stands beside its English, with its line; what is filled in stands as `x`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef) and node.name in ANNEXE_B_LISTS:
            continue
        yield from wordings(node)
        pair: list[ast.expr] = []
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
            pair = node.args[-2:] if called in PAIRED else []
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
            pair = node.value.elts[-2:]
        said = [spelt(part) for part in pair]
        if len(said) == 2 and said[0] is not None and said[1] is not None:
            yield pair[0].lineno, said[0]


def spelt(part: ast.expr) -> str | None:
    if isinstance(part, ast.JoinedStr):
        return "".join(str(piece.value) if isinstance(piece, ast.Constant) else "x" for piece in part.values)
    return part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else None
