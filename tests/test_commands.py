"""The commands as they are typed: what they print, what they leave behind, and the status they end with."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo

from survey import backup, create_app, schema, served_app, serving
from survey.cli import TRANSLATIONS
from survey.db import create_engine
from survey.doctor import Health, examine
from tests import databases

LATER = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9000", "{before}"


def upgrade():
    op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))
"""

RECENSION = Path(sys.executable).with_name("recension")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "instance"


@pytest.fixture
def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RECENSION_")}
    return kept | {"RECENSION_INSTANCE": str(folder), "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def instance(folder: Path) -> str:
    """An installation whose database is up to date; the address of the database."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'recension.sqlite'}"
    schema.upgrade(url)
    return url


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([RECENSION, *arguments], env=environment, capture_output=True, text=True, timeout=120)
    assert "Traceback" not in done.stdout + done.stderr
    return done


@contextmanager
def serving_in(
    environment: dict[str, str], *arguments: str, program: tuple[str | Path, ...] = (RECENSION,)
) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A server, and the lines it printed until it answered."""
    command = [*program, "serve", "--port", "0", *arguments]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        assert server.stdout is not None
        printed: list[str] = []
        try:
            while not any("Ctrl-C" in line for line in printed):
                line = server.stdout.readline()
                assert line, "".join(printed)
                printed.append(line)
            yield server, printed
        finally:
            if server.poll() is None:
                server.send_signal(signal.SIGTERM)
            server.wait(timeout=60)


def address_in(printed: list[str]) -> str:
    return next(word for line in printed for word in line.split() if word.startswith("http://127.0.0.1:"))


def page(url: str) -> str:
    """What a server answers, once it listens."""
    host, port = url.removeprefix("http://").split("/")[0].split(":")
    while True:
        with socket.socket() as knock:
            if knock.connect_ex((host, int(port))) == 0:
                break
    with urllib.request.urlopen(url, timeout=60) as answer:  # follows to the log-in
        return str(answer.read().decode())


def test_serve_makes_the_database_prints_the_link_answers_and_stops(environment, folder):
    with serving_in(environment) as (server, printed):
        assert server.stdout is not None
        link = ""
        while "/setup/" not in link:
            link = server.stdout.readline()
        assert link.strip().startswith(address_in(printed))
        assert "<h1" in page(link.strip())
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=60) == 0
    assert (folder / "recension.sqlite").stat().st_size > 0
    assert (folder / "secret_key").stat().st_mode & 0o077 == 0


def test_ctrl_c_stops_the_server(environment, instance):
    with serving_in(environment) as (server, printed):
        page(address_in(printed))
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=60) == 0
        assert server.stdout is not None
        assert "Traceback" not in server.stdout.read()


def test_what_is_imported_is_left_out_of_the_rounds_of_the_garbage_collector():
    said = "import gc, survey; print(gc.isenabled(), gc.get_freeze_count() > 100_000)"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, timeout=120)
    assert done.stdout == "True True\n", done.stderr


