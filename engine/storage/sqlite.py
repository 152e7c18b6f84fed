"""The one import of an SQLite library, so that everybody catches the errors of the library that is really used.

pysqlite3 is preferred because it brings an SQLite with the WAL-reset fix; sqlite-utils makes the same choice, but its
import costs 65 ms, which a command that prints a list must not pay.
"""

from __future__ import annotations

try:
    import pysqlite3 as sqlite3
except ImportError:
    import sqlite3

__all__ = ["sqlite3"]
