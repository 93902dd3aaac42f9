"""E-mails: what is ready, sent or failed; one to be written, with its exact words; the texts of the team."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flask import Blueprint, abort, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from survey import receipts, web
from survey.accounts.models import Language
from survey.db import db, now
from survey.fieldwork import appointments, batches, halting, mailing, message_texts, messages, sending, team_texts
from survey.fieldwork.appointment_forms import LANGUAGES
from survey.fieldwork.appointment_views import conducts
from survey.fieldwork.contact_models import Appointment, Message, MessageTemplate
from survey.fieldwork.mailing import Server
from survey.fieldwork.message_forms import LetterForm, TemplateForm
from survey.fieldwork.message_texts import ABOUT_AN_APPOINTMENT, Letter, Study
from survey.fieldwork.messages import Draft
from survey.fieldwork.models import Case, Person
from survey.fieldwork.sending import Outcome
from survey.fieldwork.team_forms import refuse
from survey.fieldwork.views import CONFLICT, Answer, conducted, identifier, status
from survey.instrument.codes import AppointmentStatus, MessageKind, MessageStatus

blueprint = Blueprint("messages", __name__)

ONE = "/messages/<int:message_id>"


@blueprint.app_template_global("messages_of")
def messages_of(case: Case) -> Sequence[Message]:
    """The messages of a case, for the page of its organisation."""
    return messages.of_case(db.session, case.id)


def study() -> Study:
    return Study.of(current_app.config)


def server() -> Server | None:
    """The mail server; None when there is none, or when its settings are wrong, which `recension doctor` says."""
    try:
        return Server.of(current_app.config)
    except mailing.Unusable:
        return None


@blueprint.get("/messages")
def waiting() -> str:
    shown = (MessageStatus.SENDING, MessageStatus.FAILED, MessageStatus.READY, MessageStatus.SENT)
    lists = {each: messages.of_status(db.session, each) for each in shown}
    ready = [one.id for one in lists[MessageStatus.READY]]
    return render_template(
        "fieldwork/messages.html",
        counts=messages.counted(db.session),
        lists=lists,
        halted=halting.halted(db.session, now(), Message.id.in_(ready)),
        at_once=list(batches.AT_ONCE),
        server=server(),
        Status=MessageStatus,
        under_way=now() - messages.UNDER_WAY,
        PAGE=messages.PAGE,
    )


@blueprint.post("/messages/prepare")
def prepare() -> Response:
    """Write one kind of message to all those who should have it."""
    kind = next((each for each in batches.AT_ONCE if each.value == request.form.get("kind")), None) or abort(400)
    batch = batches.prepare(db.session, study(), kind, current_user.id)
    db.session.commit()
    said = ngettext("%(num)d courriel est prêt à envoyer.", "%(num)d courriels sont prêts à envoyer.", batch.written)
    if batch.left:
        more = gettext("Il en reste %(n)s à préparer : recommencez.", n=batch.left)
        said = f"{said} {more}"
    flash(said, "good" if batch.written else "warn")
    return redirect(url_for(".waiting"), 303)


def attached(data: bytes, name: str, mimetype: str) -> Response:
    """A file to be kept under a name."""
    response = make_response(data)
    response.headers["Content-Type"] = mimetype
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


class Asked(NamedTuple):
    """What a message to be written is: the choices of the address, or what is usual."""

    kind: MessageKind
    person: Person
    language: Language
    appointment: Appointment | None


@blueprint.route("/organisations/<int:organisation_id>/messages/new", methods=["GET", "POST"])
def write(organisation_id: int) -> Answer:
    case = conducted(organisation_id)
    people, meetings = messages.reachable(case.organisation.persons), planned(case)
    if not people:
        flash(gettext("Personne ici n’a d’adresse de courriel : ajoutez-la d’abord à une personne."), "warn")
        return redirect(url_for("fieldwork.organisation", organisation_id=organisation_id), 303)
    wanted = asked(case, people, meetings)
    letter = messages.compose(
        db.session, study(), case, wanted.person, wanted.kind, wanted.language, wanted.appointment
    )
    form = LetterForm(data=vars(letter))
    if form.validate_on_submit():
        return written(case, wanted, form)
    page = render_template(
        "fieldwork/message_new.html",
        case=case,
        form=form,
        wanted=wanted,
        people=people,
        kinds=[kind for kind in MessageKind if meetings or kind not in ABOUT_AN_APPOINTMENT],
        languages=LANGUAGES,
        recipient=messages.address_of(wanted.person),
        server=server(),
        already=[one for one in messages.of_case(db.session, case.id) if one.kind is wanted.kind],
    )
    return page, status(form)


def planned(case: Case) -> list[Appointment]:
    found = appointments.of_case(db.session, case.id)
    return [one for one in found if one.status is AppointmentStatus.PLANNED]


def asked(case: Case, people: Sequence[Person], meetings: Sequence[Appointment]) -> Asked:
    """What the address asks for; what it does not say, or not well, is what is usual."""
    given = request.args
    kinds = [kind for kind in MessageKind if meetings or kind not in ABOUT_AN_APPOINTMENT]
    kind = next((each for each in kinds if each.value == given.get("kind")), MessageKind.FIRST_CONTACT)
    meeting = next(
        (one for one in meetings if str(one.id) == given.get("appointment")), meetings[-1] if meetings else None
    )
    meeting = meeting if kind in ABOUT_AN_APPOINTMENT else None
    usual = next((one for one in people if meeting and one.id == meeting.person_id), people[0])
    person = next((one for one in people if one.id == identifier("person")), usual)
    usual_language = meeting.language if meeting else messages.language_of(case, person)
    language = next((code for code in Language if code.value == given.get("language")), usual_language)
    return Asked(kind, person, language, meeting)


def written(case: Case, wanted: Asked, form: LetterForm) -> Response:
    """The message is ready; and on its way at once, when that is what the button says."""
    draft = Draft(wanted.kind, wanted.person, wanted.language, form.letter, wanted.appointment)
    made = None
    if receipts.first(db.session, form.identity):
        made = messages.prepare(db.session, case, draft, now(), current_user.id)
    organisation_id = case.organisation_id
    message_id = made.id if made else None
    db.session.commit()
    if message_id is None:
        return redirect(url_for("fieldwork.organisation", organisation_id=organisation_id), 303)
    if "send" in request.form and (to := server()):
        say(sending.send(db.session, to, message_id, current_user.id))
    return redirect(url_for(".message", message_id=message_id), 303)


def say(outcome: Outcome) -> None:
    """What became of a message that somebody sent."""
    said = {
        Outcome.SENT: (gettext("Le courriel est parti."), "good"),
        Outcome.FAILED: (gettext("Le serveur de courriel a refusé ce message."), "bad"),
        Outcome.LATER: (
            gettext("Le serveur de courriel n’en veut pas pour l’instant ; le message reste prêt."),
            "warn",
        ),
        Outcome.AWAY: (gettext("Le serveur de courriel ne répond pas ; le message reste prêt."), "warn"),
        Outcome.MAYBE: (gettext("La liaison a été coupée pendant l’envoi : ce message est peut-être parti."), "warn"),
        Outcome.TAKEN: (gettext("Quelqu’un d’autre s’en est occupé entre-temps."), "warn"),
        Outcome.STOPPED: (gettext("Ce message n’a plus lieu d’être : il est abandonné."), "warn"),
        Outcome.HELD: (gettext("L’organisation est suspendue ; le message reste prêt."), "warn"),
    }
    flash(*said[outcome])


def fetched(message_id: int) -> Message:
    """A message of a case that the user conducts; 404 when there is none for them, 403 when a colleague's."""
    found = db.session.get(Message, message_id) or abort(404)
    if not conducts(found.case):
        refuse(found.case.interviewer_id)
    return found


