"""What LibreOffice makes of a spreadsheet, saved by it as a workbook: openpyxl tells what each cell holds."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests import outside

#: How a CSV is opened: semicolons, quotation marks, UTF-8; whether what stands between these is always a text, or
#: whatever it looks like, formulas included, which is the worst that somebody can choose.
AS_TEXT, COMPUTING = (
    f"CSV:59,34,76,1,,0,{quoted},true,false,false,false,,{formulas}"
    for quoted, formulas in (("true", "false"), ("false", "true"))
)


def saved(path: Path, reading: str | None = None) -> Path:
    """The file as LibreOffice saves it once it was opened. `reading` is how to open a CSV."""
    found = outside.libreoffice()
    assert found
    folder = path.parent / "calc"
    how = [f"--infilter={reading}"] if reading else []
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [found, profile, "--headless", *how, "--convert-to", "xlsx", "--outdir", str(folder), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    written = folder / f"{path.stem}.xlsx"
    assert written.exists(), done.stdout + done.stderr
    return written
