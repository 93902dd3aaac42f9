"""Names that are alike: what is proposed, why, and what is not. Nothing is ever merged by itself."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork import cases, matching
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.likeness import WORTH_A_LOOK, Likeness, compare
from survey.fieldwork.matching import propose
from survey.fieldwork.models import Organisation

DEMO = Path(__file__).parent.parent / "survey" / "demo"


def read(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def listed(session: Session, *names: str) -> list[int]:
    ids = cases.open_cases(session, [NewOrganisation(name) for name in names], None)
    session.commit()
    return ids


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("CISSS du Bas-Saint-Laurent", "CISSS Bas-Saint-Laurent", Likeness.SAME),
        ("La CLÉS", "La CLES", Likeness.SAME),
        ("PIAMP", "PlaMP", Likeness.SAME),
        ("Maison St-Jean", "Maison Saint Jean", Likeness.SAME),
        ("L’Étoile du Nord", "l'etoile du nord", Likeness.SAME),
        ("Projet Intervention Prostitution Québec", "Projet Intervention Prostitution Québec (PIPQ)", Likeness.SAME),
        ("Concertation des luttes contre l’exploitation sexuelle", "La CLES", Likeness.SHORT),
        ("Service de police de la Ville de Montréal", "SPVM", Likeness.SHORT),
        ("TRIL", "Travail de Rue Île de Laval", Likeness.SHORT),
        ("Le trajet", "Travail de rue le Trajet", Likeness.PART),
        ("CALACS-Maison ISA", "CALACS Saguenay (Maison ISA)", Likeness.PART),
        ("Maison Marie-Frederique", "Maison Marie-Frédéric", Likeness.SPELLING),
    ],
)
def test_two_spellings_of_one_name_are_alike_and_it_is_said_why(one: str, other: str, why: Likeness) -> None:
    for score, likeness in (compare(one, other), compare(other, one)):
        assert score >= WORTH_A_LOOK
        assert likeness is why


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CISSS de Laval", "CISSS des Laurentides"),
        ("CISSS de Kamouraska", "CISSS de Charlevoix"),
        ("CISSS de la Montérégie-Est", "CISSS de la Montérégie-Ouest"),
        ("CIUSSS Centre-Sud-de-l’Île-de-Montréal", "CIUSSS Ouest-de-l’Île-de-Montréal"),
        ("Pact de rue Montréal", "Pacte de rue (Montérégie)"),
        ("Maison des jeunes de Rosemont", "Maison des jeunes de Verdun"),
        ("Service de police de Laval", "Service de police de Sherbrooke"),
        ("Centre d’intervention en délinquance sexuelle de Laval", "Centre désigné de Laval pour les victimes"),
        ("Laval", "CISSS de Laval"),
        ("", "La CLES"),
        ("🙂", "🙃"),
    ],
)
def test_two_organisations_of_one_kind_or_of_one_place_are_not_alike(one: str, other: str) -> None:
    assert compare(one, other)[0] < WORTH_A_LOOK
    assert compare(other, one)[0] < WORTH_A_LOOK


def test_the_leads_of_annexe_c_find_their_organisation_of_annexe_a(session: Session) -> None:
    listed(session, *(row["name"] for row in read("annexe_a.csv")))
    names = {row.id: row.name for row in session.execute(sa.select(Organisation.id, Organisation.name))}
    truth: dict[str, set[str]] = {}
    for row in read("annexe_c.csv"):
        known = {name.strip() for name in row["lead_organisation_annexe_a"].split(";")} - {""}
        truth.setdefault(row["lead_organisation"], set()).update(known)
    # The source left it blank because that organisation was not surveyed; it is in its list under the same name.
    truth["Y des femmes de Montréal"] = {"Y des femmes de Montréal"}
    proposed = {lead: [names[p.organisation_id] for p in propose(session, lead)] for lead in truth}
    right = sum(len(set(found) & truth[lead]) for lead, found in proposed.items())
    assert right / sum(map(len, proposed.values())) >= 0.98, "precision"
    assert right / sum(map(len, truth.values())) >= 0.98, "recall"
    assert all(proposed[lead][0] in known for lead, known in truth.items() if known), "the likeliest is the right one"


def test_the_list_of_annexe_a_holds_no_two_that_are_alike() -> None:
    names = [row["name"] for row in read("annexe_a.csv")]
    assert [(a, b) for n, a in enumerate(names) for b in names[:n] if compare(a, b)[0] >= WORTH_A_LOOK] == []


def test_an_alias_and_an_acronym_are_names_too(session: Session) -> None:
    new = NewOrganisation("Maison des rivières", acronym="MDRX", aliases=("Auberge du pont",))
    [organisation_id] = cases.open_cases(session, [new], None)
    session.commit()
    for name in ("MDRX", "l’auberge du pont"):
        [found] = propose(session, name)
        assert (found.organisation_id, found.name) == (organisation_id, "Maison des rivières")


def test_a_name_is_found_among_many_that_share_its_common_words(session: Session) -> None:
    listed(session, *(f"Centre jeunesse numéro {n}" for n in range(300)), "Centre jeunesse Papillon")
    [best, *_] = propose(session, "Centre jeunesse le Papillons", limit=1)
    assert best.name == "Centre jeunesse Papillon"
    assert len(matching.candidates(session, "Centre jeunesse numéro")) <= 2 * matching.COMPARED
