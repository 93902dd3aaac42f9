"""The pages of the manual: one for everybody, one per role, in both languages."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, abort, render_template
from flask_babel import lazy_gettext

from survey.instrument.codes import AAPOR
from survey.instrument.introduction import SOURCE
from survey.web import language

PAGES = {
    "start": lazy_gettext("Pour commencer"),
    "interviewer": lazy_gettext("Mener des entrevues"),
    "coordinator": lazy_gettext("Coordonner la collecte"),
    "analyst": lazy_gettext("Obtenir les données"),
    "coder": lazy_gettext("Coder"),
    "committee": lazy_gettext("Suivre l’avancement"),
    "administrator": lazy_gettext("Administrer"),
}

#: Pictures are optional: a page shows those that stand in the folder, under `<name>.<language>.png`.
PICTURES = frozenset(path.name for path in (Path(__file__).parent.parent / "static" / "manual").glob("*.png"))

blueprint = Blueprint("manual", __name__, url_prefix="/manual")


@blueprint.get("/")
@blueprint.get("/<page>")
def page(page: str = "start") -> str:
    if page not in PAGES:
        abort(404)
    return render_template(
        f"manual/{page}.{language()}.html", page=page, pages=PAGES, pictures=PICTURES, outcomes=AAPOR, source=SOURCE
    )
