"""One request to one server, fenced: the only module that knows the HTTP library.

Here: the client with its limits, what a status or a broken connection means in a sentence, redirects by hand, and
Retry-After. It hands out bytes with a status and headers, never an object of the library. Pages, items and schedules
are connectors.web.polling. The reason for each fence is a measured fault of the bare client: docs/sources.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Final
from urllib.parse import urljoin

import httpx

from connectors.settings.secrets import Secret
from connectors.web.addresses import origin, shown
from engine import __version__
from engine.values.clock import HOUR, SECOND, Clock, SystemClock, instant_of
from engine.values.errors import BadInput
from engine.values.text import clean

DEADLINE_SECONDS: Final = 60.0
"""From the first byte sent to the last received, redirects included: a timeout of one read does not bound a drip."""
MAXIMUM_BYTES: Final = 32 * 1024 * 1024
MAXIMUM_REDIRECTS: Final = 5
LONGEST_WAIT: Final = HOUR
"""The most that a server's Retry-After is believed, in microseconds."""

_REDIRECTS: Final = (301, 302, 303, 307, 308)
_WORTH_ANOTHER_TRY: Final = (429, 502, 503, 504)

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


class FetchFailed(BadInput):
    """No usable answer. `again` says that an early new try makes sense, `wait` what the server asked for (in us).

    `arrived` says that the server may have got the request all the same.
    """

    def __init__(
        self, place: str, fault: str, mend: str, *, again: bool = False, wait: int | None = None, arrived: bool = False
    ) -> None:
        super().__init__(place, fault, mend)
        self.again = again
        self.wait = wait
        self.arrived = arrived


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
            raise _broken(error, place) from None
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
            raise FetchFailed(place, fault, "the receiver may have it all the same", again=True, arrived=True) from None
        except httpx.InvalidURL:
            raise FetchFailed(place, "this is no address", "write it as https://host/path") from None
        except httpx.RequestError as error:
            if taken:
                return b""
            failure = _broken(error, place)
            # Before there was a connection nothing has left.
            failure.arrived = not isinstance(
                error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol)
            )
            raise failure from None
        if status in _REDIRECTS:
            mend = "nothing was sent there; if that is right, put that address into `url`"
            raise FetchFailed(place, f"the receiver sends us elsewhere ({shown(received.get('location', ''))})", mend)
        if not taken:
            raise _not_taken(status, received, place, self._clock)
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
                raise _refused(response.status_code, received, place, self._clock)
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


def retry_after(headers: Mapping[str, str], now: int) -> int | None:
    """Microseconds that the server asks to wait, at most LONGEST_WAIT; None where it says nothing usable.

    Both forms of RFC 9110, 10.2.3: a number of seconds, or a date. A date is taken against the server's own `Date`
    where there is one, so that a clock that is wrong on either side does no harm; else against `now`.
    """
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,18}", text):
        return min(int(text) * SECOND, LONGEST_WAIT)
    until = _date(text)
    if until is None:
        return None
    server_now = _date(headers.get("date", ""))
    return min(max(until - (now if server_now is None else server_now), 0), LONGEST_WAIT)


def _date(text: str) -> int | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return None if moment.tzinfo is None else instant_of(moment)


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


def _refused(status: int, headers: Mapping[str, str], place: str, clock: Clock) -> FetchFailed:
    again = status in _WORTH_ANOTHER_TRY
    wait = retry_after(headers, clock.now()) if status in (429, 503) else None
    fault, mend = {
        401: ("the server does not accept our credentials (HTTP 401)", "check the secret that `headers` names"),
        403: ("the server does not let us in (HTTP 403)", "check the rights of the secret that `headers` names"),
        404: ("there is nothing at this address (HTTP 404)", "check `url`"),
        410: ("there is nothing at this address any more (HTTP 410)", "check `url`"),
        429: ("we ask too often (HTTP 429)", "we wait as long as the server says; a longer `poll` avoids it"),
    }.get(status, (f"the server answered HTTP {status}", "look at the server's log; we ask again"))
    return FetchFailed(place, fault, mend, again=again, wait=wait)


def _not_taken(status: int, headers: Mapping[str, str], place: str, clock: Clock) -> FetchFailed:
    """The fault of a receiver that did not say yes: one that may be over soon is worth another try."""
    again = status in (408, 425, 429) or status >= 500
    wait = retry_after(headers, clock.now()) if status in (429, 503) else None
    mend = "it is sent again with the same key" if again else "look at the receiver's log, mend it, then resend"
    return FetchFailed(place, f"the receiver answered HTTP {status}", mend, again=again, wait=wait)


def _broken(error: httpx.RequestError, place: str) -> FetchFailed:
    """The sentence for a failed connection; the library's own words stay out, as they can quote addresses."""
    if isinstance(error, httpx.UnsupportedProtocol):
        return FetchFailed(place, "this is no http or https address", "write it as https://host/path")
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        mend = "install the right authority, or set verify = false if this network is safe"
        return FetchFailed(place, "the server's certificate is not trusted", mend)
    if isinstance(error, httpx.TimeoutException):
        fault, mend = "the server did not answer in time", "look whether it is up; we try again"
    elif isinstance(error, httpx.ConnectError):
        fault, mend = "the server cannot be reached", "check host, port and network; we try again"
    else:
        fault, mend = "the connection broke in the middle of the answer", "we try again"
    return FetchFailed(place, fault, mend, again=True)
