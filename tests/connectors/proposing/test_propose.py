"""`offplan map`: what is recognised in files of strangers, what is called doubtful, and how it is written down."""

from __future__ import annotations

import json
import os
import resource
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from connectors.files import reading
from connectors.proposing.propose import Proposal, append, propose
from connectors.settings.settings_file import load
from engine.validation.signal_checks import sift
from engine.values.errors import BadInput
from engine.vocabulary.model import PlanLine, SignalIn

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"

GERMAN = """Bestellnummer;Pos.;Material;Werk;Lieferant;Bestellmenge;ME;Liefertermin;Nettowert;Währung;Status
4711;10;M-1;1000;ACME GmbH;1.200,5;ST;25.02.2026;12.345,67;EUR;offen
4711;20;M-2;1000;Müller;7,0;ST;28.02.2026;99,90;EUR;storniert
"""


def proposed(folder: Path, text: str | bytes, kind: str | None = None, name: str = "data.csv") -> Proposal:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return propose(path, kind)


def fields(proposal: Proposal) -> dict[str, Any]:
    return dict(proposal.mapping["fields"])


def test_coordinates_of_sites_are_known_by_their_usual_names(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, "id;Lat;Lng\nRTM;51.95;4.14\nANR;51.26;4.39\n", "site")
    assert fields(proposal) == {"id": "id", "latitude": "Lat", "longitude": "Lng"}


def test_a_german_order_book_in_a_western_encoding(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, GERMAN.encode("cp1252"), name="bestellungen-2026-02.csv")
    assert {key: proposal.mapping[key] for key in ("as", "files", "delimiter", "encoding")} == {
        "as": "purchase_order",
        "files": "bestellungen-*.csv",
        "delimiter": ";",
        "encoding": "cp1252",
    }
    assert fields(proposal) == {
        "ref": {"template": "{Bestellnummer}/{Pos.}"},
        "item": "Material",
        "site": "Werk",
        "party": "Lieferant",
        "quantity": {"column": "Bestellmenge", "decimal": ",", "thousands": "."},
        "uom": "ME",
        "planned_at": {"column": "Liefertermin", "date": "%d.%m.%Y"},
        "value": {"column": "Nettowert", "decimal": ",", "thousands": "."},
        "currency": "Währung",
        "status": {"column": "Status", "values": {"offen": "open", "storniert": "cancelled"}},
    }
    assert proposal.preview[0]["quantity"] == 1200.5
    assert proposal.preview[0]["planned_at"] == "2026-02-25T00:00:00Z"
    assert [doubt.text for doubt in proposal.doubts] == ["purchase_order", "cp1252"]


def test_what_is_proposed_reads_the_file_it_came_from(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, GERMAN.encode("cp1252"), name="orders.csv")
    settings = tmp_path / "offplan.toml"
    settings.write_text("# mine, and it stays\n[desk]\nname = 'x'  # so", encoding="utf-8")
    append(settings, proposal, "orders")
    text = settings.read_text(encoding="utf-8")
    assert text.startswith("# mine, and it stays\n[desk]\nname = 'x'  # so\n\n[mapping.orders]\n")
    rows = list(reading.plan_rows(tmp_path / "orders.csv", load(settings), "purchase_order"))
    assert [(row.ref, row.quantity, row.value_minor, row.status) for row in rows if isinstance(row, PlanLine)] == [
        ("4711/10", 1200.5, 1234567, "open"),
        ("4711/20", 7.0, 9990, "cancelled"),
    ]
    with pytest.raises(BadInput, match=r"mapping\.orders: it stands there already"):
        append(settings, proposal, "orders")
    assert settings.read_text(encoding="utf-8") == text
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_settings_keep_their_line_ends(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, GERMAN.encode("cp1252"), name="orders.csv")
    settings = tmp_path / "offplan.toml"
    settings.write_bytes(b"# from Windows\r\n[desk]\r\n")
    append(settings, proposal, "orders")
    assert settings.read_bytes().startswith(b"# from Windows\r\n[desk]\r\n\n[mapping.orders]\n")


def test_settings_that_cannot_be_written_stay_and_say_so(tmp_path: Path) -> None:
    """A process that may write no file longer than nothing stands for a full disk."""
    proposal = proposed(tmp_path, GERMAN.encode("cp1252"), name="orders.csv")
    settings = tmp_path / "offplan.toml"
    settings.write_text("[desk]\n", encoding="utf-8")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        with pytest.raises(BadInput, match=r"offplan\.toml: it cannot be written .* stays as it was; free some space"):
            append(settings, proposal, "orders")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert settings.read_text(encoding="utf-8") == "[desk]\n"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


