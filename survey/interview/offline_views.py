"""What lets an interview go on without the network: a probe, the service worker, and a page that holds no data."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, render_template, url_for

from survey.web import LANGUAGES

STATIC = Path(__file__).resolve().parent.parent / "static"
#: What a page of an interview is made of, beside its words.
ASSETS = ("style.css", "interview.css", "favicon.svg", "*.js", "interview/*.js")
#: What the worker shares with the page. A worker is one script: not every browser lets it import modules.
SHARED = ("seal.js", "store.js")

blueprint = Blueprint("offline", __name__)


@blueprint.get("/alive")
def alive() -> Response:
    """The server answers: no log-in and no database."""
    return Response("1", mimetype="text/plain")


@blueprint.get("/offline")
def shell() -> str:
    return render_template("interview/offline.html")


@blueprint.get("/service-worker.js")
def worker() -> Response:
    files = [path.relative_to(STATIC).as_posix() for path in assets()]
    shells = [url_for("offline.shell", lang=language) for language in LANGUAGES]
    paths = [*shells, *(url_for("static", filename=name) for name in files)]
    said = f"const VERSION = {json.dumps(version())};\nconst ASSETS = {json.dumps(paths)};\n"
    return Response(said + script(), mimetype="text/javascript")


def assets() -> list[Path]:
    found = [path for pattern in ASSETS for path in sorted(STATIC.glob(pattern))]
    return [path for path in found if path.name != "service-worker.js"]


@cache
def version() -> str:
    """What changes with any file that the worker keeps: a new release replaces what an older one kept."""
    digest = hashlib.sha256(script().encode())
    for path in assets():
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def script() -> str:
    shared = [(STATIC / "interview" / name).read_text(encoding="utf-8") for name in SHARED]
    own = (STATIC / "service-worker.js").read_text(encoding="utf-8")
    return re.sub(r"(?m)^export ", "", "\n".join(shared)) + own
