"""What no interviewer would type and somebody will paste: never an error, and the same words wherever they are read."""

from __future__ import annotations

import csv
import http.client
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import html5lib
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from survey.db import db
from survey.instrument.codes import YesNo
from survey.interview.models import Initiative, Interview
from survey.release import exporting, freezing
from survey.release import table as tables
from survey.text import normalise
from tests.bench.filling import TEXTS
from tests.leaving import prepared
from tests.trust.desk import Desk
from tests.trust.house import House, house
from tests.trust.ledger import Ledger
from tests.trust.table import Fault

#: Words that stood where they should not, somewhere, one day.
SCARS = (
    "\x00", "\ud800", "\udfff", "\ufeff", "\ufffe", "\uffff", "\u2028", "\u2029", "\x85", "\r\n", "\r", "\t",
    "\x1b[31m", "\u202eRTL\u202c", "אבג", "العربية", "👩🏽‍🏫", "🇨🇦", "e\u0301", "A\u030a", "ﬁ", "İ", "ß", "漢字",
    "\U0001f9d1", "\u200b", "a" + "\u0301" * 50 + "\u0323" * 50,
    "</textarea><script>alert(1)</script>", "&amp;&lt;&#0;", "{{ 7*7 }}",
    "{% raw %}", "%(who)s", "%s%n", "' OR 1=1 --",
    "=cmd|' /C calc'!A0", "- tiret", "@x", "\\", "\\N", "\\.", '"', ";", ",", "«\u00a0œuvre\u00a0»", "\n\n", "  ",
)  # fmt: skip
ANY = st.text(st.characters(exclude_categories=()), max_size=60)


