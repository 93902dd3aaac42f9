"""What stands on the page of an interview only when there is something to say, drawn anew each time."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template
from flask_babel import format_date, format_time
from flask_babel import gettext as _

from survey.db import db
from survey.fieldwork import referrals, teams
from survey.fieldwork.team_forms import within
from survey.instrument.codes import Mode
from survey.instrument.questionnaire import OTHERS, QUESTIONNAIRE
from survey.interview import carrying, parking, rearranging, respondents, sittings
from survey.interview.course_models import Sitting
from survey.interview.review import number_of, wording_of
from survey.interview.sheet import Sheet
from survey.interview.stencil import said
from survey.web import language


def fragments(sheet: Sheet) -> dict[str, bytes]:
    """The HTML of each, by the name of its hole."""
    header, found = sheet.header, {"points": points(sheet)}
    if header.wave > 1:
        found["last-time"] = last_time(sheet)
    if header.respondents:
        found["respondents"] = drawn("_respondents", sheet, rows=respondents.of_interview(db.session, header.id))
    if header.parked:
        rows = parking.of_interview(db.session, header.id)
        waiting = [row for row in rows if row.settled_as is None]
        found["parked"], found["parked-n"] = drawn("_parked", sheet, rows=waiting), b"%d" % len(waiting)
        found["settled"] = drawn("_parked", sheet, rows=[row for row in rows if row.settled_as])
    if header.referrals:
        named = referrals.of_case(db.session, header.case_id)
        found["referrals"] = drawn("_referrals", sheet, rows=named)
        found["referral-forms"] = drawn("_referral_forms", sheet, rows=named)
    if (header.sittings or 0) > 1:
        held = sittings.of_interview(db.session, header.id)
        lines = [(one, sitting_in_words(one), hours(one)) for one in held]
        found["sittings"] = drawn("_sittings", sheet, lines=lines, modes=list(Mode))
    return found


def last_time(sheet: Sheet) -> bytes:
    """What section 3 said when the organisation last answered in an earlier wave; nothing when it did not."""
    last = carrying.last_said(db.connection, sheet.header.organisation_id, sheet.header.wave - 1)
    said_then = last._mapping if last else {}
    lines = [
        (number_of(question := OTHERS.question_of(item), None), wording_of(question, item), item, said_then[item.name])
        for item in OTHERS.items
        if said_then.get(item.name)
    ]
    return drawn("_last_time", sheet, lines=lines, day=format_date(said_then["said_on"])) if lines else b""


def rearranged(sheet: Sheet) -> dict[uuid.UUID | None, bytes]:
    """What can be undone, by the `uid` of the block where it stands; under None, what stands beside no block."""
    if not sheet.header.rearranged:
        return {}
    there = {record.uid for record in sheet.blocks}
    beside: dict[uuid.UUID | None, list[Any]] = {}
    for act in rearranging.of_interview(db.connection, sheet.header.id):
        beside.setdefault(act.beside if act.beside in there else None, []).append(act)
    elsewhere = {act.organisation_id for acts in beside.values() for act in acts} - {None}
    unseen = teams.hidden(db.session, elsewhere, within())
    return {uid: drawn("_rearranged", sheet, acts=acts, unseen=unseen) for uid, acts in beside.items()}


def drawn(name: str, sheet: Sheet, **shown: Any) -> bytes:
    return render_template(f"interview/{name}.html", sheet=sheet, points=list_points(sheet), **shown).encode()


def list_points(sheet: Sheet) -> list[tuple[str, str]]:
    """Where somebody may begin to answer, by what the form says of it: a section, or a block."""
    spoken, found = language(), []
    for section in QUESTIONNAIRE.sections:
        if section.block is None:
            found.append((section.name, section.title(spoken) if section.items else _("Ouverture")))
            continue
        for n, record in enumerate(sheet.blocks, start=1):
            name = record.answers["name"]
            found.append((str(record.uid), f"{n} – {name}" if name else section.block.numbered(n)(spoken)))
    return found


def points(sheet: Sheet) -> bytes:
    return b"".join(
        b'<option value="%s">%s</option>' % (said(value), said(label)) for value, label in list_points(sheet)
    )


def sitting_in_words(sitting: Sitting) -> str:
    """« 2e séance, 14 mars, Roxane »."""
    day = format_date(sitting.began_at, "MMMM d" if language() == "en" else "d MMMM")
    who, n = sitting.interviewer.name, sitting.number
    first: str = _("1re séance, %(day)s, %(who)s", day=day, who=who)
    return first if n == 1 else str(_("%(number)se séance, %(day)s, %(who)s", number=n, day=day, who=who))


def hours(sitting: Sitting) -> str:
    """From when to when."""
    return " – ".join(format_time(at, "HH:mm") for at in (sitting.began_at, sitting.ended_at))
