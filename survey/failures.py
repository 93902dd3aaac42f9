"""A request that fails: tried again when the database was in the way, else answered with what holds, in a sentence."""

from __future__ import annotations

import random
import time
import traceback
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app, g, request, session
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from survey import outages, web
from survey.db import SAFE_METHODS, db
from survey.outages import Outage

OURS = Path(__file__).resolve().parent
#: Seconds before each new attempt, give or take a half: who met once would meet again.
PAUSES = (0.02, 0.1, 0.4)

KEPT = lazy_gettext("Ce qui était enregistré le reste.")
BACK = lazy_gettext("Votre texte est encore dans la page : revenez en arrière et réessayez plus tard.")
IN_PAGE = lazy_gettext("Votre texte reste dans la page, qui réessaiera d’elle-même.")
SAID = {
    Outage.FULL: (
        lazy_gettext("Le disque du serveur est plein"),
        lazy_gettext("Rien de plus ne peut y être enregistré. Prévenez la personne qui s’occupe du serveur."),
    ),
    Outage.READ_ONLY: (
        lazy_gettext("Le serveur est en lecture seule"),
        lazy_gettext("Rien ne peut y être enregistré pour l’instant. Prévenez la personne qui s’occupe du serveur."),
    ),
    Outage.FAULTY: (
        lazy_gettext("Le disque du serveur est en panne"),
        lazy_gettext("Il se lit ou s’écrit mal. Prévenez tout de suite la personne qui s’occupe du serveur."),
    ),
}
#: Seconds before it is worth asking again, where somebody must see to it first.
LATER = 30


def init_app(app: Flask) -> None:
    """Answer every error that no view answers."""
    for kind in outages.ERRORS:
        app.register_error_handler(kind, unavailable)
    app.register_error_handler(Exception, failure)


def unavailable(error: Exception) -> ResponseReturnValue:
    """Do the whole request again, a few times, when the database was in the way; 503 when that lasts, or is no use.

    Nothing of a failed attempt is left: it was one transaction.
    """
    for pause in PAUSES:
        if outages.of(error) is not Outage.PASSING:
            break
        begin_again(error)
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - not a secret
        try:
            return current_app.preprocess_request() or current_app.dispatch_request()
        except outages.ERRORS as again:
            error = again
        except Exception as other:
            return current_app.handle_user_exception(other)
    return sorry(error)


def begin_again(error: Exception) -> None:
    """Put everything as it was before the view; where one connection was lost the others of the pool are too."""
    lost = isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated
    db.close()
    if lost:
        db.engine.dispose()
    session.clear()
    session.update(current_app.session_interface.open_session(current_app, request) or {})


def sorry(error: Exception) -> Response:
    """503 for a database out of order, with nothing of it on the page; 500 for an error of ours."""
    outage = outages.of(error)
    if outage is None:
        return failure(error)
    current_app.logger.warning("database %s: %s", outage.value, type(getattr(error, "orig", error)).__name__)
    settle()
    if outage is Outage.READ_ONLY:  # what was opened while the file could only be read stays so
        db.engine.dispose()
    if outage not in SAID:
        return web.say(503, *web.ERRORS[503])
    title, sentence = SAID[outage]
    there = KEPT if request.method in SAFE_METHODS else IN_PAGE if web.wants_json() else BACK
    return web.say(503, title, f"{sentence} {there}", LATER)


def failure(error: Exception) -> Response:
    """500 for what was not foreseen: the trace goes to the log, never to the page."""
    if refused := refusal_in(error):
        current_app.logger.error("unexpected error on %s: %s", request.endpoint, without_data(error, refused))
    else:
        current_app.logger.exception("unexpected error on %s", request.endpoint)
    settle()
    return web.say(500, *web.ERRORS[500])


def settle() -> None:
    """Give the connection back; a page that says what failed does not ask the database which language to say it in."""
    db.close()
    if "language" not in g and "_login_user" not in g:
        g.language = session.get("language") or request.accept_languages.best_match(web.LANGUAGES, "fr")


def refusal_in(error: BaseException | None) -> sa.exc.StatementError | None:
    """What the database refused, when an error is or comes from that."""
    while error is not None and not isinstance(error, sa.exc.StatementError):
        error = error.__cause__ or error.__context__
    return error


def without_data(error: Exception, refused: sa.exc.StatementError) -> str:
    """An error of the database and where it came about. Not its words: they quote what somebody typed."""
    orig: Any = refused.orig
    code = getattr(orig, "sqlstate", None) or getattr(orig, "sqlite_errorname", None)
    constraint = getattr(getattr(orig, "diag", None), "constraint_name", None)
    said = (type(error).__name__, type(refused).__name__, type(orig).__name__, code, constraint)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).is_relative_to(OURS)]
    return " ".join(filter(None, said)) + "\n" + "".join(traceback.format_list(frames))
