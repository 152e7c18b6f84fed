"""Held records: the list, and the retry once a file is mended."""

from __future__ import annotations

from pathlib import Path

from tests.tui.commands.shell import CONFIRMATIONS, ORDERS, Run, one_sentence


def test_a_record_is_taken_once_its_file_is_mended(desk: Run, tmp_path: Path) -> None:
    bad = "c-9,confirmation,2026-03-02T08:12:00Z,purchase_order,4702/10,SKU-30,ANR,NORDWERK,60,30 March\n"
    (tmp_path / "inbox" / "late.csv").write_text(CONFIRMATIONS + bad, encoding="utf-8")
    assert desk("ingest", "inbox/late.csv", "--json").document["quarantined"] == 1
    held = desk("quarantine", "--json").document["items"]
    assert "30 March" in held[0]["raw"]
    assert held[0]["mend"] in desk("show", held[0]["id"]).out, "how it is written is not told in the desk's time"

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


def test_a_file_of_the_same_name_elsewhere_takes_nothing(desk: Run, tmp_path: Path) -> None:
    row = "{id},confirmation,purchase_order,4702/10,SKU-30,60,{eta}\n"
    header = "id,kind,order_kind,order_ref,item,quantity,eta\n"
    (tmp_path / "inbox" / "late.csv").write_text(header + row.format(id="c-9", eta="2026-03-20"), encoding="utf-8")
    (tmp_path / "late.csv").write_text(header + row.format(id="c-9", eta="30 March"), encoding="utf-8")
    desk("ingest", "inbox/late.csv", "late.csv")
    held = desk("quarantine", "--json").document["items"]
    assert held[0]["file"] == str(tmp_path / "late.csv")

    retried = desk("quarantine", "--retry", "--json").document

    assert (retried["taken"], retried["held"]) == (0, 1)
    assert retried["notes"] == [
        f"{held[0]['id']}: still refused: '30 March' is no date of the form iso;"
        " write it as 2021-11-28 or 2021-11-28T13:45:00Z"
    ]
    assert desk("quarantine", "--json").document["total"] == 1


def test_ingesting_the_mended_file_lets_the_record_go_and_says_so(desk: Run, tmp_path: Path) -> None:
    text = "id,kind,order_kind,order_ref,eta\nc-9,eta,purchase_order,4702/10,30 March\n"
    (tmp_path / "late.csv").write_text(text, encoding="utf-8")
    desk("ingest", "late.csv")
    assert desk("quarantine").out.splitlines()[-1].startswith("mend the mapping and say `offplan quarantine --retry`")
    (tmp_path / "late.csv").write_text(text.replace("30 March", "2026-03-30"), encoding="utf-8")

    answer = desk("ingest", "late.csv")

    assert answer.err == "let go of 1 held before: the same rows came in order now\n"
    assert desk("quarantine", "--json").document["total"] == 0


def test_a_record_of_a_plan_is_for_load(desk: Run, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS + "4799/10,SKU-1,RTM,ACME,lots,EA,2026-03-09,1,EUR\n", encoding="utf-8")
    desk("load", "orders.csv", "--as", "purchase_order")

    assert "it came with a baseline: `offplan load` the mended file" in desk("quarantine", "--retry").out

    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    desk("load", "orders.csv", "--as", "purchase_order")
    assert desk("quarantine", "--json").document["total"] == 0


def test_an_id_that_is_not_held_is_refused(desk: Run) -> None:
    answer = desk("quarantine", "--retry", "Q7")

    assert answer.code == 1
    assert one_sentence(answer)
