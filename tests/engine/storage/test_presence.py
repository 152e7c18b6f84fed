"""Who has what open: seen by others, gone when it lapses or its process does, and never a row of the database."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from engine.storage.presence import LASTS, Presence
from engine.values.clock import DAY, SECOND
from tests.engine.desk_support import NOW, open_desk


def desks(path: Path) -> tuple[Presence, Presence]:
    return Presence(path / "desk.db", "one", "ana"), Presence(path / "desk.db", "two", "bo")


def test_others_are_seen_with_what_they_have_open(tmp_path: Path) -> None:
    ana, bo = desks(tmp_path)
    assert ana.others(NOW, "D1") == []
    bo.say(NOW, "D1")
    assert ana.others(NOW, "D1") == ["bo"]
    assert ana.others(NOW, "D2") == []
    assert bo.others(NOW, "D1") == [], "nobody sees themselves"
    bo.say(NOW, "D2")
    assert ana.others(NOW, "D1") == []
    bo.leave()
    assert ana.others(NOW, "D2") == []


def test_who_does_not_say_so_again_is_gone(tmp_path: Path) -> None:
    ana, bo = desks(tmp_path)
    bo.say(NOW, "D1")
    assert ana.others(NOW + LASTS - SECOND, "D1") == ["bo"]
    assert ana.others(NOW + LASTS, "D1") == []
    assert (tmp_path / "desk.db.present" / "two").exists()
    ana.others(NOW + 2 * 3600 * SECOND, "D1")
    assert not (tmp_path / "desk.db.present" / "two").exists(), "what was left behind is cleared away"


def test_who_was_killed_is_gone_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from engine.storage.presence import Presence\n"
        f"Presence(Path({str(tmp_path / 'desk.db')!r}), 'two', 'bo').say({NOW}, 'D1'); print('said', flush=True); sys.stdin.read()"
    )
    ana, _ = desks(tmp_path)
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert ana.others(NOW, "D1") == ["bo"]
        process.kill()
        process.wait()
        assert ana.others(NOW, "D1") == []


def test_who_was_there_before_the_clock_was_set_back_is_gone_and_cleared_away(tmp_path: Path) -> None:
    ana, bo = desks(tmp_path)
    bo.say(NOW + 365 * DAY, "D1")
    assert ana.others(NOW, "D1") == []
    assert not (tmp_path / "desk.db.present" / "two").exists()


def test_a_pipe_among_them_keeps_nobody_waiting(tmp_path: Path) -> None:
    ana, bo = desks(tmp_path)
    bo.say(NOW, "D1")
    os.mkfifo(tmp_path / "desk.db.present" / "other")
    assert ana.others(NOW, "D1") == ["bo"]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "[" * 4096, '{"actor": 1}', json.dumps({"actor": ["x"], "expires_at": 2**62})]
)
def test_what_is_not_our_writing_is_nobody(tmp_path: Path, content: str) -> None:
    ana, bo = desks(tmp_path)
    bo.say(NOW, "D1")
    (tmp_path / "desk.db.present" / "other").write_text(content, encoding="utf-8")
    assert ana.others(NOW, "D1") == ["bo"]


def test_only_the_owner_may_read_it_and_a_folder_that_cannot_be_made_stops_nothing(tmp_path: Path) -> None:
    _, bo = desks(tmp_path)
    bo.say(NOW, "D1")
    modes = [stat.S_IMODE(os.stat(tmp_path / "desk.db.present" / name).st_mode) for name in (".", "two")]
    assert modes == [0o700, 0o600]
    nowhere = Presence(tmp_path / "missing" / "desk.db", "one", "ana")
    nowhere.say(NOW, "D1")
    assert nowhere.others(NOW, "D1") == []


def test_a_read_only_desk_says_nothing_and_no_desk_writes_a_row(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk.db")
    looking = open_desk(tmp_path / "desk.db", actor="bo", readonly=True)
    version = desk.data_version()
    looking.say_open("two", "D1")
    assert desk.who_has_open("one", "D1") == []
    desk.say_open("one", "D1")
    assert looking.who_has_open("two", "D1") == ["ana"]
    assert desk.data_version() == version
    desk.say_open("one", None)
    assert looking.who_has_open("two", "D1") == []
