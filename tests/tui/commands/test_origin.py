"""Where a signal came from: its page names the file and the line, whatever stood around it there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.tui.commands.shell import Run

HEADER = "id,kind,order_kind,order_ref,eta\n"
ROW = "{id},eta,purchase_order,{ref},{eta}\n"


def origin(desk: Run, source_id: str) -> tuple[list[str], int | None]:
    (found,) = [item for item in desk("signals", "--all", "--json").document["items"] if item["source_id"] == source_id]
    shown: dict[str, Any] = desk("show", found["id"], "--json").document
    return shown["came_in"], shown["line"]


MAPPING = """
[mapping.news]
as = "signal"
files = "news*.csv"
identity = "{identity}"

[mapping.news.fields]
id = "id"
kind = "kind"
order_kind = "order_kind"
order_ref = "order_ref"
eta = "eta"
"""


@pytest.mark.parametrize("identity", ["event", "state"])
def test_a_signal_names_its_file_and_line(desk: Run, tmp_path: Path, identity: str) -> None:
    settings = tmp_path / "offplan.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + MAPPING.format(identity=identity), encoding="utf-8")
    file = tmp_path / "news.csv"
    first = [
        ROW.format(id="n-1", ref="4711/10", eta="2026-03-20"),
        ROW.format(id="n-2", ref="4711/20", eta="soon"),
        "\n",
        ROW.format(id="n-3", ref="4702/10", eta="2026-03-21"),
    ]
    file.write_text(HEADER + "".join(first), encoding="utf-8")
    desk("ingest", "news.csv")
    later = [*first, ROW.format(id="n-4", ref="4711/20", eta="2026-03-22"), *first[3:]]
    file.write_text(HEADER + "".join(later), encoding="utf-8")
    desk("ingest", "news.csv")
    assert [origin(desk, id_) for id_ in ("n-1", "n-3", "n-4")] == [
        ([str(file)], 2),
        ([str(file)], 5),
        ([str(file)], 6),
    ]


def test_a_file_of_the_same_moment_with_known_signals_takes_no_line_for_another(desk: Run, tmp_path: Path) -> None:
    settings = tmp_path / "offplan.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + MAPPING.format(identity="event"), encoding="utf-8")
    one, two, three = (ROW.format(id=f"n-{number}", ref="4711/10", eta=f"2026-03-2{number}") for number in (1, 2, 3))
    for name, rows in {"news1.csv": one, "news2.csv": f"{two}\n\n\n{one}", "news3.csv": three}.items():
        (tmp_path / name).write_text(HEADER + rows, encoding="utf-8")
        desk("ingest", name)
    found = [origin(desk, f"n-{number}") for number in (1, 2, 3)]
    assert found == [([str(tmp_path / f"news{number}.csv")], 2) for number in (1, 2, 3)]


def test_the_history_of_a_source_says_the_file_and_no_numbers_of_its_lines(desk: Run, tmp_path: Path) -> None:
    (tmp_path / "news.csv").write_text(HEADER + ROW.format(id="n-1", ref="4711/10", eta="2026-03-20"), encoding="utf-8")
    desk("ingest", "news.csv", "--source", "news")
    told = desk("show", "news").out
    assert "news.csv, new 1," in told
    assert "lines" not in told