def test_the_worker_is_a_copy_of_the_command_where_linux_makes_copies(environment, instance):
    start = "import multiprocessing; multiprocessing.set_start_method('spawn'); from survey.cli import main; main()"
    with serving_in(environment, program=(sys.executable, "-c", start)) as (server, printed):
        page(address_in(printed))
        workers = [pid for of in Path(f"/proc/{server.pid}/task").glob("*/children") for pid in of.read_text().split()]
        assert not [pid for pid in workers if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_a_worker_serves_the_application_that_the_command_made(instance):
    app = create_app({"DATABASE_URL": instance})
    with app.app_context():
        assert served_app() is app
    app.extensions["db"]["engine"].dispose()


def test_a_busy_port_is_said_in_a_sentence(environment, instance):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = run(environment, "serve", "--port", str(other.getsockname()[1]))
    assert done.returncode == 1
    assert "Choisissez un autre --port" in done.stderr
    assert not done.stdout


def test_a_weak_key_never_serves_other_machines(environment, instance):
    done = run(environment | {"RECENSION_SECRET_KEY": "secret"}, "serve", "--host", "0.0.0.0", "--port", "0")
    assert (done.returncode, done.stdout) == (1, "")
    assert "clé secrète" in done.stderr


def test_a_copy_is_kept_before_a_migration_and_only_then(instance, folder, tmp_path, monkeypatch):
    engine, backups = create_engine(instance), folder / "backups"
    assert serving.bring_up_to_date(engine, backups) is None
    before = schema.newest()
    later = shutil.copytree(schema.MIGRATIONS, tmp_path / "migrations")
    (later / "versions" / "9000_later.py").write_text(LATER.format(before=before))
    monkeypatch.setattr(schema, "MIGRATIONS", later)
    kept = serving.bring_up_to_date(engine, backups)
    with engine.connect() as connection:
        assert schema.current(connection) == "9000"
        assert sa.inspect(connection).has_table("later")
    engine.dispose()
    assert kept is not None
    assert backup.newest(backups) == kept
    assert list(backups.iterdir()) == [kept]
    with closing(sqlite3.connect(kept)) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [(before,)]


def test_a_copy_that_cannot_be_made_leaves_nothing_behind(tmp_path):
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"this was a database once" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        backup.keep(broken, tmp_path / "backups", "0001")
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_database_of_a_later_version_is_left_alone(environment, instance):
    engine = create_engine(instance)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    done = run(environment, "serve", "--port", "0")
    assert done.returncode == 1
    assert "version plus récente" in done.stderr
    assert run(environment, "doctor").returncode == 1


def test_doctor_is_content_with_a_good_installation(environment, instance):
    done = run(environment, "doctor")
    assert done.returncode == 0, done.stdout
    assert "✗" not in done.stdout
    assert len(done.stdout.splitlines()) == 10


def test_a_proxy_that_is_not_counted_is_said_by_the_server_and_the_doctor(environment, instance):
    environment["RECENSION_BASE_URL"] = "https://recension.exemple.test"
    assert "! Configuration" in (said := run(environment, "doctor").stdout)
    assert "TRUSTED_PROXIES" in said
    with serving_in(environment) as (_server, printed):
        assert "TRUSTED_PROXIES" in "".join(printed)
    environment["RECENSION_TRUSTED_PROXIES"] = "1"
    assert "TRUSTED_PROXIES" not in run(environment, "doctor").stdout
    with serving_in(environment) as (_server, printed):
        assert "TRUSTED_PROXIES" not in "".join(printed)
    environment["RECENSION_TRUSTED_PROXIES"] = "oui"
    done = run(environment, "doctor")
    assert done.returncode == 1
    assert "RECENSION_TRUSTED_PROXIES est un nombre" in done.stderr


@pytest.mark.parametrize(
    ("setting", "value"),
    [("MAIL_FROM", ""), ("MAIL_PORT", "beaucoup"), ("MAIL_TLS", "peut-être"), ("REMINDER_DAYS", "5, 2")],
)
def test_doctor_says_which_setting_of_the_mail_is_wrong(environment, instance, setting, value):
    good = {"MAIL_HOST": "courriel.exemple.test", "MAIL_FROM": "Recension <recension@exemple.test>"}
    environment |= {f"RECENSION_{name}": given for name, given in good.items()}
    assert "✓ Courriels" in run(environment, "doctor").stdout
    environment[f"RECENSION_{setting}"] = value
    done = run(environment, "doctor")
    assert done.returncode == 1
    assert [line for line in done.stdout.splitlines() if setting in line and line.startswith("✗ Courriels")]


def test_what_an_installation_keeps_is_for_its_owner_alone(environment, folder):
    folder.mkdir(0o755)
    with serving_in(environment):
        kept = {path.name: path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())}
    assert kept == dict.fromkeys(kept, 0)


def test_doctor_says_what_an_empty_installation_lacks(environment):
    done = run(environment, "doctor")
    assert done.returncode == 1
    assert "La base est vide" in done.stdout


def test_doctor_sees_a_tally_that_has_drifted_and_a_row_that_points_at_nothing(environment, instance):
    with closing(sqlite3.connect(instance.removeprefix("sqlite:///"))) as database:
        database.execute("INSERT INTO case_tally VALUES (1, '', 0, 'not_contacted', 3)")
        database.execute("INSERT INTO person (organisation_id, name) VALUES (7, 'Personne')")
        database.commit()
    done = run(environment, "doctor")
    assert done.returncode == 1
    assert [line.split()[1] for line in done.stdout.splitlines() if line.startswith("✗")] == ["Intégrité", "Décomptes"]
    assert "recension doctor --repair" in done.stdout
    repaired = run(environment, "doctor", "--repair").stdout.splitlines()
    assert repaired[0] == "Lignes des décomptes corrigées\N{NO-BREAK SPACE}: 1."
    assert [line.split()[1] for line in repaired if line.startswith("✗")] == ["Intégrité"]


def test_doctor_looks_while_a_colleague_saves(instance, tmp_path):
    app = create_app({"DATABASE_URL": instance, "LANGUAGE": "fr"})
    engine = app.extensions["db"]["engine"]
    with engine.begin() as colleague, app.app_context():
        colleague.execute(sa.text("UPDATE person SET name = name"))
        findings = list(examine(app.config, tmp_path, engine))
    engine.dispose()
    assert [finding for finding in findings if finding.health is Health.WRONG] == []


def test_messages_in_english_are_spaced_as_in_english(environment, instance):
    assert ": " in run(environment, "--lang", "en", "doctor").stdout
    done = run(environment | {"RECENSION_DATABASE_URL": "nonsense"}, "--lang", "en", "doctor")
    assert done.stderr.startswith("recension: ")
    assert "\N{NO-BREAK SPACE}:" not in done.stderr + run(environment, "--lang", "en", "doctor").stdout


def test_a_demonstration_is_served_to_this_machine_alone(environment, instance, folder):
    (folder / "config.py").write_text("DEMO = True\n")
    for command in ("serve", "demo"):
        done = run(environment, command, "--host", "0.0.0.0", "--port", "0")
        assert (done.returncode, done.stdout) == (1, "")
        assert "phrase de passe de la démonstration est publique" in done.stderr


