"""The terms of a verdict and of its rank as a row keeps them, so that what was said stays what was worked out then."""

from __future__ import annotations

import json
from collections.abc import Sequence

from engine.vocabulary.model import Term


def dump(terms: Sequence[Term]) -> str:
    """Terms as the column `deviation.terms` keeps them."""
    return json.dumps([[term.name, term.value, term.unit, term.source] for term in terms], ensure_ascii=False)


def load(text: str) -> list[Term]:
    """The terms that `dump` wrote."""
    return [Term(*parts) for parts in json.loads(text)]
