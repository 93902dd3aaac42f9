"""A new wave of collection: opened once, in figures, from the last; what is out of it, and what was before it."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
import sqlalchemy as sa

from survey.accounts.models import Language, User
from survey.audit import Action, AuditEntry
from survey.db import now
from survey.fieldwork import appointments, attempts, cases, following, messages, opening, planning, tally, waves
from survey.fieldwork.appointments import Agreed
from survey.fieldwork.attempts import Attempt
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.contact_models import Appointment, Message
from survey.fieldwork.message_texts import Letter
from survey.fieldwork.messages import Draft
from survey.fieldwork.models import Case, CaseTally, Organisation, Person, Wave
from survey.fieldwork.waves import Reconciliation
from survey.instrument.codes import (
    AttemptResult,
    CaseSource,
    Channel,
    ConsentPurpose,
    Disposition,
    MessageKind,
    Mode,
    Region,
    YesNo,
)
from survey.interview import conduct
from survey.interview.models import Interview
from tests.racing import meanwhile

LIST = [
    NewOrganisation("Maison des rivières (fictive)", Region.R03, Disposition.COMPLETED),
    NewOrganisation(
        "Centre du fleuve (fictif)", Region.R06, Disposition.REFUSAL, source=CaseSource.REFERRAL, snowball_wave=2
    ),
    NewOrganisation("Relais du nord (fictif)", Region.R10, Disposition.NOT_ELIGIBLE),
    NewOrganisation("Table du sud (fictive)", None, Disposition.NO_REPLY),
]
AGREED = Agreed(dt.datetime(2027, 3, 2, 15, tzinfo=dt.UTC), 60, Mode.PHONE, Language.FRENCH)
KEEP = {"seen": "1", "keep": ["completed", "refusal", "no_reply"]}


@pytest.fixture
def organisations(session, roxane, malik):
    """Four organisations at the end of a first wave: two of Roxane's, one of Malik's, one that is nobody's."""
    ids = cases.open_cases(session, LIST, None)
    of_each = {case.organisation_id: case for case in session.scalars(sa.select(Case))}
    for identifier, who in zip(ids, (roxane, roxane, malik), strict=False):
        cases.assign(session, of_each[identifier], who.id, None)
    session.commit()
    return ids


