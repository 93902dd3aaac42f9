"""What the pages of an organisation tell of earlier waves, and the names of those who had it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from survey.accounts.models import User
from survey.db import db
from survey.fieldwork import past
from survey.fieldwork.models import CaseEvent, EventKind
from survey.fieldwork.team_forms import within


def before(organisation_id: int, wave: int, conducts: bool, history: Sequence[CaseEvent]) -> dict[str, Any]:
    """What became of an organisation before a wave; the names of those who had it then, and by the `history` of it."""
    earlier = past.earlier(db.session, organisation_id, wave, within(), conducts) if wave > 1 else []
    told = [entry.event for one in earlier for entry in one.history if entry.event]
    return {"earlier": earlier, "names": names([*history, *told])}


def names(history: Sequence[CaseEvent]) -> dict[str, str]:
    """The names of those to whom the case was given."""
    given = {int(event.code) for event in history if event.kind is EventKind.ASSIGNED and event.code}
    rows = db.session.execute(sa.select(User.id, User.name).where(User.id.in_(given))) if given else ()
    return {str(identifier): name for identifier, name in rows}
