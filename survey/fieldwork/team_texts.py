"""The texts of e-mails that the team writes in place of the house's: changed by one at a time."""

from __future__ import annotations

from sqlalchemy.orm import Session

from survey import audit
from survey.accounts.models import Language
from survey.audit import Action
from survey.db import now, upsert
from survey.fieldwork import messages
from survey.fieldwork.contact_models import MessageTemplate
from survey.fieldwork.message_texts import Letter
from survey.fieldwork.messages import Taken
from survey.instrument.codes import MessageKind


def since(session: Session, kind: MessageKind, language: Language, change: bool = False) -> str:
    """When the team last wrote a text, as a page remembers it; nothing while it is the house's. Held for a `change`."""
    row = session.get(MessageTemplate, (kind, language), populate_existing=True, with_for_update=change)
    return row.changed_at.isoformat() if row else ""


def write(
    session: Session, kind: MessageKind, language: Language, letter: Letter | None, seen: str, user_id: int
) -> None:
    """Write a text that was seen as it stood at `seen`; None takes it back to the house's. The same leaves no trace.

    Raises `Taken` when somebody changed it meanwhile, who may be the first to write it.
    """
    if since(session, kind, language, change=True) != seen:
        raise Taken
    row = session.get(MessageTemplate, (kind, language))
    if letter is None:
        if row is None:
            return
        session.delete(row)
    elif letter == messages.template(session, kind, language):
        return
    else:
        _put(session, row, letter, {"kind": kind, "language": language, "changed_at": now(), "changed_by": user_id})
    audit.record(session, Action.TEMPLATE_EDIT, user_id=user_id, detail=f"{kind} {language}")


def _put(session: Session, row: MessageTemplate | None, letter: Letter, by: dict[str, object]) -> None:
    values = {**vars(letter), **by}
    if row:
        for name, value in values.items():
            setattr(row, name, value)
        return
    first = upsert(session, MessageTemplate).values(values).on_conflict_do_nothing().returning(MessageTemplate.kind)
    if session.scalar(first) is None:
        raise Taken
