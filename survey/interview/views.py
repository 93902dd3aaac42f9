"""The pages of this room."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("interview", __name__)
