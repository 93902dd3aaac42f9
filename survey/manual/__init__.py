"""The manual, a page per role, served by the application."""

from flask import Flask


def init_app(app: Flask) -> None:
    from survey.manual import views

    app.register_blueprint(views.blueprint)
