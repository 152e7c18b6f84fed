"""A real SMTP server for tests: keeps every mail that it takes, and can refuse, hang or break off at any step."""

from __future__ import annotations

import base64
import contextlib
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Mailbox:
    """Where the server is, what it took, and how it is to behave."""

    port: int = 0
    mails: list[tuple[list[str], bytes]] = field(default_factory=list)
    """Receivers and text of every mail that was taken, in order."""
    logins: list[tuple[str, str]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    """Answers that are not the usual ones, by verb; `connect` and `text` are the greeting and the one to a text."""
    silent_at: str | None = None
    """The verb to which nothing is answered until `release`; `connect` and `text` as above."""
    breaks_at: str | None = None
    """The verb after which the connection is cut."""
    tls: ssl.SSLContext | None = None
    """For STARTTLS, which is offered only then, and login only after it."""
    release: threading.Event = field(default_factory=threading.Event)


class _Session(socketserver.StreamRequestHandler):
    mailbox: Mailbox

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError, ValueError, OSError):
            if self._answer("connect", "220 here"):
                while self._command():
                    pass
        self.rfile.close()
        self.request.close()

    def _command(self) -> bool:
        line = self.rfile.readline().decode("ascii").strip()
        verb, _, rest = line.partition(" ")
        verb = verb.upper()
        if verb in ("", "QUIT"):
            return False
        if verb == "EHLO":
            offered = "" if self.mailbox.tls is None else "250-STARTTLS\r\n250-AUTH PLAIN\r\n"
            return self._answer(verb, f"250-here\r\n{offered}250 OK")
        if verb == "STARTTLS":
            return self._start_tls()
        if verb == "AUTH":
            if rest == "CRAM-MD5":
                return self._answer(verb, "334 ")
            _, user, password = base64.b64decode(rest.split(" ")[1]).decode().split("\0")
            self.mailbox.logins.append((user, password))
            return self._answer(verb, "235 welcome")
        if verb == "MAIL":
            self.receivers: list[str] = []
            return self._answer(verb, "250 OK")
        if verb == "RCPT":
            address = rest.partition("<")[2].partition(">")[0]
            answer = self.mailbox.answers.get(f"RCPT {address}", "250 OK")
            if answer.startswith("250"):
                self.receivers.append(address)
            return self._answer(verb, answer)
        if verb == "DATA":
            goes_on = "DATA" not in self.mailbox.answers
            return self._answer(verb, "354 go on") and (not goes_on or self._text())
        return self._answer(verb, "250 OK")

    def _text(self) -> bool:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        answer = self.mailbox.answers.get("text", "250 taken")
        if answer.startswith("250"):
            self.mailbox.mails.append((self.receivers, b"".join(lines)))
        return self._answer("text", answer)

    def _start_tls(self) -> bool:
        assert self.mailbox.tls is not None
        self._answer("STARTTLS", "220 go on")
        self.rfile.close()
        self.request = self.mailbox.tls.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", buffering=0)
        return True

    def _answer(self, verb: str, usual: str) -> bool:
        if self.mailbox.breaks_at == verb:
            return False
        if self.mailbox.silent_at == verb:
            self.mailbox.release.wait(60)
            return False
        self.wfile.write(f"{self.mailbox.answers.get(verb, usual)}\r\n".encode())
        return True


@contextlib.contextmanager
def mailing(mailbox: Mailbox) -> Iterator[Mailbox]:
    """Run the server on a free local port until the block ends."""

    class Session(_Session):
        pass

    Session.mailbox = mailbox

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True
        block_on_close = False

    server = Server(("127.0.0.1", 0), Session)
    mailbox.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield mailbox
    finally:
        mailbox.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
