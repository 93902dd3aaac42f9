"""Whom we reach."""

from flask import Flask


def init_app(app: Flask) -> None:
    from survey.fieldwork import (  # noqa: F401 - all add routes to the blueprint
        attempt_views,
        everything_views,
        frame_views,
        outcome_views,
        person_views,
        queue_views,
        suspension_views,
        views,
        wave_views,
    )

    app.register_blueprint(views.blueprint)
    app.register_blueprint(attempt_views.blueprint)
    app.register_blueprint(queue_views.blueprint)
    app.register_blueprint(suspension_views.blueprint)
    app.register_blueprint(outcome_views.blueprint)
    app.register_blueprint(everything_views.blueprint)
