"""What leaves."""

from flask import Flask


def init_app(app: Flask) -> None:
    from survey.release import codebook_views, export_views, views

    app.register_blueprint(views.blueprint)
    app.register_blueprint(codebook_views.blueprint)
    app.register_blueprint(export_views.blueprint)
