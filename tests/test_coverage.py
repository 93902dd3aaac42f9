"""What the list covers: tiles and tables, zeros shown, that add up to it; rates by whatever tells cases apart."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

import survey.demo
from survey.fieldwork import cases, coverage, frame, opening, waves
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.models import Organisation, OrganisationRegion
from survey.instrument.codes import CaseSource, Disposition, OrganisationType, Region, TargetPopulation
from tests.naming import text_of

ANNEXE = Path(survey.demo.__file__).parent / "annexe_a.csv"


@pytest.fixture
def annexe_a(session):
    frame.carry_out(session, frame.understand(session, ANNEXE.read_bytes(), ANNEXE.name), None)
    session.commit()


@pytest.fixture
def several(session):
    """Three organisations of different types, sources and snowball waves."""
    new = [
        NewOrganisation("Poste (fictif)", Region.R06, Disposition.COMPLETED, kind=OrganisationType.POLICE),
        NewOrganisation("Autre poste (fictif)", Region.R06, Disposition.REFUSAL, kind=OrganisationType.POLICE),
        NewOrganisation(
            "Sans région (fictive)",
            disposition=Disposition.NOTHING_TO_INVENTORY,
            source=CaseSource.REFERRAL,
            snowball_wave=2,
        ),
    ]
    cases.open_cases(session, new, None)
    session.commit()


def read(session):
    return coverage.read(session, waves.current(session))


def test_every_region_has_a_tile_of_its_own():
    assert set(coverage.TILES) == set(Region)
    assert len(set(coverage.TILES.values())) == 17


def test_the_tiles_of_annexe_a_are_the_list(annexe_a, session, colette):
    found = read(session)
    tiles = {tile.region: (tile.held, tile.listed) for tile in found.tiles}
    assert tiles[Region.R06] == (14, 14)
    assert tiles[Region.R11] == (0, 0)
    assert (sum(n for _held, n in tiles.values()) + found.nowhere.listed, found.listed) == (80, 80)
    page = text_of(colette.get("/coverage").text)
    assert "Montréal 14 / 14 entrevues tenues sur organisations" in page
    assert "Gaspésie–Îles-de-la-Madeleine 0 / 0" in page
    assert "Les comptes concordent" in page
    assert "= 80 ; 80 organisations dans la vague" in page


def test_a_second_wave_of_part_of_the_list_is_counted_by_itself(annexe_a, session, colette):
    opening.open_next(session, 1, {Disposition.COMPLETED}, colette.id)
    session.commit()
    found = read(session)
    assert (found.listed, found.counted, found.holds) == (57, 57, True)


def test_the_table_shows_zeros_and_says_which_outcomes_nobody_has(annexe_a, colette):
    page = text_of(colette.get("/coverage").text)
    assert "Laval Sondé : " in page
    assert re.search(r"Gaspésie–Îles-de-la-Madeleine (\S+.* : 0 )+Non précisée", page)
    assert "Aucune organisation n’a ces issues" in page
    assert "Refus" in page.partition("n’ont donc pas de colonne :")[2][:200]


def test_types_add_up_to_the_whole(several, session, colette):
    found = read(session)
    assert sum(table.total for table in found.tables[1:]) == found.tables[0].total == 3
    of_each = {table.kind: table.total for table in found.tables[1:] if table.total}
    assert of_each == {OrganisationType.POLICE: 2, None: 1}
    page = text_of(colette.get("/coverage").text)
    assert "Service de police (2)" in page
    assert "Milieu scolaire (0)" in page
    assert "Type non précisé (1)" in page


def test_what_has_no_region_stands_apart(several, session, colette):
    assert (read(session).nowhere.listed, read(session).nowhere.held) == (1, 0)
    page = colette.get("/coverage").text
    assert 'href="/organisations?region=none"' in page
    assert "2 dans les 17 régions + 1 sans région = 3 ; 3 organisations dans la vague" in text_of(page)


def test_a_provincial_body_counts_once_and_is_said_where_else_it_works(several, session, colette):
    body = session.scalars(sa.select(Organisation).where(Organisation.name == "Poste (fictif)")).one()
    body.further_regions = [OrganisationRegion(region_code=code) for code in (Region.R06, Region.R13, Region.R16)]
    session.commit()
    found = read(session)
    assert {tile.region: tile.also for tile in found.tiles if tile.also} == {Region.R13: 1, Region.R16: 1}
    assert (found.several, found.counted) == (1, 3)
    page = text_of(colette.get("/coverage").text)
    assert "1 organisation couvre plusieurs régions" in page
    assert "Laval 0 / 0 entrevues tenues sur organisations + 1 d’ailleurs" in page


def test_a_tally_that_lost_a_case_is_said(several, session, colette):
    session.execute(sa.text("UPDATE coverage_tally SET n = n - 1 WHERE disposition = 'refusal'"))
    session.commit()
    assert "Les comptes diffèrent" in colette.get("/coverage").text


@pytest.mark.parametrize(
    ("held", "listed", "shade"), [(0, 0, None), (0, 3, 1), (1, 4, 2), (2, 4, 3), (3, 4, 4), (4, 4, 5)]
)
def test_a_tile_is_the_darker_the_more_was_held(held, listed, shade):
    assert coverage.Tile(Region.R01, listed, held).shade == shade


def test_an_empty_list_says_what_to_do(session, colette):
    assert "Importez la liste" in colette.get("/coverage").text


def test_who_may_read_it(annexe_a, anh, colette, roxane, bastien):
    page = anh.get("/coverage").text
    assert "/organisations?" not in page
    assert "Montréal" in page
    assert colette.get("/coverage").status_code == 200
    for colleague in (roxane, bastien):
        assert colleague.get("/coverage").status_code == 403


def test_rates_are_told_by_region_type_source_and_snowball_wave(several, session, anh):
    wave = waves.current(session)
    assert {part: list(waves.by(session, wave, part)) for part in waves.PARTS} == {
        "region_code": [Region.R06, None],
        "kind": [OrganisationType.POLICE, None],
        "source": [CaseSource.FRAME, CaseSource.REFERRAL],
        "snowball_wave": [0, 2],
    }
    everybody = waves.read_by(session, wave, "snowball_wave")[2][TargetPopulation.ALL_LISTED]
    assert everybody.rates["RR1"].value == 1
    page = text_of(anh.get("/outcomes?lang=fr").text)
    assert "Service de police RR1 : 1 / 2 50,0" in page
    assert "Nommée par une organisation sondée RR1 : 0 / 0 non calculable" in page
    assert "Nommée par une organisation sondée RR1 : 1 / 1 100,0" in page


def test_the_command_gives_the_rates_of_each_part_beside_the_whole(several, app):
    said = json.loads(app.test_cli_runner().invoke(args=["rates", "--format", "json"]).stdout)
    assert {name: list(values) for name, values in said["by"].items()} == {
        "region": ["06", ""],
        "type": ["police", ""],
        "source": ["frame", "referral"],
        "snowball_wave": ["0", "2"],
    }
    police = said["by"]["type"]["police"]
    assert police["rates"]["RR1"] == {"numerator": 1, "denominator": 2, "value": 0.5}
    second = said["by"]["snowball_wave"]["2"]
    assert second["counts"]["NE"] == 1
    assert second["other_readings"]["all_listed"]["rates"]["RR1"]["value"] == 1
    for part in said["by"].values():
        assert sum(sum(of["counts"].values()) for of in part.values()) == sum(said["counts"].values()) == 3
