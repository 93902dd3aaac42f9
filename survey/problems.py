"""What goes wrong at an address that scripts ask, said as RFC 9457 (« Problem Details for HTTP APIs », 2023) has it."""

from __future__ import annotations

from typing import Any

from flask import Response, json, request

from survey.behind import behind

#: Below it there is no page: nobody is known by a cookie, and nothing answers in HTML.
PLACE = "/api/"
MIMETYPE = "application/problem+json"


def scripted() -> bool:
    """Whether this request is for a script's address, whether there is something at it or not."""
    return behind(request).path.startswith(PLACE)


def answer(status: int, title: object, detail: object, language: str, **more: Any) -> Response:
    """The problem as an answer; what else is known of it stands beside its members."""
    said = {"type": "about:blank", "title": str(title), "status": status, "detail": str(detail), **more}
    response = Response(json.dumps(said, ensure_ascii=False), status, mimetype=MIMETYPE)
    response.headers["Content-Language"] = language
    return response
