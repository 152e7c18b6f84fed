"""Subjects as people say them: a word is found in the list exactly where rows show it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.desk import Desk
from engine.values.clock import DAY
from engine.vocabulary.subject_words import said
from tests.engine.desk_support import NOW, open_desk
from tests.engine.network_support import line, load, take
from tests.engine.network_support import said as message

REFS = ("4711/10", "PO-7/1", "first", "50% o")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Late purchase order lines, one of which says itself what it is, and what they make late."""
    desk = open_desk(tmp_path_factory.mktemp("words") / "desk.db")
    purchases = [line("purchase_order", ref, 10.0, 5, party="ACME") for ref in REFS]
    sales = [line("sales_order", f"1{at}", 10.0, 6, value_minor=4_000_00, currency="EUR") for at in range(len(REFS))]
    load(desk, *purchases, *sales)
    take(desk, *(message("eta", f"{ref}/eta", order_ref=ref, eta=NOW + 12 * DAY) for ref in REFS))
    return desk


def found(desk: Desk, word: str) -> set[str]:
    return {item["id"] for item in desk.deviations([f'"{word}"'], all=True).items}


def shown(desk: Desk, word: str) -> set[str]:
    """The rows with a word in what the list shows of them."""
    return {
        item["id"]
        for item in desk.deviations(all=True).items
        for text in (
            *(str(item[name] or "") for name in ("summary", "kind", "item", "site", "party", "owner")),
            item["subject"]["id"],
            said(item["subject"]["type"], item["subject"]["id"]),
        )
        if word.lower() in text.lower()
    }


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_word_is_found_where_rows_show_it(desk: Desk, data: st.DataObject) -> None:
    texts = [said(item["subject"]["type"], item["subject"]["id"]) for item in desk.deviations(all=True).items]
    text = data.draw(st.sampled_from([*texts, "PO PO-7/1", "SO 4711", "POfirst"]))
    begin = data.draw(st.integers(0, len(text) - 1))
    word = text[begin : data.draw(st.integers(begin + 1, len(text)))]
    word = data.draw(st.sampled_from([word, word.lower(), word.upper()]))
    assert found(desk, word) == shown(desk, word)


def test_a_line_is_found_by_what_is_read_off_its_row(desk: Desk) -> None:
    (first,) = (item["id"] for item in desk.deviations(["subject=first"]).items)
    assert [item["id"] for item in desk.deviations(["PO first"]).items] == [first]
    assert found(desk, "po fir") == {first}
    kinds = {item["subject"]["type"] for item in desk.deviations(["PO"], all=True).items}
    assert kinds == {"purchase_order"}
    assert {item["subject"]["type"] for item in desk.deviations(["!PO"], all=True).items} == {"sales_order"}
