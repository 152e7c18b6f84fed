"""Who is whose consequence among live deviations, for those who read: the root that is named, and all that lies under
it.

The table is engine.deviations.folding's. Of several causes the one with the largest weight is followed, upwards to one
that has none itself; of equal ones the first by kind and subject, whichever opened first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.vocabulary.lifecycle import QUEUE_SQL

_UP: Final = (
    "WITH RECURSIVE up(id) AS (SELECT value FROM json_each(?) UNION SELECT cause.root_id FROM up JOIN cause"
    f" ON cause.deviation_id = up.id JOIN deviation AS root ON root.id = cause.root_id WHERE root.state IN ({QUEUE_SQL}))"
    " SELECT cause.deviation_id, cause.root_id, cause.because FROM up JOIN cause ON cause.deviation_id = up.id"
    f" JOIN deviation AS root ON root.id = cause.root_id WHERE root.state IN ({QUEUE_SQL})"
    " ORDER BY cause.deviation_id, cause.weight DESC, root.kind, root.subject_type, root.subject_id, cause.root_id"
)
_DOWN: Final = (
    "WITH RECURSIVE down(root, id) AS ("
    "SELECT cause.root_id, cause.deviation_id FROM json_each(?) AS named CROSS JOIN cause ON cause.root_id = named.value"
    f" JOIN deviation AS under ON under.id = cause.deviation_id WHERE under.state IN ({QUEUE_SQL})"
    " UNION SELECT down.root, cause.deviation_id"
    " FROM down JOIN cause ON cause.root_id = down.id JOIN deviation AS under ON under.id = cause.deviation_id"
    f" WHERE under.state IN ({QUEUE_SQL})) SELECT root, id FROM down WHERE id != root ORDER BY root, id"
)


def causes(connection: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """By deviation every live one that it follows from directly, with the sentence that says why; the named one
    first."""
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    if not numbers:
        return found
    for number, root, because in connection.execute(_UP, (as_json(numbers),)):
        found[number].append((root, because))
    return found


def tops(connection: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, int]:
    """By deviation, of those that follow from another live one, the one at the top of the way that is named.

    Where the way goes in a circle it ends before it comes back to itself.
    """
    above = {number: found[0][0] for number, found in causes(connection, numbers).items()}
    roots: dict[int, int] = {}
    for number in numbers:
        top, passed = number, {number}
        while top in above and above[top] not in passed:
            top = above[top]
            passed.add(top)
        if top != number:
            roots[number] = top
    return roots


def consequences(connection: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, list[int]]:
    """By deviation all live ones that follow from it, over however many steps."""
    found: dict[int, list[int]] = defaultdict(list)
    for root, number in connection.execute(_DOWN, (as_json(numbers),)):
        found[root].append(number)
    return found
