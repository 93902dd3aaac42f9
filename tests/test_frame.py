"""Lists come from anybody's spreadsheet: understood as they are, or refused line by line and whole."""

from __future__ import annotations

import csv
import io
import os
import pathlib
import random
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from contextvars import Context
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from survey.demo.published import ANNEXE_A
from survey.fieldwork import cases, frame, sheets, tally, uploads
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.frame_lines import Plan
from survey.fieldwork.models import Case, Organisation
from survey.fieldwork.remarks import Remark
from survey.fieldwork.workbook import MAX_UNPACKED
from survey.instrument.codes import Disposition, Region
from tests.conftest import Colleague
from tests.racing import meanwhile

OUTCOMES = {
    Disposition.COMPLETED: 57,
    Disposition.NOT_AVAILABLE: 2,
    Disposition.NO_REPLY: 8,
    Disposition.NOTHING_TO_INVENTORY: 10,
    Disposition.IMPOSSIBLE: 3,
}


def plan_of(session: Session, text: str | bytes, name: str = "liste.csv") -> Plan:
    return frame.understand(session, text.encode() if isinstance(text, str) else text, name)


def said(remarks: Sequence[Remark]) -> list[tuple[int | None, str]]:
    return [(remark.line, remark.text.fr) for remark in remarks]


def created(plan: Plan) -> list[NewOrganisation]:
    assert said(plan.errors) == []
    return [new for _, new in plan.create]


def workbook(rows: Sequence[Sequence[object]], merge: str = "") -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    if merge:
        book.active.merge_cells(merge)
    book.save(made := io.BytesIO())
    return made.getvalue()


def organisations(session: Session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(Organisation)) or 0


def test_annexe_a_is_understood_as_it_is(session: Session) -> None:
    plan = plan_of(session, ANNEXE_A.read_bytes())
    assert Counter(new.disposition for new in created(plan)) == OUTCOMES
    frame.carry_out(session, plan, None)
    session.commit()
    counts = sa.select(Case.disposition, sa.func.count()).group_by(Case.disposition)
    assert dict(list(session.execute(counts))) == OUTCOMES
    undecided = session.scalars(sa.select(Organisation).where(Organisation.name == "PlaMP")).one()
    assert undecided.note == "printed PlaMP; also PiaMP / PIAMP in the report\nInscription au répertoire indécise"
    assert undecided.region_code is Region.R06


