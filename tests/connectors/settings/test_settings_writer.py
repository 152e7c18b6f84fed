"""Writing to offplan.toml while others write to it."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

import pytest

from connectors.settings import settings_text, settings_writer
from engine.values.errors import BadInput


def test_of_several_that_write_at_once_nobody_s_table_is_lost(tmp_path: Path) -> None:
    path, link = tmp_path / "offplan.toml", tmp_path / "link.toml"
    path.write_text('[desk]\nname = "eu"\n', encoding="utf-8")
    link.symlink_to(path)
    faults: list[BadInput] = []

    def write(who: str) -> None:
        for number in range(20):
            try:
                settings_writer.put(link if number % 2 else path, f"view.{who}{number}", {"filter": "late"})
            except BadInput as fault:
                faults.append(fault)

    writers = [threading.Thread(target=write, args=(who,)) for who in ("ana", "bo", "chen")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    views = settings_text.read_document(path)["view"]
    assert len(views) + len(faults) == 60
    assert all("another process is writing it" in str(fault) for fault in faults)
    assert link.is_symlink()


def test_a_file_that_somebody_holds_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "offplan.toml"
    path.write_text("", encoding="utf-8")
    monkeypatch.setattr(settings_writer, "_PAUSE", 0)
    descriptor = os.open(path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        with pytest.raises(BadInput, match="another process is writing it, and it stays as it was; try again"):
            settings_writer.put(path, "view.mine", {"filter": "late"})
    finally:
        os.close(descriptor)
    assert path.read_bytes() == b""
    settings_writer.put(path, "view.mine", {"filter": "late"})
    assert settings_text.read_document(path)["view"] == {"mine": {"filter": "late"}}
