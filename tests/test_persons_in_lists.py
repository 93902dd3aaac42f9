"""A list tells whom to reach in each organisation: several lines add persons, and nobody enters twice."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from survey.accounts.models import Language
from survey.audit import Action, AuditEntry
from survey.db import now
from survey.fieldwork import cases, frame, messages, naming
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.frame import Entered
from survey.fieldwork.frame_columns import LAYOUT
from survey.fieldwork.frame_lines import Plan
from survey.fieldwork.models import Case, Organisation, Person
from survey.instrument.codes import OrganisationType, PersonRole, Region
from tests.conftest import Colleague
from tests.racing import meanwhile
from tests.test_frame import organisations, plan_of, run, said, send, workbook

HEADINGS = "organisme;type;sigle;région;personne;fonction;rôle;téléphone;courriel;langue de la personne"
LIST = f"""{HEADINGS}
Maison A;communautaire;MA;Laval;Camille Fictive;Coordonnatrice;Direction;450 555-0101, poste 2;camille@exemple.test;fr
maison a;;;;Sacha Inventé;Intervenant;intervenant;;sacha@exemple.test;anglais
Centre B;;;;;;;450 555-0199;;
"""


def people(session: Session) -> list[tuple[str, str]]:
    """Everybody, with where they are."""
    query = sa.select(Organisation.name, Person.name).join(Person.organisation).order_by(Person.id)
    return [(organisation, person) for organisation, person in session.execute(query)]


def take(session: Session, text: str | bytes, name: str = "liste.csv") -> Entered:
    plan = plan_of(session, text, name)
    assert said(plan.errors) == []
    entered = frame.carry_out(session, plan, None)
    session.commit()
    return entered


def first_person(plan: Plan) -> object:
    assert said(plan.errors) == []
    [(_, new)] = plan.create
    [person] = plan.persons_of(new)
    return person


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_each_line_of_an_organisation_adds_somebody_to_reach(session: Session, kind: str) -> None:
    rows = [line.split(";") for line in LIST.splitlines()]
    assert take(session, LIST if kind == "csv" else workbook(rows), f"liste.{kind}") == Entered(2, 3)
    house = session.scalars(sa.select(Organisation).where(Organisation.name == "Maison A")).one()
    assert (house.kind, house.acronym, house.region_code) == (OrganisationType.COMMUNITY, "MA", Region.R13)
    camille, sacha = house.persons
    assert (camille.name, camille.function, camille.role) == ("Camille Fictive", "Coordonnatrice", PersonRole.DIRECTOR)
    assert (camille.phone, camille.email) == ("450 555-0101, poste 2", "camille@exemple.test")
    assert (camille.language, sacha.language) == (Language.FRENCH, Language.ENGLISH)
    assert (sacha.role, sacha.phone) == (PersonRole.PRACTITIONER, None)
    assert people(session)[2] == ("Centre B", "Centre B")
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == Action.FRAME_IMPORT)).one()
    assert entry.detail == "2 organisations, 3 persons"


@pytest.mark.parametrize(
    ("column", "heading", "value", "kept"),
    [
        ("name", "Personne à joindre", "Camille", "Camille"),
        ("name", "contact person", "Camille", "Camille"),
        ("name", "Nom du contact", "Camille", "Camille"),
        ("function", "Fonction", "Coordonnatrice", "Coordonnatrice"),
        ("function", "Job title", "Coordinator", "Coordinator"),
        ("role", "Rôle", "directrice", PersonRole.DIRECTOR),
        ("role", "role", "Liaison officer", PersonRole.LIAISON),
        ("phone", "No de téléphone", "(418) 555-0101", "(418) 555-0101"),
        ("phone", "Telephone", "+1 418 555 0101", "+1 418 555 0101"),
        ("phone", "Téléphone de l’organisme", "4185550101", "4185550101"),
        ("other_phone", "Cellulaire", "418 555-0102", "418 555-0102"),
        ("email", "Adresse courriel", "c@exemple.test", "c@exemple.test"),
        ("email", "Email", "c@exemple.test", "c@exemple.test"),
        ("other_email", "Autre courriel", "c@exemple.test", "c@exemple.test"),
    ],
)
def test_what_is_said_of_a_person_is_known_by_its_heading(
    session: Session, column: str, heading: str, value: str, kept: object
) -> None:
    assert getattr(first_person(plan_of(session, f"nom;{heading}\nMaison;{value}")), column) == kept


@pytest.mark.parametrize("heading", ["Langue de la personne", "Contact language", "Langue préférée", "language"])
def test_the_language_of_a_line_is_that_of_the_person(session: Session, heading: str) -> None:
    take(session, f"nom;contact;{heading}\nMaison;Camille;en\nMaison;Sacha;fr")
    assert [person.language for person in session.scalars(sa.select(Person).order_by(Person.id))] == ["en", "fr"]
    case = session.scalars(sa.select(Case)).one()
    assert messages.language_of(case, case.organisation.persons[1]) is Language.FRENCH


def test_all_headings_are_told_apart() -> None:
    each = [(heading, column) for column, some in LAYOUT.headings.items() for heading in some.split(", ")]
    each += [(label, column) for column, both in LAYOUT.labels.items() for label in (both.fr, both.en)]
    assert [heading for heading, column in each if LAYOUT.column_of(heading) != column] == []


def test_a_second_import_adds_nobody_who_is_there(session: Session) -> None:
    take(session, LIST)
    session.scalars(sa.select(Person).where(Person.name == "Sacha Inventé")).one().left_at = now()
    before = people(session)
    assert take(session, LIST) == Entered(0, 0)
    assert take(session, "nom;contact;courriel\nMAISON A;camille  fictive;\nMaison A;S. I.;Sacha@Exemple.test") == (
        Entered(0, 0)
    )
    assert people(session) == before


def test_the_same_list_grown_longer_adds_who_is_new_and_changes_nothing_else(session: Session) -> None:
    take(session, LIST)
    plan = plan_of(session, "nom;note;contact\nMaison A;Autre note;Camille Fictive\nMaison A;;Dominique Neuf")
    assert said(plan.notices) == [
        (2, "« Maison A » est déjà dans la liste ; personnes qui s’y ajoutent : 1 ; rien d’autre n’y change.")
    ]
    assert frame.carry_out(session, plan, None) == Entered(0, 1)
    assert people(session)[3:] == [("Maison A", "Dominique Neuf")]
    assert session.scalars(sa.select(Organisation.note).where(Organisation.name == "Maison A")).one() is None


def test_who_is_named_twice_in_a_file_enters_once_and_the_line_says_so(session: Session) -> None:
    plan = plan_of(
        session,
        "nom;contact;courriel\nMaison;Camille;c@exemple.test\nMaison;CAMILLE;\nMaison;Claude;C@exemple.test\n"
        "Centre;Camille;c@exemple.test",
    )
    assert said(plan.notices) == [
        (3, "« CAMILLE » (même nom ou même courriel) est à la ligne 2 ; cette ligne n’y ajoute rien."),
        (4, "« Claude » (même nom ou même courriel) est à la ligne 2 ; cette ligne n’y ajoute rien."),
    ]
    frame.carry_out(session, plan, None)
    assert people(session) == [("Maison", "Camille"), ("Centre", "Camille")]


def test_who_is_named_under_two_names_of_one_organisation_of_the_list_enters_once(session: Session) -> None:
    cases.open_cases(session, [NewOrganisation("Maison", aliases=("La Maison",))], None)
    assert take(session, "nom;contact\nMaison;Camille\nLa Maison;Camille") == Entered(0, 1)


def test_whoever_joins_a_duplicate_joins_the_one_that_is_kept(session: Session) -> None:
    kept, duplicate = cases.open_cases(session, [NewOrganisation("Gardée"), NewOrganisation("Doublon")], None)
    session.add(Person(organisation_id=duplicate, name="Camille"))
    session.get_one(Organisation, duplicate).merged_into_id = kept
    session.commit()
    assert take(session, "nom;contact\nDoublon;Camille\nDoublon;Sacha") == Entered(0, 1)
    assert people(session) == [("Doublon", "Camille"), ("Gardée", "Sacha")]


def test_lines_of_one_organisation_complete_each_other_and_their_notes_add_up(session: Session) -> None:
    take(session, "nom;région;sigle;note;contact\nMaison;;M;Un;Camille\nMaison;Laval;;Deux;Sacha\nMaison;Laval;M;Un;Al")
    house = session.scalars(sa.select(Organisation)).one()
    assert (house.region_code, house.acronym, house.note) == (Region.R13, "M", "Un\nDeux")


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("nom;courriel\nA;a@exemple.test\nB;chez nous", 3, "« chez nous » n’est pas une adresse de courriel"),
        ("nom;courriel\nA;a@exemple.test, b@exemple.test", 2, "n’est pas une adresse de courriel"),
        ("nom;autre courriel\nA;a@", 2, "n’est pas une adresse de courriel"),
        ("nom;téléphone\nA;555-01", 2, "« 555-01 » n’est pas un numéro de téléphone"),
        ("nom;cellulaire\nA;demander à la réception", 2, "n’est pas un numéro de téléphone"),
        ("nom;rôle\nA;astronaute", 2, "rôle inconnu"),
        ("nom;contact;langue de la personne\nA;B;latin", 2, "langue inconnue : « latin »."),
        (f"nom;contact\nA;{'x' * 401}", 2, "dépasse 400 caractères."),
        ("nom;contact;région\nA;B;Laval\nA;C;Estrie", 3, "« Région » n’est pas ce qu’en dit la ligne 2"),
        ("nom;contact;issue\nA;B;refus\nA;C;sondé", 3, "« Issue » n’est pas ce qu’en dit la ligne 2"),
        ("nom;contact;parent\nA;B;D\nA;C;E\nD;;\nE;;", 3, "« Fait partie de » n’est pas ce qu’en dit la ligne 2"),
        ("nom;contact;autres noms\nA;B;\nC;D;\nA;E;C", 4, "« C » est déjà à la ligne 3."),
        ("nom;contact\nA;B\nA;", 3, "« A » est déjà à la ligne 2."),
    ],
)
def test_a_line_that_is_wrong_is_named_and_nobody_enters(
    app: Flask, session: Session, tmp_path: Path, text: str, line: int, sentence: str
) -> None:
    [(at, words)] = said(plan_of(session, text).errors)
    assert at == line
    assert sentence in words
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    code, _, err = run(app, str(tmp_path / "a.csv"))
    assert code == 1
    assert f"ligne {line} : " in err
    assert (organisations(session), people(session)) == (0, [])


def test_the_preview_shows_type_acronym_and_persons_before_anything_is_written(
    session: Session, colette: Colleague
) -> None:
    preview = send(colette, LIST.encode())
    page = colette.get(preview)
    assert "2 organisations seraient créées" in page.text
    assert "3 personnes à joindre seraient ajoutées." in page.text
    assert "<td>MA</td>" in page.text
    assert "<td>Organisme communautaire" in page.text
    assert "Camille Fictive, Coordonnatrice, Direction, 450 555-0101, poste 2, camille@exemple.test, Français" in (
        page.text
    )
    assert people(session) == []
    done = colette.post(preview, follow_redirects=True)
    assert "2 organisations sont entrées dans la liste. 3 personnes ont été ajoutées." in done.text
    preview = send(colette, b"nom;contact\nMaison A;Dominique Neuf\nCentre B;\n")
    page = colette.get(preview)
    assert "Importer 1 personne<" in page.text
    assert "Personnes qui s’ajoutent à une organisation de la liste" in page.text
    colette.post(preview)
    assert people(session)[3:] == [("Maison A", "Dominique Neuf")]
    assert "Rien de nouveau" in colette.get(send(colette, LIST.encode())).text


def test_the_command_says_how_many_persons_there_are_to_reach(app: Flask, session: Session, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(LIST, encoding="utf-8")
    code, out, err = run(app, "--dry-run", str(tmp_path / "a.csv"))
    assert (code, err, people(session)) == (0, "", [])
    assert "2 organisations seraient créées (rien n’est écrit), 0 déjà dans la liste, 3 personnes à joindre." in out
    session.commit()
    assert run(app, str(tmp_path / "a.csv"))[0] == 0
    assert len(people(session)) == 3


def test_two_coordinators_who_import_the_same_persons_at_once_make_no_double(
    app: Flask, session: Session, colette: Colleague, odile: Colleague
) -> None:
    cases.open_cases(session, [NewOrganisation("Maison")], None)
    session.commit()
    text = "nom;contact\nMaison;Camille"
    confirmation = send(odile, text.encode())

    def first(other: Session) -> None:
        naming.hold(other)
        frame.carry_out(other, frame.understand(other, text.encode(), "liste.csv"), colette.id)

    answer = meanwhile(app.extensions["db"]["engine"], first, lambda: odile.post(confirmation))
    assert answer.status_code == 303
    assert people(session) == [("Maison", "Camille")]


def test_a_thousand_persons_of_one_organisation_are_read_in_a_stride(session: Session) -> None:
    lines = "".join(f"Maison;Personne {n};p{n}@exemple.test\n" for n in range(1000))
    assert take(session, f"nom;contact;courriel\n{lines}") == Entered(1, 1000)
    assert take(session, f"nom;contact;courriel\n{lines}") == Entered(0, 0)
