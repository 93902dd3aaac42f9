"""Annexe B of the 2022 report, to the letter, with its English beside it."""

from survey.instrument.codes import Audience, Funding, Involvement, RiskLevel, Sex, Status, YesNo
from survey.instrument.grammar import (
    Footnote,
    Instruction,
    Instrument,
    Item,
    Kind,
    Prefilled,
    Question,
    Section,
    Statement,
    Text,
    When,
)
from survey.instrument.introduction import INTRODUCTION, SOURCE

GENERAL = Section(
    name="general",
    title=Text("SECTION 1 : RENSEIGNEMENTS GÉNÉRAUX", "SECTION 1: GENERAL INFORMATION"),
    elements=(
        Question(
            number="",
            text=None,
            items=(
                Item("respondent_name", Text("Nom de la personne interviewée :", "Name of the person interviewed:")),
                Item("respondent_function", Text("Fonction :", "Position:")),
            ),
        ),
        Prefilled("organisation", Text("Organisme/organisation :", "Organisation:")),
        Prefilled("region", Text("Région :", "Region:")),
        Question(number="", text=None, items=(Item("held_on", Text("Date :", "Date:"), Kind.DATE),)),
        Prefilled("interviewer", Text("Nom de l'intervieweur :", "Name of the interviewer:")),
        Question(
            number="Q.1",
            text=Text(
                "Est-ce que votre milieu participe ou a déjà participé à des initiatives (projet, programme, activité, "
                "outil de sensibilisation et/ou d'intervention) qui ciblent directement l'exploitation sexuelle des "
                "mineurs ?",
                "Does your setting take part, or has it ever taken part, in initiatives (project, program, activity, "
                "awareness and/or intervention tool) that directly target the sexual exploitation of minors?",
            ),
            instructions=(
                Instruction(
                    Text(
                        "Initiative dont un des objectifs porte explicitement sur l'exploitation sexuelle. Commençons "
                        "par les initiatives pour lesquels l'organisme est porteur du projet. Les tables de "
                        "concertation vont être recensées dans la dernière section : autres initiatives.",
                        "An initiative of which one objective is explicitly about sexual exploitation. Let us start "
                        "with the initiatives for which the organisation leads the project. Coordination tables will "
                        "be inventoried in the last section: other initiatives.",
                    )
                ),
            ),
            items=(
                Item("has_initiatives", kind=Kind.SELECT_ONE, codes=YesNo),
                Item(
                    "initiative_count",
                    Text("Nombre :", "Number:"),
                    Kind.INTEGER,
                    when=When("has_initiatives", YesNo.YES),
                    lead=Text("Si oui, combien?", "If so, how many?"),
                    minimum=0,
                    maximum=999,
                ),
            ),
            closing=Instruction(
                Text(
                    "Si non, passez à la section 3 du présent questionnaire (question 14).",
                    "If not, go to section 3 of this questionnaire (question 14).",
                )
            ),
        ),
    ),
)

YOUTH = When("audience", Audience.YOUTH)

