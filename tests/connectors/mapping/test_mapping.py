"""From files to values through mappings: every kind of rule, dates and zones, numbers and money, and every refusal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.files import reading
from connectors.formats.blocks import Block
from connectors.mapping.compiled import CompiledMapping
from connectors.mapping.converters import Column, converter, decimal_reader
from connectors.settings.mapping_settings import FieldRule, MappingSection
from connectors.settings.settings_file import Settings, load
from connectors.values.faults import Fault
from engine.values.clock import iso, parse_instant
from engine.values.errors import BadInput
from engine.vocabulary.model import PlanLine, PlanRecord, Refusal, SignalIn


class Workspace:
    """A settings file and data files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def settings(self, text: str) -> Settings:
        path = self.folder / "offplan.toml"
        path.write_text(text, encoding="utf-8")
        return load(path)

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def signals(self, toml: str, text: str, name: str = "data.csv") -> list[SignalIn | Refusal]:
        settings = self.settings(toml)
        batches = reading.signal_batches(self.file(name, text), settings, "erp", list(settings.mappings) or None)
        return [row for batch in batches for row in batch.rows]

    def plan(self, toml: str, text: str, kind: str, name: str = "data.csv") -> list[PlanLine | PlanRecord | Refusal]:
        return list(reading.plan_rows(self.file(name, text), self.settings(toml), kind))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def signal_mapping(fields: str, more: str = "") -> str:
    return f'[mapping.m]\nas = "signal"\n{more}\n[mapping.m.fields]\n{fields}\n'


def line_mapping(fields: str, more: str = "", kind: str = "purchase_order") -> str:
    return f'[mapping.m]\nas = "{kind}"\nfiles = "*"\n{more}\n[mapping.m.fields]\nref = "ref"\n{fields}\n'


def only_signal(rows: list[SignalIn | Refusal]) -> SignalIn:
    (row,) = rows
    assert isinstance(row, SignalIn)
    return row


def only_line(rows: list[PlanLine | PlanRecord | Refusal]) -> PlanLine:
    (row,) = rows
    assert isinstance(row, PlanLine)
    return row


def only_refusal(rows: list[Any]) -> Refusal:
    (row,) = rows
    assert isinstance(row, Refusal)
    return row


def test_a_signal_from_columns_constants_templates_and_word_lists(workspace: Workspace) -> None:
    toml = signal_mapping(
        """
        id = { template = "{PO}/{Line}" }
        kind = { column = "Type", values = { AB = "confirmation" }, otherwise = "note" }
        order_kind = { const = "purchase_order" }
        order_ref = { template = "{PO}/{Line}" }
        quantity = { column = "Qty", factor = 12 }
        uom = { const = "EA" }
        eta = { column = "ETA", date = "%d-%b-%y", zone = "Europe/Berlin" }
        recorded_at = "Told"
        """,
        'null = ["TBD"]',
    )
    row = only_signal(
        workspace.signals(
            toml, "PO,Line,Type,Qty,ETA,Told,Note\n4711,10,AB,2.5,12-Dec-25,2025-11-22T14:03:00+01:00,hi\n"
        )
    )
    assert row == SignalIn(
        source_id="4711/10",
        kind="confirmation",
        occurred_at=None,
        recorded_at=parse_instant("2025-11-22T13:03:00Z", "test"),
        order_kind="purchase_order",
        order_ref="4711/10",
        item=None,
        site=None,
        party=None,
        quantity=30.0,
        uom="EA",
        eta=parse_instant("2025-12-11T23:00:00Z", "test"),
        status=None,
        payload='{"Note":"hi"}',
        line=2,
    )
    other = only_signal(workspace.signals(toml, "PO,Line,Type,Qty,ETA,Told\n4711,10,XX,,TBD,\n"))
    assert (other.kind, other.quantity, other.eta, other.recorded_at, other.payload) == ("note", None, None, None, "{}")


