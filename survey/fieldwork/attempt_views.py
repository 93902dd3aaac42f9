"""Contact attempts noted on the page of an organisation, corrected, and removed by who made them."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from survey import receipts
from survey.db import db
from survey.db import held as held_row
from survey.fieldwork import attempts, cases, planning, views
from survey.fieldwork.attempts import Attempt
from survey.fieldwork.contact_forms import AttemptForm, duplicate, persons_of
from survey.fieldwork.contact_models import ContactAttempt
from survey.fieldwork.models import Case
from survey.fieldwork.moment_forms import off_notice
from survey.fieldwork.views import CONFLICT, ORGANISATION, UNPROCESSABLE, Answer
from survey.fieldwork.wording_forms import outcome
from survey.instrument.codes import AttemptResult

blueprint = Blueprint("attempts", __name__)

ATTEMPT = f"{ORGANISATION}/attempts/<int:attempt_id>"


@blueprint.post(f"{ORGANISATION}/attempts")
def record(organisation_id: int) -> Answer:
    case = views.conducted(organisation_id, change=True)
    form = AttemptForm(case, persons_of(case))
    if cases.is_duplicate(case):
        form.form_errors.append(duplicate(case))
        return views.show(case, attempt=form), CONFLICT
    if not form.validate_on_submit():
        return views.show(case, attempt=form), UNPROCESSABLE
    if receipts.first(db.session, form.identity):
        attempts.record(db.session, case, form.said, current_user.id, reason=form.why, anyway=form.anyway.data)
        say(form)
        db.session.commit()
    if form.said.result is AttemptResult.APPOINTMENT and not planning.has_appointment(db.session, case.id):
        return to_appointment(organisation_id, form.said)
    return back(organisation_id)


def to_appointment(organisation_id: int, said: Attempt) -> Response:
    """An appointment that was agreed on is taken at once, with whom and when it was said."""
    flash(gettext("Démarche notée. Reste à mettre le rendez-vous à l’agenda."), "good")
    at = said.next_at.isoformat() if said.next_at else None
    where = url_for("agenda.make", organisation_id=organisation_id, person=said.person_id, at=at)
    return redirect(where, 303)


def say(form: AttemptForm) -> None:
    """What was recorded needs no word but what follows from it and cannot be seen."""
    if form.typed and form.next_day.data and (notice := off_notice(form.next_day.data)):
        flash(notice, "warn")
    if form.said.result is AttemptResult.REFUSED and form.why is None:
        flash(
            gettext("Refus noté, sans raison. Si vous la savez, « Corriger » dans l’historique permet de l’ajouter."),
            "info",
        )


def back(organisation_id: int) -> Response:
    return redirect(url_for("fieldwork.organisation", organisation_id=organisation_id, _anchor="history-title"), 303)


@blueprint.route(ATTEMPT, methods=["GET", "POST"])
def correct(organisation_id: int, attempt_id: int) -> Answer:
    case, attempt = changeable(organisation_id, attempt_id)
    form = AttemptForm.of(case, persons_of(case, attempt.person_id), attempt)
    if form.validate_on_submit():
        attempts.correct(db.session, attempt, form.said, current_user.id, reason=form.why)
        say(form)
        db.session.commit()
        return back(organisation_id)
    organisation = case.organisation
    page = render_template("fieldwork/attempt.html", form=form, organisation=organisation, attempt=attempt)
    return page, views.status(form)


@blueprint.post(f"{ATTEMPT}/remove")
def remove(organisation_id: int, attempt_id: int) -> Response:
    case, attempt = changeable(organisation_id, attempt_id)
    attempts.remove(db.session, attempt, current_user.id)
    flash(gettext("Démarche retirée. Issue : %(outcome)s.", outcome=outcome(case.disposition)), "good")
    db.session.commit()
    return back(organisation_id)


def changeable(organisation_id: int, attempt_id: int) -> tuple[Case, ContactAttempt]:
    """An attempt of this organisation, held; 404 when there is none, 403 when it is a colleague's."""
    case = views.conducted(organisation_id)
    query = sa.select(ContactAttempt).where(ContactAttempt.id == attempt_id, ContactAttempt.case_id == case.id)
    attempt = held_row(db.session, query) or abort(404)
    if not attempts.may_change(attempt, current_user.role, current_user.id):
        abort(403)
    return case, attempt
