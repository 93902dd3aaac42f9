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

FOLDER = Path(__file__).resolve().parent.parent / "survey" / "static" / "manual"
SIZE = {"width": 1200, "height": 800}


def interview(page: Page) -> None:
    """An interview in its first minutes, with an organisation that had not replied: one for each language."""
    language = page.locator("html").get_attribute("lang") or "fr"
    page.goto("/organisations?q=" + {"fr": "macadam", "en": "rezo"}[language])
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


def opened(path: str) -> Callable[[Page], None]:
    return lambda page: page.goto(path) and None


def imported(page: Page) -> None:
    """The preview of a list, before anything is written."""
    page.goto("/organisations/import")
    lines = "nom,région,note\nMaison des jeunes (exemple),Laval,\nCentre d’aide (exemple),Estrie,Rappeler\n"
    page.locator("input[type=file]").set_input_files(
        {"name": "liste.csv", "mimeType": "text/csv", "buffer": lines.encode()}
    )
    page.locator("main form button").first.click()
    page.wait_for_load_state()


SCENES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "organisations": ("coordonnatrice", opened("/organisations")),
    "organisation": ("coordonnatrice", opened("/organisations/2")),
    "import": ("coordonnatrice", imported),
    "interview": ("coordonnatrice", interview),
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
            db.session.commit()
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def sign_in(browser: Browser, address: str, who: str, language: str) -> Page:
    page = browser.new_context(base_url=address, viewport=SIZE, locale=f"{language}-CA").new_page()  # type: ignore[arg-type]
    page.goto("/login")
    page.fill("input[name=email]", f"{who}@exemple.test")
    page.fill("input[type=password]", PASSPHRASE)
    page.keyboard.press("Enter")
    page.locator("nav").first.wait_for()
    if page.locator("html").get_attribute("lang") != language:
        page.locator("form[action*='language'] button").first.click()
        page.locator(f"html[lang={language}]").wait_for()
    return page


def take(page: Page, path: Path) -> None:
    """A picture small enough to travel with the project."""
    with Image.open(io.BytesIO(page.screenshot(animations="disabled"))) as picture:
        picture.quantize(96).save(path, optimize=True)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with demonstration() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=outside.chromium(), args=FLAGS)
        for language in ("fr", "en"):
            for name, (who, scene) in SCENES.items():
                page = sign_in(browser, address, who, language)
                scene(page)
                take(page, FOLDER / f"{name}.{language}.png")
                print(f"{name}.{language}.png")
                page.context.close()
        browser.close()


if __name__ == "__main__":
    main()
