"""The list of organisations, the page of each, and what is recorded there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext, ngettext
from flask_login import current_user
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from survey import receipts, web
from survey.db import db, now
from survey.fieldwork import (
    attempt_rules,
    cases,
    listing,
    naming,
    office_hours,
    past,
    referrals,
    teams,
    timeline,
    waves,
)
from survey.fieldwork import organisations as standing
from survey.fieldwork.contact_forms import AttemptForm, duplicate, persons_of
from survey.fieldwork.earlier_waves import before
from survey.fieldwork.forms import TIME_ZONES, AssignmentForm, NoteForm, OutcomeForm
from survey.fieldwork.listing import Filters
from survey.fieldwork.models import Case, CaseEvent, EventKind, Organisation, Referral, TimeZone
from survey.fieldwork.moment_forms import today
from survey.fieldwork.search import search
from survey.fieldwork.team_forms import find, refuse, within
from survey.fieldwork.waves import CURRENT
from survey.instrument.codes import INTERIM, AttemptResult, Disposition, Mode, OrganisationType, Region, aapor
from survey.text import line

blueprint = Blueprint("fieldwork", __name__)

CONFLICT, UNPROCESSABLE = 409, 422
NAME_TAKEN = lazy_gettext("Une organisation de la liste porte déjà ce nom.")
ORGANISATION = "/organisations/<int:organisation_id>"

#: What the address of the list may filter on.
FILTERS = ("q", "region", "kind", "outcome", "interviewer")

Answer = str | Response | tuple[str, int]


@blueprint.get("/organisations")
def organisations() -> str:
    filters, members = asked(), within()
    kept = {name: value for name in FILTERS if (value := request.args.get(name))}
    found, people = search(db.session, filters.search), listing.holders(db.session)
    return render_template(
        "fieldwork/organisations.html",
        page=listing.page(db.session, filters, identifier("after"), identifier("before"), found),
        counts=listing.counts(db.session, filters, found),
        filters=filters,
        kept=kept,
        holders=[row for row in people if teams.sees(members, row.id)],
        interviewers=[row for row in people if row.able] if coordinates() else (),
        Disposition=Disposition,
        OrganisationType=OrganisationType,
    )


def asked() -> Filters:
    """The filters of the address; what they do not know filters nothing."""
    region, kind, outcome = (request.args.get(name) for name in ("region", "kind", "outcome"))
    return Filters(
        search=line(request.args.get("q", ""))[: listing.SEARCH_LENGTH],
        region="" if region == "none" else region if region in set(Region) else None,
        kind="" if kind == "none" else kind if kind in set(OrganisationType) else None,
        outcome=Disposition.of(outcome) if outcome in set(Disposition) else None,
        interviewer=whose(request.args.get("interviewer")),
        within=within(),
    )


def whose(interviewer: str | None) -> int | None:
    """Whose cases to show: one's own, nobody's (0), somebody's, or anybody's (None)."""
    if interviewer == "me":
        return int(current_user.id)
    return 0 if interviewer == "none" else identifier("interviewer")


def identifier(name: str) -> int | None:
    """A number of the address that an id can be; None for anything else."""
    value = request.args.get(name, type=int)
    return value if value is not None and 0 <= value <= web.LAST_ID else None


def coordinates() -> bool:
    """Whether the user gives cases to others."""
    return bool(current_user.may("fieldwork.assign_many"))


@blueprint.post("/organisations/assign")
def assign_many() -> Response:
    """Give the ticked organisations to one person."""
    form = AssignmentForm(listing.interviewers(db.session))
    ticked = [n for n in request.form.getlist("case", type=int) if 0 < n <= web.LAST_ID]
    back = redirect(web.local_path(request.form.get("next")) or url_for(".organisations"), 303)
    if not ticked or not form.validate_on_submit():
        flash(gettext("Cochez des organisations et choisissez à qui les confier."), "warn")
        return back
    n = cases.assign_all(db.session, ticked, chosen(form), current_user.id)
    flash(ngettext("%(num)d organisation change de mains.", "%(num)d organisations changent de mains.", n), "good")
    db.session.commit()
    return back


def chosen(form: AssignmentForm) -> int | None:
    return int(form.interviewer.data) if form.interviewer.data else None


def status(form: Any) -> int:
    """The status of the page that shows a form: 422 when something in it is to be corrected."""
    return UNPROCESSABLE if form.errors else 200


@blueprint.get(ORGANISATION)
def organisation(organisation_id: int) -> str:
    case = of_this_wave(organisation_id)
    return show(case) if case else out_of_wave(organisation_id)


def fetch(organisation_id: int) -> Case:
    """The case of an organisation in the wave under way, with the organisation; 404 when there is none."""
    return of_this_wave(organisation_id) or abort(404)


def of_this_wave(organisation_id: int) -> Case | None:
    """The same; None when the organisation is out of the wave, or there is none; 404 for another team's."""
    found = db.session.scalar(
        sa.select(Case)
        .where(Case.organisation_id == organisation_id, Case.wave == CURRENT)
        .options(joinedload(Case.organisation), joinedload(Case.interviewer), joinedload(Case.of_wave))
    )
    if found:
        find(found.interviewer_id)
    return found


