"""The OpenAPI description, drawn from the routes, from what reads their addresses, and from the dictionary."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from survey.api.operations import OPERATIONS, PATH, Operation
from survey.api.parameters import Parameter
from survey.api.schemas import components, ref
from survey.instrument.grammar import Text
from survey.problems import MIMETYPE

VERSION = "3.1.0"
BLANK = re.compile(r"<(?:\w+:)?(\w+)>")
SCHEME = "token"

TITLE = Text("Recension : lire les versions figées", "Recension: reading frozen releases")
ABOUT = Text(
    "En lecture seule. Un jeton, fait sur la page « Jetons d’accès », va dans l’en-tête Authorization, après le mot "
    "Bearer. Il ouvre le niveau « recherche » ou « ouvert » ; le niveau « identifié » ne sort jamais par ici, ni les "
    "notes internes. Une version ne change pas : son ETag dure. Chaque table tirée est notée au journal.",
    "Read only. A token, made on the page “Access tokens”, goes in the header Authorization: Bearer. It opens the "
    "research or the open tier; the identified tier never leaves this way, nor do internal notes. A release does not "
    "change: its ETag lasts. Each table that is pulled is written in the log.",
)
SAID = {
    200: Text("Ce qui est demandé", "What is asked for"),
    304: Text("Rien n’a changé depuis cet ETag", "Nothing changed since that ETag"),
    401: Text("Pas de jeton, ou un jeton qui n’ouvre rien", "No token, or one that opens nothing"),
    403: Text(
        "Le rôle de la personne ou le niveau du jeton ne le permet pas",
        "The role of the person or the tier of the token does not allow it",
    ),
    404: Text("Il n’y a rien de tel", "There is no such thing"),
    405: Text("Cette adresse se lit seulement", "This address is only read"),
    406: Text("Rien n’est servi sous cette forme", "Nothing is served in that form"),
    422: Text("Un paramètre ne convient pas", "A parameter will not do"),
    429: Text("Trop de jetons refusés : attendre", "Too many refused tokens: wait"),
    503: Text("Base de données occupée : attendre", "Busy database: wait"),
}
HEADERS = {
    304: ("ETag",),
    401: ("WWW-Authenticate",),
    405: ("Allow",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}


def described(rules: Iterable[tuple[str, str]], language: str, version: str, root: str) -> dict[str, Any]:
    """The description of the routes, each its endpoint and its rule, below the address `root`."""
    return {
        "openapi": VERSION,
        "info": {"title": TITLE(language), "version": version, "description": ABOUT(language)},
        "servers": [{"url": root or "/"}],
        "security": [{SCHEME: []}],
        "paths": {BLANK.sub(r"{\1}", rule): path(endpoint, rule, language) for endpoint, rule in rules},
        "components": {
            "schemas": components(language),
            "securitySchemes": {SCHEME: {"type": "http", "scheme": "bearer"}},
        },
    }


def path(endpoint: str, rule: str, language: str) -> dict[str, Any]:
    """What can be done at an address: to read it."""
    operation, blanks = OPERATIONS[endpoint], BLANK.findall(rule)
    return {
        "parameters": [parameter(PATH[name], "path", language) for name in blanks],
        "get": {
            "operationId": endpoint.rpartition(".")[2],
            "summary": operation.said(language),
            "parameters": [parameter(one, "query", language) for one in operation.query],
            "responses": {str(status): answer(status, operation, language) for status in statuses(operation, blanks)},
            **({"security": []} if operation.open else {}),
        },
    }


def parameter(one: Parameter, where: str, language: str) -> dict[str, Any]:
    """What OpenAPI says of a parameter."""
    said = {"name": one.name, "in": where, "description": one.said(language), "schema": one.schema()}
    return {**said, "required": True} if where == "path" else said


def statuses(operation: Operation, blanks: list[str]) -> list[int]:
    """The statuses that a route answers with."""
    found = {200, 405, 406, 422}
    found |= {304} if operation.frozen else set()
    found |= set() if operation.open else {401, 403, 429, 503}
    found |= {404} if blanks else set()
    return sorted(found)


def answer(status: int, operation: Operation, language: str) -> dict[str, Any]:
    """What OpenAPI says of an answer."""
    said: dict[str, Any] = {"description": SAID[status](language)}
    if status == HTTPStatus.OK:
        said["content"] = {kind: {"schema": schema} for kind, schema in operation.answers.items()}
    elif status >= HTTPStatus.BAD_REQUEST:
        said["content"] = {MIMETYPE: {"schema": ref("problem")}}
    names = HEADERS.get(status, ("ETag",) if status == HTTPStatus.OK and operation.frozen else ())
    if names:
        said["headers"] = {name: {"required": True, "schema": {"type": "string"}} for name in names}
    return said
