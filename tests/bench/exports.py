"""The export of 10 000 initiatives against the csv module and pyreadstat, both given a table that is ready."""

from __future__ import annotations

import csv
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pandas
import pyreadstat
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.accounts.models import Role
from survey.db import db
from survey.instrument.codes import YesNo
from survey.instrument.dictionary import Type
from survey.instrument.questionnaire import INITIATIVES
from survey.interview.models import Initiative, Interview
from survey.release import freezing, table
from survey.release.exporting import Order, Prepared, export, needed, prepare
from survey.release.models import Release, Unit
from tests.bench import filling
from tests.bench.report import Line

INTERVIEWS, BLOCKS, TIMES = 500, 20, 3


def measure(folder: Path, url: str) -> Iterator[Line]:
    with filling.instance(folder, url) as app:
        user_id, _ = filling.signed_in(app, "anh", Role.ANALYST)
        fill(db.session, user_id)
        spent = seconds(lambda: freezing.create(db.session, user_id))
        db.session.commit()
        release = table.newest(db.session)
        assert release
        yield Line(f"freezing a release of {INTERVIEWS * BLOCKS} initiatives", "", f"{spent:.2f} s")
        yield from writers(prepared(db.session, release), folder)


def prepared(session: Session, release: Release) -> Callable[[str], Prepared]:
    """The initiatives of a release, ready to be written in a format."""

    def ready(form: str) -> Prepared:
        order = Order(Unit.INITIATIVE, form, "fr")
        return prepare(release, needed(session, release, order), order, "")

    return ready


def fill(session: Session, user_id: int) -> None:
    """Interviews whose every text is filled, written by the thousand."""
    said = {item.name: filling.answer(item) for item in INITIATIVES.items if not item.many}
    for n in range(INTERVIEWS):
        number, _ = filling.interview(f"Organisme fictif {n}", user_id, 0)
        rows = [
            {"uid": uuid.uuid4(), "interview_id": number, "position": place, **said} for place in range(1, BLOCKS + 1)
        ]
        session.execute(sa.insert(Initiative), rows)
    session.execute(sa.update(Interview).values(has_initiatives=YesNo.YES))
    session.commit()


def writers(ready: Callable[[str], Prepared], folder: Path) -> Iterator[Line]:
    kept = ready("csv").table
    rows = list(kept.rows())
    names = [variable.name for variable in kept.variables]

    def by_csv() -> None:
        with (folder / "theirs.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(names)
            writer.writerows(rows)

    texts = {v.name for v in kept.variables if v.type is not Type.NUMBER}
    frame = pandas.DataFrame(rows, columns=names)
    frame = frame.assign(
        **{n: frame[n].fillna("").astype(str) if n in texts else frame[n].astype(float) for n in names}
    )

    def by_pyreadstat() -> None:
        pyreadstat.write_sav(frame, str(folder / "theirs.sav"), row_compress=True)

    yield against("csv", by_csv, ready, folder, "the csv module")
    yield against("sav", by_pyreadstat, ready, folder, "pyreadstat")


def against(form: str, theirs: Callable[[], None], ready: Callable[[str], Prepared], folder: Path, name: str) -> Line:
    """Ours reads the release and syncs the file; theirs only writes a table that is in memory already."""
    asked = ready(form)
    pairs = [(seconds(lambda: export(asked, folder / f"ours.{form}")), seconds(theirs)) for _ in range(TIMES)]
    ours, others = median(one for one, _ in pairs), median(other for _, other in pairs)
    ratio = median(one / other for one, other in pairs)
    return Line(
        f"export of {asked.table.row_count} initiatives, {form}",
        f"{ours:.2f} s, {name} {others:.2f} s",
        f"{ratio:.2f} × {name}",
    )


def seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began
