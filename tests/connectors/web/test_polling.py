"""Pages, cursors and the schedule of polled addresses, against a real local server."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.settings.secrets import Secret
from connectors.settings.source_settings import HttpSource
from connectors.web.failures import LONGEST_WAIT, FetchFailed
from connectors.web.http import Client
from connectors.web.polling import (
    LONGEST_BACK_OFF,
    SHORTEST_BACK_OFF,
    PageContent,
    due_at,
    newest_of,
    next_link,
    poll,
    retry_at,
)
from engine.intake.ingest import SourceBatch
from engine.values.clock import HOUR, MINUTE, SECOND
from engine.values.errors import BadInput
from engine.vocabulary.model import Refusal
from tests.connectors.server import Request, Server, serving

CANARY = "canary-7f3a"
NOW = 1_773_043_200_000_000


def read(body: bytes, place: str) -> PageContent:
    """Records as refusals that carry their text: enough to see which ones came, in which batch."""
    document = json.loads(body)
    records = document["items"] if isinstance(document, dict) else document
    rows = [Refusal((place, None, None), "", "", str(record["id"])) for record in records]  # type: ignore[arg-type]
    halves = [half for half in (rows[: len(rows) // 2], rows[len(rows) // 2 :]) if half]
    batches = [SourceBatch(source="erp", kind="http", identity="event", rows=half, file=place) for half in halves]
    return PageContent(document, records, batches)


class Polled:
    """What one poll brought."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.cursors: list[str | None] = []
        self.failure: BadInput | None = None

    @property
    def cursor(self) -> dict[str, Any]:
        assert self.cursors[-1] is not None
        return dict(json.loads(self.cursors[-1]))


async def ask(
    server: Server, cursor: Mapping[str, Any] | None = None, path: str = "/orders", **settings: Any
) -> Polled:
    source = HttpSource(type="http", url=server.url + path, **settings)
    polled = Polled()
    async with Client("erp", {"X-Api-Key": Secret(CANARY)}) as client:
        try:
            async for batch in poll("erp", source, client, read, cursor or {}):
                polled.ids += [row.raw for row in batch.rows if isinstance(row, Refusal)]
                polled.cursors.append(batch.cursor)
        except BadInput as failure:
            polled.failure = failure
    return polled


def query(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}


def answering(body: bytes) -> Callable[[Request], None]:
    return lambda request: request.send(200, body)


def records(*ids: int) -> list[dict[str, Any]]:
    return [{"id": number, "changed": f"2026-03-{number:02}"} for number in ids]


async def test_pages_by_number_end_at_a_page_without_records() -> None:
    pages = {"1": records(1, 2), "2": records(3), "3": []}
    with serving(lambda request: request.send(200, pages[query(request)["p"]])) as server:
        found = await ask(server, page={"type": "page", "param": "p", "size_param": "n", "size": 2}, params={"a": True})
    assert found.ids == ["1", "2", "3"]
    assert server.paths == [f"/orders?a=true&n=2&p={page}" for page in (1, 2, 3)]


async def test_pages_by_cursor_end_where_there_is_none() -> None:
    def answer(request: Request) -> None:
        after = query(request).get("after")
        body = {"items": records(1), "meta": {"next": "a b&c"}} if after is None else {"items": records(2)}
        request.send(200, body)

    with serving(answer) as server:
        found = await ask(server, page={"type": "cursor", "param": "after", "field": "meta.next"})
    assert found.ids == ["1", "2"]
    assert server.paths[1] == "/orders?after=a+b%26c"


async def test_pages_by_link_in_the_answer_and_in_the_header() -> None:
    def in_body(request: Request) -> None:
        request.send(200, {"items": records(2)} if "two" in request.path else {"items": records(1), "next": "two"})

    def in_header(request: Request) -> None:
        if "two" in request.path:
            request.send(200, records(2))
        else:
            request.send(200, records(1), Link='</one>; rel="prev", </two>; rel="last next"')

    with serving(in_body) as server:
        assert (await ask(server, page={"type": "link", "field": "next"})).ids == ["1", "2"]
    with serving(in_header) as server:
        assert (await ask(server, page={"type": "link"})).ids == ["1", "2"]


def test_the_next_link_of_a_header() -> None:
    assert next_link("<https://h/?a=1,2>; title=\"x\"; rel='next'") is None
    assert next_link("<https://h/?a=1,2>; rel=next") == "https://h/?a=1,2"
    assert next_link('<a>; rel="prev"') is None
    assert next_link("") is None


async def test_a_next_page_at_another_server_is_refused_after_the_rows_are_in() -> None:
    with serving(lambda request: request.send(200, [])) as other:
        body = {"items": records(1), "next": f"{other.url}/x"}
        with serving(lambda request: request.send(200, body)) as server:
            found = await ask(server, page={"type": "link", "field": "next"})
    assert other.requests == []
    assert "at another server" in str(found.failure)
    assert found.cursors in ([], [None])


