"""A team that began in a spreadsheet brings its attempts and outcomes along: as if typed in, once, or not at all."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from survey.db import now
from survey.fieldwork import attempt_import, attempts, cases, tally
from survey.fieldwork.attempt_moments import Clock
from survey.fieldwork.attempt_plan import Plan
from survey.fieldwork.attempts import Attempt
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.contact_models import ContactAttempt
from survey.fieldwork.headings import AS_HEADED, Chosen
from survey.fieldwork.models import Case, Organisation, Person
from survey.fieldwork.remarks import Remark
from survey.instrument.codes import AttemptResult, Channel, Disposition, RefusalReason, Region
from tests.conftest import Colleague
from tests.test_frame import workbook

ZONE = "America/Toronto"
HEAD = "organisme;date;heure;moyen;résultat;personne;prochaine date;faite par;note;issue;raison du refus\n"
R, D = AttemptResult, Disposition


@pytest.fixture
def listed(session: Session) -> dict[str, int]:
    """Three organisations of the list, by name: their cases."""
    new = [
        NewOrganisation("Maison bleue", Region.R03, aliases=("MB",)),
        NewOrganisation("Centre rouge"),
        NewOrganisation("Été"),
    ]
    cases.open_cases(session, new, None)
    session.commit()
    query = sa.select(Organisation.name, Case.id).join(Case.organisation)
    found = {row.name: row.id for row in session.execute(query)}
    session.commit()
    return found


def clock() -> Clock:
    return Clock(now(), ZONE)


def plan_of(session: Session, text: str | bytes, chosen: Chosen = AS_HEADED, name: str = "suivi.csv") -> Plan:
    plan = attempt_import.read(text.encode() if isinstance(text, str) else text, name, clock(), chosen)
    attempt_import.find(session, plan, clock())
    return plan


def said(remarks: Sequence[Remark]) -> list[tuple[int | None, str]]:
    return [(remark.line, remark.text.fr) for remark in remarks]


def bring(session: Session, text: str | bytes, user_id: int | None = None) -> Plan:
    plan = plan_of(session, text)
    assert said(plan.errors) == []
    attempt_import.carry_out(session, plan, clock(), user_id)
    session.commit()
    return plan


def made(session: Session, case_id: int) -> list[ContactAttempt]:
    session.rollback()
    query = sa.select(ContactAttempt).where(ContactAttempt.case_id == case_id)
    return list(session.scalars(query.order_by(ContactAttempt.at, ContactAttempt.id)))


def of(session: Session, case_id: int) -> Case:
    session.rollback()
    return session.get_one(Case, case_id, populate_existing=True)


def local(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=ZoneInfo(ZONE))  # type: ignore[misc,arg-type]


def test_what_is_brought_in_is_what_would_have_been_typed(
    session: Session, listed: dict[str, int], roxane: Colleague
) -> None:
    told = [(R.NO_ANSWER, 4), (R.MESSAGE, 5), (R.APPOINTMENT, 9), (R.CALL_BACK, 11), (R.REFUSED, 15), (R.MESSAGE, 16)]
    typed, brought = (session.get_one(Case, listed[name]) for name in ("Maison bleue", "Centre rouge"))
    for result, day in told:
        at = local(2026, 3, day, 10, 30)
        next_at = attempts.attempt_rules.proposed(result, at, ZONE)
        attempts.record(session, typed, Attempt(Channel.PHONE, result, at, None, next_at, "n"), roxane.id)
    session.commit()
    lines = [f"Centre rouge;{day}/03/2026;10 h 30;tél.;{result.label.fr};;;Roxane;n;;" for result, day in told[::-1]]
    lines[-1] = lines[-1].replace("4/03/2026", "2026-03-04")
    bring(session, HEAD + "\n".join(lines))
    kept = ("disposition", "attempts", "last_attempt_at", "next_at", "interviewer_id", "refusal_reason")
    first, second = of(session, typed.id), of(session, brought.id)
    assert {name: getattr(second, name) for name in kept} == {name: getattr(first, name) for name in kept}
    columns = ("at", "channel", "result", "next_at", "note", "user_id")
    rows = [[tuple(getattr(a, c) for c in columns) for a in made(session, case_id)] for case_id in listed.values()]
    assert rows[0] == rows[1]
    assert tally.recount(session) == 0


def test_the_same_file_again_changes_nothing(session: Session, listed: dict[str, int], roxane: Colleague) -> None:
    text = HEAD + (
        "maison BLEUE;2026-03-12;14 h 30;Téléphone;Refus;Camille;;roxane@exemple.test;Poli;Refus;Manque de temps\n"
        "MB;2026-03-10;;courriel;message;;;Roxane;;;\n"
        "MB;2026-03-10;;courriel;message;;;Roxane;un autre;;\n"
        "Été;;;;;;;;;Impossible à rencontrer;\n"
    )
    plan = bring(session, text, roxane.id)
    assert (len(plan.attempts), plan.unchanged, len(plan.outcomes)) == (3, 0, 2)
    case = of(session, listed["Maison bleue"])
    assert (case.disposition, case.refusal_reason, case.attempts) == (D.REFUSAL, RefusalReason.TIME, 3)
    assert case.interviewer_id == roxane.id
    assert [one.at for one in made(session, case.id)] == [local(2026, 3, 10, 12)] * 2 + [local(2026, 3, 12, 14, 30)]
    assert of(session, listed["Été"]).disposition is D.IMPOSSIBLE
    assert session.scalars(sa.select(Person.name)).all() == ["Camille"]
    session.commit()
    again = bring(session, text, roxane.id)
    assert (again.does, again.attempts, again.unchanged, again.notices) == (False, [], 3, [])
    assert len(made(session, case.id)) == 3
    assert tally.recount(session) == 0


def test_what_was_typed_here_meanwhile_is_there_already(session: Session, case: Case, roxane: Colleague) -> None:
    typed = Attempt(Channel.PHONE, R.CALL_BACK, local(2026, 3, 12, 14, 32))
    attempts.record(session, session.get_one(Case, case.id), typed, roxane.id)
    session.commit()
    lines = "Maison d’essai;2026-03-12;;tél;à rappeler\nMaison d’essai;2026-03-12;14:30;tél;à rappeler\n"
    plan = plan_of(session, "organisme;date;heure;moyen;résultat\n" + lines)
    assert ([ready.told.line for ready in plan.attempts], plan.unchanged) == ([3], 1)


def test_one_attempt_on_two_lines_is_taken_once_and_said(session: Session, listed: dict[str, int]) -> None:
    plan = bring(session, "nom;date;moyen;résultat\n" + "Été;2026-03-12 9:00;tél;message\n" * 2)
    assert len(plan.attempts) == 1
    assert said(plan.notices) == [(3, "la même démarche est à la ligne 2 ; elle n’est prise qu’une fois.")]


def test_an_older_attempt_changes_neither_outcome_nor_what_is_next(
    session: Session, listed: dict[str, int], roxane: Colleague
) -> None:
    case = session.get_one(Case, listed["Été"])
    attempts.record(session, case, Attempt(Channel.PHONE, R.CALL_BACK, local(2026, 5, 2, 9)), roxane.id)
    session.commit()
    before = (of(session, case.id).disposition, of(session, case.id).next_at)
    bring(session, "nom;date;moyen;résultat\nÉté;2026-03-12;tél;refus")
    after = of(session, case.id)
    assert ((after.disposition, after.next_at), after.attempts) == (before, 2)


@pytest.mark.parametrize(
    ("before", "given", "after"),
    [
        (D.NOT_CONTACTED, "Refus", D.REFUSAL),
        (D.APPOINTMENT, "En cours", D.APPOINTMENT),
        (D.NO_REPLY, "Sondé", D.NO_REPLY),
        (D.COMPLETED, "Refus", D.COMPLETED),
    ],
)
def test_an_outcome_of_the_file_never_undoes_what_was_settled_here(
    session: Session, listed: dict[str, int], before: D, given: str, after: D
) -> None:
    case_id = listed["Été"]
    cases.set_outcome(session, session.get_one(Case, case_id), before, None)
    session.commit()
    given = D.IN_PROGRESS.label.fr if given == "En cours" else given
    plan = plan_of(session, f"nom;issue\nÉté;{given}")
    attempt_import.carry_out(session, plan, clock(), None)
    session.commit()
    assert of(session, case_id).disposition is after
    assert ["ne la remplace pas" in sentence for _, sentence in said(plan.notices)] == [True] * (before is after)


WRONG = {
    "Été;31/02/2021;tél;refus": "« 31/02/2021 » n’existe pas au calendrier.",
    "Été;03/04/2021;tél;refus": "« 03/04/2021 » se lit de deux façons",
    "Été;bientôt;tél;refus": "« bientôt » n’est pas une date",
    "Été;2999-01-01;tél;refus": "donnez une date qui n’est pas à venir",
    "Été;1999-12-31;tél;refus": "depuis l’an 2000",
    "Été;2026-03-08 2:30;tél;refus": "l’horloge avance d’une heure",
    "Été;;tél;refus": "la date de la démarche manque.",
    "Été;2026-03-09;;refus": "le moyen de la démarche manque.",
    "Été;2026-03-09;pigeon;refus": "moyen inconnu : « pigeon ».",
    "Été;2026-03-09;tél;bof": "résultat inconnu : « bof ».",
    "Été;2026-03-09;tél;pas maintenant": "dites quand reprendre",
    "Été;2026-03-09;tél;message;2026-03-01": "vient avant celle-ci",
    "Été;2026-03-09;tél;message;2999-03-01": "à plus de deux ans d’ici",
    "Été;2026-03-09;tél;message;peut-être": "« peut-être » n’est pas une date",
    "Été;2026-03-09;tél;refus;2026-06-01": "après un refus, on ne rappelle pas",
    "Été;2026-03-09;tél;message;;Zoé": "« Zoé » n’a pas de compte ici",
    "Été;2026-03-09;tél;message;;;Temps": "raison inconnue : « Temps ».",
    "Été;2026-03-09;tél;message;;;Manque de temps": "ni l’issue ni le résultat n’est un refus",
    "Été;;;;;;;Doublon d’une autre": "issue inconnue",
    ";2026-03-09;tél;message": "le nom de l’organisation manque.",
    "La maison bleue;2026-03-09;tél;message": "« La maison bleue » n’est pas dans la liste ; serait-ce « Maison bleue",
    "Rien de tel;2026-03-09;tél;message": "« Rien de tel » n’est pas dans la liste.",
}


@pytest.mark.parametrize("line", WRONG)
def test_a_line_that_is_wrong_is_named_in_words_and_nothing_is_kept(
    session: Session, listed: dict[str, int], line: str
) -> None:
    head = "nom;date;moyen;résultat;prochaine date;par;raison;issue\n"
    plan = plan_of(session, f"{head}Centre rouge;2026-03-09;tél;message\n{line}")
    [remark] = plan.errors
    assert remark.line == 3
    assert WRONG[line] in remark.text.fr
    assert remark.text.en != remark.text.fr
    with pytest.raises(ValueError, match="errors"):
        attempt_import.carry_out(session, plan, clock(), None)
    known = [text for at, text in said(plan.notices) if at is None]
    assert bool(known) == ("inconnu" in WRONG[line])


def test_a_day_without_an_hour_is_today_before_noon_too(session: Session, listed: dict[str, int]) -> None:
    early = Clock(local(2026, 3, 12, 9), ZONE)
    plan = attempt_import.read(b"nom;date;moyen;resultat\nCentre rouge;2026-03-12;tel;message", "a.csv", early)
    [told] = plan.told
    assert told.tried
    assert (told.tried.at, told.tried.exact) == (early.now, False)


def test_a_workbook_with_merged_cells_and_real_dates_says_the_same(session: Session, listed: dict[str, int]) -> None:
    rows = [
        ("Suivi de la collecte",),
        ("Organisme", "Date", "Moyen", "Résultat"),
        ("Été", dt.datetime(2026, 3, 12, 14, 30), "Zoom", "Rendez-vous pris"),
        (None, dt.date(2026, 3, 10), "tél.", "Boîte vocale"),
    ]
    plan = plan_of(session, workbook(rows, "A3:A4"), name="suivi.xlsx")
    assert said(plan.errors) == []
    assert [(r.told.line, r.told.tried and r.told.tried.at) for r in plan.attempts] == [
        (4, local(2026, 3, 10, 12)),
        (3, local(2026, 3, 12, 14, 30)),
    ]


def test_a_file_of_windows_is_read_as_it_is(session: Session, listed: dict[str, int]) -> None:
    plan = plan_of(session, "Organisme;Date;Moyen;Résultat\nÉté;1er mars 2026;tél.;Boîte vocale".encode("cp1252"))
    assert len(plan.attempts) == 1


def test_who_is_not_in_the_wave_is_said(session: Session, listed: dict[str, int]) -> None:
    session.execute(sa.delete(Case).where(Case.id == listed["Été"]))
    session.commit()
    plan = plan_of(session, "nom;issue\nÉté;Refus")
    assert said(plan.errors) == [(2, "« Été » n’est pas dans la vague en cours.")]


def test_a_thousand_attempts_ask_no_more_of_the_database_than_ten(session: Session) -> None:
    cases.open_cases(session, [NewOrganisation(f"Organisme {n}") for n in range(200)], None)
    session.commit()
    counted = []
    for n in (2, 200):
        statements: list[str] = []
        count = lambda *told, into=statements: into.append(told[2])  # noqa: E731 - one that can be taken away
        engine = session.get_bind().engine
        sa.event.listen(engine, "before_cursor_execute", count)
        lines = [f"Organisme {i % n};2026-0{3 + (n > 2)}-0{1 + i // n};tél;message" for i in range(5 * n)]
        bring(session, "nom;date;moyen;résultat\n" + "\n".join(lines))
        sa.event.remove(engine, "before_cursor_execute", count)
        counted.append(sum(statement.startswith(("SELECT", "INSERT")) for statement in statements))
    assert counted[1] <= counted[0] + 2


# By page


def send(who: Colleague, text: str | bytes, where: str = "/attempts/import", name: str = "suivi.csv") -> str:
    data = text.encode() if isinstance(text, str) else text
    response = who.post(where, {"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")
    assert response.status_code == 303
    return str(response.headers["Location"])


def test_the_coordinator_says_what_the_columns_hold_and_confirms(
    session: Session, listed: dict[str, int], colette: Colleague, roxane: Colleague
) -> None:
    preview = send(colette, "Qui;Quand;Comment faire;Bilan\nÉté;2026-03-12;tél;refus\nMB;2026-03-13;tél;message\n")
    page = colette.get(preview)
    assert "Aucune colonne ne porte le nom" in page.text
    assert "Été · MB" in page.text
    chosen = {"c0": "name", "c1": "date", "c2": "channel", "c3": "channel"}
    page = colette.get(preview, query_string=chosen)
    assert page.text.count("Une autre colonne contient la même chose") == 2
    assert 'aria-invalid="true"' in page.text
    chosen["c3"] = "result"
    page = colette.get(preview, query_string=chosen)
    assert "Importer 2 démarches" in page.text
    assert '<input type="hidden" name="c3" value="result">' in page.text
    assert colette.post(preview, {}).status_code == 422
    page = colette.post(preview, chosen, follow_redirects=True)
    assert "2 démarches sont entrées. 2 issues ont changé." in page.text
    assert of(session, listed["Été"]).disposition is D.REFUSAL
    assert made(session, listed["Été"])[0].user_id == colette.id
    assert of(session, listed["Été"]).interviewer_id is None
    session.rollback()
    assert "Refus" in colette.get(f"/organisations/{of(session, listed['Été']).organisation_id}").text
    again = send(colette, "nom;date;moyen;résultat\nÉté;2026-03-12;tél;refus\n")
    assert "Rien de nouveau" in colette.get(again).text


def test_a_list_without_known_headings_becomes_importable(session: Session, colette: Colleague) -> None:
    preview = send(colette, "Maison neuve;Laval\nCentre neuf;Gaspésie\n", "/organisations/import", "liste.csv")
    assert "Aucune colonne ne porte le nom" in colette.get(preview).text
    chosen = {"c0": "name", "c1": "note", "headless": "1"}
    assert "2 organisations seraient créées" in colette.get(preview, query_string=chosen).text
    colette.post(preview, chosen)
    assert session.scalars(sa.select(Organisation.name)).all() == ["Maison neuve", "Centre neuf"]


def test_what_makes_no_sense_for_a_column_is_left_aside(colette: Colleague) -> None:
    preview = send(colette, "nom;x\nA;b\n", "/organisations/import", "liste.csv")
    odd = {"c0": "name", "c1": "<script>", "c99999": "note", "cx": "name", "c-1": "name"}
    assert "1 organisation serait créée" in colette.get(preview, query_string=odd).text


def test_the_example_is_a_file_that_can_be_read(session: Session, colette: Colleague) -> None:
    cases.open_cases(session, [NewOrganisation("Maison de l’exemple"), NewOrganisation("Centre de l’exemple")], None)
    session.commit()
    for language in ("fr", "en"):
        example = colette.get(f"/attempts/example.xlsx?lang={language}")
        plan = attempt_import.read(example.data, "a.xlsx", clock())
        example.close()
        assert said(plan.errors) == []
        assert said(plan.notices) == []
        assert [told.tried and told.tried.result for told in plan.told] == [R.CALL_BACK, R.REFUSED]


def test_bringing_in_is_for_the_coordination(roxane: Colleague, colette: Colleague, odile: Colleague) -> None:
    assert roxane.get("/attempts/import").status_code == 403
    preview = send(colette, "nom;issue\nA;Refus")
    assert odile.get(preview).headers["Location"] == "/attempts/import"
    assert colette.post("/attempts/import", {}).status_code == 422


# By command


def test_the_command_brings_in_once_and_says_what_it_did(
    app: Flask, session: Session, listed: dict[str, int], tmp_path: Path
) -> None:
    path = tmp_path / "suivi.csv"
    path.write_text("nom;date;moyen;résultat\nÉté;2026-03-12;tél;refus\n", encoding="utf-8")
    said = [run(app, "--dry-run", str(path)), run(app, str(path)), run(app, str(path))]
    assert [(code, err) for code, _, err in said] == [(0, "")] * 3
    assert "Démarches à noter : 1 ; déjà là : 0 ; issues à changer : 1 (rien n’est écrit)." in said[0][1]
    assert "Démarches notées : 1 ; déjà là : 0 ; issues changées : 1." in said[1][1]
    assert "Démarches notées : 0 ; déjà là : 1 ; issues changées : 0." in said[2][1]
    path.write_text("nom;date;moyen;résultat\nÉté;demain;tél;refus\n", encoding="utf-8")
    code, out, err = run(app, str(path))
    assert code == 1
    assert "ligne 2 : « demain » n’est pas une date" in err
    assert "Traceback" not in out + err


def run(app: Flask, *arguments: str) -> tuple[int, str, str]:
    result = app.test_cli_runner().invoke(args=["attempts", "import", *arguments])
    return result.exit_code, result.stdout, result.stderr
