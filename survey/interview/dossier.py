"""What was said last time, for who calls an organisation again."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork.models import Case
from survey.interview.models import Interview
from survey.interview.sheet import Sheet, load

#: How many interviews of before are shown, and how many events of the case.
INTERVIEWS, EVENTS = 3, 30


def earlier(session: Session, interview: Interview) -> list[Sheet]:
    """The other interviews with this organisation that were completed, in any wave, the newest first."""
    query = (
        sa.select(Interview.id)
        .join(Case, Case.id == Interview.case_id)
        .where(
            Case.organisation_id == interview.case.organisation_id,
            Interview.id != interview.id,
            Interview.completed_at.is_not(None),
        )
        .order_by(Interview.completed_at.desc())
        .limit(INTERVIEWS)
    )
    sheets = (load(session.connection(), identifier) for identifier in session.scalars(query).all())
    return [sheet for sheet in sheets if sheet is not None]
