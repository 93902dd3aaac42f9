"""Whom we reach."""

from flask import Flask


def init_app(app: Flask) -> None:
    from survey.fieldwork import (  # noqa: F401 - all add routes to the blueprint
        frame_views,
        merging_views,
        organisation_views,
        outcome_views,
        person_views,
        views,
    )

    app.register_blueprint(views.blueprint)
    app.register_blueprint(outcome_views.blueprint)
