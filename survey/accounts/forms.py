"""The forms of log-in and accounts, and their sentences."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field, Form, HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length, ValidationError

from survey import web
from survey.accounts.models import Language, Role
from survey.accounts.passwords import MINIMUM, Weakness, weakness
from survey.accounts.users import Refusal, email_of, is_email
from survey.text import line

WEAKNESSES = {
    Weakness.SHORT: _l("Choisissez au moins %(n)d caractères.", n=MINIMUM),
    Weakness.LONG: _l("Ce mot de passe dépasse 1 024 caractères."),
    Weakness.REPEATED: _l("Ce mot de passe répète les mêmes caractères : il se devine trop vite."),
    Weakness.SEQUENCE: _l("Ce mot de passe suit l’alphabet, les chiffres ou le clavier : il se devine trop vite."),
    Weakness.COMMON: _l(
        "Ce mot de passe est fait de mots trop courants. Prenez plutôt quatre mots sans lien entre eux."
    ),
    Weakness.PERSONAL: _l("Ce mot de passe tient surtout à votre nom, à votre courriel ou au nom du logiciel."),
}

REFUSALS = {
    Refusal.EMAIL_TAKEN: _l("Un compte a déjà cette adresse de courriel."),
    Refusal.LAST_ADMINISTRATOR: _l(
        "C’est le dernier compte d’administration actif : donnez d’abord ce rôle à quelqu’un d’autre."
    ),
    Refusal.ONESELF: _l("Vous ne pouvez pas désactiver votre propre compte."),
    Refusal.INACTIVE: _l("Ce compte est désactivé : réactivez-le d’abord."),
}

PASSWORD_HINT = _l("Au moins 12 caractères. Quatre mots sans lien entre eux font un bon mot de passe.")
EMAIL_SENTENCE = _l("Écrivez une adresse de courriel comme prenom.nom@exemple.ca.")
NAME_GIVEN = DataRequired(_l("Écrivez le nom de la personne."))
EMAIL_GIVEN = DataRequired(EMAIL_SENTENCE)
REQUIRED = InputRequired(_l("Ce champ est obligatoire."))


def email_shape(_form: Form, field: Field) -> None:
    """A validator: the text has the form of an e-mail address."""
    if not is_email(field.data):
        raise ValidationError(EMAIL_SENTENCE)


def typed(field: Field) -> str:
    """What was typed, "" for nothing."""
    return field.data or ""


def to_email(typed: str | None) -> str:
    """A filter: the e-mail as it is kept."""
    return email_of(typed or "")


def to_line(typed: str | None) -> str:
    """A filter: what was typed, on one line."""
    return line(typed or "")


def languages() -> list[SelectChoice]:
    """The languages to choose from, each under its own name."""
    return [SelectChoice("fr", "Français"), SelectChoice("en", "English")]


class LoginForm(web.Form):
    email = EmailField(
        _l("Courriel"), [REQUIRED], filters=[to_email], render_kw={"autocomplete": "username", "autofocus": True}
    )
    password = PasswordField(
        _l("Mot de passe"), [REQUIRED, Length(max=4096)], render_kw={"autocomplete": "current-password"}
    )
    next = HiddenField(filters=[web.local_path])


class NewPasswordForm(web.Form):
    """A password typed twice; `about` is what it may not be made of."""

    password = PasswordField(
        _l("Nouveau mot de passe"), [REQUIRED], description=PASSWORD_HINT, render_kw={"autocomplete": "new-password"}
    )
    again = PasswordField(
        _l("Encore une fois"),
        [REQUIRED, EqualTo("password", _l("Les deux mots de passe ne sont pas les mêmes."))],
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, *about: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.about = about

    def validate_password(self, field: Field) -> None:
        if weak := weakness(field.data, *self.about):
            raise ValidationError(WEAKNESSES[weak])


class ChangePasswordForm(NewPasswordForm):
    current = PasswordField(_l("Mot de passe actuel"), [REQUIRED], render_kw={"autocomplete": "current-password"})


class SetUpForm(NewPasswordForm):
    """The first administrator."""

    name = StringField(_l("Votre nom"), [NAME_GIVEN], filters=[to_line], render_kw={"autocomplete": "name"})
    email = EmailField(
        _l("Votre courriel"), [EMAIL_GIVEN, email_shape], filters=[to_email], render_kw={"autocomplete": "username"}
    )
    language = SelectField(_l("Langue"), coerce=Language)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.language.choices = languages()
        self.about = (self.name.data or "", self.email.data or "")


class InviteForm(web.Form):
    name = StringField(_l("Nom"), [NAME_GIVEN], filters=[to_line], render_kw={"autocomplete": "off"})
    email = EmailField(
        _l("Courriel"), [EMAIL_GIVEN, email_shape], filters=[to_email], render_kw={"autocomplete": "off"}
    )
    role = SelectField(_l("Rôle"), coerce=Role)  # type: ignore[arg-type]
    language = SelectField(_l("Langue"), coerce=Language)

    def __init__(self, code: str, **kwargs: Any) -> None:
        """`code` is the language that the roles are named in."""
        super().__init__(**kwargs)
        self.role.choices = [SelectChoice(role.value, role.label(code)) for role in Role]
        self.language.choices = languages()
