"""The form that hands a portfolio over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext
from wtforms import RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from survey import web
from survey.fieldwork.listing import Holder
from survey.fieldwork.portfolios import OPEN
from survey.instrument.codes import Disposition

NOBODY = "nobody"
CHOOSE = lazy_gettext("Choisissez à qui les confier.")


class PortfolioForm(web.Form):
    """To whom, one or several or nobody, and which: those that are still to be done, or all."""

    which = RadioField(
        lazy_gettext("Lesquelles"),
        choices=[
            SelectChoice("open", lazy_gettext("Celles qui restent à faire")),
            SelectChoice("all", lazy_gettext("Toutes")),
        ],
        default="open",
        validators=[InputRequired()],
    )
    to = SelectMultipleField(
        lazy_gettext("Confier à"),
        description=lazy_gettext("Plusieurs personnes : elles sont partagées également, issue par issue."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def __init__(self, holder_id: int, people: Sequence[Holder], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.holder_id = holder_id
        free = [SelectChoice(NOBODY, lazy_gettext("Personne : elles sont à prendre"))] if holder_id else []
        self.to.choices = [*(SelectChoice(str(row.id), row.name) for row in people), *free]

    def validate_to(self, field: SelectMultipleField) -> None:
        chosen = set(field.data or ())
        if not chosen:
            raise ValidationError(CHOOSE)
        if NOBODY in chosen and len(chosen) > 1:
            raise ValidationError(lazy_gettext("Choisissez des personnes, ou « Personne »."))
        if chosen == {str(self.holder_id)}:
            raise ValidationError(lazy_gettext("Elles sont déjà confiées à cette personne."))

    @property
    def receivers(self) -> list[int]:
        return [int(one) for one in self.to.data or () if one != NOBODY]

    @property
    def outcomes(self) -> frozenset[Disposition]:
        return OPEN if self.which.data == "open" else frozenset(Disposition)
