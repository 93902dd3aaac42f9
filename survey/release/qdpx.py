"""REFI-QDA Project 1.0 (.qdpx), for NVivo, MAXQDA, ATLAS.ti and QualCoder: texts, cases, coders, themes, marks.

Positions count code points of texts that are UTF-8 without a byte order mark, lines ended by LF. The end is not
included: so do QualCoder and `qc` write and read it (the standard, § 10.2, says « the first and the last character »).
"""

from __future__ import annotations

import enum
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from survey.coding.qdpx import NAMESPACE
from survey.coding.themes import OPEN
from survey.instrument.codes import MissingReason
from survey.instrument.grammar import Text
from survey.instrument.introduction import attribution
from survey.release import manifest
from survey.release.models import Unit
from survey.release.qdpx_answers import Answer, Answers
from survey.release.qdpx_cases import Cases
from survey.release.qdpx_marks import Marks, codebook
from survey.release.qdpx_xml import element, guid, moment, shown, words
from survey.release.table import Table

#: What is read of a release, the marks first.
READS = (Unit.THEME, Unit.THEME_TREE, Unit.ORGANISATION, Unit.INTERVIEW, Unit.INITIATIVE)
INITIATIVE = Text("Initiative {number}", "Initiative {number}")
MOVED = Text(
    "{count} marques portent sur des mots que leur réponse n’a plus : elles n’y sont pas (unité « theme », current = 0).",
    "{count} marks are on words that their answer no longer has: they are not in it (unit “theme”, current = 0).",
)
TWICE = Text(
    "Chaque réponse y est deux fois, et chaque marque aussi : ne comptez que les sources d’une sorte.",
    "Each answer is in it twice, and each mark too: count the sources of one kind alone.",
)
#: What no file name may hold on some system: the name of a source becomes one.
UNSAFE = re.compile(r'[\\/:*?"<>|]+')


class By(enum.StrEnum):
    """What a source holds together."""

    QUESTION = "question"
    ORGANISATION = "organisation"
