"""The queue of an interviewer, over HTTP, at each size of the list and with ten attempts for each organisation."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from survey.accounts.models import Role, User
from survey.db import db, now
from survey.fieldwork.contact_models import ContactAttempt
from survey.fieldwork.models import Case, CaseTally, Organisation, Person
from survey.fieldwork.tally import recount
from survey.instrument.codes import AttemptResult, Channel, Disposition
from tests import databases, outside
from tests.bench import filling, servers
from tests.bench.pages import GROWTH, figures
from tests.bench.report import Line, at_most, quantile, table
from tests.bench.servers import Load, Server

SIZES = (100, 100_000)
ATTEMPTS = 10
#: Organisations of one interviewer: the portfolio of the first is as large in the small list as in the large one.
PORTFOLIO = 50


def attempts(user_id: int, each: int = ATTEMPTS) -> None:
    """Portfolios of 50, one organisation in two to nobody, a person in each, and so many attempts for each."""
    at, rows = now(), db.session.execute(sa.select(Case.id, Case.organisation_id).order_by(Case.id)).all()
    someone = {"name": "Personne fictive", "phone": "418 555-0100"}
    db.session.execute(sa.insert(Person), [{"organisation_id": row.organisation_id, **someone} for row in rows])
    tried = [row.id for row in rows if row.id % 4]
    call = {"user_id": user_id, "channel": Channel.PHONE, "result": AttemptResult.NO_ANSWER}
    for start in range(0, len(tried), 5000):
        made = [
            {"case_id": n, "at": at - dt.timedelta(days=3 * k + 1), "next_at": due(n, at), **call}
            for n in tried[start : start + 5000]
            for k in range(each)
        ]
        db.session.execute(sa.insert(ContactAttempt), made)
    others = [user.id for user in db.session.scalars(sa.select(User).where(User.id != user_id))]
    for n, row in enumerate(rows):
        values = {"interviewer_id": None, "disposition": Disposition.NOT_CONTACTED}
        if n % 2:
            values["interviewer_id"] = user_id if n < 2 * PORTFOLIO else others[n % len(others)]
        if row.id % 4:
            values |= {"disposition": Disposition.IN_PROGRESS, "attempts": each, "next_at": due(row.id, at)}
        db.session.execute(sa.update(Case).where(Case.id == row.id).values(values))
    db.session.flush()
    recount(db.session)
    for one in (Case, ContactAttempt, Organisation, Person, CaseTally):
        db.session.execute(sa.text(f'ANALYZE "{one.__tablename__}"'))
    db.session.commit()


def due(case_id: int, at: dt.datetime) -> dt.datetime:
    """A third due today, a third tomorrow, a third the day after."""
    return at + dt.timedelta(days=case_id % 3, minutes=-(case_id % 50))


@contextlib.contextmanager
def queued(folder: Path, url: str, size: int) -> Iterator[tuple[Server, Load]]:
    """A server with so many organisations, and a connection that opens the queue of an interviewer."""
    folder.mkdir()
    with filling.instance(folder, url) as app:
        user_id, headers = filling.signed_in(app, "roxane")
        for n in range(20):
            filling.signed_in(app, f"interviewer-{n}", Role.INTERVIEWER)
        filling.organisations(size)
        attempts(user_id)
    asks = [{"kind": "page", "path": "/queue", "headers": headers}]
    with servers.recension(folder, url) as server, contextlib.closing(Load(asks)) as load:
        yield server, load


def measure(folder: Path, name: str) -> Iterator[Line]:
    """The queue at each size by turns, on SQLite or PostgreSQL."""
    with contextlib.ExitStack() as open_now:
        loads = []
        for size in SIZES:
            here = folder / f"{name}-{size}"
            url = f"sqlite:///{here / 'recension.sqlite'}"
            if name == "PostgreSQL":
                url = open_now.enter_context(databases.postgresql(durable=True))
            loads.append(open_now.enter_context(queued(here, url, size)))
        rounds = [[load.play(server, 1, 1.0) for server, load in loads] for _ in range(5)][1:]
    first = 0.0
    for n, size in enumerate(SIZES):
        taken = [each for one in rounds for each in one[n]["taken"]]
        told = {"taken": taken, "cpu": sum(one[n]["cpu"] for one in rounds)}
        p50, what = quantile(taken, 0.5), f"queue, {size} organisations ({name})"
        first = first or p50
        limited = at_most(what, figures(told), p50 / first, GROWTH, f"× that at {SIZES[0]}")
        yield limited if size == SIZES[-1] else Line(what, figures(told), limited.ratio)


def on_both(folder: Path) -> Iterator[Line]:
    """SQLite first, then PostgreSQL where its programs are found."""
    yield from measure(folder, "SQLite")
    if outside.postgresql():
        yield from measure(folder, "PostgreSQL")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="recension-bench-") as given:
        lines = []
        for line in on_both(Path(given)):
            lines.append(line)
            print(f"… {line.what}: {line.figures} {line.ratio}", file=sys.stderr, flush=True)
        print(table("what", lines))
