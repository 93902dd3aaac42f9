"""The first set-up, invitations and resets: links that serve once; and the command that makes accounts."""

import re

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.accounts import links, passwords
from survey.accounts.commands import setup_link, user
from survey.accounts.models import Language, OneTimeLink, Purpose, Role, User
from survey.audit import AuditEntry
from survey.db import now

PASSWORD = "tiroir girafe vélo onze"
CHOSEN = {"password": PASSWORD, "again": PASSWORD}
FIRST = {"name": "Odile  Tremblay", "email": "Odile@Exemple.test", "language": "en", **CHOSEN}


def is_in(client):
    return client.get("/account").status_code == 200


def path_of(link):
    assert link.startswith("http://127.0.0.1:8000/")
    return link.removeprefix("http://127.0.0.1:8000")


def link_in(page):
    return path_of(re.search(r'value="(http[^"]+)"', page.text)[1])


def users(session):
    return session.scalars(sa.select(User)).all()


def test_an_empty_installation_says_how_it_is_prepared(stranger):
    assert "Préparez votre installation" in stranger.get("/").text
    assert stranger.get("/login").location == "/"


def test_the_link_of_the_terminal_makes_the_first_administrator(stranger, app, session):
    path = path_of(setup_link(app))
    assert "Créer le compte" in stranger.get(path).text
    assert stranger.post(path, data=FIRST).location == "/"
    assert is_in(stranger)
    (odile,) = users(session)
    assert (odile.name, odile.email, odile.role) == ("Odile Tremblay", "odile@exemple.test", Role.ADMINISTRATOR)
    assert odile.language is Language.ENGLISH
    assert passwords.verify(odile.password_hash, PASSWORD)
    assert stranger.get("/users").status_code == 200
    assert stranger.get(path).status_code == stranger.post(path, data=FIRST).status_code == 404
    assert setup_link(app) is None
    assert len(users(session)) == 1


def test_a_set_up_link_is_worth_nothing_once_there_is_a_user(stranger, app, request, session):
    path = path_of(setup_link(app))
    request.getfixturevalue("roxane")
    assert stranger.get(path).status_code == stranger.post(path, data=FIRST).status_code == 404
    assert len(users(session)) == 1


def test_only_the_newest_set_up_link_works_and_only_for_a_set_up(stranger, app):
    old, new = path_of(setup_link(app)), path_of(setup_link(app))
    assert stranger.get(old).status_code == 404
    assert stranger.get(new).status_code == 200
    assert stranger.get(new.replace("/setup/", "/link/")).status_code == 404


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": "odile"}, "Écrivez une adresse de courriel comme"),
        ({"email": "odile@"}, "Écrivez une adresse de courriel comme"),
        ({"email": "odile\x00 @exemple.test"}, "Écrivez une adresse de courriel comme"),
        ({"name": " \u2028 "}, "Écrivez le nom de la personne."),
        ({"again": "autre chose encore"}, "ne sont pas les mêmes"),
        ({"password": "odile tremblay!", "again": "odile tremblay!"}, "tient surtout à votre nom"),
        ({"language": "de"}, "Il reste quelque chose à corriger"),
    ],
)
def test_a_set_up_that_cannot_be_says_why_and_loses_nothing(stranger, app, session, typed, sentence):
    path = path_of(setup_link(app))
    answer = stranger.post(path, data={**FIRST, **typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "girafe" not in answer.text
    assert not users(session)
    assert stranger.post(path, data=FIRST).status_code == 303


def test_odile_invites_malika_who_chooses_her_password(odile, stranger, session):
    data = {"name": "Malika", "email": "Malika@exemple.test", "role": "coder", "language": "en"}
    path = link_in(odile.post("/users/invite", data))
    assert "invitation en attente" in odile.get("/users").text
    page = stranger.get(path, headers={"Accept-Language": "fr"})
    assert '<html lang="en"' in page.text
    assert "malika@exemple.test" in page.text
    weak = stranger.post(path, data={"password": "malika malika!", "again": "malika malika!"})
    assert weak.status_code == 422
    assert stranger.post(path, data=CHOSEN).location == "/"
    assert is_in(stranger)
    malika = session.scalar(sa.select(User).where(User.email == "malika@exemple.test"))
    assert (malika.role, malika.name) == (Role.CODER, "Malika")
    assert stranger.get(path).status_code == stranger.post(path, data=CHOSEN).status_code == 404
    acts = session.execute(sa.select(AuditEntry.action, AuditEntry.user_id).order_by(AuditEntry.id)).all()
    assert [tuple(act) for act in acts] == [
        ("user.add", odile.id),
        ("link.issue", odile.id),
        ("password.set", malika.id),
        ("user.log_in", malika.id),
    ]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": "ROXANE@exemple.test"}, "Un compte a déjà cette adresse de courriel."),
        ({"email": "pas une adresse"}, "Écrivez une adresse de courriel comme"),
        ({"name": ""}, "Écrivez le nom de la personne."),
        ({"role": "emperor"}, "Rôle"),
    ],
)
def test_an_invitation_that_cannot_be_says_why_and_loses_nothing(odile, roxane, session, typed, sentence):
    data = {"name": "Malika", "email": "malika@exemple.test", "role": "coder", "language": "en", **typed}
    answer = odile.post("/users/invite", data)
    assert answer.status_code == 422
    assert "Il reste quelque chose à corriger" in answer.text
    assert sentence in answer.text
    assert len(users(session)) == 2
    assert not session.scalars(sa.select(OneTimeLink)).all()


