"""What to do now: the queue of an interviewer with its reasons in words, and the cases that anybody may take."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

import sqlalchemy as sa
from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import format_date, format_time, gettext, lazy_gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from survey import web
from survey.accounts.models import User
from survey.db import db, now
from survey.fieldwork import cases, listing, office_hours, planning, queue
from survey.fieldwork.contact_forms import PutOffForm
from survey.fieldwork.models import Case, TimeZone
from survey.fieldwork.moment_forms import here, off_notice
from survey.fieldwork.office_hours import Hours
from survey.fieldwork.queue_entries import Entry, Why
from survey.fieldwork.team_forms import find, refuse
from survey.fieldwork.views import UNPROCESSABLE, Answer, coordinates, identifier

blueprint = Blueprint("queue", __name__, url_prefix="/queue")

CASE = "/<int:case_id>"


@blueprint.get("")
def show() -> str:
    return page()


def page(wrong: tuple[int, PutOffForm] | None = None) -> str:
    """The queue; `wrong` is a date to be corrected, with its case."""
    whose, at = asked(), now()
    return render_template(
        "fieldwork/queue.html",
        queue=queue.of(db.session, whose, at, here(), current_app.extensions["call_backs"]),
        whose=whose,
        tomorrow=office_hours.business_day(office_hours.clock(at, here()).date(), 1),
        at=at,
        reason=reason,
        wrong=wrong,
        places={zone: place(office_hours.hours(at, zone), zone) for zone in TimeZone},
        interviewers=listing.interviewers(db.session) if coordinates() else (),
    )


def asked() -> int:
    """Whose queue to show: one's own, or for the coordination that of the colleague it names."""
    named = identifier("interviewer")
    if named is None or named == current_user.id:
        return int(current_user.id)
    if not coordinates():
        abort(403)
    return named if db.session.get(User, named) else abort(404)


#: Why a case is there: what was due today, and what was due another day.
SAID = {
    Why.APPOINTMENT: (lazy_gettext("RDV à %(when)s"), lazy_gettext("RDV le %(when)s")),
    Why.PAST_APPOINTMENT: (
        lazy_gettext("RDV de %(when)s : notez ce qu’il en est"),
        lazy_gettext("RDV du %(when)s : notez ce qu’il en est"),
    ),
    Why.PROMISED: (lazy_gettext("Rappel promis pour %(when)s"), lazy_gettext("Rappel promis pour le %(when)s")),
    Why.PUT_OFF: (lazy_gettext("Remise à aujourd’hui"), lazy_gettext("Remise au %(when)s")),
    Why.ANOTHER_WAY: (lazy_gettext("Coordonnée périmée : essayez une autre personne ou un autre moyen"),) * 2,
    Why.REMINDER: (
        lazy_gettext("%(nth)s relance due à %(when)s"),
        lazy_gettext("%(nth)s relance due depuis le %(when)s"),
    ),
    Why.RESUMED: (lazy_gettext("Suspension terminée"),) * 2,
    Why.REGION_WITHOUT: (lazy_gettext("Premier contact ; région sans entrevue"),) * 2,
    Why.FIRST: (lazy_gettext("Premier contact"),) * 2,
    Why.UNDATED: (lazy_gettext("Démarche sans prochaine date"),) * 2,
}


def reason(entry: Entry, at: dt.datetime) -> str:
    """Why a case is in the queue, in words; hours are those where the team works."""
    if entry.why is Why.APPOINTMENT and entry.at and at <= entry.at <= at + dt.timedelta(hours=1):
        return str(gettext("RDV dans %(n)s min", n=math.ceil((entry.at - at).total_seconds() / 60)))
    if entry.why is Why.CALL_BACK:
        return to_complete(entry.blocks)
    when = office_hours.clock(entry.at or at, here())
    today = when.date() == office_hours.clock(at, here()).date()
    said = {"when": spoken(when) if today else format_date(when.date(), "d MMMM"), "nth": nth(entry.attempts)}
    return str(SAID[entry.why][not today]) % said


def to_complete(blocks: Sequence[int]) -> str:
    """For which blocks to call again: « Rappeler pour compléter les initiatives 2 et 3 »."""
    *others, last = map(str, blocks)
    if not others:
        return str(gettext("Rappeler pour compléter l’initiative %(n)s", n=last))
    return str(
        gettext("Rappeler pour compléter les initiatives %(some)s et %(last)s", some=", ".join(others), last=last)
    )


