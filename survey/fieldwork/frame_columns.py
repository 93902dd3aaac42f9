"""What a list of organisations may hold, column by column, and by which headings."""

from __future__ import annotations

from survey.fieldwork.headings import Layout
from survey.instrument.grammar import Text

#: What a list may say of an organisation and of somebody to reach there, and by which headings.
LAYOUT = Layout(
    labels={
        "name": Text("Nom de l’organisation", "Name of the organisation"),
        "region_code": Text("Code de région", "Region code"),
        "region_name": Text("Région", "Region"),
        "outcome": Text("Issue", "Outcome"),
        "kind": Text("Type", "Type"),
        "acronym": Text("Sigle", "Acronym"),
        "aliases": Text("Autres noms", "Other names"),
        "language": Text("Langue préférée", "Preferred language"),
        "parent": Text("Fait partie de", "Part of"),
        "further_regions": Text("Autres régions", "Other regions"),
        "source": Text("Source", "Source"),
        "note": Text("Note", "Note"),
        "person": Text("Personne à joindre", "Person to reach"),
        "person_function": Text("Fonction de la personne", "Function of the person"),
        "person_role": Text("Rôle de la personne", "Role of the person"),
        "person_phone": Text("Téléphone", "Phone"),
        "person_other_phone": Text("Autre téléphone", "Other phone"),
        "person_email": Text("Courriel", "E-mail"),
        "person_other_email": Text("Autre courriel", "Other e-mail"),
        "person_language": Text("Langue de la personne", "Language of the person"),
    },
    headings={
        "name": "name, nom, organisme, organismes, organisation, organisations, organization, établissement, "
        "nom de l'organisme, nom de l'organisation, nom organisme, nom organisation, organisation name, "
        "organization name, raison sociale",
        "region_code": "region code, code de région, code de la région, code région, code régional, "
        "numéro de région, numéro de la région, no de région, no région",
        "region_name": "region name, region, nom de région, nom de la région, nom région, région administrative",
        "outcome": "outcome, issue, résultat, statut, status, disposition, état",
        "kind": "type, type d'organisme, type d'organisation, kind, organisation type, organization type, catégorie",
        "acronym": "acronyme, sigle, acronym, abréviation",
        "aliases": "autres noms, autre nom, alias, other names, other name, aliases",
        "language": "langue, langue préférée, language, preferred language",
        "parent": "parent, fait partie de, organisation parente, organisme parent, part of, parent organisation, "
        "parent organization",
        "further_regions": "autres régions, autre région, régions couvertes, further regions, other regions",
        "source": "source, provenance, origine",
        "note": "note, notes, remarque, remarques, commentaire, commentaires, observation, observations, "
        "comment, comments, remark, remarks",
        "person": "personne, personnes, nom de la personne, personne ressource, personne contact, contact, contacts, "
        "nom du contact, nom de la personne à joindre, nom de la personne ressource, person, persons, people, "
        "name of the person, contact person, contact name, name of the contact, resource person",
        "person_function": "fonction, fonctions, titre, poste, fonction du contact, titre de la personne, "
        "titre du contact, function, title, job title, position, contact function, contact title",
        "person_role": "rôle, rôles, rôle du contact, role, roles, contact role, person role",
        "person_phone": "tél, téléphones, numéro de téléphone, no de téléphone, téléphone de la personne, "
        "téléphone du contact, téléphone de l'organisation, téléphone de l'organisme, telephone, phone number, "
        "telephone number, tel, contact phone, phone of the person, phone of the organisation, "
        "phone of the organization",
        "person_other_phone": "cellulaire, cell, mobile, portable, second téléphone, téléphone 2, second phone, "
        "phone 2, cell phone, mobile phone",
        "person_email": "courriels, adresse courriel, adresse de courriel, adresse électronique, mail, "
        "courrier électronique, courriel de la personne, courriel du contact, courriel de l'organisation, "
        "courriel de l'organisme, email, email address, e-mail address, contact email, contact e-mail, "
        "e-mail of the person, e-mail of the organisation, e-mail of the organization",
        "person_other_email": "second courriel, courriel 2, second e-mail, e-mail 2, second email, email 2, "
        "other email",
        "person_language": "langue du contact, langue préférée de la personne, langue préférée du contact, "
        "contact language, preferred language of the person, person language, person's language",
    },
    needed="name",
    lacking=Text(
        "Aucune colonne ne porte le nom des organisations : la première ligne doit donner les titres des colonnes, "
        "dont « nom » ou « organisation ».",
        "No column holds the names of the organisations: the first line must give the headings of the columns, "
        "“name” or “organisation” among them.",
    ),
)
