"""The page of an interview: the stencils of its frame, filled with the answers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from flask import current_app, render_template
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from survey.accounts import sessions
from survey.instrument.codes import ConsentPurpose, MissingReason, YesNo
from survey.instrument.grammar import Section
from survey.instrument.questionnaire import GENERAL, INITIATIVES, OTHERS, QUESTIONNAIRE
from survey.interview import drafts
from survey.interview.answers import as_text
from survey.interview.course_models import StillTrue
from survey.interview.forms import ConsentForm
from survey.interview.fragments import fragments, rearranged
from survey.interview.frame import Frame, Kind, frame
from survey.interview.models import Part
from survey.interview.sheet import Record, Sheet
from survey.interview.stencil import said
from survey.sentences import csrf_token
from survey.web import an_id, language, moment, nonce, this_page

Values = dict[str, bytes]


@dataclass
class Typed:
    """What a form sent that could not be kept as it is: shown again, as typed, with what is wrong with it."""

    values: Mapping[str, list[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def page(sheet: Sheet, typed: Mapping[str, Typed], consent: ConsentForm | None) -> bytes:
    """The whole page; `typed` is by the key of a record, `consent` a form that lacked something."""
    header, refusing = sheet.header, sheet.consents.get(ConsentPurpose.INTERVIEW)
    closed = header.completed_at is not None
    drawn = frame(Kind(language(), current_user.role, closed, refusing.given if refusing else None))
    everywhere = {"csrf": said(csrf_token()), "interview": b"%d" % header.id}
    values = everywhere | around(sheet) | consents(sheet, consent) | {"key": b"i"}
    for section in (GENERAL, OTHERS):
        values |= answers(sheet, section, sheet.interview, typed.get("i"))
        values[f"count:{section.name}"] = count(drawn, len(sheet.unanswered(section, sheet.interview)))
    blocks, rail, undoable = [], [], rearranged(sheet)
    for n, record in enumerate(sheet.blocks, start=1):
        own = everywhere | of_block(record, n)
        own["count"] = count(drawn, len(sheet.unanswered(INITIATIVES, record)))
        own |= of_earlier(drawn, own, record)
        own["rearranged"] = undoable.get(record.uid, b"")
        rail.append(drawn.rail_block.fill(own))
        blocks.append(drawn.block.fill(own | answers(sheet, INITIATIVES, record, typed.get(key(record)))))
    values["blocks"], values["rail-blocks"] = b"".join(blocks), b"".join(rail)
    values["removed"] = b"".join(removed(drawn, everywhere, sheet, record) for record in sheet.removed)
    values["rearranged"] = undoable.get(None, b"")
    values |= fragments(sheet)
    if any(one.errors for one in typed.values()):
        values["errors"] = render_template("interview/_errors.html", typed=typed).encode()
    return drawn.page.fill(values)


def removed(drawn: Frame, everywhere: Values, sheet: Sheet, record: Record) -> bytes:
    """A removed block, whole: one click from coming back where it stood."""
    own = everywhere | of_block(record, record.place + 1)
    own |= of_earlier(drawn, own, record)
    own["block"] = drawn.block.fill(own | answers(sheet, INITIATIVES, record, None))
    if record.carried and record.carried.answer is StillTrue.GONE:
        own["why"] = said(f"– {_('n’existe plus')}")
    return drawn.removed.fill(own | {"place": b"%d" % record.place})


def around(sheet: Sheet) -> Values:
    """What the page says of its request and of its interview, besides the answers."""
    header, spoken = sheet.header, language()
    region = header.region_code.label(spoken) if header.region_code else ""
    values = {
        "nonce": nonce(),
        "here": this_page(),
        "new-id": an_id(None),
        "parked-n": 0,
        "user-name": current_user.name,
        "user-id": current_user.id,
        "email": current_user.email,
        "session-left": sessions.left(),
        "draft-key": drafts.key(current_app.config["SECRET_KEY"], current_user.id),
        "organisation": header.organisation_id,
        "organisation-name": header.organisation,
        "interviewer": header.interviewer,
        "where-and-how": " · ".join(filter(None, (region, header.mode.label(spoken)))),
        "completed": moment(header.completed_at),
        "known:organisation": header.organisation,
        "known:region": region or "—",
        "known:interviewer": header.interviewer,
        "introduction": "" if sheet.interview.versions else " open",
        "concerned": "" if sheet.interview.answers["has_initiatives"] is YesNo.NO else " hidden",
    }
    return {name: said(value) for name, value in values.items()}


def consents(sheet: Sheet, form: ConsentForm | None) -> Values:
    """What was said to each purpose, or what a form that lacked something said, and what is wrong with it."""
    values = {"opening": b"" if sheet.consents and not form else b" open"}
    values["form-id"] = an_id(form.form_id.data if form else None).encode()
    given = form.given if form else {purpose: row.given for purpose, row in sheet.consents.items()}
    for purpose, answer in given.items():
        values[f"consent:{purpose.value}:{answer.value}"] = b" checked"
    for row in sheet.consents.values():
        values["script"] = said(row.script_version)
    error = Markup('<p class="field-error" tabindex="-1" data-takes-focus>{}</p>')
    for name, errors in form.errors.items() if form else ():
        values[f"consent-error:{name}"] = b"".join(said(error.format(sentence)) for sentence in errors)
    return values


def of_block(record: Record, n: int) -> Values:
    """What a block is known by."""
    uid, name = str(record.uid), record.answers["name"] or _("Sans nom")
    values = {"uid": uid.encode(), "key": key(record).encode(), "n": b"%d" % n, "called": said(name)}
    if planned := record.call_back:
        values |= {"call-back:planned": b" open data-planned", "call-back:to-call": b" data-to-call"}
        values |= {"call-back:reason": said(planned.reason or ""), "call-back:due": said(planned.due_on or "")}
    return values


def of_earlier(drawn: Frame, own: Values, record: Record) -> Values:
    """What a block says of the earlier wave that it comes from, and its mark in the rail; nothing for most."""
    if (carried := record.carried) is None:
        return {}
    values = {"carried:wave": b"%d" % carried.wave, "carried:day": said(format_date(carried.said_on))}
    values["carried:changed"] = b" data-changed" if record.changed else b""
    if record.unconfirmed:
        return {"carried": drawn.carried.fill(own | values), "carried:to-confirm": b" data-to-confirm"}
    by_whom = _("le %(when)s par %(who)s", when=moment(carried.answered_at), who=carried.who)
    values |= {"carried:confirmed": b" data-confirmed", "carried:by-whom": said(by_whom)}
    return {"carried": drawn.carried.fill(own | values)}


def count(drawn: Frame, lacking: int) -> bytes:
    """How many answers a part lacks, in the rail."""
    return (drawn.lacking if lacking else drawn.complete).fill({"lacking": b"%d" % lacking})


def answers(sheet: Sheet, section: Section, record: Record, typed: Typed | None) -> Values:
    """What stands in the fields of a record."""
    values = filled(section, record)
    on_route = route(sheet, section, record)
    values |= {f"off:{item.name}": b" off-route" for item in section.items if item.name not in on_route}
    if typed:
        show(values, section, typed)
    return values


def route(sheet: Sheet, section: Section, record: Record) -> set[str]:
    """The items to show: what Q.1 leads past stays within reach, under a word that says so."""
    answers = dict(sheet.everything(record))
    if section.when:
        answers[section.when.item] = section.when.code
    return {item.name for item in QUESTIONNAIRE.asked(section, answers)}


def key(record: Record) -> str:
    """What the ids of a record's fields begin with."""
    return block_key(record.uid) if record.uid else "i"