def out_of_wave(organisation_id: int) -> str:
    """The page of an organisation that has no case in the wave under way; 404 when there is no such organisation."""
    organisation, wave = db.session.get(Organisation, organisation_id), waves.current(db.session)
    if organisation is None or wave is None:
        abort(404)
    latest = sa.select(Case.interviewer_id).where(Case.organisation_id == organisation_id)
    last = db.session.scalar(latest.order_by(Case.wave.desc()).limit(1))
    find(last)
    conducts = cases.conducts(current_user.role, current_user.id, last)
    return render_template(
        "fieldwork/left_out.html",
        organisation=organisation,
        wave=wave,
        conducts=conducts,
        labels={disposition.value: disposition for disposition in Disposition},
        others=within() is None,
        **before(organisation_id, wave.number, conducts, []),
    )


def conducted(organisation_id: int, change: bool = False) -> Case:
    """The same, when the user may record what happens to it; 403 otherwise. For a `change`, held until the commit."""
    case = fetch(organisation_id)
    if change:
        cases.held(db.session, Case.id == case.id)
        if not waves.under_way(db.session, case):  # somebody opened the next wave meanwhile
            case = fetch(organisation_id)
    if not cases.conducts(current_user.role, current_user.id, case.interviewer_id):
        refuse(case.interviewer_id)
    return case


def show(
    case: Case, outcome: OutcomeForm | None = None, note: NoteForm | None = None, attempt: AttemptForm | None = None
) -> str:
    """The page of an organisation, with forms as they were sent when something in them is to be corrected."""
    conducts = cases.conducts(current_user.role, current_user.id, case.interviewer_id)
    history = events(case, notes=conducts)
    wrong = next((form for form in (outcome, note, attempt) if form and form.errors), None)
    return render_template(
        "fieldwork/organisation.html",
        case=case,
        organisation=case.organisation,
        aapor=aapor(case.disposition, case.of_wave.population),
        **contacts(case, history, conducts, attempt),
        labels={disposition.value: disposition for disposition in Disposition},
        interviews=past.interviews(history),
        others=within() is None,
        **before(case.organisation_id, case.wave, conducts, history),
        persons=case.organisation.persons if conducts else (),
        **beside(case.organisation),
        remark=case.organisation.note if conducts else None,
        **(named(case) if conducts else {}),
        conducts=conducts,
        set_aside=duplicate(case) if cases.is_duplicate(case) else None,
        form=wrong,
        outcome_form=outcome
        or OutcomeForm(case.of_wave.population, formdata=None, data={"disposition": case.disposition}),
        note_form=note or NoteForm(formdata=None),
        assignment_form=assignment(case) if coordinates() else None,
        modes=list(Mode),
        zones=TIME_ZONES,
    )


def beside(organisation: Organisation) -> dict[str, Any]:
    """The organisations that one is part of, is made of, stands for or is a duplicate of; not those of another team."""
    parts = standing.parts_of(db.session, organisation.id)
    duplicates, end = naming.merged_into(db.session, organisation.id), kept_of(organisation)
    every = [one for one in (*parts, *duplicates, organisation.parent, end) if one]
    unseen = teams.hidden(db.session, [one.id for one in every], within())
    return {
        "parent": organisation.parent if organisation.parent_id not in unseen else None,
        "parts": [one for one in parts if one.id not in unseen],
        "duplicates": [one for one in duplicates if one.id not in unseen],
        "end": end if end and end.id not in unseen else None,
    }


