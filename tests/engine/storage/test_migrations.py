"""Files of other versions, and the statements that a migration falls into."""

from __future__ import annotations

import pytest

from engine.storage import schema
from engine.storage.migrations import statements
from engine.storage.store import Store
from engine.values.errors import StoreUnusable


def test_a_file_of_a_newer_offplan_is_refused(store: Store) -> None:
    store.connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    with pytest.raises(StoreUnusable, match="written by a newer offplan"):
        Store.open(store.path)


def test_a_script_falls_into_statements_with_triggers_whole() -> None:
    script = "CREATE TABLE a (b);\n-- a; comment\nCREATE TRIGGER t BEFORE DELETE ON a BEGIN SELECT 1; SELECT 2; END;\n"
    found = list(statements(script))
    assert len(found) == 2
    assert found[1].rstrip().endswith("END;")