@blueprint.get(ONE)
def message(message_id: int) -> Answer:
    found = fetched(message_id)
    return render_template(
        "fieldwork/message.html",
        message=found,
        organisation=found.case.organisation,
        why=halting.why(db.session, message_id, now()),
        server=server(),
        Status=MessageStatus,
        mailto=mailing.mailto(found),
        goes_along=found.appointment_id is not None and found.kind in ABOUT_AN_APPOINTMENT,
        under_way=now() - messages.UNDER_WAY,
    )


@blueprint.post(f"{ONE}/send")
def send(message_id: int) -> Response:
    found, to = fetched(message_id), server()
    if to is None:
        flash(
            gettext("Aucun serveur de courriel n’est réglé : envoyez ce message de votre logiciel de courriel."), "warn"
        )
    else:
        say(sending.send(db.session, to, found.id, current_user.id))
    return redirect(url_for(".message", message_id=message_id), 303)


@blueprint.post(f"{ONE}/settle")
def settle(message_id: int) -> Response:
    """What somebody says of a message: it left, it is to be sent again, it is dropped."""
    found = fetched(message_id)
    to = next((each for each in MessageStatus if each.value == request.form.get("status")), None) or abort(400)
    if found.status.value != request.form.get("seen"):
        say(Outcome.TAKEN)
        return redirect(url_for(".message", message_id=message_id), 303)
    try:
        messages.settle(db.session, found, to, current_user.id)
    except messages.Taken:
        db.session.rollback()
        say(Outcome.TAKEN)
    else:
        db.session.commit()
    return redirect(web.local_path(request.form.get("next")) or url_for(".message", message_id=message_id), 303)


