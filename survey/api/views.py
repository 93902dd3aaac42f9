"""Releases for scripts: read only, with a token, in JSON or as the files of an export."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, g, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session, defer, selectinload

from survey import downloads
from survey.api import kept, openapi, parameters, pulls, sending
from survey.api.operations import JSON, LINES, OPERATIONS, USUAL, ZIP, media
from survey.db import db, reader
from survey.instrument.introduction import attribution
from survey.release import exporting, manifest
from survey.release.exporting import FORMATS, Order, Prepared
from survey.release.models import Release, ReleaseTable, Unit
from survey.release.shapes import Shape
from survey.release.table import Table, Tier
from survey.release.units import NAMES
from survey.web import language

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
blueprint.register_error_handler(sending.Problem, sending.problem)
blueprint.after_request(sending.packed)

#: Where tables wait for their next page, in the instance folder.
FOLDER = "pages"
SMALL = (defer(ReleaseTable.extents), defer(ReleaseTable.persons))
View = Callable[..., Response]


def get(rule: str) -> Callable[[View], View]:
    """A route that is read, and nothing else."""
    return blueprint.route(rule, methods=["GET"], provide_automatic_options=False)


@blueprint.before_request
def read_address() -> None:
    """What the address asks for, as its declaration has it; 422 for what it does not have, 406 for other forms."""
    operation = OPERATIONS[str(request.endpoint)]
    g.asked, wrong = parameters.read(operation.query, dict(request.args.lists()))
    if wrong:
        raise sending.unfit(wrong)
    form = (request.view_args or {}).get("form")
    alone = request.endpoint == "api.export" and form in FORMATS
    g.kind = sending.chosen([media(str(form))] if alone else operation.answers)


@get("/openapi.json")
def description() -> Response:
    said = language()
    etag = sending.tag("description", said, request.script_root)
    if not (answer := sending.unchanged(etag)):
        rules = [(r.endpoint, r.rule) for r in current_app.url_map.iter_rules() if r.endpoint in OPERATIONS]
        answer = sending.as_json(openapi.described(rules, said, sending.installed(), request.script_root))
    answer.vary.add("Accept-Language")
    answer.headers["Content-Language"] = said
    return sending.tagged(answer, etag)


@get("/releases")
def releases() -> Response:
    tables = selectinload(Release.tables).options(*SMALL, defer(ReleaseTable.dictionary))
    found = db.session.scalars(sa.select(Release).options(tables).order_by(Release.id.desc()))
    told = [
        {**of_release(one), "units": [{"unit": table.unit.value, "rows": table.row_count} for table in one.tables]}
        for one in found
    ]
    return sending.as_json({"releases": told})


def of_release(release: Release) -> dict[str, Any]:
    """What identifies a release, without who made it."""
    at = f"{release.created_at:%Y-%m-%dT%H:%M:%SZ}"
    return {"number": release.id, "created_at": at, "note": release.note, "sha256": release.sha256}


@get("/releases/<int:number>")
def release(number: int) -> Response:
    found = db.session.get(Release, number, options=[selectinload(Release.tables).options(*SMALL)])
    if found is None:
        raise no_release()
    etag = sending.tag("release", number, found.sha256, found.note)
    told = [
        {
            "unit": table.unit.value,
            "label": {"fr": NAMES[table.unit].fr, "en": NAMES[table.unit].en},
            "rows": table.row_count,
            "dictionary_sha256": hashlib.sha256(table.dictionary.encode()).hexdigest(),
        }
        for table in found.tables
    ]
    answer = sending.unchanged(etag) or sending.as_json({**of_release(found), "units": told})
    return sending.tagged(answer, etag)


def no_release() -> sending.Problem:
    return sending.unknown(gettext("Il n’y a pas de version de ce numéro."))


@dataclass(frozen=True)
class Asked:
    """A unit of a release, at the tier of the token."""

    number: int
    sha256: str
    unit: Unit
    tier: Tier
    total: int

    def tag(self, *more: object) -> str:
        """Its ETag. What is open depends on the secret too, which makes its codes."""
        secret = hashlib.sha256(current_app.config["SECRET_KEY"].encode()).hexdigest()
        return sending.tag(self.number, self.sha256, self.unit.value, self.tier.value, secret, *more)

    def described(self) -> dict[str, Any]:
        """What each answer says of what it is of."""
        return {"release": self.number, "sha256": self.sha256, "unit": self.unit.value, "tier": self.tier.value}

    def order(self, form: str = "json", said: str = "fr", shape: Shape = Shape.LONG) -> Order:
        return Order(self.unit, form, said, self.tier, shape)


def asked(number: int, unit: str) -> Asked:
    """What the address names. Raises Problem."""
    if unit not in list(Unit):
        raise sending.unknown(gettext("Il n’y a pas d’unité de ce nom."))
    query = sa.select(Release.sha256, ReleaseTable.row_count).outerjoin(
        ReleaseTable, sa.and_(ReleaseTable.release_id == Release.id, ReleaseTable.unit == Unit(unit))
    )
    found = db.session.execute(query.where(Release.id == number)).one_or_none()
    db.session.rollback()
    if found is None:
        raise no_release()
    if found.row_count is None:
        raise sending.unknown(gettext("Cette version a été figée avant que cette unité existe."))
    return Asked(number, found.sha256, Unit(unit), Tier(current_user.tier.value), found.row_count)


def prepared(of: Asked, order: Order) -> Prepared:
    """The table as it will leave. Raises Problem."""
    with Session(reader(db.engine)) as session:
        found = session.get_one(Release, of.number)
        try:
            tables = exporting.needed(session, found, order)
        except LookupError:
            raise sending.unknown(gettext("Cette version a été figée avant que cette unité existe.")) from None
        try:
            return exporting.prepare(found, tables, order, current_app.config["SECRET_KEY"])
        except exporting.Shut as shut:
            raise sending.shut(shut.why) from None


def kept_table(of: Asked) -> kept.Kept:
    """The table, written down for its pages."""

    def load() -> Table:
        return prepared(of, of.order()).table

    folder = Path(current_app.instance_path) / FOLDER
    return kept.of(folder, current_app.config["SECRET_KEY"], of.tag("kept"), load)


@get("/releases/<int:number>/units/<unit>/dictionary")
def dictionary(number: int, unit: str) -> Response:
    of = asked(number, unit)
    etag = of.tag("dictionary")
    if not (answer := sending.unchanged(etag)):
        source = {code: attribution(code) for code in ("fr", "en")}
        about = kept_table(of).about()
        answer = sending.as_json({**of.described(), "rows": of.total, "source": source, **about})
    return sending.tagged(answer, etag)


@get("/releases/<int:number>/units/<unit>/rows")
def rows(number: int, unit: str) -> Response:
    of, offset, limit = asked(number, unit), g.asked["offset"], g.asked["limit"]
    etag = of.tag("rows", g.kind, offset, limit)
    if answer := sending.unchanged(etag):
        return answer
    table = kept_table(of)
    pull = pulls.Pull(current_user.token_id, number, of.unit, of.tier.value, offset, of.total)
    if request.method != "HEAD" and pulls.begins(db.session, pull):
        db.session.rollback()
        with db.writing() as connection:
            pulls.write_down(connection, pull, current_user.id)
    answer = as_lines(table, offset, limit) if g.kind == LINES else as_page(of, table, offset, limit or USUAL)
    return sending.tagged(answer, etag)


def as_lines(table: kept.Kept, offset: int, limit: int | None) -> Response:
    """Rows as a stream, a JSON object a line: as they were written down."""
    begin, end = table.span(offset, limit)
    response = Response(table.blocks(begin, end), mimetype=LINES)
    response.content_length = end - begin
    return response


def as_page(of: Asked, table: kept.Kept, offset: int, limit: int) -> Response:
    """A page of rows, and where the next one is."""
    beyond = offset + limit
    there = url_for("api.rows", number=of.number, unit=of.unit.value, offset=beyond, limit=limit, _external=False)
    head = {**of.described(), "offset": offset, "limit": limit, "total": of.total}
    head["next"] = there if beyond < of.total else None
    lines = b"".join(table.blocks(*table.span(offset, limit)))
    said = json.dumps(head, ensure_ascii=False).encode()[:-1]
    response = Response(said + b', "rows": [\n' + lines[:-1].replace(b"\n", b",\n") + b"\n]}\n", mimetype=JSON)
    if head["next"]:
        response.headers["Link"] = f'<{there}>; rel="next"'
    return response


@get("/releases/<int:number>/units/<unit>/export/<form>")
def export(number: int, unit: str, form: str) -> Response:
    return sent(number, unit, form, g.kind, exporting.export)


@get("/releases/<int:number>/units/<unit>/package/<form>")
def package(number: int, unit: str, form: str) -> Response:
    return sent(number, unit, form, ZIP, exporting.package)


def sent(number: int, unit: str, form: str, kind: str, write: Callable[[Prepared, Path], None]) -> Response:
    """The file of an export, or its package, written down before it leaves."""
    if form not in FORMATS:
        raise sending.unknown(gettext("Il n’y a pas de format de ce nom."))
    of = asked(number, unit)
    order = of.order(form, g.asked["language"], Shape(g.asked["shape"]))
    etag = of.tag(request.endpoint, order)
    if answer := sending.unchanged(etag):
        return answer
    ready = prepared(of, order)
    name = f"{ready.file_name}.zip" if request.endpoint == "api.package" else ready.file_name
    about: dict[str, str] = {}

    def written(path: Path) -> None:
        write(ready, path)
        if request.endpoint == "api.export":
            about.update(beside(path))

    answer = downloads.send(name, kind, written, conditional=False, etag=False)
    answer.headers.pop("Last-Modified", None)
    answer.headers.extend(about)
    if request.method != "HEAD":
        with db.writing() as connection:
            exporting.write_down(connection, ready, current_user.id, pulls.by_token(current_user.token_id))
    return sending.tagged(answer, etag)


def beside(path: Path) -> dict[str, str]:
    """What goes without saying in a package, for who takes its file alone: how many sentences are to be read there,
    where it is, and the hash of the file (RFC 9530)."""
    said = json.loads(path.with_name(f"{path.name}{manifest.ENDING}").read_bytes())
    digest = next(bytes.fromhex(file["sha256"]) for file in said["files"] if file["name"] == path.name)
    there = url_for("api.package", **(request.view_args or {}), **g.asked, _external=False)
    return {
        "Link": f'<{there}>; rel="describedby"; type="{ZIP}"',
        "Recension-Notices": str(len(said["notices"])),
        "Repr-Digest": f"sha-256=:{base64.b64encode(digest).decode()}:",
    }
