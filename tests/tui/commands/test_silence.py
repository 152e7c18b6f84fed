"""`offplan silence` and what the list of deviations says of what it does not show."""

from __future__ import annotations

from tests.tui.commands.shell import Run, one_sentence


def test_a_silence_is_made_listed_changed_and_ended(desk: Run) -> None:
    made = desk("silence", "add", "--where", "party=ACME", "--until", "+3d", "--reason", "the port is closed", "--json")
    assert (made.code, made.document["changes"][0]["id"]) == (0, "L1")
    assert made.document["notes"] == ["L1 matches 1 of the deviations that ask for something now"]
    listed = desk("silence")
    assert "party=ACME" in listed.out
    assert "the port is closed" in listed.out
    (item,) = desk("silence", "--json").document["items"]
    assert (item["id"], item["state"], item["until_at"]) == ("L1", "active", "2026-03-05T10:00:00Z")
    assert desk("silence", "change", "L1", "--until", "+1w").code == 0
    assert "add" in desk("show", "L1").out
    assert desk("silence", "end", "L1", "--reason", "open again").code == 0
    assert desk("silence").out == "no silences\n"
    assert desk("silence", "--all", "--json").document["items"][0]["state"] == "expired"
    assert "L1" in desk("undo").out


def test_the_list_says_how_much_it_does_not_show(desk: Run) -> None:
    assert "more:" not in desk("deviations").out
    desk("silence", "add", "--where", "kind=late_supply", "--reason", "known")
    desk("snooze", "D1", "--until", "+1d")
    out = desk("deviations").out
    assert out.splitlines() == [
        "no deviations",
        "2 more: 1 silenced (offplan deviations --where silenced=true),"
        " 1 snoozed (offplan deviations --where snoozed=true)",
    ]
    assert "1 more" in desk("deviations", "--where", "party=ACME").out
    assert "1 more" in desk("deviations", "--where", "D1").out
    assert "more" not in desk("deviations", "--all").out
    document = desk("deviations", "--where", "silenced=true", "--json").document
    assert [(item["id"], item["suppressed_by"]) for item in document["items"]] == [("D2", ["L1"])]
    assert "0 open" in desk().out
    assert "1 silenced · 1 snoozed" in desk().out


def test_what_cannot_be_a_silence_is_one_sentence(desk: Run) -> None:
    for words in (
        ("--where", "party=*", "--reason", "x"),
        ("--where", "party=ACME", "--until", "2026-01-01", "--reason", "x"),
        ("--where", "party=ACME", "--until", "9999-12-31", "--reason", "x"),
        ("--where", "party=ACME"),
        ("--reason", "x"),
    ):
        answer = desk("silence", "add", *words)
        assert answer.code in (1, 2)
        assert one_sentence(answer)
    assert one_sentence(desk("silence", "end", "D1"))
    assert one_sentence(desk("silence", "forget"))


def test_a_pattern_is_quoted_as_it_was_written(desk: Run) -> None:
    assert "where kind=[x: there is no such kind" in desk("silence", "add", "--where", "kind=[x", "--reason", "r").err


def test_what_changed_nothing_names_no_way_back(desk: Run) -> None:
    desk("silence", "add", "--where", "party=ACME", "--reason", "r")
    assert "undo this with" in desk("silence", "end", "L1").out
    assert desk("silence", "end", "L1").out == "L1 is over already: nothing was changed\n"
