"""The published facts: the organisations of Annexe A and the fact sheets of Annexe C, and who describes each sheet.

Source: Turcotte, Simard, Fournier and Bélanger (2022), see README.md beside this file.

A sheet is described in the interview of the organisation that leads it, the first named when several do. The leads of
17 sheets are not among the organisations that were surveyed, and the report does not say who described them. To keep
the 80 organisations and their outcomes as published, such a sheet is described, by convention, by the first surveyed
organisation that it names as its partner (13 sheets: Annexe B inventories what is done « dans le milieu (ou milieu
partenaire) »), or else by the first surveyed organisation of its region in the order of Annexe A (4 sheets). An
internal note on the sheet's Q.6 says so each time; Q.6 itself names the lead as published.
"""

from __future__ import annotations

import csv
import enum
from collections.abc import Mapping
from pathlib import Path

ANNEXE_A = Path(__file__).with_name("annexe_a.csv")
ANNEXE_C = Path(__file__).with_name("annexe_c.csv")

#: One sheet of Annexe C, by the headings of its file.
Sheet = Mapping[str, str]


class Link(enum.Enum):
    """How an organisation comes to describe a sheet that it does not lead."""

    PARTNER = "un partenaire que la fiche nomme"
    REGION = "une organisation sondée de la même région"


#: By number of sheet, the organisation of Annexe A that stands in for a lead that was not surveyed.
STANDING_IN: dict[str, tuple[str, Link]] = {
    "4": ("CISSS Bas-Saint-Laurent", Link.REGION),
    "6": ("CIUSSS Saguenay-Lac-St-Jean", Link.PARTNER),
    "7": ("CIUSSS Saguenay-Lac-St-Jean", Link.PARTNER),
    "26": ("CIUSSS Capitale-Nationale", Link.REGION),
    "85": ("CIUSSS Ouest-de-l'Île-de-Montréal (Batshaw)", Link.PARTNER),
    "86": ("Action Jeunesse de l'Ouest-de-l'Île (AJOI)", Link.PARTNER),
    "93": ("CISSS Abitibi-Témiscamingue", Link.PARTNER),
    "97": ("CALACS – Lumière boréale", Link.PARTNER),
    "104": ("CISSS Laval", Link.PARTNER),
    "114": ("CISSS Laval", Link.PARTNER),
    "117": ("CISSS Laval", Link.REGION),
    "118": ("CISSS Laval", Link.PARTNER),
    "119": ("CISSS Laval", Link.PARTNER),
    "128": ("CALACS – Coup de Cœur (Joliette)", Link.PARTNER),
    "129": ("CALACS – La Chrysalide (Terrebonne)", Link.PARTNER),
    "132": ("Association pour les Jeunes de la rue de Joliette(AJRJ)", Link.REGION),
    "133": ("CALACS – La Chrysalide (Terrebonne)", Link.PARTNER),
}


def sheets() -> list[Sheet]:
    """The 152 sheets, in the order of Annexe C."""
    with ANNEXE_C.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def described_by(sheet: Sheet) -> str:
    """The organisation of Annexe A in whose interview a sheet is described."""
    leads = sheet["lead_organisation_annexe_a"]
    return leads.split(" ; ")[0] if leads else STANDING_IN[sheet["sheet"]][0]


def convention(sheet: Sheet) -> str | None:
    """Why it is that organisation, when it is not the only lead."""
    if " ; " in sheet["lead_organisation_annexe_a"]:
        return "Démonstration : la fiche a plusieurs porteurs; elle est décrite par le premier nommé."
    if sheet["lead_organisation_annexe_a"]:
        return None
    _name, link = STANDING_IN[sheet["sheet"]]
    return (
        "Démonstration : le porteur n’est pas parmi les organisations sondées de l’Annexe A, et le rapport ne dit pas "
        f"qui a décrit cette fiche; par convention, c’est {link.value}."
    )
