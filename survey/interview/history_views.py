"""The history of an interview: which fields were saved, each as it was at any time, and put back in one click."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from survey.db import db
from survey.instrument import dictionary
from survey.instrument.grammar import Item, Section
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview import drawing, history, loading, saving
from survey.interview.answers import from_text
from survey.interview.history import Field, Step
from survey.interview.models import RECORDS, Initiative, Interview, Part
from survey.interview.saving import Change, Conflict, Place
from survey.interview.saving_views import described, in_words, refusing, version_of
from survey.web import language, moment, wants_json

blueprint = Blueprint("history", __name__, url_prefix="/interviews")

SECTIONS: dict[tuple[bool, str], tuple[Section, Item]] = {
    (RECORDS[section.name] is Initiative, item.name): (section, item) for section, item in QUESTIONNAIRE.items()
}


@blueprint.get("/<int:interview_id>/history")
def of_interview(interview_id: int) -> str:
    """Every field that was saved, the last first."""
    interview = loading.seen(interview_id)
    fields = [(field, *named(field)) for field in history.of_interview(db.connection, interview_id)]
    return render_template("interview/history.html", interview=interview, fields=fields)


@blueprint.get("/<int:interview_id>/history/<item_name>")
def of_field(interview_id: int, item_name: str) -> str | dict[str, Any]:
    """One field after each spell of typing, as a page or for the page's script."""
    interview = loading.seen(interview_id)
    place, section, item, part = asked(interview_id, item_name)
    steps = history.of_field(db.connection, place, item, part)
    shown = [(step, ", ".join(in_words(item, part, step))) for step in steps]
    field = {"block": str(place.uid or ""), "item": item.name, "part": part.value}
    context = {"interview": interview, "shown": shown, "field": field, "closed": closed(interview, place)}
    if not wants_json():
        return render_template("interview/field_history.html", label=wording(section, item), **context)
    drawn = render_template("interview/_steps.html", **context)
    return {"html": drawn, "steps": {step.version: by_whom(item, part, step) for step in steps}}


def closed(interview: Interview, place: Place) -> bool:
    """Whether nothing is put back there: the interview is completed, or the block joined another."""
    joined = place.uid and loading.block(interview.id, place.uid).merged_into_id
    return bool(interview.completed_at or joined)


def by_whom(item: Item, part: Part, step: Step) -> dict[str, Any]:
    """What stood in a field, for the page's script, and who wrote it."""
    yours = step.by == current_user.id
    return described(item, part, step) | {"who": step.who, "yours": yours, "when": moment(step.at)}


@blueprint.post("/<int:interview_id>/history/<item_name>")
def restore(interview_id: int, item_name: str) -> Response:
    """Put a field back as one save left it: a save like any other, that its own history shows."""
    loading.open_interview(interview_id)
    place, _section, item, part = asked(interview_id, item_name)
    then = saving.at_version(db.connection, place, item, part, version_of("version")) or abort(404)
    value = then.value if part is Part.NOTE else from_text(item, then.value)
    change = Change(uuid.uuid4(), item, part, version_of("there"), value, then.reason)
    with refusing():
        saved = saving.save(db.connection, place, change, current_user.id)
    if isinstance(saved, Conflict):
        flash(_("Quelqu’un a écrit dans ce champ depuis : rien n’a été remplacé."), "warn")
        there_now = url_for(
            ".of_field", interview_id=interview_id, item_name=item_name, block=place.uid, part=part.value
        )
        return redirect(there_now, code=303)
    db.connection.commit()
    anchor = f"{drawing.block_key(place.uid) if place.uid else 'i'}-{item.name}"
    return redirect(url_for("interview.page", interview_id=interview_id, _anchor=anchor), code=303)


def asked(interview_id: int, name: str) -> tuple[Place, Section, Item, Part]:
    """The field that an address names; 404 when there is none."""
    try:
        uid = uuid.UUID(request.args["block"]) if request.args.get("block") else None
        section, item = SECTIONS[uid is not None, name]
        part = Part(request.args.get("part", Part.ANSWER))
    except (KeyError, ValueError):
        abort(404)
    if uid is not None:
        loading.block(interview_id, uid)
    return Place(interview_id, uid), section, item, part


def named(field: Field) -> tuple[str, str]:
    """Where a field stands, and what it is called."""
    section, item = SECTIONS[field.uid is not None, field.item]
    if field.removed:
        where = _("Initiative retirée")
    elif section.block is not None:
        where = section.block.numbered(field.position or 0)(language())
    else:
        where = section.title(language())
    return where, wording(section, item)


def wording(section: Section, item: Item) -> str:
    """What a field is called, after the number of its question, in the language of the page."""
    question = section.question_of(item)
    own = dictionary.own_words(question, item) or [question.label(item)]
    return dictionary.under(question, *own)(language())
