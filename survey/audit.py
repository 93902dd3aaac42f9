"""Who did what, when: append-only. No answer and no contact of a person is ever written here."""

from __future__ import annotations

import datetime as dt
import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.db import Base, now


class Action(enum.StrEnum):
    """Everything that leaves a trace: the object, then the verb. What is written stays: none of these changes."""

    USER_ADD = "user.add"
    USER_CHANGE_ROLE = "user.change_role"
    USER_JOIN_TEAM = "user.join_team"
    USER_DEACTIVATE = "user.deactivate"
    USER_REACTIVATE = "user.reactivate"
    USER_LOG_IN = "user.log_in"
    USER_FAIL_LOG_IN = "user.fail_log_in"
    USER_LOG_OUT = "user.log_out"
    LINK_ISSUE = "link.issue"
    PASSWORD_SET = "password.set"  # noqa: S105
    TOKEN_ADD = "token.add"  # noqa: S105
    TOKEN_REVOKE = "token.revoke"  # noqa: S105
    TOKEN_REFUSE = "token.refuse"  # noqa: S105
    FRAME_IMPORT = "frame.import"
    FIELDWORK_EXPORT = "fieldwork.export"
    ORGANISATION_ADD = "organisation.add"
    ORGANISATION_EDIT = "organisation.edit"
    ORGANISATION_MOVE = "organisation.move"
    ORGANISATION_CLASSIFY = "organisation.classify"
    ORGANISATION_MERGE = "organisation.merge"
    ORGANISATION_UNMERGE = "organisation.unmerge"
    ORGANISATION_DISTINGUISH = "organisation.distinguish"
    OUTCOME_REWORD = "outcome.reword"
    WAVE_STATE = "wave.state"
    WAVE_OPEN = "wave.open"
    WAVE_ENTER = "wave.enter"
    PERSON_ADD = "person.add"
    PERSON_EDIT = "person.edit"
    PERSON_REMOVE = "person.remove"
    ATTEMPT_IMPORT = "attempt.import"
    ATTEMPT_CORRECT = "attempt.correct"
    ATTEMPT_REMOVE = "attempt.remove"
    CASE_SUSPEND = "case.suspend"
    CASE_RESUME = "case.resume"
    REFERRAL_ADD = "referral.add"
    REFERRAL_EDIT = "referral.edit"
    REFERRAL_REMOVE = "referral.remove"
    REFERRAL_RESTORE = "referral.restore"
    REFERRAL_SUGGEST = "referral.suggest"
    REFERRAL_DECIDE = "referral.decide"
    REFERRAL_UNDO = "referral.undo"
    REFERRAL_EXPIRE = "referral.expire"
    APPOINTMENT_MAKE = "appointment.make"
    APPOINTMENT_MOVE = "appointment.move"
    APPOINTMENT_SETTLE = "appointment.settle"
    MESSAGE_PREPARE = "message.prepare"
    MESSAGE_SEND = "message.send"
    MESSAGE_SETTLE = "message.settle"
    MESSAGE_EXPORT = "message.export"
    TEMPLATE_EDIT = "template.edit"
    INTERVIEW_OPEN = "interview.open"
    INTERVIEW_CONSENT = "interview.consent"
    INTERVIEW_COMPLETE = "interview.complete"
    INTERVIEW_REOPEN = "interview.reopen"
    INITIATIVE_REMOVE = "initiative.remove"
    INITIATIVE_RESTORE = "initiative.restore"
    INITIATIVE_CONFIRM = "initiative.confirm"
    INITIATIVE_DOUBT = "initiative.doubt"
    INITIATIVE_GONE = "initiative.gone"
    INITIATIVE_SPLIT = "initiative.split"
    INITIATIVE_MERGE = "initiative.merge"
    INITIATIVE_MOVE = "initiative.move"
    INITIATIVE_UNDO = "initiative.undo"
    RELEASE_CREATE = "release.create"
    RELEASE_EXPORT = "release.export"
    DEMO_BUILD = "demo.build"


class AuditEntry(Base):
    """One act of one user on one object."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    action: Mapped[str]
    object_type: Mapped[str | None]
    object_id: Mapped[int | None]
    detail: Mapped[str | None]


def record(
    session: Session,
    action: Action,
    *,
    user_id: int | None = None,
    about: tuple[str, int] | None = None,
    detail: str | None = None,
) -> None:
    """Write one entry, in the transaction of the act itself. `about` is the table and id of the object."""
    object_type, object_id = about or (None, None)
    session.add(
        AuditEntry(
            at=now(), user_id=user_id, action=action.value, object_type=object_type, object_id=object_id, detail=detail
        )
    )
