"""Files that are written whole before their first byte is sent, so that their length tells a cut download."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Response, send_file


def send(name: str, mimetype: str, write: Callable[[Path], None], **how: Any) -> Response:
    """Answer with the file that `write` puts at the path it is given; it is gone once it is sent.

    `how` is what else Flask's `send_file` is told.
    """
    folder = TemporaryDirectory(prefix="recension-")
    try:
        path = Path(folder.name) / name
        write(path)
        response = send_file(path, mimetype, as_attachment=True, download_name=name, **how)
    except BaseException:
        folder.cleanup()
        raise
    response.direct_passthrough = False  # else nothing is called at its close
    response.call_on_close(folder.cleanup)
    return response
