"""What the team writes to people: the house's own texts, their blanks, and how these are filled."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from babel.dates import format_date, format_time

from survey.accounts.models import Language, User
from survey.fieldwork import office_hours
from survey.fieldwork.contact_models import Appointment
from survey.fieldwork.models import Case, Person, TimeZone
from survey.instrument.codes import MessageKind, Mode
from survey.instrument.grammar import Text
from survey.text import fold, line, normalise

LOCALES = {Language.FRENCH: "fr_CA", Language.ENGLISH: "en_CA"}
BLANK = re.compile(r"\{([^{}]*)\}")
MAX_SUBJECT, MAX_BODY = 200, 10_000

#: What each blank stands for, and its name in each language.
BLANKS: dict[str, Text] = {
    "organisation": Text("organisation", "organisation"),
    "person": Text("personne", "person"),
    "interviewer": Text("responsable", "interviewer"),
    "study": Text("étude", "study"),
    "team": Text("équipe", "team"),
    "contact": Text("contact", "contact"),
    "date": Text("date", "date"),
    "time": Text("heure", "time"),
    "minutes": Text("minutes", "minutes"),
    "place": Text("lieu", "place"),
    "link": Text("lien", "link"),
}
#: Those that only an appointment fills.
OF_AN_APPOINTMENT = frozenset({"date", "time", "minutes", "place", "link"})
#: What a message of these kinds speaks of.
ABOUT_AN_APPOINTMENT = frozenset({MessageKind.APPOINTMENT, MessageKind.EVE})

PLACES = {
    Mode.PHONE: Text("par téléphone", "by phone"),
    Mode.ZOOM: Text("par Zoom", "by Zoom"),
    Mode.OTHER: Text("à l’endroit convenu", "at the place agreed on"),
}
CLOCKS = {
    TimeZone.EASTERN: Text("heure de l’Est", "Eastern time"),
    TimeZone.MAGDALEN: Text("heure des Îles-de-la-Madeleine", "Magdalen Islands time"),
    TimeZone.BLANC_SABLON: Text("heure de Blanc-Sablon", "Blanc-Sablon time"),
}


@dataclass(frozen=True)
class Study:
    """What an installation says of itself: the name of the study, who collects, where to write, the team's clock."""

    name: Text
    team: str
    contact: str
    zone: str

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Self:
        """Read from the configuration; what it leaves out is said in general words."""
        french = config["STUDY"] or "Inventaire des initiatives"
        english = config["STUDY_EN"] or config["STUDY"] or "Inventory of initiatives"
        return cls(Text(french, english), config["COLLECTOR"], config["COLLECTOR_CONTACT"], config["TIMEZONE"])


@dataclass(frozen=True)
class Letter:
    """A subject of one line and a body."""

    subject: str
    body: str


