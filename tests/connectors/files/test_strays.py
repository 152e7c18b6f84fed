"""Files in watched folders that no source takes."""

from __future__ import annotations

from pathlib import Path

from connectors.files.strays import strays
from connectors.settings.settings_file import Settings, load

TOML = """
[source.erp]
type = "folder"
path = "inbox"
pattern = "erp-*.csv"

[source.wms]
type = "folder"
path = "inbox"
pattern = ["wms-*.csv", "wms-*.xlsx"]

[source.gone]
type = "folder"
path = "nowhere"
"""


def workspace(folder: Path, *names: str) -> Settings:
    (folder / "offplan.toml").write_text(TOML, encoding="utf-8")
    (folder / "inbox").mkdir()
    (folder / "inbox" / "old").mkdir()
    for name in names:
        (folder / "inbox" / name).touch()
    return load(folder / "offplan.toml")


def test_a_folder_in_which_every_file_is_somebody_s_has_nothing_to_say(tmp_path: Path) -> None:
    settings = workspace(tmp_path, "erp-1.csv", "wms-1.xlsx", "README.txt", ".hidden", "erp-2.csv.part", "~$wms-1.xlsx")

    assert strays(settings.folder, settings.sources) == {}


def test_what_no_pattern_takes_is_named_with_the_mend(tmp_path: Path) -> None:
    settings = workspace(tmp_path, "erp-1.csv", "a.xlsx", "b.json", "c.csv", "d.pdf")

    assert {path: str(error) for path, error in strays(settings.folder, settings.sources).items()} == {
        "inbox": "inbox: no `pattern` takes a.xlsx, b.json, c.csv and 1 more;"
        " widen that of source.erp or source.wms, or put them elsewhere"
    }
