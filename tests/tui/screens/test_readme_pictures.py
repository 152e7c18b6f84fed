"""The README shows the screens as they are now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.sample_world.picture import sample_desk
from tests.tui.snapshot_support import hold, shown

DOCS = Path(__file__).resolve().parents[3] / "docs"
PICTURES = {"desk": (), "timeline": ("3",), "pictures": ("enter", "p")}


@pytest.mark.parametrize("name", PICTURES)
async def test_the_picture_is_what_the_sample_world_shows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    async with sample_desk() as driven:
        hold(name, await shown(driven, PICTURES[name]), DOCS)


def test_the_readme_shows_these_and_no_others() -> None:
    text = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\(docs/(\w+)\.svg\)", text) == [*PICTURES]
