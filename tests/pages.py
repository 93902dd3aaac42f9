"""What holds of every page, whichever test fetches it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
from babel.messages.pofile import read_po

from survey.instrument import codes, dictionary, opening_script
from survey.instrument.grammar import Text
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.release import units

ENGLISH = Path(__file__).resolve().parent.parent / "survey" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
#: Shorter French is often English too, or a name.
SHORT = 6
#: From so many characters on, a wording is looked for inside a longer text too.
LONG = 20

UNLABELLED_TYPES = {"hidden", "submit", "button", "reset"}
#: Where words are typed: a browser writes them to its folder in clear, sent or not, unless it is told otherwise.
TYPED = {None, "text", "search", "tel", "email", "url", "number", "date"}


def problems(html: str) -> list[str]:
    """What a page fails in: HTML, title, one h1, ids, labels, language, inline style or script."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    page = parser.parse(html)
    found = [f"invalid HTML at {position}: {code} {data}" for position, code, data in parser.errors]
    if not (page.findtext(".//title") or "").strip():
        found.append("the page has no title")
    if (n := len(page.findall(".//h1"))) != 1:
        found.append(f"the page has {n} h1, it needs one")
    if page.get("lang") not in ("fr", "en"):
        found.append("<html> does not say its language")
    ids = Counter(element.get("id") for element in page.iter() if element.get("id"))
    found += [f"the id {i} stands {n} times" for i, n in ids.items() if n > 1]
    for element in page.iter():
        found += element_problems(page, element, set(ids))
    found += remembered(page)
    if page.get("lang") == "en":
        found += [f"still in French: {words}" for words in left_in_french(page)]
    return found


def remembered(page: Element) -> list[str]:
    """The fields of which nothing says whether the browser may remember what is typed there."""
    silent = [form for form in page.iter("form") if form.get("autocomplete") == "off"]
    ids = {form.get("id") for form in silent if form.get("id")}
    within = {id(element) for form in silent for element in form.iter()}
    typed = [element for element in page.iter("input") if element.get("type") in TYPED] + [*page.iter("textarea")]
    return [
        f"<{element.tag} name={element.get('name')}> has no autocomplete, nor has its form"
        for element in typed
        if not element.get("autocomplete") and element.get("form") not in ids and id(element) not in within
    ]


def left_in_french(page: Element) -> list[str]:
    """The wordings of the application and of the questionnaire that an English page shows in French."""
    shown = [" ".join(text.split()) for text in said(page)]
    whole, alone = " ".join(shown), set(shown)
    return [french for french in translated() if french in alone or (len(french) >= LONG and french in whole)]


def said(element: Element) -> Iterator[str]:
    """What is read on a page or aloud, but for what is marked as French and what people typed."""
    if element.get("lang") == "fr" or element.tag in ("script", "style", "textarea"):
        return
    yield from (element.get(name) or "" for name in ("title", "aria-label", "placeholder", "alt"))
    yield element.text or ""
    for child in element:
        yield from said(child)
        yield child.tail or ""


@cache
def translated() -> tuple[str, ...]:
    """The French that has an English of its own."""
    pairs = [(text.fr, text.en) for source in sources() for text in texts(source)]
    with ENGLISH.open("rb") as file:
        for message in read_po(file):
            ids, strings = ([m] if isinstance(m, str) else m for m in (message.id, message.string))
            pairs += [(fr, en) for fr, en in zip(ids, strings, strict=False) if en and "%(" not in fr]
    pairs = [tuple(" ".join(side.replace("*", "").split()) for side in pair) for pair in pairs]
    english = {en for _, en in pairs}
    return tuple({fr: None for fr, en in pairs if len(fr) > SHORT and fr != en and fr not in english})


def sources() -> Iterator[object]:
    lists = [of for of in vars(codes).values() if isinstance(of, type) and issubclass(of, codes.Codes)]
    yield from (code.label for of in lists for code in of)
    yield from (QUESTIONNAIRE, dictionary.TICKED, units.NAMES, units.FLAG, opening_script.script("", ""))


def texts(source: object) -> Iterator[Text]:
    """The wordings inside a declaration, however deep."""
    if isinstance(source, Text):
        yield source
    elif is_dataclass(source) and not isinstance(source, type):
        for field in fields(source):
            yield from texts(getattr(source, field.name))
    elif isinstance(source, dict):
        yield from texts(tuple(source.values()))
    elif isinstance(source, tuple | list):
        for part in source:
            yield from texts(part)


def element_problems(page: Element, element: Element, ids: set[str | None]) -> list[str]:
    found = []
    if element.get("style") is not None:
        found.append(f"<{element.tag}> has an inline style")
    if any(name.startswith("on") for name in element.attrib):
        found.append(f"<{element.tag}> has an inline script")
    for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
        for target in (element.get(attribute) or "").split():
            if target not in ids:
                found.append(f"<{element.tag} {attribute}={target}> points at nothing")
    if element.tag == "script" and not element.get("nonce") and element.get("type") != "application/json":
        found.append("a <script> has no nonce")
    if element.tag == "img" and element.get("alt") is None:
        found.append("an <img> has no alt")
    if element.tag in ("input", "select", "textarea") and element.get("type") not in UNLABELLED_TYPES:
        named = element.get("aria-label") or element.get("aria-labelledby")
        labels = page.findall(f".//label[@for='{element.get('id')}']") if element.get("id") else []
        wrapped = any(element in label.iter() for label in page.iter("label"))
        if not (named or labels or wrapped):
            found.append(f"<{element.tag} name={element.get('name')}> has no label")
    posts = element.tag == "form" and element.get("method", "get").lower() == "post"
    if posts and element.find(".//input[@name='csrf_token']") is None:
        found.append(f"<form action={element.get('action')}> has no CSRF token")
    return found
