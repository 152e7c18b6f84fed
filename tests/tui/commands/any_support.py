"""What laws about anything that may be given stand on: the sample desk as a workspace, and what every answer keeps."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from tests.engine.desk_support import open_desk
from tests.sample_world.copies import SAMPLE
from tests.tui.commands.shell import CONFIRMATIONS, ORDERS, Answer
from tui.command_line import main

BESIDE = ("-wal", "-shm", ".lock", ".lease")
"""What SQLite, and processes that take turns, keep beside a desk's file."""


def run(line: Sequence[str]) -> Answer:
    """What the command line answers in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(line)
    return Answer(code, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def nothing_to_read() -> Iterator[None]:
    """An input that has ended, so that nothing waits for the person who runs the tests."""
    mine, nothing = os.dup(0), os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    try:
        yield
    finally:
        os.dup2(mine, 0)
        os.close(mine)
        os.close(nothing)


@contextlib.contextmanager
def workspace() -> Iterator[Path]:
    """The sample desk as a workspace, with files that can be taken, one that cannot, and a folder; one is ana, in it,
    with nothing of this machine's own. Afterwards the file must be in order, and no fault of ours have left details."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("OFFPLAN_", "XDG_"))}
    with TemporaryDirectory() as parent:
        folder, state = Path(parent) / "workspace", Path(parent) / "state"
        (folder / "folder").mkdir(parents=True)
        shutil.copy(SAMPLE, folder / "offplan.db")
        (folder / "offplan.db").chmod(0o600)
        (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
        (folder / "signals.csv").write_text(CONFIRMATIONS, encoding="utf-8")
        (folder / "half.csv").write_bytes(b'id,kind,order_ref\n1,eta,"4693/1\xff\n')
        here = {**ours, "OFFPLAN_ACTOR": "ana", "XDG_STATE_HOME": str(state)}
        with patch.dict(os.environ, here, clear=True), contextlib.chdir(folder), nothing_to_read():
            assert run(["init", "--quiet"]).code == 0
            yield folder
        desk = open_desk(folder / "offplan.db")
        try:
            assert [finding for finding in desk.check() if finding["severity"] == "error"] == []
        finally:
            desk.store.close()
        assert not state.exists(), "a fault of ours left its details"


def content(folder: Path) -> dict[str, str]:
    """Every file below a folder by the hash of what it holds."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(BESIDE)
    }


def assert_contract(line: Sequence[str], answer: Answer) -> None:
    """The contract of one answer (docs/commands.md)."""
    assert answer.code in (0, 1, 2, 3)
    assert "unexpected fault" not in answer.err
    assert "Traceback" not in answer.out + answer.err
    told = answer.err.splitlines()
    if answer.code in (1, 2) and "ingest" not in line:
        assert answer.out == ""
        assert len(told) == 1
    assert answer.code in (0, 3) or any(sentence.startswith("offplan: ") for sentence in told)
    if not {"--help", "-h", "--version"} & set(line) and answer.out:
        if "--json" in line:
            json.loads(answer.out)
        else:
            assert "--quiet" not in line
    assert not set(answer.out + answer.err) & {"\x1b", "\x07", "\u202e"}
