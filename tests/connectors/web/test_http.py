"""The fenced client against a real local server: every status, limit and trick that RELIABILITY names for HTTP."""

from __future__ import annotations

import gzip
import io
import logging
import socket
from pathlib import Path

import pytest

from connectors.settings.secrets import Secret
from connectors.web.addresses import shown
from connectors.web.failures import FetchFailed, retry_after
from connectors.web.http import Answer, Client
from engine.values.clock import HOUR, SECOND, FixedClock, parse_instant
from engine.values.errors import BadInput
from tests.connectors.server import Request, Server, serving

CANARY = "canary-7f3a"
NOW = parse_instant("2026-03-09T08:00:00Z", "test")


async def get(url: str, *, deadline_seconds: float = 10.0, maximum_bytes: int = 1 << 20) -> Answer:
    headers = {"Authorization": Secret(f"Bearer {CANARY}"), "X-Api-Key": Secret(CANARY)}
    client = Client(
        "erp", headers, deadline_seconds=deadline_seconds, maximum_bytes=maximum_bytes, clock=FixedClock(NOW)
    )
    async with client:
        return await client.get(url)


async def refusal(url: str, *, deadline_seconds: float = 10.0, maximum_bytes: int = 1 << 20) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        await get(url, deadline_seconds=deadline_seconds, maximum_bytes=maximum_bytes)
    assert CANARY not in repr(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value


async def test_an_answer_is_bytes_with_status_and_headers() -> None:
    with serving(lambda request: request.send(200, b"[1]", ETag='"a"')) as server:
        answer = await get(f"{server.url}/orders?x=1")
    assert (answer.status, answer.body, answer.headers["etag"]) == (200, b"[1]", '"a"')
    path, headers = server.requests[0]
    assert path == "/orders?x=1"
    assert headers["authorization"] == f"Bearer {CANARY}"
    assert headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("status", "fault", "again"),
    [
        (400, "HTTP 400", False),
        (401, "does not accept our credentials", False),
        (403, "does not let us in", False),
        (404, "nothing at this address", False),
        (410, "any more", False),
        (429, "too often", True),
        (500, "HTTP 500", False),
        (502, "HTTP 502", True),
        (503, "HTTP 503", True),
        (504, "HTTP 504", True),
    ],
)
async def test_every_bad_status_is_a_sentence(status: int, fault: str, again: bool) -> None:
    with serving(lambda request: request.send(status, CANARY.encode())) as server:
        failure = await refusal(f"{server.url}/orders?token=abc")
    assert fault in str(failure)
    assert failure.again is again
    assert "token" not in str(failure)


async def test_retry_after_is_believed_for_an_hour_at_most() -> None:
    with serving(lambda request: request.send(429, Retry_After="86400")) as server:
        assert (await refusal(server.url)).wait == HOUR
    with serving(lambda request: request.send(503, Retry_After="7")) as server:
        assert (await refusal(server.url)).wait == 7 * SECOND


def test_both_forms_of_retry_after() -> None:
    assert retry_after({"retry-after": "120"}, NOW) == 120 * SECOND
    assert retry_after({"retry-after": "Mon, 09 Mar 2026 08:00:30 GMT"}, NOW) == 30 * SECOND
    assert retry_after({"retry-after": "Mon, 09 Mar 2026 07:00:00 GMT"}, NOW) == 0
    # Against the server's own clock, an hour off as it may be.
    both = {"retry-after": "Mon, 09 Mar 2026 09:00:30 GMT", "date": "Mon, 09 Mar 2026 09:00:00 GMT"}
    assert retry_after(both, NOW) == 30 * SECOND
    for junk in ("", "soon", "-5", "1e9", "9" * 400, "Mon, 99 Mar 2026", "२"):
        assert retry_after({"retry-after": junk}, NOW) is None


async def test_a_hanging_server_ends_at_the_deadline() -> None:
    def hang(request: Request) -> None:
        request.server_state.release.wait(20)

    with serving(hang) as server:
        failure = await refusal(server.url, deadline_seconds=0.2)
    assert "no complete answer within 0.2 s" in str(failure)
    assert failure.again


