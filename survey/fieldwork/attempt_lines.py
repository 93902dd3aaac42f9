"""What one line of a study under way tells: an attempt to reach an organisation, its outcome, or what is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from survey.fieldwork import dates, office_hours
from survey.fieldwork.attempt_words import CHANNELS, OUTCOMES, REASONS, RESULTS, WORDS
from survey.fieldwork.columns import key
from survey.fieldwork.dates import Read, Trouble
from survey.fieldwork.frame_lines import named, read_code
from survey.fieldwork.office_hours import NOON, NoSuchMoment, local_moment
from survey.fieldwork.remarks import Report, shorten
from survey.instrument.codes import AttemptResult, Channel, Disposition, RefusalReason
from survey.instrument.grammar import Text
from survey.text import fold, line, normalise

#: Nothing of a study is older, and nobody makes plans for longer.
OLDEST, AHEAD = dt.date(2000, 1, 1), dt.timedelta(days=366 * 2)
#: The columns of which one is enough for a line to be about an attempt.
OF_AN_ATTEMPT = ("date", "time", "channel", "result", "next")
TROUBLES: dict[Trouble, Text] = {
    Trouble.UNKNOWN: Text(
        "« {} » n’est pas une date; écrivez par exemple 2026-03-15, ou 2026-03-15 14:30.",
        "“{}” is not a date; write for instance 2026-03-15, or 2026-03-15 14:30.",
    ),
    Trouble.AMBIGUOUS: Text(
        "« {} » se lit de deux façons, le jour ou le mois d’abord; écrivez l’année d’abord : 2026-03-15.",
        "“{}” can be read two ways, the day or the month first; write the year first: 2026-03-15.",
    ),
    Trouble.IMPOSSIBLE: Text("« {} » n’existe pas au calendrier.", "“{}” does not exist in the calendar."),
}
#: What an attempt cannot do without.
MISSING = {
    "date": Text("la date", "the date"),
    "channel": Text("le moyen", "the channel"),
    "result": Text("le résultat", "the result"),
}
SKIPPED = Text(
    "« {} » n’existe pas : l’horloge avance d’une heure cette nuit-là.",
    "“{}” does not exist: the clocks go forward one hour that night.",
)

Values = Mapping[str, str]


@dataclass(frozen=True)
class Clock:
    """The moment of an import, and the time zone in which the hours of the file are told."""

    now: dt.datetime
    zone: str


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


def read_lines(report: Report, lines: Iterable[tuple[int, Values]], clock: Clock) -> list[Told]:
    """What the lines of a file tell; the report says what is wrong, and the words we know where one is unknown."""
    each = list(lines)
    days = dates.read(_said(values, "date", "time") for _, values in each)
    following = dates.read(values.get("next", "") for _, values in each)
    told = [
        found
        for (at, values), day, after in zip(each, days, following, strict=True)
        if (found := _line(report, at, values, day, after, clock))
    ]
    for column, (known, title) in WORDS.items():
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
    report: Report, at: int, values: Values, day: Read | Trouble | None, after: Read | Trouble | None, clock: Clock
) -> Told | None:
    name, before = line(values["name"]), len(report.errors)
    if not fold(name):
        report.refuse(at, "le nom de l’organisation manque.", "the name of the organisation is missing.")
        return None
    named(report, at, name)
    outcome = read_code(report, at, values.get("outcome", ""), OUTCOMES, Text("issue inconnue", "unknown outcome"))
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
    made = _moment(report, at, day, _said(values, "date", "time"), clock) if _said(values, "date") else None
    following = _following(report, at, after, values.get("next", ""), made, clock)
    if following and result is AttemptResult.REFUSED:
        report.refuse(
            at,
            "après un refus, on ne rappelle pas; si la personne accepte d’être rappelée, écrivez « Pas maintenant ».",
            "after a refusal nobody calls back; if the person agrees to be called back, write “Not now”.",
        )
    if not (channel and result and made and isinstance(day, Read)):
        return None
    person, by = line(values.get("person", "")), line(values.get("by", ""))
    if person:
        named(report, at, person)
    note = normalise(values.get("note", "")).strip() or None
    return Tried(made, day.time is not None, channel, result, following, person, by, note)


def _moment(report: Report, at: int, day: Read | Trouble | None, said: str, clock: Clock) -> dt.datetime | None:
    """When an attempt was made; of a day without an hour, noon, or now when it is not noon yet."""
    if not isinstance(day, Read):
        _refuse_date(report, at, TROUBLES[day or Trouble.UNKNOWN], said)
        return None
    try:
        made = local_moment(day.date, day.time or NOON, clock.zone)
    except NoSuchMoment:
        _refuse_date(report, at, SKIPPED, said)
        return None
    today = office_hours.clock(clock.now, clock.zone).date()
    if day.time is None and day.date == today:
        return min(made, clock.now)
    if made > clock.now or day.date < OLDEST:
        report.refuse(
            at,
            f"« {shorten(said)} » : donnez une date qui n’est pas à venir, depuis l’an 2000.",
            f"“{shorten(said)}”: give a date that is not to come, from the year 2000 on.",
        )
        return None
    return made


def _following(
    report: Report, at: int, after: Read | Trouble | None, said: str, made: dt.datetime | None, clock: Clock
) -> Read | None:
    """When to try again, as a line says it."""
    if isinstance(after, Trouble):
        _refuse_date(report, at, TROUBLES[after], said)
        return None
    if after and made:
        first, today = (office_hours.clock(moment, clock.zone).date() for moment in (made, clock.now))
        if after.date < first:
            report.refuse(
                at,
                f"la prochaine démarche, « {shorten(said)} », vient avant celle-ci.",
                f"the next attempt, “{shorten(said)}”, comes before this one.",
            )
        elif after.date > today + AHEAD:
            report.refuse(
                at,
                f"la prochaine démarche, « {shorten(said)} », est à plus de deux ans d’ici.",
                f"the next attempt, “{shorten(said)}”, is more than two years away.",
            )
    return after


def _refuse_date(report: Report, at: int, why: Text, said: str) -> None:
    report.refuse(at, why.fr.format(shorten(said)), why.en.format(shorten(said)))