def test_half_a_template_is_no_reference(workspace: Workspace) -> None:
    toml = signal_mapping('id = { template = "{PO}/{Line}" }\nkind = { const = "note" }')
    refusal = only_refusal(workspace.signals(toml, "PO,Line\n4711,\n"))
    assert (refusal.place.line, refusal.place.column, refusal.reason) == (2, "PO + Line", "id is empty")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-03-09", "2026-03-08T23:00:00Z", "2026-03-09T23:00:00Z"),
        ("2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        ("2026-03-29T02:30:00", "2026-03-29T01:30:00Z", None),
        ("2026-10-25T02:30:00", "2026-10-25T00:30:00Z", None),
        ("2026-10-25T02:30:00+01:00", "2026-10-25T01:30:00Z", None),
        ("2026-03-09T08:00:00Z", "2026-03-09T08:00:00Z", None),
    ],
)
def test_days_and_times_of_a_zone_also_where_the_clock_jumps(
    workspace: Workspace, text: str, start: str, end: str | None
) -> None:
    toml = line_mapping('due = "due"', 'zone = "Europe/Berlin"')
    line = only_line(workspace.plan(toml, f"ref,due\n1,{text}\n", "purchase_order"))
    assert line.planned_at is not None
    assert iso(line.planned_at) == start
    assert (None if line.until_at is None else iso(line.until_at)) == end


def test_day_granularity_can_be_set_and_the_end_of_a_day_chosen(workspace: Workspace) -> None:
    toml = line_mapping('planned_at = { column = "due", date = "%m/%d/%Y %H:%M", day = true }')
    line = only_line(workspace.plan(toml, "ref,due\n1,10/18/2017 0:00\n", "purchase_order"))
    assert [iso(at or 0) for at in (line.planned_at, line.until_at)] == ["2017-10-18T00:00:00Z", "2017-10-19T00:00:00Z"]
    toml = signal_mapping('id = "id"\nkind = { const = "note" }\noccurred_at = { column = "d", time = "end" }')
    row = only_signal(workspace.signals(toml, "id,d\n1,2026-03-09\n"))
    assert iso(row.occurred_at or 0) == "2026-03-10T00:00:00Z"


@pytest.mark.parametrize(
    ("form", "text"),
    [("epoch_s", "1772000000"), ("epoch_ms", "1772000000000"), ("excel", "46078.26")],
)
def test_numbers_as_times(workspace: Workspace, form: str, text: str) -> None:
    toml = signal_mapping(f'id = "id"\nkind = {{ const = "note" }}\noccurred_at = {{ column = "d", date = "{form}" }}')
    row = only_signal(workspace.signals(toml, f"id,d\n1,{text}\n"))
    assert iso(row.occurred_at or 0).startswith("2026-02-25T06:1")


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "2026-13-01", "2026-03-09T25:00:00Z", "yesterday", "9999-12-31", "0001-01-01", "12345", "2026-03-09T08:61:00Z", "٢٠٢٦-٠٣-٠٩"],
)  # fmt: skip
def test_impossible_dates_are_refused_with_place_and_mend(workspace: Workspace, text: str) -> None:
    toml = signal_mapping('id = "id"\nkind = { const = "note" }\noccurred_at = "When"')
    good = "\n".join(f"{number},2026-03-09T08:00:00Z" for number in range(100))
    rows = workspace.signals(toml, f"id,When\n{good}\nx,{text}\n{good}\n")
    refusals = [row for row in rows if isinstance(row, Refusal)]
    assert len(rows) == 201
    assert [(r.place.line, r.place.column) for r in refusals] == [(102, "When")]
    assert text in refusals[0].reason
    assert "2021-11-28" in refusals[0].mend
    assert json.loads(refusals[0].raw) == {"id": "x", "When": text}


def test_a_date_that_no_plan_means_is_called_that(workspace: Workspace) -> None:
    toml = signal_mapping('id = "id"\nkind = { const = "note" }\neta = "When"')
    (never,) = workspace.signals(toml, "id,When\n1,9999-12-31\n")
    assert isinstance(never, Refusal)
    assert never.reason == "'9999-12-31' lies outside the years 1900 to 2199"
    assert "`null`" in never.mend


