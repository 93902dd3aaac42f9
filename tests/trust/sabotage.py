"""The application spoilt on purpose: each bug here must be caught by the faults, or the faults prove nothing."""

from __future__ import annotations

import io
import json
import threading
import uuid
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import run_wsgi_app

from survey import served_app

#: Seconds from the answer to the commit that it speaks of.
LATE = 0.03


def too_soon() -> Flask:
    """Each save is answered before it is committed."""
    return spoilt(TooSoon)


def forgetful() -> Flask:
    """A save has no id: sent again it is written again."""
    return spoilt(Forgetful)


def unsynced() -> Flask:
    """The answer follows the commit, but the commit is not synced."""
    app = served_app()
    engine: sa.Engine = app.extensions["db"]["engine"]

    @sa.event.listens_for(engine, "connect")
    def careless(connection: Any, _record: object) -> None:
        if engine.dialect.name == "sqlite":
            connection.execute("PRAGMA synchronous=OFF")
        else:
            connection.execute("SET synchronous_commit=off")
            connection.commit()

    return app


def spoilt(by: type[Spoilt]) -> Flask:
    app = served_app()
    app.wsgi_app = by(app.wsgi_app)  # type: ignore[method-assign]
    return app


class Spoilt:
    """What stands between the server and the application, and sees each save go by."""

    def __init__(self, inner: WSGIApplication) -> None:
        self.inner = inner

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not (environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"].endswith("/answers")):
            return self.inner(environ, start_response)
        asked = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        status, told = self.answer(environ, asked)
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps(told).encode()]

    def answer(self, environ: WSGIEnvironment, asked: Any) -> tuple[str, Any]:
        raise NotImplementedError

    def ask(self, environ: WSGIEnvironment, asked: Any) -> tuple[str, Any]:
        """What the application answers."""
        body = json.dumps(asked).encode()
        given = environ | {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        content, status, _headers = run_wsgi_app(self.inner, given)
        return status, json.loads(b"".join(content))


class TooSoon(Spoilt):
    def answer(self, environ: WSGIEnvironment, asked: Any) -> tuple[str, Any]:
        threading.Timer(LATE, self.ask, (environ, asked)).start()
        saves = asked.get("saves", [asked])
        told = [one | {"status": 200, "version": one["version"] + 1, "reason": None} for one in saves]
        return "200 OK", {"results": told} if "saves" in asked else told[0]


class Forgetful(Spoilt):
    def __init__(self, inner: WSGIApplication) -> None:
        super().__init__(inner)
        self.versions: dict[tuple[Any, ...], int] = {}

    def answer(self, environ: WSGIEnvironment, asked: Any) -> tuple[str, Any]:
        saves = asked.get("saves", [asked])
        fields = [(environ["PATH_INFO"], one["block"], one["item"]) for one in saves]
        for one, field in zip(saves, fields, strict=True):
            one |= {"id": str(uuid.uuid4()), "version": self.versions.get(field, one["version"])}
        status, told = self.ask(environ, asked)
        for one, field in zip(told.get("results", [told]), fields, strict=True):
            self.versions[field] = one.get("version", 0)
        return status, told
