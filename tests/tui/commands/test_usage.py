"""Words to a command: help, faults in the words, common options anywhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.tui.commands.shell import Run, one_sentence
from tui.words.command_table import COMMANDS


def test_a_pattern_that_several_workspaces_fit_is_no_command(run: Run, tmp_path: Path) -> None:
    folders = [str(tmp_path / name) for name in ("demo-a", "demo-b", "demo-c")]
    for folder in folders:
        Path(folder).mkdir()
    answer = run("--workspace", *folders, "deviations")
    assert (answer.code, one_sentence(answer)) == (2, True)
    assert f"--workspace takes one folder, and `{folders[1]}` is a second one" in answer.err


def test_the_version(run: Run) -> None:
    assert run("--version") == (0, "offplan 0.1.0\n", "")


def test_the_help_names_every_command(run: Run) -> None:
    answer = run("--help")

    assert answer.code == 0
    assert all(f"  {words or '(alone)'} " in answer.out for words in COMMANDS)


@pytest.mark.parametrize("words", [words for words in COMMANDS if words])
def test_every_command_explains_itself(run: Run, words: str) -> None:
    answer = run(*words.split(), "--help")

    assert answer.code == 0
    assert answer.out.startswith(f"usage: offplan {words}")
    assert "--now ISO8601" in answer.out


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("deviatons", "did you mean `deviations`?"),
        ("frobnicate", "there is no command `frobnicate`"),
        ("ack", "required: ID"),
        ("dismiss D1", "required: --reason"),
        ("ack D1 --frob", "unrecognized arguments: --frob"),
        ("deviations --limit many", "'many' is no number of rows"),
        ("deviations --limit -1", "'-1' is no number of rows"),
        ("deviations --limit 9223372036854775808", "is no number of rows"),
        ("playbook", "say what to do (list, show, lint, test, schema, dry-run, explain)"),
        ("playbook try", "there is no command `playbook try`"),
        ("load x.csv --as soup", "--as soup: this is not a plan kind; use one of purchase_order, "),
        (
            "map x.csv --as confirmation --dry-run",
            "use `signal` for confirmations, receipts and all else that happened",
        ),
        ("deviations", "there is no workspace here"),
        ("", "there is no workspace here"),
    ],
)
def test_words_that_make_no_command_are_one_sentence(run: Run, words: str, fault: str) -> None:
    answer = run(*words.split())

    assert answer.code == 2
    assert one_sentence(answer)
    assert fault in answer.err


@pytest.mark.parametrize("verb", ["decide", "approve", "report", "export"])
def test_what_is_not_built_is_absent(run: Run, verb: str) -> None:
    assert run(verb, "D1").code == 2


def test_common_options_stand_before_or_after(desk: Run) -> None:
    before = desk("--json", "--now", "2026-03-03", "deviations")
    after = desk("deviations", "--json", "--now", "2026-03-03")

    assert before == after
    assert before.document["now"] == "2026-03-03T00:00:00Z"


def test_options_may_stand_between_ids(desk: Run) -> None:
    answer = desk("dismiss", "D1", "--reason", "agreed", "D2", "--json")

    assert [change["id"] for change in answer.document["changes"]] == ["D1", "D2"]


@pytest.mark.parametrize("until", ["tomorrow", "+4y", "2026-13-01"])
def test_a_moment_that_is_none_is_bad_usage(desk: Run, until: str) -> None:
    answer = desk("snooze", "D1", "--until", until)

    assert answer.code == 2
    assert one_sentence(answer)


@pytest.mark.parametrize(
    "words",
    [
        "deviations --where party=M\udcfcller", "show \udce4", "ingest s.csv --source \udce4", "comment D1 --text \udce4",
        "tick --now \udce4",
    ],
)  # fmt: skip
def test_bytes_that_are_no_text_are_refused_where_no_file_is_named(run: Run, words: str) -> None:
    """A name in Latin-1, pasted into a terminal of UTF-8, stopped the command with a crash report."""
    answer = run(*words.split())

    assert answer.code == 2
    assert one_sentence(answer)
    assert "this is no text in UTF-8; see what encoding the terminal has" in answer.err


def test_a_folder_whose_name_is_no_text_is_a_workspace(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"B\xfcro")
    assert run("init", str(folder)).code == 0
    assert run("backup", str(folder / "copy.db"), "--workspace", str(folder)).code == 0
    assert run("check", "--db", str(folder / "copy.db")).code == 0
