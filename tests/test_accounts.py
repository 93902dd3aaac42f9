"""Log-in, log-out, sessions: who is who, and until when."""

import datetime as dt
import functools

import pytest
import sqlalchemy as sa

from survey.accounts import links, passwords, sessions, throttle
from survey.accounts.models import Language, LoginFailure, LoginSession, Role, User
from survey.audit import AuditEntry
from survey.db import db, now

PASSWORD = "tiroir girafe vélo onze"


@functools.cache
def kept():
    return passwords.make_hash(PASSWORD)


@pytest.fixture
def with_password(session):
    """Gives a colleague PASSWORD, and returns the e-mail."""

    def give(colleague, password_hash=None):
        user = session.get_one(User, colleague.id)
        user.password_hash = password_hash or kept()
        session.commit()
        return user.email

    return give


def log_in(client, email, password=PASSWORD, **kwargs):
    return client.post("/login", data={"email": email, "password": password}, **kwargs)


def is_in(client):
    return client.get("/account").status_code == 200


def actions(session):
    return list(session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


def test_roxane_logs_in_and_out(roxane, with_password, stranger, session):
    email = with_password(roxane)
    answer = log_in(stranger, f"  {email.upper()} ")
    assert (answer.status_code, answer.location) == (303, "/queue")
    assert is_in(stranger)
    answer = stranger.post("/logout")
    assert (answer.status_code, answer.location) == (303, "/login")
    assert not is_in(stranger)
    assert actions(session) == ["user.log_in", "user.log_out"]


def test_after_log_out_the_old_cookie_opens_nothing(roxane, with_password, stranger, app):
    log_in(stranger, with_password(roxane))
    stolen = stranger.get_cookie("recension").value
    stranger.post("/logout")
    thief = app.test_client()
    thief.set_cookie("recension", stolen)
    assert not is_in(thief)


def test_a_log_in_begins_a_session_under_a_new_token_and_ends_the_one_before(roxane, with_password, session):
    email = with_password(roxane)
    before = set(session.scalars(sa.select(LoginSession.token_hash)))
    with roxane.client.session_transaction() as cookie:
        cookie["csrf_token"] = "planted"
    log_in(roxane.client, email)
    after = set(session.scalars(sa.select(LoginSession.token_hash)))
    assert len(after) == 1
    assert not before & after
    with roxane.client.session_transaction() as cookie:
        assert cookie.get("csrf_token") != "planted"


def test_an_unknown_e_mail_a_wrong_password_and_a_closed_account_get_one_answer(
    roxane, malik, colette, with_password, stranger, session
):
    wrong, closed = with_password(roxane), with_password(malik)
    session.get_one(User, malik.id).active = False
    invited = session.get_one(User, colette.id).email
    answers = [
        log_in(stranger, "personne@exemple.test"),
        log_in(stranger, wrong, "girafe tiroir vélo onze"),
        log_in(stranger, closed),
        log_in(stranger, invited),
        log_in(stranger, "nul\x00@exemple.test"),
    ]
    assert {answer.status_code for answer in answers} == {422}
    sentences = ["Le courriel ou le mot de passe ne convient pas." in answer.text for answer in answers]
    assert all(sentences)
    assert not is_in(stranger)
    assert actions(session) == ["user.fail_log_in"] * 5


def test_every_refusal_does_the_work_of_a_password_check(roxane, with_password, stranger, monkeypatch):
    done = []
    verify = passwords.verify
    monkeypatch.setattr(passwords, "verify", lambda *args: done.append(args[0]) or verify(*args))
    log_in(stranger, with_password(roxane), "girafe tiroir vélo onze")
    log_in(stranger, "personne@exemple.test")
    assert done == [kept(), None]


def test_a_failed_log_in_leaves_neither_the_e_mail_nor_the_address_in_clear(roxane, with_password, stranger, session):
    email = with_password(roxane)
    log_in(stranger, email, "girafe tiroir vélo onze", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    log_in(stranger, "personne@exemple.test", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    written = [str(vars(row)) for table in (AuditEntry, LoginFailure) for row in session.scalars(sa.select(table))]
    assert len(written) == 4
    assert not [row for row in written if "exemple.test" in row or "203.0.113" in row]


def test_the_e_mail_typed_stays_and_the_password_never_comes_back(stranger):
    answer = log_in(stranger, "personne@exemple.test", "girafe tiroir vélo onze")
    assert 'value="personne@exemple.test"' in answer.text
    assert "girafe" not in answer.text


def test_a_guesser_is_slowed_and_the_owner_at_another_address_is_not(roxane, with_password, stranger, app, session):
    email = with_password(roxane)
    attempt = throttle.Attempt.of(app.config["SECRET_KEY"], "203.0.113.9", email)
    for _ in range(throttle.PER_EMAIL):
        assert throttle.wait(session, attempt) == 0
    answer = log_in(stranger, email, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert answer.status_code == 429
    assert 800 < int(answer.headers["Retry-After"]) <= 901
    assert "Trop d’essais depuis ici. Réessayez dans 15 minutes." in answer.text
    assert f'value="{email}"' in answer.text
    assert log_in(stranger, email, environ_base={"REMOTE_ADDR": "198.51.100.4"}).status_code == 303


def test_an_address_that_tries_every_e_mail_is_slowed(stranger, app, session):
    for n in range(throttle.PER_ADDRESS):
        attempt = throttle.Attempt.of(app.config["SECRET_KEY"], f"2001:db8::{n:x}", f"{n}@exemple.test")
        assert throttle.wait(session, attempt) == 0
    session.commit()
    answer = log_in(stranger, "a@exemple.test", environ_base={"REMOTE_ADDR": "2001:db8::ffff"})
    assert answer.status_code == 429
    assert log_in(stranger, "a@exemple.test", environ_base={"REMOTE_ADDR": "2001:db8:1::1"}).status_code == 422


def test_who_logged_in_lately_is_not_locked_out_by_who_guesses_at_the_same_address(
    roxane, malik, with_password, stranger, app, session
):
    email = with_password(roxane)
    log_in(stranger, email)
    device = stranger.get_cookie("recension_device")
    assert device.http_only
    assert device.same_site == "Lax"
    for n in range(throttle.PER_ADDRESS):
        tried = email if n < throttle.PER_EMAIL else f"{n}@exemple.test"
        throttle.wait(session, throttle.Attempt.of(app.config["SECRET_KEY"], "127.0.0.1", tried))
    session.commit()
    assert log_in(app.test_client(), email).status_code == 429
    assert log_in(stranger, email).status_code == 303
    assert log_in(stranger, with_password(malik)).status_code == 429, "the browser is Roxane’s, not Malik’s"
    for _ in range(throttle.PER_EMAIL):
        assert log_in(stranger, email, "girafe tiroir vélo onze").status_code == 422
    assert log_in(stranger, email).status_code == 429, "a stolen cookie guesses no more than an address does"
    stranger.set_cookie("recension_device", "x" + device.value)
    assert log_in(stranger, email).status_code == 429


def test_failures_are_forgotten_a_quarter_of_an_hour_later_or_by_the_right_password(
    roxane, with_password, stranger, session
):
    email = with_password(roxane)
    log_in(stranger, email, "girafe tiroir vélo onze")
    session.execute(sa.update(LoginFailure).values(at=now() - throttle.WINDOW))
    log_in(stranger, "personne@exemple.test")
    assert session.scalar(sa.select(sa.func.count()).select_from(LoginFailure)) == 1
    log_in(stranger, email, "girafe tiroir vélo onze")
    log_in(stranger, email)
    assert session.scalar(sa.select(sa.func.count()).select_from(LoginFailure)) == 1


def test_a_password_changed_while_checked_opens_nothing(roxane, with_password, stranger, session, app, monkeypatch):
    email, verify, other = with_password(roxane), passwords.verify, passwords.make_hash("girafe tiroir vélo onze")

    def changed(**values):
        def meanwhile(kept, password):
            right = verify(kept, password)
            with app.extensions["db"]["engine"].begin() as colleague:
                colleague.execute(sa.update(User).where(User.id == roxane.id).values(**values))
            return right

        return meanwhile

    for values in ({"password_hash": other}, {"active": False}):
        with_password(roxane)
        monkeypatch.setattr(passwords, "verify", changed(**values))
        assert log_in(stranger, email).status_code == 422
        assert not is_in(stranger)
    session.execute(sa.update(User).values(active=True))
    with_password(roxane)
    monkeypatch.setattr(passwords, "verify", changed(password_hash=other))
    typed = {"current": PASSWORD, "password": "onze vélos et une girafe", "again": "onze vélos et une girafe"}
    assert roxane.post("/account/password", typed).status_code == 422
    assert session.get_one(User, roxane.id).password_hash == other


def test_a_password_kept_with_weaker_settings_is_kept_anew_at_log_in(roxane, with_password, stranger, session):
    from argon2 import PasswordHasher

    email = with_password(roxane, PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD))
    assert log_in(stranger, email).status_code == 303
    now_kept = session.get_one(User, roxane.id).password_hash
    assert not passwords.needs_rehash(now_kept)
    assert passwords.verify(now_kept, PASSWORD)


ELSEWHERE = [
    "https://ailleurs.test/",
    "//ailleurs.test",
    "/\\ailleurs.test",
    "\\\\ailleurs.test",
    "/\t/ailleurs.test",
    "/\t\\ailleurs.test",
    "\t//ailleurs.test",
    " //ailleurs.test",
    "javascript:alert(1)",
    "ailleurs.test",
    "http:ailleurs.test",
    "",
]


def test_no_redirection_leaves_the_site(roxane, with_password, stranger):
    for target in ELSEWHERE:
        assert roxane.get("/login", query_string={"next": target}).location == "/", target
        assert stranger.post("/language", data={"language": "en", "next": target}).location == "/", target
    data = {"email": with_password(roxane), "password": PASSWORD, "next": "//ailleurs.test"}
    assert stranger.post("/login", data=data).location == "/queue"


def test_after_the_log_in_one_comes_back_to_the_page_asked_for(roxane, with_password, stranger):
    answer = stranger.get("/account?page=2&lang=fr")
    assert (answer.status_code, answer.location) == (302, "/login?next=/account?page%3D2")
    page = stranger.get(answer.location)
    assert 'value="/account?page=2"' in page.text
    answer = stranger.post(
        "/login", data={"email": with_password(roxane), "password": PASSWORD, "next": "/account?page=2"}
    )
    assert answer.location == "/account?page=2"


def test_a_script_without_a_session_gets_a_401_and_what_a_log_in_needs(roxane, with_password, stranger, app):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        json = {"Accept": "application/json"}
        answer = stranger.post("/account/password", json={"a": 1})
        assert answer.status_code == 401
        assert "session" in answer.json["error"]
        token = answer.json["csrf_token"]
        data = {"email": with_password(roxane), "password": "girafe tiroir vélo onze", "csrf_token": token}
        refused = stranger.post("/login", data=data, headers=json)
        assert refused.status_code == 422
        assert refused.json == {"error": "Le courriel ou le mot de passe ne convient pas."}
        answer = stranger.post("/login", data={**data, "password": PASSWORD}, headers=json)
        assert answer.status_code == 200
        assert (answer.json["user_id"], answer.json["name"]) == (roxane.id, "Roxane")
        fresh = {"csrf_token": answer.json["csrf_token"], "language": "en"}
        assert stranger.post("/language", data=fresh).status_code == 303
        assert stranger.post("/language", data={**fresh, "csrf_token": token}).status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_a_session_ends_when_it_is_idle_or_old(roxane, malik, session, app):
    idle = dt.timedelta(minutes=app.config["SESSION_IDLE_MINUTES"] + 1)
    old = dt.timedelta(hours=app.config["SESSION_HOURS"], minutes=1)
    for colleague, when in ((roxane, {"seen_at": now() - idle}), (malik, {"created_at": now() - old})):
        session.execute(sa.update(LoginSession).where(LoginSession.user_id == colleague.id).values(**when))
    session.commit()
    assert not is_in(roxane.client)
    assert not is_in(malik.client)


def test_use_is_noted_once_a_minute_at_most(roxane, session):
    when = sa.select(LoginSession.seen_at).where(LoginSession.user_id == roxane.id)
    earlier = now() - dt.timedelta(minutes=2)
    session.execute(sa.update(LoginSession).values(seen_at=earlier))
    assert is_in(roxane.client)
    noted = session.scalar(when)
    assert noted > earlier
    assert is_in(roxane.client)
    assert session.scalar(when) == noted
    session.execute(sa.update(LoginSession).values(seen_at=earlier))
    roxane.post("/account/password")  # refused, nothing committed: the use is noted all the same
    assert session.scalar(when) > earlier


def test_a_colleague_saves_while_somebody_is_recognised(app, roxane, malik):
    with roxane.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    with app.test_request_context("/account/password", method="POST"):
        assert sessions.load(token).id == roxane.id
        with db.writing() as connection:
            connection.execute(sa.update(User).where(User.id == malik.id).values(name="Malik A."))


def test_a_log_in_sweeps_away_sessions_too_old_to_be_used(roxane, malik, with_password, stranger, session):
    session.execute(
        sa.update(LoginSession).where(LoginSession.user_id == malik.id).values(created_at=now() - dt.timedelta(days=2))
    )
    log_in(stranger, with_password(roxane))
    assert set(session.scalars(sa.select(LoginSession.user_id))) == {roxane.id}


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(roxane, with_password, stranger, app):
    email = with_password(roxane)
    cookie, device = sorted(log_in(stranger, email).headers.getlist("Set-Cookie"))
    for one in (cookie, device):
        assert "HttpOnly" in one
        assert "SameSite=Lax" in one
        assert "Secure" not in one
    assert ("Expires" in device, "Expires" in cookie) == (True, False)
    app.config["SESSION_COOKIE_SECURE"] = True
    try:
        assert all("Secure" in one for one in log_in(stranger, email).headers.getlist("Set-Cookie"))
    finally:
        app.config["SESSION_COOKIE_SECURE"] = False


def test_roxane_changes_her_password_and_her_other_sessions_end(roxane, with_password, stranger, session):
    email = with_password(roxane)
    log_in(stranger, email)
    fresh = "quatre canards boivent du thé"
    answer = roxane.post("/account/password", {"current": PASSWORD, "password": fresh, "again": fresh})
    assert answer.location == "/account"
    assert is_in(roxane.client)
    assert not is_in(stranger)
    assert log_in(stranger, email).status_code == 422
    assert log_in(stranger, email, fresh).status_code == 303
    assert "password.set" in actions(session)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"current": "girafe tiroir vélo onze"}, "Ce n’est pas votre mot de passe actuel."),
        ({"again": "autre chose encore"}, "Les deux mots de passe ne sont pas les mêmes."),
        ({"password": "court", "again": "court"}, "Choisissez au moins 12 caractères."),
        ({"password": "roxane@exemple.test", "again": "roxane@exemple.test"}, "tient surtout à votre nom"),
        ({"current": ""}, "Ce champ est obligatoire."),
    ],
)
def test_a_change_of_password_that_cannot_be_says_why_at_its_field(roxane, with_password, session, typed, sentence):
    with_password(roxane)
    fresh = "quatre canards boivent du thé"
    answer = roxane.post("/account/password", {"current": PASSWORD, "password": fresh, "again": fresh, **typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert session.get_one(User, roxane.id).password_hash == kept()


def test_an_open_session_does_not_let_its_password_be_guessed(roxane, with_password, session, app):
    attempt = throttle.Attempt.of(app.config["SECRET_KEY"], "127.0.0.1", with_password(roxane))
    fresh = "quatre canards boivent du thé"
    for _ in range(throttle.PER_EMAIL):
        throttle.wait(session, attempt)
    answer = roxane.post("/account/password", {"current": PASSWORD, "password": fresh, "again": fresh})
    assert "Trop d’essais depuis ici." in answer.text
    assert session.get_one(User, roxane.id).password_hash == kept()


def test_roxane_sees_her_sessions_and_closes_those_she_wants(roxane, malik, with_password, stranger, session, app):
    email = with_password(roxane)
    log_in(stranger, email)
    third = app.test_client()
    log_in(third, email)
    page = roxane.get("/account").text
    assert page.count('name="session"') == 3
    assert page.count("celle-ci") == 1
    other = session.scalar(sa.select(LoginSession.token_hash).where(LoginSession.user_id == malik.id))
    roxane.post("/account/sessions/end", {"session": other})
    assert is_in(malik.client)
    with stranger.session_transaction() as cookie:
        theirs = links.digest(cookie["_user_id"])
    assert roxane.post("/account/sessions/end", {"session": "\x00"}).status_code == 400
    roxane.post("/account/sessions/end", {"session": theirs})
    assert (is_in(roxane.client), is_in(stranger), is_in(third)) == (True, False, True)
    roxane.post("/account/sessions/end")
    assert (is_in(roxane.client), is_in(third)) == (True, False)
    with roxane.client.session_transaction() as cookie:
        hers = links.digest(cookie["_user_id"])
    roxane.post("/account/sessions/end", {"session": hers})
    assert not is_in(roxane.client)


def test_the_language_is_kept_with_the_user_and_by_a_form_alone(roxane, session, app):
    assert '<html lang="fr"' in roxane.get("/").text
    assert '<html lang="en"' in roxane.get("/?lang=en").text
    assert '<html lang="fr"' in roxane.get("/").text
    answer = roxane.post("/language", {"language": "en", "next": "/account"})
    assert (answer.status_code, answer.location) == (303, "/account")
    assert session.get_one(User, roxane.id).language is Language.ENGLISH
    assert '<html lang="en"' in roxane.get("/account").text
    assert roxane.post("/language", {"language": "xx"}).status_code == 400
    assert roxane.post("/language").status_code == 400


def test_a_stranger_keeps_a_language_too_until_the_log_in(anh, with_password, stranger):
    email = with_password(anh)
    stranger.post("/language", data={"language": "fr"})
    assert '<html lang="fr"' in stranger.get("/login", headers={"Accept-Language": "en"}).text
    log_in(stranger, email)
    assert '<html lang="en"' in stranger.get("/account").text


def test_every_page_offers_the_other_language_and_comes_back_to_itself(roxane):
    assert 'name="next" value="/account?a=1"' in roxane.get("/account?a=1&lang=en").text
    assert 'name="next" value="/"' in roxane.post("/account/password").text
    assert 'name="next" value="/"' in roxane.get("/nulle-part").text


def test_a_role_changed_closes_the_sessions_opened_under_it(odile, roxane, session):
    assert odile.post(f"/users/{roxane.id}/role", {"role": "coder"}).location == "/users"
    assert session.get_one(User, roxane.id).role is Role.CODER
    assert not is_in(roxane.client)
    detail = session.scalar(sa.select(AuditEntry.detail).where(AuditEntry.action == "user.change_role"))
    assert detail == "interviewer → coder"


def test_the_same_role_again_closes_nothing(odile, roxane):
    odile.post(f"/users/{roxane.id}/role", {"role": "interviewer"})
    assert is_in(roxane.client)


def test_a_role_that_does_not_exist_is_refused(odile, roxane):
    assert odile.post(f"/users/{roxane.id}/role", {"role": "emperor"}).status_code == 400
    assert odile.post(f"/users/{roxane.id}/role").status_code == 400
    assert odile.post("/users/99999/role", {"role": "coder"}).status_code == 404


def test_an_account_closed_and_opened_again(odile, roxane, with_password, stranger, session):
    email = with_password(roxane)
    odile.post(f"/users/{roxane.id}/deactivate")
    assert not is_in(roxane.client)
    assert log_in(stranger, email).status_code == 422
    odile.post(f"/users/{roxane.id}/reactivate")
    assert not is_in(roxane.client)
    assert log_in(stranger, email).status_code == 303
    assert {"user.deactivate", "user.reactivate"} <= set(actions(session))


def test_reactivating_who_never_left_and_closing_twice_change_nothing(odile, roxane, malik, session):
    odile.post(f"/users/{roxane.id}/reactivate")
    odile.post(f"/users/{odile.id}/reactivate")
    assert is_in(roxane.client)
    assert is_in(odile.client)
    for _ in range(2):
        odile.post(f"/users/{malik.id}/deactivate")
    assert actions(session) == ["user.deactivate"]


def test_a_session_of_somebody_who_is_not_active_opens_nothing(roxane, session):
    session.get_one(User, roxane.id).active = False
    assert not is_in(roxane.client)


def test_the_last_administrator_stays_one(odile, session):
    page = odile.post(f"/users/{odile.id}/role", {"role": "coder"})
    assert "dernier compte d’administration" in odile.get(page.location).text
    page = odile.post(f"/users/{odile.id}/deactivate")
    assert "votre propre compte" in odile.get(page.location).text
    user = session.get_one(User, odile.id)
    assert (user.role, user.active) == (Role.ADMINISTRATOR, True)


def test_a_second_administrator_lets_the_first_go(odile, roxane, session):
    odile.post(f"/users/{roxane.id}/role", {"role": "administrator"})
    odile.post(f"/users/{odile.id}/role", {"role": "analyst"})
    assert session.get_one(User, odile.id).role is Role.ANALYST
    assert not is_in(odile.client)


def test_an_inactive_administrator_does_not_count(odile, roxane, session):
    odile.post(f"/users/{roxane.id}/role", {"role": "administrator"})
    odile.post(f"/users/{roxane.id}/deactivate")
    odile.post(f"/users/{odile.id}/role", {"role": "analyst"})
    assert session.get_one(User, odile.id).role is Role.ADMINISTRATOR
