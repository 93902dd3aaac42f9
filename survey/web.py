"""What every page shares: languages, security headers, template globals and error pages."""

from __future__ import annotations

import datetime as dt
import re
import secrets
import uuid
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    g,
    has_request_context,
    jsonify,
    make_response,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import Babel, format_date, format_datetime, format_decimal, format_percent, lazy_gettext
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError
from markupsafe import Markup, escape
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as BaseResponse
from wtforms import FileField, HiddenField
from wtforms.form import BaseForm

from survey import problems
from survey.behind import behind
from survey.bytecode import Kept
from survey.db import SAFE_METHODS
from survey.instrument.codes import Region
from survey.instrument.grammar import Text

LANGUAGES = ("fr", "en")

ERRORS = {
    400: (lazy_gettext("Demande incomprise"), lazy_gettext("Le serveur n’a pas compris cette demande.")),
    403: (
        lazy_gettext("Accès réservé"),
        lazy_gettext("Votre rôle ne donne pas accès à cette page, ou l’organisation est confiée à quelqu’un d’autre."),
    ),
    404: (lazy_gettext("Page introuvable"), lazy_gettext("Cette page n’existe pas ou n’existe plus.")),
    405: (lazy_gettext("Demande incomprise"), lazy_gettext("Cette adresse ne s’ouvre pas de cette façon.")),
    413: (
        lazy_gettext("Envoi trop volumineux"),
        lazy_gettext("L’envoi dépasse 8 Mo. Rien n’a été enregistré ; revenez en arrière, votre texte y est encore."),
    ),
    423: (
        lazy_gettext("Entrevue terminée"),
        lazy_gettext("Cette entrevue est terminée. Rouvrez-la pour la modifier ; la réouverture sera notée."),
    ),
    429: (lazy_gettext("Trop d’essais"), lazy_gettext("Attendez quelques minutes avant de réessayer.")),
    500: (
        lazy_gettext("Une erreur s’est produite"),
        lazy_gettext("Elle est notée dans le journal du serveur. Ce qui était enregistré le reste."),
    ),
    503: (
        lazy_gettext("Serveur momentanément occupé"),
        lazy_gettext("Rien n’est perdu : attendez quelques secondes et réessayez."),
    ),
}


#: The largest identifier that both databases can compare.
LAST_ID = 2**31 - 1


class Number(IntegerConverter):
    """A number in an address that an id can be; a larger one leads nowhere."""

    def __init__(self, map: Map, max: int = LAST_ID, **options: Any) -> None:  # noqa: A002
        super().__init__(map, max=max, **options)


class Form(FlaskForm):  # type: ignore[misc]
    """A form reads what forms send: JSON is nothing at all, and a file is one where a file is asked for."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def wrap_formdata(self, form: BaseForm, formdata: object) -> object:
            if request.is_json and not isinstance(formdata, MultiDict):
                return None
            sent = super().wrap_formdata(form, formdata)
            if isinstance(sent, CombinedMultiDict) and not any(isinstance(field, FileField) for field in form):
                return request.form
            return sent


#: What stands in the blanks of a page where an id will be: nobody's own.
BLANK = uuid.UUID(int=0)


def an_id(text: str | None) -> str:
    """The id that a page gave its form; a new one for a form that carries none, or that of the blanks."""
    try:
        given = uuid.UUID(text or "")
    except ValueError:
        given = BLANK
    return str(uuid.uuid4() if given == BLANK else given)


class OnceForm(Form):
    """A form that makes something new: it carries an id made with the page (`survey.receipts`)."""

    form_id = HiddenField(filters=[an_id])

    @property
    def identity(self) -> uuid.UUID:
        return uuid.UUID(self.form_id.data)


#: What no path holds, and no header may.
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
#: What is larger yet is cut short.
HEARD_OUT = 64 * 1024 * 1024
TOO_LARGE = lazy_gettext("L’envoi dépasse 8 Mo. Rien n’a été enregistré ; votre texte reste dans la page.")
STALE_PAGE = lazy_gettext("La page est restée ouverte trop longtemps. Rechargez-la, puis réessayez.")


def init_app(app: Flask) -> None:
    """Give an application what every page shares."""
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.url_map.converters["int"] = Number
    Babel(
        app,
        default_locale="fr",
        default_timezone=app.config["TIMEZONE"],
        default_translation_directories="translations",
        locale_selector=language,
    )
    app.jinja_env.bytecode_cache = Kept(Path(app.instance_path) / "templates", settings=__file__)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        nonce=nonce, language=language, this_page=this_page, LANGUAGES=LANGUAGES, Region=Region
    )
    app.jinja_env.filters.update(
        moment=moment,
        day=format_date,
        weekday=weekday,
        number=format_decimal,
        figure=figure,
        percent=percent,
        wording=wording,
        emphasis=emphasis,
    )
    app.before_request(take_in)
    app.before_request(choose_language)
    app.after_request(secure)
    app.after_request(lead_nowhere)  # is called first
    app.register_error_handler(HTTPException, error_page)


def language() -> str:
    """The language of the page: the user's own when signed in, the session's, or the browser's; French first.

    Where there is no page, in a command, that of the configuration.
    """
    if not has_request_context():
        return str(current_app.config["LANGUAGE"])
    if "language" not in g:
        chosen = getattr(current_user, "language", None) or session.get("language")
        g.language = chosen or request.accept_languages.best_match(LANGUAGES, "fr")
    return str(g.language)


def figure(n: Fraction | None) -> str:
    """A numerator or a denominator: a whole number, or three decimals where a share of the unknown is in it."""
    return "–" if n is None else str(format_decimal(float(n), "#,##0.###"))


def percent(value: Fraction | None) -> str:
    """A share as a percentage, or that there is none."""
    if value is None:
        return str(_("non calculable"))
    return str(format_percent(float(value), "#,##0.0%" if language() == "en" else "#,##0.0\u00a0%"))


def choose_language() -> None:
    """`?lang=en` shows one page in a language; what lasts is chosen by the form of `accounts.language`.

    A script says what it reads as browsers do, and nothing else counts.
    """
    if problems.scripted():
        g.language = request.accept_languages.best_match(LANGUAGES, "fr")
    elif request.query_string and (chosen := request.args.get("lang")) in LANGUAGES:
        g.language = chosen


def take_in() -> None:
    """Have the whole body before the database is asked anything: who sends slowly makes no colleague wait."""
    asked = behind(request)
    if asked.method not in SAFE_METHODS:
        asked.get_data(parse_form_data=not asked.is_json)


def this_page() -> str:
    """Where a form that stands on every page comes back to: this page, or the home for what cannot be opened."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None or not adapter.test(request.path, "GET"):
        return url_for("accounts.home")
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return quote(request.path) + (f"?{urlencode(kept)}" if kept and request.method in SAFE_METHODS else "")


