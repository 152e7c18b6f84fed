"""A shell for tests: what a command line answers, and the files of a small plan that two confirmations depart from."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

NOW = "2026-03-02T10:00:00Z"

ORDERS = """ref,item,site,party,quantity,uom,planned_at,value,currency
4711/10,SKU-77,RTM,ACME,400,EA,2026-03-09,5000,EUR
4698/20,SKU-12,ANR,NORDWERK,1000,EA,2026-03-06,1150,EUR
4702/10,SKU-30,ANR,NORDWERK,60,EA,2026-03-20,18600,EUR
"""
CONFIRMATIONS = """id,kind,recorded_at,order_kind,order_ref,item,site,party,quantity,eta
c-1,confirmation,2026-03-02T08:12:00Z,purchase_order,4711/10,SKU-77,RTM,ACME,400,2026-03-21
c-2,confirmation,2026-03-02T09:40:00Z,purchase_order,4698/20,SKU-12,ANR,NORDWERK,600,2026-03-06
"""


class Answer(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout; anything beside it fails here."""
        return json.loads(self.out)


Run = Callable[..., Answer]


def one_sentence(answer: Answer) -> bool:
    """Nothing on stdout and exactly one line on stderr."""
    return answer.out == "" and answer.err.startswith("offplan: ") and answer.err.count("\n") == 1
