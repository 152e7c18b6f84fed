"""A new workspace: complete, usable as it stands, and never in the way of what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.files.strays import strays
from connectors.settings import settings_file
from engine.values.errors import BadInput
from playbooks.loader import load_paths
from tui.commands import workspace


def test_a_new_folder_gets_settings_playbooks_and_inbox(tmp_path: Path) -> None:
    made = workspace.make(tmp_path / "desk")

    names = {str(Path(path).relative_to(tmp_path / "desk")) for path in made}
    assert names == {"offplan.toml", "playbooks/example.yaml", "inbox/README.txt"}


def test_what_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "offplan.toml").write_text('[desk]\nname = "mine"\n', encoding="utf-8")

    made = workspace.make(tmp_path)

    assert str(tmp_path / "offplan.toml") not in made
    assert "mine" in (tmp_path / "offplan.toml").read_text(encoding="utf-8")
    assert workspace.make(tmp_path) == []


def test_the_settings_load_as_they_are(tmp_path: Path) -> None:
    workspace.make(tmp_path)

    loaded = settings_file.load(tmp_path / "offplan.toml")

    assert loaded.desk.database == "offplan.db"
    assert list(loaded.sources) == ["inbox"]
    inbox = loaded.sources["inbox"]
    assert isinstance(inbox, settings_file.FolderSource)
    names = ("a.csv", "a.xlsx", "a.json", "a.jsonl", "README.txt", "a.pdf")
    assert [inbox.takes(name) for name in names] == [True, True, True, True, False, False]
    assert strays(loaded.folder, loaded.sources) == {}


def test_the_commented_examples_load_too(tmp_path: Path) -> None:
    """Taking the `# ` away from an example must give settings that work."""
    lines = (workspace.TEMPLATES / "offplan.toml").read_text(encoding="utf-8").splitlines()
    commented = [line.removeprefix("# ") if _is_setting(line) else line for line in lines]
    path = tmp_path / "offplan.toml"
    path.write_text("\n".join(commented), encoding="utf-8")

    loaded = settings_file.load(path)

    assert loaded.rates == {"USD": 0.92, "GBP": {"2026-01-01": 1.15, "2026-07-01": 1.17}}
    assert loaded.rules[0].kind == "late_supply"
    assert set(loaded.sources) == {"inbox", "erp"}
    assert loaded.sources["inbox"].mapping_names == ("confirmations",)


def _is_setting(line: str) -> bool:
    return line.startswith("# ") and (line.startswith("# [") or " = " in line)


def test_the_example_playbook_has_no_faults(tmp_path: Path) -> None:
    workspace.make(tmp_path)

    assert load_paths([tmp_path / "playbooks"])[1] == []


def test_a_file_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "desk").write_text("", encoding="utf-8")

    with pytest.raises(BadInput, match="cannot be written"):
        workspace.make(tmp_path / "desk")
