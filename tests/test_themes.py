"""Bastien marks themes on what was said: on words that are there, of themes that stand, and once."""

from __future__ import annotations

import uuid
from collections import Counter

import pytest
import sqlalchemy as sa

from survey.coding import themes
from survey.coding.models import Theme, ThemeMark
from survey.coding.themes import OPEN, Place, Unmarkable, Why
from survey.instrument.codes import Region, YesNo
from survey.interview.models import Initiative, Interview
from survey.release import freezing
from survey.release.comparing import compare
from survey.release.models import Unit
from survey.release.tiers import Tier
from tests import recension, themed
from tests.leaving import as_dicts, prepared
from tests.recension import AT


@pytest.fixture
def answered(session, interview):
    """Roxane's interview has an answer, and an initiative too."""
    interview.concerns, interview.needs = "Le roulement 😀 du personnel", ""
    interview.has_initiatives = YesNo.YES
    block = recension.initiative(session, interview, 1, objectives="Prévenir")
    session.commit()
    return interview, block


def why(session, theme_id, coder_id, place, passage=None):
    with pytest.raises(Unmarkable) as refused:
        themes.mark(session, uuid.uuid4(), theme_id, coder_id, place, passage)
    return refused.value.why


def test_open_questions_are_those_answered_in_paragraphs_and_never_contact_details():
    assert {"innovative_aspects", "concerns", "needs", "closing_remarks"} < OPEN.keys()
    assert not OPEN.keys() & {"others_contacts", "respondent_name", "name", "youth_age"}
    assert (OPEN["needs"], OPEN["components"]) == ("others", "initiatives")


def test_a_mark_keeps_the_words_that_it_was_put_on(bastien, session, answered):
    held, block = answered
    theme = themed.theme(session, "Personnel")
    made = themes.mark(session, uuid.uuid4(), theme.id, bastien.id, Place(held.id, None, "concerns"), range(13, 24))
    whole = themes.mark(session, uuid.uuid4(), theme.id, bastien.id, Place(held.id, block.id, "objectives"))
    session.commit()
    assert (made.text, made.whole, made.start, made.end) == ("😀 du person", False, 13, 24)
    assert (whole.text, whole.whole, whole.start, whole.end) == ("Prévenir", True, 0, 8)
    assert themes.stands(made, held.concerns)
    assert themes.stands(whole, "Prévenir")
    assert not themes.stands(made, f"Oui. {held.concerns}")
    assert not themes.stands(whole, "Prévenir, et guérir")
    assert not themes.stands(made, None)


def test_the_same_number_again_is_the_same_mark(bastien, session, answered):
    held, _block = answered
    theme, number, place = themed.theme(session, "Personnel"), uuid.uuid4(), Place(held.id, None, "concerns")
    first = themes.mark(session, number, theme.id, bastien.id, place, range(2))
    assert themes.mark(session, number, theme.id, bastien.id, place, range(5, 9)) is first
    assert session.scalar(sa.select(sa.func.count()).select_from(ThemeMark)) == 1


def test_no_mark_is_put_on_nothing(bastien, session, answered):
    held, block = answered
    theme = themed.theme(session, "Personnel")
    on = Place(held.id, None, "concerns")
    length = len(held.concerns)
    for passage in (range(0), range(5, 4), range(-1, 3), range(length + 1), range(0, 4, 2)):
        assert why(session, theme.id, bastien.id, on, passage) is Why.NO_PASSAGE
    for place in (
        Place(held.id, None, "needs"),
        Place(held.id, None, "others_contacts"),
        Place(held.id, None, "objectives"),
        Place(held.id, block.id, "concerns"),
        Place(held.id + 1, block.id, "objectives"),
        Place(held.id, block.id + 1, "objectives"),
        Place(held.id, None, "drop table"),
    ):
        assert why(session, theme.id, bastien.id, place) is Why.NO_ANSWER
    block.removed_at = AT
    assert why(session, theme.id, bastien.id, Place(held.id, block.id, "objectives")) is Why.NO_ANSWER


