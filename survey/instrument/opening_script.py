"""What is said before Q.1: who collects, why, for whom, who has access, that one may decline, and one's rights."""

from survey.instrument.grammar import Statement, Text

#: Recorded with each consent. A new wording is a new version.
VERSION = "2026-1"


def script(collector: str, contact: str) -> tuple[Statement, ...]:
    """The statements to read, for the team named `collector`, whose answerable person is reached at `contact`."""
    who_fr, who_en = collector or "l’équipe de la recension", collector or "the inventory team"
    contact_fr, contact_en = contact or "la personne qui vous appelle", contact or "the person who is calling you"
    return (
        Statement(
            Text(
                f"Cette entrevue est menée par {who_fr} pour dresser l’inventaire des initiatives et en rendre compte "
                "dans un rapport, une base de données et un répertoire.",
                f"This interview is carried out by {who_en} to draw up the inventory of initiatives and report on it "
                "in a report, a data set and a directory.",
            )
        ),
        Statement(
            Text(
                "Seule l’équipe a accès à vos réponses nominatives. Les données transmises à d’autres ne portent ni "
                "votre nom ni vos coordonnées.",
                "Only the team has access to your answers under your name. Data passed on to others carry neither "
                "your name nor your contact details.",
            )
        ),
        Statement(
            Text(
                "Participer est facultatif : vous pouvez passer une question ou arrêter à tout moment, sans "
                "conséquence.",
                "Taking part is voluntary: you may skip a question or stop at any time, without consequence.",
            )
        ),
        Statement(
            Text(
                f"Vous pouvez consulter vos réponses, les faire corriger ou retirer votre accord en écrivant à "
                f"{contact_fr}.",
                f"You may see your answers, have them corrected or withdraw your consent by writing to {contact_en}.",
            )
        ),
    )