def local_path(target: str | None) -> str | None:
    """A path on this site, or None: no redirection ever leaves it."""
    if not target or CONTROL.search(target) or "\\" in target or not target.startswith("/") or target.startswith("//"):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else target


def weekday(value: dt.date) -> str:
    """A day near enough to be known by its name."""
    return str(format_date(value, "EEEE d MMMM"))


def moment(value: dt.datetime | None) -> str:
    """A moment, given in UTC, to the minute where the team works; nothing for None."""
    return format_datetime(value, "d MMM y HH:mm") if value else ""


def meanwhile(user_id: int, name: str, at: dt.datetime, *said: str | None) -> str:
    """The sentence for words that meet others in their row: who wrote those, when, and what they are."""
    found = {"who": name, "when": moment(at), "words": ", ".join(filter(None, said)) or "—"}
    if user_id == current_user.id:
        return str(_("Vous avez écrit autre chose ailleurs le %(when)s : « %(words)s ».", **found))
    return str(_("%(who)s a écrit autre chose le %(when)s : « %(words)s ».", **found))


def wording(text: Text) -> str:
    """A wording of the instrument in the language of the page."""
    return text(language())


def emphasis(text: str) -> Markup:
    """`*…*` of the instrument's wordings as <em>."""
    pieces = [escape(piece) for piece in text.split("*")]
    return Markup("").join(
        Markup("<em>{}</em>").format(p) if n % 2 and n < len(pieces) - 1 else p for n, p in enumerate(pieces)
    )


def nonce() -> str:
    """The number of this page that its own scripts carry under the content security policy."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def wants_json() -> bool:
    """Whether a script asks: it sent JSON, or prefers it to a page."""
    return request.is_json or request.accept_mimetypes.best == "application/json"


STANDING = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
POLICY = (
    "default-src 'none'; script-src 'nonce-{}' 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
#: What a script asked for is never a page.
NO_PAGE = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"


def secure(response: Response) -> Response:
    """Give an answer the headers that keep a browser from running, framing, sniffing or keeping what it should not."""
    headers = response.headers
    headers.extend(STANDING)
    page = not (response.is_json or problems.scripted())
    headers["Content-Security-Policy"] = POLICY.format(nonce()) if page else NO_PAGE
    asked = behind(request)
    if asked.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if asked.endpoint != "static":
        headers["Cache-Control"] = "no-store"
    return response


def lead_nowhere(response: Response) -> BaseResponse:
    """A script is sent nowhere else: an address that is nearly right is wrong, and no page says so."""
    astray = response.status_code in (301, 302, 303, 307, 308) and problems.scripted()
    return say(404, *ERRORS[404]) if astray else response


def error_page(error: HTTPException) -> BaseResponse:
    """The answer to an error, with its status: a page that says what happened, or the sentence as JSON."""
    code = error.code or 500
    if code < 400:
        return make_response(error.get_response())
    title, sentence = ERRORS.get(code) or ERRORS[400 if code < 500 else 500]
    if isinstance(error, CSRFError):
        sentence = STALE_PAGE
    if code == 413:
        hear_out()
        sentence = TOO_LARGE if wants_json() else sentence
    response = say(code, title, sentence, getattr(error, "retry_after", None))
    if methods := getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(methods))
    return response


def hear_out() -> None:
    """Let what is too large be sent to its end, and drop it: who is cut short hears no answer, only a lost line."""
    stream, left = request.environ["wsgi.input"], min(request.content_length or 0, HEARD_OUT)
    while left > 0 and (piece := stream.read(min(left, 2**16))):
        left -= len(piece)


def say(code: int, title: str, sentence: str, retry_after: int | None = None) -> BaseResponse:
    """A page that says what happened, or for a script its sentence as JSON, with its status; a problem, where no page
    answers."""
    if problems.scripted():
        response = problems.answer(code, title, sentence, language())
    elif wants_json():
        response = jsonify(error=str(sentence))
    else:
        response = make_response(render_template("error.html", title=title, sentence=sentence, code=code))
    response.status_code = code
    if code in (429, 503):
        response.headers["Retry-After"] = str(retry_after or 5)
    return response