@pytest.mark.parametrize(
    ("settings", "text", "value"),
    [
        ("", "1234.5", 1234.5),
        ("", "-7", -7.0),
        ("", "400-", -400.0),
        ("", "1.5e3", 1500.0),
        ("", ".5", 0.5),
        ('decimal = ","', "1234,5", 1234.5),
        ('decimal = ","\nthousands = "."', "1.234.567,25", 1234567.25),
        ('thousands = ","', "1,234", 1234.0),
        ('thousands = ","', "1234", 1234.0),
        ('thousands = " "', "1\u202f234\u00a0567.5", 1234567.5),
        ('thousands = "\'"', "1'234.5", 1234.5),
    ],
)
def test_numbers_as_the_mapping_says_they_are_written(
    workspace: Workspace, settings: str, text: str, value: float
) -> None:
    toml = line_mapping('quantity = "q"', settings)
    assert only_line(workspace.plan(toml, f'ref,q\n1,"{text}"\n', "purchase_order")).quantity == value


@pytest.mark.parametrize(
    "text",
    ["1,5", "NaN", "inf", "1_000", "1.2.3", "12 EA", "--5", "5-5", "1e999", "9" * 40, "٣", "0x10", "12:30:00", "€5"],
)
def test_impossible_numbers_are_refused(workspace: Workspace, text: str) -> None:
    refusal = only_refusal(workspace.plan(line_mapping('quantity = "q"'), f'ref,q\n1,"{text}"\n', "purchase_order"))
    assert (refusal.place.line, refusal.place.column) == (2, "q")
    assert refusal.mend


@pytest.mark.parametrize(
    ("currency", "text", "minor"),
    [("EUR", "19.99", 1999), ("JPY", "1999", 1999), ("KWD", "1.234", 1234), ("EUR", "0.105", 10), ("EUR", "0.115", 12)],
)
def test_money_in_the_minor_units_of_its_currency(workspace: Workspace, currency: str, text: str, minor: int) -> None:
    toml = line_mapping('value = "v"\ncurrency = "c"')
    line = only_line(workspace.plan(toml, f"ref,v,c\n1,{text},{currency}\n", "purchase_order"))
    assert (line.value_minor, line.currency) == (minor, currency)


def test_an_amount_whose_currency_is_left_empty_has_none(workspace: Workspace) -> None:
    """A file without such a column is in the desk's currency; one that leaves it empty is found by `offplan check`."""
    filled, empty = 'value = "v"\ncurrency = "c"', "ref,v,c\n1,5.5,\n"
    line = only_line(workspace.plan(line_mapping(filled), empty, "purchase_order"))
    assert (line.value_minor, line.currency) == (550, None)
    line = only_line(workspace.plan(line_mapping('value = "v"'), empty, "purchase_order"))
    assert (line.value_minor, line.currency) == (550, "EUR")


def test_value_from_unit_price_in_the_currency_of_the_desk(workspace: Workspace) -> None:
    toml = '[desk]\ncurrency = "CHF"\n' + line_mapping('unit_price = "p"\nquantity = "q"')
    line = only_line(workspace.plan(toml, "ref,p,q\n1,0.1,3\n", "purchase_order"))
    assert (line.value_minor, line.currency) == (30, "CHF")


def test_states_of_a_line_are_open_closed_or_cancelled(workspace: Workspace) -> None:
    toml = line_mapping('status = { column = "s", values = { Offen = "open", Storno = "cancelled" } }')
    rows = workspace.plan(toml, "ref,s\n1,Offen\n2,Storno\n3,\n4,weg\n", "purchase_order")
    assert [row.status for row in rows if isinstance(row, PlanLine)] == ["open", "cancelled", "open"]
    assert "'weg' is not among the known words" in only_refusal(rows[3:]).reason
    plain = only_refusal(workspace.plan(line_mapping('status = "s"'), "ref,s\n1,weg\n", "purchase_order"))
    assert "'weg' is no state" in plain.reason


def test_only_some_rows(workspace: Workspace) -> None:
    more = 'null = ["N/A"]\nonly = [{ column = "s", in = ["a", "b"] }, { column = "d", empty = false }]'
    toml = signal_mapping('id = "id"\nkind = { const = "note" }', more)
    rows = workspace.signals(toml, "id,s,d\n1,a,x\n2,c,x\n3,b,\n4,b,N/A\n5,b,y\n")
    assert [row.source_id for row in rows if isinstance(row, SignalIn)] == ["1", "5"]
    assert len(rows) == 2


