"""What may be asked in an address: read and described by one declaration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from survey.instrument.grammar import Text

UNKNOWN = Text("Ce paramètre n’existe pas ici.", "There is no such parameter here.")
TWICE = Text("Donnez ce paramètre une seule fois.", "Give this parameter once.")


class Unfit(ValueError):
    """A value that a parameter does not take; `said` tells what it takes."""

    def __init__(self, said: Text) -> None:
        super().__init__(said.en)
        self.said = said


@dataclass(frozen=True)
class Whole:
    """A whole number between two others."""

    name: str
    said: Text
    least: int
    most: int
    usual: int | None = None

    def schema(self) -> dict[str, Any]:
        """What OpenAPI says of its values."""
        bounds = {"type": "integer", "minimum": self.least, "maximum": self.most}
        return bounds if self.usual is None else {**bounds, "default": self.usual}

    def read(self, text: str) -> int:
        """The number that was written. Raises Unfit."""
        if text.isascii() and text.isdecimal() and len(text) < 11 and self.least <= int(text) <= self.most:
            return int(text)
        least, most = self.least, self.most
        raise Unfit(Text(f"Un nombre entier de {least} à {most}.", f"A whole number from {least} to {most}."))


@dataclass(frozen=True)
class OneOf:
    """One of a few words."""

    name: str
    said: Text
    values: tuple[str, ...]
    usual: str | None = None

    def schema(self) -> dict[str, Any]:
        """What OpenAPI says of its values."""
        words = {"type": "string", "enum": list(self.values)}
        return words if self.usual is None else {**words, "default": self.usual}

    def read(self, text: str) -> str:
        """The word that was written. Raises Unfit."""
        if text in self.values:
            return text
        raise Unfit(Text(f"Un de\u00a0: {', '.join(self.values)}.", f"One of: {', '.join(self.values)}."))


Parameter = Whole | OneOf


def read(known: Sequence[Parameter], sent: Mapping[str, Sequence[str]]) -> tuple[dict[str, Any], dict[str, Text]]:
    """The values that were sent, the usual ones else; and of each parameter that will not do, why."""
    found: dict[str, Any] = {one.name: one.usual for one in known}
    wrong = {name: UNKNOWN for name in sent if name not in found}
    for one in known:
        values = sent.get(one.name, ())
        try:
            if len(values) > 1:
                raise Unfit(TWICE)
            if values:
                found[one.name] = one.read(values[0])
        except Unfit as unfit:
            wrong[one.name] = unfit.said
    return found, wrong
