"""What templates ask for a hundred times a page, found once a request: the words of its language, its CSRF token."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from babel.support import Translations
from flask import Flask, g
from flask_babel import Domain, get_translations
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from survey.web import language


class French(Translations):
    """The sentences as they are written; in French, none is singular as one is."""

    def ungettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return msgid1 if abs(n) < 2 else msgid2


def init_app(app: Flask) -> None:
    """Flask-Babel and Flask-WTF look both up anew at each call: a fifth of the page of an interview."""
    known = app.extensions["babel"].instance.domain_instance = Domain()
    known.cache["fr", "messages"] = French()
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda sentence: catalogue().ugettext(sentence),
        lambda one, several, n: catalogue().ungettext(one, several, n),
        newstyle=True,
    )
    app.jinja_env.globals.update(gettext=gettext, _=gettext)
    app.context_processor(lambda: {"csrf_token": csrf_token})


def gettext(sentence: str, **named: object) -> Markup:
    """A sentence of a template in the language spoken now, with what it names: as Jinja's own, found once for all."""
    words = _as_page(catalogue(), sentence)
    return words % named if named else _unnamed(words)


@lru_cache(maxsize=10_000)
def _as_page(words: Any, sentence: str) -> Markup:
    return Markup(words.ugettext(sentence))  # noqa: S704 – a sentence of our templates


@lru_cache(maxsize=10_000)
def _unnamed(words: Markup) -> Markup:
    return words % {}


def catalogue() -> Any:
    """The translations of the language that is spoken now."""
    kept = g._get_current_object()  # one look through the proxy, which costs more than the rest
    spoken = kept.get("language") or language()
    if kept.get("catalogue_of") != spoken:
        kept.catalogue_of, kept.catalogue = spoken, get_translations()
    return kept.catalogue


def csrf_token() -> str:
    """The token of this request's session, signed once."""
    token: str = g.get("csrf_token") or generate_csrf()
    return token
