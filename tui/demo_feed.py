"""What the demo's record systems say after it starts: one disruption that arrives, grows, and is answered in part.

`SCRIPT` is data for tui.demo, which writes each file into the demo's inbox, through the real folder source. `$now` is
the instant of writing in ISO 8601; every other date is fixed, for the sample world is.
"""

from __future__ import annotations

from typing import Final

_HEADER = "id,kind,occurred_at,recorded_at,order_kind,order_ref,item,site,party,quantity,uom,eta,status\n"

SCRIPT: Final[tuple[tuple[float, str, str], ...]] = (
    (
        4.0,
        "carrier-0001.csv",
        _HEADER + "c-1,milestone,$now,$now,shipment,MAEU8814214,PCB-31,KAS,YUEHAI,,,,discharged\n",
    ),
    (
        9.0,
        "edi-0001.csv",
        _HEADER
        + "e-1,confirmation,$now,$now,purchase_order,4694/10,CST-60,KAS,FONDERIE,300,EA,2026-03-31T07:00:00Z,\n"
        + "e-2,confirmation,$now,$now,purchase_order,4691/20,IMP-05,KAS,FONDERIE,820,EA,2026-03-11T07:00:00Z,\n",
    ),
    (
        16.0,
        "wms-0001.csv",
        _HEADER + "w-1,stock,$now,$now,,,CST-60,KAS,,118,EA,,\n",
    ),
    (
        24.0,
        "erp-0001.csv",
        _HEADER + "g-1,receipt,$now,$now,transfer_order,TO-310/3,PMP-400,RTM,,60,EA,,\n",
    ),
    (
        33.0,
        "orders-0001.csv",
        _HEADER + "o-1,demand,2026-03-09T06:00:00Z,$now,,,PMP-100,RTM,,141,EA,,\n",
    ),
    (
        45.0,
        "edi-0002.csv",
        _HEADER
        + "e-3,confirmation,$now,$now,purchase_order,4694/10,CST-60,KAS,FONDERIE,300,EA,2026-03-23T07:00:00Z,\n",
    ),
)