def test_a_second_import_changes_nothing_and_says_so(session: Session) -> None:
    frame.carry_out(session, plan_of(session, ANNEXE_A.read_bytes()), None)
    again = plan_of(session, ANNEXE_A.read_bytes().replace(b"CISSS Outaouais", b"cisss  OUTAOUAIS"))
    assert again.errors == []
    assert (again.create, again.unchanged) == ([], 80)
    assert (32, "« cisss OUTAOUAIS » est déjà dans la liste ; rien n’y est changé.") in said(again.notices)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_every_dialect_of_csv_says_the_same(session: Session, encoding: str, delimiter: str) -> None:
    rows = [
        ("Organisme", "Code de région", "Issue", "Remarques"),
        ('L’Étape, « cœur » ; "est" | ouest', "3", "Sondé", "ligne 1\nligne 2"),
        ("Été", "", "refus", ""),
    ]
    csv.writer(text := io.StringIO(), delimiter=delimiter).writerows(rows)
    assert created(plan_of(session, text.getvalue().encode(encoding))) == [
        NewOrganisation('L’Étape, « cœur » ; "est" | ouest', Region.R03, Disposition.COMPLETED, "ligne 1\nligne 2"),
        NewOrganisation("Été", None, Disposition.REFUSAL),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_single_column_of_names_is_enough(session: Session, end: str) -> None:
    plan = plan_of(session, end.join(["nom", "Un, deux; trois", "", "Quatre | cinq", ""]))
    assert [new.name for new in created(plan)] == ["Un, deux; trois", "Quatre | cinq"]
    assert [line for line, _ in plan.create] == [2, 4]


@pytest.mark.parametrize(
    ("heading", "value"),
    [("REGION_NAME", "Côte-Nord"), ("Région", "cote nord"), ("region", "09"), ("Code de région", "9"), ("région", "9")],
)
def test_a_region_is_known_by_code_or_by_name(session: Session, heading: str, value: str) -> None:
    (new,) = created(plan_of(session, f"nom;{heading}\nA;{value}"))
    assert new.region is Region.R09


@pytest.mark.parametrize("region", list(Region))
def test_the_official_name_of_each_region_is_known(session: Session, region: Region) -> None:
    for name in (region.label.fr, region.label.fr.replace("–", "-"), region.label.fr.upper()):
        (new,) = created(plan_of(session, f"nom;région\nA;{name}"))
        assert new.region is region


@pytest.mark.parametrize("disposition", list(Disposition))
def test_each_outcome_is_known_by_code_and_by_label(session: Session, disposition: Disposition) -> None:
    spellings = (disposition.value, disposition.label.fr, disposition.label.en, disposition.label.fr.upper())
    for spelling in spellings:
        (new,) = created(plan_of(session, f'nom;issue\nA;"{spelling}"'))
        assert new.disposition is disposition


@pytest.mark.parametrize(
    ("spelling", "disposition"),
    [
        ("surveyed", Disposition.COMPLETED),
        ("surveyed_listing_undecided", Disposition.COMPLETED),
        ("no_reply_after_reminders", Disposition.NO_REPLY),
        ("impossible_to_meet", Disposition.IMPOSSIBLE),
        ("", Disposition.NOT_CONTACTED),
    ],
)
def test_the_outcomes_of_annexe_a_have_their_codes(session: Session, spelling: str, disposition: Disposition) -> None:
    (new,) = created(plan_of(session, f"name;outcome\nA;{spelling}"))
    assert new.disposition is disposition


def test_each_line_that_is_wrong_is_named_and_nothing_is_kept(session: Session) -> None:
    plan = plan_of(
        session,
        "nom;code_region;region;issue\n"
        "A;3;;\n"
        ";3;;sondé\n"
        "B;18;;\n"
        "C;;Atlantide;\n"
        "D;3;Laval;\n"
        "E;;;disparu\n"
        "à;;;\n"
        "F;;;;;de trop\n",
    )
    assert said(plan.errors) == [
        (3, "le nom de l’organisation manque (des cellules fusionnées en laissent de vides : défusionnez-les)."),
        (4, "code de région inconnu : « 18 »."),
        (5, "région inconnue : « Atlantide »."),
        (6, "le code de région 03 est celui de Capitale-Nationale, non de Laval."),
        (7, "issue inconnue : « disparu »."),
        (8, "« à » est déjà à la ligne 2."),
        (9, "plus de cellules que de titres ; un texte qui contient le séparateur se met entre guillemets."),
    ]
    with pytest.raises(ValueError, match="errors"):
        frame.carry_out(session, plan, None)
    assert organisations(session) == 0


def test_unknown_columns_are_said_and_left_out(session: Session) -> None:
    plan = plan_of(session, "Couleur;Nom;Télécopieur\nbleu;A;1")
    assert [new.name for new in created(plan)] == ["A"]
    assert said(plan.notices) == [(1, "colonnes inconnues, laissées de côté : « Couleur », « Télécopieur ».")]


def test_the_headings_may_stand_under_a_title(session: Session) -> None:
    assert [new.name for new in created(plan_of(session, "Liste de 2026;\n;\nNom;Région\nA;Laval"))] == ["A"]


def test_names_are_cleaned_of_what_no_database_holds(session: Session) -> None:
    text = "nom;note\nA\x00\x07  B\u2028C;e\u0301t\u00e9\x00\n".encode() + b"D\xed\xa0\x80E;\n"
    plan = plan_of(session, text)
    assert [(new.name, new.note) for new in created(plan)] == [("A B C", "été"), ("DE", None)]
    frame.carry_out(session, plan, None)


def test_a_workbook_says_the_same_as_a_csv(session: Session) -> None:
    rows = list(csv.reader(ANNEXE_A.read_text(encoding="utf-8").splitlines()))
    assert created(plan_of(session, workbook(rows), "liste.xlsx")) == created(plan_of(session, ANNEXE_A.read_bytes()))


def test_a_number_of_a_workbook_is_not_a_decimal(session: Session) -> None:
    plan = plan_of(session, workbook([("nom", "code région", "note"), (2159, 3.0, 4.5), ("B", "03", None)]), "x.xlsx")
    assert created(plan) == [NewOrganisation("2159", Region.R03, note="4.5"), NewOrganisation("B", Region.R03)]


def test_a_merged_cell_counts_for_each_line_it_covers(session: Session) -> None:
    rows = [("Liste",), (), ("nom", "région"), ("A", "Laval"), ("B", None), ("C", None)]
    plan = plan_of(session, workbook(rows, "B4:B5"), "x.xlsx")
    assert [(new.name, new.region) for new in created(plan)] == [("A", Region.R13), ("B", Region.R13), ("C", None)]
    assert [line for line, _ in plan.create] == [4, 5, 6]


def png() -> bytes:
    chunk = b"IHDR" + struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + bytes(range(256))
    )


