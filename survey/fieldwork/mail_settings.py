"""What is wrong with the settings of e-mails and reminders, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from survey.fieldwork import reminders
from survey.fieldwork.mailing import Server, Unusable


def trouble(config: Mapping[str, Any]) -> str | None:
    """A sentence that says what to set otherwise; None when all is well, or when there is no mail server."""
    try:
        reminders.ladder(config["REMINDER_DAYS"])
        Server.of(config)
    except reminders.BadLadder:
        return str(gettext("REMINDER_DAYS : des nombres croissants de jours ouvrables, comme « 5, 10, 20 »."))
    except Unusable as error:
        return str(gettext("%(setting)s n’est pas réglé comme il faut ; le README dit comment.", setting=error.setting))
    return None
