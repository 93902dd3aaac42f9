"""The code lists."""

from survey.instrument.grammar import Codes


class YesNo(Codes):
    YES = "yes", 1, "Oui", "Yes"
    NO = "no", 2, "Non", "No"


class Status(Codes):
    DEVELOPING = "developing", 1, "En cours de développement", "In development"
    RUNNING = "running", 2, "En application", "Running"
    SUSPENDED = "suspended", 3, "Suspendu/Interrompu", "Suspended/Interrupted"


class Funding(Codes):
    NONE = "none", 1, "Non financé", "Not funded"
    SEEKING = "seeking", 2, "En recherche de financement", "Seeking funding"
    FUNDED = "funded", 3, "Financé", "Funded"


class Audience(Codes):
    YOUTH = "youth", 1, "Jeunes", "Young people"
    PARENTS = "parents", 2, "Parents", "Parents"
    PRACTITIONERS = "practitioners", 3, "Intervenants", "Practitioners"
    OTHERS = "others", 4, "Autres", "Others"


class Sex(Codes):
    ALL = "all", 1, "Tous les sexes", "All sexes"
    MALE = "male", 2, "Masculin", "Male"
    FEMALE = "female", 3, "Féminin", "Female"
    OTHER = "other", 4, "Autre", "Other"


class Involvement(Codes):
    VICTIMS = "victims", 1, "Victimes", "Victims"
    PROCURERS = "procurers", 2, "Proxénètes", "Procurers"
    THIRD_PARTIES = "third_parties", 3, "Tierces parties", "Third parties"


class RiskLevel(Codes):
    ALL = "all", 1, "Tous les jeunes", "All young people"
    AT_RISK = (
        "at_risk",
        2,
        "Jeunes à risque d'exploitation sexuelle (en fonction des facteurs de risque et de protection)",
        "Young people at risk of sexual exploitation (according to risk and protective factors)",
    )
    INVOLVED = (
        "involved",
        3,
        "Jeunes impliqués dans l'exploitation sexuelle par le passé ou à l'heure actuelle",
        "Young people involved in sexual exploitation, in the past or at present",
    )


class MissingReason(Codes):
    """Why an item has no answer. The number is the user-missing value of statistical software."""

    DONT_KNOW = "dont_know", -7, "Ne sait pas", "Don't know"
    REFUSED = "refused", -8, "Refus", "Refused"
    NOT_APPLICABLE = "not_applicable", -9, "Ne s’applique pas", "Not applicable"


class Mode(Codes):
    PHONE = "phone", 1, "Téléphone", "Phone"
    ZOOM = "zoom", 2, "Zoom", "Zoom"
    OTHER = "other", 3, "Autre", "Other"


class ConsentPurpose(Codes):
    """What a respondent may consent to; each is a record of its own."""

    INTERVIEW = "interview", 1, "Participer à l’entrevue", "Take part in the interview"
    QUOTE = "quote", 2, "Être cité sans être nommé", "Be quoted without being named"
    RECONTACT = "recontact", 3, "Être contacté de nouveau", "Be contacted again"


class Region(Codes):
    """The 17 administrative regions of Québec, under their official codes (Institut de la statistique du Québec)."""

    R01 = "01", 1, "Bas-Saint-Laurent", "Bas-Saint-Laurent"
    R02 = "02", 2, "Saguenay–Lac-Saint-Jean", "Saguenay–Lac-Saint-Jean"
    R03 = "03", 3, "Capitale-Nationale", "Capitale-Nationale"
    R04 = "04", 4, "Mauricie", "Mauricie"
    R05 = "05", 5, "Estrie", "Estrie"
    R06 = "06", 6, "Montréal", "Montréal"
    R07 = "07", 7, "Outaouais", "Outaouais"
    R08 = "08", 8, "Abitibi-Témiscamingue", "Abitibi-Témiscamingue"
    R09 = "09", 9, "Côte-Nord", "Côte-Nord"
    R10 = "10", 10, "Nord-du-Québec", "Nord-du-Québec"
    R11 = "11", 11, "Gaspésie–Îles-de-la-Madeleine", "Gaspésie–Îles-de-la-Madeleine"
    R12 = "12", 12, "Chaudière-Appalaches", "Chaudière-Appalaches"
    R13 = "13", 13, "Laval", "Laval"
    R14 = "14", 14, "Lanaudière", "Lanaudière"
    R15 = "15", 15, "Laurentides", "Laurentides"
    R16 = "16", 16, "Montérégie", "Montérégie"
    R17 = "17", 17, "Centre-du-Québec", "Centre-du-Québec"


