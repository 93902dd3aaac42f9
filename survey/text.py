"""The one normaliser of what people type or import."""

import re
import sys
import unicodedata
from functools import cache

#: C0 and C1 controls but tab and breaks, lone surrogates, and the two non-characters that XML and SPSS refuse.
UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
BREAKS = re.compile("\r\n?|[\u2028\u2029\x85\x0b\x0c]")
AMISS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
#: Eleven signs beyond what French is written with, in which marks may pile up; to begin with one sign makes it fast.
FOREIGN = re.compile("[\u0300-\U0010ffff][\u0300-\U0010ffff]{10}")
MARKS_TOGETHER = 30
JOINER = "\u034f"
#: Characters of a name that are compared: PostgreSQL indexes no more than 2 704 bytes.
NAME = 600
LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "’": "'", "ʼ": "'", "‑": "-", "–": "-", "—": "-"}
)


def normalise(text: str) -> str:
    """What was typed, in one form: NFC, line feeds, no control nor half character. Idempotent; nothing else changes.

    A joiner comes after each 30 marks that stand on one letter (Unicode, UAX #15, « Stream-Safe Text Format », 2023):
    to put n of them in order takes Python n² steps, in which no other request is answered.
    """
    if not (AMISS.search(text) or FOREIGN.search(text)):
        return unicodedata.normalize("NFC", text)
    clean = joined(UNWANTED.sub("", BREAKS.sub("\n", text)))
    return joined(unicodedata.normalize("NFC", clean))


def joined(text: str) -> str:
    """The text, with no more than 30 marks in a row."""
    return piled().sub(rf"\g<0>{JOINER}", text)


@cache
def piled() -> re.Pattern[str]:
    """Thirty marks and a further one to come."""
    marks = "".join(c for c in map(chr, range(0x300, sys.maxunicode + 1)) if unicodedata.combining(c))
    return re.compile(f"[{marks}]{{{MARKS_TOGETHER}}}(?=[{marks}])")


def line(text: str) -> str:
    """A normalised text on one line, without space around it: a name, a heading, a code."""
    return " ".join(normalise(text).split())


def fold(text: str) -> str:
    """What two spellings of one name share: no case, no accents, no ligatures, single spaces; no more than `NAME`."""
    plain = unicodedata.normalize("NFKD", line(text[: 4 * NAME]).translate(LIGATURES))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())[:NAME].rstrip()


def N_(sentence: str) -> str:  # noqa: N802 - the name that gettext's tools know
    """Mark a sentence for translation where it is declared; it is translated where it is shown."""
    return sentence
