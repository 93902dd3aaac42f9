"""`recension remind`: what is due is written, then sent; for cron."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import gettext, ngettext

from survey.db import db, now
from survey.fieldwork import mail_settings, messages, reminders, scheduling, sending
from survey.fieldwork.mailing import Server
from survey.fieldwork.message_texts import Study
from survey.fieldwork.scheduling import Planned
from survey.fieldwork.sending import Outcome
from survey.instrument.codes import MessageStatus
from survey.text import N_


@click.command("remind", help=N_("Préparer les relances et les rappels dus, puis envoyer ce qui est prêt ; pour cron."))
@click.option("--dry-run", is_flag=True, help=N_("Dire ce qui serait fait, sans rien écrire ni envoyer."))
@click.pass_context
@with_appcontext
def remind_command(ctx: click.Context, dry_run: bool) -> None:
    steps, server = settings()
    at = now()
    planned = scheduling.plan(db.session, Study.of(current_app.config), steps, at)
    due = sending.due(db.session, at)
    if dry_run:
        db.session.rollback()
        report(planned)
        click.echo(ngettext("%(num)d courriel serait à envoyer.", "%(num)d courriels seraient à envoyer.", len(due)))
        return
    db.session.commit()
    report(planned)
    outcomes = Counter[Outcome]()
    if server is None:
        click.echo(
            ngettext("%(num)d courriel à envoyer à la main.", "%(num)d courriels à envoyer à la main.", len(due))
        )
    else:
        outcomes = send_all(server, due)
    doubtful = messages.counted(db.session)[MessageStatus.SENDING]
    if doubtful:
        said = ngettext(
            "%(num)d courriel peut-être parti : la page des courriels le montre.",
            "%(num)d courriels peut-être partis : la page des courriels les montre.",
            doubtful,
        )
        click.echo(said, err=True)
    if outcomes[Outcome.FAILED] or outcomes[Outcome.LATER] or outcomes[Outcome.AWAY] or outcomes[Outcome.MAYBE]:
        ctx.exit(1)


def settings() -> tuple[tuple[int, ...], Server | None]:
    """The steps of the ladder and the mail server."""
    config = current_app.config
    if said := mail_settings.trouble(config):
        raise click.ClickException(said)
    return reminders.ladder(config["REMINDER_DAYS"]), Server.of(config)


def report(planned: Planned) -> None:
    """What was written, in words."""
    reminded = ngettext("%(num)d relance préparée", "%(num)d relances préparées", planned.reminders)
    eves = ngettext("%(num)d rappel de la veille préparé", "%(num)d rappels de la veille préparés", planned.eves)
    click.echo(f"{reminded}, {eves}.")
    if planned.nobody:
        said = ngettext(
            "%(num)d relance n’a personne à qui aller, l’adresse manque : %(names)s.",
            "%(num)d relances n’ont personne à qui aller, l’adresse manque : %(names)s.",
            len(planned.nobody),
            names=quoted(planned.nobody),
        )
        click.echo(said, err=True)
    if planned.eves_to_nobody:
        said = ngettext(
            "%(num)d rappel de la veille n’a personne à qui aller, l’adresse manque : %(names)s.",
            "%(num)d rappels de la veille n’ont personne à qui aller, l’adresse manque : %(names)s.",
            len(planned.eves_to_nobody),
            names=quoted(planned.eves_to_nobody),
        )
        click.echo(said, err=True)
    say_dropped(planned.dropped)


def quoted(names: Sequence[str]) -> str:
    """The names of organisations, between quotation marks."""
    return ", ".join(gettext("« %(name)s »", name=name) for name in names)


def say_dropped(gone: int) -> None:
    if gone:
        click.echo(
            ngettext("%(num)d courriel sans objet, abandonné.", "%(num)d courriels sans objet, abandonnés.", gone)
        )


def send_all(server: Server, due: Sequence[int]) -> Counter[Outcome]:
    """Send one after the other, until the server is away; says what came of it."""
    outcomes = Counter[Outcome]()
    for message_id in due:
        outcome = sending.send(db.session, server, message_id, None)
        outcomes[outcome] += 1
        if outcome is Outcome.AWAY:
            click.echo(gettext("Le serveur de courriel ne répond pas ; ce qui est prêt le reste."), err=True)
            break
    click.echo(ngettext("%(num)d courriel envoyé.", "%(num)d courriels envoyés.", outcomes[Outcome.SENT]))
    if outcomes[Outcome.FAILED]:
        refused = outcomes[Outcome.FAILED]
        click.echo(ngettext("%(num)d courriel refusé.", "%(num)d courriels refusés.", refused), err=True)
    if outcomes[Outcome.LATER]:
        later = outcomes[Outcome.LATER]
        said = ngettext("%(num)d courriel à reprendre plus tard.", "%(num)d courriels à reprendre plus tard.", later)
        click.echo(said, err=True)
    say_dropped(outcomes[Outcome.STOPPED])
    return outcomes