CODED = """Message ID,PO,AT701,eventTime,retractedEventID
m1,4711,A9,2026-02-25T10:00:00Z,
m2,4712,X1,2026-02-25T11:00:00Z,m1
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            CODED,
            {
                "id": "Message ID", "kind": {"const": "logistics"}, "occurred_at": "eventTime", "order_ref": "PO",
                "code": {"template": "x12.1650:{AT701}"}, "corrects": "retractedEventID",
            },
        ),
        (
            "eventID,disposition,Batch,Item,eventTime\ne1,damaged,L1,A,2026-02-25T10:00:00Z\n",
            {
                "id": "eventID", "kind": {"const": "quality"}, "occurred_at": "eventTime", "item": "Item",
                "code": {"template": "epcis.disposition:{disposition}"}, "lot": "Batch",
            },
        ),
        (
            "id;Arbeitsplatz;Werk;Menge;Sollmenge;Datum\n1;LINE-3;RTM;90;100;2026-02-25\n",
            {
                "id": "id", "kind": {"const": "production"}, "occurred_at": "Datum", "site": "Werk", "quantity": "Menge",
                "resource": "Arbeitsplatz", "expected": "Sollmenge",
            },
        ),
    ],
)  # fmt: skip
def test_events_are_known_by_their_codes_and_by_what_was_made(
    tmp_path: Path, text: str, expected: dict[str, Any]
) -> None:
    proposal = proposed(tmp_path, text, "signal")
    assert fields(proposal) == expected
    settings = tmp_path / "offplan.toml"
    settings.write_text("", encoding="utf-8")
    append(settings, proposal, "events")
    rows = [row for batch in reading.signal_batches(tmp_path / "data.csv", load(settings), "f") for row in batch.rows]
    sifted = sift("f", rows, "data.csv")
    assert (sifted.refusals, len(sifted.signals)) == ([], text.count("\n") - 1)


def test_dates_that_may_be_day_or_month_first_are_doubtful_cells(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, "po,eta\n1,01/02/2026\n2,03/04/2026\n3,05/05/2026\n")
    doubts = [(doubt.column, doubt.line, doubt.text) for doubt in proposal.doubts if doubt.column == "eta"]
    assert doubts == [("eta", 2, "01/02/2026"), ("eta", 3, "03/04/2026")]
    settled = proposed(tmp_path, "po,eta\n1,01/02/2026\n2,03/14/2026\n")
    assert fields(settled)["eta"] == {"column": "eta", "date": "%m/%d/%Y"}
    assert [doubt for doubt in settled.doubts if doubt.column == "eta"] == []


def test_a_point_that_may_be_decimal_or_thousands_is_doubtful(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, "po,eta,qty\n1,2026-03-09,1,234\n".replace("1,234", '"1,234"'))
    assert ("qty", 2) in [(doubt.column, doubt.line) for doubt in proposal.doubts]


def test_null_words_and_cells_that_do_not_fit_are_named(tmp_path: Path) -> None:
    rows = [f"{number},M-1,RTM,2026-03-{number:02},5" for number in range(1, 25)]
    odd = ["25,M-1,RTM,TBD,5", "26,M-1,RTM,soon,5", "27,M-1,RTM,2026-03-27,lots"]
    proposal = proposed(
        tmp_path,
        "\n".join(["order id,item,site,due date,qty", *rows, *odd]),
        "purchase_order",
    )
    assert proposal.mapping["null"] == ["TBD"]
    assert {(doubt.column, doubt.line, doubt.text) for doubt in proposal.doubts} == {
        ("due date", None, ""),
        ("due date", 27, "soon"),
        ("qty", 28, "lots"),
    }


def test_receipts_without_their_date_are_passed_over(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, "po number,delivered date\n1,2026-03-09\n2,\n")
    assert proposal.mapping["only"] == [{"column": "delivered date", "empty": False}]
    assert fields(proposal)["kind"] == {"const": "receipt"}
    assert len(proposal.preview) == 1


def test_json_with_its_records_inside(tmp_path: Path) -> None:
    text = json.dumps({"meta": {"n": 2}, "data": {"rows": [{"po": {"number": "1"}, "eta": "2026-03-09T08:00:00Z"}]}})
    proposal = proposed(tmp_path, text, name="etas.json")
    assert proposal.mapping["items"] == "data.rows"
    assert proposal.preview[0]["order_ref"] == "1"


@pytest.mark.parametrize("text", ["", "a,b\n", "x,y\n1,1\n1,1\n"])
def test_a_file_that_teaches_nothing_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput):
        proposed(tmp_path, text, "purchase_order")


def test_text_of_a_file_cannot_break_out_of_the_settings(tmp_path: Path) -> None:
    nasty = 'po "\x7f\\ ]\u2028 = {x}'
    header = '"' + nasty.replace('"', '""') + '"'
    proposal = proposed(tmp_path, f"order id,{header}\n1,2026-03-09\n", "signal")
    mapping = Proposal({**proposal.mapping, "null": [nasty, "\n[desk]"]}, ())
    assert tomllib.loads(mapping.to_toml('a"b'))["mapping"]['a"b']["null"] == [nasty, "\n[desk]"]


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("walmart_weekly_sales/Walmart.csv", None, {"kind": {"const": "demand"}, "site": "Store", "quantity": "Weekly_Sales"}),
        ("product_backorders/BackOrders.csv", None, {"kind": {"const": "stock"}, "item": "sku", "quantity": "national_inv"}),
        ("product_backorders/BackOrders.csv", "target", {"item": "sku", "quantity": "min_bank"}),
        ("scms_delivery_history/dev_scheduled_2006_2012.csv", "purchase_order",
         {"ref": "ID", "planned_at": {"column": "Scheduled Delivery Date", "date": "%d-%b-%y"}, "value": "Line Item Value"}),
        ("olist_orders_5000/olist_orders_dataset.csv", None,
         {"order_ref": "order_id", "occurred_at": {"column": "order_delivered_customer_date", "date": "%m/%d/%Y %H:%M"}}),
        ("frepple/csv/manufacturing_demo/demand.csv", None, {"ref": "name", "planned_at": "due", "party": "customer_id"}),
    ],
)  # fmt: skip
def test_public_files_are_recognised(name: str, kind: str | None, expected: dict[str, Any]) -> None:
    if not (DATA / name).exists():
        pytest.skip(f"needs {name} in shared/data beside the checkout")
    proposal = propose(DATA / name, kind)
    found = fields(proposal)
    assert {key: found.get(key) for key in expected} == expected
    assert proposal.preview


def test_signals_that_are_proposed_can_be_read(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, "sku,warehouse,on hand,date\nA,RTM,5,2026-03-09\nB,RTM,0,2026-03-09\n")
    (tmp_path / "offplan.toml").write_text("", encoding="utf-8")
    append(tmp_path / "offplan.toml", proposal, "stock")
    (batch,) = reading.signal_batches(tmp_path / "data.csv", load(tmp_path / "offplan.toml"), "command")
    assert [(row.kind, row.item, row.site, row.quantity) for row in batch.rows if isinstance(row, SignalIn)] == [
        ("stock", "A", "RTM", 5.0),
        ("stock", "B", "RTM", 0.0),
    ]


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("bestaetigungen.csv", "bestaetigungen*.csv"),
        ("orders-2026-03-09.csv", "orders-*.csv"),
        ("orders_2026-03-09_final.csv", "orders_*final*.csv"),
        ("a[1].csv", "a[[]*].csv"),
        (os.fsdecode(b"Auftr\xe4ge.csv"), "Auftr?ge*.csv"),
    ],
)
def test_the_pattern_takes_tomorrow_s_file(tmp_path: Path, name: str, pattern: str) -> None:
    files = proposed(tmp_path, "po,eta\n1,2026-03-09\n", name=name).mapping["files"]
    assert fnmatchcase(name, files)
    assert files == pattern or name == "a[1].csv"


def test_the_preview_shows_money_as_a_person_reads_it(tmp_path: Path) -> None:
    text = "po;qty;unit price;currency;due date\n1;1.200,0;12,50;EUR;01.03.2026\n2;3;7,00;JPY;01.03.2026\n"
    proposal = proposed(tmp_path, text, "purchase_order")
    first, second = proposal.preview
    assert first["unit_price"] == {"amount": 12.5, "currency": "EUR"}
    assert first["value"] == {"amount": 15000.0, "currency": "EUR"}
    assert (second["unit_price"], second["value"]) == (
        {"amount": 7.0, "currency": "JPY"},
        {"amount": 21.0, "currency": "JPY"},
    )
    (bare,) = propose(tmp_path / "data.csv", "purchase_order", "CHF").preview[:1]
    assert bare["value"]["currency"] == "EUR"


def test_amounts_without_a_currency_are_the_desk_s(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("po,value,due\n1,99.5,2026-03-09\n", encoding="utf-8")
    assert propose(tmp_path / "data.csv", "purchase_order", "CHF").preview[0]["value"] == {
        "amount": 99.5,
        "currency": "CHF",
    }


@pytest.mark.parametrize("header", ["Whg", "Cur", "Belegart"])
def test_a_column_of_currencies_is_no_amount_in_the_desk_s(tmp_path: Path, header: str) -> None:
    text = f"PO,Item,Plant,Qty,Price,{header},Due\n1,M-1,RTM,5,7,GBP,2026-03-09\n2,M-1,RTM,5,7,USD,2026-03-09\n"
    proposal = proposed(tmp_path, text, "purchase_order")
    assert fields(proposal)["currency"] == header
    assert [row["value"] for row in proposal.preview] == [
        {"amount": 35.0, "currency": "GBP"},
        {"amount": 35.0, "currency": "USD"},
    ]
    guessed = [(header, "taken as the currency because its cells are codes of currencies")]
    assert [(doubt.column, doubt.why) for doubt in proposal.doubts] == (guessed if header == "Belegart" else [])


def test_what_order_lines_would_be_loaded_without_is_doubtful(tmp_path: Path) -> None:
    text = "PO,Due,Pieces,Remark,Price\n1,2026-03-09,5,x,7\n"
    doubts = {doubt.column: doubt.why for doubt in proposed(tmp_path, text, "purchase_order").doubts}
    assert doubts.keys() == {"item", "site", "quantity", "currency"}
    assert doubts["quantity"].endswith("nothing tells which lines are short; Pieces may be it")
    assert doubts["currency"].startswith("no column names one: amounts are in the desk's")
    whole = "po_number,po_line,sku,ship_to,vendor,ordered_qty,unit_cost,currency,promise_date\n1,1,M,NYC,V,5,2,USD,2026-03-09\n"
    proposal = proposed(tmp_path, whole, "purchase_order")
    assert (fields(proposal)["quantity"], fields(proposal)["unit_price"]) == ("ordered_qty", "unit_cost")
    assert not proposal.doubts


def test_a_stock_list_counts_items_at_sites(tmp_path: Path) -> None:
    text = "sku,warehouse,on_hand,as_of\nA-1,WUE,500,2026-11-26\nA-2,WUE,20,2026-11-26\n"
    proposal = proposed(tmp_path, text)
    assert fields(proposal) | {"kind": None, "item": None, "site": None, "quantity": None} == {
        "id": {"template": "{sku}@{warehouse}"},
        "occurred_at": "as_of",
        **dict.fromkeys(("kind", "item", "site", "quantity")),
    }
    assert [doubt.column for doubt in proposal.doubts] == ["as", "kind"]


def test_what_is_guessed_and_what_is_left_over_is_said(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, "shipmentNo,poRef,eta,Remark\n1,4711,2026-03-09,x\n")
    doubts = {doubt.column: (doubt.text, doubt.why) for doubt in proposal.doubts}
    assert doubts["as"] == ("signal", "guessed from the columns: --as says what it is")
    assert doubts["kind"][0] == "confirmation"
    assert doubts["shipmentNo"][1] == "taken as the order's reference; poRef looks like one as well"
    assert list(proposal.unused) == ["poRef", "Remark"]
    said = proposed(tmp_path, "shipmentNo,due\n1,2026-03-09\n", "shipment")
    assert [doubt.column for doubt in said.doubts] == []


def test_orders_without_a_date_that_is_known_are_called_doubtful(tmp_path: Path) -> None:
    orders = "Order,Part,Plant,Qty,UoM,Basic start\nM-1,FAN-9,HAM,50,EA,17/03/2026\n"
    proposal = proposed(tmp_path, orders, "production_order")
    assert fields(proposal)["uom"] == "UoM"
    assert [(doubt.column, doubt.why) for doubt in proposal.doubts] == [
        (
            "planned_at",
            "no column was taken as the date, so nothing tells which lines are late; Basic start may be it",
        )
    ]
    dated = proposed(tmp_path, orders.replace("Basic start", "Finish"), "production_order")
    assert fields(dated)["planned_at"] == {"column": "Finish", "date": "%d/%m/%Y"}
    assert not dated.doubts


def test_a_bill_of_materials_is_known_by_its_usual_names(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, "Parent,Component,Qty per,Lead days\nFAN-9,MOTOR-5,1,2\n", "bom")
    assert fields(proposal) == {
        "parent": "Parent",
        "item": "Component",
        "quantity": "Qty per",
        "lead_days": "Lead days",
    }
