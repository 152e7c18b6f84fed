"""JSON documents and JSON lines: where the records are, what is refused record by record, and what refuses it all."""

from __future__ import annotations

import io

import pytest

from connectors.formats.blocks import Block, Layout
from connectors.formats.records import records
from engine.values.errors import BadInput
from engine.vocabulary.model import Refusal


def read(text: str | bytes, layout: Layout | None = None) -> tuple[list[dict[str, object]], list[Refusal]]:
    content = text.encode() if isinstance(text, str) else text
    found: list[dict[str, object]] = []
    refusals: list[Refusal] = []
    for part in records(io.BytesIO(content), "answer.json", layout or Layout("json")):
        if isinstance(part, Block):
            found += [
                {"#": line, **dict(zip(part.columns, row, strict=True))}
                for line, row in zip(part.lines, part.rows, strict=True)
            ]
        else:
            refusals.append(part)
    return found, refusals


def refused(text: str, layout: Layout | None = None) -> BadInput:
    with pytest.raises(BadInput) as caught:
        read(text, layout)
    return caught.value


def test_a_document_that_is_cut_off_is_one_sentence() -> None:
    error = refused('[{"id": "1"}, {"id')
    assert (error.place, error.fault) == ("answer.json", "it is no JSON: unterminated string starting at column 16")


def test_an_array_an_object_and_an_array_inside() -> None:
    assert read('[{"a": 1}, {"b": "x"}]')[0] == [{"#": 1, "a": 1, "b": None}, {"#": 2, "a": None, "b": "x"}]
    assert read('{"a": 1}')[0] == [{"#": 1, "a": 1}]
    nested = '{"data": {"items": [{"a": 1}]}, "next": null}'
    assert read(nested, Layout("json", items="data.items"))[0] == [{"#": 1, "a": 1}]
    assert "no array at 'rows'" in refused(nested, Layout("json", items="rows")).fault


def test_nested_objects_become_dotted_columns_and_arrays_stay_json() -> None:
    rows, _ = read('[{"order": {"no": "47", "line": {"n": 10}}, "tags": ["a", {"b": 1}], "ok": true, "q": 1.5}]')
    assert rows == [{"#": 1, "order.no": "47", "order.line.n": 10, "tags": '["a", {"b": 1}]', "ok": True, "q": 1.5}]


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        ('{"a": NaN}', "a: NaN is no number"),
        ('{"a": [1, -Infinity]}', "a: -Infinity is no number"),
        ('{"a": 1e999}', "a: the number 1e999 is too large"),
        ('{"a": ' + "9" * 400 + "}", "a: a number of 400 digits"),
        ('{"a": 1, "a": 2}', "the key 'a' stands there twice"),
        ('{"o": {"k": 1, "k": 1}}', "o: the key 'k' stands there twice"),
        ('{"a.b": 1, "a": {"b": 2}}', "two fields are called 'a.b'"),
        ("[" * 200 + "]" * 200, "it is not an object"),
        ('{"a": ' * 80 + "1" + "}" * 80, "it is nested too deep"),
        ("7", "it is not an object"),
    ],
)
def test_one_bad_record_is_refused_and_the_others_taken(element: str, reason: str) -> None:
    rows, refusals = read(f'[{{"x": 1}}, {element}, {{"x": 2}}]')
    assert [row["x"] for row in rows] == [1, 2]
    assert [(refusal.place.line, refusal.reason) for refusal in refusals] == [(2, reason)]
    assert refusals[0].mend


def test_what_stood_there_is_kept_with_the_refusal() -> None:
    _, refusals = read('[{"a": NaN, "b": "x"}]')
    assert refusals[0].raw == '{"a": "NaN", "b": "x"}'


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "it is empty"),
        ("[1, 2", "it is no JSON"),
        ('"text"', "there is no array of records in it"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_what_is_no_document_is_one_sentence(text: str, fault: str) -> None:
    assert fault in refused(text).fault


def test_json_lines_go_on_after_a_bad_line() -> None:
    rows, refusals = read('{"a": 1}\n\n{"a": \n{"a": 3}', Layout("jsonl"))
    assert rows == [{"#": 1, "a": 1}, {"#": 4, "a": 3}]
    assert [refusal.place.line for refusal in refusals] == [3]
    assert "it is empty" in refused("", Layout("jsonl")).fault
