"""What the pages of two interviews have in common, drawn once for each kind of page, with holes for the rest."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from flask import current_app, render_template, session
from flask_babel import gettext as _
from markupsafe import Markup

from survey.accounts.models import Role
from survey.accounts.sessions import SignedIn
from survey.instrument import opening_script
from survey.instrument.codes import ConsentPurpose, MissingReason, YesNo
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview.stencil import Stencil, hole
from survey.web import BLANK, LAST_ID

#: What stands in the blank block that the page's script clones, where a block's own id, key and number will be.
NIL, BLANK_KEY, BLANK_NUMBER = str(BLANK), "b-00000000", "BLOCK-NUMBER"
#: What stands in an address until it becomes a hole: addresses are built of numbers alone.
INTERVIEW, ORGANISATION = LAST_ID, LAST_ID - 1


@dataclass(frozen=True)
class Kind:
    """What two pages may differ by besides what stands in their holes; `consent` is what was said to the interview."""

    language: str
    role: Role
    closed: bool
    consent: YesNo | None


@dataclass(frozen=True)
class Frame:
    """The stencils of a kind of page: the whole of it, and the parts that stand in it once per block or not at all."""

    page: Stencil
    block: Stencil
    carried: Stencil
    rail_block: Stencil
    removed: Stencil
    lacking: Stencil
    complete: Stencil


def frame(kind: Kind) -> Frame:
    """The stencils of a kind of page. One with a message for this user alone is drawn for them, and not kept."""
    if "_flashes" in session:
        return draw(kind)
    kept: dict[Kind, Frame] = current_app.extensions.setdefault("interview_frames", {})
    if kind not in kept:
        kept[kind] = draw(kind)
    return kept[kind]


def draw(kind: Kind) -> Frame:
    """The stencils, by the template engine, in the language of this request, which is that of the kind."""
    context = everybody(kind)
    parts = drawn_parts(context)
    in_addresses = {str(INTERVIEW): "interview", str(ORGANISATION): "organisation"}
    of_block = in_addresses | {NIL: "uid"}
    return Frame(
        page=Stencil(render_template("interview/page.html", **context, **blank(context)), in_addresses),
        block=Stencil(parts.block(), of_block),
        carried=Stencil(parts.carried(), of_block),
        rail_block=Stencil(parts.rail_block(), of_block),
        removed=Stencil(parts.removed(), of_block),
        lacking=Stencil(parts.lacking()),
        complete=Stencil(parts.complete()),
    )


def drawn_parts(context: dict[str, Any]) -> Any:
    """The macros of the parts."""
    return current_app.jinja_env.get_template("interview/_parts.html").make_module(context)


def blank(context: dict[str, Any]) -> dict[str, str]:
    """A block without answers and its line of the rail, for the page's script to clone."""
    items = QUESTIONNAIRE["initiatives"].items
    values = {"key": BLANK_KEY, "n": BLANK_NUMBER, "called": _("Sans nom"), "lacking": str(len(items))}
    values |= {f"{hole}:{item.name}": "0" for item in items for hole in ("version", "note-version")}
    values |= {f"off:{item.name}": " off-route" for item in items if item.when}
    parts = drawn_parts(context | {"hole": lambda *key: Markup(values.get(":".join(key), ""))})  # noqa: S704 – ours
    values["count"] = parts.lacking()
    return {"blank_block": parts.block(), "blank_rail": parts.rail_block(), "blank_removed": parts.removed()}


def everybody(kind: Kind) -> dict[str, Any]:
    """What the templates are drawn with: holes for whatever belongs to one interview, one user or one request."""
    config = current_app.config
    user = {"id": hole("user-id"), "name": hole("user-name"), "email": hole("email")}
    return {
        "hole": hole,
        "interview_id": INTERVIEW,
        "organisation_id": ORGANISATION,
        "uid": NIL,
        "closed": kind.closed,
        "consent": kind.consent,
        "current_user": SignedIn(SimpleNamespace(**user, role=kind.role, team=None, language=kind.language), token=""),
        "csrf_token": lambda: hole("csrf"),
        "nonce": lambda: hole("nonce"),
        "session_left": lambda: hole("session-left"),
        "draft_key": hole("draft-key"),
        "this_page": lambda: hole("here"),
        "instrument": QUESTIONNAIRE,
        "sections": {section.name: section for section in QUESTIONNAIRE.sections},
        "reasons": list(MissingReason),
        "script": opening_script.script(config["COLLECTOR"], config["COLLECTOR_CONTACT"]),
        "purposes": list(ConsentPurpose),
        "YesNo": YesNo,
    }
