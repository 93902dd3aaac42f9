"""Recension: inventory what organisations do, by interview."""

from __future__ import annotations

import gc
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

gc.disable()  # what is imported stays: to look for garbage in it time and again is a tenth of the start

os.environ.setdefault("PYTZ_SKIPEXISTSCHECK", "1")  # it opens its 600 files to see that they are there

from flask import Flask
from flask.globals import app_ctx

from survey import accounts, api, cli, failures, fieldwork, interview, manual, release, results, sentences, web
from survey.accounts.secret import Misconfigured, check_secret
from survey.db import db
from survey.signed import Cookies, Protection
from survey.text import N_

gc.freeze()
gc.enable()

TOP = Path(__file__).resolve().parent.parent

#: What is new when the collector of garbage looks at it: pages make thousands of objects that die with them anyway.
YOUNG, MIDDLE, OLD = 20_000, 20, 20

#: What an installation may set, with its default. README, « Configuration », says what each does.
SETTINGS: dict[str, Any] = {
    "DATABASE_URL": "",
    "SECRET_KEY": "",
    "BASE_URL": "http://127.0.0.1:8000",
    "LANGUAGE": "fr",
    "COLLECTOR": "",
    "COLLECTOR_CONTACT": "",
    "STUDY": "",
    "STUDY_EN": "",
    "MAIL_HOST": "",
    "MAIL_PORT": 587,
    "MAIL_USER": "",
    "MAIL_PASSWORD": "",
    "MAIL_TLS": "starttls",
    "MAIL_FROM": "",
    "REMINDER_DAYS": "5, 10, 20",
    "TRUSTED_PROXIES": 0,
    "REFERRAL_DAYS": 365,
    "SESSION_IDLE_MINUTES": 240,
    "SESSION_HOURS": 12,
    "TIMEZONE": "America/Toronto",
    "DEMO": False,
}

#: Those that the environment may set too, as RECENSION_<name>.
ENVIRONMENT = (
    "DATABASE_URL",
    "SECRET_KEY",
    "BASE_URL",
    "LANGUAGE",
    "TIMEZONE",
    "COLLECTOR",
    "COLLECTOR_CONTACT",
    "STUDY",
    "STUDY_EN",
    "MAIL_HOST",
    "MAIL_PORT",
    "MAIL_USER",
    "MAIL_PASSWORD",
    "MAIL_TLS",
    "MAIL_FROM",
    "REMINDER_DAYS",
    "TRUSTED_PROXIES",
    "REFERRAL_DAYS",
)

#: Those that are numbers, and what each one is.
NUMBERS: dict[str, str] = {
    "TRUSTED_PROXIES": N_("RECENSION_TRUSTED_PROXIES est un nombre : combien de mandataires sont devant, 0 sinon."),
    "REFERRAL_DAYS": N_(
        "RECENSION_REFERRAL_DAYS est un nombre de jours : après eux, les coordonnées de qui a été nommé s’effacent."
    ),
}

#: What the software relies on, and no installation should change.
HOUSE: dict[str, Any] = {
    "MAX_CONTENT_LENGTH": 8 * 1024 * 1024,
    "MAX_FORM_MEMORY_SIZE": 8 * 1024 * 1024,
    "MAX_FORM_PARTS": 5000,
    "SESSION_COOKIE_NAME": "recension",
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "WTF_CSRF_TIME_LIMIT": None,
}


csrf = Protection()


class Application(Flask):
    """Nothing here is a coroutine: Flask need not look at ten functions of each request to know."""

    def ensure_sync(self, func: Any) -> Any:
        return func


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The application: configuration, extensions, rooms, error pages."""
    folder = Path(os.environ.get("RECENSION_INSTANCE") or TOP / "instance").resolve()
    templates = str(TOP / "templates")
    app = Application("survey", instance_path=str(folder), template_folder=templates, static_folder="static")
    configure(app, config or {})
    db.init_app(app)
    app.session_interface = Cookies(app)
    csrf.init_app(app)
    web.init_app(app)
    failures.init_app(app)
    sentences.init_app(app)
    for room in (accounts, fieldwork, interview, release, results, api, manual):
        room.init_app(app)
    for command in cli.recension.commands.values():
        app.cli.add_command(command)
    return app


def served_app() -> Flask:
    """The application as a server holds it: the garbage collector leaves out what stays loaded, and comes seldom.

    A worker that is a copy of the command's process has the command's own; any other makes one.
    """
    app = app_ctx.app if app_ctx else create_app()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    return app


def configure(app: Flask, overrides: Mapping[str, Any]) -> None:
    """Defaults, then `instance/config.py`, then the environment, then what the caller says."""
    folder = Path(app.instance_path)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.config.from_mapping(HOUSE, **SETTINGS)
    app.config["LANGUAGE"] = "en" if os.environ.get("LANG", "").startswith("en") else "fr"
    app.config.from_pyfile(str(folder / "config.py"), silent=True)
    for name in ENVIRONMENT:
        if value := os.environ.get(f"RECENSION_{name}"):
            app.config[name] = number(name, value) if name in NUMBERS else value
    app.config.from_mapping(overrides)
    app.config["DATABASE_URL"] = app.config["DATABASE_URL"] or f"sqlite:///{folder / 'recension.sqlite'}"
    app.config["SECRET_KEY"] = app.config["SECRET_KEY"] or secret_key(folder / "secret_key")
    check_secret(app.config)
    app.config["SESSION_COOKIE_SECURE"] = app.config["BASE_URL"].startswith("https:")


def number(name: str, value: str) -> int:
    """A setting of the environment that is a number. Raises Misconfigured."""
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise Misconfigured(NUMBERS[name])
    return int(value)


def secret_key(path: Path) -> str:
    """The key in the instance folder, made at the first start, readable by its owner alone."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()
