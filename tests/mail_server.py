"""A mail server of the tests' own, on this machine: it keeps what it is given, or fails as it is told."""

from __future__ import annotations

import base64
import socket
import socketserver
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from flask import Flask

SENDER = "Équipe d’essai <equipe@exemple.test>"


class Post(socketserver.ThreadingTCPServer):
    """What came in is in `kept`. `answers` says otherwise than usual to a word; None there cuts the line.

    `before_taking` is called when a message is whole and not acknowledged yet. With a `context` it speaks TLS, from the
    first word or once asked to; with an `account` it wants its name and password, which it takes over TLS alone.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self, context: ssl.SSLContext | None = None, at_once: bool = False, account: tuple[str, str] | None = None
    ) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.context, self.at_once, self.account = context, at_once, account
        self.kept: list[bytes] = []
        self.answers: dict[str, str | None] = {}
        self.before_taking: Callable[[], None] = lambda: None

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def get_request(self) -> tuple[socket.socket, Any]:
        line, address = super().get_request()
        if self.context and self.at_once:
            line = self.context.wrap_socket(line, server_side=True, do_handshake_on_connect=False)
        return line, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):  # whoever was killed hangs up in the middle of a word
            super().handle_error(request, client_address)

    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(words, policy=default) for words in self.kept]  # type: ignore[misc]


class Conversation(socketserver.StreamRequestHandler):
    server: Post
    known = False

    def handle(self) -> None:
        self.say("220 ici")
        while word := self.rfile.readline():
            verb, *given = word.decode().split() or [""]
            verb = verb.upper()
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
            elif verb == "STARTTLS":
                self.encrypt()
            else:
                self.say(self.reply(verb, given))

    def reply(self, verb: str, given: list[str]) -> str:
        """What is answered to a word that changes nothing of the line."""
        if verb == "EHLO":
            return "\r\n".join(["250-ici", *self.offers(), "250-8BITMIME", "250 SMTPUTF8"])
        if verb == "AUTH":
            said = "\0".join(["", *(self.server.account or ())])
            self.known = self.encrypted and base64.b64decode(given[-1]).decode() == said
            return "235 oui" if self.known else "535 non"
        return "530 qui est là?" if verb == "MAIL" and self.server.account and not self.known else "250 bien"

    @property
    def encrypted(self) -> bool:
        return isinstance(self.connection, ssl.SSLSocket)

    def offers(self) -> list[str]:
        if self.encrypted:
            return ["250-AUTH PLAIN"] if self.server.account else []
        return ["250-STARTTLS"] if self.server.context else []

    def encrypt(self) -> None:
        assert self.server.context
        self.say("220 allez")
        self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

    def finish(self) -> None:
        super().finish()
        self.connection.close()

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
def post(*how: Any) -> Iterator[Post]:
    """A server that takes mail, until the end of the block."""
    with Post(*how) as server:
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
