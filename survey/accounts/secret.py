"""The secret key that signs cookies: where other machines may come, only a strong one."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from survey.accounts.passwords import is_sequence
from survey.text import N_

LENGTH, DIFFERENT, TRIPLES = 32, 8, 24
TOO_WEAK = N_(
    "La clé secrète (SECRET_KEY) est trop faible pour un serveur que d’autres machines atteignent. Retirez-la de la "
    "configuration : une autre sera faite au démarrage ; ou donnez-en une d’au moins 32 caractères tirés au hasard."
)


class Misconfigured(RuntimeError):
    """The application may not start; the message says what to do."""


class WeakSecret(Misconfigured):
    """Where other machines may come, the key could be guessed."""


def check_secret(config: Mapping[str, Any]) -> None:
    """Refuse a default or weak SECRET_KEY unless BASE_URL is of this machine alone. Raises WeakSecret."""
    if is_weak(config["SECRET_KEY"]) and not is_loopback(urlsplit(config["BASE_URL"]).hostname or ""):
        raise WeakSecret(TOO_WEAK)


def is_weak(key: str) -> bool:
    """Whether a key could be guessed: too short, too few different characters, repeated words, a sequence.

    Of what is drawn at random nearly all runs of three characters differ, even among figures alone.
    """
    triples = {key[n : n + 3] for n in range(len(key) - 2)}
    return len(key) < LENGTH or len(set(key)) < DIFFERENT or len(triples) < TRIPLES or is_sequence(key.lower())


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
