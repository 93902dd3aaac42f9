"""A mail server that is only spoken to in private: TLS, its certificate, and the name and password of the team."""

from __future__ import annotations

import ssl
from email.message import EmailMessage

import pytest
import trustme

from survey.fieldwork import mailing
from survey.fieldwork.mailing import Server, Unreachable
from tests.mail_server import SENDER, Post, post

ACCOUNT = ("equipe", "trois mots de passe")


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def trusted(authority, tmp_path, monkeypatch):
    """Have this machine trust who signed the certificates of these tests."""
    authority.cert_pem.write_to_path(path := tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


def in_private(authority, host="127.0.0.1"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


def deliver(smtp: Post, tls: str, password: str = ACCOUNT[1]) -> None:
    mail = EmailMessage()
    mail["To"], mail["From"], mail["Subject"] = "personne@exemple.test", SENDER, "Bonjour"
    mail.set_content("Une ligne.")
    mailing.deliver(Server("127.0.0.1", smtp.port, ACCOUNT[0], password, tls, SENDER), mail)


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_the_team_logs_in_over_an_encrypted_line(authority, trusted, tls):
    with post(in_private(authority), tls == "tls", ACCOUNT) as smtp:
        deliver(smtp, tls)
        assert [message["Subject"] for message in smtp.messages()] == ["Bonjour"]


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_server_that_nobody_vouches_for_is_not_spoken_to(authority, tls):
    with post(in_private(authority), tls == "tls", ACCOUNT) as smtp:
        with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
            deliver(smtp, tls)
        assert smtp.kept == []


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_the_certificate_of_another_server_is_not_taken(authority, trusted, tls):
    with post(in_private(authority, "ailleurs.exemple.test"), tls == "tls", ACCOUNT) as smtp:
        with pytest.raises(Unreachable, match="not valid for"):
            deliver(smtp, tls)
        assert smtp.kept == []


def test_a_server_that_offers_no_encryption_never_hears_the_password():
    with post(None, False, ACCOUNT) as smtp, pytest.raises(Unreachable, match="STARTTLS"):
        deliver(smtp, "starttls")


def test_a_wrong_password_is_said_and_nothing_leaves(authority, trusted):
    with post(in_private(authority), False, ACCOUNT) as smtp:
        with pytest.raises(Unreachable, match="535"):
            deliver(smtp, "starttls", "un autre")
        assert smtp.kept == []
