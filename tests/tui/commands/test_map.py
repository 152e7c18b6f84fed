"""A mapping proposed, shown with what is doubtful, and written."""

from __future__ import annotations

from pathlib import Path

from tests.tui.commands.shell import Run, one_sentence

TEXT = "PO Number;shipmentNo;Qty;Unit Price;Delivery Date;Remark\n4711;S1;1.200,0;12,50;09.03.2026;x\n"


def test_the_proposal_shows_money_doubts_and_what_is_left_over(run: Run, tmp_path: Path) -> None:
    run("init")
    (tmp_path / "orders.csv").write_text(TEXT, encoding="utf-8")

    shown = run("map", "orders.csv", "--as", "purchase_order", "--dry-run")
    document = run("map", "orders.csv", "--json").document

    assert "12.50 EUR" in shown.out
    assert "15,000 EUR" in shown.out
    assert "Columns not used, but kept with each record: shipmentNo, Remark" in shown.out
    assert "shipmentNo looks like one as well" in shown.out
    assert document["unused"] == ["shipmentNo", "Remark"]
    assert document["doubts"][0]["text"] == "purchase_order"
    assert document["written"] == str(tmp_path / "offplan.toml")


def test_tomorrow_s_file_is_read_by_today_s_mapping(run: Run, tmp_path: Path) -> None:
    run("init")
    (tmp_path / "orders.csv").write_text(TEXT, encoding="utf-8")
    run("map", "orders.csv", "--as", "purchase_order")
    (tmp_path / "orders_2026-03-03.csv").write_text(TEXT, encoding="utf-8")
    assert run("load", "orders_2026-03-03.csv", "--as", "purchase_order", "--json").document["added"] == 1

    (tmp_path / "export.csv").write_text(TEXT, encoding="utf-8")
    answer = run("load", "export.csv", "--as", "purchase_order")

    assert one_sentence(answer)
    assert "mapping.orders has its columns: widen its `files`, or give --mapping orders" in answer.err
    assert run("load", "export.csv", "--as", "purchase_order", "--mapping", "orders").code == 0