def archive(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    with zipfile.ZipFile(made := io.BytesIO(), "w", method) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return made.getvalue()


def with_sheet(change: bytes | None = None, **replaced: bytes) -> bytes:
    """A workbook with its sheet, or another of its parts, replaced."""
    with zipfile.ZipFile(io.BytesIO(workbook([("nom",), ("A",)]))) as file:
        members = {name: file.read(name) for name in file.namelist()}
    if change is not None:
        members["xl/worksheets/sheet1.xml"] = change
    return archive(members | replaced)


def sheet_with(cells: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'.encode()


def elsewhere(sheet: bytes) -> bytes:
    """A workbook whose sheet lies outside the folder of sheets."""
    with zipfile.ZipFile(io.BytesIO(with_sheet(sheet))) as file:
        members = {name: file.read(name) for name in file.namelist()}
    members["xl/other/sheet1.xml"] = members.pop("xl/worksheets/sheet1.xml")
    for name in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
        members[name] = members[name].replace(b"worksheets/sheet1.xml", b"other/sheet1.xml")
    return archive(members)


def nowhere(width: int, height: int) -> bytes:
    """A workbook whose cells do not say where they are: one wide row, and a column below it."""
    one = "<c><v>1</v></c>"
    return with_sheet(sheet_with(f"<row>{one * width}</row>" + f"<row>{one}</row>" * height))


def repeated(length: int, times: int) -> bytes:
    """A workbook that holds one text, in many cells."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    shared = f'<sst xmlns="{main}"><si><t>{"x" * length}</t></si></sst>'.encode()
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, times + 1))
    return with_sheet(sheet_with(cells), **{"xl/sharedStrings.xml": shared})


def lying(data: bytes) -> bytes:
    """A zip whose directory says that its members are one byte long."""
    found, end = bytearray(data), 0
    while (at := data.find(b"PK\x01\x02", end)) >= 0:
        found[at + 24 : at + 28] = struct.pack("<I", 1)
        end = at + 4
    return bytes(found)


FAR = '<row r="1"><c r="A1" t="inlineStr"><is><t>nom</t></is></c></row><row r="{0}"><c r="{1}{0}"><v>1</v></c></row>'

HOSTILE: dict[str, tuple[str, bytes]] = {
    "empty": ("a.csv", b""),
    "spaces": ("a.csv", b" \r\n\xef\xbb\xbf\n"),
    "no heading": ("a.csv", b"Maison bleue;Laval\nMaison rouge;Laval"),
    "heading alone": ("a.csv", b"nom;note\n"),
    "image as a workbook": ("a.xlsx", png()),
    "image as a CSV": ("a.csv", png()),
    "noise": ("a.csv", random.Random(1).randbytes(5000)),
    "half UTF-16": ("a.csv", b"\xff\xfen\x00o"),
    "text as a workbook": ("a.xlsx", b"nom\nA"),
    "old workbook": ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    "zip of something else": ("a.xlsx", archive({"mimetype": b"text"})),
    "truncated workbook": ("a.xlsx", workbook([("nom",), ("A",)])[:2000]),
    "beginning of a zip": ("a.csv", b"PK\x03\x04"),
    "lying zip": ("a.xlsx", lying(workbook([("nom",), ("A",)]))),
    "zip bomb": ("a.xlsx", with_sheet(b" " * (MAX_UNPACKED + 1))),
    "far row": ("a.xlsx", with_sheet(sheet_with(FAR.format(1_048_576, "A")))),
    "far column": ("a.xlsx", with_sheet(sheet_with(FAR.format(100_000, "XFD")))),
    "far cell of a sheet that lies elsewhere": ("a.xlsx", elsewhere(sheet_with(FAR.format(100_000, "XFD")))),
    "cells that do not say where they are": ("a.xlsx", nowhere(30_000, 30_000)),
    "impossible cell": ("a.xlsx", with_sheet(sheet_with(FAR.format(99999999999, "ZZZZZZ")))),
    "broken XML": ("a.xlsx", with_sheet(b"<worksheet><sheetData><row")),
    "no sheet": ("a.xlsx", with_sheet(**{"xl/workbook.xml": b"<workbook/>"})),
    "UTF-16 sheet": ("a.xlsx", with_sheet(sheet_with("").decode().encode("utf-16"))),
    "long cell": ("a.csv", b'nom;note\nA;"' + b"x" * 10_000_000 + b'"'),
    "long cell of a workbook": (
        "a.xlsx",
        with_sheet(sheet_with(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"x" * 10_000_000}</t></is></c></row>')),
    ),
    "long name": ("a.csv", b"nom\n" + b"x" * 5000),
    "open quotation mark": ("a.csv", b'nom;note\nA;"b\nC;d\n'),
    "misplaced quotation mark": ("a.csv", b'nom;note\nA;"b" c\n'),
    "too many rows": ("a.csv", b"nom\n" + b"x\n" * (sheets.MAX_ROWS + 1)),
    "combining marks alone": ("a.csv", "nom;note\n\u0301;x".encode()),
}


#: Those whose sentence says more than that the file is damaged.
SENTENCES = {
    "zip bomb": sheets.TOO_LARGE,
    "far column": sheets.TOO_LARGE,
    "far cell of a sheet that lies elsewhere": sheets.TOO_LARGE,
    "cells that do not say where they are": sheets.TOO_LARGE,
    "far row": sheets.TOO_MANY_ROWS,
    "too many rows": sheets.TOO_MANY_ROWS,
    "long cell": sheets.CELL_TOO_LONG,
    "long cell of a workbook": sheets.CELL_TOO_LONG,
    "lying zip": sheets.NOT_A_WORKBOOK,
    "image as a workbook": sheets.NOT_A_WORKBOOK,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence(session: Session, kind: str) -> None:
    name, data = HOSTILE[kind]
    plan = plan_of(session, data, name)
    assert plan.errors, kind
    assert SENTENCES.get(kind, (plan.errors[0].text.fr,))[0] == plan.errors[0].text.fr
    for remark in plan.errors:
        assert remark.text.fr.endswith(".")
        assert len(remark.text.fr) < 300
        assert remark.text.en != remark.text.fr


def test_a_workbook_that_would_take_for_ever_is_refused(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "SECONDS", 0)
    assert said(plan_of(session, workbook([("nom",), ("A",)]), "a.xlsx").errors) == [(None, sheets.TOO_LARGE[0])]


def test_a_text_in_many_cells_counts_as_often_as_it_stands(session: Session) -> None:
    data = repeated(sheets.MAX_CELL, 700)
    assert said(plan_of(session, data, "a.xlsx").errors) == [(None, sheets.TOO_LARGE[0])]


def test_a_merged_cell_beside_the_table_changes_nothing(session: Session) -> None:
    plan = plan_of(session, workbook([("nom",), ("A",)], "F1:H2"), "x.xlsx")
    assert [new.name for new in created(plan)] == ["A"]


def test_whatever_the_bytes_the_answer_is_a_plan(session: Session) -> None:
    chance, good = random.Random(7), {"a.xlsx": workbook([("nom", "note"), ("A", "b")]), "a.csv": ANNEXE_A.read_bytes()}
    for _ in range(60):
        for name, data in good.items():
            spoilt = bytearray(data)
            for _ in range(chance.randrange(1, 30)):
                spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
            assert plan_of(session, bytes(spoilt), name)


def test_a_whole_list_is_created_in_the_order_of_the_file(session: Session) -> None:
    names = [f"Organisme {n}" for n in range(5000)]
    random.Random(3).shuffle(names)
    plan = plan_of(session, "nom\n" + "\n".join(names))
    assert frame.carry_out(session, plan, None) == frame.Entered(5000, 0)
    assert session.scalars(sa.select(Organisation.name).order_by(Organisation.id)).all() == names
    assert tally.recount(session) == 0


# By page


def send(who: Colleague, data: bytes, name: str = "liste.csv") -> str:
    """Send a file; returns the address of its preview."""
    response = who.post("/organisations/import", {"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")
    assert response.status_code == 303
    return str(response.headers["Location"])


def test_the_coordinator_previews_then_confirms(session: Session, colette: Colleague) -> None:
    preview = send(colette, ANNEXE_A.read_bytes())
    page = colette.get(preview).text
    assert "80 organisations seraient créées" in page
    assert all(re.search(rf"{d.label.fr} <strong>{n}</strong>", page) for d, n in OUTCOMES.items())
    assert organisations(session) == 0
    session.commit()
    page = colette.post(preview, follow_redirects=True).text
    assert "80 organisations sont entrées dans la liste" in page
    assert organisations(session) == 80
    session.commit()
    assert colette.post(preview, follow_redirects=True).request.path == "/organisations/import"
    assert organisations(session) == 80


def test_a_refused_file_says_why_line_by_line_and_cannot_be_confirmed(session: Session, colette: Colleague) -> None:
    preview = send(colette, "nom;région\nA;Laval\nB;<b>Atlantide</b>".encode())
    page = colette.get(preview).text
    assert "Le fichier est refusé : 1 erreur<" in page
    assert re.search(r"Ligne 3 :</strong>\s*région inconnue : « &lt;b&gt;Atlantide", page)
    assert "Importer 1" not in page
    assert colette.post(preview).status_code == 422
    assert organisations(session) == 0


def test_the_preview_speaks_the_language_of_the_user(session: Session, colette: Colleague) -> None:
    assert "unknown region: “Atlantis”" in colette.get(send(colette, b"name,region\nA,Atlantis") + "?lang=en").text


def test_a_file_that_was_all_imported_already_leaves_nothing_to_do(session: Session, colette: Colleague) -> None:
    colette.post(send(colette, b"nom\nA"))
    page = colette.get(send(colette, b"nom\na")).text
    assert "Rien de nouveau" in page
    assert "« a » est déjà dans la liste" in page


@pytest.mark.parametrize("kind", [k for k in HOSTILE if k not in ("zip bomb", "long cell")])
def test_a_hostile_upload_is_a_page_with_a_sentence(colette: Colleague, kind: str) -> None:
    name, data = HOSTILE[kind]
    page = colette.get(send(colette, data, name))
    assert page.status_code == 200
    assert "Le fichier est refusé" in page.text


def test_an_upload_over_the_limit_is_refused_in_words(colette: Colleague) -> None:
    response = colette.post("/organisations/import", b"x" * 9_000_000, content_type="multipart/form-data; boundary=y")
    assert response.status_code == 413
    assert "8 Mo" in response.text


def test_forgetting_the_file_is_said_at_the_field(colette: Colleague) -> None:
    response = colette.post("/organisations/import", {})
    assert response.status_code == 422
    assert "Choisissez un fichier" in response.text


def test_a_preview_is_its_owners_alone(session: Session, colette: Colleague, odile: Colleague) -> None:
    preview = send(colette, b"nom\nA")
    for address in (preview, "/organisations/import/..%2f..%2fsecret_key", f"/organisations/import/{'0' * 32}.csv"):
        assert odile.post(address).status_code in (303, 404)
    assert odile.get(preview).headers["Location"] == "/organisations/import"
    assert organisations(session) == 0


def test_uploads_go_after_an_hour(tmp_path: pathlib.Path) -> None:
    token = uploads.keep(tmp_path, 1, "Liste d’été.CSV", b"nom")
    found = uploads.find(tmp_path, 1, token)
    assert found is not None
    assert found.suffix == ".csv"
    os.utime(found, (0, 0))
    assert uploads.find(tmp_path, 1, token) is None
    assert found.exists(), "nobody has sent a file since"
    uploads.keep(tmp_path, 2, "../../x.tar/é", b"nom")
    assert uploads.find(tmp_path, 1, token) is None
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_that_goes_while_one_looks_at_the_folder_is_gone(tmp_path: pathlib.Path) -> None:
    (tmp_path / "1-vanished.csv").symlink_to(tmp_path / "nothing")
    assert uploads.find(tmp_path, 2, uploads.keep(tmp_path, 2, "liste.csv", b"nom")) is not None
    assert uploads.find(tmp_path, 2, "../../etc/passwd") is None


def test_two_coordinators_who_import_at_once_make_no_double(
    app: Flask, session: Session, colette: Colleague, odile: Colleague
) -> None:
    confirmation = send(odile, b"nom\nb\nC")
    session.commit()
    engine = app.extensions["db"]["engine"]
    new = [NewOrganisation("A"), NewOrganisation("B")]
    answer = meanwhile(engine, lambda other: cases.open_cases(other, new, colette.id), lambda: odile.post(confirmation))
    assert answer.status_code == 303
    if answer.headers["Location"] == confirmation:
        assert "Quelqu’un vient d’ajouter une de ces organisations" in odile.get(confirmation).text
        assert odile.post(confirmation).status_code == 303
    assert session.scalars(sa.select(Organisation.name).order_by(Organisation.id)).all() == ["A", "B", "C"]


def test_a_file_that_is_being_read_makes_nobody_wait(
    session: Session, colette: Colleague, roxane: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    (house,) = cases.open_cases(session, [NewOrganisation("Maison")], None)
    confirmation = send(colette, b"nom\nA")
    session.commit()
    read, answers = sheets.read, []

    def read_while_a_colleague_saves(*arguments: Any) -> list[sheets.Row]:
        saved = Context().run(roxane.post, f"/organisations/{house}/notes", {"text": "Rappeler mardi."})
        answers.append(saved.status_code)
        return read(*arguments)

    monkeypatch.setattr(sheets, "read", read_while_a_colleague_saves)
    assert colette.post(confirmation).status_code == 303
    assert answers == [303]


GREEDY = {
    "far cell of a sheet that lies elsewhere": elsewhere(sheet_with(FAR.format(1_000_000, "XFD"))),
    "cells that do not say where they are": nowhere(30_000, 30_000),
    "a text in many cells": repeated(1_000_000, 3000),
}


@pytest.fixture
def frugal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that gives the reader of workbooks a quarter of what it gives otherwise."""
    monkeypatch.setattr(sheets, "MEMORY", 256 * 1024 * 1024)


@pytest.mark.usefixtures("frugal")
@pytest.mark.parametrize("kind", GREEDY)
def test_a_workbook_that_would_take_all_the_memory_is_refused_on_the_page(
    session: Session, colette: Colleague, kind: str
) -> None:
    assert len(GREEDY[kind]) < 200_000
    page = colette.get(send(colette, GREEDY[kind], "liste.xlsx"))
    assert page.status_code == 200
    assert any(sentence in page.text for sentence, _ in (sheets.TOO_LARGE, sheets.TOO_MANY_ROWS))
    assert colette.get(send(colette, workbook([("nom",), ("Maison",)]), "liste.xlsx")).status_code == 200
    assert organisations(session) == 0


# By command


def run(app: Flask, *arguments: str) -> tuple[int, str, str]:
    result = app.test_cli_runner().invoke(args=["frame", "import", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_the_command_imports_and_says_what_it_did(app: Flask, session: Session, tmp_path: pathlib.Path) -> None:
    code, out, err = run(app, "--dry-run", str(ANNEXE_A))
    assert (code, err) == (0, "")
    assert "80 organisations seraient créées (rien n’est écrit)" in out
    assert organisations(session) == 0
    session.commit()
    code, out, err = run(app, str(ANNEXE_A))
    assert (code, err) == (0, "")
    assert "ligne 12 : « Mauricie-Centre-du-Québec »" in out
    assert "80 organisations créées, 0 déjà dans la liste." in out
    assert organisations(session) == 80


def test_the_command_refuses_with_the_lines_and_a_status(app: Flask, session: Session, tmp_path: pathlib.Path) -> None:
    (tmp_path / "a.csv").write_text("nom;issue\nA;disparu\n", encoding="utf-8")
    code, out, err = run(app, str(tmp_path / "a.csv"))
    assert code == 1
    assert "ligne 2 : issue inconnue : « disparu »." in err
    assert "Traceback" not in out + err
    assert organisations(session) == 0


def test_the_command_says_when_there_is_no_such_file(app: Flask) -> None:
    code, _, err = run(app, "nowhere.csv")
    assert code != 0
    assert "nowhere.csv" in err


@pytest.mark.usefixtures("frugal")
@pytest.mark.parametrize("kind", GREEDY)
def test_a_workbook_that_would_take_all_the_memory_is_refused_by_the_command(
    app: Flask, session: Session, tmp_path: pathlib.Path, kind: str
) -> None:
    (tmp_path / "a.xlsx").write_bytes(GREEDY[kind])
    code, out, err = run(app, str(tmp_path / "a.xlsx"))
    assert code == 1
    assert any(sentence in err for sentence, _ in (sheets.TOO_LARGE, sheets.TOO_MANY_ROWS))
    assert "rien n’a été importé" in err
    assert "Traceback" not in out + err


def test_a_line_of_a_thousand_and_one_cells_is_refused_at_once(session: Session) -> None:
    plan = frame.understand(session, ("nom," * 1001).encode(), "large.csv")
    assert [(remark.line, "plus de 1000 cellules" in remark.text.fr) for remark in plan.errors] == [(1, True)]
