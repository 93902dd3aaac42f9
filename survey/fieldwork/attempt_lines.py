"""What one line of a study under way tells: an attempt to reach an organisation, its outcome, or what is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from survey.fieldwork import dates
from survey.fieldwork.attempt_moments import Clock, following, moment
from survey.fieldwork.attempt_words import CHANNELS, OUTCOMES, REASONS, RESULTS, WORDS
from survey.fieldwork.dates import Read, Trouble
from survey.fieldwork.frame_lines import named, read_code
from survey.fieldwork.headings import key
from survey.fieldwork.remarks import Report
from survey.instrument.codes import AttemptResult, Channel, Disposition, RefusalReason
from survey.instrument.grammar import Text
from survey.text import fold, line, normalise

#: The columns of which one is enough for a line to be about an attempt.
OF_AN_ATTEMPT = ("date", "time", "channel", "result", "next")
#: What an attempt cannot do without.
MISSING = {
    "date": Text("la date", "the date"),
    "channel": Text("le moyen", "the channel"),
    "result": Text("le résultat", "the result"),
}

Values = Mapping[str, str]


@dataclass(frozen=True)
class Tried:
    """An attempt as a line tells it, by whose names; `exact` when it gives the hour, without which it was at noon."""

    at: dt.datetime
    exact: bool
    channel: Channel
    result: AttemptResult
    next: Read | None
    person: str
    by: str
    note: str | None


@dataclass(frozen=True)
class Told:
    """What a line tells of an organisation: an attempt, where it stands, why it refused."""

    line: int
    organisation: str
    tried: Tried | None
    outcome: Disposition | None
    reason: RefusalReason | None


def read_lines(
    report: Report, lines: Iterable[tuple[int, Values]], clock: Clock, outcomes: Mapping[str, Disposition] = OUTCOMES
) -> list[Told]:
    """What the lines of a file tell; the report says what is wrong, and the words we know where one is unknown."""
    each = list(lines)
    days = dates.read(_said(values, "date", "time") for _, values in each)
    afterwards = dates.read(values.get("next", "") for _, values in each)
    told = [
        found
        for (at, values), day, after in zip(each, days, afterwards, strict=True)
        if (found := _line(report, at, values, day, after, clock, outcomes))
    ]
    for column, (standard, title) in WORDS.items():
        known = outcomes if column == "outcome" else standard
        if any(given not in known for _, values in each if (given := key(values.get(column, "")))):
            labels = list(dict.fromkeys(code.label for code in known.values()))
            fr, en = ", ".join(f"« {one.fr} »" for one in labels), ", ".join(f"“{one.en}”" for one in labels)
            report.notice(None, f"{title.fr} : {fr}.", f"{title.en}: {en}.")
    silent = [one for one in told if not (one.tried or one.outcome)]
    if silent:
        report.notice(
            None,
            f"lignes sans démarche ni issue, laissées de côté : {len(silent)}, dont la ligne {silent[0].line}.",
            f"lines without attempt or outcome, left out: {len(silent)}, line {silent[0].line} among them.",
        )
    return [one for one in told if one.tried or one.outcome]


def _said(values: Values, *columns: str) -> str:
    return " ".join(filter(None, (line(values.get(column, "")) for column in columns)))


def _line(
    report: Report,
    at: int,
    values: Values,
    day: Read | Trouble | None,
    after: Read | Trouble | None,
    clock: Clock,
    outcomes: Mapping[str, Disposition],
) -> Told | None:
    name, before = line(values["name"]), len(report.errors)
    if not fold(name):
        report.refuse(at, "le nom de l’organisation manque.", "the name of the organisation is missing.")
        return None
    named(report, at, name)
    outcome = read_code(report, at, values.get("outcome", ""), outcomes, Text("issue inconnue", "unknown outcome"))
    reason = read_code(report, at, values.get("reason", ""), REASONS, Text("raison inconnue", "unknown reason"))
    tried = None
    if _said(values, *OF_AN_ATTEMPT):
        tried = _tried(report, at, values, day, after, clock)
    if reason and outcome is not Disposition.REFUSAL and not (tried and tried.result is AttemptResult.REFUSED):
        report.refuse(
            at,
            "une raison de refus, mais ni l’issue ni le résultat n’est un refus.",
            "a reason for a refusal, but neither the outcome nor the result is a refusal.",
        )
    if len(report.errors) > before:
        return None
    return Told(at, name, tried, None if outcome is Disposition.NOT_CONTACTED else outcome, reason)


def _tried(
    report: Report, at: int, values: Values, day: Read | Trouble | None, after: Read | Trouble | None, clock: Clock
) -> Tried | None:
    channel = read_code(report, at, values.get("channel", ""), CHANNELS, Text("moyen inconnu", "unknown channel"))
    result = read_code(report, at, values.get("result", ""), RESULTS, Text("résultat inconnu", "unknown result"))
    missing = [title for column, title in MISSING.items() if not _said(values, column)]
    for title in missing:
        report.refuse(at, f"{title.fr} de la démarche manque.", f"{title.en} of the attempt is missing.")
    made = moment(report, at, day, _said(values, "date", "time"), clock) if _said(values, "date") else None
    upcoming = following(report, at, after, values.get("next", ""), made, clock)
    if upcoming and result is AttemptResult.REFUSED:
        report.refuse(
            at,
            "après un refus, on ne rappelle pas ; si la personne accepte d’être rappelée, écrivez « Pas maintenant ».",
            "after a refusal nobody calls back; if the person agrees to be called back, write “Not now”.",
        )
    if not (channel and result and made and isinstance(day, Read)):
        return None
    person, by = line(values.get("person", "")), line(values.get("by", ""))
    if person:
        named(report, at, person)
    note = normalise(values.get("note", "")).strip() or None
    return Tried(made, day.time is not None, channel, result, upcoming, person, by, note)
