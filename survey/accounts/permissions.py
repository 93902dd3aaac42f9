"""The whole policy, in one table: which roles may use which route. A route without a row fails a test."""

from __future__ import annotations

from survey.accounts.models import Role

ANYBODY = None
SIGNED_IN = frozenset(Role)
ADMINISTRATION = frozenset({Role.ADMINISTRATOR})
COORDINATION = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
FIELDWORK = frozenset({Role.INTERVIEWER, Role.COORDINATOR, Role.ADMINISTRATOR})
RELEASE = frozenset({Role.ANALYST, Role.COORDINATOR, Role.ADMINISTRATOR})

#: Rights to one object (an interviewer's own case) are in how the object is fetched.
PERMISSIONS: dict[str, frozenset[Role] | None] = {
    "static": ANYBODY,
    "manual.page": SIGNED_IN,
    "accounts.home": ANYBODY,
}