def test_a_theme_that_is_retired_keeps_its_marks_and_takes_no_more(bastien, session, answered):
    held, _block = answered
    theme, place = themed.theme(session, "Personnel"), Place(held.id, None, "concerns")
    themes.mark(session, uuid.uuid4(), theme.id, bastien.id, place)
    theme.retired_at = AT
    assert why(session, theme.id, bastien.id, place, range(2)) is Why.NO_THEME
    assert why(session, theme.id + 1, bastien.id, place) is Why.NO_THEME
    assert [(node.id, node.retired) for node in themes.tree(session.connection())] == [(theme.id, True)]
    assert [mark.theme_id for mark in themes.marks(session.connection())] == [theme.id]


def test_the_tree_is_read_from_its_roots_down_in_the_order_of_names(session):
    root = themed.theme(session, "Écoles", name_en="Schools")
    for name in ("Zèle", "art", "Élan"):
        themed.theme(session, name, root)
    themed.theme(session, "Argent")
    session.commit()
    assert [node.path.fr for node in themes.tree(session.connection())] == [
        "Argent", "Écoles", "Écoles > art", "Écoles > Élan", "Écoles > Zèle",
    ]  # fmt: skip
    assert themes.tree(session.connection())[2].path.en == "Schools > art"


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"end": 0}, "ck_theme_mark__marks_something"),
        ({"start": -1, "end": 7, "whole": False}, "ck_theme_mark__marks_something"),
        ({"text": "Préveni"}, "ck_theme_mark__text_is_what_was_marked"),
        ({"start": 1, "text": "révenir"}, "ck_theme_mark__whole_begins_at_the_beginning"),
    ],
)
def test_the_database_refuses_a_mark_of_nothing_or_of_other_words(change, check, bastien, session, answered):
    held, block = answered
    theme = themed.theme(session, "Personnel")
    made = themes.mark(session, uuid.uuid4(), theme.id, bastien.id, Place(held.id, block.id, "objectives"))
    with pytest.raises(sa.exc.IntegrityError, match=check):
        session.execute(sa.update(ThemeMark).where(ThemeMark.id == made.id).values(change))


def test_the_database_refuses_the_same_mark_twice_and_a_name_twice_among_siblings(bastien, session, answered):
    held, _block = answered
    theme, place = themed.theme(session, "Personnel"), Place(held.id, None, "concerns")
    themes.mark(session, uuid.uuid4(), theme.id, bastien.id, place)
    with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
        themes.mark(session, uuid.uuid4(), theme.id, bastien.id, place)
    under = themed.theme(session, "Personnel", theme)
    for parent in (None, theme):
        with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
            themed.theme(session, "Personnel", parent)
    under.retired_at = AT
    session.flush()
    themed.theme(session, "Personnel", theme)
    with pytest.raises(sa.exc.IntegrityError, match="is_not_under_itself"), session.begin_nested():
        session.execute(sa.update(Theme).where(Theme.id == theme.id).values(parent_id=theme.id))


@pytest.fixture
def frozen(session):
    """The marks of two coders, in a release."""
    made = themed.build(session)
    session.commit()
    freezing.create(session, None)
    session.commit()
    return made


def rows(session, unit=Unit.THEME, **more):
    return as_dicts(prepared(session, "csv", unit, **more).table)


def test_a_release_holds_a_row_per_mark_with_the_answer_that_it_is_on(session, frozen):
    assert Counter((row["item"], row["quotation"], row["theme"], row["coder"]) for row in rows(session)) == Counter(
        (one.item, one.words, one.theme, one.coder) for one in frozen
    )
    for row in rows(session):
        record = session.get_one(Initiative, row["initiative_id"]) if row["initiative_id"] else None
        said = getattr(record or session.get_one(Interview, row["interview_id"]), row["item"])
        assert themes.normalise(said)[row["start"] : row["end"]] == row["quotation"]
        assert (row["case_id"], row["organisation_id"]) in {(1, 1), (2, 2)}
        assert row["current"] == 1
    assert "Ressources & « moyens » > Personnel" in {row["theme_path"] for row in rows(session)}


