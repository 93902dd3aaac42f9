"""What they answer."""

from flask import Flask

from survey.instrument.grammar import Instruction, Prefilled, Question, Statement


def init_app(app: Flask) -> None:
    from survey.interview import (
        history_views,
        offline_views,
        paper_views,
        rearranging_views,
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
    app.register_blueprint(views.blueprint)
    app.register_blueprint(history_views.blueprint)
    app.register_blueprint(saving_views.blueprint)
    app.register_blueprint(paper_views.blueprint)
    app.register_blueprint(offline_views.blueprint)
    app.register_blueprint(rearranging_views.blueprint)
    app.register_blueprint(respondent_views.blueprint)
    app.register_blueprint(timing_views.blueprint)
