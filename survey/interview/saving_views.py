"""Saving the answers: field by field from the page's script, by page without it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from flask import Blueprint, abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import Form

from survey.behind import behind
from survey.db import db
from survey.instrument.codes import MissingReason
from survey.instrument.grammar import Item, Section
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview import loading, saving
from survey.interview.answers import Answer, from_text, sent
from survey.interview.drawing import Typed, block_key
from survey.interview.forms import FILTERS, answer_in, form_of, reason_in
from survey.interview.models import RECORDS, Initiative, Part
from survey.interview.saving import VERSIONS, Change, Conflict, Outcome, Place
from survey.interview.views import show
from survey.text import normalise
from survey.web import ERRORS, language, moment

blueprint = Blueprint("saving", __name__, url_prefix="/interviews")

ITEMS: dict[tuple[bool, str], Item] = {
    (RECORDS[section.name] is Initiative, item.name): item for section, item in QUESTIONNAIRE.items()
}

#: As many fields as one request may carry.
AT_ONCE = 100

#: What a script is told, with its status.
Told = tuple[dict[str, Any], int]


class Stood(Protocol):
    """What a save left in a field."""

    @property
    def version(self) -> int: ...
    @property
    def value(self) -> str | None: ...
    @property
    def reason(self) -> MissingReason | None: ...


@dataclass(frozen=True)
class Asked:
    """One change, in the interview itself or in a block, and whether what was sent had to be cleaned."""

    uid: uuid.UUID | None
    change: Change
    cleaned: bool


class Refused(ValueError):
    """What was sent cannot be an answer, and why, in a sentence."""


@blueprint.post("/<int:interview_id>/answers")
def answer(interview_id: int) -> Told:
    """One field: 200 once it is committed, 409 with what stands there, 422 with a sentence, 404 without its block.

    Or up to `AT_ONCE` fields as {"saves": […]}, in one commit: 200 with the answer of each, in their order.
    """
    asked = sent_json()
    if "saves" not in asked:
        [(said, status)] = save_each(interview_id, [asked])
        return (said, status) if status != 400 else abort(400)
    entries = asked["saves"]
    if not isinstance(entries, list) or len(entries) > AT_ONCE:
        abort(400)
    told = save_each(interview_id, entries)
    return {"results": [result(*one) for one in zip(entries, told, strict=True)]}, 200


def result(entry: Any, told: Told) -> dict[str, Any]:
    """What is told of one of several: an entry that is no save at all is refused like any other."""
    said, status = told
    return {
        "id": entry.get("id") if isinstance(entry, dict) else None,
        "status": 422 if status == 400 else status,
    } | said


def sent_json() -> dict[str, Any]:
    """The object that the request carries: 400 for anything else, however deep."""
    try:
        asked = request.get_json(silent=True)
    except RecursionError:
        asked = None
    return asked if isinstance(asked, dict) else abort(400)


def save_each(interview_id: int, entries: list[Any]) -> list[Told]:
    """The answer to each entry, once all that can be is committed: 403 or 423 for all of them."""
    asked = [understood(entry) for entry in entries]
    wanted = [(Place(interview_id, one.uid), one.change) for one in asked if isinstance(one, Asked)]
    user = behind(current_user)
    role, user_id = user.role, user.id
    with refusing():
        outcomes = iter(db.write(lambda connection: saving.save_each(connection, wanted, role, user_id)))
    return [answered(one, next(outcomes)) if isinstance(one, Asked) else one for one in asked]


@contextmanager
def refusing() -> Iterator[None]:
    """What a field refuses to anybody, as a status."""
    try:
        yield
    except saving.Nowhere:
        abort(404)
    except saving.NotTheirs:
        loading.keep_out()
    except saving.Completed:
        abort(423)
    except saving.Reused:
        abort(400)


def understood(entry: Any) -> Asked | Told:
    """What an entry asks, or how it is answered instead."""
    try:
        block = entry.get("block")
        uid = uuid.UUID(block) if isinstance(block, str) else None
        change, cleaned = read(entry, ITEMS[uid is not None, str(entry.get("item"))])
        return Asked(uid, change, cleaned)
    except Refused as refusal:
        return {"error": str(refusal)}, 422
    except (KeyError, ValueError, TypeError, AttributeError):
        return malformed()


def malformed() -> Told:
    return {"error": str(ERRORS[400][1])}, 400


def answered(asked: Asked, outcome: Outcome) -> Told:
    """What the page's script is told of a change; `cleaned` is a sentence, where what is kept is not what was sent."""
    if isinstance(outcome, saving.Nowhere):
        return {"error": _("Cette initiative n’est pas dans l’entrevue.")}, 404
    if isinstance(outcome, saving.Reused):
        return malformed()
    said = described(asked.change.item, asked.change.part, outcome)
    if isinstance(outcome, Conflict):
        yours = outcome.by == current_user.id
        return said | {"who": outcome.who, "yours": yours, "when": moment(outcome.at)}, 409
    if asked.cleaned:
        said["cleaned"] = _(
            "Des caractères qui ne se voient pas ont été retirés ou remplacés ; voici ce qui est gardé."
        )
    return said, 200