def test_a_payload_that_is_json_stays_and_other_columns_join_it(workspace: Workspace) -> None:
    toml = signal_mapping('id = "id"\nkind = { const = "note" }\npayload = "p"')
    rows = workspace.signals(toml, 'id,p\n1,"{""a"": 1}"\n2,plain\n3,{broken\n4,\n')
    payloads = [json.loads(row.payload) for row in rows if isinstance(row, SignalIn)]
    assert payloads == [{"a": 1}, {"text": "plain"}, {"text": "{broken"}, {}]
    more = only_signal(workspace.signals(toml, 'id,p,x\n1,"{""a"": 1}",7\n'))
    assert json.loads(more.payload) == {"a": 1, "x": "7"}
    none = only_signal(
        workspace.signals(signal_mapping('id = "id"\nkind = { const = "note" }', "keep = false"), "id,x\n1,7\n")
    )
    assert none.payload == "{}"


def test_the_same_content_is_the_same_text_however_it_is_ordered(workspace: Workspace) -> None:
    """PEERS 34: columns that changed places, and the names inside of a JSON cell or record, are no news."""
    toml = signal_mapping('id = "id"\nkind = { const = "note" }\npayload = "p"')
    one = only_signal(workspace.signals(toml, 'id,p,x,y\n1,"{""b"": {""d"":1,""c"":2}, ""a"":3}",7,8\n'))
    other = only_signal(workspace.signals(toml, 'y,x,id,p\n8,7,1,"{ ""a"":3, ""b"": {""c"":2,""d"":1} }"\n'))
    assert one.payload == other.payload
    plain = signal_mapping('id = "id"\nkind = { const = "note" }')
    one = only_signal(workspace.signals(plain, '[{"id": "1", "b": [{"d": 1, "c": 2}], "a": 3}]', "data.json"))
    other = only_signal(workspace.signals(plain, '[{"a": 3, "b": [{"c": 2, "d": 1}], "id": "1"}]', "data.json"))
    assert one.payload == other.payload


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), max_size=6)


@settings(deadline=None)
@given(
    names=st.lists(
        CELLS.map(str.strip).filter(lambda name: name not in ("", "ref")), min_size=1, max_size=3, unique=True
    ),
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=4),
)
@example(names=["100 % %s", 'a"b\\'], rows=[["x", 'y"\\', ""]])
@example(names=["100 % %s", "b"], rows=[["x", "", ""]])
def test_what_no_field_takes_is_kept_as_json_whatever_it_says(names: list[str], rows: list[list[str]]) -> None:
    section = MappingSection.model_validate({"as": "signal", "fields": {"id": "ref", "kind": {"const": "note"}}})
    cut = [[f"r{number}", *row[: len(names)]] for number, row in enumerate(rows)]
    block = Block(("ref", *names), cut, range(len(cut)), textual=True)
    found = CompiledMapping("m", section, "EUR").rows(block, "f")
    kept = [{name: cell for name, cell in zip(names, row[1:], strict=True) if cell} for row in cut]
    assert [json.loads(row.payload) for row in found if isinstance(row, SignalIn)] == kept


def test_what_is_not_kept_is_not_compared(workspace: Workspace) -> None:
    """PEERS 35: a field that nobody maps, such as the time of the export, makes no row new."""
    toml = signal_mapping('id = "id"\nkind = { const = "note" }', "keep = false")
    first = only_signal(workspace.signals(toml, "id,updated_at\n1,09:00\n"))
    assert only_signal(workspace.signals(toml, "id,updated_at\n1,10:00\n")) == first


def test_json_records_keep_types_and_may_leave_fields_out(workspace: Workspace) -> None:
    toml = signal_mapping('id = "po.no"\nkind = { const = "eta" }\nquantity = "q"\neta = "eta"\norder_ref = "po.no"')
    text = '[{"po": {"no": 4711}, "q": 2.5, "eta": "2026-03-09", "x": {"y": [1]}}, {"po": {"no": 4712}}, {"q": true}]'
    rows = workspace.signals(toml, text, "data.json")
    first, second, third = rows
    assert isinstance(first, SignalIn)
    assert isinstance(second, SignalIn)
    assert (first.source_id, first.quantity, json.loads(first.payload)) == ("4711", 2.5, {"x.y": "[1]"})
    assert (second.order_ref, second.quantity, second.line) == ("4712", None, 2)
    assert isinstance(third, Refusal)
    assert third.place.line == 3