INITIATIVES = Section(
    name="initiatives",
    title=Text("SECTION 2 : RECENSION DES INITIATIVES", "SECTION 2: INVENTORY OF INITIATIVES"),
    when=When("has_initiatives", YesNo.YES),
    block=Text("PROJET, PROGRAMME, ACTIVITÉ OU OUTILS {n}", "PROJECT, PROGRAM, ACTIVITY OR TOOLS {n}"),
    elements=(
        Statement(
            Text(
                "Dans cette section, veuillez décrire chacune des initiatives présentes dans le milieu (ou milieu "
                "partenaire).",
                "In this section, please describe each of the initiatives present in the setting (or partner setting).",
            )
        ),
        Instruction(
            Text(
                "pour chacun des projets, activités, programmes identifiés, les mêmes questions seront posées. Il y a "
                "donc un tableau à remplir par initiative.",
                "the same questions will be asked for each project, activity or program identified. There is "
                "therefore one table to fill per initiative.",
            )
        ),
        Question(
            number="Q.2.{n}",
            text=Text(
                "Nom du projet, du programme, de l'activité, de l'outil ou de la formation",
                "Name of the project, program, activity, tool or training",
            ),
            items=(Item("name"),),
        ),
        Question(
            number="Q.3.{n}",
            text=Text(
                "Description du projet, activité ou programme", "Description of the project, activity or program"
            ),
            hint=Text("(*en quelques lignes*)", "(*in a few lines*)"),
            items=(Item("description", kind=Kind.PARAGRAPH),),
        ),
        Question(
            number="Q.4.{n}",
            text=Text("Année de création", "Year of creation"),
            items=(Item("year_created", kind=Kind.YEAR, minimum=1800, maximum=2100),),
        ),
        Question(
            number="Q.5.{n}",
            text=Text("Statut du projet", "Status of the project"),
            items=(Item("status", kind=Kind.SELECT_ONE, codes=Status),),
        ),
        Question(
            number="Q.6.{n}",
            text=Text(
                "Identification de l'établissement ou organisme porteur officiel du projet",
                "Identification of the institution or organisation that officially leads the project",
            ),
            items=(Item("lead_organisation"),),
        ),
        Question(
            number="Q.7.{n}",
            text=Text("Partenaires officiels au projet (le cas échéant)", "Official partners of the project (if any)"),
            items=(Item("partners", kind=Kind.PARAGRAPH),),
        ),
        Question(
            number="Q.8.{n}",
            text=Text("Financement du projet", "Funding of the project"),
            items=(
                Item("funding", kind=Kind.SELECT_MANY, codes=Funding, exclusive=Funding.NONE),
                Item(
                    "funding_source",
                    Text("Source de financement :", "Source of funding:"),
                    when=When("funding", Funding.FUNDED),
                ),
            ),
        ),
        Question(
            number="Q.9.{n}",
            text=Text("Clientèle(s) cible du projet", "Target audience(s) of the project"),
            hint=Text("(*cocher toutes les réponses qui s'appliquent*)", "(*tick all that apply*)"),
            items=(
                Item("audience", kind=Kind.SELECT_MANY, codes=Audience),
                Item("youth_age", Text("Âge :", "Age:"), when=YOUTH),
                Item("youth_sex", Text("Sexe :", "Sex:"), Kind.SELECT_MANY, Sex, YOUTH),
                Item(
                    "youth_involvement",
                    Text("Type d'implication :", "Type of involvement:"),
                    Kind.SELECT_MANY,
                    Involvement,
                    YOUTH,
                    footnote=Footnote(
                        1,
                        Text(
                            "Exemples : Les personnes impliquées dans le recrutement, la sollicitation, le transport, "
                            "etc.",
                            "Examples: people involved in recruitment, solicitation, transport, etc.",
                        ),
                        Involvement.THIRD_PARTIES,
                    ),
                ),
                Item("youth_risk", Text("Niveau de risque :", "Level of risk:"), Kind.SELECT_MANY, RiskLevel, YOUTH),
                Item(
                    "parents_detail",
                    Text("Précisez :", "Please specify:"),
                    when=When("audience", Audience.PARENTS),
                ),
                Item(
                    "practitioners_detail",
                    Text("Précisez :", "Please specify:"),
                    when=When("audience", Audience.PRACTITIONERS),
                ),
                Item(
                    "others_detail",
                    Text("Précisez :", "Please specify:"),
                    when=When("audience", Audience.OTHERS),
                ),
            ),
        ),
        Question(
            number="Q.10.{n}",
            text=Text("Buts et objectifs principaux du projet", "Main aims and objectives of the project"),
            items=(Item("objectives", kind=Kind.PARAGRAPH),),
            footnote=Footnote(
                3,
                Text(
                    "Incluant les objectifs du projet qui ne mentionnent pas l'exploitation sexuelle des mineurs.",
                    "Including the objectives of the project that do not mention the sexual exploitation of minors.",
                ),
            ),
        ),
        Question(
            number="Q.11.{n}",
            text=Text(
                "Composantes au cœur du projet, essentielles à son succès",
                "Components at the heart of the project, essential to its success",
            ),
            items=(Item("components", kind=Kind.PARAGRAPH),),
            footnote=Footnote(
                2,
                Text(
                    "Exemples : mentorat/pairs aidants ; activités de groupe ; volet suivi individuel ; formation du "
                    "personnel et autres stratégies de mobilisation des connaissances ; partenariat ; etc.",
                    "Examples: mentoring/peer helpers; group activities; individual follow-up; staff training and "
                    "other knowledge mobilisation strategies; partnership; etc.",
                ),
            ),
        ),
        Question(
            number="2.4.{n}",
            text=Text(
                "Aspects novateurs du projet, du programme ou de l'outil, selon la personne interviewée",
                "Innovative aspects of the project, program or tool, according to the person interviewed",
            ),
            items=(Item("innovative_aspects", kind=Kind.PARAGRAPH),),
            supplementary=Text(
                "Question supplémentaire et facultative : décrite à la section 2.4 du rapport, absente de l'Annexe B "
                "imprimée.",
                "Optional supplementary question: described in section 2.4 of the report, absent from the printed "
                "Annexe B.",
            ),
        ),
        Question(
            number="Q.12.{n}",
            text=Text(
                "Déploiement du projet (durée / fréquence des activités du projet)",
                "Delivery of the project (duration / frequency of the project's activities)",
            ),
            items=(Item("delivery", kind=Kind.PARAGRAPH),),
        ),
        Question(
            number="Q.13.{n}",
            text=Text(
                "Pour en savoir plus... (documents, outils, site web, etc.)",
                "To find out more... (documents, tools, website, etc.)",
            ),
            items=(Item("further_information", kind=Kind.PARAGRAPH),),
        ),
    ),
)

