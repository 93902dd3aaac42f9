"""E-mails: their exact words, how they leave, and that none begins a header or a formula of its own."""

from __future__ import annotations

import csv
import datetime as dt
import email
import io
import re
import uuid
from email.policy import default
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import openpyxl
import pytest
import sqlalchemy as sa
from icalendar import Calendar
from sqlalchemy.orm import Session

from survey.accounts.models import Language
from survey.audit import Action, AuditEntry
from survey.db import now
from survey.fieldwork import batches, cases, message_texts, messages, sending
from survey.fieldwork.cases import NewOrganisation, open_cases
from survey.fieldwork.contact_models import ContactAttempt, Message, MessageTemplate
from survey.fieldwork.mailing import Server
from survey.fieldwork.message_texts import OURS, Letter, UnknownBlank
from survey.fieldwork.models import Case, Person
from survey.fieldwork.sending import Outcome
from survey.instrument.codes import Channel, Disposition, MessageKind, MessageStatus
from tests.conftest import Colleague
from tests.mail_server import SENDER, Post, known, post
from tests.racing import meanwhile

WORDS = {"subject": "Bonjour à vous", "body": "Une ligne.\n\n.Une autre, avec un point."}


@pytest.fixture
def smtp(app):
    """A mail server that the application knows."""
    with post() as server, known(app, server):
        yield server


def server_at(smtp: Post) -> Server:
    return Server("127.0.0.1", smtp.port, "", "", "none", SENDER)


@pytest.fixture
def house(session: Session, case: Case, roxane: Colleague) -> str:
    """The page of an organisation that is Roxane's, with somebody to write to."""
    cases.assign(session, case, roxane.id, None)
    case.organisation.persons.append(Person(name="Personne fictive", email="personne@exemple.test"))
    path = f"/organisations/{case.organisation_id}"
    session.commit()
    return path


def write(colleague: Colleague, house: str, query: str = "", **words: str) -> str:
    """Have somebody keep a message ready; its page."""
    answer = colleague.post(f"{house}/messages/new?{query}", WORDS | words)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def the_one(session: Session) -> Message:
    session.rollback()
    return session.scalars(sa.select(Message)).one()


@pytest.mark.parametrize("kind", list(MessageKind))
@pytest.mark.parametrize("language", list(Language))
def test_the_house_has_a_text_for_every_kind_in_both_languages(app, kind, language):
    letter = OURS[kind][language]
    for text in vars(letter).values():
        message_texts.check(kind, language, text)
    named = {key: f"<{key}>" for key in message_texts.BLANKS}
    filled = message_texts.fill(letter, language, named)
    assert "<person>" in filled.body
    assert "{" not in filled.subject + filled.body
    other = Language.ENGLISH if language is Language.FRENCH else Language.FRENCH
    assert OURS[kind][other].body.count("\n\n") == letter.body.count("\n\n")


def test_what_fills_a_blank_is_never_read_as_one(app):
    filled = message_texts.fill(Letter("{personne}\r\n", "{personne}"), Language.FRENCH, {"person": "{lien}\nBcc: x"})
    assert (filled.subject, filled.body) == ("{lien} Bcc: x", "{lien}\nBcc: x")


@pytest.mark.parametrize("text", ["{nom}", "{personne", "}", "{date}", "{}", "{{personne}}"])
def test_a_blank_that_nothing_fills_is_named(app, text):
    with pytest.raises(UnknownBlank):
        message_texts.check(MessageKind.REMINDER, Language.FRENCH, text)


def test_the_exact_text_is_shown_before_anything_is_written(session, house, roxane):
    page = roxane.get(f"{house}/messages/new?kind=first_contact&language=en").text
    assert "Hello Personne fictive," in page
    assert "what Maison d’essai is doing" in page.replace("\n", " ")
    assert "Roxane" in page
    assert "personne@exemple.test" in page
    assert session.scalars(sa.select(Message)).all() == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"subject": " "}, "Remplissez ce champ"),
        ({"body": "a" * 10_001}, "trop long"),
        ({"subject": "é" * 201}, "trop long"),
    ],
)
def test_words_that_are_no_message_are_refused_at_their_field(session, house, roxane, wrong, sentence):
    answer = roxane.post(f"{house}/messages/new", WORDS | wrong)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert session.scalars(sa.select(Message)).all() == []


