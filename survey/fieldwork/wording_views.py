"""How each outcome is worded: the standard words, those of the team, and the page that changes them."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user

from survey.db import db
from survey.fieldwork import wordings
from survey.fieldwork.outcome_views import blueprint
from survey.fieldwork.views import CONFLICT, Answer, status
from survey.fieldwork.wording_forms import LANGUAGES, WordingForm, as_fields, field_of, outcome
from survey.instrument.codes import Aapor, Disposition, TargetPopulation, aapor

blueprint.add_app_template_filter(outcome, "outcome")


@blueprint.get("/outcomes/wordings")
def wording() -> str:
    return page(WordingForm.of(as_fields(wordings.own(db.session))))


def page(form: WordingForm) -> str:
    return render_template(
        "fieldwork/wordings.html",
        form=form,
        fields={one: [form[field_of(one, of)] for of in LANGUAGES] for one in Disposition},
        classes={one: classes(one) for one in Disposition},
    )


def classes(disposition: Disposition) -> list[Aapor]:
    """The AAPOR classes of an outcome: two for that which the target population decides."""
    return list(dict.fromkeys(aapor(disposition, population) for population in TargetPopulation))


@blueprint.post("/outcomes/wordings")
def reword() -> Answer:
    form = WordingForm()
    if not form.validate_on_submit():
        return page(form), status(form)
    if form.overtaken(as_fields(wordings.held(db.session))):
        return page(form), CONFLICT
    n = len(wordings.reword(db.session, form.wanted, current_user.id))
    said = ngettext("%(num)d issue porte un autre nom.", "%(num)d issues portent un autre nom.", n)
    flash(said if n else gettext("Rien n’a changé."), "good")
    db.session.commit()
    return redirect(url_for(".wording"), 303)
