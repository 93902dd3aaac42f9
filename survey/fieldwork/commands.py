"""`recension frame import`: the sampling frame from the command line."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from survey.db import db
from survey.fieldwork import frame as frames
from survey.fieldwork import sheets
from survey.fieldwork.frame import Plan, Remark


@click.group()
def frame() -> None:
    """The organisations to reach."""


@frame.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@with_appcontext
def import_frame(file: Path, dry_run: bool) -> None:
    """Create the organisations of a CSV or XLSX FILE, all or none."""
    if file.stat().st_size > sheets.MAX_BYTES:
        raise click.ClickException(sheets.TOO_LARGE[0])
    plan = frames.understand(db.session, file.read_bytes(), file.name)
    report(plan)
    if plan.errors:
        raise click.ClickException(f"{file.name} : {len(plan.errors)} erreur(s), rien n’a été importé.")
    if not dry_run:
        frames.carry_out(db.session, plan, None)
        db.session.commit()
    done = "à créer (essai, rien n’est écrit)" if dry_run else "créé(s)"
    click.echo(f"{len(plan.create)} organisme(s) {done}, {plan.unchanged} déjà dans la liste.")


def report(plan: Plan) -> None:
    """Notices on the standard output, errors on the error output, each with its line."""
    for remark in plan.notices:
        click.echo(sentence(remark))
    for remark in plan.errors:
        click.echo(sentence(remark), err=True)


def sentence(remark: Remark) -> str:
    return remark.text.fr if remark.line is None else f"ligne {remark.line} : {remark.text.fr}"
