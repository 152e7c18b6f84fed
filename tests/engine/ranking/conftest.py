"""Fixtures of the tests of ranking: what detection judges in is ranked in the same world."""

from tests.engine.detect.conftest import world

__all__ = ["world"]
