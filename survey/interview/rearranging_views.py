"""The pages that split a block, merge two, or give one to another organisation; and what undoes that."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from typing import NamedTuple

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from survey import receipts, web
from survey.db import db
from survey.fieldwork import cases, listing
from survey.instrument.grammar import Codes, Item, Text
from survey.instrument.questionnaire import INITIATIVES
from survey.interview import conduct, drawing, loading, merging, rearranging, review
from survey.interview.answers import Answer, as_text
from survey.interview.course_models import Rearrangement
from survey.interview.merging import Side
from survey.interview.rearranging import Share, TooLate
from survey.interview.saving_views import refusing
from survey.interview.sheet import Record, Sheet
from survey.text import line

blueprint = Blueprint("rearranging", __name__, url_prefix="/interviews")

BLOCK = "/<int:interview_id>/initiatives/<uuid:uid>"
UNPROCESSABLE, CONFLICT = 422, 409

#: What every page here shows blocks with.
SHARED = {"key": drawing.key, "block_title": INITIATIVES.block}

Answered = str | Response | tuple[str, int]


class Line(NamedTuple):
    """One item as these pages show it: its number and wording, and what each block says, in words."""

    item: Item
    number: str
    wording: Text
    says: str
    other_says: str = ""
    result: str | None = None


@blueprint.route(f"{BLOCK}/split", methods=["GET", "POST"])
def split(interview_id: int, uid: uuid.UUID) -> Answered:
    form = web.OnceForm()
    if request.method != "POST":
        return show_split(*block_of(interview_id, uid), form)
    interview = loading.open_interview(interview_id)
    if not receipts.first(db.session, form.identity):
        act = db.session.get(Rearrangement, form.identity)
        return back(interview_id, act.other.uid if act and act.other else uid)
    sheet, record = block_of(interview.id, uid)
    chosen = shares()
    if request.form.get("state") != state(record):
        return show_split(sheet, record, form, chosen, _("Cette initiative a changé entre-temps. Vérifiez.")), CONFLICT
    if set(chosen.values()) <= {Share.STAY}:
        problem = _("Choisissez ce qui passe à la nouvelle initiative.")
        return show_split(sheet, record, form, chosen, problem), UNPROCESSABLE
    source = loading.block(interview_id, uid)
    with refusing():
        made = rearranging.split(db.session, form.identity, source, record, chosen, current_user.id)
    db.session.commit()
    return back(interview_id, made.uid)  # where the page says what was done, and undoes it


def show_split(
    sheet: Sheet, record: Record, form: web.OnceForm, chosen: Mapping[str, Share] | None = None, problem: str = ""
) -> str:
    n = sheet.blocks.index(record) + 1
    lines = [described(item, n, record) for item in INITIATIVES.items if says(item, record)]
    return render_template(
        "interview/split.html",
        sheet=sheet,
        record=record,
        n=n,
        lines=lines,
        shares=Share,
        chosen=chosen or {},
        state=state(record),
        form=form,
        problem=problem,
        **SHARED,
    )


def shares() -> dict[str, Share]:
    """What the form says of each item; everything goes to both when that button was pressed."""
    if "everything" in request.form:
        return {item.name: Share.BOTH for item in INITIATIVES.items}
    try:
        return {item.name: Share(request.form.get(item.name, Share.STAY)) for item in INITIATIVES.items}
    except ValueError:
        abort(400)


@blueprint.route(f"{BLOCK}/merge", methods=["GET", "POST"])
def merge(interview_id: int, uid: uuid.UUID) -> Answered:
    form = web.OnceForm()
    if request.method != "POST":
        sheet, record = block_of(interview_id, uid)
        other = named_block(sheet, request.args.get("with"))
        return show_merge(sheet, record, other if other is not record else None, form)
    loading.open_interview(interview_id)
    if not receipts.first(db.session, form.identity):
        return back(interview_id, uid)
    sheet, record = block_of(interview_id, uid)
    other = named_block(sheet, request.form.get("with"))
    if other is None or other is record:
        abort(404)
    if request.form.get("state") != state(record, other):
        problem = _("Une des deux initiatives a changé entre-temps. Vérifiez.")
        return show_merge(sheet, record, other, form, problem), CONFLICT
    chosen, conflicts = sides(), merging.conflicts(record, other)
    if any(item.name not in chosen for item in conflicts):
        return show_merge(sheet, record, other, form, _("Choisissez la bonne réponse.")), UNPROCESSABLE
    losers = {item.name: other if chosen[item.name] is Side.KEPT else record for item in conflicts}
    set_aside = {
        item.name: _("Écarté en réunissant deux initiatives : %(words)s", words=words(item, losers[item.name]))
        for item in conflicts
    }
    both = [(loading.block(interview_id, one.uid), one) for one in (record, other) if one.uid]
    with refusing():
        rearranging.merge(db.session, form.identity, both[0], both[1], chosen, set_aside, current_user.id)
    db.session.commit()
    return back(interview_id, uid)


def show_merge(sheet: Sheet, record: Record, other: Record | None, form: web.OnceForm, problem: str = "") -> str:
    n = sheet.blocks.index(record) + 1
    lines = [] if other is None else [
        described(item, n, record, other)
        for item in INITIATIVES.items
        if says(item, record) or says(item, other)
    ]  # fmt: skip
    return render_template(
        "interview/merge.html",
        sheet=sheet,
        record=record,
        other=other,
        n=n,
        lines=lines,
        sides=Side,
        chosen=sides(),
        state=state(record, other) if other else "",
        form=form,
        problem=problem,
        **SHARED,
    )


def sides() -> dict[str, Side]:
    """The side chosen for each item of a conflict."""
    sent = {item.name: request.form.get(item.name) for item in INITIATIVES.items}
    return {name: Side(side) for name, side in sent.items() if side in set(Side)}


@blueprint.route(f"{BLOCK}/move", methods=["GET", "POST"])
def move(interview_id: int, uid: uuid.UUID) -> Answered:
    form = web.OnceForm()
    if request.method != "POST":
        return show_move(*block_of(interview_id, uid), form)
    interview = loading.open_interview(interview_id)
    here = redirect(url_for("interview.page", interview_id=interview_id, _anchor="initiatives"), 303)
    if not receipts.first(db.session, form.identity):
        return here
    block = loading.block(interview_id, uid)
    if block.removed_at is not None:
        abort(404)
    case_id = request.form.get("case", 0, type=int)
    if case_id == interview.case_id or not 0 < case_id <= web.LAST_ID:
        abort(404)
    case = loading.case(case_id)
    try:
        to = conduct.start(db.session, case, interview.mode, current_user.id, held=False)
    except cases.Merged:
        db.session.rollback()
        flash(_("Cette organisation est un doublon : choisissez celle qui est gardée."), "warn")
        return redirect(url_for(".move", interview_id=interview_id, uid=uid), 303)
    loading.open_interview(to.id)
    rearranging.move(db.session, form.identity, block, to, current_user.id)
    db.session.commit()
    flash(_("L’initiative est maintenant dans l’entrevue de %(name)s.", name=case.organisation.name), "good")
    return here


def show_move(sheet: Sheet, record: Record, form: web.OnceForm) -> str:
    search = line(request.args.get("q", ""))[: listing.SEARCH_LENGTH]
    found = listing.conducted(db.session, search, current_user.role, current_user.id) if search else []
    return render_template(
        "interview/move.html",
        sheet=sheet,
        record=record,
        n=sheet.blocks.index(record) + 1,
        search=search,
        found=[row for row in found if row.case_id != sheet.header.case_id],
        form=form,
        **SHARED,
    )


@blueprint.post("/<int:interview_id>/rearrangements/<uuid:act_id>/undo")
def undo(interview_id: int, act_id: uuid.UUID) -> Response:
    loading.open_interview(interview_id)
    act = db.session.get(Rearrangement, act_id)
    if act is None or act.interview_id != interview_id:
        abort(404)
    if act.to_interview_id is not None:
        loading.open_interview(act.to_interview_id)
    try:
        changed = rearranging.undo(db.session, act, current_user.id)
    except TooLate:
        flash(_("Ces initiatives ont été réunies ou déplacées depuis : annulez d’abord cela."), "warn")
        return back(interview_id, None)
    db.session.commit()
    if changed:
        names = ", ".join(review.wording_of(INITIATIVES.question_of(item), item)(web.language()) for item in changed)
        flash(_("C’est annulé. Ce qui a changé depuis reste tel quel : %(names)s", names=names), "warn")
    else:
        flash(_("C’est annulé."), "good")
    return back(interview_id, act.initiative.uid)


def block_of(interview_id: int, uid: uuid.UUID) -> tuple[Sheet, Record]:
    """An open interview and one of its blocks that is not removed; 423 and 404 otherwise."""
    sheet = loading.sheet(interview_id)
    if sheet.header.completed_at is not None:
        abort(423)
    return sheet, named_block(sheet, str(uid)) or abort(404)


def named_block(sheet: Sheet, uid: str | None) -> Record | None:
    """The block of that `uid` among those that are not removed."""
    return next((record for record in sheet.blocks if str(record.uid) == uid), None)


def state(*records: Record) -> str:
    """What changes whenever something in these blocks does."""
    said = [(str(record.uid), sorted(record.versions.items())) for record in records]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def described(item: Item, n: int, record: Record, other: Record | None = None) -> Line:
    question = INITIATIVES.question_of(item)
    number, wording = review.number_of(question, n), review.wording_of(question, item)
    if other is None:
        return Line(item, number, wording, words(item, record))
    conflict = merging.contradict(item, record, other)
    result = None if conflict else in_words(item, merging.joined(item, record, other).answer)
    return Line(item, number, wording, words(item, record), words(item, other), result)


def says(item: Item, record: Record) -> bool:
    return record.answered(item) or item.name in record.reasons or item.name in record.notes


def words(item: Item, record: Record) -> str:
    """What a block says of an item, as one reads it: the answer, the reason for none, the note."""
    reason, note = record.reasons.get(item.name), record.notes.get(item.name)
    said = [in_words(item, record.answers[item.name]), reason.label(web.language()) if reason else ""]
    return "\n".join(filter(None, [*said, _("Note interne : %(text)s", text=note) if note else ""]))


def in_words(item: Item, answer: Answer) -> str:
    """An answer as one reads it."""
    codes = answer if isinstance(answer, frozenset) else [answer] if isinstance(answer, Codes) else []
    if item.codes:
        return ", ".join(code.label(web.language()) for code in sorted(codes, key=lambda code: code.number))
    return as_text(answer) or ""


def back(interview_id: int, uid: uuid.UUID | None) -> Response:
    """To the interview, at a block."""
    anchor = drawing.block_key(uid) if uid else "initiatives"
    return redirect(url_for("interview.page", interview_id=interview_id, _anchor=anchor), 303)
