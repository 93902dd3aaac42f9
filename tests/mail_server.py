"""A mail server of the tests' own, on this machine: it keeps what it is given, or fails as it is told."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from flask import Flask

SENDER = "Équipe d’essai <equipe@exemple.test>"


class Post(socketserver.ThreadingTCPServer):
    """What came in is in `kept`. `answers` says otherwise than usual to a word; None there cuts the line.

    `before_taking` is called when a message is whole and not acknowledged yet.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.kept: list[bytes] = []
        self.answers: dict[str, str | None] = {}
        self.before_taking: Callable[[], None] = lambda: None

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(words, policy=default) for words in self.kept]  # type: ignore[misc]


class Conversation(socketserver.StreamRequestHandler):
    server: Post

    def handle(self) -> None:
        self.say("220 ici")
        while word := self.rfile.readline():
            verb = word.split()[0].upper().decode() if word.split() else ""
            if verb in self.server.answers:
                answer = self.server.answers[verb]
                if answer is None:
                    return
                self.say(answer)
            elif verb == "DATA":
                self.say("354 allez")
                if not self.take():
                    return
            elif verb == "QUIT":
                self.say("221 adieu")
                return
            else:
                self.say("250-ici\r\n250-8BITMIME\r\n250 SMTPUTF8" if verb == "EHLO" else "250 bien")

    def take(self) -> bool:
        words = b""
        while not words.endswith(b"\r\n.\r\n"):
            if not (more := self.rfile.readline()):
                return False
            words += more
        self.server.before_taking()
        self.server.kept.append(words[:-3].replace(b"\r\n..", b"\r\n."))
        answer = self.server.answers.get("END", "250 pris")
        if answer is not None:
            self.say(answer)
        return answer is not None

    def say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


@contextmanager
def post() -> Iterator[Post]:
    """A server that takes mail, until the end of the block."""
    with Post() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


@contextmanager
def known(app: Flask, server: Post) -> Iterator[None]:
    """Have the application send its mail there, until the end of the block."""
    before = {name: app.config[name] for name in ("MAIL_HOST", "MAIL_PORT", "MAIL_TLS", "MAIL_FROM")}
    app.config |= {"MAIL_HOST": "127.0.0.1", "MAIL_PORT": server.port, "MAIL_TLS": "none", "MAIL_FROM": SENDER}
    yield
    app.config |= before
