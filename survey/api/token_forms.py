"""The form that makes a token."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, NumberRange

from survey import web
from survey.accounts.models import Reach
from survey.accounts.tokens import MOST, USUAL
from survey.release.table import Tier
from survey.release.tiers import NAMES
from survey.text import line

DAYS = _l("Un nombre de jours, de 1 à %(most)d.", most=MOST)


class TokenForm(web.OnceForm):
    """What a token is for, how long, how much it opens; and one's password, since it will do without."""

    name = StringField(
        _l("Nom"),
        [DataRequired(_l("Dites à quoi ce jeton servira."))],
        filters=[lambda typed: line(typed) if typed else None],
        description=_l("Ce qui le montrera, par exemple « R, mon ordinateur du bureau »."),
    )
    tier = SelectField(_l("Niveau de confidentialité"), coerce=Reach, default=Reach.RESEARCH)
    days = IntegerField(
        _l("Durée, en jours"),
        [InputRequired(DAYS), NumberRange(1, MOST, DAYS)],
        default=USUAL,
        description=_l("Au plus %(most)d ; passé ce temps, il n’ouvre plus rien.", most=MOST),
    )
    password = PasswordField(
        _l("Votre mot de passe"),
        [InputRequired(_l("Donnez votre mot de passe."))],
        render_kw={"autocomplete": "current-password"},
    )

    def __init__(self) -> None:
        super().__init__()
        self.tier.choices = [SelectChoice(reach.value, web.wording(NAMES[Tier(reach.value)])) for reach in Reach]
