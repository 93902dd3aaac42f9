"""What somebody chooses for the columns of a file, as the address of a preview and its confirmation carry it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from survey.fieldwork.headings import Chosen

COLUMN = re.compile(r"c(\d{1,5})")
HEADLESS = "headless"


def chosen(given: Mapping[str, str]) -> Chosen:
    """What was chosen, in the arguments of an address or in a form; any other value of them says nothing."""
    found = ((COLUMN.fullmatch(name), holds) for name, holds in given.items())
    return Chosen({int(name[1]): holds for name, holds in found if name}, HEADLESS in given)


def carried(chosen: Chosen) -> dict[str, str]:
    """The same as arguments or hidden fields."""
    return {f"c{n}": holds for n, holds in chosen.columns.items()} | ({HEADLESS: "1"} if chosen.headless else {})
