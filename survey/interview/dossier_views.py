"""The dossier of a call: whom to reach, what happened to the case, what was said last time."""

from __future__ import annotations

from flask import Blueprint, render_template

from survey.db import db
from survey.fieldwork import timeline
from survey.fieldwork.earlier_waves import names
from survey.fieldwork.team_forms import within
from survey.fieldwork.views import events, named_by
from survey.instrument.codes import Disposition
from survey.instrument.grammar import Text
from survey.instrument.questionnaire import OTHERS
from survey.interview import loading
from survey.interview.dossier import EVENTS, earlier
from survey.interview.rearranging_views import words
from survey.interview.review import number_of, wording_of
from survey.interview.sheet import Sheet

blueprint = Blueprint("dossier", __name__, url_prefix="/interviews")


@blueprint.get("/<int:interview_id>/dossier")
def show(interview_id: int) -> str:
    """A page, of which the call screen takes what stands in `.dossier-words`."""
    interview = loading.seen(interview_id)
    history = events(interview.case, notes=True)
    return render_template(
        "interview/dossier.html",
        interview=interview,
        organisation=interview.case.organisation,
        persons=interview.case.organisation.persons,
        history=timeline.of_case(db.session, interview.case_id, history, private=True)[:EVENTS],
        labels={disposition.value: disposition for disposition in Disposition},
        names=names(history),
        conducts=True,
        naming=named_by(interview.case.organisation),
        others=within() is None,
        earlier=[(sheet, said_at_the_end(sheet)) for sheet in earlier(db.session, interview)],
    )


def said_at_the_end(sheet: Sheet) -> list[tuple[str, Text, str]]:
    """What section 3 says: number and wording of each item that was answered, and the words."""
    lines = []
    for item in sheet.asked(OTHERS, sheet.interview):
        question = OTHERS.question_of(item)
        if said := words(item, sheet.interview):
            lines.append((number_of(question, None), wording_of(question, item), said))
    return lines