def block_key(uid: uuid.UUID | str) -> str:
    """What the ids of the fields of a block begin with: short, for there are hundreds; `blocks.js` makes the same."""
    return f"b-{str(uid)[:8]}"


#: The hole that holds the version of an item, of its answer or of its note.
VERSION = {Part.ANSWER: "version:", Part.NOTE: "note-version:"}


@cache
def untouched(section_name: str) -> Values:
    """The versions of fields that were never saved."""
    return {hole + item.name: b"0" for item in QUESTIONNAIRE[section_name].items for hole in VERSION.values()}


def filled(section: Section, record: Record) -> Values:
    """What stands in each field of a record, by the name of its hole."""
    values = untouched(section.name).copy()
    for (name, part), version in record.versions.items():
        values[VERSION[part] + name] = b"%d" % version
    for item in section.items:
        if text := as_text(record.answers[item.name]):
            if item.codes:
                values |= {f"checked:{item.name}:{code}": b" checked" for code in text.split(" ")}
            else:
                values[f"value:{item.name}"] = said(text)
    for name, reason in record.reasons.items():
        values[f"reason:{name}:{reason.value}"] = b" checked"
        if record.answers.get(name):
            values[f"both:{name}"] = b" both"
    for name, note in record.notes.items():
        values[f"note:{name}"], values[f"note-open:{name}"] = said(note), b" open"
    return values


def show(values: Values, section: Section, typed: Typed) -> None:
    """Put what was typed, and what is wrong with it, in place of what is stored."""
    for item in section.items:
        name = item.name
        if name not in typed.errors:
            continue
        values[f"error:{name}"] = said(Markup('<p class="field-error">{}</p>').format(typed.errors[name]))
        sent = typed.values.get(name, [])
        if item.codes:
            for code in item.codes:
                values.pop(f"checked:{name}:{code.value}", None)
            values |= {f"checked:{name}:{code}": b" checked" for code in sent if code in set(item.codes)}
        else:
            values[f"value:{name}"] = said(sent[0] if sent else "")
        if note := "".join(typed.values.get(f"{name}__note", [])):
            values[f"note:{name}"], values[f"note-open:{name}"] = said(note), b" open"
        for reason in MissingReason:
            values.pop(f"reason:{name}:{reason.value}", None)
            if reason.value in typed.values.get(f"{name}__reason", []):
                values[f"reason:{name}:{reason.value}"] = b" checked"