def read(asked: dict[str, Any], item: Item) -> tuple[Change, bool]:
    """The change that a script asks, and whether it was cleaned. Raises `Refused`, or any error of malformed JSON."""
    part, value, version = Part(asked.get("part", Part.ANSWER)), asked["value"], asked["version"]
    if not isinstance(version, int) or isinstance(version, bool) or not 0 <= version < VERSIONS:
        raise TypeError("version")
    several = part is Part.ANSWER and item.many
    values = value if several else [value or ""]
    if not isinstance(value, list if several else str | None) or not all(isinstance(one, str) for one in values):
        raise TypeError("value")
    clean = [normalise(one) for one in values]
    if part is Part.NOTE:
        return Change(uuid.UUID(asked["id"]), item, part, version, note_in(clean[0])), clean != values
    try:
        reason = reason_in([str(asked.get("reason") or "")])
    except ValueError as error:
        raise Refused(str(error)) from None
    return Change(uuid.UUID(asked["id"]), item, part, version, said_in(clean, item), reason), clean != values


def said_in(clean: list[str], item: Item) -> Answer:
    """The answer that normalised texts give. Raises `Refused`. A text has nothing to validate: it takes no form."""
    if item.kind in FILTERS:
        return FILTERS[item.kind](clean[0])
    form = form_of((item,))(MultiDict([(item.name, one) for one in clean]))
    if not form.validate():
        raise Refused(sentence(form, item))
    return answer_in(form, item)


def sentence(form: Form, item: Item) -> str:
    """What is wrong with an answer, said once."""
    return " ".join(dict.fromkeys(str(error) for error in form.errors.get(item.name, ())))


def described(item: Item, part: Part, result: Stood) -> dict[str, Any]:
    """What stands in a field, for the page's script: `version`, `value` (a text, or a list of codes), `reason`."""
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
    with refusing():
        saving.open_field(db.connection, place, section.items[0], Part.ANSWER, current_user.role, current_user.id)
    form = form_of(section.items)(MultiDict([(k, normalise(v)) for k, v in request.form.items(multi=True)]))
    form.validate()
    typed = Typed({name: request.form.getlist(name) for name in request.form}, {})
    errors: dict[str, str] = {}
    for item in section.items:
        for read_part in (answer_of, note_of):
            try:
                change = read_part(form, item)
                result = saving.save(db.connection, place, change, current_user.id)
                wrong = conflict_sentence(item, change.part, result) if isinstance(result, Conflict) else ""
            except ValueError as error:
                wrong = str(error)
            if wrong:
                errors[item.name] = " ".join(filter(None, (errors.get(item.name), wrong)))
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
    return version_of(f"{item.name}__{what}")


def version_of(name: str) -> int:
    """The version that a form sends under this name; 0, which no save has, for what is none."""
    version = request.form.get(name, "0")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 7 else 0


def conflict_sentence(item: Item, part: Part, conflict: Conflict) -> str:
    text: str = _(
        "%(who)s a enregistré autre chose le %(when)s : « %(words)s ». Renvoyez pour garder votre version.",
        who=conflict.who,
        when=moment(conflict.at),
        words=", ".join(in_words(item, part, conflict)) or "—",
    )
    return text


def in_words(item: Item, part: Part, said: Stood) -> list[str]:
    """What stands in the field, as the page would show it."""
    if part is Part.ANSWER and item.codes:
        words = [item.codes.of(code).label(language()) for code in (said.value or "").split()]
    else:
        words = [said.value] if said.value else []
    return words + ([said.reason.label(language())] if said.reason else [])
