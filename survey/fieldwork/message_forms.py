"""The forms of messages."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from survey import web
from survey.accounts.models import Language
from survey.fieldwork import message_texts
from survey.fieldwork.forms import MISSING, clean, one_line
from survey.fieldwork.message_texts import MAX_BODY, MAX_SUBJECT, Letter, UnknownBlank
from survey.instrument.codes import MessageKind


class LetterForm(web.OnceForm):
    """The words of a message."""

    subject = StringField(
        lazy_gettext("Objet"),
        filters=[one_line],
        validators=[InputRequired(MISSING), Length(max=MAX_SUBJECT, message=lazy_gettext("Cet objet est trop long."))],
    )
    body = TextAreaField(
        lazy_gettext("Texte"),
        filters=[clean],
        validators=[InputRequired(MISSING), Length(max=MAX_BODY, message=lazy_gettext("Ce texte est trop long."))],
    )

    def validate_subject(self, field: StringField) -> None:
        if not field.data:
            raise ValidationError(MISSING)

    def validate_body(self, field: TextAreaField) -> None:
        if not field.data:
            raise ValidationError(MISSING)

    @property
    def letter(self) -> Letter:
        return Letter(self.subject.data or "", self.body.data or "")


class TemplateForm(LetterForm):
    """A text with blanks. `seen` is when it was last changed, as the page showed it."""

    seen = HiddenField()

    def __init__(self, kind: MessageKind, language: Language, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind, self.of = kind, language

    def validate_subject(self, field: StringField) -> None:
        super().validate_subject(field)
        self.known_blanks(field.data or "")

    def validate_body(self, field: TextAreaField) -> None:
        super().validate_body(field)
        self.known_blanks(field.data or "")

    def known_blanks(self, text: str) -> None:
        try:
            message_texts.check(self.kind, self.of, text)
        except UnknownBlank as unknown:
            known = ", ".join(f"{{{name}}}" for name in message_texts.blanks(self.kind, self.of))
            said = {"blank": unknown.name, "known": known}
            raise ValidationError(
                gettext("« %(blank)s » n’est rempli par rien ici. Ce qui peut l’être : %(known)s.", **said)
            ) from None
