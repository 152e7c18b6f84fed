"""Schema 3: what responses that get done need beside schema 2, a section for each subject."""

from __future__ import annotations

from typing import Final

THIRD: Final = """
-- actions -----------------------------------------------------------------------------------------------------------------
ALTER TABLE action ADD COLUMN kind TEXT NOT NULL DEFAULT 'task';  -- of terms.STEP_KINDS
ALTER TABLE action ADD COLUMN terms TEXT NOT NULL DEFAULT '{}';   -- JSON: engine.terms.Terms, frozen with the response
"""
