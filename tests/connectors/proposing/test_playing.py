"""Which column plays which role in the exports of strangers: where a name alone says it, and where the cells decide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connectors.proposing.propose import Proposal, propose


def proposed(folder: Path, text: str, kind: str | None = None) -> Proposal:
    path = folder / "data.csv"
    path.write_text(text, encoding="utf-8")
    return propose(path, kind)


def fields(proposal: Proposal) -> dict[str, Any]:
    return dict(proposal.mapping["fields"])


def why(proposal: Proposal) -> dict[str, str]:
    """The doubt of each column; the last one where it has several."""
    return {doubt.column: doubt.why for doubt in proposal.doubts}


def test_a_column_that_is_called_a_date_is_one_although_people_wrote_words_into_it(tmp_path: Path) -> None:
    rows = "1;10;09.12.2026\n2;20;05.12.2026\n3;30;12/13/2026\n4;40;next week\n"
    proposal = proposed(tmp_path, "PO;Confirmed Qty;Confirmed Date\n" + rows)
    assert fields(proposal)["kind"] == {"const": "confirmation"}
    assert fields(proposal)["eta"] == {"column": "Confirmed Date", "date": "%d.%m.%Y"}
    unread = [(doubt.line, doubt.text) for doubt in proposal.doubts if doubt.column == "Confirmed Date"]
    assert unread == [(4, "12/13/2026"), (5, "next week")]


def test_a_column_whose_cells_are_not_what_its_name_says_is_left_out_with_a_word(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, "PO,Qty,Confirmed Date\n1,2,soon\n2,2,later\n3,2,2026-03-09\n")
    assert "eta" not in fields(proposal)
    assert why(proposal)["Confirmed Date"].startswith("not used: by its name it holds dates")
    numbers = proposed(tmp_path, "PO,Qty,Due\n1,many,2026-03-09\n2,few,2026-03-09\n", "purchase_order")
    assert why(numbers)["Qty"].startswith("not used: by its name it holds numbers")


ORDERS = """Purchasing Document;Item;Material;Plant;Vendor/supplying plant;Order Quantity;Order Unit;Delivery date
4500012345;10;MAT-1;1000;ACME;1000;PC;2026-12-02
4500012345;20;MAT-2;1000;ACME;80;PC;2026-12-15
"""


def test_item_numbers_the_lines_of_an_order_where_material_is_the_item(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, ORDERS, "purchase_order")
    assert fields(proposal) == {
        "ref": {"template": "{Purchasing Document}/{Item}"}, "item": "Material", "site": "Plant",
        "party": "Vendor/supplying plant", "quantity": "Order Quantity", "uom": "Order Unit", "planned_at": "Delivery date",
    }  # fmt: skip
    assert why(proposal) == {"Item": "taken as the line of the order, since Material is the item"}


@pytest.mark.parametrize(
    "text",
    [
        "PO,Item,Plant,Qty,Due\n1,10,RTM,5,2026-03-09\n2,20,RTM,5,2026-03-09\n",
        "PO,Item,Material,Plant,Qty,Due\n1,M-10,steel,RTM,5,2026-03-09\n2,M-20,tin,RTM,5,2026-03-09\n",
        "PO,Item,Material,Plant,Qty,Due\n1,10,A,RTM,5,2026-03-09\n1,10,B,RTM,5,2026-03-09\n",
    ],
)
def test_item_stays_the_item_where_it_is_the_only_one_a_code_or_twice_in_an_order(tmp_path: Path, text: str) -> None:
    proposal = proposed(tmp_path, text, "purchase_order")
    assert (fields(proposal)["item"], fields(proposal)["ref"]) == ("Item", "PO")


def test_a_number_that_tells_the_rows_of_an_order_apart_is_its_line(tmp_path: Path) -> None:
    orders = "Sales Document,Item (SD),Material,Sold-to party,Order Quantity,Requested deliv.date\n"
    proposal = proposed(tmp_path, orders + "12,10,A,C,4,2026-12-05\n12,20,B,C,7,2026-12-16\n", "sales_order")
    assert fields(proposal)["ref"] == {"template": "{Sales Document}/{Item (SD)}"}
    assert (fields(proposal)["party"], fields(proposal)["planned_at"]) == ("Sold-to party", "Requested deliv.date")
    alone = proposed(tmp_path, orders + "12,10,A,C,4,2026-12-05\n13,10,B,C,7,2026-12-16\n", "sales_order")
    assert fields(alone)["ref"] == "Sales Document"


def test_a_shipment_is_known_by_its_own_number_and_not_by_the_order_in_it(tmp_path: Path) -> None:
    text = "Shipment,PO,Line,Carrier,ETA,Qty\nSH1,4711,10,MAERSK,2026-12-05,10\n"
    assert fields(proposed(tmp_path, text, "shipment"))["ref"] == "Shipment"
    assert fields(proposed(tmp_path, text, "purchase_order"))["ref"] == {"template": "{PO}/{Line}"}


def test_a_quantity_that_was_received_makes_receipts_of_the_day_beside_it(tmp_path: Path) -> None:
    text = "PO Number,Line,Material,Plant,{},Posting Date\n4711,10,A,1000,500,2026-11-25\n"
    received = fields(proposed(tmp_path, text.format("GR Quantity")))
    assert (received["kind"], received["occurred_at"]) == ({"const": "receipt"}, "Posting Date")
    assert fields(proposed(tmp_path, text.format("Quantity")))["kind"] == {"const": "note"}


def test_people_and_items_are_known_by_their_usual_names(tmp_path: Path) -> None:
    owners = proposed(tmp_path, "name,function,plant,mail\nMaria,procurement,W01,maria@example.com\n", "owner")
    assert fields(owners) == {"id": "name", "name": "name", "functions": "function", "sites": "plant", "email": "mail"}
    items = proposed(tmp_path, "Materialnr;Bezeichnung;Einheit\nM-1;Bolt;ST\n", "item")
    assert fields(items) == {"id": "Materialnr", "name": "Bezeichnung", "uom": "Einheit"}
    forecast = proposed(tmp_path, "Material,Plant,Week,Forecast Qty\nM-1,1000,2026-W49,300\n", "forecast")
    assert fields(forecast) == {"item": "Material", "site": "Plant", "quantity": "Forecast Qty", "planned_at": "Week"}


def test_lines_without_a_date_or_a_quantity_are_doubtful(tmp_path: Path) -> None:
    text = "PO,Item,Plant,Qty,Due\n1,A,RTM,,2026-03-09\n2,B,RTM,5,\n3,C,RTM,5,\n"
    assert why(proposed(tmp_path, text, "purchase_order")) == {
        "Due": "2 cells are empty: such a line is never called late",
        "Qty": "a cell is empty: such a line is never called short",
    }


def test_stock_that_is_stated_by_storage_place_is_doubtful(tmp_path: Path) -> None:
    text = "Material,Plant,Storage Location,Unrestricted,Date\nA,1000,1,150,2026-03-09\n"
    twice = proposed(tmp_path, text + "A,1000,2,50,2026-03-09\n")
    assert "A at 1000 stands here more than once, and only its last row counts: sum them up first" in [
        doubt.why for doubt in twice.doubts
    ]
    history = proposed(tmp_path, text + "A,1000,1,50,2026-03-10\n")
    assert not [doubt for doubt in history.doubts if "more than once" in doubt.why]
