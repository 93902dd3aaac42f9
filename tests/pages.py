"""What holds of every page, whichever test fetches it."""

from __future__ import annotations

from collections import Counter
from xml.etree.ElementTree import Element

import html5lib

UNLABELLED_TYPES = {"hidden", "submit", "button", "reset"}


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
    return found


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
