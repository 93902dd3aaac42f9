"""The agenda: a week of appointments; one more, once what is to be said of it was said."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import format_date
from flask_login import current_user
from werkzeug.wrappers import Response

from survey import receipts, web
from survey.accounts.models import Language
from survey.db import SAFE_METHODS, db, now
from survey.fieldwork import agenda as weeks
from survey.fieldwork import appointments, calendars, cases, listing, messages, office_hours
from survey.fieldwork.agenda import WEEK
from survey.fieldwork.appointment_forms import USUAL, AppointmentForm, MomentForm
from survey.fieldwork.appointments import Agreed, Conflicts
from survey.fieldwork.contact_forms import duplicate
from survey.fieldwork.contact_models import Appointment
from survey.fieldwork.message_texts import CLOCKS
from survey.fieldwork.models import Case, Organisation, Person
from survey.fieldwork.team_forms import within
from survey.fieldwork.views import Answer, conducted, coordinates, identifier, status
from survey.instrument.codes import AppointmentStatus, Disposition, Mode

blueprint = Blueprint("agenda", __name__)


def zone() -> str:
    """The clock of the team."""
    return str(current_app.config["TIMEZONE"])


@blueprint.app_template_global("appointments_of")
def appointments_of(case: Case) -> Sequence[Appointment]:
    """The appointments of a case, for the page of its organisation."""
    return appointments.of_case(db.session, case.id)


@blueprint.app_template_filter("clock")
def clock(moment: dt.datetime) -> str:
    """What the clocks of the team show at a moment."""
    return f"{office_hours.clock(moment, zone()):%H:%M}"


@blueprint.app_template_filter("local_date")
def local_date(moment: dt.datetime) -> dt.date:
    """The date of a moment where the team works."""
    return office_hours.clock(moment, zone()).date()


@blueprint.get("/agenda")
def week() -> str:
    date, whose = asked()
    return render_template(
        "fieldwork/agenda.html",
        week=weeks.week(db.session, date, whose, zone(), within()),
        today=office_hours.clock(now(), zone()).date(),
        whose=whose,
        interviewers=listing.holders(db.session) if coordinates() else (),
        step=WEEK,
        zone=zone(),
        **words(),
    )


def words() -> dict[str, Any]:
    """What the templates of appointments ask for."""
    shown = {"conducts": conducts, "at_home": at_home, "end": appointments.end, "anchor": anchor}
    return shown | {"Status": AppointmentStatus, "Disposition": Disposition}


def anchor(appointment_id: uuid.UUID) -> str:
    """Where an appointment is in the page of its week."""
    return f"meeting-{appointment_id}"


def asked() -> tuple[dt.date, int | None]:
    """The week that the address asks for, or this one; whose: one's own, or for the coordination anybody's."""
    try:
        date = dt.date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        date = office_hours.clock(now(), zone()).date()
    return date, (identifier("interviewer") or None) if coordinates() else int(current_user.id)


@blueprint.get("/agenda.ics")
def week_file() -> Response:
    date, whose = asked()
    found = weeks.of_week(db.session, date, whose, zone())
    mine = [one for one in found if conducts(one.case)]
    return calendar(calendars.week(mine, now()), f"agenda-{weeks.monday(date)}.ics")


def calendar(data: bytes, name: str, method: str = "PUBLISH") -> Response:
    """A file for a calendar, to be kept under this name; `method` is what it asks of the calendar (RFC 5546)."""
    response = make_response(data)
    response.headers["Content-Type"] = f"text/calendar; charset=utf-8; method={method}"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def conducts(case: Case) -> bool:
    """Whether the user may see and change what is agreed with a case."""
    return cases.conducts(current_user.role, current_user.id, case.interviewer_id)


def at_home(moment: dt.datetime, organisation: Organisation) -> str | None:
    """What the clocks of an organisation show at a moment, when the team's show something else."""
    here, there = (office_hours.clock(moment, where) for where in (zone(), organisation.time_zone))
    if here.replace(tzinfo=None) == there.replace(tzinfo=None):
        return None
    shown = format_date(there, "EEEE") + " " if here.date() != there.date() else ""
    return f"{shown}{there:%H:%M} ({web.wording(CLOCKS[organisation.time_zone])})"


@blueprint.route("/organisations/<int:organisation_id>/appointments/new", methods=["GET", "POST"])
def make(organisation_id: int) -> Answer:
    case = conducted(organisation_id, change=request.method not in SAFE_METHODS)
    if cases.is_duplicate(case):
        flash(duplicate(case), "warn")
        return redirect(url_for("fieldwork.organisation", organisation_id=organisation_id), 303)
    persons = [person for person in case.organisation.persons if person.left_at is None]
    form = AppointmentForm(persons, zone(), data=proposed(case, persons))
    found = None
    if form.validate_on_submit() and form.starts_at:
        whose = case.interviewer_id or int(current_user.id)
        over = appointments.over(db.session, case)
        found = doubts(form, whose, case, form.minutes.data, over, form.identity)
        if found is None:
            if receipts.first(db.session, form.identity):
                appointments.make(db.session, case, agreed(form), form.identity, whose, current_user.id, over)
                db.session.commit()
            return redirect(url_for(".appointment", appointment_id=form.identity), 303)
    page = render_template(
        "fieldwork/appointment_new.html",
        form=form,
        case=case,
        organisation=case.organisation,
        conflicts=found,
        clock=None if case.organisation.time_zone == zone() else CLOCKS[case.organisation.time_zone],
        **words(),
    )
    return page, status(form)


def proposed(case: Case, persons: list[Person]) -> dict[str, Any]:
    """What a new appointment begins with: the person asked for or the first with a link, their link and language."""
    wanted = identifier("person")
    person = next((one for one in persons if one.id == wanted), None)
    person = person or next((one for one in persons if one.meeting_url), persons[0] if persons else None)
    return {
        "minutes": USUAL,
        "mode": Mode.ZOOM if person and person.meeting_url else Mode.PHONE,
        "person": str(person.id) if person else "",
        "language": messages.language_of(case, person).value,
        "meeting_url": person.meeting_url if person else "",
    } | agreed_on()


def agreed_on() -> dict[str, Any]:
    """The date and the time, by the clock of the team, of the moment that the address names."""
    try:
        at = office_hours.clock(dt.datetime.fromisoformat(request.args.get("at", "")), zone())
    except (ValueError, OverflowError):
        return {}
    return {"date": at.date(), "time": at.time()}


def agreed(form: AppointmentForm) -> Agreed:
    assert form.starts_at
    return Agreed(
        starts_at=form.starts_at,
        minutes=form.minutes.data,
        mode=Mode(form.mode.data),  # type: ignore[call-arg]
        language=Language(form.language.data),
        meeting_url=form.meeting_url.data or None,
        person_id=int(form.person.data) if form.person.data else None,
        note=form.note.data or None,
    )


def doubts(
    form: MomentForm, user_id: int, case: Case, minutes: int, over: Disposition | None, but: uuid.UUID
) -> Conflicts | None:
    """What to say before an appointment is confirmed; None when there is nothing, or it was said already.

    `over` is the final outcome that it undoes; `but` the appointment itself.
    """
    assert form.starts_at
    found = appointments.conflicts(db.session, form.starts_at, minutes, user_id, case.organisation.time_zone, but)
    found = replace(found, over=over)
    said = f"{form.starts_at:%Y%m%d%H%M} {minutes} {over} {' '.join(sorted(str(one.id) for one in found.overlaps))}"
    if not found.any or form.confirmed.data == said:
        return None
    form.confirmed.data = said
    return found
