"""Anh takes what each may read: researchers, anybody, those who call back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from survey.audit import AuditEntry
from survey.fieldwork.models import Organisation
from survey.instrument.codes import Disposition, OrganisationType, Region, YesNo
from survey.instrument.dictionary import Type
from survey.interview.course_models import Respondent
from survey.release import freezing
from survey.release.commands import export_command
from survey.release.models import ReleaseTable, Unit
from survey.release.opened import FEW, KEYS, MASKED, few
from survey.release.shapes import Shape
from survey.release.tiers import Tier
from tests import recension
from tests.leaving import as_dicts, manifest, prepared, unpacked
from tests.recension import CANARIES
from tests.test_accounts import PASSWORD, with_password  # noqa: F401 - a fixture


@pytest.fixture
def anh(anh, with_password):  # noqa: F811
    with_password(anh)
    return anh


#: What the names of persons are, and what no tier holds.
PERSONS = {"interviewer", "respondent", "contacts", "person", "phone", "further respondent"}
NEVER = set(CANARIES) - PERSONS - {"e-mail"}


@pytest.fixture
def inventory(session):
    recension.build(session)
    session.commit()
    freezing.create(session, None)
    session.commit()


@pytest.fixture
def large(session):
    """Nine organisations in one region, two in another, one in a third; all of one type but one."""
    by = recension.interviewer(session)
    for n, region in enumerate([Region.R03] * 9 + [Region.R17] * 2 + [Region.R10]):
        case = recension.case(session, f"Organisme fictif {n}", Disposition.COMPLETED, region)
        case.organisation.kind = OrganisationType.POLICE if n == 0 else OrganisationType.COMMUNITY
        held = recension.interview(session, case, by, has_initiatives=YesNo.YES, knows_others=YesNo.NO)
        recension.initiative(session, held, 1, name=f"Nom {n}", description="Texte libre", year_created=2015)
    session.commit()
    freezing.create(session, None)
    session.commit()


def words(read):
    return "\n".join(str(row) for row in read.rows())


@pytest.mark.parametrize("tier", [Tier.RESEARCH, Tier.OPEN])
def test_no_tier_but_the_identified_one_names_a_person(tier, session, inventory):
    for unit in Unit:
        leaves = words(prepared(session, "csv", unit, tier=tier).table)
        for kind, canary in CANARIES.items():
            assert canary not in leaves, f"{kind} leaves in {unit}"


def test_the_identified_tier_names_persons_and_still_holds_no_note(session, inventory):
    leaves = {unit: words(prepared(session, "csv", unit, tier=Tier.IDENTIFIED).table) for unit in Unit}
    together = "\n".join(leaves.values())
    assert {kind for kind in PERSONS if CANARIES[kind] not in together} == set()
    assert {kind for kind in NEVER if CANARIES[kind] in together} == set()
    assert CANARIES["respondent"] in leaves[Unit.INTERVIEW]
    assert f"{CANARIES['person']}, {CANARIES['phone']}" in leaves[Unit.ORGANISATION]


def test_a_respondent_who_was_taken_off_is_not_named(session, inventory):
    session.execute(sa.update(Respondent).values(removed_at=recension.AT))
    session.commit()
    freezing.create(session, None)
    session.commit()
    assert CANARIES["further respondent"] not in words(
        prepared(session, "csv", Unit.INTERVIEW, tier=Tier.IDENTIFIED).table
    )


def test_the_names_of_persons_are_not_in_the_hash_of_a_release(session, inventory):
    release = prepared(session, "csv").table.release
    session.execute(sa.update(ReleaseTable).values(persons=None))
    session.expire_all()
    assert freezing.digest(release.tables) == release.sha256
    read = prepared(session, "csv", Unit.INTERVIEW, tier=Tier.IDENTIFIED)
    assert CANARIES["respondent"] not in words(read.table)
    assert any("respondent_name" in one.variables and "effacées" in one.why.fr for one in read.table.left_out)


def test_what_is_open_holds_neither_texts_nor_moments_nor_numbers_of_the_house(session, large):
    read = prepared(session, "csv", tier=Tier.OPEN)
    names = {variable.name: variable for variable in read.table.variables}
    assert not names.keys() & {"name", "description", "organisation_name", "opened_at"}
    assert all(variable.type is Type.NUMBER for name, variable in names.items() if name not in KEYS)
    rows = as_dicts(read.table)
    assert len({row["organisation_id"] for row in rows}) == 12
    assert all(len(row["organisation_id"]) == 10 for row in rows)
    cases = {
        row["organisation_id"] for row in as_dicts(prepared(session, "csv", Unit.ORGANISATION, tier=Tier.OPEN).table)
    }
    assert {row["organisation_id"] for row in rows} == cases, "the units still join"


def test_the_codes_of_the_open_tier_are_of_this_house_and_stay(session, large, app, monkeypatch):
    first = {row["organisation_id"] for row in as_dicts(prepared(session, "csv", tier=Tier.OPEN).table)}
    session.commit()
    freezing.create(session, None)
    session.commit()
    again = {row["organisation_id"] for row in as_dicts(prepared(session, "csv", tier=Tier.OPEN).table)}
    monkeypatch.setitem(app.config, "SECRET_KEY", "another house")
    other = {row["organisation_id"] for row in as_dicts(prepared(session, "csv", tier=Tier.OPEN).table)}
    assert first == again
    assert not first & other


def test_few_organisations_alone_at_a_value_are_masked_with_enough_others(session, large):
    rows = as_dicts(prepared(session, "csv", Unit.ORGANISATION, tier=Tier.OPEN).table)
    assert "region" not in rows[0], "of three regions two are rare, and the third alone would say the rest"
    assert "organisation_type" not in rows[0]
    session.add_all(
        recension.case(session, f"Autre {n}", Disposition.REFUSAL, Region.R06).organisation for n in range(6)
    )
    session.add_all(
        recension.case(session, f"Encore {n}", Disposition.REFUSAL, Region.R16).organisation for n in range(7)
    )
    session.commit()
    freezing.create(session, None)
    session.commit()
    read = prepared(session, "csv", Unit.ORGANISATION, tier=Tier.OPEN)
    seen = [row["region"] for row in as_dicts(read.table)]
    assert (seen.count(3), seen.count(16), seen.count(MASKED)) == (9, 7, 9), "6 of region 6 hide the 3 that are few"
    assert any("region" in one.variables for one in read.table.left_out)


def test_values_that_are_shared_enough_are_shown_and_a_rare_one_is_never_hidden_alone():
    assert few({1: range(9), 2: range(FEW)}) == set()
    assert few({1: range(9), 2: range(1), 3: range(10), 4: range(6)}) == {2, 4}
    assert few({0: range(50), 1: range(3)}) == {0, 1}, "a box that three ticked says who when it is masked"
    assert few({}) == set()


def test_region_and_type_together_do_not_single_out(session, large):
    session.execute(sa.update(Organisation).values(kind=OrganisationType.COMMUNITY, region_code=Region.R03))
    for n in range(12):
        case = recension.case(session, f"École {n}", Disposition.REFUSAL, Region.R06 if n else Region.R03)
        case.organisation.kind = OrganisationType.SCHOOL
    for n in range(8):
        recension.case(
            session, f"Police {n}", Disposition.REFUSAL, Region.R03
        ).organisation.kind = OrganisationType.POLICE
    session.commit()
    freezing.create(session, None)
    session.commit()
    read = prepared(session, "csv", Unit.ORGANISATION, tier=Tier.OPEN)
    rows = as_dicts(read.table)
    assert MASKED in {row["organisation_type"] for row in rows}
    assert MASKED in read.table.variables[read.table.place("organisation_type")].missing
    assert any("organisation_type" in one.variables for one in read.table.left_out)
    schools = [row for row in rows if row["organisation_type"] == OrganisationType.SCHOOL.number]
    assert {row["region"] for row in schools} == {6}, "the one school of region 3 does not say that it is one"


def test_a_manifest_says_what_was_left_out_and_why(anh, session, inventory):
    with anh.get("/releases/1/export?unit=interview&form=csv&language=fr") as answer:
        said = manifest(unpacked(answer))
    assert (said["release"], said["unit"], said["tier"], said["rows"]) == (1, "interview", "research", 2)
    left = {why["why"]: why["variables"] for why in said["left_out"]}
    assert {"respondent_name", "others_contacts", "interviewer"} <= {name for names in left.values() for name in names}
    assert any("notes internes" in why for why in left)


def test_names_leave_for_a_reason_and_with_the_password_alone(anh, session, inventory):
    url = "/releases/1/export?unit=interview&form=csv&language=fr&tier=identified"
    page = anh.get(url)
    assert page.status_code == 200
    assert CANARIES["respondent"] not in page.text
    for sent in ({"reason": "Rappeler", "password": "pas le bon mot de passe"}, {"reason": " ", "password": PASSWORD}):
        refused = anh.post(url, sent)
        assert refused.status_code == 422
        assert CANARIES["respondent"] not in refused.text
    assert not session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "release.export")).all()
    with anh.post(url, {"reason": "Rappeler", "password": PASSWORD}) as answer:
        files = unpacked(answer)
    assert CANARIES["respondent"].encode() in files["recension-v1-interview-identified-fr.csv"]
    session.rollback()
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "release.export")).one()
    assert (entry.user_id, entry.object_id) == (anh.id, 1)
    assert entry.detail == "interview csv fr identified long 2 Rappeler"


def test_a_password_sent_for_what_names_nobody_is_not_asked(anh, session, inventory):
    assert anh.post("/releases/1/export?form=csv", {"reason": "x", "password": PASSWORD}).status_code == 404


def test_the_command_asks_who_and_why_before_names_leave(app, anh, session, inventory, tmp_path):
    run, path = app.test_cli_runner().invoke, tmp_path / "entrevues.csv"
    asked = ["--format", "csv", "--unit", "interview", "--tier", "identified", "-o", str(path)]
    session.rollback()
    assert run(export_command, asked).exit_code == 2
    more = [*asked, "--reason", "Rappeler", "--user", "anh@exemple.test"]
    assert run(export_command, more, input="pas le bon mot de passe\n").exit_code == 1
    assert not path.exists()
    done = run(export_command, more, input=f"{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert CANARIES["respondent"] in path.read_text("utf-8")
    session.rollback()
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "release.export")).one()
    assert entry.user_id == anh.id


def test_the_command_gives_no_name_to_an_interviewer(app, roxane, with_password, session, inventory, tmp_path):  # noqa: F811
    with_password(roxane)
    session.rollback()
    path = tmp_path / "entrevues.csv"
    asked = ["--format", "csv", "--unit", "interview", "--tier", "identified", "--reason", "Voir", "-o", str(path)]
    refused = app.test_cli_runner().invoke(
        export_command, [*asked, "--user", "roxane@exemple.test"], input=f"{PASSWORD}\n"
    )
    assert refused.exit_code == 1
    assert "peut exporter" in refused.output
    assert not path.exists()


def test_wide_has_a_row_per_case_and_loses_no_initiative(session, inventory):
    long, wide = (prepared(session, "csv", shape=shape).table for shape in Shape)
    rows = as_dicts(wide)
    assert [row["case_id"] for row in rows] == [1, 2, 3], "cases without an initiative are there too"
    said = as_dicts(long)
    assert [rows[0][f"{name}_r{n}"] for n in (1, 2) for name in ("initiative_id", "name", "description")] == [
        one[name] for one in said for name in ("initiative_id", "name", "description")
    ]
    assert rows[1]["name_r1"] is None
    assert wide.name.endswith("-wide")
    assert len({variable.name for variable in wide.variables}) == len(wide.variables)


def test_wide_and_open_join_by_their_codes(session, large):
    rows = as_dicts(prepared(session, "csv", tier=Tier.OPEN, shape=Shape.WIDE).table)
    long = as_dicts(prepared(session, "csv", tier=Tier.OPEN).table)
    assert {(row["case_id"], row["initiative_id_r1"]) for row in rows} == {
        (row["case_id"], row["initiative_id"]) for row in long
    }
    assert len(rows) == 12
