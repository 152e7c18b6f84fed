"""The playbooks that come with offplan: sound, complete over the deviation kinds, and replaced by the workspace's
own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.options.option_effects import NEW
from engine.vocabulary.deviation_kinds import DEVIATION_KINDS
from engine.vocabulary.planning import Owner
from playbooks.language.describe import describe, summarize
from playbooks.language.fields import FIELDS
from playbooks.language.instructions import NAMES
from playbooks.loader import BUILT_IN, load_library
from playbooks.planning.planner import PlaybookPlanner
from playbooks.planning.rehearse import rehearse
from tests.playbooks.worlds import ONE_STEP, deviation, lint, world, write

BEST = {
    "late-purchase-order": {},
    "late-critical-part": {"severity": "critical"},
    "repeated-lateness": {"episode": 2},
    "late-transfer-or-shipment": {"subject": {"type": "shipment", "id": "S"}},
    "late-production-order": {"kind": "overdue", "subject": {"type": "production_order", "id": "P"}},
    "short-confirmation": {"kind": "short_supply"},
    "overdue-order": {"kind": "overdue"},
    "overdue-shipment": {"kind": "overdue", "subject": {"type": "transfer_order", "id": "T"}},
    "unconfirmed-order": {"kind": "unconfirmed"},
    "missed-departure": {"kind": "unconfirmed", "subject": {"type": "shipment", "id": "S"}},
    "stockout-cover": {"kind": "stockout"},
    "stockout-allocation": {"kind": "stockout", "severity": "high"},
    "below-target-replenish": {"kind": "below_target"},
    "excess-stock": {"kind": "excess", "subject": {"type": "item_site", "id": "A@B"}},
    "early-supply": {"kind": "excess", "subject": {"type": "purchase_order", "id": "P"}},
    "demand-spike": {"kind": "demand_shift", "gap": {"percent": 63.0, "quantity": 630.0}},
    "demand-drop": {"kind": "demand_shift", "gap": {"percent": -40.0, "quantity": -400.0}},
    "demand-shift-review": {"kind": "demand_shift", "gap": {"quantity": 12.0}},
    "hazard-protect-flow": {"kind": "hazard", "subject": {"type": "site", "id": "ANR"}},
    "hazard-check-feed": {"kind": "hazard", "subject": {"type": "source", "id": "nws"}},
    "production-shortfall": {"kind": "production", "subject": {"type": "resource", "id": "LINE-3@RTM"}},
    "quality-containment": {"kind": "quality", "subject": {"type": "lot", "id": "SKU-77#L1"}},
    "shipment-held": {"kind": "logistics", "subject": {"type": "shipment", "id": "S"}},
    "late-customer-order": {"kind": "late_demand", "subject": {"type": "sales_order", "id": "SO"}},
    "stale-feed-restore": {"kind": "stale_feed", "subject": {"type": "source", "id": "erp"}},
    "unmatched-reference": {"kind": "unmatched", "subject": {"type": "reference", "id": "erp:X"}},
}


def test_the_library_is_sound_and_each_file_is_named_by_its_id() -> None:
    library = load_library()
    assert [str(finding) for finding in library.findings] == []
    assert sorted(loaded.path.stem for loaded in library.playbooks) == sorted(loaded.id for loaded in library.playbooks)
    assert len(library.playbooks) == len(list(BUILT_IN.glob("*.yaml"))) >= 12
    for loaded in library.playbooks:
        begins_by_itself = any(trigger.at is not None for trigger in loaded.content.triggers)
        assert loaded.enabled is not begins_by_itself, "nothing acts by being there"


@pytest.mark.parametrize(("playbook", "changes"), BEST.items())
def test_each_playbook_is_the_first_choice_for_its_case(playbook: str, changes: dict[str, Any]) -> None:
    planner = PlaybookPlanner(load_library())
    everybody = [Owner(f"o{number}", "O", [function]) for number, function in enumerate(_functions())]
    response = planner.plan(deviation(**changes), world(*everybody))
    assert response.playbook == playbook
    assert len({action.function for action in response.actions}) >= 2
    assert any(action.mandatory for action in response.actions)
    assert all("$" not in action.title + action.instructions for action in response.actions)


def test_each_playbook_is_tried_and_gives_the_reason_for_its_sequence() -> None:
    for loaded in load_library().playbooks:
        assert [str(difference) for difference in rehearse(loaded, load_library())] == []
        assert any(test.expect.steps for test in loaded.content.tests), loaded.id
        assert loaded.content.description.count("In this order because ") == 1, loaded.id


def _functions() -> list[str]:
    roles = [role for loaded in load_library().playbooks for role in loaded.content.roles.values()]
    return sorted({role.function for role in roles})


def test_every_deviation_kind_has_a_playbook_that_applies_by_itself() -> None:
    planner = PlaybookPlanner(load_library())
    for kind in DEVIATION_KINDS:
        assert planner.plan(deviation(kind=kind), world()).actions, kind


def test_what_options_bring_from_elsewhere_comes_by_a_stated_way() -> None:
    options = [
        (loaded.id, option)
        for loaded in load_library().playbooks
        for step in loaded.content.steps
        for option in step.options or ()
    ]
    assert options
    for name, option in options:
        if option.kind in NEW:
            assert option.legs, f"{name}: nothing says how {option.id} comes, so its CO2e would not be known"
        if option.kind == "alternate" and option.party is None:
            assert all(leg.km for leg in option.legs or ()), f"{name}: nothing says from where {option.id} comes"


def test_the_workspace_replaces_a_built_in_and_can_switch_it_off(tmp_path: Path) -> None:
    write(tmp_path, "mine.yaml", ONE_STEP.format(id="late-critical-part"))
    write(tmp_path, "off.yaml", ONE_STEP.format(id="overdue-order").replace("enabled: true", "enabled: false"))
    write(tmp_path, "broken.yaml", "schema: 1\n")
    write(tmp_path, ".hidden.yaml", "nonsense: [")
    library = load_library(tmp_path)
    assert library.get("late-critical-part").path == tmp_path / "mine.yaml"
    assert not library.get("overdue-order").enabled
    assert {Path(finding.path).name for finding in library.findings} == {"broken.yaml"}
    assert len(library.playbooks) == len(load_library().playbooks)
    assert load_library(tmp_path / "missing").findings == ()


def test_describe_is_json_in_the_words_of_the_schema(tmp_path: Path) -> None:
    loaded = load_library().get("late-purchase-order")
    shown = json.loads(json.dumps(describe(loaded)))
    assert (shown["id"], shown["schema"], shown["steps"][0]["due"]) == (
        "late-purchase-order", 1, {"from": "opened", "within": "PT4H"}
    )  # fmt: skip
    assert shown["sha256"] == loaded.sha256
    assert shown["close"] == {"requires": ["mandatory_done"]}
    write(tmp_path, "bare.yaml", ONE_STEP.format(id="bare").replace(", fallback: logistics", ""))
    bare = describe(load_library(tmp_path).get("bare"))
    assert (bare["roles"]["buyer"]["fallback"], bare["steps"][0]["due"]) == (None, None)
    assert summarize(loaded)["functions"] == ["customer service", "inventory planning", "logistics", "procurement"]


def test_importing_the_planner_brings_in_neither_parser_nor_models() -> None:
    code = "import sys, playbooks.planning.planner; print([m for m in ('pydantic', 'yaml') if m in sys.modules])"
    root = Path(__file__).resolve().parents[3]
    run = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_documented_example_is_sound_and_every_name_and_field_is_documented(tmp_path: Path) -> None:
    text = (Path(__file__).resolve().parents[3] / "docs" / "playbooks.md").read_text(encoding="utf-8")
    example, tests = (
        block.split("```")[0] for block in text.split("```yaml\n") if block.startswith(("schema:", "tests:"))
    )
    assert lint(write(tmp_path, "example.yaml", example + tests)) == []
    assert rehearse(load_library(tmp_path).get("late-resin"), load_library()) == []
    words = set(re.findall(r"[$\w.]+", text))
    assert {f"${name}" for name in NAMES} <= words
    assert set(FIELDS) <= words
