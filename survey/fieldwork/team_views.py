"""The page on which the coordination says who is in which team."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from survey.accounts.models import User
from survey.db import db
from survey.fieldwork import listing, teams
from survey.fieldwork.seen_forms import OTHERWISE
from survey.fieldwork.views import CONFLICT, UNPROCESSABLE, Answer, blueprint
from survey.text import line

NOBODY: Mapping[int, str] = {}
TOO_LONG = lazy_gettext("C’est trop long : 60 caractères au plus.")


@blueprint.get("/organisations/teams", endpoint="teams")
def everybody() -> str:
    return page({})


def people() -> list[User]:
    """Those who have cases or may have some."""
    return [db.session.get_one(User, row.id) for row in listing.holders(db.session)]


def page(typed: Mapping[int, str], meanwhile: Mapping[int, str] = NOBODY) -> str:
    """Everybody with their team, as it is or as it was typed; what is wrong with a name is said at its field."""
    everyone = people()
    return render_template(
        "fieldwork/teams.html",
        people=everyone,
        typed={one.id: typed.get(one.id, one.team or "") for one in everyone},
        teams=sorted({one.team for one in everyone if one.team}),
        wrong={who: TOO_LONG for who, name in typed.items() if len(name) > teams.LONGEST}
        | {who: gettext(OTHERWISE, words=team or "–") for who, team in meanwhile.items()},
    )


@blueprint.post("/organisations/teams")
def form_teams() -> Answer:
    wanted, shown = sent("team"), sent("shown")
    if any(len(name) > teams.LONGEST for name in wanted.values()):
        return page(wanted), UNPROCESSABLE
    try:
        n = teams.form(db.session, wanted, shown, current_user.id)
    except teams.Overtaken as late:
        return page(wanted, late.teams), CONFLICT
    said = ngettext("%(num)d personne change d’équipe.", "%(num)d personnes changent d’équipe.", n)
    flash(said if n else gettext("Rien n’a changé."), "good")
    db.session.commit()
    back: Response = redirect(url_for(".teams"), 303)
    return back


def sent(what: str) -> dict[int, str]:
    """The teams that a page sent, by person: as they were typed, or as they were shown."""
    return {one.id: line(request.form[name]) for one in people() if (name := f"{what}-{one.id}") in request.form}