@blueprint.get(f"{ONE}.eml")
def file(message_id: int) -> Response:
    """The message as a file that a mail program opens, ready to be sent; its page when it must not leave."""
    found = fetched(message_id)
    if halting.why(db.session, message_id, now()):
        return redirect(url_for(".message", message_id=message_id), 303)
    mail = sending.mail_of(db.session, found, "")
    return attached(mailing.draft(mail), f"message-{message_id}.eml", "message/rfc822")


@blueprint.get("/messages/templates")
def templates() -> str:
    return render_template("fieldwork/templates.html", kinds=list(MessageKind), languages=LANGUAGES, changed=changed())


def changed() -> set[tuple[MessageKind, Language]]:
    rows = db.session.query(MessageTemplate).all()
    return {(row.kind, row.language) for row in rows}


@blueprint.route("/messages/templates/<kind>/<of>", methods=["GET", "POST"])
def template(kind: str, of: str) -> Answer:
    sort = next((each for each in MessageKind if each.value == kind), None) or abort(404)
    language = next((code for code in Language if code.value == of), None) or abort(404)
    stands = team_texts.since(db.session, sort, language)
    form = TemplateForm(sort, language, data=vars(messages.template(db.session, sort, language)) | {"seen": stands})
    reset = "reset" in request.form
    if not reset and not form.validate_on_submit():
        return page_of(sort, language, form), status(form)
    letter, seen = None if reset else form.letter, form.seen.data or ""
    try:
        team_texts.write(db.session, sort, language, letter, seen, current_user.id)
    except messages.Taken:
        db.session.rollback()
        form.form_errors.append(
            gettext("Quelqu’un a changé ce texte entre-temps. Le vôtre est encore ici ; le sien est gardé.")
        )
        form.seen.data = team_texts.since(db.session, sort, language)
        return page_of(sort, language, form), CONFLICT
    db.session.commit()
    flash(gettext("Ce texte servira aux prochains courriels."), "good")
    return redirect(url_for(".templates"), 303)


def page_of(kind: MessageKind, language: Language, form: TemplateForm) -> str:
    said = example(kind, language)
    return render_template(
        "fieldwork/template.html",
        form=form,
        kind=kind,
        with_file=message_texts.WITH_FILE[language] if kind is MessageKind.APPOINTMENT else None,
        name=LANGUAGES[language],
        of=language.value,
        ours=(kind, language) in changed(),
        blanks=message_texts.blanks(kind, language),
        example=message_texts.fill(Letter(form.subject.data or "", form.body.data or ""), language, said),
    )


def example(kind: MessageKind, language: Language) -> dict[str, str]:
    """What fills the blanks of a text that is shown as an example: the study, and the names of the blanks."""
    named = {key: f"[{name(language.value)}]" for key, name in message_texts.BLANKS.items()}
    own = study()
    known = {"study": own.name(language.value), "team": own.team, "contact": own.contact}
    return named | {key: value for key, value in known.items() if value}
