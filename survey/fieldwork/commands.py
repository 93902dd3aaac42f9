"""`recension frame import`: the sampling frame from the command line."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext, ngettext

from survey import web
from survey.db import db
from survey.fieldwork import frame as frames
from survey.fieldwork import sheets
from survey.fieldwork.frame import Plan, Remark
from survey.instrument.grammar import Text
from survey.text import N_

frame = AppGroup("frame", help=N_("Les organisations à joindre."))


@frame.command("import", help=N_("Créer les organisations d’un fichier CSV ou XLSX, toutes ou aucune."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help=N_("Dire ce qui serait fait, sans rien écrire."))
def import_frame(file: Path, dry_run: bool) -> None:
    if file.stat().st_size > sheets.MAX_BYTES:
        raise click.ClickException(web.wording(Text(*sheets.TOO_LARGE)))
    plan = frames.understand(db.session, file.read_bytes(), file.name)
    report(plan)
    if plan.errors:
        n = len(plan.errors)
        raise click.ClickException(
            ngettext("%(num)d erreur; rien n’a été importé.", "%(num)d erreurs; rien n’a été importé.", n)
        )
    if not dry_run:
        frames.carry_out(db.session, plan, None)
        db.session.commit()
    click.echo(summary(plan, dry_run))


def report(plan: Plan) -> None:
    """Notices on the standard output, errors on the error output, each with its line."""
    for remark in plan.notices:
        click.echo(sentence(remark))
    for remark in plan.errors:
        click.echo(sentence(remark), err=True)


def sentence(remark: Remark) -> str:
    text = web.wording(remark.text)
    return text if remark.line is None else gettext("ligne %(line)d : %(text)s", line=remark.line, text=text)


def summary(plan: Plan, dry_run: bool) -> str:
    n = len(plan.create)
    if dry_run:
        made = ngettext(
            "%(num)d organisation serait créée (rien n’est écrit)",
            "%(num)d organisations seraient créées (rien n’est écrit)",
            n,
        )
    else:
        made = ngettext("%(num)d organisation créée", "%(num)d organisations créées", n)
    return f"{made}, {ngettext('%(num)d déjà dans la liste', '%(num)d déjà dans la liste', plan.unchanged)}."
