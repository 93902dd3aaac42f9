"""Documents set by typst, as PDF that assistive technology reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

#: Named one after the other, as typst's own choice of a font may be one that lacks the character.
FONTS = "Libertinus Serif,DejaVu Sans Mono"


def pdf(template: Path, document: Mapping[str, Any]) -> bytes:
    """A document of lists, dicts and texts as PDF/UA-1. What people said goes in as data, never as markup.

    A character that no font at hand can show stands as its code point, `[U+1F600]`: nothing is left out in silence.
    Marks that no font can set on the letter before them cost the document its standard, not its existence.
    """
    data = json.dumps(document, ensure_ascii=False)
    lacking = unprintable("".join(sorted({c for c in data if c >= "\u0250"})))
    inputs = {"data": data.translate({ord(c): f"[U+{ord(c):04X}]" for c in lacking})}
    made = compiled(template, inputs, "ua-1") or compiled(template, inputs, "1.7")
    if made is None:
        raise RuntimeError(f"typst could not make the document: look at {template.name}")
    return made


def compiled(template: Path | bytes, inputs: dict[str, str], standard: Literal["ua-1", "1.7"]) -> bytes | None:
    """The PDF, None when typst cannot make it to this standard."""
    import typst

    source = template if isinstance(template, bytes) else template.read_bytes()
    try:
        return typst.compile(source, font_paths=fonts(), sys_inputs=inputs | {"fonts": FONTS}, pdf_standards=standard)
    except typst.TypstError:
        return None


@lru_cache(maxsize=1)
def fonts() -> Any:
    """Typst's own fonts first, and those of this machine for the writing systems that they lack."""
    import typst

    return typst.Fonts()


@lru_cache(maxsize=256)
def unprintable(characters: str) -> str:
    """Those of the characters that no font can show: typst refuses them in PDF/UA, which is how they are found."""
    probe = b"""#set document(title: "-")
        #set text(font: sys.inputs.fonts.split(","))
        #for c in sys.inputs.data.codepoints() [#c \\ ]"""
    if compiled(probe, {"data": characters}, "ua-1"):
        return ""
    if len(characters) == 1:
        return characters
    half = len(characters) // 2
    return unprintable(characters[:half]) + unprintable(characters[half:])
