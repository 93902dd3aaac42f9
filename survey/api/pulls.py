"""What the log says of rows that scripts read: an entry where a pull begins, none for the pages that follow it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import audit
from survey.api.models import TokenPull
from survey.db import now, upsert
from survey.release.models import Unit

#: The pages that come so long after the first are still of the same pull.
GOES_ON = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Pull:
    """Rows of a unit, asked for by a token, from the row of an offset on."""

    token_id: int
    release_id: int
    unit: Unit
    tier: str
    offset: int
    total: int

    @property
    def key(self) -> tuple[int, int, str]:
        return self.token_id, self.release_id, self.unit.value

    def __str__(self) -> str:
        return f"{self.unit.value} rows {self.tier} from {self.offset} of {self.total} {by_token(self.token_id)}"


def by_token(token_id: int) -> str:
    """What an entry of the log says of who asked, beside the person."""
    return f"token {token_id}"


def begins(session: Session, pull: Pull) -> bool:
    """Whether a page is the first of a pull: that of the first row, or any that follows no other."""
    if pull.offset == 0:
        return True
    began = session.get(TokenPull, pull.key)
    return began is None or now() - began.began_at > GOES_ON


def write_down(connection: sa.Connection, pull: Pull, user_id: int) -> None:
    """Note that a pull begins, in the transaction of the connection."""
    with Session(connection) as session:
        begun = upsert(session, TokenPull).values(
            token_id=pull.token_id, release_id=pull.release_id, unit=pull.unit.value, began_at=now()
        )
        keys = ["token_id", "release_id", "unit"]
        session.execute(begun.on_conflict_do_update(index_elements=keys, set_={"began_at": begun.excluded.began_at}))
        audit.record(
            session, audit.Action.RELEASE_EXPORT, user_id=user_id, about=("release", pull.release_id), detail=str(pull)
        )
        session.flush()