async def test_a_dripping_server_ends_at_the_deadline() -> None:
    def drip(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100000")
        request.end_headers()
        while not request.server_state.release.wait(0.02):
            request.wfile.write(b"1")

    with serving(drip) as server:
        assert "no complete answer" in str(await refusal(server.url, deadline_seconds=0.3))


async def test_an_endless_answer_stops_at_the_limit() -> None:
    written = 0

    def endless(request: Request) -> None:
        nonlocal written
        request.send_response(200)
        request.end_headers()
        while not request.server_state.release.is_set():
            written += request.wfile.write(b"[" * 65536)

    with serving(endless) as server:
        failure = await refusal(server.url, maximum_bytes=1 << 20)
        assert "more than 1048576 bytes" in str(failure)
    # What lies in the socket's buffers, and no more.
    assert written < 32 << 20


async def test_a_long_answer_is_refused_by_what_it_announces() -> None:
    with serving(lambda request: request.send(200, b"x" * 2000)) as server:
        assert "more than 1000 bytes" in str(await refusal(server.url, maximum_bytes=1000))


async def test_a_compression_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = gzip.compress(bytes(20 << 20))
    with serving(lambda request: request.send(200, bomb, Content_Encoding="gzip")) as server:
        assert "packed (gzip)" in str(await refusal(server.url))


async def test_a_broken_connection_is_worth_another_try() -> None:
    def cut(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100")
        request.end_headers()
        request.wfile.write(b"[1")
        request.close_connection = True

    with serving(cut) as server:
        failure = await refusal(server.url)
    assert "broke in the middle" in str(failure)
    assert failure.again


async def test_what_is_no_http_is_a_sentence() -> None:
    with serving(lambda request: request.connection.sendall(b"220 smtp ready\r\n\r\n") or None) as server:
        assert (await refusal(server.url)).again


async def test_nobody_listening_is_worth_another_try() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    failure = await refusal(f"http://127.0.0.1:{port}/")
    assert "cannot be reached" in str(failure)
    assert failure.again


async def test_a_redirect_of_the_same_origin_is_followed() -> None:
    def answer(request: Request) -> None:
        if request.path == "/old":
            request.send(308, Location="/new?x=1")
        else:
            request.send(200, b"[]")

    with serving(answer) as server:
        assert (await get(f"{server.url}/old")).url == f"{server.url}/new?x=1"


async def test_a_redirect_to_another_origin_is_not_followed() -> None:
    with (
        serving(lambda request: request.send(200, b"[]")) as other,
        serving(lambda request: request.send(302, Location=f"{other.url}/steal?k=v")) as server,
    ):
        failure = await refusal(server.url)
    assert "elsewhere" in str(failure)
    assert other.requests == []


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://[::bad", ""])
async def test_a_redirect_to_no_http_address_or_to_itself_ends(target: str) -> None:
    with serving(lambda request: request.send(302, Location=target)) as server, pytest.raises(BadInput):
        await get(server.url)
    assert len(server.requests) <= 6


async def test_cookies_are_not_kept() -> None:
    def answer(request: Request) -> None:
        if request.path == "/a":
            request.send(302, Location="/b", Set_Cookie="session=1")
        else:
            request.send(200, b"[]")

    with serving(answer) as server:
        await get(f"{server.url}/a")
    assert all("cookie" not in headers for _, headers in server.requests)


@pytest.mark.parametrize(
    "url", ["http://ana:pw@host/x", "file:///etc/passwd", "http://", "http://h:99999/", "http://[x"]
)
async def test_an_address_that_is_none_or_holds_a_password_is_refused(url: str) -> None:
    with pytest.raises(BadInput) as caught:
        await get(url)
    assert "pw" not in str(caught.value)


def test_a_shown_address_has_neither_user_nor_query_nor_controls() -> None:
    assert shown("https://ana:pw@host:8443/a/b?token=x#y") == "https://host:8443/a/b"
    assert "\x1b" not in shown("http://host/\x1b]52;c;x")


async def test_a_file_of_authorities_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_text("no certificate")
    with pytest.raises(BadInput, match="holds no certificates"):
        Client("erp", {}, verify=str(path))


async def test_the_librarys_log_shows_neither_secret_nor_address(server_log: io.StringIO, answering: Server) -> None:
    await get(f"{answering.url}/x?token={CANARY}")
    assert CANARY not in server_log.getvalue()


@pytest.fixture
def answering() -> object:
    with serving(lambda request: request.send(200, b"[]")) as server:
        yield server


@pytest.fixture
def server_log() -> object:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)
