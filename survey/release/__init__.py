"""What leaves."""

from flask import Flask


def init_app(app: Flask) -> None:
    from survey.release import views

    app.register_blueprint(views.blueprint)
