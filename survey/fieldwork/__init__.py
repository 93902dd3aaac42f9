"""Whom we reach."""

from flask import Flask


def init_app(app: Flask) -> None:
    from survey.fieldwork import (
        coverage_views,
        everything_views,
        frame_views,  # noqa: F401 - adds routes to the blueprint of `views`
        inbox_views,
        outcome_views,
        person_views,  # noqa: F401
        provenance_views,
        views,
    )

    for pages in (views, outcome_views, everything_views, inbox_views, provenance_views, coverage_views):
        app.register_blueprint(pages.blueprint)
