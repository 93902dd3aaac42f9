"""Dates and times in forms, by the clock of a place: what to write, and what that clock never shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask_babel import format_date, get_timezone, gettext, lazy_gettext
from wtforms import DateField, TimeField
from wtforms.validators import ValidationError

from survey import web
from survey.db import now
from survey.fieldwork import office_hours
from survey.fieldwork.office_hours import NoSuchMoment, local_moment

DATE = lazy_gettext("Écrivez une date, par exemple 2026-03-15.")
TIME = lazy_gettext("Écrivez une heure, par exemple 14:30.")
SKIPPED = lazy_gettext(
    "Cette heure n’existe pas : l’horloge avance d’une heure cette nuit-là. Choisissez-en une autre."
)
#: What calendars hold: nothing of this study is older, and nobody makes plans for longer.
OLDEST = dt.date(2000, 1, 1)
AHEAD = dt.timedelta(days=366 * 2)


class Blankable:
    """A field that may be left blank, and whose `refusal` says what to write."""

    refusal: str
    data: Any

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        if not any(valuelist):
            self.data = None
            return
        try:
            super().process_formdata(list(valuelist))  # type: ignore[misc]
        except ValueError:
            raise ValueError(self.refusal) from None


class Day(Blankable, DateField):
    """A date, as year, month and day."""

    refusal = DATE


class Hour(Blankable, TimeField):
    """A time; browsers send it with or without seconds."""

    refusal = TIME

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, format=["%H:%M", "%H:%M:%S"], **kwargs)


def here() -> str:
    """The time zone where the team works."""
    return str(get_timezone())


def today(zone: str) -> dt.date:
    """The date that calendars show in a time zone."""
    return office_hours.clock(now(), zone).date()


def moment_of(day: dt.date, time: dt.time, zone: str) -> dt.datetime:
    """The moment of a date and a time of a form. Raises ValidationError when the clock skips it."""
    try:
        return local_moment(day, time, zone)
    except NoSuchMoment:
        raise ValidationError(SKIPPED) from None


def ahead(day: dt.date, zone: str) -> None:
    """Raises ValidationError for a date that is over, or too far."""
    if day < today(zone):
        raise ValidationError(gettext("Cette date est passée."))
    if day > today(zone) + AHEAD:
        raise ValidationError(gettext("Cette date est à plus de deux ans d’ici."))


def off_notice(day: dt.date) -> str | None:
    """What to say of a date on which offices are closed; the date is kept."""
    if name := office_hours.holiday(day):
        said = {"day": format_date(day, "full"), "name": web.wording(name)}
        return str(gettext("Le %(day)s est un jour férié (%(name)s). La date est gardée.", **said))
    if not office_hours.working(day):
        return str(gettext("Le %(day)s tombe la fin de semaine. La date est gardée.", day=format_date(day, "full")))
    return None
