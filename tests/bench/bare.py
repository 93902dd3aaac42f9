"""The bare views that saves are held against: no log-in, no CSRF, one parameterised UPDATE and its synced commit.

Both run under the settings of `survey.db.create_engine`: one through SQLAlchemy's engine as the house does, one through
the driver alone, a connection per thread, than which nothing written in Python is faster.
"""

from __future__ import annotations

import os
import threading
from typing import Any

import sqlalchemy as sa
from flask import Flask, request

from survey.db import create_engine

ROWS = 100
UPDATE = sa.text("UPDATE bare SET answer = :value WHERE id = :id")
SET_UP = ("CREATE TABLE bare (id INTEGER PRIMARY KEY, answer TEXT)", "INSERT INTO bare (id) VALUES ({})")


def prepare(url: str) -> None:
    """The table, with a row for each who may save at once."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(SET_UP[0])
        for number in range(ROWS):
            connection.exec_driver_sql(SET_UP[1].format(number))
    engine.dispose()


def create_app() -> Flask:
    app = Flask("bare")
    engine = create_engine(os.environ["BARE_DATABASE_URL"])
    mark = "%s" if engine.dialect.name == "postgresql" else "?"
    update = f"UPDATE bare SET answer = {mark} WHERE id = {mark}"
    mine = threading.local()

    @app.post("/engine")
    def by_engine() -> dict[str, int]:
        asked = request.get_json()
        with engine.begin() as writing:
            writing.execute(UPDATE, {"value": asked["value"], "id": asked["id"]})
        return {"id": asked["id"]}

    @app.post("/driver")
    def by_driver() -> dict[str, int]:
        asked = request.get_json()
        connection = mine.__dict__.setdefault("connection", None) or connect(engine, mine)
        connection.execute(update, (asked["value"], asked["id"]))
        connection.commit()  # on SQLite the statement was a transaction of its own
        return {"id": asked["id"]}

    return app


def connect(engine: sa.Engine, mine: threading.local) -> Any:
    mine.kept = engine.raw_connection()
    mine.connection = mine.kept.driver_connection
    return mine.connection
