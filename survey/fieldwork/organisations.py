"""What is known of an organisation, and where it stands among the others: changed as a whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import audit
from survey.accounts.models import Language
from survey.db import held
from survey.fieldwork import cases, naming, words
from survey.fieldwork.models import Organisation, OrganisationRegion, TimeZone
from survey.instrument.codes import OrganisationType, Region


@dataclass(frozen=True)
class Description:
    """What is said of an organisation."""

    name: str
    acronym: str | None = None
    aliases: tuple[str, ...] = ()
    kind: OrganisationType | None = None
    region: Region | None = None
    further_regions: frozenset[Region] = frozenset()
    language: Language | None = None
    time_zone: TimeZone = TimeZone.EASTERN
    parent_id: int | None = None
    note: str | None = None


class Circle(ValueError):
    """An organisation would be part of itself."""


def hold(session: Session, organisation: Organisation) -> Organisation:
    """An organisation as it stands, its names held with it until the commit."""
    naming.hold(session)
    held(session, sa.select(Organisation).where(Organisation.id == organisation.id))
    session.expire(organisation)
    return organisation


def change(session: Session, organisation: Organisation, said: Description, user_id: int | None) -> None:
    """Make an organisation what is said of it. Raises `naming.Taken` and `Circle`."""
    hold(session, organisation)
    if said.parent_id is not None and organisation.id in line_of(session, said.parent_id):
        raise Circle(organisation.id)
    cases.classify(session, organisation, said.region, said.kind, user_id)
    naming.rename(session, organisation, said.name, said.aliases)
    for name in ("acronym", "language", "time_zone", "parent_id", "note"):
        setattr(organisation, name, getattr(said, name))
    cover(session, organisation, said.further_regions - {said.region})
    words.keep(session, organisation.id)
    action = audit.Action.ORGANISATION_EDIT
    audit.record(session, action, user_id=user_id, about=("organisation", organisation.id))


def cover(session: Session, organisation: Organisation, regions: frozenset[Region | None]) -> None:
    """Say which regions it covers beside the one where it is counted."""
    held = {row.region_code: row for row in organisation.further_regions}
    for region in held.keys() - regions:
        organisation.further_regions.remove(held[region])
    organisation.further_regions += [
        OrganisationRegion(organisation_id=organisation.id, region_code=region)
        for region in sorted(region for region in regions if region is not None)
        if region not in held
    ]
    session.flush()


def line_of(session: Session, organisation_id: int) -> list[int]:
    """An organisation, the one that it is part of, and so on up."""
    line: list[int] = []
    at: int | None = organisation_id
    while at is not None and at not in line:
        line.append(at)
        at = session.scalar(sa.select(Organisation.parent_id).where(Organisation.id == at))
    return line


def parts_of(session: Session, organisation_id: int) -> Sequence[Organisation]:
    """The organisations that are part of one, by name."""
    query = sa.select(Organisation).where(Organisation.parent_id == organisation_id)
    return session.scalars(query.order_by(Organisation.folded_name)).all()
