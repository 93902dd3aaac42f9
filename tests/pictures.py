"""The pictures of the manual and of the README, taken anew from the demonstration: `python -m tests.pictures`."""

from __future__ import annotations

import io
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from survey import create_app, schema
from survey.db import db
from survey.demo.build import PASSPHRASE, build
from tests import outside
from tests.browsing import FLAGS, Quiet
from tests.picturing import fieldwork

FOLDER = Path(__file__).resolve().parent.parent / "survey" / "static" / "manual"
SIZE = {"width": 1200, "height": 800}


def interview(page: Page, fr: str = "macadam", en: str = "rezo") -> None:
    """A call in its first minutes, with an organisation that had not replied: one for each language."""
    page.goto("/organisations?q=" + {"fr": fr, "en": en}[language(page)])
    page.locator("table a").first.click()
    page.locator("form[action*='/interviews/start'] button").click()
    page.locator(".consent input[value=yes]").first.wait_for()
    for purpose in ("interview", "quote", "recontact"):
        page.locator(f".consent input[name={purpose}][value=yes]").check()
    page.locator(".consent button").click()
    page.locator("[data-item=has_initiatives] input[value=yes]").check()
    page.keyboard.press("Alt+n")
    page.keyboard.type("Ateliers en milieu de vie")
    page.locator("article [data-item=year_created] input[type=text]").fill("2019")
    page.locator("article [data-item=status] input[value=running]").check()
    page.locator("article textarea[name=description]").click()
    page.locator("article").evaluate("block => block.scrollIntoView()")
    page.locator('.save-state[data-state="saved"]').wait_for()


#: What one types, and what a colleague has written there meanwhile.
SAID = {"fr": "Il manque un local ouvert le soir.", "en": "A place that is open at night is missing."}
BY_OTHERS = {
    "fr": "Il manque un lieu ouvert le soir et la fin de semaine.",
    "en": "A space that is open at night and at weekends is missing.",
}


def film(page: Page, browser: Browser) -> Iterator[str]:
    """A call that meets everything: the network goes and comes back, a colleague writes, the session ends."""
    interview(page, fr="sortie", en="sherbrookoise")
    said, theirs = SAID[language(page)], BY_OTHERS[language(page)]
    page.context.set_offline(True)
    page.locator("#i-concerns").fill(said)
    page.locator("article textarea[name=description]").fill("…")
    page.locator('.save-state[data-state="waiting"][data-waiting="2"]').wait_for()
    page.locator("#others").evaluate("part => part.scrollIntoView()")
    yield "film-1"
    page.context.set_offline(False)
    page.locator('.save-state[data-state="saved"]').wait_for()
    yield "film-2"
    colleague = sign_in(browser, str(page.evaluate("location.origin")), "coordonnatrice", language(page))
    colleague.goto(page.url)
    colleague.locator("#i-needs").fill(theirs)
    colleague.locator('.save-state[data-state="saved"]').wait_for()
    colleague.context.close()
    page.locator("#i-needs").fill(said)
    page.locator(".conflicts:not([hidden])").wait_for()
    page.keyboard.press("Alt+c")
    page.locator("#conflict[open]").wait_for()
    yield "film-3"
    page.keyboard.press("1")
    page.context.clear_cookies()
    page.locator("#i-closing_remarks").fill(said)
    page.locator("#session-login[open]").wait_for()
    yield "film-4"


def opened(path: str) -> Callable[[Page], None]:
    return lambda page: page.goto(path) and None


#: Lists of invented organisations: under headings that are known, and under those of somebody's own.
HEADED = (
    "nom,région,type,personne,fonction,courriel,note\n"
    "Maison des jeunes (exemple),Laval,communautaire,Personne fictive,Coordination,personne@exemple.test,\n"
    "Maison des jeunes (exemple),,,Autre personne fictive,Intervention,autre@exemple.test,\n"
    "Centre d’aide (exemple),Estrie,,,,,Rappeler\n"
)
ODD = (
    "Qui,Où,Vu avec,Joindre au,Couleur\n"
    "Maison des jeunes (exemple),Laval,Personne fictive,450 555-0101,bleu\n"
    "Centre d’aide (exemple),Estrie,Autre personne fictive,819 555-0102,vert\n"
)
HELD = ("name", "region_name", "person", "person_phone")


def imported(page: Page, lines: str = HEADED) -> None:
    """The preview of a list, before anything is written."""
    page.goto("/organisations/import")
    page.locator("input[type=file]").set_input_files(
        {"name": "liste.csv", "mimeType": "text/csv", "buffer": lines.encode()}
    )
    page.locator("main form button").first.click()
    page.wait_for_load_state()


def mapped(page: Page) -> None:
    """The same list once somebody said what its columns hold, but for one."""
    imported(page, ODD)
    for n, holds in enumerate(HELD):
        page.locator(f"#c{n}").select_option(holds)
    page.locator("form[method=get] button").click()
    page.locator("#create-title").wait_for()


