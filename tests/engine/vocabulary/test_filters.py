"""The filter language, through the lists that take it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.desk import Desk
from engine.values.clock import DAY
from engine.values.errors import BadInput
from engine.vocabulary.model import SignalIn
from tests.engine.desk_support import NOW, Steps, late, open_desk, take


def signal(number: str, kind: str = "note", **fields: object) -> SignalIn:
    empty: dict[str, object] = dict.fromkeys(SignalIn._fields)
    given = {"source_id": number, "kind": kind, "payload": "{}", "occurred_at": NOW, **fields}
    return SignalIn(**{**empty, **given})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Five signals: notes of two parties, a stock reading, and words that SQL would like to read as its own."""
    desk = open_desk(tmp_path_factory.mktemp("filters") / "desk.db")
    take(
        desk,
        signal("n1", party="ACME GmbH", payload='{"port":"Antwerp","delay":{"hours":12}}'),
        signal("n2", party="Österreich Stahl", occurred_at=NOW - 3 * DAY, payload='{"delay":{"hours":"unknown"}}'),
        signal("n3", party="100%_sure", payload='{"delay":{"hours":2}}'),
        signal("n4", party="it's a 'quote'", occurred_at=NOW - DAY),
        signal("s1", "stock", item="SKU-77", site="RTM", quantity=4.0, uom="EA"),
        detect=False,
    )
    return desk


def chosen(desk: Desk, *where: str) -> set[str]:
    return {item["source_id"] for item in desk.signals(where).items}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("S2", "n2"),
        ("s5", "s1"),
        ("S9", ""),
        ("!S2", "n1 n3 n4 s1"),
        ("kind=stock", "s1"),
        ("kind=STOCK", "s1"),
        ("kind!=note", "s1"),
        ("kind=stock,note", "n1 n2 n3 n4 s1"),
        ("kind~oc", "s1"),
        ("party='ACME GmbH'", "n1"),
        ("party~acme", "n1"),
        ("party~öster", "n2"),
        ("party~ÖSTER", "n2"),
        ("party~%_", "n3"),
        ("party=", "s1"),
        ("party!=", "n1 n2 n3 n4"),
        ("party!='ACME GmbH'", "n2 n3 n4 s1"),
        ("party=\"it's a 'quote'\"", "n4"),
        ("quantity>=4", "s1"),
        ("quantity<4", ""),
        ("quantity!=4", "n1 n2 n3 n4"),
        ("id=S5", "s1"),
        ("id<=2", "n1 n2"),
        ("occurred_at=2026-03-09", "n1 n3 s1"),
        ("occurred_at!=2026-03-09", "n2 n4"),
        ("occurred_at<2026-03-09", "n2 n4"),
        ("occurred_at>2026-03-08", "n1 n3 s1"),
        ("occurred_at<=2026-03-08", "n2 n4"),
        ("occurred_at>=2026-03-06T08:00:00Z occurred_at<-1h", "n2 n4"),
        ("occurred_at>-2d", "n1 n3 n4 s1"),
        ("occurred_at<=now", "n1 n2 n3 n4 s1"),
        ("payload.delay.hours>3", "n1"),
        ("payload.delay.hours=unknown", "n2"),
        ("payload.delay.hours=", "n4 s1"),
        ("payload.port~twer", "n1"),
        ("payload~antwerp", "n1"),
        ("antwerp", "n1"),
        ("sku rtm", "s1"),
        ("!kind=note", "s1"),
        ("!acme", "n2 n3 n4 s1"),
        ("!quantity>3", "n1 n2 n3 n4"),
        ("kind=note !party~acme !n3", "n2 n4"),
        ('"a \'quote"', "n4"),
        ("!", "n1 n2 n3 n4 s1"),
        ("  ", "n1 n2 n3 n4 s1"),
    ],
)
def test_a_line_chooses(desk: Desk, text: str, expected: str) -> None:
    rows = desk.signal_rows(desk.signal_ids(text))
    assert {row["source_id"] for row in rows} == set(expected.split())
    assert chosen(desk, text) == set(expected.split())


def test_one_condition_of_where_may_hold_blanks(desk: Desk) -> None:
    assert chosen(desk, "party=ACME GmbH") == {"n1"}
    assert chosen(desk, "!party=ACME GmbH", "kind=note") == {"n2", "n3", "n4"}


