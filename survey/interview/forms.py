"""Forms built from the instrument: WTForms declares and validates, the page's own macro draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, IntegerField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, NumberRange, Optional, StopValidation, ValidationError

from survey import web
from survey.fieldwork.moment_forms import Day
from survey.instrument.codes import ConsentPurpose, MissingReason, Mode, YesNo
from survey.instrument.grammar import Codes, Item, Kind
from survey.interview.answers import Answer

NUMBER = _l("Écrivez un nombre entier, par exemple 3. Une nuance ? Mettez-la dans la note interne.")
YEAR = _l("Écrivez une année en quatre chiffres, par exemple 2018. Une nuance ? Mettez-la dans la note interne.")
CHOICE = _l("Ce choix n’existe pas dans la question.")
EXCLUSIVE = _l("« Non financé » ne va avec aucune autre case.")
TWO_REASONS = _l("Choisissez une seule raison d’absence de réponse.")


class WholeNumber(IntegerField):
    """An integer whose refusal says what to write."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        typed = "".join(str(valuelist[0]).split()) if valuelist else ""
        if not typed:
            self.data = None
        elif typed.isascii() and typed.isdigit() and len(typed) < 10:
            self.data = int(typed)
        else:
            self.data = None
            raise ValueError(YEAR if self.name == "year_created" else NUMBER)


class KnownChoice:
    """A choice outside its code list is refused in words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)  # type: ignore[misc]
        except ValueError:
            raise ValueError(CHOICE) from None


class Choice(KnownChoice, RadioField):
    """One of a list, or none."""

    def pre_validate(self, form: BaseForm) -> None:
        """The code list has already said what is a choice."""


class Boxes(KnownChoice, SelectMultipleField):
    """Boxes to tick; the exclusive one, if any, goes with no other."""

    def __init__(self, *args: Any, exclusive: Codes | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.exclusive = exclusive

    def pre_validate(self, form: BaseForm) -> None:
        if self.exclusive and self.exclusive in (self.data or ()) and len(self.data or ()) > 1:
            raise ValidationError(EXCLUSIVE)


FIELDS: dict[Kind, type[Field]] = {
    Kind.LINE: StringField,
    Kind.PARAGRAPH: TextAreaField,
    Kind.INTEGER: WholeNumber,
    Kind.YEAR: WholeNumber,
    Kind.DATE: Day,
    Kind.SELECT_ONE: Choice,
    Kind.SELECT_MANY: Boxes,
}


def one_line(text: str) -> str | None:
    """A normalised answer, to the letter but for line breaks and the space around it; None when it is blank."""
    return text.replace("\n", " ").strip(" ") if text.strip() else None


def paragraph(text: str) -> str | None:
    """A normalised answer, to the letter; None when it is blank."""
    return text if text.strip() else None


#: What becomes of a text, which is all that a text is validated by.
FILTERS: dict[Kind, Callable[[str], str | None]] = {Kind.LINE: one_line, Kind.PARAGRAPH: paragraph}


def field(item: Item) -> Any:
    options: dict[str, Any] = {"validators": [Optional()]}
    if item.codes:
        options |= {"choices": [SelectChoice(code, code.label.fr) for code in item.codes], "coerce": item.codes.of}
    if item.many:
        options["exclusive"] = item.exclusive
    if item.minimum is not None:
        message = YEAR if item.kind is Kind.YEAR else NUMBER
        options["validators"].append(NumberRange(item.minimum, item.maximum, message=message))
    if item.kind in FILTERS:
        options["filters"] = [lambda text: FILTERS[item.kind](text or "")]
    return FIELDS[item.kind](**options)


@lru_cache
def form_of(items: tuple[Item, ...]) -> type[Form]:
    """The form of these items: one field each, under the item's name, for texts that were normalised."""
    return type("AnswerForm", (Form,), {item.name: field(item) for item in items})


def answer_in(form: Form, item: Item) -> Answer:
    """The typed answer of a field that validated."""
    data = form[item.name].data
    return frozenset(data or ()) if item.many else data


def reason_in(values: Sequence[str]) -> MissingReason | None:
    """The reason among the boxes ticked beside an item. ValueError, with a sentence, when it is none or several."""
    chosen = [value for value in values if value]
    if len(chosen) > 1:
        raise ValueError(TWO_REASONS)
    if chosen and chosen[0] not in set(MissingReason):
        raise ValueError(CHOICE)
    return MissingReason.of(chosen[0]) if chosen else None


class StartForm(web.Form):
    mode = RadioField(
        _l("Mode"), choices=[SelectChoice(mode, mode.label.fr) for mode in Mode], coerce=Mode.of, default=Mode.PHONE
    )


class Unless(InputRequired):
    """Required, but of somebody who has just refused the interview."""

    def __call__(self, form: BaseForm, field: Field) -> None:
        if field is form["interview"] or form["interview"].data is not YesNo.NO:
            super().__call__(form, field)
        elif not field.raw_data:
            field.errors = []
            raise StopValidation()


def yes_no(purpose: ConsentPurpose) -> RadioField:
    return RadioField(
        purpose.label.fr,
        choices=[SelectChoice(code, code.label.fr) for code in YesNo],
        coerce=YesNo.of,
        validators=[Unless(_l("Consignez la réponse, oui ou non."))],
    )


class ConsentForm(web.OnceForm):
    """One answer per purpose; the page draws the labels, in its language."""

    interview = yes_no(ConsentPurpose.INTERVIEW)
    quote = yes_no(ConsentPurpose.QUOTE)
    recontact = yes_no(ConsentPurpose.RECONTACT)

    @property
    def given(self) -> Mapping[ConsentPurpose, YesNo]:
        answers = {purpose: self[purpose.value].data for purpose in ConsentPurpose}
        return {purpose: answer for purpose, answer in answers.items() if answer is not None}
