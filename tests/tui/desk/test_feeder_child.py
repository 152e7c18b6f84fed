"""A desk feeds itself by one child process where nobody else does, and ends it with itself."""

from __future__ import annotations

import subprocess
import sys

from tests.tui.conftest import World, driving
from tui.app import OffplanApp
from tui.desk.session import Session


async def test_a_desk_starts_one_feeder_where_there_is_none_and_ends_it_with_itself(world: World) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def feeder() -> subprocess.Popen[bytes]:
        waits = "import sys; sys.stdin.read()"
        started.append(subprocess.Popen([sys.executable, "-c", waits], stdin=subprocess.PIPE))
        return started[-1]

    app = OffplanApp(Session(world.factory, readonly=False), feeder=feeder)
    assert app._feeder is not None
    async with driving(app):
        app._feeder.tend()
        app._feeder.tend()
        assert len(started) == 1
        started[0].kill()
        started[0].wait()
        app._feeder.tend()
        assert len(started) == 2, "one that died is replaced"
    assert started[1].wait(timeout=30) != 0
    for process in started:
        assert process.stdin is not None
        process.stdin.close()


async def test_somebody_elses_feeder_is_left_to_it(world: World) -> None:
    assert world.desk.acquire_lease("feeder", "another")
    started: list[object] = []
    app = OffplanApp(Session(world.factory, readonly=False), feeder=lambda: started.append(1))  # type: ignore[arg-type,return-value]
    assert app._feeder is not None
    async with driving(app) as driven:
        app._feeder.tend()
        assert started == []
        assert "no feeder" not in driven.lines[0]


async def test_a_desk_whose_folder_is_gone_stays_open_and_feeds_itself_once_it_is_back(world: World) -> None:
    folder, aside = world.path.parent, world.path.parent.with_name("aside")
    started: list[subprocess.Popen[bytes]] = []

    def feeder() -> subprocess.Popen[bytes]:
        with open(folder / "feeder.log", "wb") as log:
            waits = "import sys; sys.stdin.read()"
            started.append(subprocess.Popen([sys.executable, "-c", waits], stdin=subprocess.PIPE, stderr=log))
        return started[-1]

    app = OffplanApp(Session(world.factory, readonly=False), feeder=feeder)
    assert app._feeder is not None
    async with driving(app) as driven:
        app._feeder.tend()
        started[0].kill()
        started[0].wait()
        folder.rename(aside)
        app._feeder.tend()
        assert len(started) == 1
        aside.rename(folder)
        app._feeder.tend()
        assert len(started) == 2
        assert "no feeder" in driven.lines[0]
    for process in started:
        process.wait()
        assert process.stdin is not None
        process.stdin.close()
