"""Tolerances by command: listed by layer, tried, and written to the settings with everything else left as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.commands.shell import Run, one_sentence


def test_the_layers_as_they_stand(desk: Run, tmp_path: Path) -> None:
    listed = desk("tolerance", "--json").document
    assert listed["kinds"]["late_supply"]["days"] == {"value": 1.0, "default": 1.0, "layer": "default"}
    assert listed["rules"] == []

    desk("tolerance", "late_supply", "days=3")
    desk("tolerance", "late_supply", "days=5", "--for", "party=ACME")
    one = desk("tolerance", "late_supply", "--json").document
    assert list(one["kinds"]) == ["late_supply"]
    assert one["kinds"]["late_supply"]["days"] == {"value": 3, "default": 1.0, "layer": "rule 1"}
    assert one["rules"][1] == {
        "number": 2,
        "kind": "late_supply",
        "match": {"party": "ACME"},
        "parameters": {"days": 5},
    }

    shown = desk("tolerance", "late_supply").out
    assert "rule 2  late_supply  party=ACME  days=5" in shown


def test_a_preview_names_what_would_change_and_writes_nothing(desk: Run, tmp_path: Path) -> None:
    before = (tmp_path / "offplan.toml").read_bytes()
    listed = desk("deviations", "--json").document["items"]

    document = desk("tolerance", "late_supply", "days=20", "--preview", "--json").document
    shown = desk("tolerance", "late_supply", "--for", "party=ACME", "--preview", "days=20").out

    assert document["counts"] == {"late_supply": {"open": 0, "clear": 1, "raise": 0, "lower": 0}}
    assert document["items"] == [
        {
            "change": "clear",
            "id": "D2",
            "kind": "late_supply",
            "subject": {"type": "purchase_order", "id": "4711/10"},
            "was": "high",
            "now": None,
        }
    ]
    assert "late_supply: 1 would clear" in shown
    assert "clear   D2  late_supply  purchase_order 4711/10  high" in shown
    assert "nothing was written" in shown
    assert (tmp_path / "offplan.toml").read_bytes() == before
    assert desk("deviations", "--json").document["items"] == listed


def test_a_preview_needs_no_workspace_and_counts_what_the_file_has(desk: Run, tmp_path: Path) -> None:
    """Of a copy of the desk's file, elsewhere: its own rules hold, and the one that is tried comes after them."""
    desk("tolerance", "late_supply", "days=9", "--for", "item=SKU-77")
    (tmp_path / "offplan.toml").unlink()
    file = str(tmp_path / "offplan.db")
    wide = desk("--db", file, "tolerance", "late_supply", "days=20", "--preview", "--json").document
    narrow = desk(
        "--db", file, "tolerance", "late_supply", "days=20", "--for", "item=SKU-77", "--preview", "--json"
    ).document
    assert (wide["items"], [item["change"] for item in narrow["items"]]) == ([], ["clear"])


def test_a_preview_that_would_change_nothing_says_so(desk: Run) -> None:
    shown = desk("tolerance", "late_supply", "days=20", "--for", "party=NOBODY", "--preview").out
    assert "no deviation would open, clear or change its severity" in shown


def test_a_severity_that_would_fall(desk: Run) -> None:
    shown = desk("tolerance", "late_supply", "high=13", "--preview").out
    assert "late_supply: 1 would fall" in shown
    assert "high → medium" in shown


def test_a_rule_is_written_behind_what_stands_there_and_holds_at_once(desk: Run, tmp_path: Path) -> None:
    before = (tmp_path / "offplan.toml").read_text(encoding="utf-8")

    answer = desk(
        "tolerance", "late_supply", "days=20", "--for", "party=ACME", "--for", "item=SKU-77", "--json"
    ).document

    written = (tmp_path / "offplan.toml").read_text(encoding="utf-8")
    assert written.startswith(before)
    assert written.removeprefix(before) == (
        '\n[[rule]]\nkind = "late_supply"\nmatch = { party = "ACME", item = "SKU-77" }\ndays = 20\n'
    )
    assert (answer["rule"]["number"], answer["opened"], answer["raised"], answer["cleared"]) == (1, 0, 0, 1)
    assert [item["kind"] for item in desk("deviations", "--json").document["items"]] == ["short_supply"]


def test_settings_that_are_kept_elsewhere_stay_there_with_their_mode(desk: Run, tmp_path: Path) -> None:
    link, kept = tmp_path / "offplan.toml", tmp_path / "kept.toml"
    link.rename(kept)
    kept.chmod(0o640)
    link.symlink_to(kept.name)
    assert desk("tolerance", "late_supply", "days=20").code == 0
    assert link.is_symlink()
    assert kept.read_text(encoding="utf-8").endswith("days = 20\n")
    assert kept.stat().st_mode & 0o777 == 0o640


def test_a_later_rule_for_all_stands_above_the_setting_of_a_kind(desk: Run, tmp_path: Path) -> None:
    with (tmp_path / "offplan.toml").open("a", encoding="utf-8") as file:
        file.write("\n[tolerance.late_supply]\ndays = 20\n")
    desk("tick")
    assert "1 opened" in desk("tolerance", "late_supply", "days=2").out


@pytest.mark.parametrize(
    ("words", "code", "fault"),
    [
        ("late_suply days=2", 1, "'late_suply' is no deviation kind"),
        ("late_supply dais=2", 1, "'dais' is no parameter of late_supply"),
        ("late_supply days=-2", 1, "write a number from 0"),
        ("late_supply days=nan", 1, "write a number from 0"),
        ("late_supply days=two", 2, "days=two is no number"),
        ("late_supply days=2 party=ACME", 2, "party=ACME is no number; say whose it is with --for party=ACME"),
        ("late_supply days", 2, "'days' is no NAME=VALUE"),
        ("late_supply days=2 --for ACME", 2, "'ACME' is no NAME=VALUE"),
        ("late_supply days=2 --for buyer=ana", 1, "a rule cannot match 'buyer'"),
        ("late_supply --preview", 2, "say which tolerance"),
        ("soup", 1, "'soup' is no deviation kind"),
    ],
)
def test_what_cannot_be_a_rule_is_one_sentence_and_nothing_is_written(
    desk: Run, tmp_path: Path, words: str, code: int, fault: str
) -> None:
    before = (tmp_path / "offplan.toml").read_bytes()
    answer = desk("tolerance", *words.split())
    assert answer.code == code
    assert one_sentence(answer)
    assert fault in answer.err
    assert ".offplan.toml" not in answer.err, "names a draft"
    assert (tmp_path / "offplan.toml").read_bytes() == before


def test_a_rule_needs_a_workspace(run: Run) -> None:
    answer = run("tolerance", "late_supply", "days=2")
    assert answer.code == 2
    assert "`offplan init` makes one" in answer.err


@pytest.mark.parametrize(
    "words",
    [("days=2", "days=9"), ("days=2", "--for", "party=ACME", "--for", "party=NORDWERK"), ("days=1e308",)],
)
def test_what_would_be_lost_or_means_nothing_is_one_short_sentence(
    desk: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    before = (tmp_path / "offplan.toml").read_bytes()
    answer = desk("tolerance", "late_supply", *words)
    assert (answer.code in (1, 2), one_sentence(answer)) == (True, True)
    assert len(answer.err) < 200
    assert (tmp_path / "offplan.toml").read_bytes() == before
