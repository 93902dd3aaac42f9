"""The forms of this room."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    EmailField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
    URLField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from survey import web
from survey.accounts.models import Language
from survey.fieldwork.addresses import address
from survey.fieldwork.frame_lines import MAX_NAME
from survey.fieldwork.listing import Holder
from survey.fieldwork.models import TimeZone
from survey.fieldwork.seen_forms import SeenForm
from survey.fieldwork.waves import Population
from survey.fieldwork.wording_forms import outcome
from survey.instrument.codes import Disposition, OrganisationType, PersonRole, Region, TargetPopulation, aapor
from survey.instrument.grammar import Codes
from survey.text import fold, line, normalise

#: A number from 0 to 1, with a comma or a point.
SHARE = re.compile(r"1(?:[.,]0{1,9})?|0(?:[.,]\d{1,9})?")

MISSING = lazy_gettext("Remplissez ce champ.")
#: Other names of one organisation; beyond, somebody pasted something else.
MAX_ALIASES = 50


def one_line(value: str | None) -> str:
    """A filter: what was typed, on one line."""
    return line(value or "")


def clean(value: str | None) -> str:
    """A text of several lines as it is kept: normalised, without space around it."""
    return normalise(value or "").strip()


def people(rows: Sequence[Holder]) -> list[SelectChoice]:
    return [SelectChoice("", lazy_gettext("Personne")), *(SelectChoice(str(row.id), row.name) for row in rows)]


class UploadForm(web.Form):
    file = FileField(
        lazy_gettext("Fichier CSV ou XLSX"), validators=[FileRequired(lazy_gettext("Choisissez un fichier."))]
    )


NAME_TOO_LONG = Length(max=MAX_NAME, message=lazy_gettext("Ce nom est trop long."))
UNSAID = lazy_gettext("Non précisée")
LANGUAGES = {Language.FRENCH: "Français", Language.ENGLISH: "English"}
TIME_ZONES = {
    TimeZone.EASTERN: lazy_gettext("Heure de l’Est (la plupart du Québec)"),
    TimeZone.MAGDALEN: lazy_gettext("Îles-de-la-Madeleine (une heure de plus)"),
    TimeZone.BLANC_SABLON: lazy_gettext("Blanc-Sablon (heure de l’Atlantique toute l’année)"),
}


def languages() -> list[SelectChoice]:
    return [SelectChoice("", UNSAID), *(SelectChoice(code.value, label) for code, label in LANGUAGES.items())]


def coded(codes: Iterable[Codes], none: Any) -> list[SelectChoice]:
    """The choices of a code list, after one that says nothing."""
    return [SelectChoice("", none), *(SelectChoice(code.value, web.wording(code.label)) for code in codes)]


class OrganisationForm(SeenForm):
    name = StringField(lazy_gettext("Nom"), filters=[one_line], validators=[InputRequired(MISSING), NAME_TOO_LONG])
    acronym = StringField(lazy_gettext("Sigle"), filters=[one_line], validators=[NAME_TOO_LONG])
    aliases = TextAreaField(
        lazy_gettext("Autres noms"),
        description=lazy_gettext(
            "Un par ligne : autre graphie, ancien nom, nom anglais. La recherche les trouve aussi."
        ),
        filters=[clean],
    )
    kind = SelectField(lazy_gettext("Type"), default="")
    region = SelectField(lazy_gettext("Région"), description=lazy_gettext("Celle où elle est comptée."), default="")
    further_regions = SelectMultipleField(
        lazy_gettext("Autres régions où elle agit"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    language = SelectField(lazy_gettext("Langue préférée"), default="")
    time_zone = SelectField(
        lazy_gettext("Fuseau horaire"),
        choices=[SelectChoice(zone.value, label) for zone, label in TIME_ZONES.items()],
        default=TimeZone.EASTERN.value,
    )
    parent = StringField(
        lazy_gettext("Fait partie de"),
        description=lazy_gettext("Le nom ou un autre nom d’une organisation de la liste."),
        filters=[one_line],
        validators=[NAME_TOO_LONG],
    )
    note = TextAreaField(lazy_gettext("Note"), filters=[clean])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.region.choices = coded(Region, UNSAID)
        self.further_regions.choices = coded(Region, UNSAID)[1:]
        self.kind.choices = coded(OrganisationType, lazy_gettext("Non précisé"))
        self.language.choices = languages()

    def validate_name(self, field: StringField) -> None:
        if not fold(field.data or ""):
            raise ValidationError(MISSING)
        if not any(character.isalnum() for character in field.data or ""):
            raise ValidationError(lazy_gettext("Ce nom doit contenir une lettre ou un chiffre."))

    def validate_aliases(self, field: TextAreaField) -> None:
        if any(len(name) > MAX_NAME for name in self.other_names):
            raise ValidationError(lazy_gettext("Un de ces noms est trop long."))
        if len(self.other_names) > MAX_ALIASES:
            raise ValidationError(lazy_gettext("Il y a là trop de noms : gardez ceux qui servent."))

    @property
    def other_names(self) -> list[str]:
        return [name for name in map(line, (self.aliases.data or "").split("\n")) if fold(name)]

    @property
    def said(self) -> dict[str, Any]:
        """What the form says of an organisation, but of what it is part (`organisations.Description`)."""
        return {
            "name": self.name.data or "",
            "acronym": self.acronym.data or None,
            "aliases": tuple(self.other_names),
            "kind": OrganisationType.of(self.kind.data) if self.kind.data else None,
            "region": Region.of(self.region.data) if self.region.data else None,
            "further_regions": frozenset(Region.of(code) for code in self.further_regions.data or ()),
            "language": Language(self.language.data) if self.language.data else None,
            "time_zone": TimeZone(self.time_zone.data),
            "note": self.note.data or None,
        }


TOO_LONG = Length(max=MAX_NAME, message=lazy_gettext("C’est trop long."))


def meeting_link() -> URLField:
    """The link of a videoconference, or nothing."""
    return URLField(
        lazy_gettext("Lien de visioconférence"),
        filters=[one_line],
        validators=[
            Optional(),
            Regexp(
                r"https?://[^\s/]+\S{0,2000}\Z",
                re.IGNORECASE,
                message=lazy_gettext("Ce lien doit commencer par https://."),
            ),
        ],
    )


class PersonForm(SeenForm):
    name = StringField(lazy_gettext("Nom"), filters=[one_line], validators=[InputRequired(MISSING), TOO_LONG])
    role = SelectField(lazy_gettext("Rôle"), default="")
    function = StringField(lazy_gettext("Fonction"), filters=[one_line], validators=[TOO_LONG])
    language = SelectField(lazy_gettext("Langue"), default="")
    phone = TelField(lazy_gettext("Téléphone"), filters=[one_line], validators=[TOO_LONG])
    other_phone = TelField(lazy_gettext("Autre téléphone"), filters=[one_line], validators=[TOO_LONG])
    email = EmailField(lazy_gettext("Courriel"), filters=[one_line], validators=[Optional()])
    other_email = EmailField(lazy_gettext("Autre courriel"), filters=[one_line], validators=[Optional()])
    meeting_url = meeting_link()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.role.choices = coded(PersonRole, lazy_gettext("Non précisé"))
        self.language.choices = languages()

    def validate_email(self, field: EmailField) -> None:
        if address(field.data) is None:
            raise ValidationError(gettext("Écrivez une seule adresse complète, comme nom@exemple.ca."))

    validate_other_email = validate_email

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

    def __init__(self, rows: Sequence[Holder], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.interviewer.choices = people(rows)


def described(disposition: Disposition, population: TargetPopulation | None) -> str:
    """An outcome with its AAPOR class, which outcome rates are made of."""
    counted = aapor(disposition, population)
    return f"{outcome(disposition)} ({counted.value}, {web.wording(counted.label)})"
