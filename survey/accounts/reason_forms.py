"""What is asked before names of persons leave: the reason, and one's password again."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired

from survey import web
from survey.text import line


class ReasonForm(web.Form):
    """Why, and the password again."""

    reason = StringField(
        lazy_gettext("Pour quoi faire"),
        description=lazy_gettext("Noté au journal avec votre nom et la date."),
        filters=[lambda typed: line(typed) if typed else None],
        validators=[DataRequired(lazy_gettext("Dites à quoi ce fichier servira."))],
    )
    password = PasswordField(
        lazy_gettext("Votre mot de passe"),
        validators=[InputRequired(lazy_gettext("Donnez votre mot de passe."))],
        render_kw={"autocomplete": "current-password"},
    )
