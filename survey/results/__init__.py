"""What it says."""

from flask import Flask


def init_app(app: Flask) -> None:
    from survey.results import dashboard_views

    app.register_blueprint(dashboard_views.blueprint)
