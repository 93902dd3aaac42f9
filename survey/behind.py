"""What stands behind Flask's `request`, `session` and `g`."""

from __future__ import annotations

from typing import TypeVar

Thing = TypeVar("Thing")


def behind(proxy: Thing) -> Thing:
    """The thing itself, for who asks it more than once: each look through the proxy costs as much as twenty at it."""
    thing: Thing = proxy._get_current_object()  # type: ignore[attr-defined]
    return thing
