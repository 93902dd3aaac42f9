"""The forms of this room."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import EmailField, RadioField, SelectField, StringField, TelField, TextAreaField, URLField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from survey import web
from survey.fieldwork.frame import MAX_NAME
from survey.fieldwork.waves import Population
from survey.instrument.codes import Disposition, Region, TargetPopulation, aapor
from survey.text import fold, line, normalise

#: A number from 0 to 1, with a comma or a point.
SHARE = re.compile(r"1(?:[.,]0{1,9})?|0(?:[.,]\d{1,9})?")

MISSING = lazy_gettext("Remplissez ce champ.")


def one_line(value: str | None) -> str:
    """A filter: what was typed, on one line."""
    return line(value or "")


def clean(value: str | None) -> str:
    """A text of several lines as it is kept: normalised, without space around it."""
    return normalise(value or "").strip()


def people(rows: Sequence[sa.Row[int, str]]) -> list[SelectChoice]:
    return [SelectChoice("", lazy_gettext("Personne")), *(SelectChoice(str(row.id), row.name) for row in rows)]


class UploadForm(web.Form):
    file = FileField(
        lazy_gettext("Fichier CSV ou XLSX"), validators=[FileRequired(lazy_gettext("Choisissez un fichier."))]
    )


class OrganisationForm(web.OnceForm):
    name = StringField(
        lazy_gettext("Nom"),
        filters=[one_line],
        validators=[InputRequired(MISSING), Length(max=MAX_NAME, message=lazy_gettext("Ce nom est trop long."))],
    )
    region = SelectField(lazy_gettext("Région"))
    note = TextAreaField(lazy_gettext("Note"), filters=[clean])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        nowhere = SelectChoice("", lazy_gettext("Non précisée"))
        self.region.choices = [nowhere, *(SelectChoice(r.value, web.wording(r.label)) for r in Region)]

    def validate_name(self, field: StringField) -> None:
        if not fold(field.data or ""):
            raise ValidationError(MISSING)


class PersonForm(web.OnceForm):
    name = StringField(lazy_gettext("Nom"), filters=[one_line], validators=[InputRequired(MISSING)])
    function = StringField(lazy_gettext("Fonction"), filters=[one_line])
    phone = TelField(lazy_gettext("Téléphone"), filters=[one_line])
    email = EmailField(
        lazy_gettext("Courriel"),
        filters=[one_line],
        validators=[
            Optional(),
            Regexp(r"[^@\s]+@[^@\s]+\Z", message=lazy_gettext("Cette adresse n’est pas complète.")),
        ],
    )

    meeting_url = URLField(
        lazy_gettext("Lien de visioconférence"),
        filters=[one_line],
        validators=[
            Optional(),
            Regexp(
                r"https?://[^\s/]+\S*\Z", re.IGNORECASE, message=lazy_gettext("Ce lien doit commencer par https://.")
            ),
        ],
    )

    def validate_name(self, field: StringField) -> None:
        if not field.data:
            raise ValidationError(MISSING)


class OutcomeForm(web.Form):
    disposition = RadioField(lazy_gettext("Issue"), validators=[InputRequired(lazy_gettext("Choisissez une issue."))])

    def __init__(self, population: TargetPopulation | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.disposition.choices = [SelectChoice(d.value, described(d, population)) for d in Disposition]


class PopulationForm(web.Form):
    """Of whom a wave speaks, and what the team knows of those of whom nobody knows whether they are eligible."""

    population = RadioField(
        lazy_gettext("Population visée"), validators=[InputRequired(lazy_gettext("Choisissez une population."))]
    )
    e = StringField(
        lazy_gettext("Part admissible des cas d’admissibilité inconnue (e)"),
        description=lazy_gettext("Entre 0 et 1. Vide : la part observée parmi les cas d’admissibilité connue."),
        filters=[one_line],
    )
    e_method = StringField(lazy_gettext("D’où vient ce nombre"), filters=[one_line])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.population.choices = [SelectChoice(p.value, web.wording(p.label)) for p in TargetPopulation]

    def validate_e(self, field: StringField) -> None:
        if field.data and not SHARE.fullmatch(field.data):
            raise ValidationError(lazy_gettext("Donnez un nombre entre 0 et 1, comme 0,85."))
        if self.e_method.data and not field.data:
            raise ValidationError(lazy_gettext("Donnez aussi le nombre dont vous dites d’où il vient."))

    def validate_e_method(self, field: StringField) -> None:
        if self.e.data and not field.data:
            raise ValidationError(lazy_gettext("Dites comment ce nombre a été obtenu."))

    @property
    def stated(self) -> Population:
        e = Fraction(self.e.data.replace(",", ".")) if self.e.data else None
        return Population(TargetPopulation.of(self.population.data), e, self.e_method.data or None)


class NoteForm(web.OnceForm):
    text = TextAreaField(
        lazy_gettext("Note"), filters=[clean], validators=[InputRequired(lazy_gettext("Écrivez la note."))]
    )

    def validate_text(self, field: TextAreaField) -> None:
        if not field.data:
            raise ValidationError(lazy_gettext("Écrivez la note."))


class AssignmentForm(web.Form):
    interviewer = SelectField(lazy_gettext("Confier à"))

    def __init__(self, rows: Sequence[sa.Row[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.interviewer.choices = people(rows)


def described(disposition: Disposition, population: TargetPopulation | None) -> str:
    """An outcome with its AAPOR class, which outcome rates are made of."""
    counted = aapor(disposition, population)
    return f"{web.wording(disposition.label)} ({counted.value}, {web.wording(counted.label)})"
