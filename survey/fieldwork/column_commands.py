"""`--column "HEADING=FIELD"`: what the columns of a file hold, said on the command line."""

from __future__ import annotations

from collections.abc import Sequence

import click
from flask_babel import gettext

from survey.fieldwork.columns import Table
from survey.fieldwork.headings import Layout, key
from survey.fieldwork.remarks import shorten
from survey.text import N_, line

OPTION = "--column"
column_option = click.option(
    OPTION,
    "columns",
    multiple=True,
    metavar=N_("TITRE=CHAMP"),
    help=N_("Dire ce que contient la colonne de ce titre ; rien après « = » la laisse de côté. Peut se répéter."),
)


def understood(layout: Layout, given: Sequence[str]) -> Layout:
    """The layout of a file with what was said of its headings. Raises `BadParameter`, which ends with status 2."""
    named: dict[str, str] = {}
    for one in given:
        heading, sign, field = one.rpartition("=")
        if not sign or not key(heading):
            raise refused(gettext("« %(given)s » n’a pas la forme TITRE=CHAMP.", given=shorten(one)))
        if named.setdefault(heading, field_of(layout, field)) != field_of(layout, field):
            raise refused(gettext("« %(heading)s » reçoit deux champs.", heading=shorten(heading)))
    return layout.naming(named)


def field_of(layout: Layout, said: str) -> str:
    """The field of a name, of its label or of one of its headings; "" for none at all. Raises `BadParameter`."""
    said = line(said)
    found = said if said in layout.labels else layout.column_of(said)
    if said and not found:
        fields = ", ".join(layout.labels)
        raise refused(
            gettext(
                "« %(said)s » n’est pas un champ ; les champs sont : %(fields)s.", said=shorten(said), fields=fields
            )
        )
    return found


def require_headings(table: Table | None, given: Sequence[str]) -> None:
    """Raise `BadParameter` for a heading that the file does not have; what is no table is said otherwise."""
    there = {key(heading) for heading in table.headings} if table else set()
    for heading in (one.rpartition("=")[0] for one in given):
        if table and key(heading) not in there:
            headings = ", ".join(gettext("« %(name)s »", name=shorten(each)) for each in table.headings if each.strip())
            raise refused(
                gettext(
                    "aucune colonne n’a le titre « %(heading)s » ; à la ligne %(line)s : %(headings)s.",
                    heading=shorten(heading),
                    line=table.line,
                    headings=headings,
                )
            )


def refused(sentence: str) -> click.BadParameter:
    return click.BadParameter(sentence, ctx=click.get_current_context(), param_hint=OPTION)