async def test_a_next_page_that_is_no_address_is_a_sentence() -> None:
    def in_body(request: Request) -> None:
        request.send(200, {"items": records(1), "next": "http://[::1"})

    def in_header(request: Request) -> None:
        request.send(200, records(1), Link="<http://[::1>; rel=next")

    for answer, page in ((in_body, {"type": "link", "field": "next"}), (in_header, {"type": "link"})):
        with serving(answer) as server:
            found = await ask(server, page=page)
        assert "which is no address" in str(found.failure)


@pytest.mark.parametrize("value", [{"a": 1}, [1], 1.5, True, "x" * 5000, "\ud800"])
async def test_a_next_cursor_or_link_of_no_usable_kind_is_a_sentence(value: Any) -> None:
    """JSON can hold half a character, and an address cannot: one such answer ended the feeder for all sources."""
    for page in ({"type": "cursor", "param": "c", "field": "next"}, {"type": "link", "field": "next"}):
        with serving(lambda request: request.send(200, {"items": records(1), "next": value})) as server:
            found = await ask(server, page=page)
        assert isinstance(found.failure, FetchFailed)
        assert len(server.requests) == 1


async def test_a_cursor_that_comes_again_ends_the_poll() -> None:
    with serving(lambda request: request.send(200, {"items": records(1), "next": "same"})) as server:
        found = await ask(server, page={"type": "cursor", "param": "c", "field": "next"})
    assert found.failure is None
    assert len(server.requests) == 2


async def test_a_server_that_repeats_its_last_page_ends_the_poll() -> None:
    pages = {"1": records(1), "2": records(2)}
    with serving(lambda request: request.send(200, pages.get(query(request)["p"], records(2)))) as server:
        found = await ask(server, page={"type": "page", "param": "p"})
    assert found.failure is None
    assert found.ids == ["1", "2"]
    assert len(server.requests) == 3


async def test_endless_pages_end_at_a_thousand_and_say_so() -> None:
    def answer(request: Request) -> None:
        request.send(200, {"items": records(1), "next": str(len(request.server_state.requests))})

    with serving(answer) as server:
        found = await ask(server, page={"type": "cursor", "param": "c", "field": "next"})
    assert len(server.requests) == 1000
    assert "more than 1000 pages" in str(found.failure)
    assert set(found.cursors) == {None}


async def test_only_the_last_batch_of_a_poll_carries_the_cursor() -> None:
    pages = {"1": records(1, 2), "2": records(3, 4)}
    with serving(lambda request: request.send(200, pages.get(query(request)["p"], []))) as server:
        found = await ask(server, page={"type": "page", "param": "p"}, cursor_field="changed")
    assert found.cursors[:-1] == [None] * (len(found.cursors) - 1)
    assert found.cursor == {"since": "2026-03-04"}


async def test_a_poll_that_breaks_off_leaves_no_cursor() -> None:
    def answer(request: Request) -> None:
        if query(request)["p"] == "2":
            request.send(500)
        else:
            request.send(200, records(1, 2), ETag='"a"')

    with serving(answer) as server:
        found = await ask(server, page={"type": "page", "param": "p"}, cursor_field="changed")
    assert found.ids == ["1", "2"]
    assert set(found.cursors) == {None}


async def test_an_unchanged_answer_is_asked_for_by_its_validators() -> None:
    def answer(request: Request) -> None:
        if request.headers["If-None-Match"] == '"a"':
            request.send(304)
        else:
            request.send(200, records(1), ETag='"a"', Last_Modified="Mon, 09 Mar 2026 08:00:00 GMT")

    with serving(answer) as server:
        first = await ask(server)
        second = await ask(server, first.cursor)
        elsewhere = await ask(server, first.cursor, path="/other")
    assert first.ids == elsewhere.ids == ["1"]
    assert (second.ids, second.cursors, second.failure) == ([], [], None)
    assert server.requests[1][1]["if-modified-since"] == "Mon, 09 Mar 2026 08:00:00 GMT"
    assert "if-none-match" not in server.requests[2][1]


async def test_validators_of_a_first_page_do_not_speak_for_the_others() -> None:
    pages = {"1": records(1), "2": []}
    with serving(lambda request: request.send(200, pages[query(request)["p"]], ETag='"a"')) as server:
        found = await ask(server, page={"type": "page", "param": "p"})
    assert "etag" not in found.cursor


async def test_the_next_poll_asks_from_where_the_last_one_ended() -> None:
    with serving(lambda request: request.send(200, records(3, 5, 4))) as server:
        first = await ask(server, since_param="since", cursor_field="changed")
        await ask(server, first.cursor, since_param="since", cursor_field="changed")
    assert server.paths == ["/orders", "/orders?since=2026-03-05"]


