"""The questionnaire on paper: a page made for printing and a PDF, blank for anybody of the team, or filled."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request

from survey import typeset
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview import loading, paper
from survey.web import language

blueprint = Blueprint("paper", __name__)

MOST_BLOCKS = 40


@blueprint.get("/questionnaire/paper")
def blank() -> str:
    n = blocks()
    return render_template("interview/paper.html", document=paper.document(QUESTIONNAIRE, language(), None, n), n=n)


@blueprint.get("/questionnaire/paper.pdf")
def blank_pdf() -> Response:
    return pdf(paper.document(QUESTIONNAIRE, language(), None, blocks()), "questionnaire")


@blueprint.get("/interviews/<int:interview_id>/paper")
def filled(interview_id: int) -> str:
    document = paper.document(QUESTIONNAIRE, language(), loading.read_only(interview_id))
    return render_template("interview/paper.html", document=document, interview_id=interview_id)


@blueprint.get("/interviews/<int:interview_id>/paper.pdf")
def filled_pdf(interview_id: int) -> Response:
    document = paper.document(QUESTIONNAIRE, language(), loading.read_only(interview_id))
    return pdf(document, f"questionnaire-{interview_id}")


def blocks() -> int:
    """`?blocks=`, from 1 to 40; the six of the printed form when nothing is said."""
    asked = request.args.get("blocks", paper.PRINTED_BLOCKS, type=int)
    if not 1 <= asked <= MOST_BLOCKS:
        abort(404)
    return asked


def pdf(document: paper.Drawn, name: str) -> Response:
    response = Response(typeset.pdf(paper.TEMPLATE, document), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}-{document["language"]}.pdf"'
    return response
