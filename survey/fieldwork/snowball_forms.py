"""The forms of the snowball: what becomes of a referral, and what the team suggests itself."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, EmailField, RadioField, SelectField, StringField, TelField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from survey import web
from survey.fieldwork.deciding import Accepted, Seen
from survey.fieldwork.forms import MISSING, clean, one_line
from survey.fieldwork.frame_lines import MAX_NAME
from survey.fieldwork.inbox import TEAM, Entry, Held
from survey.fieldwork.referrals import Named
from survey.fieldwork.wording_forms import outcome
from survey.instrument.codes import Fate, OrganisationType, Region
from survey.instrument.grammar import Codes
from survey.text import fold

TOO_LONG = lazy_gettext("Ce nom est trop long.")
LONG_TEXT = lazy_gettext("Ce texte est trop long : 2 000 caractères au plus.")
MAX_TEXT = 2000
#: How the page says which referral it shows, and at which version.
REFERRAL = re.compile(r"([0-9a-f-]{36}):(\d{1,9})")


def listed(codes: type[Codes]) -> list[SelectChoice]:
    nothing = lazy_gettext("Non précisée") if codes is Region else lazy_gettext("Non précisé")
    return [SelectChoice("", nothing), *(SelectChoice(code.value, web.wording(code.label)) for code in codes)]


class Deciding(web.OnceForm):
    """What one decision asks for; several of them stand on one page, each with ids of its own."""

    fate: Fate

    def __init__(self, entry: Entry | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for field in self:
            field.id = f"{self.fate}-{entry.key if entry else ''}-{field.name}"
            field.label.field_id = field.id

    @property
    def seen(self) -> Seen:
        """The referrals that the page showed, with the version of each; nothing for what is none."""
        found = (REFERRAL.fullmatch(sent) for sent in request.form.getlist("referral"))
        return {uuid.UUID(one[1]): int(one[2]) for one in found if one and one[1].count("-") == 4}


class AcceptForm(Deciding):
    fate = Fate.NEW
    name = StringField(
        lazy_gettext("Nom dans la liste"),
        filters=[one_line],
        validators=[InputRequired(MISSING), Length(max=MAX_NAME, message=TOO_LONG)],
    )
    region = SelectField(lazy_gettext("Région"), default="")
    kind = SelectField(lazy_gettext("Type"), default="")

    def __init__(self, entry: Entry | None, **kwargs: Any) -> None:
        super().__init__(entry, data={"name": entry.name if entry else ""}, **kwargs)
        self.region.choices, self.kind.choices = listed(Region), listed(OrganisationType)

    def validate_name(self, field: StringField) -> None:
        if not fold(field.data or ""):
            raise ValidationError(MISSING)

    @property
    def accepted(self) -> Accepted:
        region = Region.of(self.region.data) if self.region.data else None
        kind = OrganisationType.of(self.kind.data) if self.kind.data else None
        return Accepted(self.name.data or "", region, kind)


class LinkForm(Deciding):
    fate = Fate.KNOWN
    organisation = RadioField(lazy_gettext("Dans la liste"), validate_choice=False)
    other = StringField(
        lazy_gettext("Nom dans la liste"),
        filters=[one_line],
        validators=[Length(max=MAX_NAME, message=TOO_LONG)],
    )
    with_persons = BooleanField(lazy_gettext("Garder la personne nommée parmi celles à joindre"))

    def __init__(self, entry: Entry | None, held: Sequence[Held] = (), **kwargs: Any) -> None:
        held = held or (entry.held if entry else ())
        super().__init__(entry, data={"organisation": str(held[0].id) if held else ""}, **kwargs)
        self.offer(held)

    def offer(self, held: Sequence[Held]) -> None:
        """Show these to choose from, and another name to be typed."""
        choices = [SelectChoice(str(one.id), said(one)) for one in held]
        self.organisation.choices = [*choices, SelectChoice("", lazy_gettext("Une autre, nommée ci-dessous"))]

    @property
    def chosen(self) -> int | None:
        """The organisation that was ticked; None when it is to be found by the name that was typed."""
        ticked = self.organisation.data or ""
        return int(ticked) if ticked.isascii() and ticked.isdecimal() and int(ticked) <= web.LAST_ID else None


def said(held: Held) -> str:
    """An organisation of the list, its region, and where it stands."""
    region = web.wording(held.region.label) if held.region else gettext("région non précisée")
    why = f" ({web.wording(held.likeness.label)})" if held.likeness else ""
    return f"{held.name}{why} – {region} – {outcome(held.disposition)}"


class SameForm(Deciding):
    fate = Fate.SAME
    words = TextAreaField(
        lazy_gettext("Quelle initiative, et de qui"),
        filters=[clean],
        validators=[
            DataRequired(lazy_gettext("Dites de quelle initiative il s’agit.")),
            Length(max=MAX_TEXT, message=LONG_TEXT),
        ],
    )


class DismissForm(Deciding):
    fate = Fate.DISMISSED
    words = TextAreaField(
        lazy_gettext("Pourquoi l’écarter"),
        filters=[clean],
        validators=[
            DataRequired(lazy_gettext("Dites pourquoi elle est écartée.")),
            Length(max=MAX_TEXT, message=LONG_TEXT),
        ],
    )


FORMS: dict[Fate, type[Deciding]] = {form.fate: form for form in (AcceptForm, LinkForm, SameForm, DismissForm)}


class SuggestionForm(web.OnceForm):
    source = RadioField(
        lazy_gettext("Qui la suggère"), validators=[InputRequired(lazy_gettext("Dites qui la suggère."))]
    )
    organisation = StringField(
        lazy_gettext("Organisation"),
        filters=[one_line],
        validators=[InputRequired(MISSING), Length(max=MAX_NAME, message=TOO_LONG)],
    )
    note = TextAreaField(
        lazy_gettext("Pourquoi, et de qui vient l’idée"),
        filters=[clean],
        validators=[Length(max=MAX_TEXT, message=LONG_TEXT)],
    )
    person = StringField(lazy_gettext("Personne à joindre"), filters=[one_line], validators=[Length(max=MAX_NAME)])
    function = StringField(lazy_gettext("Fonction"), filters=[one_line], validators=[Length(max=MAX_NAME)])
    phone = TelField(lazy_gettext("Téléphone"), filters=[one_line], validators=[Length(max=MAX_NAME)])
    email = EmailField(lazy_gettext("Courriel"), filters=[one_line], validators=[Length(max=MAX_NAME)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.source.choices = [SelectChoice(source.value, web.wording(source.label)) for source in TEAM]

    def validate_organisation(self, field: StringField) -> None:
        if not fold(field.data or ""):
            raise ValidationError(MISSING)

    @property
    def named(self) -> Named:
        return Named(
            *(
                (field.data or None)
                for field in (self.organisation, self.person, self.function, self.phone, self.email, self.note)
            )
        )
