"""Whom we reach."""

from flask import Flask


def init_app(app: Flask) -> None:
    from survey.fieldwork import frame_views, outcome_views, person_views, views  # noqa: F401 - all add routes to the blueprint

    app.register_blueprint(views.blueprint)
    app.register_blueprint(outcome_views.blueprint)
