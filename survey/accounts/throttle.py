"""Slows down whoever guesses passwords, and nobody else: failures are counted per address, never per account alone."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import ipaddress
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.accounts.models import LoginFailure
from survey.db import now

WINDOW = dt.timedelta(minutes=15)
#: A team may share one address: many failures are needed to stop an address, few for one e-mail from it.
PER_EMAIL, PER_ADDRESS = 10, 60


@dataclass(frozen=True)
class Attempt:
    """An address and the e-mail tried from it, under keyed hashes: the table tells nobody who they were."""

    address_hash: str
    email_hash: str

    @classmethod
    def of(cls, secret: str, address: str | None, email: str) -> Attempt:
        return cls(_keyed(secret, "address", _network(address or "")), _keyed(secret, "email", email.lower()))


def _keyed(secret: str, kind: str, value: str) -> str:
    return hmac.new(secret.encode(), f"{kind}:{value}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _network(address: str) -> str:
    """The address; of IPv6 the first 64 bits, since one subscriber has all the others."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((int(ip) >> 64 << 64, 64)))
    return str(ip)


def wait(session: Session, attempt: Attempt) -> int:
    """Seconds before this address may try this e-mail again; 0 when it may now, and the try is then counted.

    Counted before the password is checked, so that many tries at once are not one. `forgive` takes it back.
    """
    at = now()
    session.execute(sa.delete(LoginFailure).where(LoginFailure.at <= at - WINDOW))
    here = LoginFailure.address_hash == attempt.address_hash
    until = max(
        _full_until(session, PER_EMAIL, here, LoginFailure.email_hash == attempt.email_hash) or at,
        _full_until(session, PER_ADDRESS, here) or at,
    )
    if until > at:
        return int((until - at).total_seconds()) + 1
    session.add(LoginFailure(at=at, address_hash=attempt.address_hash, email_hash=attempt.email_hash))
    session.flush()
    return 0


def _full_until(session: Session, limit: int, *which: sa.ColumnElement[bool]) -> dt.datetime | None:
    """When the oldest of the last `limit` failures leaves the window; None when there are fewer."""
    oldest = session.scalar(
        sa.select(LoginFailure.at).where(*which).order_by(LoginFailure.at.desc()).offset(limit - 1).limit(1)
    )
    return oldest + WINDOW if oldest else None


def forgive(session: Session, attempt: Attempt) -> None:
    """Forget the failures of this e-mail from this address: its password was right."""
    session.execute(
        sa.delete(LoginFailure).where(
            LoginFailure.address_hash == attempt.address_hash, LoginFailure.email_hash == attempt.email_hash
        )
    )
