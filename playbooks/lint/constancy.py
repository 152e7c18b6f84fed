"""Whether a condition can hold at all, and whether it always does: found by trying it on every case that it can tell
apart.

A clause only compares one field with constants, so the values that matter are few: each constant, something between
each two, something beyond, and "unknown" where a deviation may lack the field. All their combinations are tried.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from engine.values.clock import MINUTE, iso
from playbooks.language.conditions import Case, evaluate, walk
from playbooks.language.fields import FIELDS, Field, comparable, nested
from playbooks.working_time.durations import clock_minutes

if TYPE_CHECKING:
    from playbooks.language.condition_shape import Condition

MAX_CASES: Final = 4096
"""A condition with more cases than this is not judged."""
_MAX_PIECES: Final = 8
_OTHER: Final = "\N{LATIN SMALL LETTER TURNED E}"
"""Text that no author writes as a constant."""
_AGES: Final = ("older_than", "newer_than")
_NOW: Final = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
"""Any time serves: a field's ages are only compared with each other."""
_LAST_SECOND: Final = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000


def verdicts(condition: Condition, fields: Mapping[str, Field] = FIELDS) -> set[bool] | None:
    """What the condition can come out as, unknown counted as False; None when there are too many cases to try.

    Expects clauses whose field, op and value are in order (playbooks.lint.condition_checks says that first).
    """
    asked: dict[str, list[Condition]] = {}
    for _, part, _ in walk(condition, ()):
        if part.field is not None:
            asked.setdefault(part.field, []).append(part)
    if any(_is_beyond(clauses) for clauses in asked.values()):
        return None
    choices = [_cases(fields[name], clauses) for name, clauses in asked.items()]
    total = 1
    for values in choices:
        total *= len(values)
        if total > MAX_CASES:
            return None
    found: set[bool] = set()
    for combination in itertools.product(*choices):
        case = Case(nested(dict(zip(asked, combination, strict=True))), _NOW, fields)
        found.add(evaluate(condition, case).held is True)
        if len(found) == 2:
            break
    return found


def _is_beyond(clauses: Sequence[Condition]) -> bool:
    """The few values that matter cannot be told: of patterns, of many pieces, of ages beside dates."""
    operators = [clause.op for clause in clauses]
    ages = sum(operator in _AGES for operator in operators)
    dates = sum(operator not in ("exists", *_AGES) for operator in operators)
    return "regex" in operators or operators.count("contains") > _MAX_PIECES or bool(ages and dates)


def _cases(field: Field, clauses: Sequence[Condition]) -> list[Any]:
    constants = [value for clause in clauses if clause.op != "exists" for value in _listed(clause.value)]
    match field.type:
        case "choice" | "rank":
            # What is asked for comes first: the first two cases mostly tell.
            cases: list[Any] = sorted(field.choices, key=lambda choice: choice not in constants)
        case "number":
            cases = list(_around(sorted({float(value) for value in constants})))
        case "time":
            instants = sorted({instant for clause in clauses for instant in _instants(field, clause)})
            cases = [iso(int(max(0, min(moment, _LAST_SECOND)))) for moment in _around(instants)]
        case _:
            cases = _texts(clauses)
    return cases if field.always else [*cases, None]


def _instants(field: Field, clause: Condition) -> list[int]:
    if clause.op == "exists":
        return []
    if clause.op in _AGES:
        return [_NOW - clock_minutes(clause.value) * MINUTE]
    return [instant for value in _listed(clause.value) if isinstance(instant := comparable(field, value), int)]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _around(values: Sequence[float]) -> list[float]:
    """The values, one beyond each end, and the middle of each two."""
    if not values:
        return [0]
    middles = [(low + high) / 2 for low, high in itertools.pairwise(values)]
    return [*values, values[0] - 1, values[-1] + 1, *middles]


def _texts(clauses: Sequence[Condition]) -> list[str]:
    """Each constant, something else, and each beginning and end with each choice of the pieces that it may contain."""
    starts = ["", *(clause.value for clause in clauses if clause.op == "starts_with")]
    ends = [_OTHER, *(_OTHER + clause.value for clause in clauses if clause.op == "ends_with")]
    pieces = [clause.value for clause in clauses if clause.op == "contains"]
    whole = [value for clause in clauses if clause.op in ("eq", "ne", "in", "nin") for value in _listed(clause.value)]
    chosen = [_OTHER.join(choice) for size in range(len(pieces) + 1) for choice in itertools.combinations(pieces, size)]
    return list(
        dict.fromkeys([*whole, *(start + _OTHER + rest + end for start in starts for rest in chosen for end in ends)])
    )
