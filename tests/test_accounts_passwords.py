"""What a password may be, and what is kept of it."""

import threading

import pytest

from survey.accounts import passwords
from survey.accounts.passwords import Weakness, weakness
from survey.accounts.secret import WeakSecret, check_secret

ABOUT = ("Odile Lavallée", "odile.lavallee@exemple.test")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("onze signes", Weakness.SHORT),
        ("", Weakness.SHORT),
        ("é" * 5 + "e\u0301" * 6, Weakness.SHORT),  # eleven letters, however they are typed
        ("ab cd ef gh " * 86, Weakness.LONG),
        ("aaaaaaaaaaaaaaaa", Weakness.REPEATED),
        ("xyq7xyq7xyq7xyq7", Weakness.REPEATED),
        ("123456789012", Weakness.SEQUENCE),
        ("abcdefghijklmnop", Weakness.SEQUENCE),
        ("poiuytrewqasdf", Weakness.SEQUENCE),
        ("azertyuiopqsdfghjklm", Weakness.SEQUENCE),
        ("1q2w3e4r5t6y", Weakness.SEQUENCE),
        ("motdepasse123", Weakness.COMMON),
        ("Mot de passe!", Weakness.COMMON),
        ("P@ssw0rd2026!", Weakness.COMMON),
        ("Bienvenue2026", Weakness.COMMON),
        ("soleilsoleil1", Weakness.COMMON),
        ("jetaimemaman1", Weakness.COMMON),
        ("recension2026!", Weakness.COMMON),
        ("odilelavallee1977", Weakness.PERSONAL),
        ("Lavallée-Odile-7", Weakness.PERSONAL),
        ("xk7q-recension", Weakness.PERSONAL),
    ],
)
def test_a_password_that_is_soon_guessed_is_refused_with_its_reason(password, why):
    assert weakness(password, *ABOUT) is why


@pytest.mark.parametrize(
    "password",
    [
        "tiroir girafe vélo onze",
        "douze signes",
        "Fj7!kqPz9wLm",
        "une maison bleue adossée à la colline",
        "🦆 canard boiteux 🦆",
        "x7 " * 3 + "tout autre chose" * 60,
    ],
)
def test_a_long_password_without_any_special_character_is_accepted(password):
    assert weakness(password, *ABOUT) is None


def test_a_password_is_the_same_however_its_accents_are_typed():
    kept = passwords.make_hash("vélo girafe tiroir")
    assert kept.startswith("$argon2id$")
    assert passwords.verify(kept, "ve\u0301lo girafe tiroir")
    assert not passwords.verify(kept, "velo girafe tiroir")


def test_nobody_s_password_is_checked_with_the_same_settings_and_never_right():
    assert not passwords.needs_rehash(passwords.NOBODY)
    assert not passwords.verify(None, "n’importe quoi")
    assert not passwords.verify("not a hash", "n’importe quoi")
    assert not passwords.verify(None, "\ud800 long " * 1000)


def test_a_hash_made_with_weaker_settings_is_made_anew():
    assert passwords.needs_rehash("$argon2id$v=19$m=1024,t=1,p=1$c29tZXNhbHQ$Kqsl0ZJsGVGRnGgSHVJHEw")


def test_no_more_passwords_are_worked_on_at_once_than_the_memory_allows(monkeypatch):
    monkeypatch.setattr(passwords, "PATIENCE", 0)
    held = [passwords._slots.acquire() for _ in range(passwords.AT_ONCE)]
    refused = threading.Event()

    def one_more():
        try:
            passwords.verify(None, "tiroir girafe vélo")
        except passwords.TooBusy:
            refused.set()

    thread = threading.Thread(target=one_more)
    thread.start()
    thread.join()
    for _ in held:
        passwords._slots.release()
    assert refused.is_set()
    assert not passwords.verify(None, "tiroir girafe vélo")


#: Long enough, with enough different characters, and tried first.
GUESSED = [
    "change-me-change-me-change-me-change-me",
    "0123456789abcdef" * 4,
    "password1234password1234password",
    "abcdefghijklmnopqrstuvwxyz0123456789",
    "zyxwvutsrqponmlkjihgfedcba9876543210",
    "qwertyuiopasdfghjklzxcvbnm1234567890",
    "Change-Me1Change-Me2Change-Me3Change-Me4",
]


@pytest.mark.parametrize("url", ["https://recension.exemple.test", "http://192.0.2.7:8000", "http://[2001:db8::1]/"])
@pytest.mark.parametrize("key", ["dev", "change me " * 2, "a" * 64, "abcabc" * 12, *GUESSED])
def test_where_other_machines_may_come_the_start_refuses_a_weak_key(url, key):
    with pytest.raises(WeakSecret, match="trop faible"):
        check_secret({"BASE_URL": url, "SECRET_KEY": key})


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://127.0.0.1:8000", "dev"),
        ("http://localhost:8000", "dev"),
        ("http://[::1]:8000", "dev"),
        ("https://recension.exemple.test", "8f14e45fceea167a5a36dedd4bea2543"),
        ("https://recension.exemple.test", "64994500358252574484257909970871"),
    ],
)
def test_the_start_takes_a_strong_key_anywhere_and_any_key_at_home(url, key):
    check_secret({"BASE_URL": url, "SECRET_KEY": key})
