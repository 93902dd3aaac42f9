"""Who named whom: a picture, a table and a file that say the same, and a curve that says when nobody new comes."""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from survey.fieldwork import layers, provenance, saturation
from survey.fieldwork.models import Organisation, Referral
from survey.fieldwork.provenance import Edge, Graph, Node
from survey.instrument.codes import Disposition, Fate, OrganisationType, Region
from tests.naming import case_of, decide, name_at_q14, organisation, text_of

MONDAY = dt.datetime(2022, 3, 7, 15, tzinfo=dt.UTC)
MONTREAL = ZoneInfo("America/Toronto")
IN_FILE = {"g": "http://graphml.graphdrawing.org/xmlns"}


@pytest.fixture
def snowball(session, roxane, colette):
    """The first (in the list) names the second twice and the third, which names the first and itself."""
    first = organisation(session, "Première (fictive)", region=Region.R06, disposition=Disposition.COMPLETED)
    rows = [name_at_q14(session, first, roxane, "Deuxième (fictive)", MONDAY + dt.timedelta(days=n)) for n in (0, 1)]
    decide(colette, session, "new", *rows, name="Deuxième (fictive)", kind="police")
    third = name_at_q14(session, first, roxane, "Troisième (fictive)", MONDAY + dt.timedelta(days=8), person="Canari")
    decide(colette, session, "new", third, name="Troisième & fils (fictive)")
    of_third = case_of(session, "Troisième & fils (fictive)")
    for name in ("Première (fictive)", "Troisième & fils (fictive)"):
        back = name_at_q14(session, of_third, roxane, name, MONDAY + dt.timedelta(days=22))
        decide(colette, session, "known", back, organisation=case_of(session, name).organisation_id)
    for n, (answer, said) in enumerate({"dismissed": "Hors sujet", "same": "Les mêmes ateliers"}.items()):
        decide(colette, session, answer, name_at_q14(session, first, roxane, f"Autre {n} (fictive)"), words=said)
    name_at_q14(session, first, roxane, "À trancher (fictive)")
    session.rollback()


def test_each_organisation_has_its_wave_and_how_often_others_named_it(snowball, session):
    graph = provenance.read(session)
    found = {node.name: (node.wave, node.named, node.region, node.kind) for node in graph.nodes}
    assert found == {
        "Première (fictive)": (0, 1, Region.R06, None),
        "Deuxième (fictive)": (1, 2, None, OrganisationType.POLICE),
        "Troisième & fils (fictive)": (1, 1, None, None),
    }
    ids = {node.name.split()[0]: node.id for node in graph.nodes}
    assert sorted(graph.edges) == sorted(
        [
            Edge(ids["Première"], ids["Deuxième"], 2),
            Edge(ids["Première"], ids["Troisième"], 1),
            Edge(ids["Troisième"], ids["Première"], 1),
        ]
    )
    assert graph.fates == {Fate.PENDING: 1, Fate.NEW: 3, Fate.KNOWN: 2, Fate.SAME: 1, Fate.DISMISSED: 1}


def test_the_picture_and_its_table_say_the_same_and_no_person(snowball, colette):
    page = colette.get("/snowball/graph").text
    assert page.count('class="spot') == 3
    assert page.count('marker-end="url(#tip)"') == 3
    assert len(re.findall(r'<a class="spot[^"]*" data-node="\d+" href="/organisations/\d+"', page)) == 3
    assert "Troisième &amp; fils (fictive)" in page
    assert "Deuxième (fictive) Service de police À contacter Vague : 1 Nommée, fois : 2 Première (fictive)" in text_of(
        page
    )
    assert "3 organisations, 3 liens" in text_of(page)
    assert "Canari" not in page


def test_an_analyst_reads_it_in_english_without_a_link_that_would_be_refused(snowball, anh, roxane, simone):
    page = anh.get("/snowball/graph").text
    assert '<g class="spot' in page
    assert "/organisations/" not in page
    assert "Who named whom" in page
    for colleague in (roxane, simone):
        assert colleague.get("/snowball/graph").status_code == 403
        assert colleague.get("/snowball/graph.graphml").status_code == 403


def test_a_recension_where_nobody_named_anybody_says_when_it_will_be_drawn(case, colette):
    page = text_of(colette.get("/snowball/graph").text)
    assert "Le réseau se dessine dès qu’une organisation nommée" in page
    assert "Pas encore de mention" in page
    assert colette.get("/snowball/graph.graphml").status_code == 200


