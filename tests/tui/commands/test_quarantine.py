"""Held records: the list, and the retry once a file is mended."""

from __future__ import annotations

from pathlib import Path

from tests.tui.commands.shell import CONFIRMATIONS, Run, one_sentence


def test_a_record_is_taken_once_its_file_is_mended(desk: Run, tmp_path: Path) -> None:
    bad = "c-9,confirmation,2026-03-02T08:12:00Z,purchase_order,4702/10,SKU-30,ANR,NORDWERK,60,30 March\n"
    (tmp_path / "inbox" / "late.csv").write_text(CONFIRMATIONS + bad, encoding="utf-8")
    assert desk("ingest", "inbox/late.csv", "--json").document["quarantined"] == 1
    held = desk("quarantine", "--json").document["items"]
    assert "30 March" in held[0]["raw"]

    unchanged = desk("quarantine", "--retry", held[0]["id"], "--json").document
    assert (unchanged["taken"], unchanged["held"]) == (0, 1)

    (tmp_path / "inbox" / "late.csv").write_text(
        CONFIRMATIONS + bad.replace("30 March", "2026-03-30"), encoding="utf-8"
    )
    mended = desk("quarantine", "--retry", "--json").document

    assert (mended["retried"], mended["taken"], mended["held"]) == (1, 1, 0)
    assert desk("quarantine", "--json").document["total"] == 0
    assert desk("deviations", "--where", "subject~4702/10", "--json").document["total"] == 1


def test_a_file_that_is_gone_is_said(desk: Run, tmp_path: Path) -> None:
    path = tmp_path / "gone.csv"
    path.write_text("id,kind,order_ref,eta\ng-1,eta,4711/10,never\n", encoding="utf-8")
    desk("ingest", "gone.csv")
    path.unlink()

    answer = desk("quarantine", "--retry")

    assert "gone.csv is not there any more" in answer.out
    assert desk("quarantine", "--json").document["total"] == 1


def test_an_id_that_is_not_held_is_refused(desk: Run) -> None:
    answer = desk("quarantine", "--retry", "Q7")

    assert answer.code == 1
    assert one_sentence(answer)
