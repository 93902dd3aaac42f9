"""The pages of the manual."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask_babel import get_locale

PAGES = ("start", "interviewer", "coordinator", "analyst", "administrator")

blueprint = Blueprint("manual", __name__, url_prefix="/manual")


@blueprint.get("/")
@blueprint.get("/<page>")
def page(page: str = "start") -> str:
    if page not in PAGES:
        abort(404)
    return render_template(f"manual/{page}.{get_locale().language}.html", page=page, pages=PAGES)
