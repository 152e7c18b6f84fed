"""Drop folders: every record of a file is taken once it is complete, and once, whatever happens to the file."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connectors.files.folder import Folder
from connectors.files.readiness import SETTLED, SETTLED_CUT
from engine.desk import Desk
from engine.intake.ingest import FileMark, SourceBatch
from engine.storage.store import Store
from engine.values.clock import SECOND, FixedClock
from engine.values.errors import BadInput
from engine.vocabulary.model import Place, Refusal, SignalIn

NOW = 1_773_043_200_000_000


class World:
    """A folder, the desk that it feeds, and a clock to let files rest."""

    def __init__(self, folder: Path, desk: Desk, identity: str = "event") -> None:
        self.path, self.desk, self.identity = folder, desk, identity
        self.clock = FixedClock(NOW)
        self.reads: list[str] = []
        self.restart()

    def restart(self) -> None:
        """What a new process knows: only what is in the database."""
        self.folder = Folder(
            "erp",
            self.path,
            takes=lambda name: name.endswith(".csv"),
            read=self._read,
            checkpoints=self.desk,
            clock=self.clock,
        )

    def look(self) -> list[str]:
        self.folder.rescan()
        return self.folder.ready()

    async def take(self, batches: int | None = None) -> int:
        """Take what is complete, at most so many batches; how many rows that were."""
        taken = 0
        for name in self.look():
            async for batch in self.folder.batches(name):
                if batches is not None and taken >= batches:
                    return taken
                self.desk.take(batch)
                taken += len(batch.rows) if batches is None else 1
        return taken

    def rest(self, microseconds: int = SETTLED_CUT) -> None:
        self.clock.set(self.clock.now() + microseconds)

    def stored(self) -> list[str]:
        return [f"{row['source_id']}={row['quantity']:g}" for row in reversed(self.desk.signals(all=True).items)]

    def put(self, name: str, text: str) -> Path:
        """A file as a careful sender delivers it: written under another name, then renamed."""
        hidden = self.path / f".{name}.tmp"
        hidden.write_text(text)
        return hidden.rename(self.path / name)

    def _read(self, path: Path) -> Iterator[SourceBatch]:
        """Lines `id,quantity` in batches of two; a file that begins with `!` is refused as a whole."""
        self.reads.append(path.name)
        content = path.read_bytes()
        info = path.stat()
        mark = FileMark(hashlib.sha256(content).digest(), path.name, info.st_size, info.st_mtime_ns // 1000)
        lines = content.decode().splitlines()
        if content.startswith(b"!"):
            refusal = Refusal(Place(path.name), "it is no table", "export it again", "")
            yield self._batch(path, [refusal], mark, 0, last=True)
            return
        for start in range(0, max(len(lines), 1), 2):
            rows: list[SignalIn | Refusal] = [
                _signal(line, start + number) for number, line in enumerate(lines[start : start + 2], 1)
            ]
            yield self._batch(path, rows, mark, start, last=start + 2 >= len(lines))

    def _batch(
        self, path: Path, rows: list[SignalIn | Refusal], mark: FileMark, before: int, *, last: bool
    ) -> SourceBatch:
        return SourceBatch(
            source="erp",
            kind="folder",
            identity=self.identity,
            rows=rows,
            file=path.name,
            mark=mark,
            rows_before=before,
            last=last,
        )


def _signal(line: str, number: int) -> SignalIn:
    name, _, quantity = line.partition(",")
    return SignalIn(
        name, "stock", None, None, None, None, name, "RTM", None, float(quantity), None, None, None, "{}", number
    )


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., World]]:
    store = Store.open(tmp_path / "offplan.db", create=True)
    folder = tmp_path / "inbox"
    folder.mkdir()
    yield lambda identity="event": World(folder, Desk(store, FixedClock(NOW), actor="feeder"), identity)
    store.close()


@pytest.fixture
def world(make: Callable[..., World]) -> World:
    return make()


async def test_a_renamed_file_is_ready_at_the_first_look(world: World) -> None:
    world.put("a.csv", "a,1\nb,2\n")
    assert world.look() == ["a.csv"]
    assert await world.take() == 2


async def test_a_writer_who_stops_in_mid_line_is_waited_for(world: World) -> None:
    path = world.path / "a.csv"
    with path.open("w") as file:
        file.write("a,1\nb,")
        file.flush()
        for _ in range(5):
            assert world.look() == []
            world.rest()
        file.write("2\nc,3\n")
    world.rest(SECOND)
    assert await world.take() == 3
    assert world.stored() == ["a=1", "b=2", "c=3"]


async def test_a_writer_who_closed_the_file_in_mid_line_is_given_time(world: World) -> None:
    path = world.path / "a.csv"
    path.write_text("a,1\nb,1")
    assert world.look() == []
    world.rest(SETTLED_CUT - 1)
    assert world.look() == []
    with path.open("a") as file:
        file.write("2\n")
    assert await world.take() == 2
    assert world.stored() == ["a=1", "b=12"]


async def test_a_slow_copy_is_read_once_and_whole(world: World) -> None:
    text = "".join(f"r{number},1\n" for number in range(50))
    with (world.path / "a.csv").open("w") as file:
        for line in text.splitlines(keepends=True):
            file.write(line)
            file.flush()
            assert world.look() == []
            world.rest(SETTLED)
    world.rest(SECOND)
    assert await world.take() == 50
    assert world.reads == ["a.csv"]


async def test_a_file_without_a_last_line_end_is_taken_when_it_has_rested(world: World) -> None:
    (world.path / "a.csv").write_text("a,1\nb,2")
    assert world.look() == []
    assert world.folder.next_look_at() == NOW + SETTLED_CUT
    world.rest()
    assert await world.take() == 2


async def test_a_known_file_is_not_read_again_and_a_renamed_one_brings_nothing(world: World) -> None:
    path = world.put("a.csv", "a,1\n")
    await world.take()
    assert world.look() == []
    path.rename(world.path / "b.csv")
    assert await world.take() == 0
    world.restart()
    assert await world.take() == 0
    assert world.stored() == ["a=1"]


async def test_a_rewritten_file_is_new_content(world: World) -> None:
    world.put("a.csv", "a,1\nb,2\n")
    await world.take()
    world.put("a.csv", "a,1\nc,3\n")
    assert await world.take() == 2
    assert world.stored() == ["a=1", "b=2", "c=3"]


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_read_that_broke_off_goes_on_where_it_was(world: World, restarted: bool) -> None:
    world.put("a.csv", "a,1\nb,2\nc,3\nd,4\ne,5\n")
    assert await world.take(batches=2) == 2
    if restarted:
        world.restart()
    else:
        world.folder.notice(["a.csv"])
    assert await world.take() == 1
    assert world.stored() == ["a=1", "b=2", "c=3", "d=4", "e=5"]


async def test_a_file_that_changes_while_it_is_read_is_left_and_read_again(world: World) -> None:
    path = world.put("a.csv", "a,1\nb,2\nc,3\n")
    (name,) = world.look()
    batches = world.folder.batches(name)
    world.desk.take(await anext(batches))
    path.write_text("a,1\nb,2\nx,9\n")
    assert [batch async for batch in batches] == []
    world.rest()
    await world.take()
    assert world.stored() == ["a=1", "b=2", "x=9"]


async def test_a_file_that_vanishes_is_forgotten(world: World) -> None:
    path = world.put("a.csv", "a,1\n")
    (name,) = world.look()
    path.unlink()
    assert [batch async for batch in world.folder.batches(name)] == []
    assert world.look() == []
    assert world.folder.next_look_at() is None


@pytest.mark.parametrize("restarted", [False, True])
async def test_of_a_file_that_grew_only_the_growth_is_read(make: Callable[..., World], restarted: bool) -> None:
    world = make("state")
    path = world.put("a.csv", "a,1\na,2\n")
    await world.take()
    if restarted:
        world.restart()
    with path.open("a") as file:
        file.write("a,3\n")
    assert await world.take() == 1
    with path.open("a") as file:
        file.write("b,4\n")
    assert await world.take() == 1
    assert world.stored() == ["a=1", "a=2", "a=3", "b=4"]


async def test_a_file_that_grew_but_begins_otherwise_is_read_whole(world: World) -> None:
    world.put("a.csv", "a,1\n")
    await world.take()
    world.put("a.csv", "b,1\na,1\nc,1\n")
    assert await world.take() == 3
    assert world.stored() == ["a=1", "b=1", "c=1"]


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_state_that_goes_back_is_a_new_statement(make: Callable[..., World], restarted: bool) -> None:
    world = make("state")
    for number, quantity in enumerate((1, 2, 1)):
        path = world.put("stock.csv", f"a,{quantity}\n")
        os.utime(path, ns=(number, number))
        if restarted:
            world.restart()
        await world.take()
    assert world.stored() == ["a=1", "a=2", "a=1"]


async def test_a_renamed_file_of_states_brings_nothing(make: Callable[..., World]) -> None:
    world = make("state")
    world.put("a.csv", "a,1\n").rename(world.path / "b.csv")
    await world.take()
    world.put("c.csv", "a,2\n")
    await world.take()
    (world.path / "b.csv").rename(world.path / "d.csv")
    assert await world.take() == 0
    assert world.stored() == ["a=1", "a=2"]


async def test_a_file_that_was_refused_as_a_whole_is_tried_again_after_a_restart(world: World) -> None:
    world.put("a.csv", "!binary\n")
    assert await world.take() == 1
    assert await world.take() == 0
    world.restart()
    assert await world.take() == 1
    assert len(world.desk.held("erp")) == 1


def test_only_plain_files_of_the_pattern_are_looked_at(world: World, tmp_path: Path) -> None:
    (world.path / "folder.csv").mkdir()
    os.mkfifo(world.path / "pipe.csv")
    (tmp_path / "outside.csv").write_text("a,1\n")
    (world.path / "link.csv").symlink_to(tmp_path / "outside.csv")
    world.put("a.txt", "a,1\n")
    world.rest()
    assert world.look() == []


async def test_a_missing_folder_is_a_sentence_and_comes_back(world: World) -> None:
    world.put("a.csv", "a,1\n")
    shutil.move(world.path, world.path.with_name("away"))
    with pytest.raises(BadInput, match="cannot be read"):
        world.look()
    shutil.move(world.path.with_name("away"), world.path)
    assert await world.take() == 1


def test_files_are_taken_in_the_order_of_their_change(world: World) -> None:
    for number, name in enumerate(("c.csv", "a.csv", "b.csv")):
        os.utime(world.put(name, f"{name},1\n"), ns=(number, number))
    assert world.look() == ["c.csv", "a.csv", "b.csv"]
