"""The words that a study under way is told in: channels, results, reasons and outcomes, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from survey.fieldwork.frame_lines import OUTCOMES as LISTED
from survey.fieldwork.headings import key
from survey.instrument.codes import AttemptResult, Channel, Disposition, RefusalReason
from survey.instrument.grammar import Codes, Text

Code = TypeVar("Code", bound=Codes)


def spelt(codes: Iterable[Code], **others: str) -> dict[str, Code]:
    """Each code by its value, its labels, and the other words for it, with commas between."""
    known = {code.value: code for code in codes}
    words = {key(word): code for code in known.values() for word in (code.value, code.label.fr, code.label.en)}
    return words | {key(word): known[value] for value, list_ in others.items() for word in list_.split(", ")}


CHANNELS: dict[str, Channel] = spelt(
    Channel,
    phone="tél, appel, appel téléphonique, cellulaire, telephone, call, phone call, tel",
    email="email, mail, courrier électronique, courriels",
    zoom="visio, visioconférence, vidéoconférence, teams, video, video call",
    in_person="visite, rencontre, sur place, présentiel, visit, meeting, on site",
)
RESULTS: dict[str, AttemptResult] = spelt(
    AttemptResult,
    no_answer="sans réponse, aucune réponse, pas répondu, absent, absente, no reply, not home",
    message="message laissé, courriel envoyé, boîte vocale, relance envoyée, message left, voicemail, e-mail sent, "
    "email sent, reminder sent",
    invalid="mauvais numéro, numéro invalide, numéro hors service, courriel invalide, coordonnée invalide, "
    "wrong number, bounced, invalid number",
    call_back="à rappeler, rappeler, personne jointe, joint, jointe, réponse, reached, to be called back, callback",
    redirected="redirigé, redirigée, dirigé ailleurs, transféré, transférée, transferred",
    appointment="rendez-vous, rdv, rdv pris, appointment",
    interviewed="entrevue, entrevue faite, entrevue réalisée, entrevue complétée, sondé, interview, interview done, "
    "surveyed",
    not_now="plus tard, later, pas disponible maintenant",
    refused="refusé, refuse, a refusé, refusal",
    nothing="rien, aucune initiative, nothing",
    not_eligible="inadmissible, hors population, hors champ, out of scope, ineligible",
)
REASONS: dict[str, RefusalReason] = spelt(RefusalReason)
#: The outcomes that a file may give: a duplicate is merged where both can be seen, not by a word in a table.
OUTCOMES: dict[str, Disposition] = {
    word: outcome for word, outcome in LISTED.items() if word and outcome is not Disposition.DUPLICATE
}
#: The columns that hold such a word, and how the list of those that we know begins.
WORDS: dict[str, tuple[Mapping[str, Codes], Text]] = {
    "channel": (CHANNELS, Text("Moyens reconnus", "Channels that are known")),
    "result": (RESULTS, Text("Résultats reconnus", "Results that are known")),
    "outcome": (OUTCOMES, Text("Issues reconnues", "Outcomes that are known")),
    "reason": (REASONS, Text("Raisons reconnues", "Reasons that are known")),
}