def test_a_demonstration_leaves_alone_a_database_named_without_its_instance(environment, tmp_path):
    named = tmp_path / "team.sqlite"
    del environment["RECENSION_INSTANCE"]
    done = run(environment | {"RECENSION_DATABASE_URL": f"sqlite:///{named}"}, "demo", "--no-serve")
    assert (done.returncode, done.stdout) == (1, "")
    assert "RECENSION_DATABASE_URL est définie" in done.stderr
    assert not named.exists()


def test_doctor_examines_postgresql(tmp_path):
    with databases.postgresql() as url:
        schema.upgrade(url)
        app = create_app({"DATABASE_URL": url, "LANGUAGE": "fr"})
        engine = app.extensions["db"]["engine"]
        with app.app_context():
            findings = list(examine(app.config, tmp_path, engine))
        engine.dispose()
    assert Health.WRONG not in {finding.health for finding in findings}
    assert any(finding.sentence.startswith("PostgreSQL ") for finding in findings)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "n’est pas l’adresse d’une base de données"),
        ("postgresql://someone:hidden@127.0.0.1:1/nothing", "ne répond pas"),
        ("sqlite:////nowhere/at/all.sqlite", "ne répond pas"),
    ],
)
def test_a_database_that_does_not_answer_is_said_in_a_sentence(environment, url, sentence):
    done = run(environment | {"RECENSION_DATABASE_URL": url}, "serve", "--port", "0")
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "hidden" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_commands_speak_french_unless_asked(environment, instance):
    assert "Clé secrète" in run(environment, "doctor").stdout
    assert "Clé secrète" not in run(environment, "--lang", "en", "doctor").stdout
    assert "Clé secrète" not in run(environment | {"LANG": "en_CA.UTF-8"}, "doctor").stdout
    assert "serve" in run(environment, "--help").stdout


def test_flask_offers_the_same_commands(environment, instance):
    program = RECENSION.with_name("flask")
    done = subprocess.run([program, "--app", "survey", "doctor"], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    same = [
        [line for line in said.splitlines() if " Mo " not in line]
        for said in (done.stdout, run(environment, "doctor").stdout)
    ]
    assert same[0] == same[1] != []


MISTAKES = [
    (("nothing",), "La commande 'nothing' n’existe pas.", "No such command 'nothing'."),
    (("serve", "--nope"), "L’option '--nope' n’existe pas.", "No such option '--nope'."),
    (("serve", "--port", "x"), "Valeur refusée pour '--port' : 'x' n’est pas un nombre", "'x' is not a valid integer"),
    (("--lang", "de", "doctor"), "'de' n’est pas parmi 'fr', 'en'.", "'de' is not one of 'fr', 'en'."),
    (("user", "add"), "Il manque l’argument 'EMAIL'.", "Missing argument 'EMAIL'."),
    (("frame", "import", "/nowhere"), "'/nowhere' n’existe pas.", "'/nowhere' does not exist."),
]


@pytest.mark.parametrize(("typed", "french", "english"), MISTAKES)
def test_a_command_that_is_mistyped_is_corrected_in_french_or_english_with_status_2(
    environment, typed, french, english
):
    done = run(environment, *typed)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage\N{NO-BREAK SPACE}: recension ")
    assert french.replace(" :", "\N{NO-BREAK SPACE}:") in done.stderr.splitlines()[-1]
    assert not {"Usage:", "Error", "Try", "help."} & set(done.stderr.split())
    done = run(environment | {"LANG": "en_CA.UTF-8"}, *typed)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: recension ")
    assert english in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("typed", [(), ("user",), ("serve",), ("user", "add")])
def test_help_is_in_one_language(environment, typed):
    said = run(environment, *typed, "--help").stdout
    assert "Montrer cette aide." in said
    assert not re.search("Usage:|Options:|Commands|Show this|default:|required", said)
    assert "Show this message and exit." in run(environment | {"LANG": "en_CA.UTF-8"}, *typed, "--help").stdout


def test_every_sentence_of_click_has_its_french():
    with (TRANSLATIONS / "fr" / "LC_MESSAGES" / "click.mo").open("rb") as file:
        french = {singular(message.id): message.string for message in read_mo(file)}
    said = {singular(message): message for _, _, message, _, _ in extract_from_dir(str(Path(click.__file__).parent))}
    assert not (said.keys() - french.keys()), "Run `make translations`, then fill these in click.po and run it again."
    strange = [key for key, sentence in said.items() if not names(french[key]) <= names(sentence)]
    assert not strange, "The French fills in what click does not give."


def singular(sentence: str | Sequence[str]) -> str:
    return sentence if isinstance(sentence, str) else sentence[0]


def names(sentence: str | Sequence[str]) -> set[tuple[str, str]]:
    """What is filled in, in either number."""
    return set(re.findall(r"{(\w+)|%\((\w+)", str(sentence)))
