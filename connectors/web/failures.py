"""What it means that no usable answer came: a status or a broken connection in a sentence, which failure it is, and how
long to wait (Retry-After)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from engine.values.clock import HOUR, SECOND, Clock, instant_of
from engine.values.errors import BadInput

LONGEST_WAIT: Final = HOUR
"""The most that a server's Retry-After is believed, in microseconds."""

_WORTH_ANOTHER_TRY: Final = (429, 502, 503, 504)
_NOT_TAKEN: Final = {408: "timeout", 504: "timeout", 425: "busy", 429: "busy", 503: "busy"}
"""What these answers to a POST mean, of terms.FAILURES; other ones from 500 on are server_error, the rest refused."""


class FetchFailed(BadInput):
    """No usable answer. `again` says that an early new try makes sense, `wait` what the server asked for (in us).

    `arrived` says that the server may have got the request all the same, `failure` which of terms.FAILURES it is.
    """

    def __init__(
        self,
        place: str,
        fault: str,
        mend: str,
        *,
        again: bool = False,
        wait: int | None = None,
        arrived: bool = False,
        failure: str | None = None,
    ) -> None:
        super().__init__(place, fault, mend)
        self.again = again
        self.wait = wait
        self.arrived = arrived
        self.failure = failure


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


def refused(status: int, headers: Mapping[str, str], place: str, clock: Clock) -> FetchFailed:
    """The fault of a polled server that gave no page, by its status, with what would mend it."""
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


def not_taken(status: int, headers: Mapping[str, str], place: str, clock: Clock) -> FetchFailed:
    """The fault of a receiver that did not say yes: one that may be over soon is worth another try."""
    again = status in (408, 425, 429) or status >= 500
    wait = retry_after(headers, clock.now()) if status in (429, 503) else None
    mend = "it is sent again with the same key" if again else "look at the receiver's log, mend it, then resend"
    failure = _NOT_TAKEN.get(status, "server_error" if status >= 500 else "refused")
    return FetchFailed(place, f"the receiver answered HTTP {status}", mend, again=again, wait=wait, failure=failure)


def broken(error: httpx.RequestError, place: str) -> FetchFailed:
    """The sentence for a failed connection; the library's own words stay out, as they can quote addresses."""
    if isinstance(error, httpx.UnsupportedProtocol):
        return FetchFailed(place, "this is no http or https address", "write it as https://host/path")
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        mend = "install the right authority, or set verify = false if this network is safe"
        return FetchFailed(place, "the server's certificate is not trusted", mend)
    if isinstance(error, httpx.TimeoutException):
        fault, mend, failure = "the server did not answer in time", "look whether it is up; we try again", "timeout"
    elif isinstance(error, httpx.ConnectError):
        fault, mend, failure = (
            "the server cannot be reached",
            "check host, port and network; we try again",
            "unreachable",
        )
    else:
        fault, mend, failure = "the connection broke in the middle of the answer", "we try again", "unreachable"
    return FetchFailed(place, fault, mend, again=True, failure=failure)
