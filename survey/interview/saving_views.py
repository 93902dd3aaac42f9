"""Saving the answers: field by field from the page's script, by page without it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import Form

from survey.db import db
from survey.instrument.grammar import Item, Section
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview import loading, saving
from survey.interview.answers import from_text, sent
from survey.interview.drawing import Typed, block_key
from survey.interview.forms import answer_in, form_of, reason_in
from survey.interview.models import RECORDS, Initiative, Part
from survey.interview.saving import Change, Conflict, Place, Saved
from survey.interview.views import show
from survey.text import normalise
from survey.web import language, moment

blueprint = Blueprint("saving", __name__, url_prefix="/interviews")

ITEMS: dict[tuple[bool, str], Item] = {
    (RECORDS[section.name] is Initiative, item.name): item for section, item in QUESTIONNAIRE.items()
}

#: No field is ever saved so often: a version from beyond is no version.
VERSIONS = 1_000_000


class Refused(ValueError):
    """What was sent cannot be an answer, and why, in a sentence."""


@blueprint.post("/<int:interview_id>/answers")
def answer(interview_id: int) -> tuple[dict[str, Any], int]:
    """One field. 200 once it is committed, 409 with what stands there, 422 with a sentence."""
    asked = sent_json()
    try:
        block = asked.get("block")
        uid = uuid.UUID(block) if isinstance(block, str) else None
        item = ITEMS[uid is not None, str(asked.get("item"))]
        change = read(asked, item)
    except Refused as refusal:
        return {"error": str(refusal)}, 422
    except (KeyError, ValueError, TypeError, AttributeError):
        abort(400)
    try:
        result = saving.take(db.connection, field(Place(interview_id, uid), item, change.part), change, current_user.id)
    except saving.Reused:
        abort(400)
    if isinstance(result, Conflict):
        return described(item, change.part, result) | {"who": result.who, "when": moment(result.at)}, 409
    db.connection.commit()
    return described(item, change.part, result), 200


def sent_json() -> dict[str, Any]:
    """The object that the request carries: 400 for anything else, however deep."""
    try:
        asked = request.get_json(silent=True)
    except RecursionError:
        asked = None
    return asked if isinstance(asked, dict) else abort(400)


def field(place: Place, item: Item, part: Part) -> Any:
    """A field as it stands, if this user may write there: 404, 403 or 423 otherwise."""
    try:
        found = saving.find(db.connection, place, item, part)
    except saving.Nowhere:
        abort(404)
    loading.permit(found.conducted_by)
    if found.completed_at is not None:
        abort(423)
    return found


def read(asked: dict[str, Any], item: Item) -> Change:
    """The change that a request of the page's script asks. Raises `Refused`; any other error is a malformed request."""
    part, value, version = Part(asked.get("part", Part.ANSWER)), asked["value"], asked["version"]
    if not isinstance(version, int) or isinstance(version, bool) or not 0 <= version < VERSIONS:
        raise TypeError("version")
    several = part is Part.ANSWER and item.many
    values = value if several else [value or ""]
    if not isinstance(value, list if several else str | None) or not all(isinstance(one, str) for one in values):
        raise TypeError("value")
    if part is Part.NOTE:
        return Change(uuid.UUID(asked["id"]), item, part, version, note_in(values[0]))
    form = form_of((item,))(MultiDict([(item.name, normalise(one)) for one in values]))
    try:
        reason = reason_in([str(asked.get("reason") or "")])
    except ValueError as error:
        raise Refused(str(error)) from None
    if not form.validate():
        raise Refused(sentence(form, item))
    return Change(uuid.UUID(asked["id"]), item, part, version, answer_in(form, item), reason)


def sentence(form: Form, item: Item) -> str:
    """What is wrong with an answer, said once."""
    return " ".join(dict.fromkeys(str(error) for error in form.errors.get(item.name, ())))


def described(item: Item, part: Part, result: Saved | Conflict) -> dict[str, Any]:
    value = (result.value or "") if part is Part.NOTE else sent(from_text(item, result.value))
    return {"version": result.version, "value": value, "reason": result.reason}


@blueprint.post("/<int:interview_id>/sections/<any(general, others):name>")
def section(interview_id: int, name: str) -> Response | tuple[str, int]:
    return by_page(interview_id, QUESTIONNAIRE[name], None, name)


@blueprint.post("/<int:interview_id>/initiatives/<uuid:uid>")
def block(interview_id: int, uid: uuid.UUID) -> Response | tuple[str, int]:
    return by_page(interview_id, QUESTIONNAIRE["initiatives"], uid, block_key(uid))


def by_page(interview_id: int, section: Section, uid: uuid.UUID | None, anchor: str) -> Response | tuple[str, int]:
    """Save a whole form, for a browser without JavaScript: what is right is kept, the rest comes back as typed."""
    place = Place(interview_id, uid)
    field(place, section.items[0], Part.ANSWER)
    form = form_of(section.items)(MultiDict([(k, normalise(v)) for k, v in request.form.items(multi=True)]))
    form.validate()
    typed = Typed({name: request.form.getlist(name) for name in request.form}, {})
    errors: dict[str, str] = {}
    for item in section.items:
        for read_part in (answer_of, note_of):
            try:
                change = read_part(form, item)
                result = saving.save(db.connection, place, change, current_user.id)
                if isinstance(result, Conflict):
                    errors[item.name] = conflict_sentence(item, change.part, result)
            except ValueError as error:
                errors[item.name] = str(error)
    db.connection.commit()
    if errors:
        key = block_key(uid) if uid else "i"
        return show(loading.sheet(interview_id), {key: Typed(typed.values, errors)}), 422
    return redirect(url_for("interview.page", interview_id=interview_id, _anchor=anchor), code=303)


def answer_of(form: Form, item: Item) -> Change:
    """What a form says of one item, with the reason when it says nothing. Raises ValueError, with a sentence."""
    if form[item.name].errors:
        raise Refused(sentence(form, item))
    reason = reason_in(request.form.getlist(f"{item.name}__reason"))
    return Change(uuid.uuid4(), item, Part.ANSWER, seen(item, "version"), answer_in(form, item), reason)


def note_of(_form: Form, item: Item) -> Change:
    """The note beside an item, which is kept whatever becomes of the answer."""
    note = note_in(request.form.get(f"{item.name}__note", ""))
    return Change(uuid.uuid4(), item, Part.NOTE, seen(item, "note_version"), note)


def note_in(text: str) -> str | None:
    return normalise(text).strip() or None


def seen(item: Item, what: str) -> int:
    version = request.form.get(f"{item.name}__{what}", "0")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 7 else 0


def conflict_sentence(item: Item, part: Part, conflict: Conflict) -> str:
    text: str = _(
        "%(who)s a enregistré autre chose le %(when)s : « %(words)s ». Renvoyez pour garder votre version.",
        who=conflict.who,
        when=moment(conflict.at),
        words=", ".join(in_words(item, part, conflict)) or "—",
    )
    return text


def in_words(item: Item, part: Part, conflict: Conflict) -> list[str]:
    """What stands in the field, as the page would show it."""
    if part is Part.ANSWER and item.codes:
        words = [item.codes.of(code).label(language()) for code in (conflict.value or "").split()]
    else:
        words = [conflict.value] if conflict.value else []
    return words + ([conflict.reason.label(language())] if conflict.reason else [])