@blueprint.app_template_filter()
def nth(n: int) -> str:
    """A rank, as the language of the page writes it: 3ᵉ, 3rd."""
    if web.language() == "fr":
        return "1ʳᵉ" if n == 1 else f"{n}ᵉ"
    return f"{n}{'th' if n % 100 in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


@blueprint.app_template_filter()
def iso_day(code: str) -> str:
    """The date of a moment or a day that was written as text."""
    return str(format_date(dt.datetime.fromisoformat(code).date()))


@blueprint.app_template_filter()
def spoken(time: dt.datetime) -> str:
    """The hour that a clock shows, as people say it: 8 h 30, 8:30 AM."""
    if web.language() == "fr":
        return f"{time.hour}\u00a0h" + (f"\u00a0{time.minute:02}" if time.minute else "")
    return str(format_time(time, "h:mm\u00a0a", rebase=False))


@blueprint.app_template_filter()
def there(hours: Hours) -> str:
    """Whether anybody is in the office at a place, and until when nobody is."""
    if hours.opens is None:
        return str(gettext("Ouvert"))
    days, hour = (hours.opens.date() - hours.shows.date()).days, spoken(hours.opens)
    if days == 0:
        return str(gettext("Fermé : ouvre à %(hour)s", hour=hour))
    if days == 1:
        return str(gettext("Fermé : ouvre demain à %(hour)s", hour=hour))
    day = format_date(hours.opens.date(), "EEEE" if days < 7 else "d MMMM")
    return str(gettext("Fermé : ouvre %(day)s à %(hour)s", day=day, hour=hour))


def place(hours: Hours, zone: TimeZone) -> str:
    """Whether anybody is in the office, and what the clocks show where they are not those of most of Québec."""
    if zone is TimeZone.EASTERN:
        return there(hours)
    return f"{there(hours)} ({gettext('il est %(hour)s là-bas', hour=spoken(hours.shows))})"


@blueprint.post(f"{CASE}/claim")
def claim(case_id: int) -> Response:
    """Take a case that nobody has."""
    try:
        holder = queue.claim(db.session, case_id, current_user.id)
    except sa.exc.NoResultFound:
        abort(404)
    if holder:
        find(holder.id)
        flash(gettext("Déjà prise : cette organisation est confiée à %(name)s.", name=holder.name), "warn")
        return back()
    organisation_id = db.session.get_one(Case, case_id).organisation_id
    db.session.commit()
    return redirect(url_for("fieldwork.organisation", organisation_id=organisation_id), 303)


@blueprint.post(f"{CASE}/give-back")
def give_back(case_id: int) -> Response:
    """Leave a case to whoever wants it."""
    case = conducted(case_id)
    cases.assign(db.session, case, None, current_user.id)
    flash(gettext("%(name)s n’est plus confiée à personne.", name=case.organisation.name), "good")
    db.session.commit()
    return back()


@blueprint.post(f"{CASE}/put-off")
def put_off(case_id: int) -> Answer:
    case = conducted(case_id)
    form = PutOffForm(case.organisation.time_zone)
    if not form.validate_on_submit():
        return page((case_id, form)), UNPROCESSABLE
    if planning.has_appointment(db.session, case.id):
        flash(gettext("Un rendez-vous est pris : déplacez-le ou annulez-le plutôt."), "warn")
        return back()
    queue.put_off(db.session, case, form.to, current_user.id)
    said = {"name": case.organisation.name, "day": format_date(form.day.data, "full")}
    flash(gettext("%(name)s : remise au %(day)s.", **said), "good")
    if notice := off_notice(form.to.date()):
        flash(notice, "warn")
    db.session.commit()
    return back()


def conducted(case_id: int) -> Case:
    """A case that the user may conduct; 404 when there is none or it is another team's, 403 when a colleague's."""
    case = db.session.get(Case, case_id) or abort(404)
    if not cases.conducts(current_user.role, current_user.id, case.interviewer_id):
        refuse(case.interviewer_id)
    return case


def back() -> Response:
    """To the queue that the form was sent from."""
    return redirect(web.local_path(request.form.get("next")) or url_for(".show"), 303)
