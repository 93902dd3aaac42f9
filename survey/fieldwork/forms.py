"""The forms of this room."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import EmailField, RadioField, SelectField, StringField, TelField, TextAreaField, URLField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from survey import web
from survey.fieldwork.frame import MAX_NAME
from survey.instrument.codes import AAPOR, Disposition, Region
from survey.text import fold, line, normalise

MISSING = lazy_gettext("Remplissez ce champ.")


def one_line(value: str | None) -> str:
    return line(value or "")


def clean(value: str | None) -> str:
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

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.disposition.choices = [SelectChoice(d.value, described(d)) for d in Disposition]


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


def described(disposition: Disposition) -> str:
    """An outcome with its AAPOR class, which outcome rates are made of."""
    aapor = AAPOR[disposition]
    return f"{web.wording(disposition.label)} ({aapor.value}, {web.wording(aapor.label)})"
