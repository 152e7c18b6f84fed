"""A polled JSON address as a source: which page is asked next, what is remembered between polls, when the next one is
due.

Here: `poll`, which turns the pages of one poll into batches, and the schedule with its back-off. It sends nothing
itself (connectors.web.http does) and stores nothing (the feeder does), so that rows and cursor are written in one
transaction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from connectors.settings.source_settings import HttpSource, Pagination
from connectors.web.addresses import origin, shown
from connectors.web.failures import LONGEST_WAIT, FetchFailed
from connectors.web.http import Answer, Client, joined
from engine.intake.ingest import SourceBatch
from engine.values.clock import SECOND
from engine.values.errors import BadInput
from engine.values.paths import at_path

MAXIMUM_PAGES: Final = 1_000
LONGEST_VALUE: Final = 4096
"""Bytes of what an answer gives us to ask by: a cursor, a link, a time."""
SHORTEST_BACK_OFF: Final = SECOND
LONGEST_BACK_OFF: Final = 300 * SECOND


@dataclass(frozen=True, slots=True)
class PageContent:
    """What a reader made of one answer: the parsed document, its records as they stand in it, and their rows."""

    document: Any
    records: list[Any]
    batches: list[SourceBatch]


class PageReader(Protocol):
    """Parses and maps one answer. `place` names it in refusals. Raises BadInput when it is no usable JSON."""

    def __call__(self, body: bytes, place: str) -> PageContent: ...


class Jitter(Protocol):
    """Where chance comes from; `random.Random` is one."""

    def uniform(self, a: float, b: float) -> float: ...


async def poll(
    name: str, source: HttpSource, client: Client, read: PageReader, cursor: Mapping[str, Any]
) -> AsyncIterator[SourceBatch]:
    """Ask a source once, page by page; each batch is to be taken before the next is asked for.

    `cursor` is what the last complete poll left. The last batch carries the new one; it may have no rows. A poll that
    breaks off leaves the old cursor, so the next one asks for all of it again and what is known is dropped by its
    identity: never a gap. Raises FetchFailed.
    """
    place = f"source {name}"
    first_url = _first_address(source, cursor)
    home = origin(first_url, place)
    url: str | None = first_url
    seen: set[str] = set()
    newest, last_body = cursor.get("since"), b""
    validators: dict[str, str] = {}
    pending: list[SourceBatch] = []
    while url is not None and url not in seen:
        if len(seen) == MAXIMUM_PAGES:
            mend = "mend `page` in offplan.toml, or ask for more at once"
            raise FetchFailed(place, f"more than {MAXIMUM_PAGES} pages", mend)
        answer = await client.get(url, _conditions(url, cursor) if not seen else None)
        if answer.status == 304:
            return
        seen.add(url)
        content = _content(answer, read, f"{place}: {shown(url)}")
        if answer.body == last_body and content.records:
            # A server that gives its last page for every higher number: there is nothing more.
            break
        last_body = answer.body
        newest = newest_of(newest, content.records, source.cursor_field)
        validators = _validators(first_url, answer) if len(seen) == 1 else {}
        url = _next_address(source.page, url, len(seen), answer, content, place)
        if url is not None and origin(url, place) != home:
            fault = f"the next page lies at another server ({shown(url)})"
            raise FetchFailed(place, fault, "nothing was sent there; mend `page`, or name that server in `url`")
        pending = content.batches
        if url is not None and url not in seen:
            for batch in pending:
                yield batch
            pending = []
    left = {**validators, **({} if newest is None else {"since": newest})}
    nothing = SourceBatch(source=name, kind="http", identity="event", rows=(), file=shown(first_url))
    *before, final = pending or [nothing]
    for batch in before:
        yield batch
    yield replace(final, cursor=json.dumps(left))


def _first_address(source: HttpSource, cursor: Mapping[str, Any]) -> str:
    """The address of the first page: `url` with `params`, the page's size and number, and where we were."""
    query: dict[str, str] = {name: _text(value) for name, value in source.params.items()}
    page = source.page
    if page.size_param is not None:
        query[page.size_param] = str(page.size)
    if page.type == "page" and page.param is not None:
        query[page.param] = str(page.start)
    if source.since_param is not None and "since" in cursor and _fits(since := _text(cursor["since"])):
        query[source.since_param] = since
    return _with_query(source.url, query)


