"""The key under which a browser keeps the words of a user that have not been sent yet."""

from __future__ import annotations

import base64
import hashlib
import hmac


def key(secret: str, user_id: int) -> str:
    """256 bits in base64: the same for a user as long as SECRET_KEY is, and of no use to any other user."""
    derived = hmac.digest(secret.encode(), f"draft of user {user_id}".encode(), hashlib.sha256)
    return base64.b64encode(derived).decode()
