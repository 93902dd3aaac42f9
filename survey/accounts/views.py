"""Log-in and log-out, the first set-up, and the one-time links that lead to a password."""

from __future__ import annotations

import sqlalchemy as sa
from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask_babel import LazyString, gettext, lazy_gettext, ngettext, refresh
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response

from survey import audit, web
from survey.accounts import devices, links, passwords, sessions, throttle, users
from survey.accounts.forms import LoginForm, NewPasswordForm, SetUpForm, typed
from survey.accounts.models import Language, Purpose, Role, User
from survey.db import db

blueprint = Blueprint("accounts", __name__)

NOT_FOUND, UNPROCESSABLE, TOO_MANY = 404, 422, 429


@blueprint.errorhandler(passwords.TooBusy)
def too_busy(_error: passwords.TooBusy) -> Response:
    return web.error_page(ServiceUnavailable())


@blueprint.get("/")
def home() -> str | Response:
    if current_user.is_authenticated:
        return render_template("accounts/home.html")
    if users.nobody_yet(db.session):
        return render_template("accounts/prepare.html")
    return redirect(url_for("accounts.login"))


@blueprint.post("/language")
def language() -> Response:
    """Keep the language: with the user, or with the browser of a stranger."""
    chosen = request.form.get("language")
    if chosen not in web.LANGUAGES:
        abort(400)
    if current_user.is_authenticated:
        user = db.session.get_one(User, current_user.id)
        user.language = Language(chosen)
    else:
        cookie["language"] = chosen
    db.session.commit()
    return redirect(onward(request.form.get("next")), 303)


def address_of(endpoint: str, token: str) -> str:
    """The whole address of a one-time link: of BASE_URL, whatever name this request came by."""
    path = current_app.url_map.bind("").build(endpoint, {"token": token})
    return str(current_app.config["BASE_URL"]).rstrip("/") + path


def onward(target: str | None) -> str:
    return web.local_path(target) or url_for("accounts.home")


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> str | Response:
    """Open a session. A script that asks for JSON gets the user and the CSRF token of the new session."""
    form = LoginForm(next=request.args.get("next"))
    if request.method != "POST":
        if current_user.is_authenticated or users.nobody_yet(db.session):
            return redirect(onward(request.args.get("next")))
        return render_template("accounts/login.html", form=form)
    if not form.validate():
        return not_in(form, gettext("Écrivez votre courriel et votre mot de passe."), UNPROCESSABLE)
    attempt = devices.attempt_at(typed(form.email))
    seconds = throttle.wait(db.session, attempt)
    db.session.commit()
    if seconds:
        return slow_down(form, seconds)
    user_id = recognise(typed(form.email), typed(form.password))
    if user_id is None:
        return not_in(form, gettext("Le courriel ou le mot de passe ne convient pas."), UNPROCESSABLE)
    throttle.forgive(db.session, attempt)
    devices.remember(typed(form.email))
    sessions.begin(user_id)
    audit.record(db.session, audit.Action.USER_LOG_IN, user_id=user_id)
    db.session.commit()
    if web.wants_json():
        return jsonify(user_id=user_id, name=current_user.name, csrf_token=generate_csrf())
    return redirect(onward(form.next.data or first_page()), 303)


def first_page() -> str | None:
    """Where a day of work begins: for an interviewer, with what is to be done."""
    return url_for("queue.show") if current_user.role is Role.INTERVIEWER else None


def recognise(email: str, password: str) -> int | None:
    """The id of the user whose password this is. Nobody, inactive or wrong: the same work, the same answer, None.

    No transaction is open, and no save of a colleague waits, while the password is worked on. Then the row is locked
    and read again: a password that was changed, or an account that was closed meanwhile, lets nobody in.
    """
    user = db.session.execute(
        sa.select(User.id, User.password_hash, User.active).where(User.email == email)
    ).one_or_none()
    db.session.rollback()
    kept = user.password_hash if user and user.active else None
    right = passwords.verify(kept, password)
    if user is None or kept is None or not right or not still(user.id, kept):
        audit.record(db.session, audit.Action.USER_FAIL_LOG_IN, about=("user", user.id) if user else None)
        db.session.commit()
        return None
    if passwords.needs_rehash(kept):
        anew = passwords.make_hash(password)
        db.session.execute(
            sa.update(User).where(User.id == user.id, User.password_hash == kept).values(password_hash=anew)
        )
    return int(user.id)


