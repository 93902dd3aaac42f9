"""The forms of the releases: a new one, and what to take of one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from wtforms import HiddenField, SelectField, StringField

from survey import web
from survey.instrument.grammar import Text
from survey.release import shapes, tiers, units
from survey.release.exporting import FORMATS, Order
from survey.release.models import Unit
from survey.release.shapes import Shape
from survey.release.tiers import Tier
from survey.text import line
from survey.web import LANGUAGES, language, wording


class ReleaseForm(web.OnceForm):
    note = StringField(
        lazy_gettext("Note"),
        description=lazy_gettext("Facultative : à quoi sert cette version, par exemple « rapport d’étape »."),
        filters=[lambda typed: line(typed) if typed else None],
    )


def choices(names: Mapping[Any, Text]) -> list[tuple[str, str]]:
    """The values of a list and how they are called, in the language of the page."""
    return [(str(one), wording(name)) for one, name in names.items()]


class ExportForm(web.Form):
    """What to take of a release. It asks and changes nothing: it needs no token."""

    class Meta(web.Form.Meta):
        csrf = False

    unit = SelectField(lazy_gettext("Unité"), default=Unit.INITIATIVE.value)
    form = SelectField(lazy_gettext("Format"), default="xlsx")
    language = SelectField(lazy_gettext("Libellés"))
    tier = SelectField(lazy_gettext("Niveau de confidentialité"), default=Tier.RESEARCH.value)
    shape = SelectField(lazy_gettext("Forme"), default=Shape.LONG.value)
    progress = HiddenField()

    def __init__(self, held: list[Unit], sent: Any = None) -> None:
        super().__init__(sent)
        self.unit.choices = [(unit.value, wording(units.NAMES[unit])) for unit in Unit if unit in held]
        self.form.choices = [(code, wording(form.name)) for code, form in FORMATS.items()]
        self.language.choices = choices(WORDED)
        self.tier.choices, self.shape.choices = choices(tiers.NAMES), choices(shapes.NAMES)
        self.language.data = self.language.data or language()

    @property
    def whole(self) -> str:
        """The formats that are of the whole release, for which neither unit nor shape is chosen."""
        return " ".join(code for code, form in FORMATS.items() if form.reads)

    @property
    def order(self) -> Order:
        return Order(
            Unit(self.unit.data), self.form.data, self.language.data, Tier(self.tier.data), Shape(self.shape.data)
        )

    @property
    def number(self) -> uuid.UUID | None:
        """The id under which the page asks how far it is, None where it does not."""
        try:
            return uuid.UUID(self.progress.data or "")
        except ValueError:
            return None


WORDED = dict(zip(LANGUAGES, (Text("En français", "In French"), Text("En anglais", "In English")), strict=True))
