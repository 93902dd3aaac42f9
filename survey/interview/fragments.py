"""What stands on the page of an interview only when there is something to say, drawn anew each time."""

from __future__ import annotations

from flask import render_template

from survey.db import db
from survey.interview import rearranging
from survey.interview.sheet import Sheet


def fragments(sheet: Sheet) -> dict[str, bytes]:
    """The HTML of each, by the name of its hole."""
    found: dict[str, str] = {}
    if sheet.header.rearranged:
        acts = rearranging.of_interview(db.connection, sheet.header.id)
        found["rearranged"] = render_template("interview/_rearranged.html", sheet=sheet, acts=acts)
    return {name: html.encode() for name, html in found.items()}