def test_without_a_server_it_is_kept_ready_for_one_s_own_program(session, house, roxane):
    place = write(roxane, house)
    page = roxane.get(place).text
    link = re.findall(r'href="(mailto:[^"]*)"', page)[0].replace("&amp;", "&")
    asked = parse_qs(urlsplit(link).query)
    assert (asked["subject"], asked["body"]) == ([WORDS["subject"]], [WORDS["body"].replace("\n", "\r\n")])
    assert unquote(urlsplit(link).path) == "personne@exemple.test"
    mail = email.message_from_bytes(roxane.get(f"{place}.eml").data, policy=default)
    assert (mail["X-Unsent"], mail["Subject"], mail["To"]) == (
        "1",
        WORDS["subject"],
        "Personne fictive <personne@exemple.test>",
    )
    assert mail.get_content().strip().replace("\r\n", "\n") == WORDS["body"]


def test_marked_as_sent_by_hand_it_is_a_contact_attempt(session, case, house, roxane):
    place = write(roxane, house)
    for _ in range(2):
        roxane.post(f"{place}/settle", {"status": "sent", "seen": "ready"})
    attempt = session.scalars(sa.select(ContactAttempt)).one()
    assert (attempt.channel, attempt.user_id) == (Channel.EMAIL, roxane.id)
    session.refresh(case)
    assert (case.attempts, case.disposition) == (1, Disposition.IN_PROGRESS)
    assert the_one(session).status is MessageStatus.SENT


def test_it_leaves_by_the_server_with_its_words_to_the_letter(session, case, house, roxane, smtp):
    place = write(roxane, house, send="1")
    [mail] = smtp.messages()
    assert (mail["To"], mail["From"]) == ("Personne fictive <personne@exemple.test>", SENDER)
    assert mail["Subject"] == WORDS["subject"]
    assert mail.get_content().replace("\r\n", "\n") == WORDS["body"] + "\n"
    assert the_one(session).status is MessageStatus.SENT
    assert "Le courriel est parti" in roxane.get(place).text
    session.refresh(case)
    assert case.attempts == 1


