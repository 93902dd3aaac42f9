"""What a REFI-QDA project is written with: elements, and GUIDs that are the same in every export."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from survey.text import line, normalise

#: Below it, the GUID of a thing is that of its kind and of its key, in every release.
HOUSE = uuid.UUID("b6a1f3f0-5d0e-5c86-9f5e-2f6f3b6f1c5a")
#: What a selection is called: its words, or the first of them.
SHOWN = 80


def guid(kind: str, *key: object) -> str:
    """The GUID of a thing."""
    return str(uuid.uuid5(HOUSE, ":".join(map(str, (kind, *key)))))


def element(name: str, attributes: Mapping[str, object], *inside: str) -> str:
    """An element with what is inside it; attributes that are None are left out."""
    said = "".join(f" {key}={quoteattr(str(value))}" for key, value in attributes.items() if value is not None)
    return f"<{name}{said}>{''.join(inside)}</{name}>\n" if any(inside) else f"<{name}{said}/>\n"


def words(name: str, text: str | None) -> str:
    """An element that holds a text; nothing where there is none."""
    return f"<{name}>{escape(normalise(text))}</{name}>\n" if text else ""


def shown(text: str) -> str:
    """The words of a selection on one line, the first of them where they are many."""
    whole = line(text)
    return whole if len(whole) <= SHOWN else f"{whole[:SHOWN].rstrip()}…"


def moment(value: object) -> str | None:
    """A moment that was kept in ISO 8601, as programs in this field read it."""
    return str(value).replace("+00:00", "Z") if value else None
