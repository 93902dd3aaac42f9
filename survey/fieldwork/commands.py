"""`recension rates`, `recension referrals`: what came of the list, and its snowball."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from fractions import Fraction

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from flask_babel import gettext

from survey import web
from survey.db import db, now
from survey.fieldwork import retention, waves
from survey.fieldwork.models import Wave
from survey.fieldwork.rates import Outcome
from survey.instrument.codes import TargetPopulation
from survey.text import N_

referrals = AppGroup("referrals", help=N_("Les organisations et les personnes nommées par d’autres."))


@referrals.command("expire", help=N_("Effacer les coordonnées nommées par un tiers qui n’ont pas servi à temps."))
@click.option("--dry-run", is_flag=True, help=N_("Dire ce qui serait fait, sans rien écrire."))
def expire_referrals(dry_run: bool) -> None:
    days = current_app.config["REFERRAL_DAYS"]
    gone = retention.expire(db.session, now(), days, dry_run=dry_run)
    if not dry_run:
        db.session.commit()
    said = {"referrals": gone.referrals, "persons": gone.persons, "days": days}
    if dry_run:
        click.echo(
            gettext(
                "Nommées il y a plus de %(days)s jours sans avoir servi, à effacer : mentions %(referrals)s, "
                "personnes à joindre %(persons)s (rien n’est écrit).",
                **said,
            )
        )
    else:
        click.echo(
            gettext(
                "Nommées il y a plus de %(days)s jours sans avoir servi, effacées : mentions %(referrals)s, "
                "personnes à joindre %(persons)s.",
                **said,
            )
        )


@click.command("rates", help=N_("Les taux de la collecte, chacun avec son numérateur et son dénominateur."))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--population",
    type=click.Choice([population.value for population in TargetPopulation]),
    help=N_("De qui parlent les taux ; sinon la population énoncée pour la vague, ou à défaut les deux lectures."),
)
@click.option("--wave", "number", type=int, help=N_("Le numéro d’une vague ; sinon celle qui est en cours."))
@with_appcontext
def rates_command(form: str, population: str | None, number: int | None) -> None:
    wave = next((one for one in waves.every(db.session) if number in (None, one.number)), None)
    if wave is None and number is not None:
        raise click.ClickException(gettext("Il n’y a pas de vague %(n)s.", n=number))
    if wave is None:
        raise click.ClickException(gettext("La liste est vide : il n’y a pas encore de taux."))
    readings = waves.read_as(waves.standing(db.session, wave), wave)
    chosen = TargetPopulation.of(population) if population else wave.population or TargetPopulation.WITH_INITIATIVES
    if form == "json":
        said = whole(wave, chosen, readings) | {"by": in_parts(wave, chosen)}
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    stated = population or wave.population
    for one in [chosen] if stated else readings:
        click.echo(in_words(one, readings[one]))


def whole(wave: Wave, chosen: TargetPopulation, readings: Mapping[TargetPopulation, Outcome]) -> dict[str, object]:
    """The rates of a wave under one target population, and under the others beside it."""
    return {
        "wave": wave.number,
        "unit": "organisation",
        "population": chosen.value,
        "population_stated": wave.population is not None,
        "e_method": wave.e_method or "(I+P+R+NC+O)/(I+P+R+NC+O+NE)",
        **side_by_side(chosen, readings),
    }


def side_by_side(chosen: TargetPopulation, readings: Mapping[TargetPopulation, Outcome]) -> dict[str, object]:
    others = {other.value: in_json(outcome) for other, outcome in readings.items() if other is not chosen}
    return {**in_json(readings[chosen]), "other_readings": others}


#: What scripts call the parts of a wave.
PARTS = {"region": "region_code", "type": "kind", "source": "source", "snowball_wave": "snowball_wave"}


def in_parts(wave: Wave, chosen: TargetPopulation) -> dict[str, dict[str, object]]:
    """The same for each region, type, source and snowball wave that has cases, by its code; "" for those of none."""
    return {
        name: {
            "" if value is None else str(value): side_by_side(chosen, readings)
            for value, readings in waves.read_by(db.session, wave, part).items()
        }
        for name, part in PARTS.items()
    }


def in_json(outcome: Outcome) -> dict[str, object]:
    """An outcome as scripts read it: plain numbers, null where a rate cannot be reckoned."""

    def number(value: Fraction | None) -> float | int | None:
        return None if value is None else int(value) if value.denominator == 1 else float(value)

    rates = {
        name: {part: number(getattr(rate, part)) for part in ("numerator", "denominator", "value")}
        for name, rate in outcome.rates.items()
    }
    return {"counts": asdict(outcome.counts), "e": number(outcome.e), "rates": rates}


def in_words(population: TargetPopulation, outcome: Outcome) -> str:
    counts = " ".join(f"{code}={n}" for code, n in asdict(outcome.counts).items())
    e = gettext("non calculable") if outcome.e is None else web.figure(outcome.e)
    lines = [
        f"{name}\t{web.figure(r.numerator)} / {web.figure(r.denominator)}\t{web.percent(r.value)}"
        for name, r in outcome.rates.items()
    ]
    return "\n".join([web.wording(population.label), counts, f"e = {e}", *lines])
