"""Is this installation well? One finding per thing that can go wrong."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_babel import format_datetime, gettext
from sqlalchemy.orm import Session

from survey import backup, schema
from survey.accounts.secret import is_weak
from survey.db import reader
from survey.fieldwork import mail_settings, reindexing, tally

ROOM_NEEDED = 200 * 1024 * 1024  # bytes
BACKUP_EVERY = dt.timedelta(days=7)


class Health(Enum):
    GOOD = "good"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and a sentence that says so."""

    subject: str
    health: Health
    sentence: str


def examine(config: Mapping[str, Any], folder: Path, engine: sa.Engine) -> Iterator[Finding]:
    """Look at everything in turn. What needs the database is left out when it does not answer or is not up to date.

    The database is only read: nobody who saves meanwhile waits for the examination.
    """
    yield configuration(config)
    yield secret(config)
    yield mail(config)
    yield disk(folder)
    try:
        with reader(engine).connect() as connection:
            findings = [database(connection), structure(connection)]
    except sa.exc.DBAPIError as error:
        yield Finding(gettext("Base de données"), Health.WRONG, unreachable(error))
        return
    yield from findings
    if findings[-1].health is Health.GOOD:
        for look in LOOKS:
            yield look(engine)
    if backup.file_of(engine.url):
        yield backups(folder / "backups")


def configuration(config: Mapping[str, Any]) -> Finding:
    subject = gettext("Configuration")
    if not str(config["BASE_URL"]).startswith(("http://", "https://")):
        sentence = gettext("BASE_URL vaut « %(url)s » ; elle commence par http:// ou https://.", url=config["BASE_URL"])
        return Finding(subject, Health.WRONG, sentence)
    if warning := uncounted_proxy(config):
        return Finding(subject, Health.WARNING, warning)
    lacking = [name for name in ("COLLECTOR", "COLLECTOR_CONTACT") if not config[name]]
    if lacking:
        sentence = gettext("À dire pour que le texte d’ouverture le dise : %(names)s.", names=", ".join(lacking))
        return Finding(subject, Health.WARNING, sentence)
    return Finding(subject, Health.GOOD, gettext("Servie à l’adresse %(url)s.", url=config["BASE_URL"]))


def uncounted_proxy(config: Mapping[str, Any]) -> str | None:
    """What is wrong when TLS says that a proxy stands in front, and the configuration that none does."""
    if not str(config["BASE_URL"]).startswith("https:") or config["TRUSTED_PROXIES"]:
        return None
    return str(
        gettext(
            "TRUSTED_PROXIES vaut 0 derrière un mandataire : tout le monde semble venir de son adresse, et qui devine "
            "des mots de passe ralentit tout le monde. Donnez le nombre de mandataires."
        )
    )


def secret(config: Mapping[str, Any]) -> Finding:
    subject = gettext("Clé secrète")
    if is_weak(str(config["SECRET_KEY"])):
        return Finding(subject, Health.WRONG, gettext("Trop courte ou trop simple : effacez-la, une autre sera faite."))
    return Finding(subject, Health.GOOD, gettext("Assez longue pour ne pas être devinée."))


def mail(config: Mapping[str, Any]) -> Finding:
    subject = gettext("Courriels")
    if said := mail_settings.trouble(config):
        return Finding(subject, Health.WRONG, said)
    if not config["MAIL_HOST"]:
        return Finding(subject, Health.GOOD, gettext("Aucun serveur : l’équipe les envoie elle-même."))
    return Finding(subject, Health.GOOD, gettext("Ils partent par %(host)s.", host=config["MAIL_HOST"]))


def disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    sentence = gettext("%(free)s Mo libres pour %(folder)s.", free=free // 1024**2, folder=folder)
    return Finding(gettext("Espace disque"), Health.GOOD if free >= ROOM_NEEDED else Health.WRONG, sentence)


def unreachable(error: sa.exc.DBAPIError) -> str:
    """Why a database does not answer, without its address nor its password."""
    first = str(error.orig).strip().splitlines()[0].rstrip(".")
    return str(gettext("La base de données ne répond pas : %(reason)s.", reason=first))


def database(connection: sa.Connection) -> Finding:
    version = ".".join(str(part) for part in connection.dialect.server_version_info or ())
    names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
    kind = names.get(connection.dialect.name, connection.dialect.name)
    sentence = gettext("%(kind)s %(version)s répond.", kind=kind, version=version)
    return Finding(gettext("Base de données"), Health.GOOD, sentence)


def structure(connection: sa.Connection) -> Finding:
    subject, revision, newest = gettext("Structure de la base"), schema.current(connection), schema.newest()
    if revision == newest:
        return Finding(subject, Health.GOOD, gettext("À jour (%(revision)s).", revision=revision))
    if revision is None:
        sentence = gettext("La base est vide ; « recension serve » la crée.")
    elif revision in schema.revisions():
        sentence = gettext(
            "À la version %(revision)s au lieu de %(newest)s ; « recension serve » la met à jour.",
            revision=revision,
            newest=newest,
        )
    else:
        sentence = gettext("Écrite par une version plus récente de Recension (%(revision)s).", revision=revision)
    return Finding(subject, Health.WRONG, sentence)


def soundness(engine: sa.Engine) -> Finding:
    """On SQLite, that the file is whole and that no row points at nothing; PostgreSQL sees to it by itself."""
    subject = gettext("Intégrité")
    if engine.dialect.name != "sqlite":
        return Finding(subject, Health.GOOD, gettext("Tenue par le serveur de base de données."))
    with reader(engine).connect() as connection:
        answer = connection.exec_driver_sql("PRAGMA quick_check").scalar_one()
        orphans = len(connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall())
    if answer != "ok":
        return Finding(subject, Health.WRONG, gettext("Le fichier est abîmé ; reprenez la dernière copie de sûreté."))
    if orphans:
        return Finding(subject, Health.WRONG, gettext("Lignes orphelines : %(n)s.", n=orphans))
    return Finding(subject, Health.GOOD, gettext("Fichier entier, aucune ligne orpheline."))


def tallies(engine: sa.Engine) -> Finding:
    subject = gettext("Décomptes")
    with Session(reader(engine)) as session:
        wrong = sum(map(len, tally.differences(session).values()))
    if wrong:
        sentence = gettext(
            "Lignes qui ne correspondent pas aux dossiers : %(n)s. « recension doctor --repair » les corrige.", n=wrong
        )
        return Finding(subject, Health.WRONG, sentence)
    return Finding(subject, Health.GOOD, gettext("Ils correspondent aux dossiers."))


def spellings(engine: sa.Engine) -> Finding:
    subject = gettext("Index de recherche")
    with Session(reader(engine)) as session:
        wrong = reindexing.wrong(session)
    if wrong:
        sentence = gettext(
            "Organisations que la recherche ne trouve pas sous leurs noms : %(n)s. "
            "« recension doctor --repair » les corrige.",
            n=wrong,
        )
        return Finding(subject, Health.WRONG, sentence)
    return Finding(subject, Health.GOOD, gettext("Il connaît les organisations par tous leurs noms."))


def backups(folder: Path) -> Finding:
    subject = gettext("Dernière copie de sûreté")
    if (last := backup.newest(folder)) is None:
        return Finding(subject, Health.WARNING, gettext("Aucune encore dans %(folder)s.", folder=folder))
    at = dt.datetime.fromtimestamp(last.stat().st_mtime, dt.UTC)
    old = dt.datetime.now(dt.UTC) - at > BACKUP_EVERY
    return Finding(subject, Health.WARNING if old else Health.GOOD, f"{format_datetime(at)} ({last.name})")


#: What is looked at when the database answers and is up to date.
LOOKS: tuple[Callable[[sa.Engine], Finding], ...] = (soundness, tallies, spellings)