def test_a_changed_header_refuses_the_file_with_the_missing_columns(workspace: Workspace) -> None:
    toml = signal_mapping('id = "Number"\nkind = { const = "eta" }\neta = "ETA"')
    refusal = only_refusal(workspace.signals(toml, "No,Eta\n1,2026-03-09\n2,2026-03-09\n"))
    assert refusal.reason == "the columns 'ETA', 'Number' are missing"
    assert "its header has No, Eta" in refusal.mend
    with pytest.raises(BadInput, match="'ref' are missing"):
        workspace.plan(line_mapping(""), "Ref\n1\n", "purchase_order")


def test_files_with_the_plain_names_need_no_mapping(workspace: Workspace) -> None:
    row = only_signal(workspace.signals("", "id,kind,order_ref,eta\n1,eta,PO1,2026-03-09T08:00:00Z\n"))
    assert (row.kind, row.order_ref, iso(row.eta or 0)) == ("eta", "PO1", "2026-03-09T08:00:00Z")
    line = only_line(workspace.plan("", "ref,due,value,extra\n1,2026-03-09,5.50,x\n", "purchase_order"))
    assert (line.value_minor, line.currency, line.attributes) == (550, "EUR", '{"extra":"x"}')
    refusal = only_refusal(workspace.signals("", "nr,art\n1,2\n"))
    assert "not the fields of signal (id, kind)" in refusal.reason
    assert "offplan map" in refusal.mend


def test_master_records_from_tables_and_from_json(workspace: Workspace) -> None:
    (owner,) = workspace.plan("", "id,functions,lead\nana,procurement; logistics,true\n", "owner")
    assert owner == PlanRecord("owner", {"id": "ana", "functions": ["procurement", "logistics"], "lead": "true"}, 2)
    (calendar,) = workspace.plan("", "id,zone,week.mon\nc,UTC,08:00-12:00; 13:00-17:00\n", "calendar")
    assert isinstance(calendar, PlanRecord)
    assert calendar.data["week"] == {"mon": [["08:00", "12:00"], ["13:00", "17:00"]]}
    whole = {"id": "c", "zone": "UTC", "week": {"mon": [["08:00", "16:30"]]}}
    assert workspace.plan("", json.dumps([whole]), "calendar", "c.json") == [PlanRecord("calendar", whole, 1)]
    lane = '[mapping.m]\nas = "lane"\nfiles = "*"\n[mapping.m.fields]\ndestination = "to"\nduration_days = {column = "s", factor = "1/86400"}\n'
    rows = workspace.plan(lane, "to,s\nA,172800\nB,36:00:00\n", "lane")
    assert [row.data["duration_days"] for row in rows if isinstance(row, PlanRecord)] == [2.0, 1.5]


@given(st.floats(-1e12, 1e12), st.sampled_from([(".", ""), (",", ""), (",", "."), (".", ",")]))
def test_numbers_survive_being_written(value: float, marks: tuple[str, str]) -> None:
    point, thousands = marks
    text = f"{value:,.3f}" if thousands else f"{value:.3f}"
    written = text.replace(",", "T").replace(".", point).replace("T", thousands)
    assert float(decimal_reader(point, thousands)(written)) == float(f"{value:.3f}")


def outcome(read: Any) -> Any:
    """What a reading gives: the values, or that there is a fault."""
    try:
        return read()
    except Fault:
        return "fault"


CLOCKS = st.from_regex(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-6][0-9](:[0-6][0-9](\.[0-9]{1,6})?)?(Z|[+-][0-2][0-9]:[0-5][0-9])?)?", fullmatch=True)  # fmt: skip


@given(st.lists(st.one_of(CLOCKS, st.just(""), st.just("N/A")), max_size=6), st.sampled_from(["UTC", "Europe/Berlin"]))
def test_the_quick_way_for_dates_agrees_with_the_careful_one(texts: list[str], zone: str) -> None:
    section = MappingSection.model_validate(
        {"as": "signal", "null": ["N/A"], "zone": zone, "fields": {"id": "i", "kind": "k", "eta": "e"}}
    )
    from connectors.mapping.converters import column

    quick: Column = column(FieldRule(column="e"), section, "date")
    careful = converter(FieldRule(column="e"), section, "date")
    assert outcome(lambda: quick(texts, True)) == outcome(lambda: [careful(text) for text in texts])
