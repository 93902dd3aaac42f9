"""The whole policy, in one table: which roles may use which route. A route without a row fails a test."""

from __future__ import annotations

from survey.accounts.models import Role

ANYBODY = None
NOBODY: frozenset[Role] = frozenset()
SIGNED_IN = frozenset(Role)
ADMINISTRATION = frozenset({Role.ADMINISTRATOR})
COORDINATION = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
FIELDWORK = frozenset({Role.INTERVIEWER, Role.COORDINATOR, Role.ADMINISTRATOR})
STANDING = frozenset({Role.ANALYST, Role.COORDINATOR, Role.ADMINISTRATOR, Role.COMMITTEE})
RELEASE = frozenset({Role.ANALYST, Role.COORDINATOR, Role.ADMINISTRATOR})

#: What a page asks by itself: it shows nobody at the keyboard, and prolongs no session.
BY_ITSELF = frozenset({"accounts.session_left", "presence.here", "timing.left", "timing.spend"})

#: Rights to one object (an interviewer's own case) are in how the object is fetched.
PERMISSIONS: dict[str, frozenset[Role] | None] = {
    "static": ANYBODY,
    "offline.alive": ANYBODY,
    "offline.shell": ANYBODY,
    "offline.worker": ANYBODY,
    "manual.page": SIGNED_IN,
    "accounts.home": ANYBODY,
    "accounts.language": ANYBODY,
    "accounts.login": ANYBODY,
    "accounts.logout": SIGNED_IN,
    "accounts.session_left": SIGNED_IN,
    "accounts.stay": SIGNED_IN,
    "accounts.forgotten": ANYBODY,
    "accounts.setup": ANYBODY,
    "accounts.choose_password": ANYBODY,
    "accounts.account": SIGNED_IN,
    "accounts.change_password": SIGNED_IN,
    "accounts.end_session": SIGNED_IN,
    "accounts.users": ADMINISTRATION,
    "accounts.invite": ADMINISTRATION,
    "accounts.new_link": ADMINISTRATION,
    "accounts.change_role": ADMINISTRATION,
    "accounts.deactivate": ADMINISTRATION,
    "accounts.reactivate": ADMINISTRATION,
    "fieldwork.organisations": FIELDWORK,
    "fieldwork.organisation": FIELDWORK,
    "fieldwork.outcome": FIELDWORK,
    "fieldwork.note": FIELDWORK,
    "fieldwork.add_person": FIELDWORK,
    "fieldwork.edit_person": FIELDWORK,
    "fieldwork.remove_person": FIELDWORK,
    "fieldwork.add": COORDINATION,
    "fieldwork.edit": COORDINATION,
    "fieldwork.compare": COORDINATION,
    "fieldwork.merge": COORDINATION,
    "fieldwork.unmerge": COORDINATION,
    "fieldwork.duplicates": COORDINATION,
    "fieldwork.distinguish": COORDINATION,
    "fieldwork.leave_person": FIELDWORK,
    "fieldwork.assign": COORDINATION,
    "fieldwork.assign_many": COORDINATION,
    "fieldwork.import_frame": COORDINATION,
    "fieldwork.preview_frame": COORDINATION,
    "fieldwork.confirm_frame": COORDINATION,
    "outcomes.show": RELEASE,
    "outcomes.state": COORDINATION,
    "outcomes.annexe_a": COORDINATION,
    "history.of_interview": FIELDWORK,
    "history.of_field": FIELDWORK,
    "history.restore": FIELDWORK,
    "interview.start": FIELDWORK,
    "interview.page": FIELDWORK,
    "interview.consent": FIELDWORK,
    "interview.look_over": FIELDWORK,
    "interview.complete": FIELDWORK,
    "interview.reopen": FIELDWORK,
    "interview.add_block": FIELDWORK,
    "interview.change_block": FIELDWORK,
    "rearranging.split": FIELDWORK,
    "rearranging.merge": FIELDWORK,
    "rearranging.move": FIELDWORK,
    "rearranging.undo": FIELDWORK,
    "respondents.keep": FIELDWORK,
    "respondents.act": FIELDWORK,
    "timing.left": FIELDWORK,
    "timing.spend": FIELDWORK,
    "timing.mode": FIELDWORK,
    "dossier.show": FIELDWORK,
    "parking.park": FIELDWORK,
    "parking.settle": FIELDWORK,
    "parking.restore": FIELDWORK,
    "referrals.keep": FIELDWORK,
    "referrals.act": FIELDWORK,
    "call_backs.plan": FIELDWORK,
    "call_backs.done": FIELDWORK,
    "presence.here": FIELDWORK,
    "unsent.words": SIGNED_IN,
    "saving.answer": FIELDWORK,
    "saving.section": FIELDWORK,
    "saving.block": FIELDWORK,
    "paper.blank": SIGNED_IN,
    "paper.blank_pdf": SIGNED_IN,
    "paper.filled": FIELDWORK,
    "paper.filled_pdf": FIELDWORK,
    "dashboard.show": STANDING,
    "release.releases": RELEASE,
    "release.create": RELEASE,
    "release.download": RELEASE,
}
