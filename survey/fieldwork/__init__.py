"""Whom we reach."""

from flask import Flask


def init_app(app: Flask) -> None:
    from survey.fieldwork import views

    app.register_blueprint(views.blueprint)
