"""Where the collection stands today: how long non-contacts have waited, what is planned, at what pace cases settle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork.contact_models import Appointment
from survey.fieldwork.models import Case, CaseEvent, CaseTally, EventKind, Referral, Wave
from survey.instrument.codes import INTERIM, AppointmentStatus, Disposition, Fate

#: The outcomes of those nobody has reached.
NOT_REACHED = (Disposition.NOT_CONTACTED, Disposition.IN_PROGRESS)
#: Where the bands of ageing begin, in days since the latest attempt.
AGES = (0, 7, 14, 28)
#: The weeks that the pace is read from, and those that the picture shows.
PACE_WEEKS, SHOWN_WEEKS = 4, 12
WEEK = dt.timedelta(weeks=1)


@dataclass(frozen=True)
class Ageing:
    """Cases that nobody has reached: never tried, by days since the latest attempt (bands of `AGES`), suspended."""

    never: int
    bands: tuple[int, ...]
    suspended: int

    @property
    def total(self) -> int:
        return self.never + sum(self.bands) + self.suspended


def ageing(session: Session, wave: Wave, now: dt.datetime, today: dt.date) -> Ageing:
    """How long those that nobody has reached have waited; who is suspended `today` waits for nothing."""
    suspended = sa.func.coalesce(Case.suspended_until >= today, sa.false())
    since = [now - dt.timedelta(days=days) for days in AGES]
    waits = [sa.and_(Case.last_attempt_at <= start) for start in since]
    bands = [
        sa.and_(wait, sa.not_(longer) if longer is not None else sa.true())
        for wait, longer in zip(waits, [*waits[1:], None], strict=True)
    ]
    which = (suspended, *(sa.and_(~suspended, one) for one in (Case.last_attempt_at.is_(None), *bands)))
    query = sa.select(*(sa.func.count(sa.case((one, 1))) for one in which))
    row = session.execute(query.where(Case.wave == wave.number, Case.disposition.in_(NOT_REACHED))).one()
    return Ageing(row[1], tuple(row[2:]), row[0])


def planned(session: Session, wave: Wave, start: dt.datetime, end: dt.datetime) -> Sequence[dt.datetime]:
    """When the appointments of a wave begin that are planned between two moments."""
    query = sa.select(Appointment.starts_at).join(Appointment.case).where(Case.wave == wave.number)
    query = query.where(Appointment.status == AppointmentStatus.PLANNED, Appointment.starts_at.between(start, end))
    return session.scalars(query.order_by(Appointment.starts_at)).all()


@dataclass(frozen=True)
class Inbox:
    """How many of those who were named wait for a decision, and since when the oldest does."""

    waiting: int
    since: dt.datetime | None


def inbox(session: Session) -> Inbox:
    """Those named in an interview or suggested; rows that were taken back are left out."""
    query = sa.select(sa.func.count(), sa.func.min(Referral.at))
    return Inbox(*session.execute(query.where(Referral.fate == Fate.PENDING, Referral.removed_at.is_(None))).one())


@dataclass(frozen=True)
class Pace:
    """Cases that reached a final outcome, week by week up to now (the oldest first), and those that have none yet."""

    weeks: tuple[int, ...]
    remaining: int
    known_weeks: int

    @property
    def read_from(self) -> int:
        """How many weeks the pace is read from."""
        return min(PACE_WEEKS, self.known_weeks)

    @property
    def settled(self) -> int:
        """How many cases settled in the weeks that the pace is read from."""
        return sum(self.weeks[-self.read_from :]) if self.read_from else 0

    @property
    def left(self) -> Fraction | None:
        """The weeks that the remaining cases take at this pace; None when there is no pace to tell by."""
        return Fraction(self.remaining * self.read_from, self.settled) if self.settled else None

    def ends_on(self, today: dt.date) -> dt.date | None:
        """The day when the last case settles at this pace; None when there is no telling, or in more than ten years."""
        days = None if self.left is None else ceil(self.left * 7)
        return today + dt.timedelta(days=days) if days is not None and days < 3653 else None


def pace(session: Session, wave: Wave, now: dt.datetime) -> Pace:
    """How many cases of a wave settled in each of the last weeks, once each: the latest outcome they were given."""
    starts = [now - WEEK * n for n in range(SHOWN_WEEKS, 0, -1)]
    latest = (
        sa.select(sa.func.max(CaseEvent.at).label("at"))
        .join(Case, Case.id == CaseEvent.case_id)
        .where(
            CaseEvent.kind == EventKind.OUTCOME,
            CaseEvent.at > starts[0],
            Case.wave == wave.number,
            Case.disposition.not_in(INTERIM),
        )
        .group_by(CaseEvent.case_id)
        .subquery()
    )
    weeks = (sa.func.count(sa.case((sa.and_(latest.c.at > start, latest.c.at <= start + WEEK), 1))) for start in starts)
    open_cases = sa.select(sa.func.coalesce(sa.func.sum(CaseTally.n), 0)).where(
        CaseTally.wave == wave.number, CaseTally.disposition.in_(INTERIM)
    )
    counted = session.execute(sa.select(*weeks).select_from(latest)).one()
    return Pace(tuple(counted), int(session.scalar(open_cases) or 0), (now - wave.opened_at) // WEEK)
