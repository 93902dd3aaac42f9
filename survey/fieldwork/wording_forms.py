"""How a page calls an outcome, and the form in which the coordination changes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import g
from flask_babel import gettext, lazy_gettext
from wtforms import StringField
from wtforms.validators import Length

from survey import web
from survey.db import db
from survey.fieldwork import wordings
from survey.fieldwork.headings import key
from survey.fieldwork.seen_forms import SeenForm
from survey.instrument.codes import Disposition
from survey.instrument.grammar import Codes, Text
from survey.text import line

LANGUAGES = {"fr": lazy_gettext("En français"), "en": lazy_gettext("En anglais")}
TOO_LONG = Length(max=wordings.LONGEST, message=lazy_gettext("C’est trop long : 60 caractères au plus."))


def outcome(code: Codes) -> str:
    """An outcome as the team calls it, in the language of the page; the words are read once for a request."""
    if "outcome_names" not in g:
        g.outcome_names = wordings.named(db.session)
    return wordings.text(g.outcome_names, code)(web.language())


def one_line(typed: str | None) -> str:
    return line(typed or "")


def field_of(disposition: Disposition, language: str) -> str:
    """The name of the field that words an outcome in a language."""
    return f"{disposition.value}_{language}"


def blank() -> StringField:
    return StringField(filters=[one_line], validators=[TOO_LONG], render_kw={"autocomplete": "off"})


class WordingForm(
    type("Wordings", (SeenForm,), {field_of(one, of): blank() for one in Disposition for of in LANGUAGES})  # type: ignore[misc]
):
    """Two fields for each outcome, named by `field_of`; empty for the standard wording."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for one, of, field in self.each():
            field.label.text = LANGUAGES[of]
            field.render_kw = {**field.render_kw, "placeholder": one.label(of), "lang": of}

    def each(self) -> Iterator[tuple[Disposition, str, StringField]]:
        """Outcome, language and field."""
        return ((one, of, self[field_of(one, of)]) for one in Disposition for of in LANGUAGES)

    @property
    def wanted(self) -> dict[Disposition, Text]:
        return {one: Text(*(self[field_of(one, of)].data or "" for of in LANGUAGES)) for one in Disposition}

    def validate(self, **kwargs: Any) -> bool:
        right = bool(super().validate(**kwargs))
        wanted = self.wanted
        for one, _, field in self.each():
            if field.data and not field.errors and (sentence := wrong(field.data, one, wanted)):
                field.errors, right = [sentence], False
        return right


def as_fields(own: wordings.Names) -> dict[str, str]:
    """What the team words otherwise, field by field; "" for the standard wording."""
    return {field_of(one, of): own[one](of) if one in own else "" for one in Disposition for of in LANGUAGES}


def wrong(words: str, of: Disposition, wanted: dict[Disposition, Text]) -> str | None:
    """Why an outcome cannot be called so: two outcomes of one name could not be told apart, nor imported."""
    if not key(words):
        return str(gettext("Écrivez au moins une lettre ou un chiffre."))
    other = wordings.already(words, of, wanted)
    if other is None:
        return None
    said = {"words": words, "other": web.wording(other.label)}
    return str(gettext("« %(words)s » nomme déjà l’issue « %(other)s ».", **said))
