"""A real HTTP server for tests: each request is answered by a function that writes what it likes to the socket."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Server:
    """The server's address, what it was asked, and `release`, which ends answers that wait for it."""

    url: str
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Path with query, and headers in lower case, of every request in order."""
    bodies: list[bytes] = field(default_factory=list)
    """The body of every POST in order."""
    release: threading.Event = field(default_factory=threading.Event)

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]


class Request(BaseHTTPRequestHandler):
    """One request as an answer function sees it."""

    protocol_version = "HTTP/1.1"
    server_state: Server

    def send(self, status: int, body: bytes | Any = b"", **headers: str) -> None:
        """A whole answer; a body that is not bytes goes as JSON. `etag="x"` becomes the header `etag`."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if status not in (204, 304):
            self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serving(answer: Callable[[Request], None]) -> Iterator[Server]:
    """Run a server on a free local port until the block ends."""
    state = Server("")

    class Handler(Request):
        def do_GET(self) -> None:
            state.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            with contextlib.suppress(ConnectionError):
                answer(self)

        def do_POST(self) -> None:
            state.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.do_GET()

    Handler.server_state = state
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
