"""The forms of contact attempts, of suspensions, and of what is put off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, ValidationError

from survey import web
from survey.db import now
from survey.fieldwork import attempt_rules, office_hours
from survey.fieldwork.attempt_rules import CLOSED, RULES, SETTLED
from survey.fieldwork.attempts import Attempt
from survey.fieldwork.contact_models import ContactAttempt
from survey.fieldwork.forms import clean, one_line
from survey.fieldwork.models import Case, Person, TimeZone
from survey.fieldwork.moment_forms import DATE, OLDEST, Day, Hour, ahead, here, moment_of, today
from survey.fieldwork.office_hours import local_moment
from survey.instrument.codes import AttemptResult, Channel, Disposition, OrganisationType, RefusalReason, Region

REFUSED = lazy_gettext(
    "Après un refus, on ne rappelle pas. Si la personne accepte d’être rappelée, choisissez « Pas maintenant »."
)
MAX_WHY = 400


class AttemptForm(web.OnceForm):
    """An attempt; its result is a button on the page of an organisation. What is left blank follows from the rest."""

    channel = RadioField(lazy_gettext("Moyen"), validators=[InputRequired(lazy_gettext("Choisissez un moyen."))])
    result = RadioField(lazy_gettext("Résultat"), validators=[InputRequired(lazy_gettext("Choisissez un résultat."))])
    person = SelectField(lazy_gettext("Personne visée ou jointe"), default="")
    day = Day(lazy_gettext("Date de la démarche"))
    time = Hour(lazy_gettext("Heure de la démarche"))
    next_day = Day(lazy_gettext("Prochaine démarche, le"))
    next_time = Hour(lazy_gettext("Heure de la prochaine démarche"))
    reason = SelectField(lazy_gettext("Raison du refus"), default="")
    note = TextAreaField(lazy_gettext("Note sur la démarche"), filters=[clean])
    anyway = BooleanField(lazy_gettext("Rouvrir la démarche : l’issue actuelle laisse place à celle du résultat"))

    def __init__(self, case: Case, persons: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.zone: TimeZone = case.organisation.time_zone
        self.channel.choices = [SelectChoice(c.value, web.wording(c.label)) for c in Channel]
        self.result.choices = [SelectChoice(r.value, web.wording(r.label)) for r in AttemptResult]
        nobody = SelectChoice("", lazy_gettext("Personne en particulier"))
        self.person.choices = [nobody, *(SelectChoice(str(p.id), reached(p)) for p in persons)]
        unsaid = SelectChoice("", lazy_gettext("Non précisée"))
        self.reason.choices = [unsaid, *(SelectChoice(r.value, web.wording(r.label)) for r in RefusalReason)]
        self.asks = case.disposition in (CLOSED | SETTLED) - {Disposition.DUPLICATE}
        self.recorded: ContactAttempt | None = None

    @classmethod
    def blank(cls, case: Case, persons: Sequence[Person]) -> AttemptForm:
        """The form as the page first shows it: the first person who has not left, by what is known of them."""
        first = persons[0] if persons else None
        way = Channel.EMAIL if first and first.email and not (first.phone or first.other_phone) else Channel.PHONE
        return cls(case, persons, formdata=None, data={"channel": way.value, "person": str(first.id) if first else ""})

    @classmethod
    def of(cls, case: Case, persons: Sequence[Person], attempt: ContactAttempt) -> AttemptForm:
        """The form as an attempt was recorded."""
        made = office_hours.clock(attempt.at, here())
        following = attempt.next_at and office_hours.clock(attempt.next_at, case.organisation.time_zone)
        form = cls(
            case,
            persons,
            data={
                "channel": attempt.channel.value,
                "result": attempt.result.value,
                "person": str(attempt.person_id or ""),
                "day": made.date(),
                "time": made.time().replace(second=0, microsecond=0),
                "next_day": following.date() if following else None,
                "next_time": following.time().replace(second=0, microsecond=0) if following else None,
                "reason": case.refusal_reason.value if case.refusal_reason else "",
                "note": attempt.note,
            },
        )
        form.recorded = attempt
        return form

    @property
    def rule(self) -> attempt_rules.Rule | None:
        known = self.result.data in set(AttemptResult)
        return RULES[AttemptResult.of(self.result.data)] if known else None

    def validate_time(self, field: Hour) -> None:
        if self.day.errors:
            return
        if field.data:
            moment_of(self.day.data or today(here()), field.data, here())
        if self.at > now():
            raise ValidationError(
                gettext("Une démarche se note quand elle est faite ; ce moment n’est pas encore venu.")
            )

    def validate_day(self, field: Day) -> None:
        if field.data and not OLDEST <= field.data <= today(here()):
            raise ValidationError(gettext("Donnez une date qui n’est pas à venir, depuis l’an 2000."))

    def validate_next_day(self, field: Day) -> None:
        rule = self.rule
        if self.typed and self.result.data == AttemptResult.REFUSED:
            raise ValidationError(REFUSED)
        if not field.data and self.next_time.data:
            raise ValidationError(gettext("Donnez aussi la date."))
        if not field.data and rule and rule.dated:
            raise ValidationError(gettext("Dites quand reprendre, puis choisissez de nouveau le résultat."))
        if self.typed:
            ahead(field.data or OLDEST, self.zone)

    def validate_next_time(self, field: Hour) -> None:
        if field.data and self.next_day.data and not self.next_day.errors:
            moment_of(self.next_day.data, field.data, self.zone)

    @property
    def typed(self) -> bool:
        """Whether somebody wrote a next date, other than the one the form showed."""
        shown = (self.next_day.object_data, self.next_time.object_data)
        return bool(self.next_day.data) and (self.next_day.data, self.next_time.data) != shown

    @property
    def at(self) -> dt.datetime:
        """The moment of the attempt: now, unless something else was typed; of a past day, noon."""
        day, time = self.day.data or today(here()), self.time.data
        if self.recorded and (self.day.data, time) == (self.day.object_data, self.time.object_data):
            return self.recorded.at
        if time is None:
            return now() if day == today(here()) else local_moment(day, office_hours.NOON, here())
        return local_moment(day, time, here())

    @property
    def next_at(self) -> dt.datetime | None:
        """When to try again, by the clock of the place: what was typed, or what the rule of the result proposes."""
        result = AttemptResult.of(self.result.data)
        if self.recorded and not self.typed and self.next_day.data and self.recorded.result is result:
            return self.recorded.next_at
        if self.next_day.data and (self.typed or RULES[result].days is None):
            return local_moment(self.next_day.data, self.next_time.data or office_hours.OPENS, self.zone)
        return attempt_rules.proposed(result, self.at, self.zone)

    @property
    def said(self) -> Attempt:
        return Attempt(
            channel=Channel.of(self.channel.data),
            result=AttemptResult.of(self.result.data),
            at=self.at,
            person_id=int(self.person.data) if self.person.data else None,
            next_at=self.next_at,
            note=self.note.data or None,
        )

    @property
    def why(self) -> RefusalReason | None:
        return RefusalReason.of(self.reason.data) if self.reason.data else None


class PutOffForm(web.Form):
    """Another day for a case, by the clock of the place."""

    day = Day(lazy_gettext("Remettre au"), validators=[InputRequired(DATE)])

    def __init__(self, zone: TimeZone, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.zone = zone

    def validate_day(self, field: Day) -> None:
        ahead(field.data or OLDEST, self.zone)

    @property
    def to(self) -> dt.datetime:
        return local_moment(self.day.data or OLDEST, office_hours.OPENS, self.zone)


class SuspensionForm(web.Form):
    """Until when nobody contacts some cases, and why: those of a region, of a type, or ticked."""

    region = SelectField(lazy_gettext("Région"), default="")
    kind = SelectField(lazy_gettext("Type d’organisation"), default="")
    until = Day(lazy_gettext("Suspendre jusqu’au"), description=lazy_gettext("Ce jour-là compris."))
    why = StringField(
        lazy_gettext("Raison"),
        filters=[one_line],
        validators=[
            InputRequired(lazy_gettext("Dites pourquoi.")),
            Length(max=MAX_WHY, message=lazy_gettext("Cette raison est trop longue.")),
        ],
    )

    def __init__(self, ticked: Sequence[int] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ticked = ticked
        self.region.choices = [SelectChoice("", lazy_gettext("Toutes"))]
        self.region.choices += [SelectChoice(r.value, web.wording(r.label)) for r in Region]
        self.kind.choices = [SelectChoice("", lazy_gettext("Tous"))]
        self.kind.choices += [SelectChoice(k.value, web.wording(k.label)) for k in OrganisationType]

    def validate_region(self, field: SelectField) -> None:
        if not (self.ticked or field.data or self.kind.data):
            raise ValidationError(gettext("Choisissez une région ou un type d’organisation."))

    def validate_until(self, field: Day) -> None:
        if field.data is None:
            raise ValidationError(field.errors[0] if field.errors else DATE)
        ahead(field.data, here())

    def validate_why(self, field: StringField) -> None:
        if not field.data:
            raise ValidationError(gettext("Dites pourquoi."))


def reached(person: Person) -> str:
    """Somebody with what reaches them."""
    return ", ".join(filter(None, [person.name, person.phone or person.other_phone or person.email]))


def persons_of(case: Case, kept: int | None = None) -> list[Person]:
    """Whom an attempt may be about: who has not left, and whom it was about already (`kept`)."""
    session = sa.orm.object_session(case)
    assert session
    query = sa.select(Person).where(Person.organisation_id == case.organisation_id).order_by(Person.id)
    return [person for person in session.scalars(query) if person.left_at is None or person.id == kept]


def duplicate(case: Case) -> str:
    """Why nothing is noted or agreed on with a duplicate."""
    if case.organisation.merged_into_id is not None:
        return str(
            gettext(
                "Cette organisation est un doublon : démarches et rendez-vous se notent sur la page de "
                "l’organisation qui est gardée."
            )
        )
    return str(
        gettext(
            "Son issue dit que cette organisation est un doublon : ni démarche ni rendez-vous ne s’y note. "
            "Si elle n’en est pas un, changez d’abord l’issue."
        )
    )