def kept_of(organisation: Organisation) -> Organisation | None:
    """The organisation that is kept of a duplicate in the end; None of one that is none."""
    if organisation.merged_into_id is None:
        return None
    return db.session.get_one(Organisation, naming.kept(db.session, [organisation.id])[organisation.id])


def contacts(case: Case, history: Sequence[CaseEvent], conducts: bool, form: AttemptForm | None) -> dict[str, Any]:
    """What was done to reach a case, what may be noted of it now, and when somebody is there."""
    line, at = timeline.of_case(db.session, case.id, history, private=conducts), now()
    tried = [(entry.attempt.at, entry.attempt.result) for entry in line if entry.attempt]
    zone = case.organisation.time_zone
    return {
        "history": line,
        "AttemptResult": AttemptResult,
        "attempt_form": (form or AttemptForm.blank(case, persons_of(case))) if conducts else None,
        "hours": office_hours.hours(at, zone),
        "elsewhere": zone is not TimeZone.EASTERN,
        "silence": attempt_rules.silence(tried, zone) if case.disposition in INTERIM else None,
        "suspended": case.suspended_until and case.suspended_until >= today(TimeZone.EASTERN),
    }


def named(case: Case) -> dict[str, Any]:
    """Who named this organisation, whom it named, and which of those are in the list."""
    here = [row for row in referrals.of_case(db.session, case.id) if row.removed_at is None]
    known = referrals.known(db.session, here)
    return {
        "naming": named_by(case.organisation),
        "named_here": here,
        "known": known,
        "unseen": teams.hidden(db.session, set(known.values()), within()),
    }


def named_by(organisation: Organisation) -> list[Referral]:
    """What others said of an organisation; not what another team heard."""
    naming = referrals.naming(db.session, organisation)
    sources = {row.id: row.case.organisation_id for row in naming if row.case}
    unseen = teams.hidden(db.session, set(sources.values()), within())
    return [row for row in naming if sources.get(row.id) not in unseen]


def events(case: Case, notes: bool) -> Sequence[CaseEvent]:
    """What happened to a case, the newest first, with its notes or without: they may be confidences."""
    query = sa.select(CaseEvent).where(CaseEvent.case_id == case.id).options(joinedload(CaseEvent.user))
    if not notes:
        query = query.where(CaseEvent.kind != EventKind.NOTE)
    return db.session.scalars(query.order_by(CaseEvent.id.desc())).all()


def assignment(case: Case, **given: Any) -> AssignmentForm:
    """The form that gives a case to somebody; whoever has it stays in the list, even gone."""
    people = list(listing.holders(db.session))
    allowed = {row.id for row in people if row.able} | {case.interviewer_id}
    data = {"interviewer": str(case.interviewer_id or "")}
    return AssignmentForm([row for row in people if row.id in allowed], data=data, **given)


def here(organisation_id: int) -> Response:
    """Back to the page of the organisation."""
    return redirect(url_for(".organisation", organisation_id=organisation_id), 303)


@blueprint.post(f"{ORGANISATION}/outcome")
def outcome(organisation_id: int) -> Answer:
    case = conducted(organisation_id)
    form = OutcomeForm(case.of_wave.population)
    if not form.validate_on_submit():
        return show(case, outcome=form), UNPROCESSABLE
    try:
        cases.set_outcome(db.session, case, Disposition.of(form.disposition.data), current_user.id)
    except cases.Merged:
        flash(gettext("Cette organisation est un doublon : son issue change quand on défait la fusion."), "warn")
        return here(organisation_id)
    db.session.commit()
    return here(organisation_id)


@blueprint.post(f"{ORGANISATION}/notes")
def note(organisation_id: int) -> Answer:
    case, form = conducted(organisation_id), NoteForm()
    if not form.validate_on_submit():
        return show(case, note=form), UNPROCESSABLE
    if receipts.first(db.session, form.identity):
        cases.add_note(db.session, case, form.text.data or "", current_user.id)
        db.session.commit()
    return here(organisation_id)


@blueprint.post(f"{ORGANISATION}/assign")
def assign(organisation_id: int) -> Answer:
    case = fetch(organisation_id)
    form = assignment(case)
    if not form.validate_on_submit():
        abort(400)
    cases.assign(db.session, case, chosen(form), current_user.id)
    db.session.commit()
    return here(organisation_id)
