"""Templates compiled once and kept on the disk, as Python keeps its modules: a tenth of a start went into it."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

SEAL = sha256().digest_size


class Kept(BytecodeCache):
    """A file for each template. Where it cannot be written or read, the template is compiled again: nothing is lost.

    `settings` is the module that gives the template engine its options: what was compiled under others is not used.
    """

    def __init__(self, folder: Path, settings: str) -> None:
        self.folder = folder
        self.engine = f"{version('jinja2')} {sha256(Path(settings).read_bytes()).hexdigest()}"

    def get_source_checksum(self, source: str) -> str:
        return sha256(f"{self.engine}\n{source}".encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            kept = (self.folder / bucket.key).read_bytes()
            if sha256(kept[SEAL:]).digest() == kept[:SEAL]:  # a power cut or a full disk leaves files cut short
                bucket.bytecode_from_string(kept[SEAL:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        code = bucket.bytecode_to_string()
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            (self.folder / bucket.key).write_bytes(sha256(code).digest() + code)
