"""The portfolio of an interviewer, that is all their cases of a wave, and how it changes hands in one action."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork import cases
from survey.fieldwork.attempt_rules import CLOSED
from survey.fieldwork.models import Case, CaseTally
from survey.fieldwork.waves import CURRENT
from survey.instrument.codes import Disposition

#: Where somebody has something left to do.
OPEN = frozenset(Disposition) - CLOSED


def counts(session: Session, holder_id: int) -> dict[Disposition, int]:
    """How many cases somebody has at each outcome, in the wave under way; 0 stands for those that nobody has."""
    query = sa.select(CaseTally.disposition, sa.func.sum(CaseTally.n)).where(
        CaseTally.wave == CURRENT, CaseTally.interviewer_id == holder_id
    )
    found = {disposition: int(n) for disposition, n in session.execute(query.group_by(CaseTally.disposition))}
    return {disposition: found[disposition] for disposition in Disposition if found.get(disposition)}


def hand_over(
    session: Session, holder_id: int, to: Sequence[int], outcomes: frozenset[Disposition], user_id: int
) -> int:
    """Share the cases of somebody (0: nobody's) at these outcomes evenly, or give them to nobody when `to` is empty.

    Each gets as many of every outcome, to one. Returns how many change hands: of two who coordinate, the second finds
    none left.
    """
    whose = Case.interviewer_id == holder_id if holder_id else Case.interviewer_id.is_(None)
    held = cases.held(session, Case.wave == CURRENT, whose, Case.disposition.in_(outcomes))
    dealt = [case.id for case in sorted(held, key=lambda case: (case.disposition.number, case.id))]
    receivers = to or (None,)
    return cases.hand_out(session, {one: receivers[n % len(receivers)] for n, one in enumerate(dealt)}, user_id)
