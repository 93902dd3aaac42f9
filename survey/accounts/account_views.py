"""One's own account, and for the administration everybody's."""

from __future__ import annotations

import re

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import Field

from survey import web
from survey.accounts import devices, passwords, sessions, throttle, users
from survey.accounts.forms import REFUSALS, ChangePasswordForm, InviteForm, typed
from survey.accounts.links import digest
from survey.accounts.models import LoginSession, Role, User
from survey.accounts.views import UNPROCESSABLE, address_of, blueprint, recognise, too_many
from survey.db import db

DIGEST = re.compile("[0-9a-f]{64}")


@blueprint.get("/account")
def account() -> str:
    return account_page(ChangePasswordForm(current_user.name, current_user.email))


def account_page(form: ChangePasswordForm) -> str:
    mine = sa.select(LoginSession).where(LoginSession.user_id == current_user.id).order_by(LoginSession.seen_at.desc())
    return render_template(
        "accounts/account.html",
        form=form,
        sessions=db.session.scalars(mine).all(),
        this=digest(current_user.token),
    )


def own_password(field: Field) -> bool:
    """Whether a field holds the user's password; else it says why not, or how long to wait. The caller commits."""
    attempt = devices.attempt_at(current_user.email)
    seconds = throttle.wait(db.session, attempt)
    db.session.commit()
    if seconds:
        field.errors = [too_many(seconds)]
    elif recognise(current_user.email, typed(field)) != current_user.id:
        field.errors = [gettext("Ce n’est pas votre mot de passe actuel.")]
    else:
        throttle.forgive(db.session, attempt)
        return True
    return False


@blueprint.post("/account/password")
def change_password() -> str | Response | tuple[str, int]:
    """The current password, then the new one twice; every other session of the user ends."""
    form = ChangePasswordForm(current_user.name, current_user.email)
    if form.validate():
        password_hash = passwords.make_hash(typed(form.password))  # before the lock that `recognise` takes
        if own_password(form.current):
            user = db.session.get_one(User, current_user.id)
            users.set_password(db.session, user, password_hash, but=digest(current_user.token))
            db.session.commit()
            flash(gettext("Votre mot de passe est changé ; vos autres sessions sont fermées."), "good")
            return redirect(url_for("accounts.account"), 303)
    return account_page(form), UNPROCESSABLE


@blueprint.post("/account/sessions/end")
def end_session() -> Response:
    """Close one of one's own sessions, named by its hash, or all but this one when none is named."""
    this, chosen = digest(current_user.token), request.form.get("session")
    if chosen and not DIGEST.fullmatch(chosen):
        abort(400)
    if chosen == this:
        sessions.end(current_user.token)
    elif chosen:
        one = sa.delete(LoginSession).where(LoginSession.token_hash == chosen, LoginSession.user_id == current_user.id)
        db.session.execute(one)
    else:
        users.end_sessions(db.session, current_user.id, but=this)
    db.session.commit()
    return redirect(url_for("accounts.account"), 303)


@blueprint.get("/users", endpoint="users")
def everybody() -> str:
    return users_page(InviteForm(web.language(), language=web.language()))


def users_page(form: InviteForm) -> str:
    people = db.session.scalars(sa.select(User).order_by(User.active.desc(), User.name, User.id)).all()
    return render_template("accounts/users.html", form=form, people=people, roles=list(Role))


@blueprint.post("/users/invite")
def invite() -> str | tuple[str, int]:
    """A new user, and the link to hand over: shown this once, since the database does not know it."""
    form = InviteForm(web.language())
    if form.validate():
        try:
            user = users.add(
                db.session, typed(form.email), typed(form.name), form.role.data, form.language.data, by=current_user.id
            )
        except users.Refused as refused:
            form.email.errors = [str(REFUSALS[refused.refusal])]
        else:
            return hand_over(user)
    return users_page(form), UNPROCESSABLE


def hand_over(user: User) -> str:
    """Issue a link and show it, in the answer itself: no address, cookie or log ever holds it."""
    token = users.issue_link(db.session, user, by=current_user.id)
    db.session.commit()
    return render_template("accounts/hand_over.html", user=user, url=address_of("accounts.choose_password", token))


@blueprint.post("/users/<int:user_id>/link")
def new_link(user_id: int) -> str | Response:
    try:
        return hand_over(the_user(user_id))
    except users.Refused as refused:
        return refuse(refused)


@blueprint.post("/users/<int:user_id>/role")
def change_role(user_id: int) -> Response:
    user = the_user(user_id)
    if (code := request.form.get("role")) not in list(Role):
        abort(400)
    try:
        users.change_role(db.session, user, Role(code), by=current_user.id)  # type: ignore[call-arg]
    except users.Refused as refused:
        return refuse(refused)
    flash(gettext("%(name)s a maintenant un autre rôle ; ses sessions sont fermées.", name=user.name), "good")
    db.session.commit()
    return redirect(url_for("accounts.users"), 303)


@blueprint.post("/users/<int:user_id>/deactivate")
def deactivate(user_id: int) -> Response:
    user = the_user(user_id)
    try:
        users.deactivate(db.session, user, by=current_user.id)
    except users.Refused as refused:
        return refuse(refused)
    flash(gettext("Le compte de %(name)s est désactivé ; ses sessions sont fermées.", name=user.name), "good")
    db.session.commit()
    return redirect(url_for("accounts.users"), 303)


@blueprint.post("/users/<int:user_id>/reactivate")
def reactivate(user_id: int) -> Response:
    user = the_user(user_id)
    users.reactivate(db.session, user, by=current_user.id)
    flash(gettext("Le compte de %(name)s est réactivé.", name=user.name), "good")
    db.session.commit()
    return redirect(url_for("accounts.users"), 303)


def the_user(user_id: int) -> User:
    return db.session.get(User, user_id) or abort(404)


def refuse(refused: users.Refused) -> Response:
    db.session.rollback()
    flash(str(REFUSALS[refused.refusal]), "bad")
    return redirect(url_for("accounts.users"), 303)
