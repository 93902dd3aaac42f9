"""What they answer."""

from flask import Flask


def init_app(app: Flask) -> None:
    from survey.interview import views

    app.register_blueprint(views.blueprint)
