"""`offplan report metrics`: text for people, Markdown for their pages, HTML for a browser, JSON for programs."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from tests.tui.commands.shell import Run, one_sentence


def test_the_report_is_text_without_escapes_unless_said(desk: Run) -> None:
    said = "5 * 3 [see] `x` <b> | #1 a_b _c"
    desk("comment", "D1", "--text", said)
    brief = desk("report", "handover").out
    assert brief.splitlines()[0].startswith("# Handover of ")
    assert said in brief
    assert "\\" not in brief
    rows = [line for line in brief.splitlines() if "late_supply" in line]
    assert len({line.index("late_supply") for line in rows}) == 1, "columns stand below one another"
    escaped = desk("report", "handover", "--format", "markdown").out
    assert r"5 \* 3 \[see\] \`x\` \<b\> \| #1 a_b \_c" in escaped


def test_the_report_as_markdown(desk: Run) -> None:
    desk("dismiss", "D2", "--reason", "a week is nothing", "--as", "noise")
    report = desk("report", "metrics", "--format", "markdown")
    assert report.code == 0
    lines = report.out.splitlines()
    assert lines[0].startswith("# Metrics of ")
    for title in ("By kind", "By rule", "Severities", "Load", "How long it took", "Sources"):
        assert f"## {title}" in lines
    assert "    offplan tolerance late_supply days=12 --preview" in lines
    assert any(line.startswith("| late_supply | 1 | 0 | 1 |") for line in lines)


def test_the_load_is_that_of_one_person_or_of_each(desk: Run) -> None:
    desk("ack", "D1", "--to", "ana")
    assert " an hour for one person (guidance" in desk("report", "metrics").out
    desk("ack", "D2", "--to", "bo")
    assert " an hour for each of 2 persons (guidance" in desk("report", "metrics").out


def test_one_is_no_plural_and_none_is_said(desk: Run) -> None:
    desk("dismiss", "D2", "--reason", "a week is nothing")
    brief = desk("report", "handover").out
    assert "1 deviation stands in the queue" in brief
    desk("dismiss", "D1", "--reason", "a week is nothing")
    assert "0 deviations stand in the queue, €0 exposed; no decide-by has passed." in desk("report", "handover").out


def test_json_is_whole_by_either_word(desk: Run) -> None:
    by_format = desk("report", "metrics", "--format", "json").document
    assert by_format == desk("report", "metrics", "--json").document
    assert by_format["total"]["opened"] == 2
    assert by_format["since"] == "2026-01-31T10:00:00Z"


@pytest.mark.parametrize("words", [("--since", "-1d"), ("--since=-24h",), ("--since", "2026-03-01T10:00:00Z")])
def test_a_period_is_a_span_back_or_a_date(desk: Run, words: tuple[str, ...]) -> None:
    assert desk("report", "metrics", "--json", *words).document["since"] == "2026-03-01T10:00:00Z"


def test_a_period_that_is_none_is_one_sentence(desk: Run) -> None:
    assert one_sentence(desk("report", "metrics", "--since", "yesterday"))
    assert one_sentence(desk("report", "metrics", "--since", "-30y"))
    assert one_sentence(desk("report", "metrics", "--format", "pdf"))


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_html_is_one_page_and_data_stays_text(desk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFPLAN_ACTOR", "<script>alert(1)</script>|*x*")
    desk("ack", "D1")
    page = desk("report", "metrics", "--format", "html").out
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert "script" not in tags.seen
    assert "&lt;script&gt;" in page
    markdown = desk("report", "metrics", "--format", "markdown").out
    assert "\\<script\\>alert(1)\\</script\\>\\|\\*x\\*" in markdown
