"""What is known of an organisation and of the persons in it: typed, shown, refused in words, taken from a list."""

from __future__ import annotations

import re
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from survey.accounts.models import Role
from survey.db import now
from survey.fieldwork import cases, frame
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.contact_models import ContactAttempt
from survey.fieldwork.models import Case, Organisation, Person, TimeZone
from survey.instrument.codes import AttemptResult, CaseSource, Channel, OrganisationType, PersonRole, Region
from tests.conftest import Colleague, hire

HOUSE, PARENT = "Maison des rivières", "Regroupement des érables"
SAID = {
    "name": HOUSE, "acronym": "MDR", "aliases": "La Maison\nRivers House", "kind": "community", "region": "11",
    "further_regions": ["09", "01"], "language": "en", "time_zone": "America/Halifax", "parent": "le regroupement",
    "note": "",
}  # fmt: skip


@pytest.fixture
def two(session: Session) -> tuple[int, int]:
    new = [NewOrganisation(HOUSE), NewOrganisation(PARENT, aliases=("Le Regroupement",))]
    house, parent = cases.open_cases(session, new, None)
    session.commit()
    return house, parent


def found(session: Session, organisation_id: int) -> Organisation:
    session.rollback()
    return session.get_one(Organisation, organisation_id)


def test_all_that_is_known_is_typed_and_shown(session: Session, two: tuple[int, int], colette: Colleague) -> None:
    house, parent = two
    assert colette.post(f"/organisations/{house}/edit", SAID).status_code == 303
    it = found(session, house)
    assert (it.kind, it.time_zone, it.parent_id) == (OrganisationType.COMMUNITY, TimeZone.MAGDALEN, parent)
    assert [row.region_code for row in it.further_regions] == [Region.R01, Region.R09]
    session.commit()
    page = colette.get(f"/organisations/{house}").text
    for text in ("MDR", "Rivers House", "Organisme communautaire", "Côte-Nord", "Îles-de-la-Madeleine", PARENT):
        assert text in page
    assert HOUSE in colette.get(f"/organisations/{parent}").text
    assert HOUSE in colette.get("/organisations?q=river+hou").text
    assert colette.get(f"/organisations/{house}/edit").text.count("checked") == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": PARENT}, "porte déjà ce nom"),
        ({"name": "LE REGROUPEMENT"}, "est déjà un nom de"),
        ({"aliases": "regroupement des erables"}, "porte déjà ce nom"),
        ({"parent": "Inconnue"}, "Aucune organisation de la liste ne porte ce nom."),
        ({"parent": "Regroupement érables"}, "Est-ce «\u00a0Regroupement des érables\u00a0» ?"),
        ({"parent": HOUSE}, "d’elle-même"),
        ({"name": "🙂🙂"}, "une lettre ou un chiffre"),
        ({"name": "x" * 5000}, "Ce nom est trop long."),
        ({"aliases": "x" * 5000}, "Un de ces noms est trop long."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_kept(
    session: Session, two: tuple[int, int], colette: Colleague, change: dict[str, str], says: str
) -> None:
    house, _ = two
    answer = colette.post(f"/organisations/{house}/edit", SAID | {"parent": ""} | change)
    assert answer.status_code == 422
    assert says in answer.text
    assert "Rivers House" in answer.text or "aliases" in change
    it = found(session, house)
    assert (it.name, it.aliases, it.kind) == (HOUSE, [], None)


def test_no_organisation_is_part_of_its_own_part(session: Session, two: tuple[int, int], colette: Colleague) -> None:
    house, parent = two
    colette.post(f"/organisations/{house}/edit", SAID)
    about = {"name": PARENT, "parent": HOUSE, "time_zone": "America/Toronto"}
    answer = colette.post(f"/organisations/{parent}/edit", about)
    assert answer.status_code == 422
    assert "fait partie de celle que vous modifiez" in answer.text
    assert found(session, parent).parent_id is None


def test_one_that_may_be_in_the_list_is_shown_before_it_is_added(
    session: Session, two: tuple[int, int], colette: Colleague
) -> None:
    about = {"name": "Maison de la rivière"}
    asked = colette.post("/organisations/new", about)
    assert asked.status_code == 422
    assert "Est-ce l’une de celles-ci" in asked.text
    assert HOUSE in asked.text
    assert colette.post("/organisations/new", about | {"anyway": "1"}).status_code == 303
    assert len(session.scalars(sa.select(Organisation)).all()) == 3


def test_who_left_shows_apart_and_stays_as_long_as_the_history_speaks_of_them(
    session: Session, two: tuple[int, int], colette: Colleague
) -> None:
    house, _ = two
    about = {"name": "Personne fictive", "role": "liaison", "language": "fr", "other_phone": "418 555-0101"}
    colette.post(f"/organisations/{house}/persons/new", about | {"other_email": "autre@exemple.test"})
    person = session.scalars(sa.select(Person)).one()
    assert person.role is PersonRole.LIAISON
    at = f"/organisations/{house}/persons/{person.id}"
    case = session.scalars(sa.select(Case).where(Case.organisation_id == house)).one()
    session.add(ContactAttempt(case_id=case.id, at=now(), channel=Channel.PHONE, person_id=person.id, result=AttemptResult.MESSAGE))  # fmt: skip  # noqa: E501
    session.commit()
    assert "tel:4185550101" in colette.get(f"/organisations/{house}").text
    assert "dites plutôt" in colette.post(f"{at}/remove", follow_redirects=True).text
    colette.post(f"{at}/left")
    assert "1 personne a quitté" in colette.get(f"/organisations/{house}").text
    colette.post(f"{at}/left", {"back": "1"})
    assert "a quitté" not in colette.get(f"/organisations/{house}").text


LIST = (
    "organisme;type;sigle;autres noms;langue;fait partie de;autres régions;source;région\n"
    "Centre A;communautaire;CA;Ancien A;anglais;Groupe B;Laval;suggestion;Montréal\n"
    "Groupe B;CISSS or CIUSSS (health and social services);;;fr;;05;liste;\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_list_says_all_that_the_form_does(session: Session, encoding: str) -> None:
    plan = frame.understand(session, LIST.encode(encoding), "liste.csv")
    assert plan.errors == []
    frame.carry_out(session, plan, None)
    centre = session.scalars(sa.select(Organisation).where(Organisation.name == "Centre A")).one()
    assert centre.parent
    assert (centre.parent.name, centre.parent.kind) == ("Groupe B", OrganisationType.HEALTH)
    assert [alias.name for alias in centre.aliases] == ["Ancien A"]
    assert [row.region_code for row in centre.further_regions] == [Region.R13]
    assert centre.cases[0].source is CaseSource.COORDINATION


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("nom,Nom\na,b\n", 1, "plusieurs colonnes disent la même chose"),
        ("région\nLaval\n", None, "Aucune colonne ne porte le nom"),
        ("nom,région\na,Ailleurs\n", 2, "région inconnue"),
        ("nom,type\na,brasserie\n", 2, "type inconnu"),
        ("nom,langue\na,latin\n", 2, "langue inconnue"),
        ("nom,région\na,Laval\n,Laval\n", 3, "cellules fusionnées"),
        ("nom\n" + "x" * 5000 + "\n", 2, "400 caractères"),
        ("nom\n🙂🙂\n", 2, "ni lettre ni chiffre"),
        ("nom,autres noms\na,b\nb,\n", 3, "déjà à la ligne 2"),
        ("nom,autres noms\na,Le Regroupement\n", 2, "déjà un nom d’une autre organisation"),
        ("nom,parent\na,nulle part\n", 2, "ni dans la liste ni dans ce fichier"),
        ("nom,parent\na,b\nb,a\n", 2, "tourne en rond"),
    ],
)
def test_a_line_that_is_wrong_is_named(
    session: Session, two: tuple[int, int], text: str, at: int | None, says: str
) -> None:
    plan = frame.understand(session, text.encode(), "liste.csv")
    assert any(remark.line == at and says in remark.text.fr for remark in plan.errors)


