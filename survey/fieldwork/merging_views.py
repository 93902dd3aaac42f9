"""Duplicates seen side by side, merged and told apart again."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from survey import audit, web
from survey.db import db
from survey.fieldwork import listing, matching, merging, naming, pairs
from survey.fieldwork.listing import Filters
from survey.fieldwork.merging import Objection, Refused
from survey.fieldwork.models import Case, Organisation, Person, Referral
from survey.fieldwork.search import search
from survey.fieldwork.views import ORGANISATION, UNPROCESSABLE, Answer, blueprint, fetch, here
from survey.text import line

#: Why two organisations are not merged, in a sentence that says what to do.
SENTENCES = {
    Objection.ITSELF: lazy_gettext("Une organisation n’est pas un doublon d’elle-même : choisissez-en une autre."),
    Objection.MERGED: lazy_gettext(
        "Cette organisation est déjà le doublon d’une autre : défaites d’abord cette fusion."
    ),
    Objection.KEPT_IS_MERGED: lazy_gettext(
        "L’organisation à garder est elle-même le doublon d’une autre : gardez celle-là."
    ),
    Objection.OTHER_WAY: lazy_gettext(
        "Une entrevue est ouverte dans celle-ci et aucune dans l’autre : gardez plutôt celle-ci."
    ),
    Objection.BOTH_INTERVIEWED: lazy_gettext(
        "Une entrevue est ouverte dans chacune des deux : déplacez d’abord les initiatives de celle-ci vers l’entrevue "
        "de l’autre, puis cochez que c’est fait."
    ),
}


@dataclass(frozen=True)
class Side:
    """One of two organisations, and what it has."""

    case: Case
    persons: int
    named: int
    interviewed: bool
    objection: Objection | None

    @property
    def organisation(self) -> Organisation:
        return self.case.organisation

    @property
    def sentence(self) -> str | None:
        return str(SENTENCES[self.objection]) if self.objection else None


@blueprint.get(f"{ORGANISATION}/compare")
def compare(organisation_id: int) -> str:
    case, other_id = fetch(organisation_id), request.args.get("with", type=int)
    if other_id is not None and 0 < other_id <= web.LAST_ID and other_id != organisation_id:
        return side_by_side(case, fetch(other_id))
    words = line(request.args.get("q", ""))[: listing.SEARCH_LENGTH]
    return render_template(
        "fieldwork/choose_duplicate.html",
        organisation=case.organisation,
        words=words,
        alike=[] if words else matching.propose(db.session, case.organisation.name, but=[organisation_id]),
        found=[row for row in look_up(words) if row.id != organisation_id] if words else [],
    )


def look_up(words: str) -> list[listing.Listed]:
    return list(listing.page(db.session, Filters(words), found=search(db.session, words)).rows)


def side_by_side(one: Case, other: Case, said: str | None = None) -> str:
    left, right = side(one, other), side(other, one)
    return render_template("fieldwork/compare.html", sides=(left, right), said=said, Objection=Objection)


def side(case: Case, other: Case) -> Side:
    """What an organisation has, and what stands against its being the duplicate of the other."""
    names = naming.known_as(db.session, case.organisation_id)
    counted = (
        sa.select(sa.func.count()).select_from(Person).where(Person.organisation_id == case.organisation_id),
        sa.select(sa.func.count()).where(Referral.folded_name.in_(names), Referral.removed_at.is_(None)),
    )
    persons, named = (int(db.session.scalar(query) or 0) for query in counted)
    interviewed = merging.interviewed(db.session, case.organisation_id)
    objection = merging.objection(db.session, case.organisation, other.organisation)
    return Side(case, persons, named, interviewed, objection)


@blueprint.post(f"{ORGANISATION}/merge")
def merge(organisation_id: int) -> Answer:
    """Say that this organisation is a duplicate of the one that is kept."""
    kept_id = request.form.get("kept", type=int)
    if kept_id is None or not 0 < kept_id <= web.LAST_ID:
        abort(400)
    case, kept = fetch(organisation_id), fetch(kept_id)
    try:
        merging.merge(db.session, organisation_id, kept_id, current_user.id, moved="moved" in request.form)
    except Refused as error:
        db.session.rollback()
        said = str(SENTENCES[error.why])
        if organisation_id == kept_id:
            flash(said, "warn")
            return here(organisation_id)
        return side_by_side(fetch(organisation_id), fetch(kept_id), said), UNPROCESSABLE
    flash(gettext("« %(name)s » est maintenant un doublon de celle-ci.", name=case.organisation.name), "good")
    db.session.commit()
    return here(kept.organisation_id)


@blueprint.post(f"{ORGANISATION}/unmerge")
def unmerge(organisation_id: int) -> Response:
    name = (db.session.get(Organisation, organisation_id) or abort(404)).name
    if merging.undo(db.session, organisation_id, current_user.id):
        flash(gettext("« %(name)s » est de nouveau une organisation à part.", name=name), "good")
    db.session.commit()
    return here(organisation_id)


@blueprint.get("/organisations/duplicates")
def duplicates() -> str:
    return render_template("fieldwork/duplicates.html", pairs=pairs.likely_pairs(db.session))


@blueprint.post(f"{ORGANISATION}/distinguish")
def distinguish(organisation_id: int) -> Response:
    """Remember that this organisation and the other are two."""
    other_id = request.form.get("other", type=int)
    if other_id is None or not 0 < other_id <= web.LAST_ID or other_id == organisation_id:
        abort(400)
    case, other = fetch(organisation_id), fetch(other_id)
    pairs.distinguish(db.session, case.organisation_id, other.organisation_id, current_user.id)
    action = audit.Action.ORGANISATION_DISTINGUISH
    audit.record(
        db.session, action, user_id=current_user.id, about=("organisation", organisation_id), detail=str(other_id)
    )
    db.session.commit()
    flash(gettext("C’est noté : ce sont deux organisations."), "good")
    return redirect(url_for(".duplicates"), 303)
