"""`recension user`: accounts from the command line, and the link of the first set-up."""

from __future__ import annotations

import sys

import click
import sqlalchemy as sa
from flask import Flask
from flask.cli import AppGroup
from flask_babel import gettext

from survey.accounts import links, passwords, users
from survey.accounts.forms import REFUSALS, WEAKNESSES
from survey.accounts.models import Language, Purpose, Role, User
from survey.accounts.views import address_of
from survey.db import db
from survey.text import N_, line

user = AppGroup("user", help=N_("Les comptes des personnes qui travaillent ici."))


@user.command("add", help=N_("Créer un compte ; imprime le lien à usage unique où choisir le mot de passe."))
@click.argument("email")
@click.option("--name", required=True, help=N_("Nom de la personne."))
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help=N_("Rôle."))
@click.option("--language", type=click.Choice([code.value for code in Language]), default="fr", show_default=True)
@click.option("--password-stdin", is_flag=True, help=N_("Lire le mot de passe sur l’entrée standard."))
def add(email: str, name: str, role: str, language: str, password_stdin: bool) -> None:
    email, name = users.email_of(email), line(name)
    if not users.is_email(email):
        raise click.ClickException(gettext("« %(email)s » n’est pas une adresse de courriel.", email=email))
    if not name:
        raise click.ClickException(gettext("Écrivez le nom de la personne."))
    password_hash = read_password(name, email) if password_stdin else None
    try:
        person = users.add(db.session, email, name, Role(role), Language(language))  # type: ignore[call-arg]
    except users.Refused as refused:
        raise click.ClickException(str(REFUSALS[refused.refusal])) from refused
    if password_hash:
        users.set_password(db.session, person, password_hash)
        db.session.commit()
        click.echo(gettext("Compte créé : %(email)s", email=email))
        return
    token = users.issue_link(db.session, person)
    db.session.commit()
    click.echo(gettext("Compte créé. Ce lien sert une fois, dans les 7 jours :"))
    click.echo(address_of("accounts.choose_password", token))


def read_password(name: str, email: str) -> str:
    """The hash of the password on standard input; its final line feed is not part of it."""
    password = sys.stdin.read().rstrip("\r\n")
    if weak := passwords.weakness(password, name, email):
        raise click.ClickException(str(WEAKNESSES[weak]))
    return passwords.make_hash(password)


@user.command("list", help=N_("Les comptes, un par ligne : courriel, nom, rôle, état, séparés par des tabulations."))
def list_users() -> None:
    for person in db.session.scalars(sa.select(User).order_by(User.email)):
        state = "active" if person.active else "inactive"
        click.echo("\t".join((person.email, person.name, person.role, state)))


def setup_link(app: Flask) -> str | None:
    """The address of the set-up page while the installation has no user, None afterwards; older ones stop working."""
    with app.app_context():
        if not users.nobody_yet(db.session):
            return None
        token = links.issue(db.session, Purpose.SETUP)
        db.session.commit()
        return address_of("accounts.setup", token)