async def test_half_a_character_is_nothing_to_ask_from() -> None:
    """It stood in the cursor, and the feeder ended at each start."""
    halves = [
        {**record, "changed": changed} for record, changed in zip(records(1, 2), ["2026-03-05", "\udfff"], strict=True)
    ]
    with serving(lambda request: request.send(200, halves)) as server:
        first = await ask(server, since_param="since", cursor_field="changed")
        await ask(server, {"since": "\udfff"}, since_param="since", cursor_field="changed")
    assert first.cursor == {"since": "2026-03-05"}
    assert server.paths == ["/orders", "/orders"]


async def test_an_empty_answer_keeps_where_we_were() -> None:
    with serving(lambda request: request.send(200, [])) as server:
        found = await ask(server, {"since": "2026-03-05"}, since_param="since", cursor_field="changed")
    assert found.cursor == {"since": "2026-03-05"}


async def test_an_answer_without_a_word_is_a_fault_where_204_is_none() -> None:
    for said in (b"", b" \n"):
        with serving(answering(said)) as server:
            failure = (await ask(server)).failure
        assert isinstance(failure, FetchFailed)
        assert failure.again
        assert "answered 200 without a word" in str(failure)
    with serving(lambda request: request.send(204)) as server:
        assert (await ask(server)).failure is None


def test_the_newest_value_goes_by_size_for_numbers_and_by_order_for_texts() -> None:
    assert newest_of(None, [{"n": 9}, {"n": 10}], "n") == 10
    assert newest_of("b", [{"n": "a"}], "n") == "b"
    assert newest_of(3, [{"n": "a"}, {"n": None}, {"n": True}, {}, 7], "n") == "a"
    assert newest_of(3, [], "n") == 3
    assert newest_of(3, [{"n": 9}], None) == 3


# the schedule ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def chance() -> random.Random:
    return random.Random(1)


def failed(*, again: bool = False, wait: int | None = None) -> FetchFailed:
    return FetchFailed("here", "fault", "mend", again=again, wait=wait)


def row(**values: Any) -> dict[str, Any]:
    return {"next_poll_at": None, "last_error": None, "last_error_at": None, **values}


def test_a_new_source_is_due_at_once_and_a_known_one_when_it_says() -> None:
    assert due_at(None, NOW, MINUTE) == NOW
    assert due_at(row(), NOW, MINUTE) == NOW
    assert due_at(row(next_poll_at=NOW + 7), NOW, MINUTE) == NOW + 7


def test_a_clock_that_was_set_back_does_not_silence_a_source() -> None:
    assert due_at(row(next_poll_at=NOW + 24 * HOUR), NOW, MINUTE) == NOW
    assert due_at(row(next_poll_at=NOW + 24 * HOUR), NOW, 48 * HOUR) == NOW + 24 * HOUR


def test_what_the_server_asks_for_holds(chance: random.Random) -> None:
    assert retry_at(failed(again=True, wait=HOUR), row(), NOW, MINUTE, chance) == NOW + HOUR
    assert retry_at(failed(again=True, wait=0), row(), NOW, MINUTE, chance) == NOW + SHORTEST_BACK_OFF


def test_what_another_try_cannot_mend_waits_for_its_turn(chance: random.Random) -> None:
    assert retry_at(failed(), row(), NOW, MINUTE, chance) == NOW + MINUTE
    assert retry_at(BadInput("here", "no JSON", "mend"), None, NOW, MINUTE, chance) == NOW + MINUTE


@given(st.integers(0, 2**32), st.integers(1, 40))
def test_back_off_stays_within_its_bounds_and_goes_on_from_the_stored_row(seed: int, failures: int) -> None:
    jitter, state, now, longest = random.Random(seed), row(), NOW, SHORTEST_BACK_OFF
    for _ in range(failures):
        # Only the row is handed on, as after a restart.
        due = retry_at(failed(again=True), state, now, MINUTE, jitter)
        longest = min(3 * longest, LONGEST_BACK_OFF)
        assert SHORTEST_BACK_OFF <= due - now <= longest
        state, now = row(next_poll_at=due, last_error="x", last_error_at=now), due


def test_back_off_grows(chance: random.Random) -> None:
    class Highest:
        def uniform(self, a: float, b: float) -> float:
            return b

    state, now, waits = row(), NOW, []
    for _ in range(7):
        due = retry_at(failed(again=True), state, now, MINUTE, Highest())
        waits.append((due - now) // SECOND)
        state, now = row(next_poll_at=due, last_error="x", last_error_at=now), due
    assert waits == [3, 9, 27, 81, 243, 300, 300]
    assert LONGEST_WAIT == HOUR
