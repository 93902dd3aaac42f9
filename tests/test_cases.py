"""A case keeps its outcome, its interviewer, its history, and the tally keeps count of all of them."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from survey.accounts.models import Role
from survey.fieldwork import cases
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.models import Case, CaseEvent, CaseTally, EventKind, Organisation
from survey.fieldwork.tally import recount
from survey.instrument.codes import AAPOR, Aapor, CaseSource, Disposition, OrganisationType, Region
from tests.conftest import Colleague
from tests.racing import meanwhile


def open_case(session: Session, name: str = "Maison des rivières (fictive)", **about: object) -> Case:
    (organisation_id,) = cases.open_cases(session, [NewOrganisation(name, **about)], None)  # type: ignore[arg-type]
    return session.scalars(sa.select(Case).where(Case.organisation_id == organisation_id)).one()


def kinds(session: Session, case: Case) -> list[tuple[EventKind, str | None]]:
    return [
        (row.kind, row.code)
        for row in session.execute(
            sa.select(CaseEvent.kind, CaseEvent.code).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)
        )
    ]


def tally(session: Session) -> dict[tuple[object, ...], int]:
    return {tuple(row[:4]): row.n for row in session.execute(sa.select(CaseTally.__table__)) if row.n}


def counted(session: Session) -> dict[tuple[object, ...], int]:
    rows = session.execute(sa.select(Case.wave, Organisation.region_code, Case.interviewer_id, Case.disposition)
                           .join(Case.organisation)).all()  # fmt: skip
    found: dict[tuple[object, ...], int] = {}
    for wave, region, interviewer, disposition in rows:
        key = (wave, region or "", interviewer or 0, disposition)
        found[key] = found.get(key, 0) + 1
    return found


def test_a_new_case_is_to_be_contacted_and_counted(session: Session) -> None:
    case = open_case(session, region=Region.R13)
    assert case.disposition is Disposition.NOT_CONTACTED
    assert tally(session) == {(1, "13", 0, "not_contacted"): 1}
    assert kinds(session, case) == [(EventKind.IMPORTED, "not_contacted")]


def test_an_outcome_is_kept_with_its_history_and_counted(session: Session, roxane: Colleague) -> None:
    case = open_case(session)
    cases.set_outcome(session, case, Disposition.REFUSAL, roxane.id)
    session.commit()
    assert case.disposition is Disposition.REFUSAL
    assert kinds(session, case)[-1] == (EventKind.OUTCOME, "refusal")
    assert tally(session) == {(1, "", 0, "refusal"): 1}


def test_the_same_outcome_again_leaves_no_trace(session: Session, roxane: Colleague) -> None:
    case = open_case(session)
    for _ in range(3):
        cases.set_outcome(session, case, Disposition.NO_REPLY, roxane.id)
    assert [kind for kind, _ in kinds(session, case)] == [EventKind.IMPORTED, EventKind.OUTCOME]


def test_an_assignment_is_kept_with_its_history_and_counted(session: Session, roxane: Colleague) -> None:
    case = open_case(session, region=Region.R01)
    for interviewer_id in (roxane.id, roxane.id, None):
        cases.assign(session, case, interviewer_id, None)
    assert kinds(session, case)[1:] == [(EventKind.ASSIGNED, str(roxane.id)), (EventKind.ASSIGNED, None)]
    assert case.interviewer_id is None
    assert tally(session) == {(1, "01", 0, "not_contacted"): 1}


def test_a_case_follows_its_organisation_to_another_region(session: Session, odile: Colleague) -> None:
    case = open_case(session, region=Region.R01)
    cases.classify(session, case.organisation, Region.R17, None, odile.id)
    assert tally(session) == {(1, "17", 0, "not_contacted"): 1}


@pytest.mark.parametrize("act", ["outcome", "assign"])
def test_a_case_that_changes_while_its_organisation_moves_is_counted_where_it_went(
    app: Flask, session: Session, colette: Colleague, act: str
) -> None:
    case = open_case(session, region=Region.R01)
    organisation_id = case.organisation_id
    session.commit()

    def move(other: Session) -> None:
        cases.classify(other, other.get_one(Organisation, organisation_id), Region.R17, None, None)

    data = {"disposition": "refusal", "interviewer": str(colette.id)}
    answer = meanwhile(
        app.extensions["db"]["engine"], move, lambda: colette.post(f"/organisations/{organisation_id}/{act}", data)
    )
    assert answer.status_code == 303
    assert tally(session) == counted(session)
    assert {key[1] for key in tally(session)} == {"17"}


def test_cases_are_assigned_in_as_many_statements_whatever_their_number(
    app: Flask, session: Session, roxane: Colleague
) -> None:
    cases.open_cases(session, [NewOrganisation(f"Maison {n}") for n in range(30)], None)
    session.commit()
    identifiers = session.scalars(sa.select(Case.id).order_by(Case.id)).all()
    session.commit()
    asked: list[str] = []
    engine = app.extensions["db"]["engine"]
    sa.event.listen(engine, "before_cursor_execute", lambda *event: asked.append(event[2]))

    def statements(some: Sequence[int]) -> int:
        asked.clear()
        cases.assign_all(session, some, roxane.id, None)
        session.commit()
        session.expunge_all()
        return len([statement for statement in asked if statement.startswith("SELECT")])

    assert statements(identifiers[:2]) == statements(identifiers[2:])


def test_a_blank_note_is_not_kept(session: Session, roxane: Colleague) -> None:
    case = open_case(session)
    cases.add_note(session, case, " \n ", roxane.id)
    cases.add_note(session, case, "Rappeler\r\nmardi ", roxane.id)
    session.flush()
    notes = session.scalars(sa.select(CaseEvent.text).where(CaseEvent.kind == EventKind.NOTE)).all()
    assert notes == ["Rappeler\nmardi"]


@pytest.mark.parametrize(
    ("role", "whose", "may"),
    [
        (Role.INTERVIEWER, "nobody", True),
        (Role.INTERVIEWER, "mine", True),
        (Role.INTERVIEWER, "theirs", False),
        (Role.COORDINATOR, "theirs", True),
        (Role.ADMINISTRATOR, "theirs", True),
        (Role.CODER, "nobody", False),
        (Role.ANALYST, "mine", False),
    ],
)
def test_an_interviewer_conducts_their_own_cases_and_nobodys(role: Role, whose: str, may: bool) -> None:
    holder = {"nobody": None, "mine": 7, "theirs": 8}[whose]
    assert cases.conducts(role, 7, holder) is may


def test_no_initiative_not_eligible_nothing_to_inventory_and_refusal_are_four_things() -> None:
    classes = {
        Disposition.COMPLETED_NONE: Aapor.I,
        Disposition.NOT_ELIGIBLE: Aapor.NE,
        Disposition.NOTHING_TO_INVENTORY: Aapor.NE,
        Disposition.REFUSAL: Aapor.R,
    }
    assert {disposition: AAPOR[disposition] for disposition in classes} == classes
    assert len({disposition.label.fr for disposition in classes}) == 4


def act(session: Session, chance: random.Random, identifiers: Sequence[int], users: Sequence[int]) -> None:
    """One thing that happens in a day of fieldwork, drawn at random."""
    case = session.get_one(Case, chance.choice(identifiers))
    who = chance.choice([None, *users])
    match chance.randrange(5):
        case 0:
            cases.set_outcome(session, case, chance.choice(list(Disposition)), who)
        case 1:
            cases.assign(session, case, who, None)
        case 2:
            cases.assign_all(session, chance.sample(identifiers, k=5), who, None)
        case 3:
            cases.classify(
                session,
                case.organisation,
                chance.choice([None, *Region]),
                chance.choice([None, *OrganisationType]),
                None,
            )
        case 4:
            session.commit() if chance.random() < 0.7 else session.rollback()


@pytest.mark.parametrize("seed", range(5))
def test_the_tally_counts_the_cases_whatever_happens(
    session: Session, roxane: Colleague, malik: Colleague, seed: int
) -> None:
    chance = random.Random(seed)
    for batch in ("A", "B"):
        new = [
            NewOrganisation(
                f"{batch} {n}",
                chance.choice([None, *Region]),
                chance.choice(list(Disposition)),
                source=chance.choice(list(CaseSource)),
                snowball_wave=chance.randrange(3),
            )
            for n in range(40)
        ]
        cases.open_cases(session, new, None)
        session.commit()
        identifiers = list(session.scalars(sa.select(Case.id)))
        for _ in range(60):
            act(session, chance, identifiers, (roxane.id, malik.id))
        session.flush()
        assert tally(session) == counted(session)
        assert recount(session) == 0


def test_a_recount_mends_a_tally_that_somebody_broke(session: Session) -> None:
    cases.open_cases(session, [NewOrganisation("Une"), NewOrganisation("Deux", Region.R02)], None)
    session.execute(sa.update(CaseTally).values(n=9))
    session.execute(sa.insert(CaseTally).values(wave=1, region_code="09", interviewer_id=0, disposition="refusal", n=4))
    assert recount(session) == 3
    assert tally(session) == counted(session)
    assert recount(session) == 0