def test_the_themes_are_frozen_with_those_that_nobody_used(session, frozen):
    assert [
        (row["theme_name"], row["theme_name_en"], row["parent_theme"]) for row in rows(session, Unit.THEME_TREE)
    ] == [
        ("Ressources & « moyens »", "Ressources & « moyens »", None),
        ("Autre", "Autre", 1),
        ("Personnel", "Staff", 1),
        ("Temps <long>", "Temps <long>", None),
        ("Autre", "Autre", 4),
    ]


def test_a_mark_on_what_is_not_released_is_not_released(session, frozen):
    first = session.scalars(sa.select(Interview).where(Interview.concerns == themed.HARD)).one()
    first.has_initiatives = YesNo.NO
    other = session.scalars(sa.select(Interview).where(Interview.needs == themed.NEEDS)).one()
    declined = session.scalars(sa.select(Interview).where(Interview.needs == recension.CANARIES["declined"])).one()
    assert (other.knows_others, other.others_named) == (YesNo.NO, recension.CANARIES["off route"])
    for place in (Place(other.id, None, "others_named"), Place(declined.id, None, "needs")):
        themes.mark(session, uuid.uuid4(), frozen[0].theme, frozen[0].coder, place)
    session.commit()
    freezing.create(session, None)
    session.commit()
    expected = Counter(one.words for one in frozen if one.item != "innovative_aspects")
    assert Counter(row["quotation"] for row in rows(session)) == expected


def test_coders_are_numbers_but_at_the_identified_tier(session, frozen):
    assert not {word for word in themed.CODERS if word in str(rows(session))}
    assert {row["coder_name"] for row in rows(session, tier=Tier.IDENTIFIED)} == set(themed.CODERS)


def test_what_is_open_holds_no_words_and_no_theme_that_few_organisations_share(session, frozen):
    table = prepared(session, "csv", Unit.THEME, tier=Tier.OPEN).table
    names = {variable.name for variable in table.variables}
    assert not names & {"quotation", "theme_path", "organisation_name", "mark_id", "marked_at"}
    assert "theme" not in names, "two organisations are too few for any theme"
    everybody(session)
    opened = rows(session, tier=Tier.OPEN)
    shared = next(one.theme for one in frozen if one.words == "argent 💰")
    assert {row["theme"] for row in opened} == {shared, -6}
    assert all(len(row["coder"]) == 10 for row in opened)
    tree = rows(session, Unit.THEME_TREE, tier=Tier.OPEN)
    assert "theme_definition" not in tree[0]
    assert {row["theme"] for row in tree} == {1, 2, 3, 4, 5}


def everybody(session):
    """Six more organisations say what two themes are about."""
    by = session.scalars(sa.select(Interview)).first().interviewer
    both = session.scalars(sa.select(Theme).where(Theme.name.in_(("Autre", "Personnel")), Theme.parent_id == 1)).all()
    for n in range(6):
        case = recension.case(session, f"Organisme {n}", "completed", Region.R06)
        held = recension.interview(session, case, by, needs="De l’argent")
        for theme in both:
            themes.mark(session, uuid.uuid4(), theme.id, by.id, Place(held.id, None, "needs"))
    session.commit()
    freezing.create(session, None)
    session.commit()


def test_two_releases_are_compared_mark_by_mark_and_theme_by_theme(session, frozen):
    one = prepared(session, "csv").table.release
    session.execute(sa.delete(ThemeMark).where(ThemeMark.id == frozen[0].number))
    session.scalars(sa.select(Theme).where(Theme.name == "Personnel")).one().definition = "Qui travaille là"
    session.commit()
    other = freezing.create(session, None)
    session.commit()
    changes = {one.unit: one for one in compare(session, one, other)}
    assert changes[Unit.THEME].removed == [(str(frozen[0].number),)]
    assert changes[Unit.THEME_TREE].cells == {"theme_definition": 1}
