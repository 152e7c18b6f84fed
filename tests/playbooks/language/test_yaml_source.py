"""Which part of YAML is read, what its scalars mean, and where a refusal points."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.language.yaml_source import MAX_BYTES, SourceError, read

_FENCE = b"x" * (MAX_BYTES + 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("1:30", "1:30"),
        ("2026-03-09", "2026-03-09"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        (".nan", ".nan"),
        ("true", True),
        ("~", None),
        ("", None),
        ("012", 12),
        ("-3", -3),
        ("2.50", 2.5),
        ("1e3", 1000.0),
        ("'12'", "12"),
        ('"a\\eb"', "a\N{REPLACEMENT CHARACTER}b"),
        ("|\n  two\n  lines\n", "two lines"),
    ],
)
def test_scalars_follow_the_core_rules_of_yaml_1_2_and_text_is_clean(text: str, value: object) -> None:
    found = read(f"key: {text}\n".encode(), "f.yaml").value["key"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("data", "place", "fault"),
    [
        (b"a: &x 1\n", "f.yaml:1:4", "anchor"),
        (b"a: 1\nb: *x\n", "f.yaml:2:4", "alias"),
        (b"a: !!python/object:os.system 1\n", "f.yaml:1:4", "tag"),
        (b"a: 1\nb: 2\na: 3\n", "f.yaml:3:1", "twice"),
        (b"---\na: 1\n---\nb: 2\n", "f.yaml:3:1", "second document"),
        (b"1: a\n", "f.yaml:1:1", "key is not text"),
        (b"? [a]\n: b\n", "f.yaml:1:3", "key is not text"),
        (b"[" * 900, "f.yaml:1:22", "nesting"),
        (b"[" + b"a," * 50_000 + b"]", "f.yaml:1:20000", "over 10000 values"),
        (b"a: " + b"9" * 400 + b".0\n", "f.yaml:1:4", "too large"),
        (b"", "f.yaml:1:1", "empty"),
        (b"# only a comment\n", "f.yaml:1:1", "empty"),
        (b"a: 1\nb: \xff\n", "f.yaml:2:4", "UTF-8"),
        (b"a: [1,\n", "f.yaml:2:1", "not YAML"),
        (b"a:\n\t- b\n", "f.yaml:2:1", "not YAML"),
        (b"a: \x01\n", "f.yaml:1:1", "not YAML"),
        (_FENCE, "f.yaml:1:1", "256 KiB"),
    ],
)
def test_everything_else_is_refused_at_its_place(data: bytes, place: str, fault: str) -> None:
    with pytest.raises(SourceError, match=fault) as refusal:
        read(data, "f.yaml")
    assert str(refusal.value).startswith(place + ": ")
    assert refusal.value.mend


def test_a_value_on_a_later_line_is_shown_at_its_key() -> None:
    document = read(b"a: 1\nsteps:\n  - id: x\n", "f.yaml")
    assert document.find(("steps",)) == (2, 1)
    assert document.find(("steps", 0, "id")) == (3, 9)
    assert document.find(("steps", 0, "id"), key=True) == (3, 5)
    assert document.find(("steps", 0, "not there")) == (3, 5)


@given(st.binary(max_size=200))
def test_no_bytes_end_in_anything_but_a_document_or_a_sentence(data: bytes) -> None:
    with contextlib.suppress(SourceError):
        assert isinstance(read(data, "f.yaml").value, (dict, list, str, int, float, bool, type(None)))


def test_brackets_deeper_than_the_parser_itself_goes_are_refused_in_the_same_words() -> None:
    with pytest.raises(SourceError, match="the nesting is deeper than"):
        read(b"[" * 100_000, "f.yaml")
