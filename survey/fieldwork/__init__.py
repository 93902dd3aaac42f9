"""Whom we reach."""

from flask import Flask


def init_app(app: Flask) -> None:
    from survey.fieldwork import everything_views, frame_views, outcome_views, person_views, views  # noqa: F401 - they add routes to the blueprint of `views`

    app.register_blueprint(views.blueprint)
    app.register_blueprint(outcome_views.blueprint)
    app.register_blueprint(everything_views.blueprint)