def test_an_appointment_goes_along_for_the_calendar(session, house, roxane, smtp):
    roxane.post(f"{house}/appointments/new", AGREED)
    page = roxane.get(f"{house}/messages/new?kind=appointment").text
    assert "Date : mardi 2 mars 2027\nHeure : 10 h" in page.replace("\r", "")
    write(roxane, house, "kind=appointment", send="1")
    [mail] = smtp.messages()
    [attached] = mail.iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert Calendar.from_ical(attached.get_content())["METHOD"] == "REQUEST"


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "est joint à ce courriel"), ("en", "is attached to this e-mail")]
)
def test_only_what_carries_the_appointment_says_that_it_is_there(house, roxane, colette, language, said):
    roxane.post(f"{house}/appointments/new", AGREED)
    asked = f"{house}/messages/new?kind=appointment&language={language}"
    body = unescape(re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", roxane.get(asked).text, re.DOTALL)[1])
    assert said in body
    place = roxane.post(asked, {"subject": "Notre rendez-vous", "body": body}).location
    page = roxane.get(place).text
    link = unescape(re.findall(r'href="(mailto:[^"]*)"', page)[0])
    assert said not in parse_qs(urlsplit(link).query)["body"][0]
    assert "Le fichier .eml porte le rendez-vous" in page
    mail = email.message_from_bytes(roxane.get(f"{place}.eml").data, policy=default)
    assert len(list(mail.iter_attachments())) == 1
    assert said in mail.get_body().get_content()
    sheet = colette.get("/messages/ready.csv").text
    assert "Notre rendez-vous" in sheet
    assert said not in sheet


AGREED = {"date": "2027-03-02", "time": "10:00", "minutes": "60", "mode": "phone", "language": "fr", "person": "1"}


@pytest.mark.parametrize("outcome", [Disposition.PARTIAL, Disposition.COMPLETED])
def test_who_goes_on_with_an_interview_hears_of_the_appointment(session, case, house, roxane, smtp, outcome):
    roxane.post(f"{house}/appointments/new", AGREED)
    cases.set_outcome(session, case, outcome, roxane.id)
    write(roxane, house, "kind=appointment", send="1")
    assert (len(smtp.kept), the_one(session).status) == (1, MessageStatus.SENT)


@pytest.mark.parametrize("outcome", [Disposition.REFUSAL, Disposition.DUPLICATE])
def test_who_refused_hears_of_no_appointment(session, case, house, roxane, smtp, outcome):
    roxane.post(f"{house}/appointments/new", AGREED)
    cases.set_outcome(session, case, outcome, roxane.id)
    write(roxane, house, "kind=appointment", send="1")
    assert (smtp.kept, the_one(session).status) == ([], MessageStatus.DROPPED)


@pytest.mark.parametrize("name", ["Moi\r\nBcc: autre@exemple.test", 'Jean "le roi", x; <a@b.c>', "Zoé 😀 עברית", ""])
def test_no_name_begins_a_header_or_adds_somebody(session, house, roxane, smtp, name):
    session.scalars(sa.select(Person)).one().name = name
    session.commit()
    write(roxane, house, send="1", subject="Objet\r\nBcc: autre@exemple.test")
    [mail] = smtp.messages()
    assert mail["Bcc"] is None
    assert [one.addr_spec for one in mail["To"].addresses] == ["personne@exemple.test"]
    assert mail["To"].addresses[0].display_name == " ".join(name.split())
    assert mail["Subject"] == "Objet Bcc: autre@exemple.test"


NO_ADDRESS = [
    "a@exemple.test, b@exemple.test",
    "a@exemple.test\r\nRCPT TO:<b@exemple.test>",
    "personne",
    "<a@exemple.test>",
    "a@b",
]


@pytest.mark.parametrize("address", NO_ADDRESS)
def test_what_cannot_be_written_to_is_said_where_it_is_typed(session, house, roxane, address):
    for field in ("email", "other_email"):
        answer = roxane.post(f"{house}/persons/new", {"name": "Zoé", field: address})
        assert answer.status_code == 422
        assert "Écrivez une seule adresse complète" in answer.text
    assert session.scalars(sa.select(Person.name)).all() == ["Personne fictive"]


@pytest.mark.parametrize("address", NO_ADDRESS)
def test_what_is_not_one_address_is_not_written_to(session, house, roxane, address):
    session.scalars(sa.select(Person)).one().email = address
    session.commit()
    answer = roxane.get(f"{house}/messages/new")
    assert answer.status_code == 303
    assert "Personne ici n’a d’adresse" in roxane.get(answer.location).text


def test_an_address_in_any_script_is_written_to(session, house, roxane, smtp):
    session.scalars(sa.select(Person)).one().email = "zoé@québec.test"
    session.commit()
    write(roxane, house, send="1")
    assert the_one(session).status is MessageStatus.SENT
    assert "To: Personne fictive <zoé@québec.test>" in smtp.kept[0].decode()


@pytest.mark.parametrize(
    ("answers", "status", "outcome"),
    [
        ({"RCPT": "550 inconnu ici"}, MessageStatus.FAILED, Outcome.FAILED),
        ({"RCPT": "451 plus tard"}, MessageStatus.READY, Outcome.LATER),
        ({"DATA": "554 non"}, MessageStatus.FAILED, Outcome.FAILED),
        ({"END": "554 pourriel"}, MessageStatus.FAILED, Outcome.FAILED),
        ({"EHLO": None}, MessageStatus.READY, Outcome.AWAY),
        ({"MAIL": None}, MessageStatus.READY, Outcome.LATER),
        ({"END": None}, MessageStatus.SENDING, Outcome.MAYBE),
    ],
)
def test_what_the_server_answers_says_whether_it_left(session, house, roxane, smtp, answers, status, outcome):
    write(roxane, house)
    message_id = the_one(session).id
    smtp.answers = answers
    assert sending.send(session, server_at(smtp), message_id, roxane.id) is outcome
    assert the_one(session).status is status
    assert session.scalars(sa.select(ContactAttempt)).all() == []


def test_a_server_that_is_away_leaves_it_ready(session, house, roxane):
    write(roxane, house)
    away = Server("127.0.0.1", 9, "", "", "none", SENDER)
    assert sending.send(session, away, the_one(session).id, roxane.id) is Outcome.AWAY
    assert the_one(session).status is MessageStatus.READY


def test_one_that_may_have_left_is_shown_and_is_nobody_s_to_send(session, house, roxane, colette, smtp):
    place = write(roxane, house)
    message_id = the_one(session).id
    stuck = sa.update(Message).values(status=MessageStatus.SENDING, claimed_at=now() - messages.UNDER_WAY * 2)
    session.execute(stuck)
    session.commit()
    assert "Peut-être parti" in colette.get("/messages").text
    assert sending.send(session, server_at(smtp), message_id, None) is Outcome.TAKEN
    assert smtp.kept == []
    colette.post(f"{place}/settle", {"status": "ready", "seen": "sending"})
    assert the_one(session).status is MessageStatus.READY


def test_one_that_is_being_sent_cannot_be_said_not_to_have_left(session, house, roxane):
    place = write(roxane, house)
    session.execute(sa.update(Message).values(status=MessageStatus.SENDING, claimed_at=now()))
    session.commit()
    roxane.post(f"{place}/settle", {"status": "ready", "seen": "sending"})
    assert the_one(session).status is MessageStatus.SENDING


def seen_on(colleague: Colleague, place: str) -> str:
    return re.findall(r'name="seen" value="([^"]*)"', colleague.get(place).text)[0]


def test_a_text_of_the_team_takes_the_place_of_the_house_s_until_it_is_taken_back(session, house, roxane, colette):
    place = "/messages/templates/first_contact/fr"
    mine = {"subject": "Pour {organisation}", "body": "Chère {personne}, de {Responsable}"}
    assert colette.post(place, mine).status_code == 303
    page = roxane.get(f"{house}/messages/new").text
    assert "Pour Maison d’essai" in page
    assert "Chère Personne fictive, de Roxane" in page
    seen = seen_on(colette, place)
    assert colette.post(place, mine | {"reset": "1", "seen": seen}).status_code == 303
    assert "Pour Maison" not in roxane.get(f"{house}/messages/new").text


def test_a_blank_that_does_not_exist_is_said_at_its_field(colette):
    answer = colette.post("/messages/templates/reminder/fr", {"subject": "Bonjour {prénom}", "body": "Le {date}"})
    assert answer.status_code == 422
    assert "« {prénom} » n’est rempli par rien ici" in answer.text
    assert "« {date} »" in answer.text


def test_two_who_change_one_text_do_not_write_over_each_other(session, colette, odile):
    place = "/messages/templates/thanks/en"
    assert colette.post(place, {"subject": "One", "body": "Thanks", "seen": ""}).status_code == 303
    answer = odile.post(place, {"subject": "Two", "body": "Thank you", "seen": ""})
    assert answer.status_code == 409
    assert "Thank you" in answer.text
    assert messages.template(session, MessageKind.THANKS, Language.ENGLISH) == Letter("One", "Thanks")


def test_two_who_are_the_first_to_change_a_text_do_not_write_over_each_other(app, session, colette, odile):
    session.commit()

    def first(other: Session) -> None:
        words = {"subject": "One", "body": "Thanks", "changed_at": now(), "changed_by": colette.id}
        other.add(MessageTemplate(kind=MessageKind.THANKS, language=Language.ENGLISH, **words))

    theirs = {"subject": "Two", "body": "Thank you", "seen": ""}
    answer = meanwhile(
        app.extensions["db"]["engine"], first, lambda: odile.post("/messages/templates/thanks/en", theirs)
    )
    assert answer.status_code == 409
    assert "Thank you" in answer.text
    assert messages.template(session, MessageKind.THANKS, Language.ENGLISH) == Letter("One", "Thanks")


def test_an_old_page_does_not_take_back_what_a_colleague_wrote(session, colette, odile):
    place = "/messages/templates/thanks/en"
    colette.post(place, {"subject": "One", "body": "Thanks", "seen": ""})
    old = seen_on(odile, place)
    colette.post(place, {"subject": "Two", "body": "Thank you", "seen": old})
    answer = odile.post(place, {"subject": "Mine", "body": "Thanks", "seen": old, "reset": "1"})
    assert answer.status_code == 409
    assert "Mine" in answer.text
    assert messages.template(session, MessageKind.THANKS, Language.ENGLISH) == Letter("Two", "Thank you")


def test_the_same_text_again_leaves_no_trace(session, colette):
    place = "/messages/templates/thanks/en"
    ours = vars(OURS[MessageKind.THANKS][Language.ENGLISH])
    assert colette.post(place, ours | {"reset": "1", "seen": ""}).status_code == 303
    assert colette.post(place, ours | {"seen": ""}).status_code == 303
    assert session.scalars(sa.select(AuditEntry).where(AuditEntry.action == Action.TEMPLATE_EDIT)).all() == []


def test_first_contacts_are_prepared_at_once_and_once(session, house, colette):
    open_cases(
        session, [NewOrganisation("Sans adresse"), NewOrganisation("Refus", disposition=Disposition.REFUSAL)], None
    )
    session.commit()
    said = [prepare_all(colette) for _ in range(2)]
    assert the_one(session).kind is MessageKind.FIRST_CONTACT
    assert "1 courriel est prêt à envoyer." in said[0]
    assert "0 courriel" in said[1]


def prepare_all(colleague: Colleague) -> str:
    return colleague.post("/messages/prepare", {"kind": "first_contact"}, follow_redirects=True).text


def test_who_cannot_be_written_to_now_keeps_nobody_else_waiting(session, case, house, colette, monkeypatch):
    """The first of the list are suspended, or have no good address."""
    monkeypatch.setattr(batches, "MANY", 1)
    session.scalars(sa.select(Person)).one().email = "sans adresse"
    names = ["Suspendue", "Première", "Deuxième"]
    ids = open_cases(session, [NewOrganisation(name) for name in names], None)
    session.add_all(
        [Person(name=name, email="p@exemple.test", organisation_id=n) for n, name in zip(ids, names, strict=True)]
    )
    session.execute(
        sa.update(Case)
        .where(Case.organisation_id == ids[0])
        .values(suspended_until=dt.date(2028, 1, 1), suspended_why="Pandémie")
    )
    session.commit()
    assert "Il en reste 1 à préparer" in prepare_all(colette)
    assert "Il en reste" not in prepare_all(colette)
    written = sa.select(Case.organisation_id).join(Message, Message.case_id == Case.id).order_by(Case.id)
    assert list(session.scalars(written)) == ids[1:]


def test_the_mail_merge_sheet_holds_text_and_no_formula(session, case, house, roxane, colette):
    case.organisation.name = "=HYPERLINK(1)"
    session.commit()
    write(roxane, house)
    book = openpyxl.load_workbook(io.BytesIO(colette.get("/messages/ready.xlsx").data))
    [_, row] = book.active.iter_rows()
    assert (row[1].value, row[1].data_type, row[7].value) == ("=HYPERLINK(1)", "s", WORDS["body"])
    [_, line] = csv.reader(io.StringIO(colette.get("/messages/ready.csv").data.decode("utf-8-sig"), newline=""))
    assert (line[1], line[3], line[7]) == ("'=HYPERLINK(1)", "personne@exemple.test", WORDS["body"])
    assert len(line) == len(batches.COLUMNS)


def test_a_colleague_sees_and_sends_only_the_messages_of_their_own_cases(house, roxane, malik, anh, colette):
    place = write(roxane, house)
    assert [who.get(place).status_code for who in (roxane, colette, malik, anh)] == [200, 200, 403, 403]
    assert [malik.post(f"{place}/{act}").status_code for act in ("send", "settle")] == [403, 403]
    assert malik.get(f"{place}.eml").status_code == 403
    assert malik.get(f"{house}/messages/new").status_code == 403
    assert [who.get("/messages").status_code for who in (roxane, colette)] == [403, 200]
    assert roxane.get("/messages/999").status_code == 404


def test_the_same_form_sent_twice_is_one_message(session, house, roxane, smtp):
    form = WORDS | {"form_id": str(uuid.uuid4()), "send": "1"}
    answers = [roxane.post(f"{house}/messages/new", form).status_code for _ in range(2)]
    assert answers == [303, 303]
    assert len(smtp.kept) == 1
    assert the_one(session).status is MessageStatus.SENT
