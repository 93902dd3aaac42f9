"""The dates that a line of a study under way gives: when an attempt was made and when the next is due, or why not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from survey.fieldwork import office_hours
from survey.fieldwork.dates import Read, Trouble
from survey.fieldwork.office_hours import NOON, NoSuchMoment, local_moment
from survey.fieldwork.remarks import Report, shorten
from survey.instrument.grammar import Text

#: Nothing of a study is older, and nobody makes plans for longer.
OLDEST, AHEAD = dt.date(2000, 1, 1), dt.timedelta(days=366 * 2)
TROUBLES: dict[Trouble, Text] = {
    Trouble.UNKNOWN: Text(
        "« {} » n’est pas une date ; écrivez par exemple 2026-03-15, ou 2026-03-15 14:30.",
        "“{}” is not a date; write for instance 2026-03-15, or 2026-03-15 14:30.",
    ),
    Trouble.AMBIGUOUS: Text(
        "« {} » se lit de deux façons, le jour ou le mois d’abord ; écrivez l’année d’abord : 2026-03-15.",
        "“{}” can be read two ways, the day or the month first; write the year first: 2026-03-15.",
    ),
    Trouble.IMPOSSIBLE: Text("« {} » n’existe pas au calendrier.", "“{}” does not exist in the calendar."),
}
SKIPPED = Text(
    "« {} » n’existe pas : l’horloge avance d’une heure cette nuit-là.",
    "“{}” does not exist: the clocks go forward one hour that night.",
)


@dataclass(frozen=True)
class Clock:
    """The moment of an import, and the time zone in which the hours of the file are told."""

    now: dt.datetime
    zone: str


def moment(report: Report, at: int, day: Read | Trouble | None, said: str, clock: Clock) -> dt.datetime | None:
    """When an attempt was made; of a day without an hour, noon, or now before noon; None when it cannot be."""
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


def following(
    report: Report, at: int, after: Read | Trouble | None, said: str, made: dt.datetime | None, clock: Clock
) -> Read | None:
    """When to try again, as a line says it; None when it does not, or when that cannot be."""
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
