"""The secret key that signs cookies: on a network, only a strong one."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

MINIMUM, DISTINCT = 32, 10


class WeakSecret(RuntimeError):
    """The application may not start; the message says what to do."""


def check_secret(config: Mapping[str, Any]) -> None:
    """Refuse a default or weak SECRET_KEY unless BASE_URL is of this machine alone. Raises WeakSecret."""
    key = config["SECRET_KEY"]
    if is_loopback(config["BASE_URL"]) or (len(key) >= MINIMUM and len(set(key)) >= DISTINCT):
        return
    raise WeakSecret(
        "La clé secrète (SECRET_KEY) est trop faible pour un serveur que d’autres machines atteignent. "
        "Retirez-la de la configuration : une clé sera faite au démarrage; ou donnez-en une d’au moins "
        f"{MINIMUM} caractères tirés au hasard."
    )


def is_loopback(url: str) -> bool:
    """Whether an address leads to the machine it is used on."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
