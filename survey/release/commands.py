"""`recension release create|list` and `recension export`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from flask_babel import gettext
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.accounts.permissions import RELEASE
from survey.accounts.views import recognise
from survey.db import db, reader
from survey.release import comparing, freezing, table
from survey.release.exporting import FORMATS, Order, Shut, export, needed, prepare, write_down
from survey.release.models import Release, ReleaseTable, Unit
from survey.release.shapes import Shape
from survey.release.tiers import Tier
from survey.text import N_, line
from survey.web import LANGUAGES, wording

release = AppGroup("release", help=N_("Figer les données, et voir les versions figées."))


@release.command("create", help=N_("Figer les données telles qu’elles sont."))
@click.option("--note", help=N_("À quoi sert cette version."))
def create(note: str | None) -> None:
    made = freezing.create(db.session, None, line(note) if note else None)
    counts = ", ".join(f"{kept.unit.value} {kept.row_count}" for kept in made.tables)
    said = gettext(
        "Version %(number)s figée (%(counts)s). SHA-256 %(sha)s", number=made.id, counts=counts, sha=made.sha256
    )
    db.session.commit()
    click.echo(said)


@release.command("list", help=N_("Une version par ligne : numéro, date, SHA-256, lignes de chaque unité, note."))
def listing() -> None:
    counts: dict[int, list[str]] = {}
    rows = sa.select(ReleaseTable.release_id, ReleaseTable.unit, ReleaseTable.row_count).order_by(ReleaseTable.unit)
    for kept in db.session.execute(rows):
        counts.setdefault(kept.release_id, []).append(f"{kept.unit.value}={kept.row_count}")
    for made in db.session.scalars(sa.select(Release).order_by(Release.id)):
        columns = (str(made.id), f"{made.created_at:%Y-%m-%dT%H:%M:%SZ}", made.sha256, " ".join(counts[made.id]))
        click.echo("\t".join((*columns, made.note or "")))


def names(options: type[StrEnum]) -> click.Choice[str]:
    """The values of a list, as choices of an option."""
    return click.Choice([one.value for one in options])


@release.command("compare", help=N_("Dire ce qui a changé d’une version à une autre."))
@click.argument("one", type=int)
@click.argument("other", type=int)
def compare(one: int, other: int) -> None:
    for changes in comparing.compare(db.session, chosen(db.session, one), chosen(db.session, other)):
        unit, rows = changes.unit.value, changes.rows
        counts = f"+{len(changes.added)} -{len(changes.removed)} ~{len(changes.changed)}"
        click.echo(f"{unit}\t{rows[0]} → {rows[1]}\t{counts}")
        for sign, variables in (
            ("+", changes.new_variables),
            ("-", changes.gone_variables),
            ("≠", changes.described_anew),
        ):
            for name in variables:
                click.echo(f"{unit}\t{sign}\t{name}")
        for name, count in changes.cells.items():
            click.echo(f"{unit}\t~\t{name}\t{count}")


@click.command("export", help=N_("Écrire une unité d’une version figée dans un fichier, avec son manifeste à côté."))
@click.option("--format", "form", type=click.Choice(list(FORMATS)), required=True, help=N_("Format du fichier."))
@click.option("--unit", type=names(Unit), default="initiative", show_default=True, help=N_("Ce qu’une ligne compte."))
@click.option("--release", "number", type=int, help=N_("Numéro de la version ; la plus récente sinon."))
@click.option("--working", is_flag=True, help=N_("Les données telles qu’elles sont, sans rien figer."))
@click.option("--tier", type=names(Tier), default="research", show_default=True, help=N_("Niveau de confidentialité."))
@click.option(
    "--shape",
    type=names(Shape),
    default="long",
    show_default=True,
    help=N_("Longue, ou large : une ligne par dossier."),
)
@click.option("--reason", help=N_("Pour quoi faire ; obligatoire au niveau « identified »."))
@click.option("--user", "email", help=N_("Votre courriel ; au niveau « identified », votre mot de passe est demandé."))
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="fr", show_default=True, help=N_("Langue des libellés.")
)
@click.option(
    "-o",
    "--output",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help=N_("Fichier à écrire ; il n’existe qu’entier."),
)
@with_appcontext
def export_command(
    form: str,
    unit: str,
    number: int | None,
    working: bool,
    tier: str,
    shape: str,
    reason: str | None,
    email: str | None,
    language: str,
    path: Path,
) -> None:
    order = Order(Unit(unit), form, language, Tier(tier), Shape(shape))
    user_id = allowed(order, reason, email)
    if working and number is not None:
        raise click.UsageError(gettext("Un export de travail n’est d’aucune version : donnez --working ou --release."))
    with Session(reader(db.engine)) as session:
        found = freezing.working(session) if working else chosen(session, number)
        try:
            prepared = prepare(found, kept(session, found, order), order, current_app.config["SECRET_KEY"])
            export(prepared, path)
        except Shut as shut:
            raise click.UsageError(wording(shut.why)) from shut
        except (OSError, ValueError) as error:
            raise click.ClickException(
                gettext("Le fichier %(file)s n’a pas pu être écrit : %(reason)s", file=path, reason=error)
            ) from error
    with db.writing() as connection:
        write_down(connection, prepared, user_id, line(reason or ""))
    said = gettext(
        "%(file)s : version %(number)s, %(unit)s, %(count)s lignes",
        file=path,
        number=found.id or gettext("de travail"),
        unit=unit,
        count=prepared.table.row_count,
    )
    click.echo(said, err=True)


def allowed(order: Order, reason: str | None, email: str | None) -> int | None:
    """Who asks, where names of persons leave: for a reason and with a password. Nobody by name else."""
    if order.tier is not Tier.IDENTIFIED:
        return None
    if not (reason and line(reason)) or not email:
        raise click.UsageError(
            gettext("Au niveau « identified », dites pour quoi faire (--reason) et qui vous êtes (--user).")
        )
    password = click.prompt(gettext("Votre mot de passe"), hide_input=True, err=True)
    user_id = recognise(email, password)
    user = db.session.get(User, user_id) if user_id else None
    may = user is not None and user.role in RELEASE
    db.session.commit()
    if not may:
        raise click.ClickException(
            gettext("Ce courriel et ce mot de passe ne sont pas ceux de quelqu’un qui peut exporter.")
        )
    return user_id


def chosen(session: Session, number: int | None) -> Release:
    """The release of that number, the newest for None; where there is none, a sentence says what to do."""
    found = table.newest(session) if number is None else session.get(Release, number)
    if found is not None:
        return found
    if number is None:
        raise click.ClickException(gettext("Aucune version n’est figée. Créez-en une : recension release create"))
    raise click.ClickException(
        gettext("La version %(number)s n’existe pas. Pour voir les versions : recension release list", number=number)
    )


def kept(session: Session, found: Release, order: Order) -> dict[Unit, ReleaseTable]:
    """What the release keeps for an order; a release from before there was such a unit is told apart in a sentence."""
    try:
        return needed(session, found, order)
    except LookupError:
        said = gettext("La version %(number)s a été figée avant que cette unité existe.", number=found.id)
        raise click.ClickException(said) from None
