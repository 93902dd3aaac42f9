"""The page on which the coordination says who is in which team."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from survey.accounts.models import User
from survey.db import db
from survey.fieldwork import listing, teams
from survey.fieldwork.views import UNPROCESSABLE, Answer, blueprint
from survey.text import line


@blueprint.get("/organisations/teams", endpoint="teams")
def everybody() -> str:
    return page({})


def people() -> list[User]:
    """Those who have cases or may have some."""
    return [db.session.get_one(User, row.id) for row in listing.holders(db.session)]


def page(typed: dict[int, str]) -> str:
    """Everybody with their team, as it is or as it was typed; a name that is too long is said at its field."""
    everyone = people()
    return render_template(
        "fieldwork/teams.html",
        people=everyone,
        typed={one.id: typed.get(one.id, one.team or "") for one in everyone},
        teams=sorted({one.team for one in everyone if one.team}),
        wrong={who for who, name in typed.items() if len(name) > teams.LONGEST},
    )


@blueprint.post("/organisations/teams")
def form_teams() -> Answer:
    wanted = {one.id: line(request.form[name]) for one in people() if (name := f"team-{one.id}") in request.form}
    if any(len(name) > teams.LONGEST for name in wanted.values()):
        return page(wanted), UNPROCESSABLE
    n = teams.form(db.session, wanted, current_user.id)
    said = ngettext("%(num)d personne change d’équipe.", "%(num)d personnes changent d’équipe.", n)
    flash(said if n else gettext("Rien n’a changé."), "good")
    db.session.commit()
    back: Response = redirect(url_for(".teams"), 303)
    return back
