"""Who named whom, as a picture, a table and a file, and whether the snowball still brings anybody new."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, render_template

from survey.db import db
from survey.fieldwork import layers, provenance, saturation

blueprint = Blueprint("provenance", __name__, url_prefix="/snowball")


@blueprint.get("/graph")
def graph() -> str:
    found = provenance.read(db.session)
    weeks = saturation.weeks(db.session, ZoneInfo(current_app.config["TIMEZONE"]))
    return render_template(
        "fieldwork/provenance.html",
        graph=found,
        picture=layers.picture(found),
        layers=layers,
        weeks=weeks,
        curve=saturation.curve(weeks) if weeks else None,
        saturation=saturation,
    )


@blueprint.get("/graph.graphml")
def graphml() -> Response:
    from survey.fieldwork import graphml as file  # with it comes all of XML, which no other request needs

    sent = Response(file.written(provenance.read(db.session)), mimetype="application/graphml+xml")
    sent.headers["Content-Disposition"] = 'attachment; filename="recension-boule-de-neige.graphml"'
    return sent
