"""How each outcome is called: in the words of the team, where it has its own, or in the standard ones."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import audit
from survey.db import hold_tables, upsert
from survey.fieldwork.frame_lines import OUTCOMES
from survey.fieldwork.headings import key
from survey.fieldwork.models import OutcomeWording
from survey.instrument.codes import Disposition
from survey.instrument.grammar import Codes, Text

#: Characters: a value label of SPSS has room for no more.
LONGEST = 60

#: How each outcome is called.
Names = Mapping[Disposition, Text]


def own(db: Session | sa.Connection) -> dict[Disposition, Text]:
    """What the team words otherwise; "" where the standard wording stays."""
    rows = db.execute(sa.select(OutcomeWording.disposition, OutcomeWording.fr, OutcomeWording.en))
    return {row.disposition: Text(row.fr or "", row.en or "") for row in rows if row.fr or row.en}


def named(db: Session | sa.Connection) -> dict[Disposition, Text]:
    """How each outcome is called now, in both languages."""
    theirs = own(db)
    return {one: _filled(theirs.get(one, one.label), one.label) for one in Disposition}


def _filled(words: Text, standard: Text) -> Text:
    return Text(words.fr or standard.fr, words.en or standard.en)


def text(names: Names, code: Codes) -> Text:
    """An outcome as it is called; the label of any other code, which may be spelt as an outcome is."""
    return names[code] if isinstance(code, Disposition) else code.label


def spellings(session: Session) -> dict[str, Disposition]:
    """What an imported list may call each outcome: our codes, the standard wordings, and those of the team."""
    theirs = {key(words): one for one, said in own(session).items() for words in (said.fr, said.en) if words}
    return {**theirs, **OUTCOMES}


def already(words: str, of: Disposition, others: Names) -> Disposition | None:
    """The other outcome that these words name already: by its code, its standard wording, or in `others`."""
    given = key(words)
    standing = OUTCOMES.get(given, of)
    if standing is not of:
        return standing
    return next((one for one, said in others.items() if one is not of and given in (key(said.fr), key(said.en))), None)


def held(session: Session) -> dict[Disposition, Text]:
    """What the team words otherwise, which nobody else changes until the commit."""
    hold_tables(session, OutcomeWording)
    return own(session)


def reword(session: Session, wanted: Names, user_id: int) -> list[Disposition]:
    """Keep the words of the team, "" for the standard ones; returns what changed. The caller commits."""
    before = own(session)
    standard = Text("", "")
    changed = [one for one in Disposition if wanted.get(one, standard) != before.get(one, standard)]
    for one in changed:
        said = wanted.get(one, standard)
        row = upsert(session, OutcomeWording).values(disposition=one, fr=said.fr or None, en=said.en or None)
        anew = {"fr": row.excluded.fr, "en": row.excluded.en}
        session.execute(row.on_conflict_do_update(index_elements=["disposition"], set_=anew))
        audit.record(
            session,
            audit.Action.OUTCOME_REWORD,
            user_id=user_id,
            about=("outcome_wording", one.number),
            detail=f"{one.value}: {said.fr or '–'} / {said.en or '–'}",
        )
    return changed
