"""Folder and calendar as channels: what is written, whole and again, and that text from outside stays text."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.outbox import neutral
from connectors.outbox.calendar import CalendarSender
from connectors.outbox.folder import FolderSender
from connectors.settings.channel_settings import CalendarChannel, FolderChannel
from tests.connectors.handoff_support import NASTY, action, content, delivery, ended, send


def folder(tmp_path: Path, format: str) -> FolderSender:  # noqa: A002
    return FolderSender(FolderChannel.model_validate({"type": "folder", "path": "out", "format": format}), tmp_path)


def calendar(tmp_path: Path) -> CalendarSender:
    return CalendarSender(CalendarChannel.model_validate({"type": "calendar", "path": "cal"}), tmp_path)


@pytest.mark.parametrize(("format_", "suffix"), [("markdown", "md"), ("csv", "csv"), ("json", "json")])
def test_a_message_is_one_file_and_the_same_file_when_it_is_sent_again(
    tmp_path: Path, format_: str, suffix: str
) -> None:
    sender = folder(tmp_path, format_)
    assert send(sender, delivery()).state == "sent"
    first = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert list(first) == [f"H5-ana.{suffix}"]
    assert send(sender, delivery()).state == "sent"
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == first


def test_markdown_says_what_is_to_be_done_by_when_and_how_to_answer(tmp_path: Path) -> None:
    said = content(action(), ended=[ended()])
    send(folder(tmp_path, "markdown"), delivery(said))
    text = (tmp_path / "out" / "H5-ana.md").read_text()
    assert text.startswith("# New for you: 1 step, Expedite (4711/10)\n")
    assert "## A7 Call the supplier (new)" in text
    assert "- Due: Mon 2026-03-09 11:00 CET (two hours after it opened)" in text
    assert "- To answer, quote: A7 tok7" in text
    assert "- A8 Book the truck is called off: not needed" in text


def test_no_text_from_outside_becomes_markdown(tmp_path: Path) -> None:
    said = content(action(title=NASTY, instructions=f"# {NASTY}\n- {NASTY}\n1. {NASTY}"))
    said["deviation"]["summary"] = NASTY
    send(folder(tmp_path, "markdown"), delivery(said))
    text = (tmp_path / "out" / "H5-ana.md").read_text()
    assert "<script>" not in text
    assert "[x](" not in text
    assert "*b*" not in text.replace("\\*b\\*", "")
    ours = [line for line in text.splitlines() if line.startswith("#")]
    assert [line.split(" ")[0] for line in ours] == ["#", "##"]
    assert "\\# =cmd" in text
    assert "\\- =cmd" in text
    assert "1\\. =cmd" in text


def test_no_cell_begins_a_formula(tmp_path: Path) -> None:
    said = content(action(title=NASTY, role="+1", function="@SUM(A1)", instructions="-2+3"))
    send(folder(tmp_path, "csv"), delivery(said))
    (row,) = csv.DictReader(io.StringIO((tmp_path / "out" / "H5-ana.csv").read_text()))
    assert row["title"] == f"'{NASTY}"
    assert [row[name] for name in ("role", "function", "instructions")] == ["'+1", "'@SUM(A1)", "'-2+3"]
    assert (row["action"], row["token"], row["due_at"]) == ("A7", "tok7", "2026-03-09T10:00:00Z")


@given(st.text(max_size=50) | st.text(";\t =+x＝'", max_size=12))
def test_a_cell_never_begins_with_what_a_spreadsheet_acts_upon(text: str) -> None:
    """Neither where semicolons part the cells, as where commas are decimal signs."""
    for cell in re.split("[;\t]", neutral.cell(text)):
        assert cell.strip()[:1] not in ("=", "+", "-", "@", "|", "＝", "＋", "－", "＠")
    assert neutral.cell(text).replace("'", "") == text.replace("'", "")


@given(st.text(max_size=80))
def test_a_name_of_a_file_is_never_a_path(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,60}", neutral.file_name(text))


@given(st.text(max_size=80))
def test_a_header_is_one_line(text: str) -> None:
    assert len(neutral.header(text).splitlines()) <= 1


def test_an_owner_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    send(folder(tmp_path, "json"), delivery(owner="../../etc/x"))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["H5-etc_x.json"]
    document = json.loads((tmp_path / "out" / "H5-etc_x.json").read_text())
    assert (document["handoff"], document["key"], document["actions"][0]["id"]) == ("H5", "key5", "A7")


def test_a_folder_that_cannot_be_written_is_a_failure_that_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    result = send(folder(tmp_path, "csv"), delivery())
    assert (result.state, result.again) == ("failed", True)
    assert result.fault is not None
    assert "cannot be written" in result.fault


def test_no_half_written_file_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "out" / "H5-ana.csv").mkdir(parents=True)
    result = send(folder(tmp_path, "csv"), delivery())
    assert result.state == "failed"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["H5-ana.csv"]


# calendars ------------------------------------------------------------------------------------------------------------


def unfolded(path: Path) -> list[str]:
    return path.read_bytes().decode().replace("\r\n ", "").split("\r\n")


def test_an_action_is_an_entry_of_its_owner_with_its_uid_and_sequence(tmp_path: Path) -> None:
    send(calendar(tmp_path), delivery(content(action(sequence=2, waits_for=["Ask"]))))
    lines = unfolded(tmp_path / "cal" / "ana" / "A7-abc.ics")
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert {
        "METHOD:PUBLISH", "UID:A7-abc@offplan", "SEQUENCE:2", "DTSTAMP:20260309T080000Z", "DTSTART:20260309T080000Z",
        "DTEND:20260309T100000Z", "SUMMARY:A7 Call the supplier", "STATUS:TENTATIVE",
    } <= set(lines)  # fmt: skip
    assert lines[-2:] == ["END:VCALENDAR", ""]


def test_an_action_that_ended_cancels_its_own_entry(tmp_path: Path) -> None:
    sender = calendar(tmp_path)
    send(sender, delivery(content(action(8))))
    send(sender, delivery(content(ended=[ended(8)]), number=6))
    (path,) = (tmp_path / "cal" / "ana").iterdir()
    lines = unfolded(path)
    assert {"METHOD:CANCEL", "UID:A8-abc@offplan", "SEQUENCE:3", "STATUS:CANCELLED"} <= set(lines)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_lines_are_folded_at_75_octets_and_unfold_to_what_was_said(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("cal")
    send(calendar(folder), delivery(content(action(title=text, instructions=text))))
    path = folder / "cal" / "ana" / "A7-abc.ics"
    raw = path.read_bytes()
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    # No bare line end, so that no text can begin a property of its own.
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    names = [re.split("[:;]", line)[0] for line in unfolded(path) if line]
    assert names == [
        "BEGIN", "VERSION", "PRODID", "METHOD", "BEGIN", "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY",
        "STATUS", "TRANSP", "CATEGORIES", "DESCRIPTION", "END", "END",
    ]  # fmt: skip


def test_text_is_escaped_as_the_standard_says(tmp_path: Path) -> None:
    send(calendar(tmp_path), delivery(content(action(title="a,b;c\\d\nEND:VEVENT"))))
    assert "SUMMARY:A7 a\\,b\\;c\\\\d END:VEVENT" in unfolded(tmp_path / "cal" / "ana" / "A7-abc.ics")
