"""Duplicates: merged with nothing moved, undone exactly, and found under every name."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from survey.fieldwork import cases, merging, naming, opening, pairs, referrals, tally
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.merging import Objection, Refused
from survey.fieldwork.models import Case, EventKind, Organisation, Person
from survey.fieldwork.referrals import Named
from survey.instrument.codes import Disposition, Mode, RefusalReason
from survey.interview import conduct
from survey.interview.models import Interview
from survey.text import fold
from tests.conftest import Colleague
from tests.racing import meanwhile

KEPT, DUPLICATE, THIRD = "Maison des rivières", "Auberge du pont", "Centre des érables"


@pytest.fixture
def three(session: Session) -> tuple[int, int, int]:
    new = [
        NewOrganisation(KEPT),
        NewOrganisation(DUPLICATE, disposition=Disposition.REFUSAL, aliases=("Le Pont",)),
        NewOrganisation(THIRD),
    ]
    first, second, third = cases.open_cases(session, new, None)
    session.commit()
    return first, second, third


def case_of(session: Session, organisation_id: int) -> Case:
    return session.scalars(sa.select(Case).where(Case.organisation_id == organisation_id)).one()


def interviewed(session: Session, organisation_id: int, user_id: int) -> None:
    conduct.start(session, case_of(session, organisation_id), Mode.PHONE, user_id)
    session.commit()


def test_a_duplicate_has_its_outcome_and_undoing_gives_back_the_one_before(
    session: Session, three: tuple[int, int, int], colette: Colleague
) -> None:
    kept, duplicate, _ = three
    case_of(session, duplicate).refusal_reason = RefusalReason.TIME
    assert colette.post(f"/organisations/{duplicate}/merge", {"kept": kept}).status_code == 303
    assert case_of(session, duplicate).disposition is Disposition.DUPLICATE
    assert not tally.differences(session)
    session.commit()
    assert colette.post(f"/organisations/{duplicate}/unmerge").status_code == 303
    case = case_of(session, duplicate)
    assert (case.disposition, case.refusal_reason) == (Disposition.REFUSAL, RefusalReason.TIME)
    assert session.get_one(Organisation, duplicate).merged_into_id is None
    assert not tally.differences(session)


def test_merging_and_undoing_twice_leaves_one_trace_each(session: Session, three: tuple[int, int, int]) -> None:
    kept, duplicate, _ = three
    assert merging.merge(session, duplicate, kept, None)
    assert not merging.merge(session, duplicate, kept, None)
    assert merging.undo(session, duplicate, None)
    assert not merging.undo(session, duplicate, None)
    session.flush()
    kinds = [event.kind for event in case_of(session, duplicate).events]
    assert kinds.count(EventKind.MERGED) == kinds.count(EventKind.UNMERGED) == 1


def test_two_coordinators_who_merge_at_once_have_one_effect(
    app: Flask, session: Session, three: tuple[int, int, int], colette: Colleague
) -> None:
    kept, duplicate, third = three
    engine = app.extensions["db"]["engine"]
    answer = meanwhile(
        engine,
        lambda other: merging.merge(other, duplicate, kept, None),
        lambda: colette.post(f"/organisations/{duplicate}/merge", {"kept": third}),
    )
    assert answer.status_code == 422
    assert session.get_one(Organisation, duplicate).merged_into_id == kept
    assert not tally.differences(session)


def test_what_makes_no_sense_is_refused(session: Session, three: tuple[int, int, int], roxane: Colleague) -> None:
    kept, duplicate, third = three
    merging.merge(session, duplicate, kept, None)
    session.commit()
    interviewed(session, third, roxane.id)

    def why(one: int, other: int) -> Objection:
        with pytest.raises(Refused) as refused:
            merging.merge(session, one, other, None)
        session.rollback()
        return refused.value.why

    assert why(third, third) is Objection.ITSELF
    assert why(duplicate, third) is Objection.MERGED
    assert why(third, duplicate) is Objection.KEPT_IS_MERGED
    assert why(third, kept) is Objection.OTHER_WAY
    interviewed(session, kept, roxane.id)
    assert why(third, kept) is Objection.BOTH_INTERVIEWED
    assert merging.merge(session, third, kept, None, moved=True)


def test_the_page_of_the_one_kept_shows_what_the_duplicate_had(
    session: Session, three: tuple[int, int, int], colette: Colleague
) -> None:
    kept, duplicate, third = three
    session.add(Person(organisation_id=duplicate, name="Personne fictive"))
    named = Named("le pont", "Quelqu’un de fictif")
    referrals.keep(session, case_of(session, third).id, uuid.uuid4(), 0, named, colette.id)
    merging.merge(session, duplicate, kept, None)
    session.commit()
    page = colette.get(f"/organisations/{kept}").text
    for text in (
        "Aussi connue sous le nom de",
        DUPLICATE,
        "Personne fictive",
        "Quelqu’un de fictif",
        "Défaire la fusion",
    ):
        assert text in page
    other = colette.get(f"/organisations/{duplicate}").text
    assert "Doublon de" in other
    assert f'href="/organisations/{kept}"' in other
    assert "Commencer l’entrevue" not in other


def test_every_name_leads_to_the_one_that_is_kept_in_the_end(session: Session, three: tuple[int, int, int]) -> None:
    kept, duplicate, third = three
    merging.merge(session, duplicate, kept, None)
    merging.merge(session, kept, third, None)
    names = {fold(name) for name in (KEPT, DUPLICATE, "Le Pont", THIRD)}
    assert naming.find(session, names) == dict.fromkeys(names, third)
    assert names == naming.known_as(session, third)


def test_the_two_are_seen_side_by_side_before(
    session: Session, three: tuple[int, int, int], colette: Colleague, roxane: Colleague
) -> None:
    kept, duplicate, _ = three
    interviewed(session, duplicate, roxane.id)
    page = colette.get(f"/organisations/{duplicate}/compare?with={kept}").text
    assert "gardez plutôt celle-ci" in page
    assert page.count("Garder celle-ci") == 1
    assert colette.get(f"/organisations/{kept}/compare?with=999").status_code == 404
    assert colette.get(f"/organisations/{kept}/compare?q=pont").text.count(DUPLICATE) == 1
    assert roxane.get(f"/organisations/{kept}/compare").status_code == 403


def test_the_likely_pairs_are_shown_until_somebody_says_that_they_are_two(session: Session, colette: Colleague) -> None:
    names = (
        "CISSS de Laval",
        "CISSS Laval",
        "CISSS des Laurentides",
        "La CLÉS",
        "Concertation des luttes exploitation sexuelle",
    )
    first, second, *_ = cases.open_cases(session, [NewOrganisation(name) for name in names], None)
    session.commit()
    likely = {frozenset((one.name, other.name)) for one, other, *_ in pairs.likely_pairs(session)}
    assert likely == {frozenset(names[:2]), frozenset(names[3:])}
    session.commit()
    assert "CISSS Laval" in colette.get("/organisations/duplicates").text
    colette.post(f"/organisations/{second}/distinguish", {"other": first})
    colette.post(f"/organisations/{first}/distinguish", {"other": second})
    assert "CISSS Laval" not in colette.get("/organisations/duplicates").text


def test_the_outcome_of_a_duplicate_waits_for_the_merge_to_be_undone(
    session: Session, three: tuple[int, int, int], colette: Colleague
) -> None:
    kept, duplicate, _ = three
    merging.merge(session, duplicate, kept, None)
    session.commit()
    answer = colette.post(f"/organisations/{duplicate}/outcome", {"disposition": "completed"}, follow_redirects=True)
    assert "est un doublon" in answer.text
    assert case_of(session, duplicate).disposition is Disposition.DUPLICATE


def test_an_outcome_that_comes_while_they_are_merged_is_refused_too(
    app: Flask, session: Session, three: tuple[int, int, int], colette: Colleague
) -> None:
    kept, duplicate, _ = three
    meanwhile(
        app.extensions["db"]["engine"],
        lambda other: merging.merge(other, duplicate, kept, None),
        lambda: colette.post(f"/organisations/{duplicate}/outcome", {"disposition": "refusal"}),
    )
    assert case_of(session, duplicate).disposition is Disposition.DUPLICATE


@pytest.mark.parametrize("merged", [True, False])
def test_nothing_is_noted_or_agreed_on_with_a_duplicate(
    session: Session, three: tuple[int, int, int], colette: Colleague, merged: bool
) -> None:
    kept, duplicate, _ = three
    if merged:
        merging.merge(session, duplicate, kept, None)
    else:
        cases.set_outcome(session, case_of(session, duplicate), Disposition.DUPLICATE, None)
    session.commit()
    page, house = colette.get(f"/organisations/{duplicate}").text, f"/organisations/{duplicate}"
    assert "est un doublon :" in page
    assert "Prendre un rendez-vous" not in page
    assert f'action="{house}/attempts"' not in page
    told = {"channel": "phone", "result": "call_back", "note": "Rappeler jeudi", "form_id": str(uuid.uuid4())}
    refused = colette.post(f"{house}/attempts", told)
    assert refused.status_code == 409
    assert "est un doublon :" in refused.text
    assert "Rappeler jeudi" in refused.text, "what was typed is not lost"
    assert "est un doublon :" in colette.get(f"{house}/appointments/new", follow_redirects=True).text
    agreed = {"date": "2027-03-02", "time": "10:00", "minutes": "60", "mode": "phone", "language": "fr", "person": ""}
    assert colette.post(f"{house}/appointments/new", agreed).status_code == 303
    case = case_of(session, duplicate)
    assert (case.disposition, case.attempts, case.next_at) == (Disposition.DUPLICATE, 0, None)


def test_a_merge_of_an_earlier_wave_is_undone_in_a_later_one(
    session: Session, three: tuple[int, int, int], colette: Colleague
) -> None:
    kept, duplicate, _ = three
    merging.merge(session, duplicate, kept, None)
    opening.open_next(session, 1, set(Disposition), colette.id)
    session.commit()
    assert f"/organisations/{duplicate}/unmerge" in colette.get(f"/organisations/{duplicate}").text
    assert colette.post(f"/organisations/{duplicate}/unmerge").status_code == 303
    assert session.get_one(Organisation, duplicate).merged_into_id is None
    assert case_of(session, duplicate).disposition is Disposition.REFUSAL


def test_no_interview_is_held_with_a_duplicate(
    session: Session, three: tuple[int, int, int], colette: Colleague
) -> None:
    kept, duplicate, _ = three
    merging.merge(session, duplicate, kept, None)
    case_id = case_of(session, duplicate).id
    session.commit()
    answer = colette.post(f"/interviews/start/{case_id}", {"mode": "phone"})
    assert answer.location == f"/organisations/{kept}"
    assert session.scalar(sa.select(sa.func.count(Interview.id))) == 0