class OrganisationType(Codes):
    """What an organisation is."""

    HEALTH = "health", 1, "CISSS ou CIUSSS", "CISSS or CIUSSS (health and social services)"
    COMMUNITY = "community", 2, "Organisme communautaire", "Community organisation"
    POLICE = "police", 3, "Service de police", "Police service"
    SCHOOL = "school", 4, "Milieu scolaire", "School"
    RESEARCH = "research", 5, "Université ou recherche", "University or research"
    GOVERNMENT = "government", 6, "Ministère ou organisme public", "Ministry or public body"
    INDIGENOUS = "indigenous", 7, "Organisation autochtone", "Indigenous organisation"
    OTHER = "other", 8, "Autre", "Other"


class CaseSource(Codes):
    """How an organisation came into the list."""

    FRAME = "frame", 1, "Liste de départ", "Initial list"
    REFERRAL = "referral", 2, "Nommée par une organisation sondée", "Named by a surveyed organisation"
    COORDINATION = "coordination", 3, "Suggestion de la coordination", "Suggested by the coordination"
    COMMITTEE = "committee", 4, "Suggestion du comité consultatif", "Suggested by the advisory committee"


class PersonRole(Codes):
    """What somebody is to whoever wants to reach an organisation."""

    LIAISON = "liaison", 1, "Agent ou agente de liaison", "Liaison officer"
    DIRECTOR = "director", 2, "Direction", "Director"
    PROJECT_LEAD = "project_lead", 3, "Responsable de projet", "Project lead"
    PRACTITIONER = "practitioner", 4, "Intervenant ou intervenante", "Practitioner"
    OTHER = "other", 5, "Autre", "Other"


class Channel(Codes):
    """How somebody was contacted."""

    PHONE = "phone", 1, "Téléphone", "Phone"
    EMAIL = "email", 2, "Courriel", "E-mail"
    ZOOM = "zoom", 3, "Zoom", "Zoom"
    IN_PERSON = "in_person", 4, "En personne", "In person"


class AttemptResult(Codes):
    """What came of an attempt to reach an organisation."""

    NO_ANSWER = "no_answer", 1, "Pas de réponse", "No answer"
    MESSAGE = "message", 2, "Message laissé ou courriel envoyé", "Message left or e-mail sent"
    INVALID = "invalid", 3, "Coordonnée qui n’est plus bonne", "Contact details no longer valid"
    CALL_BACK = "call_back", 4, "Personne jointe, à rappeler", "Person reached, to be called back"
    REDIRECTED = "redirected", 5, "Dirigé vers quelqu’un d’autre", "Directed to somebody else"
    APPOINTMENT = "appointment", 6, "Rendez-vous pris", "Appointment made"
    INTERVIEWED = "interviewed", 7, "Entrevue tenue", "Interview held"
    NOT_NOW = "not_now", 8, "Pas maintenant", "Not now"
    REFUSED = "refused", 9, "Refus", "Refusal"
    NOTHING = "nothing", 10, "Rien à recenser", "Nothing to inventory"
    NOT_ELIGIBLE = "not_eligible", 11, "Non admissible", "Not eligible"


class RefusalReason(Codes):
    TIME = "time", 1, "Manque de temps", "Lack of time"
    NOT_CONCERNED = "not_concerned", 2, "Ne se dit pas concernée", "Says it is not concerned"
    CONFIDENTIALITY = "confidentiality", 3, "Confidentialité", "Confidentiality"
    MANAGEMENT = "management", 4, "Refus de la direction", "Refused by management"
    BURDEN = "burden", 5, "Trop de sollicitations", "Too many requests"
    OTHER = "other", 6, "Autre raison", "Other reason"
    NONE_GIVEN = "none_given", 7, "Sans raison donnée", "No reason given"


class AppointmentStatus(Codes):
    PLANNED = "planned", 1, "Prévu", "Planned"
    KEPT = "kept", 2, "Tenu", "Kept"
    MISSED = "missed", 3, "Manqué", "Missed"
    CANCELLED = "cancelled", 4, "Annulé", "Cancelled"


class MessageKind(Codes):
    FIRST_CONTACT = "first_contact", 1, "Premier contact", "First contact"
    REMINDER = "reminder", 2, "Relance", "Reminder"
    APPOINTMENT = "appointment", 3, "Confirmation du rendez-vous", "Confirmation of the appointment"
    EVE = "eve", 4, "Rappel la veille du rendez-vous", "Reminder the day before the appointment"
    THANKS = "thanks", 5, "Remerciement", "Thanks"


class MessageStatus(Codes):
    """Where a message stands. One found `sending` after a fault may have left: it is never sent again by itself."""

    READY = "ready", 1, "Prêt à envoyer", "Ready to send"
    SENDING = "sending", 2, "En cours d’envoi", "Being sent"
    SENT = "sent", 3, "Envoyé", "Sent"
    FAILED = "failed", 4, "Échec de l’envoi", "Failed"
    DROPPED = "dropped", 5, "Abandonné", "Dropped"