def teams(page: Page) -> None:
    """Whoever may have cases, and the team of the one who interviews, about to be formed."""
    page.goto("/organisations/teams")
    page.locator("input[list=teams]").last.fill({"fr": "Rive-Nord", "en": "North shore"}[language(page)])
    page.locator("h1").click()


def next_week(page: Page) -> None:
    """The first week with an appointment to come."""
    page.goto("/agenda")
    if not page.locator(".table.agenda a").count():
        page.locator("a", has_text={"fr": "suivante", "en": "Next"}[language(page)]).click()


def attempt(page: Page) -> None:
    page.goto("/organisations?q=carrefour+xi")
    page.locator("table a").first.click()
    page.locator("#attempt-title").evaluate("heading => heading.closest('section').scrollIntoView()")


def graph(page: Page) -> None:
    page.goto("/snowball/graph")
    page.locator("main svg").first.scroll_into_view_if_needed()


def rates(page: Page) -> None:
    page.goto("/outcomes")
    page.locator("#rates").evaluate("heading => heading.closest('section').scrollIntoView()")


def next_wave(page: Page) -> None:
    """What the next wave will hold, to be confirmed."""
    page.goto("/outcomes/next-wave")
    page.locator("main form button").click()
    page.locator("input[name=seen]").wait_for(state="attached")


def still_true(page: Page) -> None:
    """A call of a second wave, which is opened when it is not: what was said before, one block of it confirmed."""
    page.goto("/outcomes")
    if not page.locator("nav .counts").count():
        next_wave(page)
        page.locator("main form button").click()
        page.locator("nav .counts").wait_for()
    page.goto("/organisations?q=" + {"fr": "cisss bas-saint", "en": "maison isa"}[language(page)])
    page.locator("table a").first.click()
    page.locator("form[action*='/interviews/start'] button").click()
    page.locator("article .carried").first.wait_for()
    page.wait_for_load_state()
    page.keyboard.press("Alt+v")
    page.locator("article .carried:focus").wait_for()
    page.locator('.save-state[data-state="saved"]').wait_for()


SCENES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "organisations": ("coordonnatrice", opened("/organisations")),
    "organisation": ("coordonnatrice", opened("/organisations/2")),
    "import": ("coordonnatrice", imported),
    "mapping": ("coordonnatrice", mapped),
    "teams": ("coordonnatrice", teams),
    "interview": ("coordonnatrice", interview),
    "queue": ("intervieweuse", opened("/queue")),
    "agenda": ("intervieweuse", next_week),
    "attempt": ("intervieweuse", attempt),
    "snowball": ("coordonnatrice", opened("/snowball")),
    "graph": ("coordonnatrice", graph),
    "dashboard": ("comite", opened("/dashboard")),
    "coverage": ("coordonnatrice", opened("/coverage")),
    "next-wave": ("coordonnatrice", next_wave),
    "rates": ("coordonnatrice", rates),
    "paper": ("coordonnatrice", opened("/questionnaire/paper")),
    "releases": ("analyste", opened("/releases")),
    "users": ("administratrice", opened("/users")),
}


@contextmanager
def demonstration() -> Iterator[str]:
    """The demonstration on a port of its own; its address."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RECENSION_INSTANCE"] = folder
        url = f"sqlite:///{folder}/demo.sqlite"
        schema.upgrade(url)
        app = create_app({"DATABASE_URL": url})
        with app.app_context():
            build(db.session)
            fieldwork(db.session)
            db.session.commit()
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def sign_in(browser: Browser, address: str, who: str, wanted: str) -> Page:
    page = browser.new_context(base_url=address, viewport=SIZE, locale=f"{wanted}-CA").new_page()  # type: ignore[arg-type]
    page.goto("/login")
    page.fill("input[name=email]", f"{who}@exemple.test")
    page.fill("input[type=password]", PASSPHRASE)
    page.keyboard.press("Enter")
    page.locator("nav").first.wait_for()
    if language(page) != wanted:
        page.locator("form[action*='language'] button").first.click()
        page.locator(f"html[lang={wanted}]").wait_for()
    return page


def language(page: Page) -> str:
    return page.locator("html").get_attribute("lang") or "fr"


def take(page: Page, path: Path) -> None:
    """A picture small enough to travel with the project."""
    with Image.open(io.BytesIO(page.screenshot(animations="disabled"))) as picture:
        picture.quantize(96).save(path, optimize=True)
    print(path.name)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with demonstration() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=outside.chromium(), args=FLAGS)
        for wanted in ("fr", "en"):
            for name, (who, scene) in SCENES.items():
                page = sign_in(browser, address, who, wanted)
                scene(page)
                take(page, FOLDER / f"{name}.{wanted}.png")
                page.context.close()
            page = sign_in(browser, address, "intervieweuse", wanted)
            for name in film(page, browser):
                take(page, FOLDER / f"{name}.{wanted}.png")
            page.context.close()
        for wanted in ("fr", "en"):  # once a second wave is open, the other pictures would be of it
            page = sign_in(browser, address, "coordonnatrice", wanted)
            still_true(page)
            take(page, FOLDER / f"still-true.{wanted}.png")
            page.context.close()
        browser.close()


if __name__ == "__main__":
    main()
