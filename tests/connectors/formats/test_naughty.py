"""The public corpora of hostile input: CSV spectrum, the JSON test suite, and the big list of naughty strings."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from connectors.files import reading
from connectors.formats.blocks import Block, Layout
from connectors.formats.documents import Flaw, decode
from connectors.formats.records import records
from connectors.settings.settings_file import load
from engine.values.errors import BadInput
from engine.values.text import clean, is_clean
from engine.vocabulary.model import Refusal, SignalIn

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
SUITE = DATA / "naughty_json" / "test_parsing"

pytestmark = pytest.mark.skipif(not SUITE.exists(), reason="needs naughty_* in shared/data beside the checkout")


def named(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern)) if folder.exists() else []


def read(content: bytes, form: str) -> list[Block | Refusal]:
    return list(records(io.BytesIO(content), "corpus", Layout(form)))


@pytest.mark.parametrize("path", named(DATA / "naughty_csv_spectrum" / "csvs", "*.csv"), ids=lambda path: path.stem)
def test_csv_spectrum(path: Path) -> None:
    expected = json.loads((path.parent.parent / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
    content = path.read_bytes()
    if path.stem.endswith("_crlf") and b"\r" not in content:
        content = content.replace(b"\n", b"\r\n")  # A copy that lost the line ends which the corpus is about.
    parts = read(content, "csv")
    found = [
        dict(zip(part.columns, row, strict=True)) for part in parts if isinstance(part, Block) for row in part.rows
    ]
    assert found == expected
    assert not [part for part in parts if isinstance(part, Refusal)]


@pytest.mark.parametrize("path", named(SUITE, "y_*.json"), ids=lambda path: path.stem)
def test_what_must_parse_parses(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = decode(text, path.name)
    if isinstance(found, Flaw):
        assert "stands there twice" in found.reason
    else:
        assert found == json.loads(text)


def sentences(content: bytes) -> list[tuple[str, str]]:
    """Fault and mend of a document, or of its records; fails when a record is taken."""
    try:
        parts = read(content, "json")
    except BadInput as error:
        return [(error.fault, error.mend)]
    assert not [part for part in parts if isinstance(part, Block)]
    return [(part.reason, part.mend) for part in parts if isinstance(part, Refusal)]


@pytest.mark.parametrize("path", named(SUITE, "n_*.json"), ids=lambda path: path.stem)
def test_what_must_not_parse_is_refused_with_a_sentence(path: Path) -> None:
    said = sentences(path.read_bytes())
    assert said
    assert all(fault and mend for fault, mend in said)


def outcome(content: bytes) -> str:
    try:
        return f"{len(read(content, 'json'))} parts"
    except BadInput as error:
        return error.fault


@pytest.mark.parametrize("path", named(SUITE, "i_*.json"), ids=lambda path: path.stem)
def test_what_readers_may_settle_raises_nothing_else(path: Path) -> None:
    assert outcome(path.read_bytes())


def strings() -> list[str]:
    path = DATA / "naughty_blns" / "blns.json"
    found: list[str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return found


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_naughty_strings_pass_through_every_format_and_mapping_as_text(tmp_path: Path, form: str) -> None:
    rows: list[dict[str, Any]] = [{"id": f"n{n}", "item": text, "x": text} for n, text in enumerate(strings())]
    path = tmp_path / f"data.{form}"
    if form == "csv":
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, ["id", "item", "x"])
            writer.writeheader()
            writer.writerows(rows)
    else:
        lines = [json.dumps(row) for row in rows]
        path.write_text("[" + ",".join(lines) + "]" if form == "json" else "\n".join(lines), encoding="utf-8")
    settings = tmp_path / "offplan.toml"
    settings.write_text(
        '[mapping.m]\nas = "signal"\n[mapping.m.fields]\nid = "id"\nkind = { const = "note" }\nitem = "item"\n'
        'order_ref = { template = "{id}/{item}" }\n',
        encoding="utf-8",
    )
    batches = list(reading.signal_batches(path, load(settings), "x", "m"))
    signals = [row for batch in batches for row in batch.rows if isinstance(row, SignalIn)]
    assert len(signals) == len(rows)
    for signal, row in zip(signals, rows, strict=True):
        text = row["item"].strip()
        assert (signal.item or "") == text
        assert signal.order_ref == (f"{row['id']}/{text}" if text else None)
        assert json.loads(signal.payload).get("x", "") == row["x"]
        assert is_clean(clean(signal.item or ""))
