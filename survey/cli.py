"""The commands: `recension …` from the console script, and the same through `flask --app survey …`."""

from __future__ import annotations

import os
import sqlite3
import traceback
from gettext import bindtextdomain, textdomain
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from babel.support import Translations
from flask import Flask, current_app
from flask.cli import AppGroup, ScriptInfo
from flask_babel import gettext
from sqlalchemy.orm import Session

from survey import schema, serving
from survey.accounts.commands import setup_link, user
from survey.accounts.secret import Misconfigured, is_loopback, is_weak
from survey.api.kept import sweep
from survey.api.token_commands import token
from survey.api.views import FOLDER
from survey.db import db
from survey.demo.commands import demo, keep_to_this_machine
from survey.doctor import Health, examine, uncounted_proxy
from survey.fieldwork import reindexing, tally
from survey.fieldwork.commands import rates_command, referrals
from survey.fieldwork.import_commands import attempts, frame
from survey.fieldwork.remind_commands import remind_command
from survey.release.commands import export_command, release
from survey.text import N_

TRANSLATIONS = Path(__file__).resolve().parent / "translations"
MARKS = {Health.GOOD: "✓", Health.WARNING: "!", Health.WRONG: "✗"}


class Sentence(click.ClickException):
    """What went wrong, in a sentence on stderr, with exit status 1."""

    def show(self, file: Any = None) -> None:
        click.echo(spoken(N_("recension : %s")) % self.format_message(), err=True)


