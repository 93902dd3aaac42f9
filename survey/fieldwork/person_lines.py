"""What one line of a list says of somebody to reach in its organisation, or what is wrong with that."""

from __future__ import annotations

from collections.abc import Mapping

from survey.fieldwork.addresses import address, number
from survey.fieldwork.frame_lines import MAX_NAME, TONGUES, UNKNOWN_LANGUAGE, both, read_code
from survey.fieldwork.headings import key
from survey.fieldwork.persons import NewPerson
from survey.fieldwork.remarks import Report, shorten
from survey.instrument.codes import PersonRole
from survey.instrument.grammar import Text
from survey.text import line

#: The columns of which one is enough for a line to name somebody.
OF_A_PERSON = ("person", "person_function", "person_role", "person_phone", "person_other_phone", "person_email",
               "person_other_email")  # fmt: skip
ROLES: dict[str, PersonRole] = {key(word): role for role in PersonRole for word in (role, *both(role.label))}
ROLES |= {
    "agent de liaison": PersonRole.LIAISON, "agente de liaison": PersonRole.LIAISON,
    "directeur": PersonRole.DIRECTOR, "directrice": PersonRole.DIRECTOR, "direction generale": PersonRole.DIRECTOR,
    "directeur general": PersonRole.DIRECTOR, "directrice generale": PersonRole.DIRECTOR,
    "executive director": PersonRole.DIRECTOR, "charge de projet": PersonRole.PROJECT_LEAD,
    "chargee de projet": PersonRole.PROJECT_LEAD, "intervenant": PersonRole.PRACTITIONER,
    "intervenante": PersonRole.PRACTITIONER,
}  # fmt: skip
UNKNOWN_ROLE = Text(
    "rôle inconnu (si la colonne dit la fonction, titrez-la « Fonction »)",
    "unknown role (if the column tells the function, head it “Function”)",
)


def read_person(plan: Report, at: int, values: Mapping[str, str], organisation: str) -> NewPerson | None:
    """Somebody of this organisation; None when the line names nobody. What is wrong goes to the plan.

    Somebody without a name goes by their function, or by the organisation. Where no column is about the language of
    persons, that of the line is theirs.
    """
    said = {column: short(plan, at, line(values.get(column, ""))) for column in OF_A_PERSON}
    if not any(said.values()):
        return None
    theirs = values.get("person_language")
    return NewPerson(
        said["person"] or said["person_function"] or organisation,
        role=read_code(plan, at, said["person_role"] or "", ROLES, UNKNOWN_ROLE),
        function=said["person_function"],
        language=TONGUES.get(key(values.get("language", "")))
        if theirs is None
        else read_code(plan, at, theirs, TONGUES, UNKNOWN_LANGUAGE),
        phone=read_phone(plan, at, said["person_phone"]),
        other_phone=read_phone(plan, at, said["person_other_phone"]),
        email=read_email(plan, at, said["person_email"]),
        other_email=read_email(plan, at, said["person_other_email"]),
    )


def short(plan: Report, at: int, text: str) -> str | None:
    """What a cell says, None for a blank; a text that is none of a person goes to the plan."""
    if len(text) <= MAX_NAME:
        return text or None
    plan.refuse(
        at,
        f"« {shorten(text, 30)} » dépasse {MAX_NAME} caractères.",
        f"“{shorten(text, 30)}” is longer than {MAX_NAME} characters.",
    )
    return None


def read_phone(plan: Report, at: int, text: str | None) -> str | None:
    """A telephone number as it is written, with its extension."""
    if text and number(text) is None:
        plan.refuse(
            at,
            f"« {shorten(text)} » n’est pas un numéro de téléphone (de 7 à 15 chiffres).",
            f"“{shorten(text)}” is not a telephone number (of 7 to 15 digits).",
        )
    return text


def read_email(plan: Report, at: int, text: str | None) -> str | None:
    """One complete address."""
    if text and address(text) is None:
        plan.refuse(
            at,
            f"« {shorten(text)} » n’est pas une adresse de courriel ; écrivez-en une seule, comme nom@exemple.ca.",
            f"“{shorten(text)}” is not an e-mail address; write a single one, like name@example.ca.",
        )
    return text