def test_a_name_written_from_right_to_left_is_a_name(session: Session) -> None:
    plan = frame.understand(session, "nom\n\u202bمركز الأسرة\u202c\n".encode(), "liste.csv")
    assert plan.errors == []


def test_the_preview_says_which_lines_look_like_one_of_the_list(session: Session, two: tuple[int, int]) -> None:
    plan = frame.understand(session, "nom\nMaison de la rivière\n".encode(), "liste.csv")
    assert any(remark.line == 2 and HOUSE in remark.text.fr for remark in plan.notices)


@pytest.fixture
def camille(app: Flask) -> Colleague:
    """A second coordinator."""
    return hire(app, "Camille", Role.COORDINATOR)


def shown(page: str) -> str:
    """What the form says that it was drawn from."""
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found
    return found[1]


def test_nobody_writes_over_a_colleague_in_silence(
    session: Session, colette: Colleague, camille: Colleague, two: tuple[int, int]
) -> None:
    house, _ = two
    path = f"/organisations/{house}/edit"
    page = camille.get(path).text
    colette.post(path, SAID | {"note": "Écrite par la première", "seen": shown(page)})
    late = camille.post(path, SAID | {"note": "Écrite par la seconde", "language": "en", "seen": shown(page)})
    assert late.status_code == 409
    assert "« Écrite par la première »" in late.text.replace("\xa0", " ")
    assert "Écrite par la seconde" in late.text
    assert session.get_one(Organisation, house).note == "Écrite par la première"
    session.rollback()
    again = SAID | {"note": "Écrite par la seconde", "language": "en", "seen": shown(late.text)}
    assert camille.post(path, again).status_code == 303
    assert session.get_one(Organisation, house).note == "Écrite par la seconde"


def test_two_who_write_the_same_of_a_person_are_one_and_two_who_do_not_are_told(
    session: Session, colette: Colleague, camille: Colleague, two: tuple[int, int]
) -> None:
    house, _ = two
    said = {"name": "Personne fictive", "phone": "418 555-0100", "form_id": str(uuid.uuid4())}
    colette.post(f"/organisations/{house}/persons/new", said)
    path = f"/organisations/{house}/persons/{session.scalars(sa.select(Person.id)).one()}"
    session.rollback()
    seen = shown(camille.get(path).text)
    moved = said | {"phone": "418 555-0199", "seen": seen}
    assert [colette.post(path, moved).status_code, camille.post(path, moved).status_code] == [303, 303]
    late = camille.post(path, said | {"function": "Direction", "seen": seen})
    assert (late.status_code, "418 555-0199" in late.text, "Direction" in late.text) == (409, True, True)