@pytest.mark.parametrize(
    ("text", "fault", "mend"),
    [
        ("colour=red", "there is no such field", "order_ref, item, site, party"),
        ("kind=storm", "'storm' is not one of its values", "eta, confirmation, receipt"),
        ("quantity=many", "'many' is not a number", "12 or 0.5"),
        ("quantity=nan", "'nan' is not a number", "12 or 0.5"),
        ("quantity~4", "a number cannot be searched", "<="),
        ("occurred_at=yesterday", "'yesterday' is not a time", "2026-03-09T08:00:00Z"),
        ("occurred_at>+2y", "'+2y' is not a span of time", "+2h"),
        ("id=D5", "'D5' is no id", "S12"),
        ("payload=x", "holds several values", "use ~"),
        ("kind.x=1", "there is no such field", "the fields are"),
        ('party="ACME', "the quote is not closed", 'end the value with "'),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_mend(desk: Desk, text: str, fault: str, mend: str) -> None:
    with pytest.raises(BadInput) as refusal:
        desk.signals([text])
    assert fault in str(refusal.value)
    assert mend in str(refusal.value)
    assert text[:5] in refusal.value.place


def test_what_is_put_off_is_no_state(desk: Desk) -> None:
    with pytest.raises(BadInput, match=r"filter state=snoozed: 'snoozed' is no state; use snoozed_until>now"):
        desk.deviations(["state=snoozed"])


@pytest.mark.parametrize("text", ["as_of<+999999w", "as_of>-99999d", "as_of=9999-12-31", "as_of<1850-01-01"])
def test_a_time_beyond_all_planning_is_refused(desk: Desk, text: str) -> None:
    with pytest.raises(BadInput, match="lies outside the years 1900 to 2199; correct the year"):
        desk.signals([text])


def test_a_filter_of_any_length_is_a_filter_or_is_refused(desk: Desk) -> None:
    assert desk.signal_ids(" ".join(["\u00d6x"] * 200)) == []
    assert desk.signal_ids("%" * 10_000) == []
    for text in ("x" * 10_001, " ".join(["x"] * 201)):
        with pytest.raises(BadInput, match="filter: it is too long; write at most 200 terms"):
            desk.signal_ids(text)


texts = st.text(st.sampled_from(list("abcSKUkindparty=<>~!.,'\"\\%_-+0123456789 ;()\u00d6\x00")), max_size=30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(st.one_of(texts, st.builds("{}{}{}".format, st.sampled_from(["kind", "party", "quantity", "id", "payload.a"]),
                                  st.sampled_from(["=", "!=", "<", ">=", "~"]), texts)))  # fmt: skip
def test_any_text_is_a_filter_or_is_refused(desk: Desk, text: str) -> None:
    """Nothing else can happen: no error of SQL, no change of the file; and `!` splits the list in two."""
    try:
        found = set(desk.signal_ids(text))
    except BadInput:
        return
    assert found <= {1, 2, 3, 4, 5}
    if text.strip() and not any(blank in text for blank in " \"'") and not text.startswith("!"):
        assert set(desk.signal_ids(f"!{text}")) == {1, 2, 3, 4, 5} - found
    assert desk.signals().total == 5


def test_fields_of_deviations(tmp_path: Path) -> None:
    """Money by amount, severity by rank, buckets, documents and the response."""
    desk = open_desk(tmp_path / "desk.db", planner=Steps())
    slight, severe = late(desk, slight=3, severe=30)
    desk.assign([severe], to="bo")
    desk.respond([slight])

    def found(*where: str) -> list[str]:
        return [item["id"] for item in desk.deviations(where).items]

    items = {item["id"]: item for item in desk.deviations().items}
    assert items[slight]["severity"] != items[severe]["severity"]
    assert found(f"severity>{items[slight]['severity']}") == [severe]
    assert found(f"severity<={items[slight]['severity']}") == [slight]
    assert set(found("exposure>=10k")) == {slight, severe}
    assert found("exposure>10000") == []
    assert set(found("value_at_risk<0.1M")) == {slight, severe}
    assert found("gap.days>20") == [severe]
    assert found("owner=bo") == [severe]
    assert found("response!=") == [slight]
    assert found("subject=severe", "subject.type=purchase_order") == [severe]
    bucket = items[slight]["bucket"]
    assert slight in found(f"bucket={bucket}")
    assert found("state=acknowledged") == [slight]
    for nothing in ("state~soup", "state<open", "severity>critical", "severity~soup"):
        assert found(nothing) == [], nothing
        assert set(found(f"!{nothing}")) == {slight, severe}
    assert found("decide_by<+1h") == [item["id"] for item in items.values() if item["bucket"] == "passed"]
    with pytest.raises(BadInput, match="'lots' is not a number; write it as 50000"):
        desk.deviations(["exposure>lots"])