KNOWS_OTHERS = When("knows_others", YesNo.YES)

OTHERS = Section(
    name="others",
    title=Text("SECTION 3 : AUTRES INITIATIVES", "SECTION 3: OTHER INITIATIVES"),
    elements=(
        Question(
            number="Q.14.",
            text=Text(
                "À votre connaissance, est-ce qu'il existe dans votre région d'autres initiatives visant "
                "l'exploitation sexuelle des mineurs qui devraient être recensées (ex : tables de concertation)?",
                "To your knowledge, are there in your region other initiatives concerning the sexual exploitation of "
                "minors that should be inventoried (e.g. coordination tables)?",
            ),
            items=(
                Item("knows_others", kind=Kind.SELECT_ONE, codes=YesNo),
                Item(
                    "others_named",
                    Text("Si oui, lesquelles? :", "If so, which ones?"),
                    Kind.PARAGRAPH,
                    when=KNOWS_OTHERS,
                ),
                Item(
                    "others_contacts",
                    Text(
                        "Si oui, pouvez-vous mentionner les coordonnées des personnes ressources à contacter :",
                        "If so, could you give the contact details of the resource persons to reach:",
                    ),
                    Kind.PARAGRAPH,
                    when=KNOWS_OTHERS,
                ),
            ),
        ),
        Question(
            number="Q.15.",
            text=Text(
                "Quels sont les enjeux/préoccupations en lien avec la mise en place d'initiatives/projets qui ciblent "
                "l'exploitation sexuelle des mineurs dans votre milieu?",
                "What are the issues/concerns related to setting up initiatives/projects that target the sexual "
                "exploitation of minors in your setting?",
            ),
            items=(Item("concerns", kind=Kind.PARAGRAPH),),
        ),
        Question(
            number="Q.16.",
            text=Text(
                "Quels sont les besoins spécifiques dans votre milieu ou votre région pour faire face à la "
                "problématique de l'exploitation sexuelle?",
                "What are the specific needs in your setting or your region to address the issue of sexual "
                "exploitation?",
            ),
            items=(Item("needs", kind=Kind.PARAGRAPH),),
        ),
        Question(
            number="Q.17.",
            text=Text(
                "En terminant, est-ce qu'il y a d'autres informations importantes que vous souhaitez nous transmettre "
                "en lien avec la recension des programmes pour mineurs en exploitation sexuelle que nous effectuons ?",
                "Finally, is there any other important information that you would like to share with us about the "
                "inventory of programs for sexually exploited minors that we are carrying out?",
            ),
            items=(Item("closing_remarks", kind=Kind.PARAGRAPH),),
        ),
        Statement(Text("Encore une fois merci de votre précieuse collaboration!", "Thank you again for your help!")),
    ),
)

QUESTIONNAIRE = Instrument(
    name="annexe_b",
    version="2022",
    title=Text(
        "QUESTIONNAIRE DE RECENSION DES PROJETS, DES PROGRAMMES, DES ACTIVITÉS, DES OUTILS DE SENSIBILISATION ET/OU "
        "D'INTERVENTION EN LIEN AVEC L'EXPLOITATION SEXUELLE",
        "QUESTIONNAIRE FOR THE INVENTORY OF PROJECTS, PROGRAMS, ACTIVITIES AND AWARENESS AND/OR INTERVENTION TOOLS "
        "CONCERNING SEXUAL EXPLOITATION",
    ),
    source=SOURCE,
    sections=(
        Section("introduction", Text("Introduction", "Introduction"), INTRODUCTION),
        GENERAL,
        INITIATIVES,
        OTHERS,
    ),
)