def text_of(html):
    html = re.sub(r'<span class="(folded|visually-hidden)">.*?</span>', "", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ").replace("\u202f", " ").split())


def in_wave(session, number):
    session.rollback()
    session.expire_all()
    found = list(session.scalars(sa.select(Case).where(Case.wave == number).order_by(Case.organisation_id)))
    session.expunge_all()
    session.rollback()
    return found


def open_second(session, colette, **more):
    answer = colette.post("/outcomes/next-wave", KEEP | more)
    assert answer.status_code == 303
    return in_wave(session, 2)


def test_what_will_be_done_is_said_in_figures_before_it_is(organisations, colette, session):
    choice = colette.get("/outcomes/next-wave").text
    assert re.findall(r'value="(\w+)" checked', choice) == ["completed", "refusal", "no_reply"]
    page = text_of(colette.get("/outcomes/next-wave?chosen=1&keep=completed&keep=no_reply&keep=refusal").text)
    assert "3 organisations entrent dans la vague 2, à contacter" in page
    assert "2 restent confiées à la même personne ; 1 n’est à personne" in page
    assert "1 reste hors de la vague" in page
    assert in_wave(session, 2) == []


def test_without_a_list_there_is_no_wave_to_open(colette):
    assert "Aucune organisation pour l’instant" in colette.get("/outcomes/next-wave").text
    assert colette.post("/outcomes/next-wave", KEEP, follow_redirects=True).status_code == 200
    assert "Ouvrir la vague" not in colette.get("/outcomes").text


def test_a_wave_without_an_organisation_is_not_opened(organisations, colette, session):
    refused = colette.get("/outcomes/next-wave?chosen=1")
    assert refused.status_code == 422
    assert "Gardez au moins une issue" in refused.text
    assert colette.post("/outcomes/next-wave", {"seen": "1"}).status_code == 400
    assert in_wave(session, 2) == []


def test_each_case_is_new_and_keeps_its_interviewer_and_where_it_came_from(organisations, colette, roxane, session):
    maison, centre, table = open_second(session, colette)
    assert [one.organisation_id for one in (maison, centre, table)] == [organisations[n] for n in (0, 1, 3)]
    assert {one.disposition for one in (maison, centre, table)} == {Disposition.NOT_CONTACTED}
    assert (maison.interviewer_id, centre.interviewer_id, table.interviewer_id) == (roxane.id, roxane.id, None)
    assert (centre.source, centre.snowball_wave, centre.attempts, centre.next_at) == (CaseSource.REFERRAL, 2, 0, None)
    assert [one.disposition for one in in_wave(session, 1)] == [new.disposition for new in LIST]
    assert tally.differences(session) == {}
    assert session.scalars(sa.select(AuditEntry.detail).where(AuditEntry.action == Action.WAVE_OPEN)).all() == ["3"]


def test_the_cases_of_who_left_the_team_are_nobodys(organisations, colette, roxane, session):
    session.get_one(User, roxane.id).active = False
    session.commit()
    assert {one.interviewer_id for one in open_second(session, colette)} == {None}


def test_a_duplicate_is_in_no_new_wave(organisations, colette, session):
    session.get_one(Organisation, organisations[0]).merged_into_id = organisations[1]
    session.commit()
    assert [one.organisation_id for one in open_second(session, colette)] == [organisations[n] for n in (1, 3)]
    page = text_of(colette.get("/outcomes").text)
    assert (
        "4 organisations dans la liste, 2 cas, 2 issues. 2 organisations hors de cette vague (dont 1 doublon)" in page
    )
    gone = colette.get(f"/organisations/{organisations[0]}").text
    assert "C’est un doublon" in gone
    assert "La faire entrer" not in gone
    assert colette.post(f"/organisations/{organisations[0]}/bring-in").status_code == 303
    assert len(in_wave(session, 2)) == 2


def test_clicked_twice_it_opens_one(organisations, colette, session):
    assert len(open_second(session, colette)) == 3
    again = colette.post("/outcomes/next-wave", KEEP, follow_redirects=True).text
    assert "La vague suivante est déjà ouverte" in again
    assert len(open_second(session, colette)) == 3
    assert session.scalar(sa.select(sa.func.max(Wave.number))) == 2


def test_of_two_coordinators_at_once_one_opens_it(app, organisations, colette, odile, session):
    with ThreadPoolExecutor() as both:
        answers = list(both.map(lambda who: who.post("/outcomes/next-wave", KEEP), [colette, odile] * 3))
    assert {answer.status_code for answer in answers} == {303}
    assert len(in_wave(session, 2)) == 3
    assert in_wave(session, 3) == []
    assert tally.differences(session) == {}


@pytest.mark.parametrize("act", ["classify", "add"])
def test_what_changes_while_it_opens_is_counted_once(app, organisations, colette, session, act):
    """The region of an organisation, or the list itself: whoever comes second waits, and knows of the first."""

    def open_it(other):
        opening.open_next(other, 1, {Disposition.COMPLETED}, colette.id)

    asked = {
        "classify": (f"/organisations/{organisations[0]}/edit", {"name": "Maison", "region": "17"}),
        "add": ("/organisations/new", {"name": "Nouvelle venue (fictive)", "region": ""}),
    }[act]
    assert meanwhile(app.extensions["db"]["engine"], open_it, lambda: colette.post(*asked)).status_code == 303
    assert tally.differences(session) == {}
    assert len(in_wave(session, 2)) == (1 if act == "classify" else 2)


def test_the_list_and_the_counts_are_of_the_wave_under_way(organisations, colette, session):
    open_second(session, colette)
    page = text_of(colette.get("/organisations").text)
    assert "Toutes les issues 3 À contacter 3" in page
    assert "Relais du nord" not in page
    assert "4 organisations dans la liste, 3 cas, 3 issues. 1 organisation hors de cette vague" in text_of(
        colette.get("/outcomes").text
    )
    check = waves.reconcile(session, waves.current(session))
    assert check == Reconciliation(4, 3, 3, 1, 0)
    assert check.holds


def test_an_earlier_wave_stays_to_be_looked_at(organisations, colette, anh, session):
    colette.post("/outcomes/population", {"population": "all_listed"})
    open_second(session, colette)
    before = text_of(colette.get("/outcomes?wave=1").text)
    assert "4 organisations dans la liste, 4 cas, 4 issues" in before
    assert "Consigner" not in before
    assert "énoncée" in before
    assert "Consigner" in text_of(colette.get("/outcomes").text)
    assert session.get_one(Wave, 2).population is None
    assert anh.get("/outcomes?wave=1").status_code == 200
    assert [colette.get(f"/outcomes?wave={n}").status_code for n in (3, 0, 2**70)] == [404] * 3


def test_an_organisation_out_of_the_wave_opens_and_can_enter_it(organisations, colette, malik, roxane, session):
    open_second(session, colette)
    path = f"/organisations/{organisations[2]}"
    page = malik.get(path)
    assert "Hors de cette vague" in page.text
    assert "La faire entrer" not in page.text
    assert malik.post(f"{path}/bring-in").status_code == 403
    assert "Relais du nord" in malik.get("/organisations/left-out?q=relais").text
    assert "Relais du nord" not in malik.get("/organisations/left-out?q=table").text
    assert "La faire entrer dans la vague 2" in text_of(colette.get(path).text)
    for _ in range(2):
        assert colette.post(f"{path}/bring-in").status_code == 303
    assert [(one.organisation_id, one.interviewer_id) for one in in_wave(session, 2)][2] == (organisations[2], malik.id)
    assert malik.get(path).text.count("Confiée") == 1, "in the wave before, and not again"
    assert "Vagues précédentes" in malik.get(path).text
    assert tally.differences(session) == {}
    assert waves.reconcile(session, waves.current(session)) == Reconciliation(4, 4, 4)
    assert colette.get("/organisations/999").status_code == 404
    assert colette.post("/organisations/999/bring-in").status_code == 303


def test_of_two_who_bring_it_in_at_once_one_does(organisations, colette, odile, session):
    open_second(session, colette)
    path = f"/organisations/{organisations[2]}/bring-in"
    with ThreadPoolExecutor() as both:
        assert {one.status_code for one in both.map(lambda who: who.post(path), [colette, odile] * 3)} == {303}
    assert len(in_wave(session, 2)) == 4
    assert tally.differences(session) == {}


def test_an_interview_of_before_is_read_by_who_has_the_organisation_now(organisations, colette, roxane, malik, session):
    case = session.scalars(sa.select(Case).where(Case.organisation_id == organisations[0])).one()
    interview = conduct.start(session, case, Mode.PHONE, roxane.id)
    conduct.consent(session, interview, {ConsentPurpose.INTERVIEW: YesNo.YES}, roxane.id)
    conduct.complete(session, interview, roxane.id)
    read = f"/interviews/{interview.id}/paper"
    session.commit()
    mine = open_second(session, colette, keep=["partial", "completed", "refusal", "no_reply"])[0]
    cases.assign_all(session, [mine.id], malik.id, None)
    session.commit()
    page = malik.get(f"/organisations/{organisations[0]}").text
    assert read in page
    assert "Vagues précédentes" in page
    assert malik.get(read).status_code == 200
    assert malik.get(read.removesuffix("/paper")).status_code == 403
    assert malik.post(read.replace("paper", "reopen")).status_code == 403
    assert roxane.get(read).status_code == 200
    assert read not in roxane.get(f"/organisations/{organisations[0]}").text
    assert session.scalar(sa.select(sa.func.count()).select_from(Interview)) == 1


def test_every_page_of_it_is_in_english_too(organisations, colette, session):
    assert "See what will be done" in colette.get("/outcomes/next-wave?lang=en").text
    assert "What will be done" in colette.get("/outcomes/next-wave?keep=completed&lang=en").text
    open_second(session, colette)
    assert "The counts agree" in colette.get("/outcomes?lang=en").text
    assert "Wave 2" in colette.get("/outcomes?wave=1&lang=en").text
    assert "Left out" in colette.get("/organisations/left-out?lang=en").text
    assert "Bring it into wave 2" in colette.get(f"/organisations/{organisations[2]}?lang=en").text
    assert "Earlier waves" in colette.get(f"/organisations/{organisations[0]}?lang=en").text


def test_the_rights_are_those_of_the_coordination(organisations, roxane, anh, bastien, simone, stranger):
    for colleague in (roxane, anh, bastien, simone):
        assert colleague.get("/outcomes/next-wave").status_code == 403
        assert colleague.post("/outcomes/next-wave", KEEP).status_code == 403
    assert stranger.get("/outcomes/next-wave").status_code == 302


def test_a_third_wave_begins_from_the_second_and_from_what_was_out_of_it(organisations, colette, session):
    open_second(session, colette, keep=["completed"])
    lines = {one.outcome: one.organisations for one in opening.by_outcome(session)}
    assert lines == {Disposition.NOT_CONTACTED: 1, None: 3}
    session.rollback()
    colette.post("/outcomes/next-wave", {"seen": "2", "keep": ["out", "nonsense"]})
    assert [one.organisation_id for one in in_wave(session, 3)] == organisations[1:]
    assert in_wave(session, 3)[0].snowball_wave == 2
    assert tally.differences(session) == {}
    assert session.scalar(sa.select(sa.func.sum(CaseTally.n)).where(CaseTally.wave == 3)) == 3


@pytest.fixture
def awaited(organisations, session, roxane):
    """An appointment of Roxane’s with the first organisation, and one of Malik’s with one that is not kept."""
    cases.set_outcome(session, of_first_wave(session, organisations[0]), Disposition.IN_PROGRESS, None)
    for organisation_id in (organisations[0], organisations[2]):
        case = of_first_wave(session, organisation_id)
        appointments.make(session, case, AGREED, uuid.uuid4(), case.interviewer_id, case.interviewer_id)
    session.commit()
    return organisations


def of_first_wave(session, organisation_id):
    return session.scalars(sa.select(Case).where(Case.organisation_id == organisation_id, Case.wave == 1)).one()


KEEPING = {"keep": ["appointment", "refusal", "no_reply"]}


def test_the_appointments_that_are_planned_follow_into_the_new_wave(awaited, colette, roxane, session):
    page = text_of(colette.get("/outcomes/next-wave?chosen=1&keep=appointment&keep=refusal").text)
    assert "1 rendez-vous prévu suit dans la vague 2 ; 1 reste dans la vague 1" in page
    maison = open_second(session, colette, **KEEPING)[0]
    assert (maison.disposition, maison.next_at) == (Disposition.APPOINTMENT, AGREED.starts_at)
    assert [one.disposition for one in in_wave(session, 2)[1:]] == [Disposition.NOT_CONTACTED] * 2
    assert in_wave(session, 1)[0].disposition is Disposition.APPOINTMENT
    assert tally.differences(session) == {}
    [followed] = session.scalars(sa.select(Appointment).where(Appointment.case_id == maison.id))
    assert followed.user_id == roxane.id
    page = text_of(roxane.get(f"/organisations/{awaited[0]}").text)
    assert "Rendez-vous pris pour le 2 mars 2027 10:00 (Téléphone), dans une vague précédente" in page
    assert "Colette Issue : Rendez-vous pris" in page


def test_who_is_brought_in_later_brings_the_appointment_that_was_made_with_it(awaited, colette, malik, session):
    open_second(session, colette, **KEEPING)
    assert colette.post(f"/organisations/{awaited[2]}/bring-in").status_code == 303
    [relais] = [one for one in in_wave(session, 2) if one.organisation_id == awaited[2]]
    assert (relais.disposition, relais.next_at, relais.interviewer_id) == (
        Disposition.APPOINTMENT,
        AGREED.starts_at,
        malik.id,
    )
    assert tally.differences(session) == {}
    assert {one.case_id for one in session.scalars(sa.select(Appointment))} == {
        one.id for one in in_wave(session, 2) if one.disposition is Disposition.APPOINTMENT
    }


def test_the_confirmation_that_is_ready_follows_with_its_appointment(awaited, colette, session):
    case = of_first_wave(session, awaited[0])
    person = Person(organisation_id=awaited[0], name="Personne fictive", email="personne@exemple.test")
    session.add(person)
    session.flush()
    meeting = session.scalars(sa.select(Appointment).where(Appointment.case_id == case.id)).one()
    draft = Draft(MessageKind.APPOINTMENT, person, Language.FRENCH, Letter("Objet", "Texte"), meeting)
    messages.prepare(session, case, draft, now(), colette.id)
    session.commit()
    maison = open_second(session, colette, **KEEPING)[0]
    assert session.scalars(sa.select(Message.case_id)).all() == [maison.id]


def test_a_suspension_that_is_not_over_goes_on_in_the_new_wave(organisations, colette, session):
    until = following.today() + dt.timedelta(days=3)
    first, second = (of_first_wave(session, n) for n in organisations[:2])
    first.suspended_until, first.suspended_why = until, "Inondation"
    second.suspended_until, second.suspended_why = following.today() - dt.timedelta(days=1), "Congé"
    session.commit()
    assert "1 organisation reste suspendue" in text_of(colette.get("/outcomes/next-wave?keep=completed").text)
    maison, centre, _ = open_second(session, colette)
    assert (maison.suspended_until, maison.suspended_why) == (until, "Inondation")
    assert (maison.disposition, maison.next_at) == (Disposition.NOT_CONTACTED, planning.after(until))
    assert (centre.suspended_until, centre.suspended_why, centre.next_at) == (None, None, None)
    page = text_of(colette.get(f"/organisations/{organisations[0]}").text)
    assert re.search(r"Colette Suspendue jusqu’au .* : Inondation", page)


def test_an_appointment_that_follows_a_suspension_waits_for_its_end(awaited, colette, session):
    case = of_first_wave(session, awaited[0])
    case.suspended_until, case.suspended_why = dt.date(2027, 3, 5), "Inondation"
    session.commit()
    assert open_second(session, colette, **KEEPING)[0].next_at == planning.after(dt.date(2027, 3, 5))


def test_so_many_statements_open_a_wave_whatever_follows(awaited, colette, session):
    engine, told = session.get_bind().engine, []
    sa.event.listen(engine, "before_cursor_execute", lambda *given: told.append(given[2]))
    opening.open_next(session, 1, set(Disposition), colette.id)
    with_two = len(told)
    session.rollback()
    for organisation_id in (awaited[1], awaited[3]):
        case = of_first_wave(session, organisation_id)
        appointments.make(session, case, AGREED, uuid.uuid4(), colette.id, colette.id)
        case.suspended_until, case.suspended_why = dt.date(2027, 3, 5), "Inondation"
    session.flush()
    told.clear()
    opening.open_next(session, 1, set(Disposition), colette.id)
    assert len(told) <= with_two + 1


def past_of(colleague, organisation_id):
    page = colleague.get(f"/organisations/{organisation_id}").text
    return text_of(page[page.index('id="past-title"') : page.index('id="history-title"')])


def test_the_history_of_an_earlier_wave_is_read_on_the_page(organisations, colette, roxane, malik, session):
    case = of_first_wave(session, organisations[0])
    cases.add_note(session, case, "Demander la directrice.", roxane.id)
    call = Attempt(Channel.PHONE, AttemptResult.MESSAGE, now(), note="Boîte pleine")
    attempts.record(session, case, call, roxane.id)
    session.commit()
    open_second(session, colette)
    told = past_of(roxane, organisations[0])
    assert "Historique de la vague 1" in told
    assert "Téléphone : Message laissé ou courriel envoyé Boîte pleine" in told
    assert "Demander la directrice." in told
    assert "Confiée à Roxane" in told
    assert "Corriger" not in told
    to_a_colleague = past_of(malik, organisations[0])
    assert "Téléphone : Message laissé ou courriel envoyé" in to_a_colleague
    assert "Demander" not in to_a_colleague
    assert "Boîte pleine" not in to_a_colleague


def test_what_another_team_did_in_an_earlier_wave_stays_with_it(organisations, colette, roxane, malik, session):
    cases.add_note(session, of_first_wave(session, organisations[0]), "Demander la directrice.", roxane.id)
    session.get_one(User, roxane.id).team, session.get_one(User, malik.id).team = "Est", "Ouest"
    session.commit()
    maison = open_second(session, colette)[0]
    assert malik.get(f"/organisations/{organisations[0]}").status_code == 404
    cases.assign_all(session, [maison.id], malik.id, None)
    told = past_of(malik, organisations[0])
    assert "Vague 1, ouverte le" in told
    assert "Historique de la vague 1" not in told
    assert "directrice" not in told


def test_two_statements_more_read_the_waves_of_before_however_many(organisations, colette, session):
    engine, told = session.get_bind().engine, []
    sa.event.listen(engine, "before_cursor_execute", lambda *given: told.append(given[2]))

    def asked():
        told.clear()
        assert colette.get(f"/organisations/{organisations[0]}").status_code == 200
        return sum(each.startswith("SELECT") for each in told)

    asked()
    in_the_first = asked()
    for seen in ("1", "2", "3"):
        colette.post("/outcomes/next-wave", {"seen": seen, "keep": ["completed", "not_contacted"]})
    assert asked() <= in_the_first + 4, "the cases, their events, their attempts and their appointments"
