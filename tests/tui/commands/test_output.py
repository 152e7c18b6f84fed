"""What is printed: documents, tables, plain text, and the desk where there is no terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.commands.shell import NOW, Run, one_sentence


@pytest.mark.parametrize("verb", ["signals", "deviations", "responses", "actions", "sources", "quarantine"])
def test_every_list_is_one_document_and_one_table(desk: Run, verb: str) -> None:
    document = desk(verb, "--json").document
    table = desk(verb)

    assert list(document) == ["now", "total", "items"]
    assert document["now"] == NOW
    assert len(table.out.splitlines()) == 1 + document["total"]
    assert all(item["id"] in table.out for item in document["items"])


def test_quiet_says_nothing_when_all_is_well(desk: Run) -> None:
    assert desk("ack", "D1", "--quiet") == (0, "", "")
    assert desk("deviations", "--quiet") == (0, "", "")
    assert desk("deviations", "--quiet", "--json").document["total"] == 2


def test_what_a_command_did_names_its_times_as_the_lists_do(desk: Run) -> None:
    assert desk("snooze", "D1", "--until", "+2d").out.startswith("D1: open → snoozed until 4 Mar 10:00\n")
    assert desk("undo").out.startswith("D1: snoozed until 4 Mar 10:00 → open\n")
    changes = desk("redo", "--json").document["changes"]
    assert changes == [{"id": "D1", "was": "open", "now": "snoozed until 2026-03-04T10:00:00Z"}]


def test_text_from_outside_is_only_text(desk: Run, tmp_path: Path) -> None:
    hostile = "\x1b]0;owned\x07[red]x[/red]\u202e"
    (tmp_path / "hostile.csv").write_text(f"id,kind,order_ref,eta\nh-1,eta,{hostile},2026-03-21\n", encoding="utf-8")
    desk("ingest", "hostile.csv")

    shown = desk("signals").out + desk("show", "S3").out

    assert "]0;owned" in shown
    assert "[red]x[/red]" in shown
    assert not set("\x1b\x07\u202e") & set(shown)


def test_an_id_that_nothing_has_is_one_sentence(desk: Run) -> None:
    for words in (("show", "D99"), ("ack", "D99"), ("done", "A1"), ("undo", "R7"), ("playbook", "show", "nope")):
        answer = desk(*words)
        assert answer.code == 1
        assert one_sentence(answer)


def test_only_a_deviation_is_explained(desk: Run) -> None:
    answer = desk("show", "S1", "--explain")

    assert answer.code == 1
    assert "only a deviation has an explanation" in answer.err


def test_explain_is_the_explanation_alone(desk: Run) -> None:
    shown = desk("show", "D1", "--json").document["explain"]
    document = desk("explain", "d1", "--json").document
    assert (document["id"], document["total"], document["items"]) == ("D1", len(shown), shown)
    (layer,) = [line for line in desk("explain", "D1").out.splitlines() if line.startswith("remedy_days")]
    assert layer.endswith("remedy_days (default)")
    assert "no deviation" in desk("explain", "S1").err


def test_offplan_alone_prints_the_desk_once(desk: Run) -> None:
    answer = desk()

    assert answer.code == 0
    assert "2 open" in answer.out
    assert "purchase_order 4711/10" in answer.out
    assert "confirmation" in answer.out


def test_and_as_json(desk: Run) -> None:
    document = desk("--json").document

    assert document["header"]["open"] == 2
    assert [row["id"] for row in document["deviations"]] == [
        row["id"] for row in desk("deviations", "--json").document["items"]
    ]


def test_a_new_desk_says_that_there_is_no_plan_yet(run: Run) -> None:
    run("init")

    assert "there is no plan, offplan load FILE --as KIND brings one in; no signal has come yet" in run().out


def test_groups_are_a_document_and_a_table(desk: Run) -> None:
    document = desk("deviations", "--group-by", "party", "--group-by", "owner", "--json").document
    assert [(item["group"], item["count"]) for item in document["items"]] == [
        ({"party": "ACME", "owner": None}, 1),
        ({"party": "NORDWERK", "owner": None}, 1),
    ]
    table = desk("deviations", "--group-by", "party", "--group-by", "owner").out.splitlines()
    assert table[0].split()[:2] == ["group", "deviations"]
    assert table[1].startswith("party ACME, owner (none)")
    cut = desk("deviations", "--group-by", "kind", "--limit", "1").out.splitlines()
    assert cut[-1] == "1 of 2; --limit N or --all shows more"
