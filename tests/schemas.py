"""The official schemas, which are not ours to hold: beside the project, or where `RECENSION_SCHEMAS` says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from lxml import etree

PLACES = [Path(__file__).parents[2] / "shared" / "schemas", Path(os.environ.get("RECENSION_SCHEMAS", ""))]


def schema(name: str) -> etree.XMLSchema:
    """The schema at `<folder>/<file>`; a test that needs one that is nowhere says so, and is skipped."""
    for place in PLACES:
        if place.name and (place / name).is_file():
            return etree.XMLSchema(etree.parse(place / name))
    pytest.skip(f"{name} is neither in ../shared/schemas nor in RECENSION_SCHEMAS: nothing was held against it")
