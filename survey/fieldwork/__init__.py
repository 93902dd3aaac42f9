"""Whom we reach."""

from importlib import import_module

from flask import Flask

#: Pages with a blueprint of their own.
OWN = (
    "views",
    "appointment_views",
    "attempt_import_views",
    "attempt_views",
    "coverage_views",
    "everything_views",
    "inbox_views",
    "message_views",
    "outcome_views",
    "provenance_views",
    "queue_views",
    "suspension_views",
)
#: Pages that add their routes to the blueprint of another of the room.
ADDED = (
    "appointment_page_views",
    "frame_views",
    "mail_merge_views",
    "merging_views",
    "organisation_views",
    "person_views",
    "portfolio_views",
    "team_views",
    "wave_views",
    "wording_views",
)


def init_app(app: Flask) -> None:
    for name in ADDED:
        import_module(f"{__name__}.{name}")
    for name in OWN:
        app.register_blueprint(import_module(f"{__name__}.{name}").blueprint)
