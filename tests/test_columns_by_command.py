"""On the command line somebody says what the columns of a file hold, as on the page."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from survey.fieldwork import cases
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.contact_models import ContactAttempt
from survey.fieldwork.models import Organisation, Person
from survey.instrument.codes import AttemptResult, Region
from tests.test_frame import organisations, run

ODD = "Qui;Coin;Vue par;Bilan\nMaison;Laval;Camille;b\n"


@pytest.fixture
def odd(tmp_path: Path) -> str:
    """A file none of whose headings is known."""
    (tmp_path / "liste.csv").write_text(ODD, encoding="utf-8")
    return str(tmp_path / "liste.csv")


def saying(*columns: str) -> list[str]:
    return [word for column in columns for word in ("--column", column)]


def test_unknown_headings_are_given_their_fields(app: Flask, session: Session, odd: str) -> None:
    code, out, err = run(app, odd, *saying("Qui=name", "coin=Région", "VUE PAR=person"))
    assert (code, err) == (0, "")
    assert "colonnes inconnues, laissées de côté : « Bilan »." in out
    house = session.scalars(sa.select(Organisation)).one()
    assert (house.name, house.region_code, house.persons[0].name) == ("Maison", Region.R13, "Camille")


def test_what_somebody_says_of_a_heading_goes_before_what_it_is_known_for(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("Nom;Organisme;Note\nCamille;Maison;x\n", encoding="utf-8")
    assert run(app, str(tmp_path / "a.csv"))[0] == 1
    code, out, err = run(app, str(tmp_path / "a.csv"), *saying("Nom=person", "Note="))
    assert (code, err) == (0, "")
    assert "inconnue" not in out
    assert session.scalars(sa.select(Organisation.note)).one() is None
    assert session.scalars(sa.select(Person.name)).one() == "Camille"


def test_a_heading_as_long_as_a_question_is_given_its_field(app: Flask, session: Session, tmp_path: Path) -> None:
    long = "Quel est le nom de l’organisation dont vous répondez, tel qu’il paraît dans ses documents = officiels ?"
    (tmp_path / "a.csv").write_text(f"Réponse;{long}\n1;Maison\n", encoding="utf-8")
    assert run(app, str(tmp_path / "a.csv"), *saying(f"{long}=name"))[0] == 0
    assert session.scalars(sa.select(Organisation.name)).one() == "Maison"


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (["Qui=couleur"], "« couleur » n’est pas un champ ; les champs sont : name, region_code"),
        (["Qui"], "« Qui » n’a pas la forme TITRE=CHAMP."),
        (["=name"], "« =name » n’a pas la forme TITRE=CHAMP."),
        (["Qui=name", "Lieu=note"], "aucune colonne n’a le titre « Lieu » ; à la ligne 1 : « Qui », « Coin »"),
        (["Lieu=name"], "aucune colonne n’a le titre « Lieu »"),
        (["Qui=name", "Qui=note"], "« Qui » reçoit deux champs."),
    ],
)
def test_a_wrong_field_or_heading_is_said_with_status_two(
    app: Flask, session: Session, odd: str, columns: list[str], sentence: str
) -> None:
    code, out, err = run(app, odd, *saying(*columns))
    assert code == 2
    assert sentence in err
    assert "Traceback" not in out + err
    assert organisations(session) == 0


def test_a_file_that_is_no_table_is_said_as_such(app: Flask, session: Session, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"")
    code, _, err = run(app, str(tmp_path / "a.csv"), *saying("Qui=name"))
    assert (code, "Ce fichier est vide." in err) == (1, True)


def test_the_attempts_of_a_study_are_told_by_its_own_headings(app: Flask, session: Session, tmp_path: Path) -> None:
    cases.open_cases(session, [NewOrganisation("Maison")], None)
    session.commit()
    (tmp_path / "a.csv").write_text("Qui;Quand;Comment;Bilan\nMaison;2026-03-12;tél;message\n", encoding="utf-8")
    said = saying("Quand=date", "Comment=channel", "Bilan=result")
    arguments = ["attempts", "import", str(tmp_path / "a.csv"), *said]
    wrong = app.test_cli_runner().invoke(args=[*arguments, *saying("Qui=kind")])
    assert (wrong.exit_code, "« kind » n’est pas un champ" in wrong.stderr) == (2, True)
    result = app.test_cli_runner().invoke(args=[*arguments, *saying("Qui=name")])
    assert (result.exit_code, result.stderr) == (0, "")
    assert session.scalars(sa.select(ContactAttempt.result)).one() is AttemptResult.MESSAGE