def test_the_file_is_graphml_that_other_programs_read(snowball, colette, session):
    answer = colette.get("/snowball/graph.graphml")
    assert answer.mimetype == "application/graphml+xml"
    assert answer.headers["Content-Disposition"].endswith('.graphml"')
    root = ET.fromstring(answer.data)
    assert root.tag == "{http://graphml.graphdrawing.org/xmlns}graphml"
    keys = {key.get("id"): key.get("attr.type") for key in root.findall("g:key[@for='node']", IN_FILE)}
    assert keys == {
        "organisation_id": "int",
        "name": "string",
        "region": "string",
        "type": "string",
        "outcome": "string",
        "wave": "int",
        "times_named": "int",
    }
    nodes = root.findall("g:graph/g:node", IN_FILE)
    said = [{data.get("key"): data.text for data in node.findall("g:data", IN_FILE)} for node in nodes]
    assert all(set(one) <= keys.keys() for one in said)
    [third] = [one for one in said if one["name"] == "Troisième & fils (fictive)"]
    assert (third["wave"], third["times_named"], third["outcome"]) == ("1", "1", "not_contacted")
    assert "region" not in third
    ids = {node.get("id") for node in nodes}
    edges = root.findall("g:graph/g:edge", IN_FILE)
    assert len(edges) == 3
    assert all({edge.get("source"), edge.get("target")} <= ids for edge in edges)
    assert "Canari" not in answer.text


def test_a_duplicate_stands_for_the_one_that_is_kept(snowball, session):
    twice = organisation(session, "Doublon (fictif)").organisation
    kept = case_of(session, "Deuxième (fictive)").organisation_id
    second = session.get_one(Organisation, kept)
    kept_id, twice_id = second.id, twice.id
    second.merged_into_id = twice_id
    session.commit()
    graph = provenance.read(session)
    assert {node.id for node in graph.nodes} & {kept_id, twice_id} == {twice_id}


def test_what_is_set_aside_in_the_call_is_not_drawn(snowball, session):
    for row in session.query(Referral):
        row.removed_at = MONDAY
    session.commit()
    assert provenance.read(session).nodes == []


def drawn(n: int) -> layers.Picture:
    """A snowball of `n` organisations in four waves, each naming three."""
    wave_of = [0 if at < n // 5 else 1 if at < n // 2 else 2 if at < n * 4 // 5 else 3 for at in range(n)]
    nodes = [Node(at, f"Organisme fictif {at}", None, None, Disposition.COMPLETED, wave_of[at], 1) for at in range(n)]
    edges = [Edge(at, (at * 7 + k * 13) % n, 1) for at in range(n) for k in range(3) if (at * 7 + k * 13) % n != at]
    return layers.picture(Graph(nodes, edges, {}))


@pytest.mark.parametrize("n", [0, 1, 80, 300])
def test_however_many_they_are_no_name_stands_on_another(n):
    found = drawn(n)
    assert len({(spot.x, spot.y) for spot in found.spots}) == n
    by_column: dict[int, list[int]] = {}
    for spot in found.spots:
        by_column.setdefault(spot.x, []).append(spot.y)
        assert spot.x + layers.NAME <= found.width
        assert spot.y + layers.ROW <= found.height
    for column in by_column.values():
        rows = sorted(column)
        assert all(below - above >= layers.ROW for above, below in pairwise(rows))


def test_a_long_name_is_cut_in_the_picture_and_whole_in_its_title(session, case, roxane, colette):
    name = "Organisation au nom " + "très " * 20 + "long (fictive)"
    decide(colette, session, "new", name_at_q14(session, case, roxane, name), name=name)
    page = " ".join(colette.get("/snowball/graph").text.split())
    assert f"<title>{name} : À contacter" in page
    assert f"{name[:23].rstrip()}…</text>" in page


def test_the_curve_counts_each_week_what_is_new_and_what_was_known(snowball, session):
    found = saturation.weeks(session, MONTREAL)
    assert [(week.monday.isoformat(), week.new, week.known, week.all_new, week.all_known) for week in found] == [
        ("2022-03-07", 1, 1, 1, 1),
        ("2022-03-14", 1, 0, 2, 1),
        ("2022-03-21", 0, 0, 2, 1),
        ("2022-03-28", 0, 2, 2, 3),
    ]


def test_a_week_begins_on_monday_where_the_team_works(session, case, roxane, colette):
    late_on_sunday = dt.datetime(2022, 3, 7, 3, tzinfo=dt.UTC)
    decide(
        colette, session, "new", name_at_q14(session, case, roxane, "A (fictive)", late_on_sunday), name="A (fictive)"
    )
    session.rollback()
    assert [week.monday for week in saturation.weeks(session, MONTREAL)] == [dt.date(2022, 2, 28)]


def test_the_curve_has_its_table_and_says_its_base(snowball, colette):
    page = text_of(colette.get("/snowball/graph").text)
    assert "Base : les 5 mentions qui mènent à la liste" in page
    assert "28 mars 2022 Mentions : 2 Nouvelles : 0 Déjà connues : 2 Nouvelles, cumul : 2 Connues, cumul : 3" in page
    assert "à trancher : 1 ; nouvelle, ajoutée à la liste : 3 ; déjà dans la liste : 2" in page
    assert "Après 4 semaines : 2 organisations nouvelles, 3 mentions" in page