def test_a_reset_ends_the_sessions_and_the_links_of_its_user_only(odile, roxane, malik, stranger, session):
    session.get_one(User, roxane.id).password_hash = passwords.make_hash("quatre canards boivent")
    invitation = f"/link/{links.issue(session, Purpose.INVITATION, roxane.id)}"
    of_malik = f"/link/{links.issue(session, Purpose.RESET, malik.id)}"
    old = link_in(odile.post(f"/users/{roxane.id}/link"))
    path = link_in(odile.post(f"/users/{roxane.id}/link"))
    assert [stranger.get(p).status_code for p in (old, path, invitation, of_malik)] == [404, 200, 200, 200]
    assert is_in(roxane.client)
    assert stranger.post(path, data=CHOSEN).status_code == 303
    assert [stranger.get(p).status_code for p in (old, path, invitation, of_malik)] == [404, 404, 404, 200]
    assert (is_in(roxane.client), is_in(malik.client), is_in(stranger)) == (False, True, True)


def test_links_expire(odile, roxane, stranger, session):
    path = link_in(odile.post(f"/users/{roxane.id}/link"))
    link = session.scalars(sa.select(OneTimeLink)).one()
    assert (link.purpose, link.expires_at - link.created_at) == (Purpose.INVITATION, links.LIFETIMES[link.purpose])
    link.expires_at = now()
    assert stranger.get(path).status_code == 404
    assert "Ce lien n’est plus valable" in stranger.post(path, data=CHOSEN).text
    assert not is_in(stranger)


def test_a_closed_account_has_no_links(odile, roxane, stranger):
    path = link_in(odile.post(f"/users/{roxane.id}/link"))
    odile.post(f"/users/{roxane.id}/deactivate")
    assert stranger.get(path).status_code == 404
    answer = odile.post(f"/users/{roxane.id}/link")
    assert "réactivez-le d’abord" in odile.get(answer.location).text
    odile.post(f"/users/{roxane.id}/reactivate")
    assert stranger.get(path).status_code == 404


def test_the_database_knows_no_token(odile, roxane, session):
    token = link_in(odile.post(f"/users/{roxane.id}/link")).rpartition("/")[2]
    link = session.scalars(sa.select(OneTimeLink)).one()
    assert token not in str(vars(link))
    assert link.token_hash == links.digest(token)
    assert token not in odile.get("/users").text


def test_two_who_use_a_link_at_once_cannot_both(odile, roxane, app):
    """The second found the link good before the first used it up."""
    engine = app.extensions["db"]["reader"]
    with Session(engine) as session:
        token = links.issue(session, Purpose.RESET, roxane.id)
        session.commit()
    with Session(engine) as first, Session(engine) as second:
        hers, theirs = links.find(first, token), links.find(second, token)
        second.commit()
        assert links.redeem(first, hers)
        first.commit()
        assert not links.redeem(second, theirs)


def test_a_link_that_nobody_issued_opens_nothing(stranger, roxane):
    for token in ("x", "é" * 300, "%00", "..", "a%2Fb"):
        assert stranger.get(f"/link/{token}").status_code == 404
        assert stranger.post(f"/link/{token}", data=CHOSEN).status_code == 404
        assert stranger.get(f"/setup/{token}").status_code == 404


def test_a_forgotten_password_is_for_the_administration_to_mend(stranger):
    assert "administre Recension" in stranger.get("/forgotten").text


def run(app, *arguments, **kwargs):
    return app.test_cli_runner().invoke(user, arguments, **kwargs)


def test_the_command_makes_an_account_and_prints_its_link_once(app, stranger, session):
    done = run(app, "add", "Malika@Exemple.test", "--name", "Malika", "--role", "analyst", "--language", "en")
    assert (done.exit_code, done.stderr) == (0, "")
    path = path_of(done.stdout.splitlines()[-1])
    assert stranger.post(path, data=CHOSEN).status_code == 303
    (malika,) = users(session)
    assert (malika.email, malika.role, malika.language) == ("malika@exemple.test", Role.ANALYST, Language.ENGLISH)


def test_the_command_takes_a_password_from_a_script(app, session):
    done = run(app, "add", "m@x.test", "--name", "Malika", "--role", "coder", "--password-stdin", input=f"{PASSWORD}\n")
    assert done.exit_code == 0
    assert "http" not in done.stdout
    assert passwords.verify(users(session)[0].password_hash, PASSWORD)
    assert not session.scalars(sa.select(OneTimeLink)).all()


@pytest.mark.parametrize(
    ("arguments", "typed", "sentence"),
    [
        (["roxane@exemple.test", "--name", "R", "--role", "coder"], "", "déjà cette adresse"),
        (["roxane", "--name", "R", "--role", "coder"], "", "roxane\u00a0» n’est pas une adresse de courriel."),
        (["m@x.test", "--name", " ", "--role", "coder"], "", "Écrivez le nom"),
        (["m@x.test", "--name", "M", "--role", "coder", "--password-stdin"], "court\n", "au moins 12 caractères"),
    ],
)
def test_the_command_refuses_in_a_sentence(app, roxane, session, arguments, typed, sentence):
    done = run(app, "add", *arguments, input=typed)
    assert done.exit_code == 1
    assert sentence in done.stderr
    assert done.stdout == ""
    assert len(users(session)) == 1


def test_the_command_lists_accounts(app, roxane, odile, session):
    session.get_one(User, roxane.id).active = False
    session.commit()
    assert run(app, "list").stdout == (
        "odile@exemple.test\tOdile\tadministrator\tactive\nroxane@exemple.test\tRoxane\tinterviewer\tinactive\n"
    )
