"""What each unit of the data is made of: its keys, the facts of the fieldwork, the items of the questionnaire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from survey.instrument.codes import (
    Aapor,
    AttemptResult,
    CaseSource,
    Channel,
    ConsentPurpose,
    Disposition,
    Fate,
    Mode,
    OrganisationType,
    RefusalReason,
    Region,
    YesNo,
)
from survey.instrument.dictionary import Measure, Type, Variable, labels, variables, wording
from survey.instrument.grammar import Codes, Text
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.release.models import Unit

#: The sections of the questionnaire that a unit answers.
SECTIONS = {
    Unit.ORGANISATION: (),
    Unit.CONTACT: (),
    Unit.INTERVIEW: ("general", "others"),
    Unit.INITIATIVE: ("initiatives",),
    Unit.REFERRAL: (),
    Unit.PARADATA: (),
    Unit.THEME: (),
    Unit.THEME_TREE: (),
}

#: What was said of an initiative in an earlier wave, in this one; missing for one that is new.
CONFIRMED = {
    0: Text("Non confirmée : dit dans une vague antérieure", "Not confirmed: said in an earlier wave"),
    1: Text("Confirmée, inchangée", "Confirmed, unchanged"),
    2: Text("Confirmée, avec des changements", "Confirmed, with changes"),
}
FLAG = {0: Text("Non", "No"), 1: Text("Oui", "Yes")}

NAMES = {
    Unit.ORGANISATION: Text("Organisations", "Organisations"),
    Unit.CONTACT: Text("Contacts", "Contact attempts"),
    Unit.INTERVIEW: Text("Entrevues", "Interviews"),
    Unit.INITIATIVE: Text("Initiatives", "Initiatives"),
    Unit.REFERRAL: Text("Références (Q.14)", "Referrals (Q.14)"),
    Unit.PARADATA: Text("Paradonnées", "Paradata"),
    Unit.THEME: Text("Marques de thèmes", "Marks of themes"),
    Unit.THEME_TREE: Text("Arbre des thèmes", "Tree of themes"),
}


def key(name: str, fr: str, en: str) -> Variable:
    """A variable that identifies a record."""
    return Variable(name, Text(fr, en))


def count(name: str, fr: str, en: str) -> Variable:
    """A variable that counts."""
    return Variable(name, Text(fr, en), measure=Measure.SCALE)


def coded(name: str, label: Text, codes: type[Codes]) -> Variable:
    """A variable whose values are those of a code list."""
    return Variable(name, label, values=labels(codes))


def moment(name: str, fr: str, en: str) -> Variable:
    """A variable that holds a date and time, in UTC."""
    return Variable(name, Text(f"{fr} (UTC)", f"{en} (UTC)"), Type.MOMENT, Measure.SCALE)


def saves(item: str, asked: Text) -> Variable:
    """A variable that counts how often an item was saved."""
    return count(f"edits_{item}", f"Enregistrements : {asked.fr}", f"Saves: {asked.en}")


CASE = (
    key("organisation_id", "Numéro de l’organisation", "Number of the organisation"),
    key("case_id", "Numéro du dossier", "Number of the case"),
)
PLACE = (
    Variable("organisation_name", Text("Organisation", "Organisation"), Type.TEXT),
    coded("region", Text("Région administrative", "Administrative region"), Region),
    Variable("wave", Text("Vague de collecte", "Wave of collection"), measure=Measure.ORDINAL),
)
INTERVIEW_ID = key("interview_id", "Numéro de l’entrevue", "Number of the interview")
INITIATIVE_ID = key("initiative_id", "Numéro de l’initiative", "Number of the initiative")
BLOCK = Variable("block", Text("Rang dans l’entrevue", "Rank in the interview"), measure=Measure.ORDINAL)
COMPLETED = Variable("interview_completed", Text("Entrevue terminée", "Interview completed"), values=FLAG)
STILL_TRUE = Variable(
    "confirmed",
    Text("Reprise d’une vague antérieure : confirmée", "Carried over from an earlier wave: confirmed"),
    values=CONFIRMED,
)
INITIATIVES = count("initiatives_described", "Nombre d’initiatives décrites", "Number of initiatives described")
NO_THEMES: Mapping[int, Text] = {}
STANDARD = {one: one.label for one in Disposition}
DISPOSITION = coded("disposition", Text("Issue", "Outcome"), Disposition)

ORGANISATION = (
    *CASE,
    *PLACE,
    coded("organisation_type", Text("Type d’organisation", "Type of organisation"), OrganisationType),
    coded("source", Text("Entrée dans la liste", "Way into the list"), CaseSource),
    Variable("snowball_wave", Text("Vague de la boule de neige", "Snowball wave"), measure=Measure.ORDINAL),
    DISPOSITION,
    coded("aapor", Text("Classe de l’AAPOR", "AAPOR class"), Aapor),
    coded("refusal_reason", Text("Raison du refus", "Reason for the refusal"), RefusalReason),
    count("attempts", "Nombre de prises de contact", "Number of contact attempts"),
    moment("last_attempt_at", "Dernière prise de contact", "Latest contact attempt"),
    count("interviews", "Nombre d’entrevues", "Number of interviews"),
    INITIATIVES,
)
#: One attempt to reach an organisation. Neither whom it reached nor what was noted.
CONTACT = (
    *CASE,
    key("contact_id", "Numéro de la prise de contact", "Number of the contact attempt"),
    *PLACE,
    Variable("rank", Text("Rang dans le dossier", "Rank in the case"), measure=Measure.ORDINAL),
    moment("at", "Moment de la prise de contact", "Moment of the attempt"),
    coded("channel", Text("Moyen", "Channel"), Channel),
    coded("result", Text("Résultat", "Result"), AttemptResult),
    moment("next_at", "Suite prévue", "Next move planned"),
)
INTERVIEW = (
    *CASE,
    INTERVIEW_ID,
    *PLACE,
    Variable("instrument_version", Text("Version du questionnaire", "Version of the questionnaire"), Type.TEXT),
    coded("mode", Text("Mode de l’entrevue", "Mode of the interview"), Mode),
    moment("opened_at", "Ouverture de l’entrevue", "Opening of the interview"),
    moment("completed_at", "Fin de l’entrevue", "Completion of the interview"),
    COMPLETED,
    *(
        coded(
            f"consent_{purpose.value}",
            Text(f"Consentement – {purpose.label.fr}", f"Consent – {purpose.label.en}"),
            YesNo,
        )
        for purpose in ConsentPurpose
    ),
    INITIATIVES,
    count(
        "initiatives_gone",
        "Initiatives d’une vague antérieure qui n’existent plus",
        "Initiatives of an earlier wave that no longer exist",
    ),
)
INITIATIVE = (
    *CASE,
    INTERVIEW_ID,
    INITIATIVE_ID,
    *PLACE,
    BLOCK,
    COMPLETED,
    key(
        "previous_initiative_id",
        "Numéro de l’initiative dans la vague antérieure",
        "Number of the initiative in the earlier wave",
    ),
    STILL_TRUE,
)
#: One organisation or initiative that a respondent named (Q.14). Neither the persons to reach there nor what was noted.
REFERRAL = (
    *CASE,
    Variable("referral_id", Text("Code de la référence", "Code of the referral"), Type.TEXT),
    *PLACE,
    Variable("rank", Text("Rang dans le dossier", "Rank in the case"), measure=Measure.ORDINAL),
    moment("at", "Moment où elle a été notée", "Moment when it was recorded"),
    Variable("named", Text("Organisation ou initiative nommée", "Organisation or initiative named"), Type.TEXT),
    coded("fate", Text("Suite donnée", "What became of it"), Fate),
    key("referred_organisation_id", "Numéro de l’organisation où elle mène", "Number of the organisation it led to"),
)
#: How an interview went, part by part: a section, or one block of section 2. Neither answers nor names.
PARADATA = (
    *CASE,
    INTERVIEW_ID,
    INITIATIVE_ID,
    Variable(
        "section",
        Text("Section du questionnaire", "Section of the questionnaire"),
        values={n: section.title for n, section in enumerate(QUESTIONNAIRE.sections, start=1)},
    ),
    BLOCK,
    COMPLETED,
    STILL_TRUE,
    count("seconds", "Temps de travail, en secondes", "Time at work, in seconds"),
    Variable("measured", Text("Temps mesuré à l’écran", "Time measured on screen"), values=FLAG),
    count("edits", "Nombre d’enregistrements", "Number of saves"),
    moment("first_saved_at", "Premier enregistrement", "First save"),
    moment("last_saved_at", "Dernier enregistrement", "Last save"),
    *(saves(item.name, wording(section.question_of(item), item)) for section, item in QUESTIONNAIRE.items()),
)
#: Its values are the themes of each release.
THEME = Variable("theme", Text("Thème", "Theme"))
#: A theme on a passage of an answer, or on the whole of it, by a coder.
MARK = (
    *CASE,
    INTERVIEW_ID,
    INITIATIVE_ID,
    Variable("mark_id", Text("Numéro de la marque", "Number of the mark"), Type.TEXT),
    *PLACE,
    Variable("item", Text("Question marquée", "Question that is marked"), Type.TEXT),
    THEME,
    Variable("theme_path", Text("Thème, de la racine à lui", "Theme, from the root down to it"), Type.TEXT),
    key("coder", "Numéro de la codeuse ou du codeur", "Number of the coder"),
    moment("marked_at", "Moment de la marque", "Moment of the mark"),
    Variable("whole", Text("Réponse entière", "Whole answer"), values=FLAG),
    count("start", "Début, en caractères (points de code)", "Start, in characters (code points)"),
    count("end", "Fin, non comprise", "End, not included"),
    Variable("current", Text("La réponse porte encore ces mots", "The answer still holds these words"), values=FLAG),
    Variable("quotation", Text("Mots marqués", "Words that are marked"), Type.TEXT),
)
THEME_TREE = (
    THEME,
    key("parent_theme", "Thème au-dessus", "Theme above"),
    Variable("theme_name", Text("Nom", "Name"), Type.TEXT),
    Variable("theme_name_en", Text("Nom en anglais", "Name in English"), Type.TEXT),
    Variable("theme_definition", Text("Définition", "Definition"), Type.TEXT),
    Variable("retired", Text("Retiré", "Retired"), values=FLAG),
)
FACTS = {
    Unit.ORGANISATION: ORGANISATION,
    Unit.CONTACT: CONTACT,
    Unit.INTERVIEW: INTERVIEW,
    Unit.INITIATIVE: INITIATIVE,
    Unit.REFERRAL: REFERRAL,
    Unit.PARADATA: PARADATA,
    Unit.THEME: MARK,
    Unit.THEME_TREE: THEME_TREE,
}


def answers(unit: Unit) -> Iterator[Variable]:
    """The variables that hold answers to the questionnaire, names and contact details of persons left out."""
    for name in SECTIONS[unit]:
        yield from (variable for variable in variables(QUESTIONNAIRE[name]) if not variable.identifying)


def dictionary(
    unit: Unit, names: Mapping[Disposition, Text] = STANDARD, themes: Mapping[int, Text] = NO_THEMES
) -> tuple[Variable, ...]:
    """The variables of a unit, in the order of its columns; `names` and `themes` label outcomes and themes."""
    called = {DISPOSITION.name: {one.number: names[one] for one in Disposition}, THEME.name: themes}
    facts = (replace(one, values=called[one.name]) if one.name in called else one for one in FACTS[unit])
    return (*facts, *answers(unit))
