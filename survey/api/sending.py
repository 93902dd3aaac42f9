"""How an answer to a script goes: its ETag, a 304 where nothing changed, gzip where it is taken."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import version
from typing import Any

from flask import Response, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from survey import problems
from survey.api.operations import JSON
from survey.instrument.grammar import Text
from survey.web import language

TEXTS = ("application/json", "application/x-ndjson", "text/", problems.MIMETYPE)
LEVEL, SMALL = 4, 1_000
GZIP = zlib.MAX_WBITS | 16


class Problem(HTTPException):
    """What keeps a request from being answered, for the script that made it."""

    def __init__(self, code: int, title: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.code, self.title, self.detail, self.more = code, title, detail, more


def problem(found: Problem) -> Response:
    """A problem as an answer."""
    return problems.answer(found.code or 500, found.title, found.detail, language(), **found.more)


def unknown(detail: str) -> Problem:
    """404, and what there is not."""
    return Problem(404, gettext("Introuvable"), detail)


def shut(why: Text) -> Problem:
    """403, and why what was asked for never leaves at the tier of the token."""
    return Problem(403, gettext("Accès réservé"), why(language()))


def unfit(wrong: dict[str, Text]) -> Problem:
    """422, with each parameter that will not do."""
    said = language()
    errors = [{"field": name, "detail": why(said)} for name, why in sorted(wrong.items())]
    detail = " ".join(f"{one['field']}{gettext(' : ')}{one['detail']}" for one in errors)
    return Problem(422, gettext("Demande mal formée"), detail, errors=errors)


def chosen(kinds: Iterable[str]) -> str:
    """The form to answer in, among those there are; 406 where the script takes none of them."""
    offered = list(kinds)
    if not request.accept_mimetypes:
        return offered[0]
    best = request.accept_mimetypes.best_match(offered)
    if best is None:
        detail = gettext("Ce qui est ici se sert en %(kinds)s.", kinds=", ".join(offered))
        raise Problem(406, gettext("Forme indisponible"), detail)
    return best


@cache
def installed() -> str:
    """The version that answers: another may write the same release otherwise."""
    return version("recension")


def tag(*parts: object) -> str:
    """The ETag of what depends on these parts and on the version alone."""
    return hashlib.sha256("\n".join(map(str, (installed(), *parts))).encode()).hexdigest()[:32]


def unchanged(etag: str) -> Response | None:
    """304 for a script that has it already."""
    if not request.if_none_match.contains_weak(etag):
        return None
    return tagged(Response(status=304), etag)


def tagged(response: Response, etag: str) -> Response:
    """The answer with its ETag: weak, since the same may go gzipped."""
    response.set_etag(etag, weak=True)
    return response


def as_json(value: object) -> Response:
    """A value as JSON, each letter as it is."""
    return Response(json.dumps(value, ensure_ascii=False), mimetype=JSON)


def packed(response: Response) -> Response:
    """The answer gzipped, where the script takes that and it is worth it."""
    if not (response.mimetype or "").startswith(TEXTS) or response.status_code == 304:
        return response
    response.vary.add("Accept-Encoding")
    length = response.content_length
    if not request.accept_encodings["gzip"] or (length is not None and length < SMALL):
        return response
    response.headers.pop("Content-Length", None)
    response.headers.pop("Repr-Digest", None)
    response.headers["Content-Encoding"] = "gzip"
    pieces = response.response
    response.response = gzipped(response.iter_encoded())
    if close := getattr(pieces, "close", None):
        response.call_on_close(close)
    return response


def gzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces as one gzip, which says at its end that it is whole."""
    packer = zlib.compressobj(LEVEL, wbits=GZIP)
    for piece in pieces:
        if done := packer.compress(piece):
            yield done
    yield packer.flush()