class UnknownBlank(ValueError):
    """A text has a blank that nothing fills: `name`, as it was written."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


#: What says that a calendar file comes with a message; it is left out wherever none does (`without_file`).
WITH_FILE = {
    Language.FRENCH: "Le rendez-vous est joint à ce courriel, pour votre agenda.",
    Language.ENGLISH: "The appointment is attached to this e-mail, for your calendar.",
}

SIGNED_FR = "\n\nCordialement,\n\n{responsable}\n{équipe}"
SIGNED_EN = "\n\nKind regards,\n\n{interviewer}\n{team}"

OURS: dict[MessageKind, dict[Language, Letter]] = {
    MessageKind.FIRST_CONTACT: {
        Language.FRENCH: Letter(
            "{étude} : votre participation",
            "Bonjour {personne},\n\n"
            "Nous dressons l’inventaire des initiatives mises en place au Québec, et nous aimerions savoir ce que fait "
            "votre organisation ({organisation}).\n\n"
            "Accepteriez-vous de nous accorder une entrevue, par téléphone ou par visioconférence? Elle dure "
            "d’ordinaire moins d’une heure, à un moment qui vous convient. Participer est facultatif. Si votre "
            "organisation n’a aucune initiative à décrire, un mot de votre part nous serait tout de même précieux.\n\n"
            "Il suffit de répondre à ce courriel en proposant deux ou trois moments, ou de nous dire à qui nous "
            "adresser." + SIGNED_FR,
        ),
        Language.ENGLISH: Letter(
            "{study}: would you take part?",
            "Hello {person},\n\n"
            "We are drawing up an inventory of the initiatives under way in Québec, and would like to know what "
            "{organisation} is doing.\n\n"
            "Would you grant us an interview, by phone or videoconference? It usually takes less than an hour, at a "
            "time that suits you. Taking part is voluntary. Should your organisation have no initiative to describe, a "
            "word from you would still help us a great deal.\n\n"
            "Simply reply to this e-mail with two or three times that suit you, or tell us whom we should write to."
            + SIGNED_EN,
        ),
    },
    MessageKind.REMINDER: {
        Language.FRENCH: Letter(
            "Rappel – {étude}",
            "Bonjour {personne},\n\n"
            "Nous vous avons écrit récemment au sujet de l’inventaire des initiatives. Si vous avez déjà répondu, "
            "veuillez nous en excuser : votre message nous aura échappé.\n\n"
            "Ce que fait votre organisation ({organisation}) a sa place dans cet inventaire. Une "
            "entrevue au moment de votre choix suffit; si vous n’êtes pas la bonne personne, ou si vous préférez ne "
            "pas participer, dites-le-nous simplement en répondant à ce courriel : nous n’insisterons pas." + SIGNED_FR,
        ),
        Language.ENGLISH: Letter(
            "Reminder – {study}",
            "Hello {person},\n\n"
            "We wrote to you recently about the inventory of initiatives. If you have already answered, please forgive "
            "us: your message may have escaped us.\n\n"
            "What {organisation} does has its place in this inventory. One interview, at a time of your choosing, is "
            "all it takes. If somebody else would be better placed to answer, or if you would rather not take part, "
            "simply say so in reply to this e-mail and we will not write again." + SIGNED_EN,
        ),
    },
    MessageKind.APPOINTMENT: {
        Language.FRENCH: Letter(
            "Confirmation de notre rendez-vous du {date}",
            "Bonjour {personne},\n\n"
            "Merci d’avoir accepté de nous parler des initiatives de votre organisation ({organisation}). Voici "
            "ce dont nous avons convenu :\n\n"
            "Date : {date}\nHeure : {heure}\nDurée prévue : {minutes} minutes\nLieu : {lieu}\n\n"
            f"{WITH_FILE[Language.FRENCH]} S’il vous faut changer de moment, répondez simplement à ce courriel."
            + SIGNED_FR,
        ),
        Language.ENGLISH: Letter(
            "Our appointment on {date}",
            "Hello {person},\n\n"
            "Thank you for agreeing to tell us about the initiatives of {organisation}. Here is what we agreed on:\n\n"
            "Date: {date}\nTime: {time}\nExpected length: {minutes} minutes\nPlace: {place}\n\n"
            f"{WITH_FILE[Language.ENGLISH]} Should you need another time, simply reply to this e-mail." + SIGNED_EN,
        ),
    },
    MessageKind.EVE: {
        Language.FRENCH: Letter(
            "Rappel de notre rendez-vous du {date}",
            "Bonjour {personne},\n\n"
            "Un mot pour vous rappeler notre rendez-vous :\n\n"
            "Date : {date}\nHeure : {heure}\nLieu : {lieu}\n\n"
            "Il n’y a rien à préparer. En cas d’empêchement, répondez à ce courriel et nous trouverons un autre moment."
            + SIGNED_FR,
        ),
        Language.ENGLISH: Letter(
            "A reminder of our appointment on {date}",
            "Hello {person},\n\n"
            "A short note to remind you of our appointment:\n\n"
            "Date: {date}\nTime: {time}\nPlace: {place}\n\n"
            "There is nothing to prepare. If you cannot make it, reply to this e-mail and we will find another time."
            + SIGNED_EN,
        ),
    },
    MessageKind.THANKS: {
        Language.FRENCH: Letter(
            "Merci de votre participation – {étude}",
            "Bonjour {personne},\n\n"
            "Merci du temps que vous nous avez accordé. Ce que vous avez dit de votre organisation enrichit "
            "l’inventaire.\n\n"
            "Si quelque chose vous revient, ou si vous souhaitez consulter ou faire corriger ce que vous avez dit, "
            "répondez à ce courriel." + SIGNED_FR,
        ),
        Language.ENGLISH: Letter(
            "Thank you for taking part – {study}",
            "Hello {person},\n\n"
            "Thank you for the time that you gave us. What you told us about {organisation} makes the inventory "
            "richer.\n\n"
            "If anything comes back to you, or if you wish to see or correct what you said, reply to this e-mail."
            + SIGNED_EN,
        ),
    },
}


def blanks(kind: MessageKind, language: Language) -> list[str]:
    """The names of the blanks that a text of this kind may have, in its language."""
    known = BLANKS if kind in ABOUT_AN_APPOINTMENT else {k: v for k, v in BLANKS.items() if k not in OF_AN_APPOINTMENT}
    return [name(language.value) for name in known.values()]


def check(kind: MessageKind, language: Language, text: str) -> None:
    """Raises `UnknownBlank` for the first blank of a text that nothing fills, or a brace that is not of a blank."""
    known = {fold(name) for name in blanks(kind, language)}
    for match in BLANK.finditer(text):
        if fold(match[1]) not in known:
            raise UnknownBlank(match[0])
    if stray := re.search(r"[{}]", BLANK.sub("", text)):
        raise UnknownBlank(stray[0])


def fill(letter: Letter, language: Language, values: Mapping[str, str]) -> Letter:
    """A letter whose blanks are filled; what fills them is never read as a blank.

    The subject stays on one line, and a blank that nothing fills leaves no hole.
    """
    named = {fold(BLANKS[key](language.value)): value for key, value in values.items()}

    def filled(text: str) -> str:
        return BLANK.sub(lambda blank: named.get(fold(blank[1]), ""), text)

    body = re.sub(r"\n{3,}", "\n\n", normalise(filled(letter.body)))
    return Letter(line(filled(letter.subject)), body.strip())


def without_file(body: str, language: Language) -> str:
    """The words of a message that goes without the file of its appointment, and does not speak of it."""
    said = WITH_FILE[language]
    return body.replace(f"{said} ", "").replace(f"{said}\n\n", "").replace(said, "")


def values(
    study: Study,
    case: Case,
    person: Person | None,
    interviewer: User | None,
    language: Language,
    appointment: Appointment | None = None,
) -> dict[str, str]:
    """What fills the blanks of a message, each on one line."""
    said = {
        "organisation": case.organisation.name,
        "person": person.name if person else "",
        "interviewer": interviewer.name if interviewer else "",
        "study": study.name(language.value),
        "team": study.team,
        "contact": study.contact,
    }
    if appointment:
        said |= of_appointment(study, appointment, case.organisation.time_zone, language)
    return {key: line(value) for key, value in said.items()}


def of_appointment(study: Study, appointment: Appointment, zone: TimeZone, language: Language) -> dict[str, str]:
    link, place = appointment.meeting_url or "", PLACES[appointment.mode](language.value)
    return {
        "date": day(appointment.starts_at, zone, language),
        "time": hour(appointment.starts_at, zone, language, study.zone),
        "minutes": str(appointment.minutes),
        "place": f"{place}, {link}" if link else place,
        "link": link,
    }


def day(moment: dt.datetime, zone: TimeZone, language: Language) -> str:
    """The date of a moment in a time zone, in words: « mardi 24 novembre 2026 »."""
    return str(format_date(office_hours.clock(moment, zone), "full", locale=LOCALES[language]))


def hour(moment: dt.datetime, zone: TimeZone, language: Language, elsewhere: str) -> str:
    """What the clocks of a time zone show at a moment, and whose clocks these are when those `elsewhere` differ."""
    here = office_hours.clock(moment, zone)
    if language is Language.FRENCH:
        time = f"{here.hour}\u00a0h" + (f"\u00a0{here.minute:02}" if here.minute else "")
    else:
        time = str(format_time(here.time(), "short", locale=LOCALES[language])).replace("\u202f", "\u00a0")
    differs = here.replace(tzinfo=None) != office_hours.clock(moment, elsewhere).replace(tzinfo=None)
    return f"{time} ({CLOCKS[zone](language.value)})" if differs else time
