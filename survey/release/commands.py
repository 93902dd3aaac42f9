"""`recension release create|list` and `recension export`."""

from __future__ import annotations

from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import AppGroup, with_appcontext
from flask_babel import gettext
from sqlalchemy.orm import Session

from survey.db import db, reader
from survey.release import freezing, table
from survey.release.exporting import FORMATS, export, write_down
from survey.release.models import Release, ReleaseTable, Unit
from survey.text import N_, line
from survey.web import LANGUAGES

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


@click.command("export", help=N_("Écrire une unité d’une version figée dans un fichier."))
@click.option("--format", "form", type=click.Choice(list(FORMATS)), required=True, help=N_("Format du fichier."))
@click.option(
    "--unit",
    type=click.Choice([unit.value for unit in Unit]),
    default="initiative",
    show_default=True,
    help=N_("Ce qu’une ligne compte."),
)
@click.option("--release", "number", type=int, help=N_("Numéro de la version ; la plus récente sinon."))
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
def export_command(form: str, unit: str, number: int | None, language: str, path: Path) -> None:
    with Session(reader(db.engine)) as session:
        found = chosen(session, number)
        kept = held(session, found, Unit(unit))
    try:
        export(kept, form, language, path)
    except (OSError, ValueError) as error:
        raise click.ClickException(
            gettext("Le fichier %(file)s n’a pas pu être écrit : %(reason)s", file=path, reason=error)
        ) from error
    with db.writing() as connection:
        write_down(connection, found, None, f"{unit} {form} {language} {kept.row_count}")
    said = gettext(
        "%(file)s : version %(number)s, %(unit)s, %(count)s lignes",
        file=path,
        number=found.id,
        unit=unit,
        count=kept.row_count,
    )
    click.echo(said, err=True)


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


def held(session: Session, found: Release, unit: Unit) -> table.Table:
    """The table of a unit; a release from before there was such a unit is told apart in a sentence."""
    try:
        return table.load(session, found, unit)
    except LookupError:
        said = gettext("La version %(number)s a été figée avant que cette unité existe.", number=found.id)
        raise click.ClickException(said) from None
