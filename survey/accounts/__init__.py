"""Who may do what."""

from flask import Flask


def init_app(app: Flask) -> None:
    from survey.accounts import account_views, guard, views  # noqa: F401

    guard.init_app(app)
    app.register_blueprint(views.blueprint)
