"""The one normaliser of what people type or import."""

import re
import unicodedata

#: C0 and C1 controls but tab and breaks, lone surrogates, and the two non-characters that XML and SPSS refuse.
UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
BREAKS = re.compile("\r\n?|[\u2028\u2029\x85\x0b\x0c]")
LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "’": "'", "ʼ": "'", "‑": "-", "–": "-", "—": "-"}
)


def normalise(text: str) -> str:
    """What was typed, in one form: NFC, line feeds, no control nor half character. Idempotent; nothing else changes."""
    return unicodedata.normalize("NFC", UNWANTED.sub("", BREAKS.sub("\n", text)))


def line(text: str) -> str:
    """A normalised text on one line, without space around it: a name, a heading, a code."""
    return " ".join(normalise(text).split())


def fold(text: str) -> str:
    """What two spellings of one name share: no case, no accents, no ligatures, single spaces."""
    plain = unicodedata.normalize("NFKD", line(text).translate(LIGATURES))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


def N_(sentence: str) -> str:  # noqa: N802 - the name that gettext's tools know
    """Mark a sentence for translation where it is declared; it is translated where it is shown."""
    return sentence
