"""Appointments as calendars read them: iCalendar files (RFC 5545), asked for and cancelled as RFC 5546 says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from survey.fieldwork.appointments import end
from survey.fieldwork.contact_models import Appointment
from survey.instrument.codes import AppointmentStatus, Mode
from survey.instrument.grammar import Text
from survey.text import line

if TYPE_CHECKING:
    from icalendar import Event, vCalAddress

MEETING = Text("Entrevue avec {name}", "Interview with {name}")
BY = {
    Mode.PHONE: Text("Par téléphone", "By phone"),
    Mode.ZOOM: Text("Par Zoom", "By Zoom"),
    Mode.OTHER: Text("Rencontre", "Meeting"),
}


def invitation(appointment: Appointment, at: dt.datetime) -> bytes:
    """The file of one appointment, with who holds it and who is awaited; one that is off says so."""
    method = "CANCEL" if appointment.status is AppointmentStatus.CANCELLED else "REQUEST"
    return _calendar(method, [appointment], at)


def week(appointments: Iterable[Appointment], at: dt.datetime) -> bytes:
    """One file of several appointments, for a calendar of one's own."""
    return _calendar("PUBLISH", appointments, at)


def _calendar(method: str, appointments: Iterable[Appointment], at: dt.datetime) -> bytes:
    from icalendar import Calendar  # few requests make one

    calendar = Calendar()
    calendar.add("prodid", "-//Recension//FR")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for appointment in appointments:
        calendar.add_component(_event(appointment, method, at))
    return bytes(calendar.to_ical())


def _event(appointment: Appointment, method: str, at: dt.datetime) -> Event:
    from icalendar import Event

    language, person = appointment.language.value, appointment.person
    link, organisation = line(appointment.meeting_url or ""), line(appointment.case.organisation.name)
    cancelled = appointment.status is AppointmentStatus.CANCELLED
    event = Event()
    event.add("uid", f"{appointment.id}@recension")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", at)
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", end(appointment))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("summary", MEETING(language).format(name=organisation))
    event.add("description", "\n".join(filter(None, [BY[appointment.mode](language), link])))
    event.add("location", link or BY[appointment.mode](language))
    if link:
        event.add("url", link)
    if method != "PUBLISH":
        event.add("organizer", _somebody(appointment.user.email, appointment.user.name))
        if person and person.email:
            event.add("attendee", _somebody(person.email, person.name))
    return event


def _somebody(email: str, name: str) -> vCalAddress:
    from icalendar import vCalAddress, vText

    address = vCalAddress(f"mailto:{line(email)}")
    address.params["CN"] = vText(line(name))
    return address
