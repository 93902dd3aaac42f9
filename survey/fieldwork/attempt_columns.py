"""What a table of attempts may hold, column by column, and by which headings."""

from __future__ import annotations

from survey.fieldwork.frame_columns import LAYOUT as LIST
from survey.fieldwork.headings import Layout
from survey.instrument.grammar import Text

LAYOUT = Layout(
    labels={
        "name": LIST.labels["name"],
        "date": Text("Date de la démarche", "Date of the attempt"),
        "time": Text("Heure de la démarche", "Hour of the attempt"),
        "channel": Text("Moyen", "Channel"),
        "result": Text("Résultat", "Result"),
        "person": Text("Personne visée ou jointe", "Person aimed at or reached"),
        "next": Text("Prochaine démarche, le", "Next attempt, on"),
        "by": Text("Faite par", "Made by"),
        "note": Text("Note sur la démarche", "Note on the attempt"),
        "outcome": Text("Dernière issue", "Last outcome"),
        "reason": Text("Raison du refus", "Reason for the refusal"),
    },
    headings={
        "name": LIST.headings["name"],
        "date": "date, date de la démarche, date du contact, date de l'appel, date de contact, date d'appel, jour, le, "
        "date of the attempt, date of contact, contact date, call date, day, at",
        "time": "heure, heure de la démarche, heure du contact, heure de l'appel, time, hour, hour of the attempt, "
        "time of contact, call time",
        "channel": "moyen, mode, canal, moyen de contact, mode de contact, par quel moyen, channel, contact mode",
        "result": "résultat, résultat de la démarche, résultat de l'appel, result, result of the attempt, call result",
        "person": "personne, personne visée ou jointe, personne jointe, personne contactée, contact, interlocuteur, "
        "interlocutrice, répondant, répondante, person, person reached, person aimed at or reached, respondent",
        "next": "prochaine démarche, prochaine démarche le, prochaine date, prochain contact, relance, relance le, "
        "date de relance, à rappeler le, rappel, next, next date, next attempt, next attempt on, call back on",
        "by": "faite par, fait par, par, qui, intervieweur, intervieweuse, agent, agente, responsable, made by, by, "
        "interviewer, caller",
        "note": LIST.headings["note"] + ", note sur la démarche, note on the attempt",
        "outcome": "issue, dernière issue, issue finale, statut, état, disposition, outcome, last outcome, status, "
        "final outcome",
        "reason": "raison du refus, raison, motif, motif du refus, reason for the refusal, refusal reason, reason",
    },
    needed="name",
    lacking=LIST.lacking,
)
