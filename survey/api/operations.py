"""What can be asked: for each route, what it gives, what its address may say, and in which forms it answers."""

from __future__ import annotations

from dataclasses import dataclass

from survey.api.parameters import OneOf, Parameter, Whole
from survey.api.schemas import WORDS, Schema, ref
from survey.instrument.grammar import Text
from survey.release.exporting import FORMATS
from survey.release.models import Unit
from survey.release.shapes import Shape

JSON, LINES, ZIP = "application/json", "application/x-ndjson", "application/zip"
LAST = 2**31 - 1
#: Rows of a page, and at most.
USUAL, MOST = 1_000, 10_000

#: What the file of a format is, by the end of its name.
MEDIA = {
    ".csv": "text/csv",
    ".dta": "application/x-stata-dta",
    ".json": JSON,
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".qdpx": ZIP,
    ".R": "text/plain",
    ".sav": "application/x-spss-sav",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
    ".zsav": "application/x-spss-sav",
}
OTHER = "application/octet-stream"

OBJECT: Schema = {"type": "object"}
BINARY: Schema = {"type": "string", "format": "binary"}


@dataclass(frozen=True)
class Operation:
    """What a route gives: `answers` holds the schema of each media type. What is `frozen` never changes and has an
    ETag; what is `open` asks for no token."""

    said: Text
    answers: dict[str, Schema]
    query: tuple[Parameter, ...] = ()
    frozen: bool = True
    open: bool = False


def media(form: str) -> str:
    """The media type of the file of a format."""
    return MEDIA.get(f".{FORMATS[form].ending.rpartition('.')[2]}", OTHER)


#: The blanks of the paths.
PATH: dict[str, Parameter] = {
    "number": Whole("number", Text("Numéro de la version", "Number of the release"), 1, LAST),
    "unit": OneOf("unit", Text("Ce qu’une ligne compte", "What a row counts"), tuple(unit.value for unit in Unit)),
    "form": OneOf("form", Text("Format du fichier", "Format of the file"), tuple(FORMATS)),
}
FROM = Whole("offset", Text("Rang de la première ligne, 0 d’abord", "Rank of the first row, from 0"), 0, LAST, 0)
SOME = Whole(
    "limit",
    Text(
        f"Nombre de lignes : {USUAL} en JSON si rien n’est dit, toutes en NDJSON",
        f"Number of rows: {USUAL} in JSON where nothing is said, all of them in NDJSON",
    ),
    1,
    MOST,
)
LABELS = OneOf("language", Text("Langue des libellés", "Language of the labels"), ("fr", "en"), "fr")
SHAPE = OneOf(
    "shape",
    Text("Longue, ou large : une ligne par dossier", "Long, or wide: one row per case"),
    tuple(shape.value for shape in Shape),
    Shape.LONG.value,
)

OPERATIONS = {
    "api.description": Operation(Text("Cette description", "This description"), {JSON: OBJECT}, open=True),
    "api.releases": Operation(
        Text("Les versions figées, la plus récente d’abord", "The frozen releases, the newest first"),
        {JSON: ref("releases")},
        frozen=False,
    ),
    "api.release": Operation(
        Text(
            "Une version : sa date, sa note, son empreinte, ses unités",
            "A release: its date, its note, its hash, its units",
        ),
        {JSON: ref("release")},
    ),
    "api.dictionary": Operation(
        Text(
            "Le dictionnaire d’une unité, au niveau du jeton : variables, codes, valeurs manquantes, ce qui manque",
            "The dictionary of a unit, at the tier of the token: variables, codes, missing values, what was left out",
        ),
        {JSON: ref("dictionary")},
    ),
    "api.rows": Operation(
        Text(
            "Les lignes d’une unité, au niveau du jeton ; les codes sont des nombres. « next » mène à la page qui suit",
            "The rows of a unit, at the tier of the token; codes are numbers. “next” leads to the page that follows",
        ),
        {JSON: ref("page"), LINES: WORDS},
        (FROM, SOME),
    ),
    "api.export": Operation(
        Text(
            "Le fichier d’un export, seul ; l’en-tête Link mène à l’archive de tout ce qui va avec lui",
            "The file of an export, alone; the Link header leads to the archive of all that goes with it",
        ),
        {kind: OBJECT if kind == JSON else BINARY for kind in sorted({media(form) for form in FORMATS})},
        (LABELS, SHAPE),
    ),
    "api.package": Operation(
        Text(
            "L’archive d’un export : le fichier, ce qui va avec lui et son manifeste",
            "The archive of an export: the file, what goes with it and its manifest",
        ),
        {ZIP: BINARY},
        (LABELS, SHAPE),
    ),
}
