"""What scripts read: releases, with a token."""

from flask import Flask


def init_app(app: Flask) -> None:
    from survey.api import token_views, views

    app.register_blueprint(views.blueprint)
    app.register_blueprint(token_views.blueprint)