def as_in_a_browser(text: str) -> str:
    """Two halves of a character that meet are that character, in JavaScript and in JSON."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


TEXT = st.lists(st.one_of(ANY, st.sampled_from(SCARS)), max_size=6).map("".join).map(as_in_a_browser)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=8,
)
#: What an entry holds, right or not.
ENTRY = st.fixed_dictionaries(
    {},
    optional={
        "id": st.one_of(st.uuids().map(str), JSON),
        "block": st.one_of(st.none(), st.uuids().map(str), JSON),
        "item": st.one_of(st.sampled_from([*TEXTS, "funding", "year_created", "held_on", "has_initiatives"]), JSON),
        "part": st.one_of(st.sampled_from(["answer", "note"]), JSON),
        "version": st.one_of(st.integers(0, 3), JSON),
        "value": st.one_of(TEXT, st.lists(TEXT, max_size=3), JSON),
        "reason": st.one_of(st.sampled_from(["", "refused"]), JSON),
    },
)
BODIES = st.one_of(JSON, ENTRY, st.fixed_dictionaries({"saves": st.one_of(JSON, st.lists(ENTRY, max_size=4))}))
#: A screen of so many blocks is as much as one interview holds.
BLOCKS = 5


def examples(n: int) -> settings:
    """So many, and no time lost on finding the smallest that fails: its words are printed."""
    return settings(
        max_examples=n,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def pasted(kind: str, inputs: int) -> Fault:
    """So many hostile texts, as many hostile bodies for a tenth of it, and the shapes that break a parser."""
    ledger, fault = Ledger(), Fault("hostile text", kind, 0)
    with house(kind) as of_house:
        who = of_house.somebody()
        at_once = BLOCKS * len(TEXTS)

        @examples(-(-inputs // at_once))
        @given(st.lists(TEXT, min_size=at_once, max_size=at_once))
        def texts(pieces: list[str]) -> None:
            desk = of_house.seat(*who, *of_house.interview(who[0], BLOCKS), ledger)
            fault.runs += len(pieces)
            fault.wrong += told_everywhere(of_house, desk, pieces)
            desk.line.close()

        @examples(max(inputs // 10, 1))
        @given(BODIES)
        def bodies(body: Any) -> None:
            fault.runs += 1
            fault.wrong += refused_in_words(odd, json.dumps(body).encode())

        texts()
        odd = of_house.seat(*who, *of_house.interview(who[0]), Ledger())
        bodies()
        for body, form in shapes(odd):
            fault.runs += 1
            fault.wrong += refused_in_words(odd, body, form)
        odd.line.close()
        return of_house.judge(fault, ledger)


def told_everywhere(of_house: House, desk: Desk, pieces: list[str]) -> list[str]:
    """Save a text in each field of each block, and read them in the answers, the page and the export."""
    saves = []
    for field, text in zip([field for field in desk.fields if field.block], pieces, strict=True):
        save = desk.words(field)
        save.value = text if normalise(text).strip() else f"{text}·"  # no words are no save
        saves.append(save)
    for n in range(0, len(saves), 50):
        desk.deliver(saves[n : n + 50])
    read = {"the page": on_page(desk), "the export": exported(of_house, desk)}
    found = []
    for save in saves:
        clean = normalise(save.value)
        save.value = clean
        block = str(save.field.block)
        heard = [save.receipts[0][1]] if save.receipts else []
        heard += [place.get((block, save.field.item), "") for place in read.values()]
        if heard != [clean] * 3:
            found.append(f"{save.field.item}: {clean!r} became {heard!r}")
    return found


def on_page(desk: Desk) -> dict[tuple[str, str], str]:
    """What a browser would show in each text of the page, by block and item."""
    page = html5lib.parse(desk.ask("GET", f"/interviews/{desk.interview_id}").said, namespaceHTMLElements=False)
    return {
        (form.get("data-block", ""), area.get("name", "")): "".join(area.itertext())
        for form in page.iter("form")
        for area in form.iter("textarea")
    }


def exported(of_house: House, desk: Desk) -> dict[tuple[str, str], str]:
    """What a reader of CSV finds in a release made now."""
    path = Path(of_house.folder) / "initiatives.csv"
    with of_house.app.app_context():
        db.session.get_one(Interview, desk.interview_id).has_initiatives = YesNo.YES
        db.session.commit()  # a release reads of one moment, in a transaction of its own
        freezing.create(db.session, desk.user_id)
        db.session.commit()
        release = tables.newest(db.session)
        assert release
        exporting.export(prepared(db.session, "csv", release=release), path)
        mine = sa.select(Initiative.id, Initiative.uid).where(Initiative.interview_id == desk.interview_id)
        blocks = {str(row.id): str(row.uid) for row in db.session.execute(mine)}
    csv.field_size_limit(2**31 - 1)
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["initiative_id"] in blocks]
    return {(blocks[row["initiative_id"]], item): row[item] for row in rows for item in TEXTS}


def shapes(desk: Desk) -> Iterator[tuple[bytes, str]]:
    """Bodies that break a parser rather than a field, with their kind."""
    save = {"id": str(uuid.uuid4()), "block": None, "item": "needs", "part": "answer", "version": 0}
    kind, form = "application/json", "application/x-www-form-urlencoded"
    yield json.dumps(save | {"value": "x" * 10 * 2**20}).encode(), kind
    yield json.dumps(save | {"value": "é\n" * 2**20}).encode(), kind
    yield b"[" * 100_000, kind
    yield b'{"saves":' * 50_000, kind
    yield b'{"a":' * 5_000 + b"1" + b"}" * 5_000, kind
    yield from ((body, kind) for body in (b"null", b"", b"[]", b"0", b'"', b"\xff\xfe", b"NaN", b"1e999", b"\x00"))
    yield json.dumps({"saves": [save | {"value": None}] * 101}).encode(), kind
    yield json.dumps(save | {"version": 10**400, "value": ""}).encode(), kind
    yield b"&".join(b"needs=%d" % n for n in range(2000)), form
    yield b"&".join(b"x%d=1" % n for n in range(20_000)), form
    parts = "".join(f'--b\r\nContent-Disposition: form-data; name="x{n}"\r\n\r\n1\r\n' for n in range(2000))
    yield f"{parts}--b--\r\n".encode(), "multipart/form-data; boundary=b"


def refused_in_words(desk: Desk, body: bytes, kind: str = "application/json") -> list[str]:
    """Whatever is sent is taken, or refused in a sentence: never an error of the server."""
    path = desk.path if "json" in kind else f"/interviews/{desk.interview_id}/sections/others"
    try:
        reply = desk.ask("POST", path, body, kind)
    except (OSError, http.client.HTTPException) as silence:
        return [f"no answer to {len(body)} bytes, {body[:40]!r}: {silence}"]
    if reply.status >= 500:
        return [f"{reply.status} to {body[:200]!r}"]
    if reply.status >= 400 and not (isinstance(reply.said, str) or reply.said.get("error")):
        return [f"{reply.status} without a sentence to {body[:200]!r}"]
    return []
