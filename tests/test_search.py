"""The search: every word that is typed begins a word of a name; the index follows the names."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import schema
from survey.accounts.models import Role
from survey.fieldwork import cases, listing, meeting, organisations, reindexing, search
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.listing import Filters
from survey.fieldwork.models import Organisation, OrganisationWord
from survey.fieldwork.organisations import Description
from survey.fieldwork.spelling import indexed
from survey.instrument.codes import Disposition, OrganisationType, Region
from survey.text import fold
from tests.conftest import Colleague


def found(session: Session, text: str) -> list[str]:
    return [row.name for row in listing.page(session, Filters(text)).rows]


@pytest.fixture
def some(session: Session) -> list[int]:
    new = [
        NewOrganisation("Centre d’aide l’Étoile", acronym="CALE", kind=OrganisationType.POLICE),
        NewOrganisation("Maison Étoile", aliases=("Ancienne auberge",)),
        NewOrganisation("مركز الأسرة"),
    ]
    ids = cases.open_cases(session, new, None)
    session.commit()
    return ids


def test_each_word_typed_begins_a_word_of_a_name_an_alias_or_an_acronym(session: Session, some: list[int]) -> None:
    assert found(session, "etoil") == ["Centre d’aide l’Étoile", "Maison Étoile"]
    assert found(session, "ETO cen") == ["Centre d’aide l’Étoile"]
    assert found(session, "cale") == ["Centre d’aide l’Étoile"]
    assert found(session, "aub anc") == ["Maison Étoile"]
    assert found(session, "مركز") == ["مركز الأسرة"]
    assert found(session, "toile") == found(session, "=etoiie") == found(session, "%") == []


def test_the_list_is_filtered_by_type(session: Session, some: list[int], colette: Colleague) -> None:
    page = colette.get("/organisations?kind=police").text
    assert "Centre d’aide" in page
    assert "Maison Étoile" not in page
    assert listing.counts(session, Filters(kind="")) == {Disposition.NOT_CONTACTED: 2}


def test_common_words_are_walked_and_not_counted(
    session: Session, some: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "RARE", 1)
    assert found(session, "etoile") == ["Centre d’aide l’Étoile", "Maison Étoile"]
    assert listing.counts(session, Filters("etoile")) is None


def test_common_words_are_found_in_the_order_of_the_list_page_after_page(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"{kind} {town} {n}" for n, town in enumerate(("Amos", "Matane", "Gaspé")) for kind in ("Abri", "Abris")]
    names += ["Refuge Abri du Nord", "Refuge des jeunes"]
    cases.open_cases(session, [NewOrganisation(name) for name in names], None)
    monkeypatch.setattr(search, "RARE", 1)
    monkeypatch.setattr(listing, "PAGE", 3)
    asked = Filters("abri")
    assert search.search(session, "abri").along == ("abri", "abris")
    first = listing.page(session, asked)
    second = listing.page(session, asked, after=first.after)
    third = listing.page(session, asked, after=second.after)
    pages = [[row.name for row in page.rows] for page in (first, second, third)]
    everything = [name for page in pages for name in page]
    assert everything == sorted(name for name in names if "Abri" in name)
    assert third.after is None
    back = listing.page(session, asked, before=third.before)
    assert [row.name for row in back.rows] == pages[1]
    assert found(session, "refuge abr") == ["Refuge Abri du Nord"]
    assert [row.name for row in listing.conducted(session, "refuge abr", Role.COORDINATOR, 0)] == [
        "Refuge Abri du Nord"
    ]


def test_two_common_words_are_found_wherever_they_meet(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"{one} {n} {other}" for n in range(40) for one in ("Abri", "Maison") for other in ("jeune", "jeunes", "")]
    names += [
        f"{town} {n}" for n in range(9) for town in ("Amos jeunes", "Centre abri", "Maison abri jeune", "Zec abri")
    ]
    cases.open_cases(session, [NewOrganisation(" ".join(name.split()), Region.R03) for name in names], None)
    for name, most in (("RARE", 1), ("ALONG", 3)):
        monkeypatch.setattr(search, name, most)
    monkeypatch.setattr(meeting, "LEAPS", 6)
    monkeypatch.setattr(listing, "PAGE", 20)
    for asked, both in (
        ("abri jeune", ("abri", "jeune")),
        ("jeunes zec", ("jeunes", "zec")),
        ("ma ab je", ("ma", "ab", "je")),
    ):
        filters, after, pages = Filters(asked, region=Region.R03), None, []
        while not pages or after:
            page = listing.page(session, filters, after=after)
            pages.append([row.name for row in page.rows])
            after = page.after
        expected = (fold(" ".join(name.split())) for name in names)
        wanted = sorted(name for name in expected if all(any(w.startswith(b) for w in name.split()) for b in both))
        assert [fold(name) for page in pages for name in page] == wanted
        if len(pages) > 1:
            back = listing.page(session, filters, before=page.before)
            assert [row.name for row in back.rows] == pages[-2]


def test_where_too_many_words_begin_alike_the_list_is_followed(
    session: Session, some: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "RARE", 0)
    monkeypatch.setattr(search, "ALONG", 1)
    assert search.search(session, "a").along == ()
    assert found(session, "a") == ["Centre d’aide l’Étoile", "Maison Étoile"]


def test_the_longest_name_is_found_by_its_longest_word(session: Session) -> None:
    word = "".join(chr(0x20000 + 7919 * n % 40_000) for n in range(300))
    cases.open_cases(session, [NewOrganisation(f"{word} {word[::-1]}")], None)
    assert len(found(session, word[:80])) == 1


def test_the_index_follows_a_change_of_names(session: Session, some: list[int]) -> None:
    organisation = session.get_one(Organisation, some[1])
    organisations.change(session, organisation, Description("Refuge Papillon", aliases=("Le Nid",)), None)
    assert found(session, "etoile maison") == found(session, "auberge") == []
    assert found(session, "nid") == found(session, "papi") == ["Refuge Papillon"]
    assert set(
        session.scalars(sa.select(OrganisationWord.folded_name).where(OrganisationWord.organisation_id == some[1]))
    ) == {"refuge papillon"}
    assert reindexing.wrong(session) == 0


def test_an_index_that_is_wrong_is_seen_and_repaired(session: Session, some: list[int]) -> None:
    session.execute(sa.delete(OrganisationWord).where(OrganisationWord.organisation_id == some[0]))
    session.execute(sa.insert(OrganisationWord).values(organisation_id=some[1], word="intrus", folded_name="x"))
    assert reindexing.wrong(session) == 2
    assert reindexing.repair(session) == 2
    assert reindexing.wrong(session) == 0
    assert found(session, "intrus") == []
    assert found(session, "centre") == ["Centre d’aide l’Étoile"]


@pytest.mark.parametrize(
    "name",
    ["La CLÉS", "Projet Intervention Prostitution Québec (PIPQ)", "🙂", "Œuvre St-Jean (Maison ISA)", "TRAIC Jeunesse"],
)
def test_the_migration_indexes_a_name_as_the_program_does(name: str) -> None:
    file = Path(str(schema.MIGRATIONS)) / "versions" / "0010_fieldwork.py"
    spec = importlib.util.spec_from_file_location("migration", file)
    assert spec
    assert spec.loader
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    assert migration.indexed(name) == indexed([name])
