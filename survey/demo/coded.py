"""The coded facts of a fact sheet as answers to Annexe B: what a sheet does not state stays unanswered.

Annexe B has no item for the type of project, the main target, the setting and the modality: they make no answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from survey.demo.published import Sheet, convention
from survey.instrument.codes import Audience, Involvement, MissingReason, Region, Sex, Status
from survey.interview.answers import Answer

STATUS = {"En développement": Status.DEVELOPING, "En application": Status.RUNNING, "En suspens": Status.SUSPENDED}
SEX = {"Tous les sexes": Sex.ALL, "Masculin": Sex.MALE, "Féminin": Sex.FEMALE}
INVOLVEMENT = {
    "Victime": frozenset({Involvement.VICTIMS}),
    "Proxénète": frozenset({Involvement.PROCURERS}),
    "Victime & Proxénète": frozenset({Involvement.VICTIMS, Involvement.PROCURERS}),
}
PRACTITIONERS = {
    "audience_health_social": "Santé et services sociaux",
    "audience_police": "Police",
    "audience_justice": "Justice",
    "audience_school": "Milieu scolaire",
    "audience_community": "Milieu communautaire",
}

NOT_APPLICABLE = {"Ne s'applique pas", "S.O.", "not_applicable"}
NOT_SPECIFIED = {"", "Non spécifié"}

#: What a sheet says of its year or its partners that is neither an answer nor one of our reasons.
REMARKS = {
    "upcoming": "Fiche publiée : « À venir ».",
    "count_only": "Fiche publiée : les partenaires sont comptés, non nommés.",
    "to_be_determined": "Fiche publiée : les partenaires sont à préciser.",
    "categories_only": "Fiche publiée : ce sont des catégories, non des organisations.",
    "no_official_partner,_collaborations_named": "Fiche publiée : aucun partenaire officiel; des collaborations.",
    "not_applicable,_collaborations_named": "Fiche publiée : « Ne s’applique pas »; des collaborations.",
}
CUT = {
    "certain": "La liste est coupée dans la source.",
    "probable": "La liste est probablement coupée dans la source.",
    "possible": "La liste est peut-être coupée dans la source.",
}


@dataclass(frozen=True)
class Said:
    """What goes into one field: an answer, or the reason for having none, and perhaps an internal note."""

    item: str
    answer: Answer = None
    reason: MissingReason | None = None
    note: str | None = None


def said(sheet: Sheet, region: Region | None) -> Iterator[Said]:
    """The fields of one block of section 2, in the order of the questionnaire; an unanswered one may be empty.

    `region` is that of the organisation interviewed.
    """
    yield Said("name", sheet["name"])
    year = sheet["year_created"]
    yield Said("year_created", int(year)) if year else missing("year_created", sheet["year_created_missing"])
    yield Said("status", STATUS[sheet["stage"]])
    yield stated("lead_organisation", sheet["lead_organisation"], of_lead(sheet, region))
    yield partners(sheet)
    yield from audience(sheet)
    yield stated("delivery", sheet["frequency"])


def stated(item: str, words: str, note: str | None = None) -> Said:
    """A text as the sheet has it, or what its « Ne s'applique pas » and « Non spécifié » stand for."""
    if words in NOT_SPECIFIED:
        return Said(item, note=note)
    if words in NOT_APPLICABLE:
        return Said(item, reason=MissingReason.NOT_APPLICABLE, note=note)
    return Said(item, words, note=note)


def missing(item: str, status: str) -> Said:
    """No answer, for the status that Annexe C gives instead of one."""
    reason = MissingReason.NOT_APPLICABLE if status in NOT_APPLICABLE else None
    return Said(item, reason=reason, note=REMARKS.get(status))


def of_lead(sheet: Sheet, region: Region | None) -> str | None:
    """Who describes the sheet when that is not its lead alone, and the region of the sheet when it is another."""
    there = Region.of(sheet["region_code"])
    elsewhere = f"Fiche publiée : région {there.label.fr}." if there is not region else None
    return "\n".join(filter(None, (convention(sheet), elsewhere))) or None


def partners(sheet: Sheet) -> Said:
    """The partners as listed. The source cut some of the lists, and the note says which."""
    status = sheet["partners_status"]
    if not sheet["partners"]:
        return missing("partners", status)
    notes = [REMARKS.get(status), CUT.get(sheet["partners_cut_off_in_source"])]
    return Said("partners", sheet["partners"], note="\n".join(filter(None, notes)) or None)


def audience(sheet: Sheet) -> Iterator[Said]:
    """Q.9: the boxes that the sheet's audiences tick, and what they specify."""
    practitioners = [name for column, name in PRACTITIONERS.items() if sheet[column] == "1"]
    youth, everybody = sheet["includes_youth"] == "Oui", sheet["audience_general_population"] == "1"
    ticked = {
        Audience.YOUTH: youth,
        Audience.PARENTS: sheet["audience_parents"] == "1",
        Audience.PRACTITIONERS: bool(practitioners),
        Audience.OTHERS: everybody,
    }
    boxes = frozenset(code for code, here in ticked.items() if here)
    yield Said("audience", boxes, note=None if youth else stray(sheet))
    if youth:
        yield from of_youth(sheet)
    if practitioners:
        yield Said("practitioners_detail", " ; ".join(practitioners))
    if everybody:
        yield Said("others_detail", "Population générale")


def of_youth(sheet: Sheet) -> Iterator[Said]:
    yield stated("youth_age", sheet["age_range"])
    sex, involvement = SEX.get(sheet["sex"]), INVOLVEMENT.get(sheet["involvement"])
    yield Said("youth_sex", frozenset({sex})) if sex else missing("youth_sex", "not_applicable")
    yield Said("youth_involvement", involvement) if involvement else missing("youth_involvement", "not_applicable")


def stray(sheet: Sheet) -> str | None:
    """What a sheet that is not for youth says about youth all the same."""
    told = [sheet[column] for column in ("sex", "involvement") if sheet[column] not in NOT_APPLICABLE]
    return f"Fiche publiée : « {told[0]} », bien qu’elle ne vise pas les jeunes." if told else None
