"""Fixtures of the detection tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.detect.world import World, order


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.store.close()


@pytest.fixture
def orders(world: World) -> World:
    """The same with two orders."""
    order(world, "PO1")
    order(world, "PO2")
    world.settle()
    return world
