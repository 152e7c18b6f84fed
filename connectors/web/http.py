"""One request to one server, fenced: the only module that calls the HTTP library.

Here: the client with its limits, and redirects by hand. What a status or a broken connection means is
connectors.web.failures. It hands out bytes with a status and headers, never an object of the library. Pages, items and
schedules are connectors.web.polling. The reason for each fence is a measured fault of the bare client: docs/sources.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Final
from urllib.parse import urljoin

import httpx

from connectors.settings.secrets import Secret
from connectors.web.addresses import origin, shown
from connectors.web.failures import FetchFailed, broken, not_taken, refused
from engine import __version__
from engine.values.clock import Clock, SystemClock
from engine.values.errors import BadInput
from engine.values.text import clean

DEADLINE_SECONDS: Final = 60.0
"""From the first byte sent to the last received, redirects included: a timeout of one read does not bound a drip."""
MAXIMUM_BYTES: Final = 32 * 1024 * 1024
MAXIMUM_REDIRECTS: Final = 5

_REDIRECTS: Final = (301, 302, 303, 307, 308)

# The library writes whole addresses at INFO and header values at DEBUG; neither may reach anybody's log.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: 200 with a body, or 204 and 304 without one. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    """The address that answered, after redirects."""


class Client:
    """A fenced HTTP client for one source or channel (`sort`); use it as an async context manager.

    `headers` are sent with each request, to the origin of the first address only. `deadline_seconds` bounds a request
    as a whole, `maximum_bytes` a body. `verify=False` switches the check of TLS certificates off; a text is the path of
    a file with the authorities to trust. Raises BadInput when that file cannot be used.
    """

    def __init__(
        self,
        name: str,
        headers: Mapping[str, Secret],
        *,
        verify: bool | str = True,
        maximum_bytes: int = MAXIMUM_BYTES,
        deadline_seconds: float = DEADLINE_SECONDS,
        clock: Clock | None = None,
        sort: str = "source",
    ) -> None:
        self._name = f"{sort} {name}"
        self._headers = headers
        self._maximum_bytes = maximum_bytes
        self._deadline_seconds = deadline_seconds
        self._clock = clock or SystemClock()
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(10.0, connect=5.0),
            limits=httpx.Limits(max_connections=2, max_keepalive_connections=1),
            follow_redirects=False,
            trust_env=False,
            verify=verify if isinstance(verify, bool) else _trusting(verify, f"{sort}.{name}"),
            headers={"User-Agent": f"offplan/{__version__}", "Accept": "application/json, */*;q=0.1"},
        )

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """GET an address; `headers` are further ones of this request (If-None-Match ...).

        Raises FetchFailed for everything but 200, 204 and 304, and BadInput for an address that is none.
        """
        place = f"{self._name}: {shown(url)}"
        home = origin(url, place)
        try:
            async with asyncio.timeout(self._deadline_seconds):
                for _ in range(MAXIMUM_REDIRECTS + 1):
                    answer = await self._once(url, headers or {}, place)
                    if answer.status not in _REDIRECTS:
                        return answer
                    url = _redirected(answer, home, place)
        except TimeoutError:
            fault = f"no complete answer within {self._deadline_seconds:g} s"
            raise FetchFailed(place, fault, "ask for less at once, or look at the server", again=True) from None
        except httpx.InvalidURL:
            raise FetchFailed(place, "this is no address", "write it as https://host/path") from None
        except httpx.RequestError as error:
            raise broken(error, place) from None
        raise FetchFailed(place, f"more than {MAXIMUM_REDIRECTS} redirects", "name the address that answers in `url`")

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], limit: int = 0) -> bytes:
        """POST a body to an address that has to take it: any 2xx is a yes, and a redirect is refused, not followed.

        Returns what the answer says: nothing unless there is a `limit` in bytes, nor where it is longer than that or
        breaks off. Raises FetchFailed for everything but a yes, and BadInput for an address that is none.
        """
        place = f"{self._name}: {shown(url)}"
        origin(url, place)
        sent = {name: secret.reveal() for name, secret in self._headers.items()}
        sent |= {"Accept-Encoding": "identity"} if limit else {}
        taken, answer = False, b""
        try:
            async with asyncio.timeout(self._deadline_seconds):
                async with self._client.stream("POST", url, content=body, headers={**sent, **headers}) as response:
                    self._client.cookies.clear()
                    received = {name.lower(): value for name, value in response.headers.items()}
                    status = response.status_code
                    taken = 200 <= status < 300
                    if limit and taken:
                        with contextlib.suppress(FetchFailed):
                            answer = await self._body(response, received, place, limit)
        except TimeoutError:
            if taken:
                return b""
            fault = f"no answer within {self._deadline_seconds:g} s"
            mend = "the receiver may have it all the same"
            raise FetchFailed(place, fault, mend, again=True, arrived=True, failure="timeout") from None
        except httpx.InvalidURL:
            raise FetchFailed(place, "this is no address", "write it as https://host/path") from None
        except httpx.RequestError as error:
            if taken:
                return b""
            failure = broken(error, place)
            # Before there was a connection nothing has left.
            failure.arrived = not isinstance(
                error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol)
            )
            raise failure from None
        if status in _REDIRECTS:
            mend = "nothing was sent there; if that is right, put that address into `url`"
            fault = f"the receiver sends us elsewhere ({shown(received.get('location', ''))})"
            raise FetchFailed(place, fault, mend, failure="refused")
        if not taken:
            raise not_taken(status, received, place, self._clock)
        return answer

    async def _once(self, url: str, headers: Mapping[str, str], place: str) -> Answer:
        sent = {name: secret.reveal() for name, secret in self._headers.items()}
        sent |= {**headers, "Accept-Encoding": "identity"}
        async with self._client.stream("GET", url, headers=sent) as response:
            # What one answer sets must not go out with the next request.
            self._client.cookies.clear()
            received = {name.lower(): value for name, value in response.headers.items()}
            if response.status_code in (204, 304, *_REDIRECTS):
                return Answer(response.status_code, received, b"", url)
            if response.status_code != 200:
                raise refused(response.status_code, received, place, self._clock)
            return Answer(200, received, await self._body(response, received, place, self._maximum_bytes), url)

    async def _body(self, response: httpx.Response, headers: Mapping[str, str], place: str, limit: int) -> bytes:
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("", "identity"):
            fault = f"the answer is packed ({clean(encoding)[:20]}) although that was not asked for"
            raise FetchFailed(place, fault, "switch compression off at the server")
        too_long = FetchFailed(
            place,
            f"the answer has more than {limit} bytes",
            "ask for smaller pages (`params`), or raise `max_bytes`",
        )
        stated = headers.get("content-length", "")
        if stated.isdecimal() and (len(stated) > 18 or int(stated) > limit):
            raise too_long
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > limit:
                raise too_long
        return bytes(body)


def _trusting(path: str, name: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=path)
    except (OSError, ssl.SSLError):
        mend = "name a PEM file with the certificates of the authorities to trust"
        raise BadInput(f"{name}.verify", f"{path} holds no certificates that can be read", mend) from None


def joined(answer: Answer, target: str, place: str) -> str:
    """The address that an answer names, seen from its own. Raises FetchFailed where it is none, such as
    `http://[::1`."""
    try:
        return urljoin(answer.url, target)
    except ValueError:
        fault = f"the answer leads to {clean(target)[:200]!r}, which is no address"
        raise FetchFailed(place, fault, "ask whoever runs the server, or change `page` in offplan.toml") from None


def _redirected(answer: Answer, home: tuple[str, str, int], place: str) -> str:
    target = joined(answer, answer.headers.get("location", ""), place)
    if origin(target, f"{place}: redirect") != home:
        fault = f"the server sends us elsewhere ({shown(target)})"
        raise FetchFailed(place, fault, "nothing was sent there; if that is right, put that address into `url`")
    return target
