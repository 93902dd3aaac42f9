"""The page of an appointment: moved, settled, taken to a calendar; what is not to be done by mistake is asked first."""

from __future__ import annotations

import datetime as dt
import uuid
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from survey import web
from survey.accounts.models import Language
from survey.db import db, now
from survey.fieldwork import appointments, calendars, cases, messages, office_hours
from survey.fieldwork.appointment_forms import MomentForm
from survey.fieldwork.appointment_views import anchor, blueprint, calendar, conducts, doubts, local_date, words, zone
from survey.fieldwork.appointments import Conflicts
from survey.fieldwork.contact_forms import duplicate
from survey.fieldwork.contact_models import Appointment
from survey.fieldwork.team_forms import refuse
from survey.fieldwork.views import CONFLICT, Answer, status
from survey.instrument.codes import AppointmentStatus, Disposition

ONE = "/appointments/<uuid:appointment_id>"
#: How far a quick choice moves an appointment: in days, and in minutes.
QUICK = {"30": (0, 30), "day": (1, 0), "week": (7, 0)}
#: That its hour has not come.
EARLY = "early"


@blueprint.get(ONE)
def appointment(appointment_id: uuid.UUID) -> Answer:
    return page_of(fetched(appointment_id))


def fetched(appointment_id: uuid.UUID) -> Appointment:
    """An appointment of a case that the user conducts; 404 when there is none for them, 403 when a colleague's."""
    found = appointments.find(db.session, appointment_id) or abort(404)
    if not conducts(found.case):
        refuse(found.case.interviewer_id)
    return found


def page_of(
    found: Appointment,
    form: MomentForm | None = None,
    conflicts: Conflicts | None = None,
    asked: AppointmentStatus | None = None,
) -> str:
    """The page of an appointment; `asked` is what somebody says became of it, to be confirmed."""
    return render_template(
        "fieldwork/appointment.html",
        appointment=found,
        form=form or at_its_moment(found),
        conflicts=conflicts,
        asked=asked,
        question=asked and question(found, asked),
        next=web.local_path(request.form.get("next")),
        said=messages.about(db.session, found.id),
        **words(),
    )


def at_its_moment(found: Appointment) -> MomentForm:
    here = office_hours.clock(found.starts_at, zone())
    return MomentForm(zone(), formdata=None, data={"date": here.date(), "time": here.time()})


@blueprint.post(f"{ONE}/move")
def move(appointment_id: uuid.UUID) -> Answer:
    found, form = fetched(appointment_id), MomentForm(zone())
    if request.form.get("by") in QUICK:
        form.date.data, form.time.data = quickly(found, QUICK[request.form["by"]])
        form.date.raw_data = form.time.raw_data = ["…"]  # they are there, though not from the form
    if not form.validate_on_submit() or not form.starts_at:
        return page_of(found, form), status(form)
    over = appointments.over(db.session, found.case)
    if said := doubts(form, found.user_id, found.case, found.minutes, over, found.id):
        return page_of(found, form, said)
    try:
        moved = appointments.move(db.session, found.id, form.starts_at, seen(), current_user.id, over)
    except appointments.Stale:
        return stale(appointment_id)
    when, day = web.moment(moved.starts_at), local_date(moved.starts_at)
    db.session.commit()
    flash(gettext("Le rendez-vous est déplacé au %(when)s.", when=when), "good")
    return back(appointment_id, day)


def quickly(found: Appointment, by: tuple[int, int]) -> tuple[dt.date, dt.time]:
    """The date and time of the team's clock so many days, or minutes, after an appointment's."""
    days, minutes = by
    there = office_hours.clock(found.starts_at + dt.timedelta(minutes=minutes), zone())
    return there.date() + dt.timedelta(days=days), there.time()


def seen() -> int:
    """The sequence of the appointment as the page showed it."""
    return request.form.get("seen", -1, type=int)


@blueprint.post(f"{ONE}/settle")
def settle(appointment_id: uuid.UUID) -> Answer:
    found = fetched(appointment_id)
    to = next((one for one in AppointmentStatus if one.value == request.form.get("status")), None) or abort(400)
    asks = question(found, to)
    if asks and request.form.get("confirmed") != asks:
        return page_of(found, asked=to)
    over = Disposition.of(asks) if asks and asks != EARLY else None
    try:
        appointments.settle(db.session, found.id, to, seen(), current_user.id, over)
    except appointments.Stale:
        return stale(appointment_id)
    except cases.Merged:
        said = duplicate(found.case)
        db.session.rollback()
        flash(said, "warn")
        return back(appointment_id)
    db.session.commit()
    flash(gettext("C’est noté : %(status)s.", status=web.wording(to.label).lower()), "good")
    return back(appointment_id)


def question(found: Appointment, to: AppointmentStatus) -> str | None:
    """What is asked before an appointment is said to be so: whether, `EARLY` as it is; or a final outcome, undone."""
    if to is AppointmentStatus.PLANNED:
        return appointments.over(db.session, found.case)
    held = to in (AppointmentStatus.KEPT, AppointmentStatus.MISSED)
    return EARLY if held and found.starts_at > now() else None


def stale(appointment_id: uuid.UUID) -> Answer:
    """The appointment as it stands now, to somebody who saw it otherwise."""
    db.session.rollback()
    flash(
        gettext("Quelqu’un a changé ce rendez-vous entre-temps : voici où il en est. Rien d’autre n’a été fait."),
        "warn",
    )
    return page_of(fetched(appointment_id)), CONFLICT


def back(appointment_id: uuid.UUID, day: dt.date | None = None) -> Response:
    """Back to where somebody was: in the agenda to the appointment itself, in the week of the day to which it moved."""
    there = urlsplit(web.local_path(request.form.get("next")) or "")
    if there.path == url_for(".week"):
        asked = dict(parse_qsl(there.query)) | ({"day": day.isoformat()} if day else {})
        return redirect(f"{there.path}?{urlencode(asked)}#{anchor(appointment_id)}", 303)
    return redirect(there.geturl() or url_for(".appointment", appointment_id=appointment_id), 303)


@blueprint.get(f"{ONE}.ics")
def file(appointment_id: uuid.UUID) -> Response:
    found = fetched(appointment_id)
    method = "CANCEL" if found.status is AppointmentStatus.CANCELLED else "REQUEST"
    name = "rendez-vous.ics" if found.language is Language.FRENCH else "appointment.ics"
    return calendar(calendars.invitation(found, now()), name, method)
