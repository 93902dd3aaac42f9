"""`recension token add|list|revoke`: what scripts show to read releases."""

from __future__ import annotations

import click
import sqlalchemy as sa
from flask.cli import AppGroup
from flask_babel import gettext

from survey.accounts import tokens, users
from survey.accounts.models import AccessToken, Reach, User
from survey.accounts.permissions import RELEASE
from survey.db import db
from survey.text import N_, line

token = AppGroup("token", help=N_("Les jetons avec lesquels des scripts lisent les versions figées."))


@token.command("add", help=N_("Faire un jeton au nom d’une personne qui peut exporter ; il n’est imprimé qu’une fois."))
@click.argument("email")
@click.option("--name", required=True, help=N_("Ce qui montrera le jeton."))
@click.option(
    "--days",
    type=click.IntRange(1, tokens.MOST),
    default=tokens.USUAL,
    show_default=True,
    help=N_("Nombre de jours où il sert."),
)
@click.option(
    "--tier",
    type=click.Choice([reach.value for reach in Reach]),
    default=Reach.RESEARCH.value,
    show_default=True,
    help=N_("Niveau de confidentialité ; « identified » ne s’ouvre à aucun jeton."),
)
def add(email: str, name: str, days: int, tier: str) -> None:
    person = db.session.scalar(sa.select(User).where(User.email == users.email_of(email)))
    if person is None or not person.active or person.role not in RELEASE:
        raise click.ClickException(gettext("Ce courriel n’est pas celui de quelqu’un qui peut exporter."))
    if not line(name):
        raise click.ClickException(gettext("Dites à quoi ce jeton servira."))
    made = tokens.issue(db.session, person.id, line(name), days, Reach(tier), by=None)
    db.session.commit()
    click.echo(gettext("Copiez ce jeton : il ne sera plus montré."), err=True)
    click.echo(made)


@token.command(
    "list",
    help=N_("Un jeton par ligne : numéro, courriel, nom, niveau, début, fin, dernier usage, état ; tabulations."),
)
def list_tokens() -> None:
    for one in tokens.of(db.session):
        moments = (
            f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else "" for at in (one.created_at, one.expires_at, one.last_used_at)
        )
        state = tokens.state(one).name.lower()
        click.echo("\t".join((str(one.id), one.user.email, one.name, one.tier.value, *moments, state)))


@token.command("revoke", help=N_("Révoquer un jeton par son numéro : il n’ouvre plus rien, pour de bon."))
@click.argument("number", type=int)
def revoke(number: int) -> None:
    one = db.session.get(AccessToken, number)
    if one is None:
        raise click.ClickException(gettext("Il n’y a pas de jeton de ce numéro."))
    tokens.revoke(db.session, one, by=None)
    db.session.commit()
    click.echo(gettext("Le jeton « %(name)s » est révoqué.", name=one.name))
