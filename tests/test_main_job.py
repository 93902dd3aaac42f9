"""The main job, end to end, in a browser and by keyboard: from a list of organisations to a file that PSPP reads."""

from __future__ import annotations

import csv
import re
import subprocess
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect

from survey.demo.published import ANNEXE_A
from tests import outside
from tests.browsing import Desk
from tests.conftest import Colleague

LONG = "Évaluée en 2021, l’« œuvre » 🧡 continue. " * 1000
FUNNY = "Cœur à cœur 👩🏽‍🏫 « pairs »; naïve, à 100 %"


def press(page: Page, label: str | re.Pattern[str], role: str = "button") -> None:
    page.get_by_role(role, name=label).first.press("Enter")  # type: ignore[arg-type]


def type_in(page: Page, *keys: str) -> None:
    """Texts are typed at once; a key is written `<Tab>`."""
    for key in keys:
        if key.startswith("<"):
            page.keyboard.press(key[1:-1])
        else:
            page.keyboard.insert_text(key)


def saved(page: Page) -> None:
    expect(page.locator(".save-state")).to_have_attribute("data-state", "saved", timeout=20_000)


def counted(page: Page, label: str) -> int:
    """The number on the tile of one outcome."""
    page.goto("/organisations")
    tile = page.locator(".counts li", has_text=re.compile(rf"\d\s*{label}$|^{label}\s*\d|{label}"))
    return int(tile.first.locator("strong").inner_text()) if tile.count() else 0


def open_organisation(page: Page, name: str) -> None:
    page.goto("/organisations")
    page.get_by_label("Nom", exact=True).first.focus()
    type_in(page, name, "<Enter>")
    press(page, name, "link")
    expect(page.locator("h1")).to_have_text(name)


def consent(page: Page) -> None:
    page.locator("#opening summary").first.focus()
    type_in(page, *["<Tab>", "<Space>"] * 3, "<Enter>")
    expect(page.locator("#i-respondent_name")).to_be_focused()


def to_question_one(page: Page) -> None:
    """Past the names, and past the parts of the date that the browser makes of one field."""
    type_in(page, "Personne fictive", "<Tab>", "Directrice (fictive)", "<Tab>")
    while page.evaluate("document.activeElement.name") == "held_on":
        page.keyboard.press("Tab")


def finish(page: Page) -> None:
    saved(page)
    page.keyboard.press("Alt+t")
    press(page, "Terminer l’entrevue")
    expect(page.get_by_text("Entrevue terminée et enregistrée.")).to_be_visible()


def through_pspp(sav: Path) -> tuple[str, list[dict[str, str]]]:
    """What PSPP prints of the dictionary, and the rows that it reads."""
    out, syntax = sav.with_suffix(".csv"), sav.with_suffix(".sps")
    syntax.write_text(
        f"GET FILE='{sav}'.\nDISPLAY DICTIONARY.\n"
        f"SAVE TRANSLATE /OUTFILE='{out}' /TYPE=CSV /FIELDNAMES /CELLS=VALUES /REPLACE.\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [str(outside.pspp()), "-O", "format=csv", str(syntax)], capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    csv.field_size_limit(1 << 30)
    with out.open(encoding="utf-8", newline="") as file:
        return done.stdout, list(csv.DictReader(file))


def whole(row: dict[str, str], name: str) -> str:
    """A text with the variables it goes on in."""
    parts = [name, *(f"{name}_{n}" for n in range(2, 10))]
    return "".join(row.get(part, "") for part in parts)


def test_from_the_list_to_the_file(
    at_desk: Desk, colette: Colleague, roxane: Colleague, anh: Colleague, tmp_path: Path
) -> None:
    office = at_desk(colette, "/organisations/import")
    office.locator("input[type=file]").set_input_files(ANNEXE_A)
    press(office, "Voir ce qui serait importé")
    press(office, "Importer 80 organisations")
    assert counted(office, "Sondé") == 57
    before = counted(office, "Sans réponse après relances")
    open_organisation(office, "RÉZO")
    office.get_by_label("Confier à").select_option(label="Roxane")
    press(office, "Confier")

    call = at_desk(roxane, "/organisations")
    open_organisation(call, "RÉZO")
    press(call, "Commencer l’entrevue")
    consent(call)
    to_question_one(call)
    type_in(call, "<Space>", "<Tab>", "3")
    for n in (1, 2, 3):
        call.keyboard.press("Alt+n")
        type_in(call, f"{FUNNY} {n}", "<Tab>", LONG if n == 1 else "<Alt+s>", "<Tab>", "2018", "<Tab>", "<Space>")
    finish(call)
    assert counted(office, "Sans réponse après relances") == before - 1
    assert counted(office, "Sondé") == 58

    open_organisation(call, "Macadam Sud")
    press(call, "Commencer l’entrevue")
    consent(call)
    to_question_one(call)
    type_in(call, "<ArrowDown>")
    finish(call)
    assert counted(office, "Sondé, aucune initiative") == 1
    assert counted(office, "Sondé") == 58

    desk = at_desk(anh, "/releases", accept_downloads=True)
    press(desk, "Freeze the data")
    with desk.expect_download() as download:
        take = desk.locator("section form.export")
        take.locator("[name=form]").select_option("sav")
        take.locator("[name=language]").select_option("fr")
        take.get_by_role("button").press("Enter")
    with zipfile.ZipFile(download.value.path()) as package:
        sav = Path(package.extract("recension-v1-initiative-fr.sav", tmp_path))

    dictionary, rows = through_pspp(sav)
    assert "Année de création" in dictionary
    assert "En cours de développement" in dictionary
    assert re.search(r"-9(?:\.00)?; ?-8(?:\.00)?; ?-7|-7(?:\.00)?; ?-8(?:\.00)?; ?-9", dictionary)
    assert [row["name"] for row in rows] == [f"{FUNNY} {n}" for n in (1, 2, 3)]
    assert whole(rows[0], "description").rstrip() == LONG.rstrip()
    assert [row["description_missing"].strip() for row in rows] == ["", "-7", "-7"]
    assert [row["year_created"] for row in rows] == ["2018"] * 3
