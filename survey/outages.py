"""What kind of trouble a database is in, from its own error codes, and what is worth trying again at once."""

from __future__ import annotations

import enum
import errno
from typing import Any

import sqlalchemy as sa


class Outage(enum.Enum):
    """How the database fails; none of them is the fault of the request."""

    PASSING = "passing"  # gone, or in somebody's way: the same request does when it is tried again
    BUSY = "busy"  # it was waited for already
    FULL = "full"
    READ_ONLY = "read only"
    FAULTY = "faulty"  # its files cannot be read or written


#: PostgreSQL's SQLSTATE, or its first two characters.
POSTGRESQL = {
    "40001": Outage.PASSING,  # serialisation failure
    "40P01": Outage.PASSING,  # deadlock
    "08": Outage.PASSING,  # connection lost
    "57P": Outage.PASSING,  # shutting down, or starting
    "53300": Outage.BUSY,  # too many connections
    "53200": Outage.BUSY,  # out of memory
    "55P03": Outage.BUSY,  # a lock that was waited for
    "57014": Outage.BUSY,
    "53100": Outage.FULL,
    "25006": Outage.READ_ONLY,
    "58": Outage.FAULTY,
    "XX": Outage.FAULTY,
}
#: The primary result codes of SQLite. A writer waited `survey.db.BUSY_SECONDS` before it is told BUSY.
SQLITE = {
    "SQLITE_BUSY": Outage.BUSY,
    "SQLITE_LOCKED": Outage.BUSY,
    "SQLITE_FULL": Outage.FULL,
    "SQLITE_READONLY": Outage.READ_ONLY,
    "SQLITE_IOERR": Outage.FAULTY,
    "SQLITE_CANTOPEN": Outage.FAULTY,
    "SQLITE_CORRUPT": Outage.FAULTY,
    "SQLITE_NOTADB": Outage.FAULTY,
    "SQLITE_PERM": Outage.FAULTY,
}
FILES = {errno.ENOSPC: Outage.FULL, errno.EDQUOT: Outage.FULL, errno.EROFS: Outage.READ_ONLY, errno.EIO: Outage.FAULTY}

#: The errors that `of` can tell apart.
ERRORS = (sa.exc.DBAPIError, sa.exc.TimeoutError, OSError)


def of(error: BaseException) -> Outage | None:
    """What an error says of the database or its disk; None when it is an error of ours."""
    if isinstance(error, OSError):
        return FILES.get(error.errno or 0)
    if isinstance(error, sa.exc.TimeoutError):
        return Outage.BUSY
    if isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated:
        return Outage.PASSING
    orig: Any = getattr(error, "orig", None)
    if name := getattr(orig, "sqlite_errorname", None):
        return SQLITE.get("_".join(name.split("_")[:2]))
    if state := getattr(orig, "sqlstate", None):
        return next((POSTGRESQL[known] for known in (state, state[:3], state[:2]) if known in POSTGRESQL), None)
    return Outage.PASSING if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError) else None