class Commands(AppGroup):
    """The group: it speaks the language asked for, and never ends in a traceback."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        asked = [b for a, b in pairwise(args) if a == "--lang"] + [a[7:] for a in args if a.startswith("--lang=")]
        chosen = (
            next((language for language in asked if language in ("fr", "en")), None)
            or os.environ.get("RECENSION_LANGUAGE")
            or os.environ.get("LANG", "")
        )
        os.environ["RECENSION_LANGUAGE"] = os.environ["LANGUAGE"] = "en" if chosen.startswith("en") else "fr"
        bindtextdomain(textdomain("click"), TRANSLATIONS)  # click's own sentences are English where it finds no others
        if os.environ["RECENSION_LANGUAGE"] == "en":
            translate(self, Translations.load(TRANSLATIONS, ["en"]))
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.UsageError, click.Abort, click.exceptions.Exit):
            raise
        except click.ClickException as error:
            raise Sentence(error.message) from error
        except Exception as error:
            raise Sentence(explain(error)) from error


def translate(command: click.Command, translations: Any) -> None:
    """Put the help of a command, its options and what it holds in another language."""
    command.help = translations.gettext(command.help) if command.help else None
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            parameter.help = translations.gettext(parameter.help) if parameter.help else None
            parameter.metavar = translations.gettext(parameter.metavar) if parameter.metavar else None
    for inner in getattr(command, "commands", {}).values():
        translate(inner, translations)


def explain(error: Exception) -> str:
    """An error of the surroundings in a sentence; for any other, its kind and the place to look."""
    if isinstance(error, Misconfigured):
        return spoken(str(error))
    if isinstance(error, schema.NewerDatabaseError):
        return spoken(N_("La base vient d’une version plus récente de Recension ; installez celle-ci d’abord."))
    if isinstance(error, sa.exc.ArgumentError):
        return spoken(N_("RECENSION_DATABASE_URL n’est pas l’adresse d’une base de données."))
    if isinstance(error, ModuleNotFoundError) and error.name == "psycopg":
        return spoken(N_("Il manque le pilote de PostgreSQL : %s")) % 'pip install "psycopg[binary]"'
    if isinstance(error, sa.exc.DBAPIError):
        return spoken(N_("La base de données ne répond pas : %s")) % first_line(error.orig)
    if isinstance(error, OSError | sqlite3.Error):
        return first_line(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    return spoken(N_("Erreur imprévue : %s")) % f"{type(error).__name__}, {Path(place.filename).name}:{place.lineno}"


def spoken(sentence: str) -> str:
    """A sentence in the language of the command, where no application may be there to ask."""
    return str(Translations.load(TRANSLATIONS, [os.environ.get("RECENSION_LANGUAGE", "fr")]).gettext(sentence))


def first_line(error: BaseException | None) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


@click.group(cls=Commands, help=N_("Recension : inventorier par entrevue ce que font les organisations."))
@click.version_option(package_name="recension", message="%(version)s", help=N_("Dire la version."))
@click.option("--lang", type=click.Choice(["fr", "en"]), help=N_("Langue des messages ; celle de LANG sinon."))
def recension(lang: str | None) -> None:
    """Every command hangs from here."""


@recension.command(help=N_("Créer la base ou la mettre à jour, puis servir l’application."))
@click.option("--host", default="127.0.0.1", show_default=True, help=N_("Adresse où écouter."))
@click.option("--port", default=8000, show_default=True, help=N_("Port où écouter ; 0 pour n’importe quel port libre."))
def serve(host: str, port: int) -> None:
    open_house(current_app, host, port)


def open_house(app: Flask, host: str, port: int) -> None:
    """Check the address, bring the database up to date, say where to go, and serve until a signal."""
    if app.config["DEMO"]:
        keep_to_this_machine(host)
    if not is_loopback(host) and is_weak(app.config["SECRET_KEY"]):
        raise Sentence(gettext("La clé secrète est trop faible pour un serveur ouvert aux autres machines."))
    try:
        port = serving.free_port(host, port)
    except OSError as error:
        raise Sentence(
            gettext(
                "Impossible d’écouter sur %(host)s:%(port)s : %(reason)s. Choisissez un autre --port.",
                host=host,
                port=port,
                reason=error.strerror or str(error),
            )
        ) from error
    serving.keep_to_owner(Path(app.instance_path))
    sweep(Path(app.instance_path) / FOLDER)
    if kept := serving.bring_up_to_date(db.engine, Path(app.instance_path) / "backups"):
        click.echo(gettext("Base mise à jour ; copie d’avant : %(file)s", file=kept))
    if app.config["BASE_URL"] == serving.address("127.0.0.1", 8000):  # nobody said otherwise
        os.environ["RECENSION_BASE_URL"] = app.config["BASE_URL"] = serving.address(host, port)
    if warning := uncounted_proxy(app.config):
        click.echo(f"{MARKS[Health.WARNING]} {warning}", err=True)
    click.echo(gettext("Recension est servie à l’adresse %(url)s (Ctrl-C pour arrêter).", url=app.config["BASE_URL"]))
    if link := setup_link(app):
        click.echo(gettext("Première installation : créez votre compte à cette adresse, qui ne sert qu’une fois."))
        click.echo(f"\n    {link}\n")
    db.close()
    db.engine.dispose()
    serving.serve(host, port)


@recension.command(help=N_("Examiner l’installation ; état de sortie 1 si quelque chose ne va pas."))
@click.option("--repair", is_flag=True, help=N_("Refaire d’abord les décomptes à partir des dossiers."))
@click.pass_context
def doctor(ctx: click.Context, repair: bool) -> None:
    if repair:
        with db.writing() as connection, Session(connection) as session:
            corrected, renamed = tally.recount(session), reindexing.repair(session)
            session.flush()
        click.echo(gettext("Lignes des décomptes corrigées : %(n)s.", n=corrected))
        click.echo(gettext("Organisations remises dans l’index de recherche : %(n)s.", n=renamed))
    healths = []
    for finding in examine(current_app.config, Path(current_app.instance_path), db.engine):
        said = gettext("%(subject)s : %(sentence)s", subject=finding.subject, sentence=finding.sentence)
        click.echo(f"{MARKS[finding.health]} {said}")
        healths.append(finding.health)
    if Health.WRONG in healths:
        ctx.exit(1)


for command in (user, frame, attempts, rates_command, referrals, remind_command, release, export_command, token, demo):
    recension.add_command(command)


def main() -> None:
    """The console script."""
    from survey import create_app

    recension.main(prog_name="recension", obj=ScriptInfo(create_app=create_app, set_debug_flag=False))
