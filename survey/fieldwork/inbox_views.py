"""The snowball: an inbox of those who were named, what is decided of each, and what the team suggests itself."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from survey import receipts, web
from survey.db import db, now
from survey.fieldwork import deciding, inbox, referrals, retention
from survey.fieldwork.deciding import AlreadyDecided, InTheList, Otherwise, UnderWay
from survey.fieldwork.inbox import Entry
from survey.fieldwork.models import Organisation, Referral
from survey.fieldwork.snowball_forms import FORMS, AcceptForm, Deciding, LinkForm, SameForm, SuggestionForm
from survey.fieldwork.views import NAME_TAKEN, UNPROCESSABLE, Answer
from survey.instrument.codes import Fate
from survey.text import fold

blueprint = Blueprint("snowball", __name__, url_prefix="/snowball")


@blueprint.get("")
def waiting() -> str:
    return page()


def page(refused: Deciding | None = None) -> str:
    """The inbox, with a form as it was sent when something in it is to be corrected."""
    number = min(max(request.args.get("page", 1, type=int), 1), 10_000)
    found = inbox.page(db.session, number)
    days = current_app.config["REFERRAL_DAYS"]
    return render_template(
        "fieldwork/snowball.html",
        waiting=found,
        number=number,
        forms={entry.key: forms(entry, refused) for entry in found.entries},
        form=refused,
        Fate=Fate,
        decisions=inbox.decisions(db.session) if number == 1 else (),
        days=days,
        due=retention.due(db.session, now() + retention.AHEAD, days) if number == 1 else (),
        overdue=retention.due(db.session, now(), days) if number == 1 else (),
    )


def forms(entry: Entry, refused: Deciding | None) -> dict[str, Deciding]:
    """The four forms of an entry; the one that was refused is where it was sent from."""
    here = refused is not None and any(row.id in refused.seen for row in entry.rows)
    found = {fate.value: form(entry, formdata=None) for fate, form in FORMS.items()}
    if here and refused is not None:
        found[refused.fate.value] = refused
    return found


@blueprint.post("/<any(new, known, same, dismissed):answer>")
def decide(answer: str) -> Answer:
    """Decide once of the referrals that were shown; whoever comes second hears what was decided."""
    kind = FORMS[Fate.of(answer)]
    sent = kind(None)
    shown = inbox.entry(db.session, list(sent.seen))
    form = kind(shown)
    if not form.validate_on_submit() and shown:
        return page(form), UNPROCESSABLE
    if not receipts.first(db.session, form.identity):
        return on()
    try:
        if form.errors:
            raise Otherwise
        said = ACTS[form.fate](form)
    except AlreadyDecided as first:
        flash(heard(first.row), "warn")
        db.session.rollback()
        return on()
    except Otherwise:
        db.session.rollback()
        flash(
            gettext("Ce qui avait été nommé a changé entre-temps : le voici tel qu’il est. Rien n’a été décidé."),
            "warn",
        )
        return on()
    except Refused:
        db.session.rollback()
        return page(form), UNPROCESSABLE
    flash(said, "good")
    db.session.commit()
    return on()


def on() -> Response:
    """Back to the inbox, where the next entry is."""
    anchor = request.form.get("next", "")
    number = request.args.get("page", 1, type=int)
    known = anchor if anchor in {"inbox", f"e-{web.an_id(anchor[2:])}"} else None
    return redirect(url_for(".waiting", page=number if 1 < number <= 10_000 else None, _anchor=known), 303)


class Refused(ValueError):
    """Something in a form is to be corrected; its field says what."""


def accept(form: AcceptForm) -> str:
    """Into the list. Raises `Refused`."""
    try:
        deciding.accept(db.session, form.seen, form.accepted, current_user.id)
    except (InTheList, sa.exc.IntegrityError) as error:
        form.name.errors = [NAME_TAKEN]
        raise Refused from error
    return str(gettext("« %(name)s » est ajoutée à la liste, avec son dossier.", name=form.accepted.name))


def link(form: LinkForm) -> str:
    """To an organisation of the list: the one that is ticked, or that the words typed name. Raises `Refused`."""
    organisation_id = form.chosen or meant(form)
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None:
        form.organisation.errors = [gettext("Choisissez une organisation de la liste.")]
        raise Refused
    deciding.link(db.session, form.seen, organisation.id, current_user.id, form.with_persons.data)
    return str(gettext("C’est noté : déjà dans la liste, sous « %(name)s ».", name=organisation.name))


def meant(form: LinkForm) -> int:
    """The organisation whose name was typed. Raises `Refused`, with those that it may be offered."""
    words = form.other.data or ""
    if not fold(words):
        form.other.errors = [gettext("Choisissez une organisation, ou écrivez son nom.")]
        raise Refused
    found = inbox.found_under(db.session, words)
    if len(found) == 1:
        return found[0].id
    if found:
        form.offer(found)
        form.organisation.errors = [gettext("Plusieurs organisations portent ces mots : choisissez la bonne.")]
    else:
        form.other.errors = [gettext("Aucune organisation de la liste ne porte ces mots.")]
    raise Refused


def set_aside(form: Any) -> str:
    deciding.set_aside(db.session, form.seen, form.fate, form.words.data, current_user.id)
    if isinstance(form, SameForm):
        return str(gettext("C’est noté : même initiative qu’une autre."))
    return str(gettext("C’est noté : écartée."))


ACTS: dict[Fate, Callable[[Any], str]] = {
    Fate.NEW: accept,
    Fate.KNOWN: link,
    Fate.SAME: set_aside,
    Fate.DISMISSED: set_aside,
}


def heard(row: Referral) -> str:
    """What was decided before, by whom and when."""
    who, when = row.decider.name if row.decider else "", web.moment(row.decided_at)
    held = inbox.described(db.session, [row.organisation_id]) if row.organisation_id else {}
    words = [web.wording(row.fate.label), *(one.name for one in held.values())]
    if row.fate_note:
        words.append(row.fate_note)
    return str(
        gettext("%(who)s en a déjà décidé le %(when)s : « %(words)s ».", who=who, when=when, words=" – ".join(words))
    )


@blueprint.post("/undo")
def undo() -> Response:
    try:
        deciding.undo(db.session, uuid.UUID(web.an_id(request.form.get("referral"))), current_user.id)
    except Otherwise:
        flash(gettext("Cette décision était déjà défaite."), "warn")
    except (UnderWay, sa.exc.IntegrityError):
        db.session.rollback()
        flash(gettext("Le dossier a déjà servi : l’organisation reste dans la liste."), "warn")
    else:
        flash(gettext("La décision est défaite : à trancher de nouveau."), "good")
    db.session.commit()
    return redirect(url_for(".waiting"), 303)


@blueprint.post("/expire")
def expire() -> Response:
    """Erase at once what is past its time."""
    gone = retention.expire(db.session, now(), current_app.config["REFERRAL_DAYS"], current_user.id)
    n = gone.referrals
    flash(ngettext("Coordonnées effacées : %(num)d mention.", "Coordonnées effacées : %(num)d mentions.", n), "good")
    db.session.commit()
    return redirect(url_for(".waiting"), 303)


@blueprint.route("/suggest", methods=["GET", "POST"])
def suggest() -> Answer:
    form = SuggestionForm()
    if form.validate_on_submit():
        if receipts.first(db.session, form.identity):
            source = next(code for code in inbox.TEAM if code == form.source.data)
            referrals.suggest(db.session, form.identity, source, form.named, current_user.id)
            flash(gettext("La suggestion attend dans la boîte."), "good")
            db.session.commit()
        return redirect(url_for(".waiting"), 303)
    return render_template("fieldwork/suggest.html", form=form), UNPROCESSABLE if form.errors else 200
