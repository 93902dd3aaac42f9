"""What they answer."""

from flask import Flask

from survey.db import db
from survey.instrument.grammar import Instruction, Prefilled, Question, Statement


def init_app(app: Flask) -> None:
    from survey.interview import (
        call_back_views,
        call_backs,
        dossier_views,
        drawing,
        history_views,
        offline_views,
        paper_views,
        parking_views,
        presence_views,
        rearranging_views,
        referral_views,
        respondent_views,
        saving_views,
        timing_views,
        unsent_views,
        views,
    )

    app.jinja_env.tests.update(
        statement=lambda element: isinstance(element, Statement),
        instruction=lambda element: isinstance(element, Instruction),
        prefilled=lambda element: isinstance(element, Prefilled),
        question=lambda element: isinstance(element, Question),
    )
    app.jinja_env.globals.update(call_backs=lambda case_id: call_backs.of_case(db.session, case_id))
    app.extensions["call_backs"] = call_backs.due
    app.jinja_env.filters.update(block_key=drawing.block_key)
    pages = [views, history_views, saving_views, paper_views, offline_views, rearranging_views, respondent_views]
    pages += [timing_views, dossier_views, parking_views, referral_views, call_back_views, presence_views]
    pages += [unsent_views]
    for page in pages:
        app.register_blueprint(page.blueprint)