def _with_query(url: str, query: Mapping[str, str]) -> str:
    """An address with these query values set, others kept."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in query]
    return urlunsplit(parts._replace(query=urlencode([*kept, *query.items()]), fragment=""))


def _next_address(
    page: Pagination, url: str, asked: int, answer: Answer, content: PageContent, place: str
) -> str | None:
    """The address of the page after this one; None when this was the last. `asked` counts the pages so far.

    Raises FetchFailed where the answer's next cursor or link is of no usable kind.
    """
    if page.type == "page" and page.param is not None:
        return _with_query(url, {page.param: str(page.start + asked)}) if content.records else None
    if page.type == "link" and page.field is None:
        link = next_link(answer.headers.get("link", ""))
        return None if link is None else joined(answer, link, place)
    if page.type in ("cursor", "link") and page.field is not None:
        value = at_path(content.document, page.field)
        if value is None or value == "" or value is False:
            return None
        if not isinstance(value, str | int) or isinstance(value, bool) or not _fits(str(value)):
            raise FetchFailed(place, f"`{page.field}` of the answer is no text", "mend `page.field` in offplan.toml")
        if page.type == "link":
            return joined(answer, str(value), place)
        return _with_query(url, {page.param or "": str(value)})
    return None


def next_link(header: str) -> str | None:
    """The target of rel="next" in a Link header (RFC 8288); None where there is none."""
    for part in header.split("<")[1:]:
        target, _, parameters = part.partition(">")
        for parameter in parameters.rstrip(", ").split(";"):
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "rel" and "next" in value.strip(' "').lower().split():
                return target.strip()
    return None


def newest_of(known: Any, records: Iterable[Any], field: str | None) -> Any:
    """The highest value of a field over records and what was known: numbers by size, else texts by their order."""
    if field is None:
        return known
    given = (at_path(record, field) for record in records)
    found = [value for value in given if isinstance(value, int | float) or (isinstance(value, str) and _fits(value))]
    values = [value for value in [known, *found] if value is not None and not isinstance(value, bool)]
    if all(isinstance(value, int | float) for value in values):
        return max(values, default=None)
    return max(value for value in values if isinstance(value, str))


# when to ask again ----------------------------------------------------------------------------------------------------


def due_at(state: Mapping[str, Any] | None, now: int, every: int) -> int:
    """When a source with this row is to be asked next; a new source is due at once.

    A time further off than any that we set means that the clock was moved: then it is due now.
    """
    stored = None if state is None else state["next_poll_at"]
    if stored is None or stored - now > max(every, LONGEST_WAIT, LONGEST_BACK_OFF):
        return now
    return int(stored)


def retry_at(failure: BadInput, state: Mapping[str, Any] | None, now: int, every: int, jitter: Jitter) -> int:
    """When to ask again after a failure.

    What the server asked for holds. Where an early try makes sense the waits grow at random up to three times the last
    one ("decorrelated jitter", https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/): the last
    wait stands in the source's row, so a restart does not begin anew. Everything else waits for its next regular turn.
    """
    if not isinstance(failure, FetchFailed) or not (failure.again or failure.wait is not None):
        return now + every
    if failure.wait is not None:
        return now + max(failure.wait, SHORTEST_BACK_OFF)
    last = SHORTEST_BACK_OFF
    if state is not None and state["last_error"] and state["next_poll_at"] and state["last_error_at"]:
        last = max(state["next_poll_at"] - state["last_error_at"], SHORTEST_BACK_OFF)
    return now + int(min(jitter.uniform(SHORTEST_BACK_OFF, 3 * last), LONGEST_BACK_OFF))


def _fits(text: str) -> bool:
    """Whether a value of an answer can go into the next address: JSON can hold half a character of UTF-16."""
    try:
        return len(text.encode()) <= LONGEST_VALUE
    except UnicodeError:
        return False


def _content(answer: Answer, read: PageReader, place: str) -> PageContent:
    if answer.status == 204:
        return PageContent(None, [], [])
    if not answer.body.strip():
        fault = "it answered 200 without a word, which no JSON is"
        raise FetchFailed(
            place, fault, "look at the server: what has nothing to say says 204, or an empty list", again=True
        )
    return read(answer.body, place)


def _conditions(url: str, cursor: Mapping[str, Any]) -> dict[str, str]:
    """What lets the server answer 304: only for the very address that the validators came from."""
    if cursor.get("of") != _fingerprint(url):
        return {}
    names = {"If-None-Match": "etag", "If-Modified-Since": "last_modified"}
    return {header: cursor[key] for header, key in names.items() if key in cursor}


def _validators(url: str, answer: Answer) -> dict[str, str]:
    """ETag and Last-Modified of a poll that was one page: of several, the first one's say nothing of the others."""
    names = {"etag": "etag", "last-modified": "last_modified"}
    found = {key: answer.headers[header] for header, key in names.items() if _sendable(answer.headers.get(header))}
    return {**found, "of": _fingerprint(url)} if found else {}


def _sendable(value: str | None) -> bool:
    return value is not None and value.isascii() and value.isprintable() and len(value) <= 1024


def _fingerprint(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
