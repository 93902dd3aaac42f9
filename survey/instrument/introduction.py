"""What stands before section 1 of Annexe B: where the questionnaire comes from, and the introduction to read."""

from survey.instrument.grammar import Instruction, Statement, Text

SOURCE = Text(
    "Turcotte, M., Simard, M.-C., Fournier, V. et Bélanger, R. (2022). *Recension provinciale des initiatives pour "
    "contrer l'exploitation sexuelle des mineurs. Rapport final.* Centre de recherche universitaire sur les jeunes et "
    "les familles (CRUJeF), CIUSSS de la Capitale-Nationale. Annexe B. Reproduction autorisée à condition de "
    "mentionner la source.",
    "Turcotte, M., Simard, M.-C., Fournier, V. and Bélanger, R. (2022). *Recension provinciale des initiatives pour "
    "contrer l'exploitation sexuelle des mineurs. Rapport final.* Centre de recherche universitaire sur les jeunes et "
    "les familles (CRUJeF), CIUSSS de la Capitale-Nationale. Annexe B. Reproduction authorised provided that the "
    "source is named. The English wording is a translation.",
)


def attribution(language: str) -> str:
    """The source as a line of plain text, for what holds the wording and shows no emphasis."""
    return Text("Source\u00a0: ", "Source: ")(language) + SOURCE(language).replace("*", "")


INTRODUCTION = (
    Statement(Text("Bonjour,", "Hello,")),
    Statement(
        Text(
            "Dans le cadre de la mise en œuvre du plan d'action *Les fugues en centre de réadaptation pour jeunes en "
            "difficulté d'adaptation : Prévenir et mieux intervenir*, un comité d'experts a été mis sur pied afin de "
            "recenser les initiatives touchant l'exploitation sexuelle des mineurs à l'échelle provinciale.",
            "As part of the implementation of the action plan *Les fugues en centre de réadaptation pour jeunes en "
            "difficulté d'adaptation : Prévenir et mieux intervenir* (runaways from rehabilitation centres for young "
            "people with adjustment difficulties: preventing and intervening better), a committee of experts was set "
            "up to inventory the initiatives concerning the sexual exploitation of minors across the province.",
        )
    ),
    Statement(
        Text(
            "Ainsi, nous aimerions connaître ce qui se fait en regard de la problématique de l'exploitation sexuelle "
            "des mineurs au sein de votre milieu et dans votre région.",
            "We would therefore like to know what is being done about the sexual exploitation of minors in your "
            "setting and in your region.",
        )
    ),
    Statement(
        Text(
            "Afin de bien situer la problématique, voici la définition de l'exploitation sexuelle à laquelle nous "
            "référons :",
            "To put the issue in context, here is the definition of sexual exploitation that we refer to:",
        )
    ),
    Statement(
        Text(
            "« L'exploitation sexuelle implique généralement une situation, un contexte ou une relation où un individu "
            "profite de l'état de vulnérabilité ou de dépendance d'une personne, ou de l'existence d'une inégalité des "
            "rapports de force, dans le but d'utiliser le corps de cette personne à des fins d'ordre sexuel, en vue "
            "d'en tirer un avantage. Il peut s'agir d'un avantage pécuniaire, social ou personnel, tel que la "
            "gratification sexuelle, ou de toute autre forme de mise à profit. » (Stratégie gouvernementale pour "
            "prévenir et contrer les violences sexuelles 2016-2021 : p.20)",
            "“Sexual exploitation generally involves a situation, a context or a relationship in which an individual "
            "takes advantage of a person's state of vulnerability or dependence, or of the existence of unequal power "
            "relations, in order to use that person's body for sexual purposes, with a view to gaining an advantage. "
            "The advantage may be financial, social or personal, such as sexual gratification, or any other form of "
            "benefit.” (Stratégie gouvernementale pour prévenir et contrer les violences sexuelles 2016-2021, p. 20; "
            "our translation)",
        )
    ),
    Statement(
        Text(
            "Nous souhaitons que vous répondiez au présent questionnaire en fonction de votre connaissance des "
            "projets, des programmes, des activités et/ou des outils mis en place pour faire face à cette "
            "problématique.",
            "We would like you to answer this questionnaire according to your knowledge of the projects, programs, "
            "activities and/or tools put in place to address this issue.",
        )
    ),
    Instruction(
        Text(
            "il est question de projets, de programmes et d'activités auxquels le milieu du répondant participe à "
            "l'heure actuelle ou a participé dans le passé",
            "this is about projects, programs and activities in which the respondent's setting takes part now or has "
            "taken part in the past",
        )
    ),
    Statement(
        Text(
            "Votre collaboration est précieuse et nous vous remercions du temps accordé à répondre à ce questionnaire!",
            "Your collaboration is valuable and we thank you for the time you are giving to this questionnaire!",
        )
    ),
)
