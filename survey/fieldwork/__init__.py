"""Whom we reach."""

from flask import Flask


def init_app(app: Flask) -> None:
    from survey.fieldwork import (
        appointment_page_views,  # noqa: F401
        appointment_views,
        attempt_import_views,
        attempt_views,
        coverage_views,
        everything_views,
        frame_views,  # noqa: F401 - adds routes to the blueprint of `views`
        inbox_views,
        mail_merge_views,  # noqa: F401
        merging_views,  # noqa: F401
        message_views,
        organisation_views,  # noqa: F401
        outcome_views,
        person_views,  # noqa: F401
        portfolio_views,  # noqa: F401
        provenance_views,
        queue_views,
        suspension_views,
        team_views,  # noqa: F401
        views,
        wave_views,  # noqa: F401
        wording_views,  # noqa: F401
    )

    for pages in (
        views,
        appointment_views,
        attempt_import_views,
        attempt_views,
        coverage_views,
        everything_views,
        inbox_views,
        message_views,
        outcome_views,
        provenance_views,
        queue_views,
        suspension_views,
    ):
        app.register_blueprint(pages.blueprint)
