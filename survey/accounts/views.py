"""Log-in, links and accounts."""

from __future__ import annotations

from flask import Blueprint, render_template

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/")
def home() -> str:
    return render_template("accounts/home.html")
