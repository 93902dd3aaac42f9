"""`recension demo`: an instance of its own, filled once with published data, then served like any other."""

from __future__ import annotations

import os
from pathlib import Path

import click
from flask import Flask
from flask.cli import ScriptInfo
from flask_babel import gettext

from survey import serving, web
from survey.accounts.secret import is_loopback
from survey.db import db
from survey.demo import build
from survey.text import N_

#: Where the demonstration lives when nobody says otherwise.
FOLDER = Path(__file__).resolve().parents[2] / "instance" / "demo"


@click.command("demo", help=N_("Essayer avec les données publiées en 2022 et des personnes fictives."))
@click.option("--no-serve", is_flag=True, help=N_("Créer la démonstration sans la servir."))
@click.option("--host", default="127.0.0.1", show_default=True, help=N_("Adresse où écouter."))
@click.option("--port", default=8000, show_default=True, help=N_("Port où écouter ; 0 pour n’importe quel port libre."))
@click.pass_context
def demo(ctx: click.Context, no_serve: bool, host: str, port: int) -> None:
    if not (chosen := os.environ.get("RECENSION_INSTANCE")):
        os.environ["RECENSION_INSTANCE"] = str(FOLDER)
    app = ScriptInfo(app_import_path="survey", set_debug_flag=False).load_app()
    with app.app_context():
        if not chosen:
            refuse_another_database()
        if not no_serve:
            keep_to_this_machine(host)
        prepare(app)
        introduce()
        commands = ctx.find_root().command
        if not no_serve and isinstance(commands, click.Group) and (serve := commands.get_command(ctx, "serve")):
            ctx.invoke(serve, host=host, port=port)


def refuse_another_database() -> None:
    """Leave alone a database that the environment names without saying of which instance: it may be a team's."""
    if os.environ.get("RECENSION_DATABASE_URL"):
        raise click.ClickException(
            gettext(
                "RECENSION_DATABASE_URL est définie, et la démonstration ne touche pas à cette base. Retirez cette "
                "variable ; ou, pour y mettre la démonstration, donnez aussi un dossier avec RECENSION_INSTANCE."
            )
        )


def keep_to_this_machine(host: str) -> None:
    """Let no other machine reach accounts whose passphrase is published."""
    if not is_loopback(host):
        raise click.ClickException(
            gettext(
                "La phrase de passe de la démonstration est publique : elle n’est servie qu’à cette machine. "
                "Retirez --host."
            )
        )


def prepare(app: Flask) -> None:
    """Build the demonstration unless it stands already, and mark its instance."""
    serving.bring_up_to_date(db.engine, Path(app.instance_path) / "backups")
    if not build.is_built(db.session):
        click.echo(gettext("Création de la démonstration…"))
        try:
            build.build(db.session)
        except build.NotEmptyError as error:
            raise click.ClickException(
                gettext(
                    "La base de %(folder)s contient déjà autre chose. La démonstration veut une base vide : "
                    "choisissez un autre dossier avec RECENSION_INSTANCE.",
                    folder=app.instance_path,
                )
            ) from error
    if not app.config["DEMO"]:
        app.config["DEMO"] = True
        with (Path(app.instance_path) / "config.py").open("a", encoding="utf-8") as file:
            file.write("\nDEMO = True\n")
    db.session.rollback()


def introduce() -> None:
    """Say who may log in, one line per role, and with which passphrase."""
    click.echo(gettext("Démonstration : données publiées en 2022, personnes fictives. Comptes :"))
    for role, (email, _name) in build.ACCOUNTS.items():
        click.echo(f"    {email:<32}{role.label(web.language())}")
    click.echo(gettext("Phrase de passe de tous les comptes : %(passphrase)s", passphrase=build.PASSPHRASE))