class Fate(Codes):
    """What became of an organisation that somebody named."""

    PENDING = "pending", 1, "À trancher", "To be decided"
    NEW = "new", 2, "Nouvelle, ajoutée à la liste", "New, added to the list"
    KNOWN = "known", 3, "Déjà dans la liste", "Already in the list"
    SAME = "same", 4, "Même initiative qu’une autre", "Same initiative as another"
    DISMISSED = "dismissed", 5, "Écartée", "Dismissed"


class Disposition(Codes):
    """Where a case stands: the classes of Annexe A and those it lacked, each with its AAPOR class (see `AAPOR`)."""

    NOT_CONTACTED = "not_contacted", 1, "À contacter", "To be contacted"
    IN_PROGRESS = "in_progress", 2, "Démarche en cours", "In progress"
    APPOINTMENT = "appointment", 3, "Rendez-vous pris", "Appointment made"
    COMPLETED = "completed", 4, "Sondé", "Surveyed"
    COMPLETED_NONE = "completed_none", 5, "Sondé, aucune initiative", "Surveyed, no initiative"
    PARTIAL = "partial", 6, "Entrevue incomplète", "Partial interview"
    REFUSAL = "refusal", 7, "Refus", "Refusal"
    NOT_AVAILABLE = "not_available", 8, "Non disponible", "Not available"
    NO_REPLY = "no_reply", 9, "Sans réponse après relances", "No reply after reminders"
    IMPOSSIBLE = "impossible", 10, "Impossible à rencontrer", "Impossible to meet"
    NOTHING_TO_INVENTORY = "nothing_to_inventory", 11, "Rien à recenser", "Nothing to inventory"
    NOT_ELIGIBLE = "not_eligible", 12, "Non admissible", "Not eligible"
    DUPLICATE = "duplicate", 13, "Doublon d’une autre", "Duplicate of another"


#: The outcomes of a case that is still worked on.
INTERIM = frozenset({Disposition.NOT_CONTACTED, Disposition.IN_PROGRESS, Disposition.APPOINTMENT})


class TargetPopulation(Codes):
    """Of whom a wave of collection speaks; it decides what « rien à recenser » is."""

    WITH_INITIATIVES = (
        "with_initiatives",
        1,
        "Les organisations de la liste qui ont, ou ont eu, une initiative",
        "The organisations of the list that have, or had, an initiative",
    )
    ALL_LISTED = "all_listed", 2, "Toutes les organisations de la liste", "All organisations of the list"


class Aapor(Codes):
    """The classes of the AAPOR Standard Definitions (10th edition, 2023) that outcome rates are made of."""

    I = "I", 1, "Entrevue complète", "Complete interview"  # noqa: E741
    P = "P", 2, "Entrevue partielle", "Partial interview"
    R = "R", 3, "Refus", "Refusal"
    NC = "NC", 4, "Non joint", "Non-contact"
    O = "O", 5, "Autre non-réponse", "Other non-response"  # noqa: E741
    UH = "UH", 6, "Admissibilité inconnue", "Unknown eligibility"
    UO = "UO", 7, "Admissibilité inconnue, autre", "Unknown eligibility, other"
    NE = "NE", 8, "Non admissible", "Not eligible"
    UR = "UR", 9, "Admissibilité inconnue, refus", "Unknown eligibility, refusal"


#: For the organisations that have or had an initiative; an interview completed with Q.1 = Non is a complete interview.
AAPOR: dict[Disposition, Aapor] = {
    Disposition.NOT_CONTACTED: Aapor.UH,
    Disposition.IN_PROGRESS: Aapor.UH,
    Disposition.APPOINTMENT: Aapor.O,
    Disposition.COMPLETED: Aapor.I,
    Disposition.COMPLETED_NONE: Aapor.I,
    Disposition.PARTIAL: Aapor.P,
    Disposition.REFUSAL: Aapor.R,
    Disposition.NOT_AVAILABLE: Aapor.O,
    Disposition.NO_REPLY: Aapor.NC,
    Disposition.IMPOSSIBLE: Aapor.O,
    Disposition.NOTHING_TO_INVENTORY: Aapor.NE,
    Disposition.NOT_ELIGIBLE: Aapor.NE,
    Disposition.DUPLICATE: Aapor.NE,
}


def aapor(disposition: Disposition, population: TargetPopulation | None) -> Aapor:
    """The class of an outcome. « Rien à recenser » is a complete answer where the population is everybody listed.

    As long as no population is stated, it is those that have or had an initiative.
    """
    everybody = population is TargetPopulation.ALL_LISTED
    return Aapor.I if everybody and disposition is Disposition.NOTHING_TO_INVENTORY else AAPOR[disposition]
