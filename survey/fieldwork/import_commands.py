"""`recension frame import`, `recension attempts import`: the list, and a study under way, from a file."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext, ngettext

from survey import web
from survey.db import db, now
from survey.fieldwork import attempt_columns, attempt_import, frame_columns, sheets, wordings
from survey.fieldwork import attempt_plan as under_way
from survey.fieldwork import frame as frames
from survey.fieldwork.attempt_moments import Clock
from survey.fieldwork.attempt_words import of_a_file
from survey.fieldwork.column_commands import column_option, require_headings, understood
from survey.fieldwork.frame_lines import Plan
from survey.fieldwork.moment_forms import here
from survey.fieldwork.remarks import Remark, Report
from survey.instrument.grammar import Text
from survey.text import N_

frame = AppGroup("frame", help=N_("Les organisations à joindre."))


@frame.command("import", help=N_("Créer les organisations d’un fichier CSV ou XLSX, toutes ou aucune."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help=N_("Dire ce qui serait fait, sans rien écrire."))
@column_option
def import_frame(file: Path, dry_run: bool, columns: tuple[str, ...]) -> None:
    layout = understood(frame_columns.LAYOUT, columns)
    plan = frames.understand(db.session, contents(file), file.name, layout)
    require_headings(plan.table, columns)
    report(plan)
    if not dry_run:
        frames.carry_out(db.session, plan, None)
        db.session.commit()
    click.echo(summary(plan, dry_run))


def contents(file: Path) -> bytes:
    """What is in a file, which is never too large for that."""
    if file.stat().st_size > sheets.MAX_BYTES:
        raise click.ClickException(web.wording(Text(*sheets.TOO_LARGE)))
    return file.read_bytes()


def report(plan: Report) -> None:
    """Notices on the standard output, errors on the error output, each with its line: with any, it ends there."""
    for remark in plan.notices:
        click.echo(sentence(remark))
    for remark in plan.errors:
        click.echo(sentence(remark), err=True)
    if plan.errors:
        n = len(plan.errors)
        raise click.ClickException(
            ngettext("%(num)d erreur ; rien n’a été importé.", "%(num)d erreurs ; rien n’a été importé.", n)
        )


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
    there = ngettext("%(num)d déjà dans la liste", "%(num)d déjà dans la liste", plan.unchanged)
    people = ngettext("%(num)d personne à joindre", "%(num)d personnes à joindre", plan.people)
    return f"{made}, {there}, {people}." if plan.people else f"{made}, {there}."


attempts = AppGroup("attempts", help=N_("Les démarches faites pour joindre les organisations."))


@attempts.command("import", help=N_("Noter les démarches et les issues d’un fichier CSV ou XLSX, toutes ou aucune."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help=N_("Dire ce qui serait fait, sans rien écrire."))
@column_option
def import_attempts(file: Path, dry_run: bool, columns: tuple[str, ...]) -> None:
    layout = understood(attempt_columns.LAYOUT, columns)
    clock, outcomes = Clock(now(), here()), of_a_file(wordings.spellings(db.session))
    plan = attempt_import.read(contents(file), file.name, clock, outcomes=outcomes, layout=layout)
    require_headings(plan.table, columns)
    attempt_import.find(db.session, plan, clock)
    report(plan)
    if not dry_run:
        attempt_import.carry_out(db.session, plan, clock, None)
        db.session.commit()
    click.echo(told(plan, dry_run))


def told(plan: under_way.Plan, dry_run: bool) -> str:
    said = {"attempts": len(plan.attempts), "there": plan.unchanged, "outcomes": len(plan.outcomes)}
    if dry_run:
        done = N_(
            "Démarches à noter : %(attempts)s ; déjà là : %(there)s ; "
            "issues à changer : %(outcomes)s (rien n’est écrit)."
        )
    else:
        done = N_("Démarches notées : %(attempts)s ; déjà là : %(there)s ; issues changées : %(outcomes)s.")
    return str(gettext(done, **said))
