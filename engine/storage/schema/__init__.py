"""The tables of one desk file, and the migrations that make them, one module for each.

Instants are integer UTC microseconds, money integer minor units beside its currency, quantities REAL, documents JSON
text. Tables are STRICT. A migration, once released, is never edited: a change is a new one at the end.
"""

from __future__ import annotations

from typing import Final

from engine.storage.schema.first import FIRST
from engine.storage.schema.fourth import FOURTH
from engine.storage.schema.second import SECOND
from engine.storage.schema.third import THIRD

APPLICATION_ID: Final = 0x4F46504C
"""`OFPL`: a file with another application id is somebody else's."""

MIGRATIONS: Final[tuple[str, ...]] = (FIRST, SECOND, THIRD, FOURTH)
"""Migration n (from 0) takes a file from user_version n to n + 1."""

VERSION: Final = len(MIGRATIONS)
