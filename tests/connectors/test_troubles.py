"""What the feeder tells: troubles once, and a line for what came."""

from __future__ import annotations

import errno

import pytest

from connectors.troubles import News, Troubles
from engine.intake.ingest import SourceBatch
from engine.values.errors import StoreUnusable
from engine.vocabulary.model import IngestResult


def test_a_trouble_is_told_when_it_begins_and_when_it_changes() -> None:
    told: list[str] = []
    troubles = Troubles(told.append)

    for sentence in ("down", "down", "slow", "slow"):
        troubles.begin("api", sentence)

    assert told == ["down", "slow"]
    assert (troubles.end("api"), troubles.end("api")) == (True, False)


def test_a_poll_is_one_line_over_all_its_pages_and_none_where_it_brought_nothing() -> None:
    told: list[str] = []
    news = News(told.append)

    def page(cursor: str | None, **counts: int) -> None:
        batch = SourceBatch("api", "http", "event", (), "source api: https://x", cursor=cursor)
        news.hear(batch, IngestResult(**counts))

    page(None, new=2, opened=1)
    page("{}", new=1, duplicate=4)
    page("{}", duplicate=5)

    assert told == ["api: 3 new, 4 duplicate, 0 quarantined; 1 opened, 0 raised, 0 cleared"]


def test_a_sentence_that_cannot_be_written_ends_nothing_and_one_that_nobody_reads_does() -> None:
    tried: list[str] = []

    def tell(sentence: str) -> None:
        tried.append(sentence)
        raise OSError(errno.EPIPE if sentence == "read on" else errno.ENOSPC, "cannot be written")

    troubles = Troubles(tell)
    with troubles.of_the_store("desk"):
        raise StoreUnusable("the disk is full")
    assert tried == ["the disk is full"]
    with pytest.raises(BrokenPipeError):
        troubles.tell("read on")
