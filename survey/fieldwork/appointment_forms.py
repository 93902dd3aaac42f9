"""The forms of appointments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext, lazy_ngettext
from wtforms import DateField, HiddenField, RadioField, SelectField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, ValidationError

from survey import web
from survey.accounts.models import Language
from survey.fieldwork.agenda import FIRST, LAST
from survey.fieldwork.forms import clean, meeting_link
from survey.fieldwork.models import Person
from survey.fieldwork.moment_forms import Day, Hour, moment_of
from survey.instrument.codes import Mode

LENGTHS = (15, 30, 45, 60, 75, 90, 120, 180, 240)
USUAL = 60
#: Each by its own name, as everywhere.
LANGUAGES = {Language.FRENCH: "Français", Language.ENGLISH: "English"}


class MomentForm(web.Form):
    """A date and a time by the clock of the team."""

    date = Day(lazy_gettext("Date"), validators=[InputRequired(lazy_gettext("Choisissez une date."))])
    time = Hour(lazy_gettext("Heure"), validators=[InputRequired(lazy_gettext("Choisissez une heure."))])
    confirmed = HiddenField()

    def __init__(self, zone: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.zone = zone
        self.starts_at: dt.datetime | None = None

    def validate_date(self, field: DateField) -> None:
        if field.data and not FIRST <= field.data <= LAST:
            raise ValidationError(lazy_gettext("Cette date est trop loin."))

    def validate_time(self, field: TimeField) -> None:
        if field.data is None or self.date.data is None or self.date.errors:
            return
        self.starts_at = moment_of(self.date.data, field.data, self.zone)


class AppointmentForm(MomentForm, web.OnceForm):
    minutes = SelectField(lazy_gettext("Durée"), coerce=int)
    mode = RadioField(lazy_gettext("Mode"), validators=[InputRequired(lazy_gettext("Choisissez un mode."))])
    person = SelectField(lazy_gettext("Personne à joindre"))
    language = SelectField(lazy_gettext("Langue"))
    meeting_url = meeting_link()
    note = TextAreaField(
        lazy_gettext("Note"),
        description=lazy_gettext("Visible de l’équipe seulement ; elle n’est pas dans le fichier d’agenda."),
        filters=[clean],
    )

    def __init__(self, persons: Sequence[Person], zone: str, **kwargs: Any) -> None:
        super().__init__(zone, **kwargs)
        lengths = [(n, lazy_ngettext("%(num)d minute", "%(num)d minutes", n)) for n in LENGTHS]
        self.minutes.choices = [SelectChoice(n, label) for n, label in lengths]
        self.mode.choices = [SelectChoice(mode.value, web.wording(mode.label)) for mode in Mode]
        self.language.choices = [SelectChoice(code.value, label) for code, label in LANGUAGES.items()]
        nobody = SelectChoice("", lazy_gettext("Non précisée"))
        self.person.choices = [nobody, *(SelectChoice(str(person.id), person.name) for person in persons)]
