"""Held records tried again: by themselves, in the very file that they came from, and known again in what comes
later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.files.held import LettingGo
from connectors.files.reading import signal_batches
from connectors.files.retry import Tried, retry
from connectors.settings.settings_file import Settings, load
from connectors.web.pages import page_reader
from engine.desk import Desk
from engine.storage.store import Store
from engine.values.clock import FixedClock
from engine.vocabulary.model import IngestResult

NOW = 1_773_043_200_000_000
TOML = """
[source.inbox]
type = "folder"
path = "inbox"
pattern = "*.csv"
mapping = "etas"

[source.carrier]
type = "http"
url = "https://carrier.example/etas"
mapping = "etas"

[mapping.etas]
as = "signal"
date = "%d.%m.%Y"
{more}

[mapping.etas.fields]
id = "no"
kind = {{ column = "kind", values = {{ {values} }} }}
order_ref = "order"
eta = "eta"
quantity = {{ column = "quantity", factor = 12 }}
"""
HEADER = "no,kind,order,eta,quantity\n"
AB = 'AB = "eta"'


class World:
    """A workspace with a desk; its mapping can be rewritten."""

    def __init__(self, folder: Path, desk: Desk) -> None:
        self.folder, self.desk = folder, desk
        (folder / "inbox").mkdir()
        self.settings = self.mapping()

    def mapping(self, values: str = AB, more: str = "") -> Settings:
        path = self.folder / "offplan.toml"
        path.write_text(TOML.format(values=values, more=more), encoding="utf-8")
        self.settings = load(path)
        return self.settings

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text if text.startswith(("{", "[")) else HEADER + text, encoding="utf-8")
        return path

    def ingest(self, path: Path, source: str = "inbox") -> int:
        """Take a file as `offplan ingest` does; how many held records that let go of."""
        held = LettingGo(self.desk, self.settings)
        for batch in signal_batches(path, self.settings, source):
            with held.taking(batch):
                self.desk.take(batch)
        return held.count

    def answer(self, body: str) -> IngestResult:
        """Take an answer to a poll."""
        content = page_reader(self.settings, "carrier")(body.encode(), "source carrier: https://carrier.example/etas")
        held = LettingGo(self.desk, self.settings)
        total = IngestResult()
        for batch in content.batches:
            with held.taking(batch):
                total = total.plus(self.desk.take(batch))
        return total

    def retry(self) -> list[Tried]:
        return retry(self.desk, self.settings, self.desk.held())

    def signals(self) -> list[tuple[Any, ...]]:
        found = reversed(self.desk.signals(all=True).items)
        return [(row["source_id"], row["eta"] and row["eta"][:10], row["quantity"]) for row in found]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    store = Store.open(tmp_path / "offplan.db", create=True)
    yield World(tmp_path, Desk(store, FixedClock(NOW), actor="ana"))
    store.close()


def test_a_mended_mapping_takes_the_record_itself_without_its_file(world: World) -> None:
    path = world.file("inbox/a.csv", "1,LA,4711,09.03.2026,2\n")
    world.ingest(path)
    path.unlink()
    assert [each.taken for each in world.retry()] == [False]
    world.mapping(values='AB = "eta", LA = "eta"')

    (tried,) = world.retry()

    assert (tried.taken, tried.why) == (True, "")
    assert world.signals() == [("1", "2026-03-09", 24.0)]
    assert world.desk.held() == []


def test_of_two_statements_of_a_row_the_one_that_came_later_holds(world: World) -> None:
    world.ingest(world.file("z-first.csv", "1,LA,4711,09.03.2026,2\n"))
    world.ingest(world.file("a-second.csv", "1,LA,4711,10.03.2026,2\n"))
    world.mapping(values='AB = "eta", LA = "eta"')

    assert [each.taken for each in world.retry()] == [True, True]

    assert [signal[1] for signal in world.signals()] == ["2026-03-09", "2026-03-10"]


def test_a_mended_mapping_takes_a_record_of_an_answer(world: World) -> None:
    world.answer('[{"no": "1", "kind": "LA", "order": "4711", "eta": "09.03.2026", "quantity": 2}]')
    (before,) = world.retry()
    assert "it goes when an answer of its source has it in order" in before.why
    world.mapping(values='AB = "eta", LA = "eta"')

    assert [each.taken for each in world.retry()] == [True]
    assert world.signals() == [("1", "2026-03-09", 24.0)]


def test_a_later_answer_that_has_it_in_order_lets_it_go(world: World) -> None:
    world.answer('[{"no": "1", "kind": "AB", "order": "4711", "eta": "soon"}]')
    assert len(world.desk.held()) == 1

    world.answer('[{"no": "1", "kind": "AB", "order": "4711", "eta": "10.03.2026"}]')

    assert world.desk.held() == []


def test_a_record_that_the_mapping_passes_over_now_is_let_go_of(world: World) -> None:
    world.ingest(world.file("inbox/a.csv", "1,AB,4711,soon,2\n"))
    world.mapping(more='only = [{ column = "eta", in = ["never"] }]')

    (tried,) = world.retry()

    assert (tried.taken, tried.why) == (True, "its mapping passes it over now")
    assert (world.signals(), world.desk.held()) == ([], [])


def test_what_cleaning_would_change_is_kept_to_the_letter(world: World) -> None:
    odd = "1\u200b\x7f"
    world.ingest(world.file("inbox/a.csv", f"{odd},LA,4711,09.03.2026,2\n"))
    world.mapping(values='AB = "eta", LA = "eta"')
    world.retry()

    # The row is the same one as that of the file, not one more whose id only looks alike.
    (batch,) = signal_batches(world.folder / "inbox/a.csv", world.settings, "inbox")
    assert world.desk.take(batch).duplicate == 1


def test_another_file_of_the_same_name_takes_nothing(world: World) -> None:
    """The row came from elsewhere, and an older file of that name with a sound row of that id lies in the inbox."""
    world.ingest(world.file("inbox/a.csv", "1,AB,4711,09.03.2026,2\n"))
    world.ingest(world.file("a.csv", "1,AB,4711,soon,2\n"))

    (tried,) = world.retry()

    assert tried.why == "still refused: 'soon' is no date of the form %d.%m.%Y; write it as 28.11.2021"
    assert world.signals() == [("1", "2026-03-09", 24.0)]
    (held,) = world.desk.held()
    assert held["file"] == str(world.folder / "a.csv")
    assert world.ingest(world.folder / "inbox/a.csv") == 0
    assert len(world.desk.held()) == 1


def test_a_mended_file_that_is_ingested_again_lets_the_record_go(world: World) -> None:
    world.ingest(world.file("a.csv", "1,AB,4711,soon,2\n2,AB,4712,soon,2\n"))

    assert world.ingest(world.file("b.csv", "2,AB,4712,10.03.2026,2\n1,AB,4711,never,2\n")) == 1

    assert sorted(row["file"][-5:] for row in world.desk.held()) == ["a.csv", "b.csv"]


def test_of_a_mended_file_only_the_held_record_is_taken(world: World) -> None:
    world.ingest(world.file("a.csv", "1,AB,4711,soon,2\n2,AB,4712,10.03.2026,2\n"))
    world.file("a.csv", "2,AB,4712,11.03.2026,2\n1,AB,4711,09.03.2026,2\n")

    assert [each.taken for each in world.retry()] == [True]

    assert world.signals() == [("2", "2026-03-10", 24.0), ("1", "2026-03-09", 24.0)]


def test_a_row_that_is_gone_from_its_file_is_still_held(world: World) -> None:
    world.ingest(world.file("a.csv", "1,AB,4711,soon,2\n"))
    world.file("a.csv", "2,AB,4712,11.03.2026,2\n")

    (tried,) = world.retry()

    assert not tried.taken
    assert f"it is no longer in {world.folder / 'a.csv'}" in tried.why
    assert world.signals() == []


def test_a_line_that_was_no_record_is_known_by_its_place_and_its_id(world: World) -> None:
    world.ingest(world.file("a.csv", "1,AB,4711\n2,AB,4712,10.03.2026,2\n"))
    world.file("a.csv", "3,AB,4713,10.03.2026,2\n1,AB,4711,09.03.2026,2\n")
    (moved,) = world.retry()
    assert not moved.taken

    world.file("a.csv", "1,AB,4711,09.03.2026,2\n")

    assert [each.taken for each in world.retry()] == [True]
    assert world.signals()[-1] == ("1", "2026-03-09", 24.0)


def test_a_record_that_ingest_refused_is_never_mapped_twice(world: World) -> None:
    """Its text has the names of fields, one of which is also a column here: the factor must not be applied again."""
    text = HEADER.replace("no,", "id,") + "1,AB,,09.03.2026,2\n"
    path = world.folder / "a.csv"
    path.write_text(text, encoding="utf-8")
    settings = world.folder / "offplan.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('"no"', '"id"'), encoding="utf-8")
    world.settings = load(settings)
    world.ingest(path)
    (held,) = world.desk.held()
    assert '"quantity": 24.0' in held["raw"]

    (tried,) = world.retry()
    assert tried.why.startswith("still refused: a eta signal needs order_ref")

    path.write_text(text.replace("AB,,", "AB,4711,"), encoding="utf-8")
    assert [each.taken for each in world.retry()] == [True]
    assert world.signals() == [("1", "2026-03-09", 24.0)]


def test_a_document_s_flaw_is_not_lost_with_its_retry(world: World) -> None:
    """Which of two values of one key is meant only the sender can say."""
    text = '[{"no": "1", "kind": "AB", "order": "4711", "eta": "09.03.2026", "quantity": 2, "quantity": 3}]'
    world.ingest(world.file("a.json", text))

    (tried,) = world.retry()

    assert (tried.taken, world.signals()) == (False, [])
    assert "the key 'quantity' stands there twice" in tried.why


def test_a_file_that_was_refused_whole_is_taken_whole(world: World) -> None:
    path = world.folder / "a.csv"
    path.write_text("nr,kind\n1,AB\n", encoding="utf-8")
    world.ingest(path)
    assert [each.taken for each in world.retry()] == [False]
    world.file("a.csv", "1,AB,4711,09.03.2026,2\n2,AB,4712,soon,2\n")

    assert [each.taken for each in world.retry()] == [True]

    assert world.signals() == [("1", "2026-03-09", 24.0)]
    assert [row["line"] for row in world.desk.held()] == [3]


def test_an_older_statement_of_the_row_does_not_let_it_go(world: World) -> None:
    settings = world.folder / "offplan.toml"
    dated = settings.read_text(encoding="utf-8") + 'recorded_at = { column = "at", date = "iso" }\n'
    settings.write_text(dated, encoding="utf-8")
    world.settings = load(settings)

    def row(at: str, eta: str) -> str:
        return f'[{{"no": "1", "kind": "AB", "order": "4711", "eta": "{eta}", "at": "{at}"}}]'

    world.ingest(world.file("a.json", row("2026-03-05", "soon")))

    assert world.ingest(world.file("older.json", row("2026-03-04", "09.03.2026"))) == 0
    assert world.ingest(world.file("newer.json", row("2026-03-06", "10.03.2026"))) == 1


def test_a_record_without_its_source_s_file_says_why(world: World) -> None:
    world.ingest(world.file("a.csv", "1,AB\n"), source="elsewhere")
    (world.folder / "a.csv").unlink()

    (tried,) = world.retry()

    assert tried.why.endswith("a.csv is not there any more: ingest a mended copy with --source elsewhere")
