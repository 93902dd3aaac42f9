"""The form of a new release."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import StringField

from survey import web
from survey.text import line


class ReleaseForm(web.OnceForm):
    note = StringField(
        lazy_gettext("Note"),
        description=lazy_gettext("Facultative : à quoi sert cette version, par exemple « rapport d’étape »."),
        filters=[lambda typed: line(typed) if typed else None],
    )
