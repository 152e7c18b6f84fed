"""Whatever stands in offplan.toml: a desk that works, or a sentence with the place, the fault and the mend."""

from __future__ import annotations

import json

from hypothesis import given, note
from hypothesis import strategies as st

from tests.fuzzing import tried
from tests.tui.commands.any_support import assert_contract, run, workspace
from tests.tui.commands.settings_strategies import settings_files

LINES = (
    "tick", "tick --deliver", "ingest signals.csv", "load orders.csv --as purchase_order", "map half.csv --dry-run", "map orders.csv",
    "quarantine --retry", "channels", "channels test A20", "tolerance late_supply days=3", "tolerance hazard days=9 --preview",
    "deviations", "show D73 --explain", "respond D67", "sources", "report load", "playbook lint", "", "watch --with-desk",
)  # fmt: skip


@tried(50)
@given(written=settings_files(), words=st.lists(st.sampled_from(LINES), min_size=1, max_size=2))
def test_any_settings_are_a_desk_or_a_sentence(written: bytes, words: list[str]) -> None:
    with workspace() as folder:
        (folder / "offplan.toml").write_bytes(written)
        checked = run(["check", "--json"])
        assert_contract(["check", "--json"], checked)
        faults = (
            [found for found in json.loads(checked.out)["items"] if found["severity"] == "error"] if checked.out else []
        )
        note(f"check: {checked.code} {checked.err} {faults}")
        assert all(found["place"] and found["fault"] and found["mend"] for found in faults)
        for line in words:
            answer = run(line.split())
            note(f"{line}: {answer.code} {answer.err.strip()}")
            if not line.startswith("watch"):
                assert_contract(line.split(), answer)
        if (folder / "offplan.toml").read_bytes() != written:
            assert run(["check"]).code in (0, 3)