def still(user_id: int, kept: str) -> bool:
    """Whether a user is active and has this password still; so it stays until the transaction ends."""
    unchanged = sa.select(User.id).where(User.id == user_id, User.password_hash == kept, User.active)
    return db.session.scalar(unchanged.with_for_update()) is not None


def not_in(form: LoginForm, sentence: str, status: int) -> Response:
    """The log-in again, with what went wrong; the e-mail stays, the password never comes back."""
    if web.wants_json():
        response = jsonify(error=sentence)
    else:
        response = make_response(render_template("accounts/login.html", form=form, sentence=sentence))
    response.status_code = status
    return response


def too_many(seconds: int) -> str:
    """The sentence for somebody who tried too often, in whole minutes."""
    return str(
        ngettext(
            "Trop d’essais depuis ici. Réessayez dans %(num)d minute.",
            "Trop d’essais depuis ici. Réessayez dans %(num)d minutes.",
            -(-seconds // 60),
        )
    )


def slow_down(form: LoginForm, seconds: int) -> Response:
    response = not_in(form, too_many(seconds), TOO_MANY)
    response.headers["Retry-After"] = str(seconds)
    return response


@blueprint.post("/logout")
def logout() -> Response:
    audit.record(db.session, audit.Action.USER_LOG_OUT, user_id=current_user.id)
    sessions.end(current_user.token)
    db.session.commit()
    flash(gettext("Votre session est fermée."), "good")
    return redirect(url_for("accounts.login"), 303)


@blueprint.get("/session")
def session_left() -> Response:
    """Whose session this is, for a page that asks by itself; `sessions.LEFT` says until when."""
    return jsonify(user_id=current_user.id, csrf_token=generate_csrf())


@blueprint.post("/session")
def stay() -> Response:
    """Somebody is at the keyboard: the session goes on, as with any other request of theirs."""
    return session_left()


@blueprint.get("/forgotten")
def forgotten() -> str:
    return render_template("accounts/forgotten.html")


@blueprint.route("/setup/<token>", methods=["GET", "POST"])
def setup(token: str) -> str | Response | tuple[str, int]:
    """The first administrator gives a name, an e-mail and a password; the link works while there is nobody."""
    if not may_set_up(token):
        return link_is_dead()
    form = SetUpForm(language=web.language())
    if not form.validate_on_submit():
        page = render_template("accounts/setup.html", form=form, token=token)
        return (page, UNPROCESSABLE) if form.errors else page
    db.session.rollback()
    password_hash = passwords.make_hash(typed(form.password))
    link = links.find(db.session, token)
    if link is None or not links.redeem(db.session, link) or not users.nobody_yet(db.session):
        db.session.rollback()
        return link_is_dead()
    user = users.add(db.session, typed(form.email), typed(form.name), Role.ADMINISTRATOR, form.language.data)
    return welcome(user, password_hash, lazy_gettext("L’installation est prête. Invitez maintenant votre équipe."))


def may_set_up(token: str) -> bool:
    link = links.find(db.session, token)
    return link is not None and link.purpose is Purpose.SETUP and users.nobody_yet(db.session)


@blueprint.route("/link/<token>", methods=["GET", "POST"])
def choose_password(token: str) -> str | Response | tuple[str, int]:
    """Whoever holds an invitation or a reset chooses the password of its user."""
    link = links.find(db.session, token)
    if link is None or link.user is None:
        return link_is_dead()
    if not current_user.is_authenticated and "language" not in cookie and "lang" not in request.args:
        g.language = link.user.language.value
    form = NewPasswordForm(link.user.name, link.user.email)
    if not form.validate_on_submit():
        page = render_template("accounts/choose_password.html", form=form, token=token, link=link)
        return (page, UNPROCESSABLE) if form.errors else page
    db.session.rollback()
    password_hash = passwords.make_hash(typed(form.password))
    link = links.find(db.session, token)
    if link is None or link.user is None or not links.redeem(db.session, link):
        db.session.rollback()
        return link_is_dead()
    return welcome(link.user, password_hash, lazy_gettext("Votre mot de passe est enregistré."))


def welcome(user: User, password_hash: str, sentence: LazyString) -> Response:
    """Keep the password that was just chosen, open a session, and say so in the language that its pages will have."""
    users.set_password(db.session, user, password_hash)
    sessions.begin(user.id)
    audit.record(db.session, audit.Action.USER_LOG_IN, user_id=user.id)
    db.session.commit()
    g.language = user.language.value
    refresh()
    flash(str(sentence), "good")
    return redirect(url_for("accounts.home"), 303)


def link_is_dead() -> tuple[str, int]:
    return render_template("accounts/dead_link.html"), NOT_FOUND
