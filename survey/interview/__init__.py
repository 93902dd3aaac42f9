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
        views,
    )

    app.jinja_env.tests.update(
        statement=lambda element: isinstance(element, Statement),
        instruction=lambda element: isinstance(element, Instruction),
        prefilled=lambda element: isinstance(element, Prefilled),
        question=lambda element: isinstance(element, Question),
    )
    app.jinja_env.globals.update(call_backs=lambda case_id: call_backs.of_case(db.session, case_id))
    app.jinja_env.filters.update(block_key=drawing.block_key)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(history_views.blueprint)
    app.register_blueprint(saving_views.blueprint)
    app.register_blueprint(paper_views.blueprint)
    app.register_blueprint(offline_views.blueprint)
    app.register_blueprint(rearranging_views.blueprint)
    app.register_blueprint(respondent_views.blueprint)
    app.register_blueprint(timing_views.blueprint)
    app.register_blueprint(dossier_views.blueprint)
    app.register_blueprint(parking_views.blueprint)
    app.register_blueprint(referral_views.blueprint)
    app.register_blueprint(call_back_views.blueprint)
    app.register_blueprint(presence_views.blueprint)
