"""What the demo's record systems say after it starts: ten minutes of a Monday morning.

In the first minute one disruption arrives, grows and is answered in part. Then the morning goes on: goods come in,
dates recover, a truck stands, customers order, warehouses count.

`SCRIPT` is data for tui.demo.demo_world, which writes each file into the demo's inbox, through the real folder source.
`$now` is the instant of writing in ISO 8601; every other date is fixed, for the sample world is.
"""

from __future__ import annotations

from typing import Final

_HEADER = "id,kind,occurred_at,recorded_at,order_kind,order_ref,item,site,party,quantity,uom,eta,status\n"


def _say(seconds: float, file: str, *rows: str) -> tuple[float, str, str]:
    return seconds, file, _HEADER + "".join(f"{row}\n" for row in rows)


SCRIPT: Final[tuple[tuple[float, str, str], ...]] = (
    # One disruption: Fonderie's large housings, three weeks away and the stock low.
    _say(4, "carrier-0001.csv", "c-1,milestone,$now,$now,shipment,MAEU8814214,PCB-31,KAS,YUEHAI,,,,discharged"),
    _say(
        9,
        "edi-0001.csv",
        "e-1,confirmation,$now,$now,purchase_order,4694/10,CST-60,KAS,FONDERIE,300,EA,2026-03-31T07:00:00Z,",
        "e-2,confirmation,$now,$now,purchase_order,4691/20,IMP-05,KAS,FONDERIE,820,EA,2026-03-11T07:00:00Z,",
    ),
    _say(16, "wms-0001.csv", "w-1,stock,$now,$now,,,CST-60,KAS,,118,EA,,"),
    _say(24, "erp-0001.csv", "g-1,receipt,$now,$now,transfer_order,TO-310/3,PMP-400,RTM,,60,EA,,"),
    _say(33, "orders-0001.csv", "o-1,demand,2026-03-09T06:00:00Z,$now,,,PMP-100,RTM,,141,EA,,"),
    _say(
        45,
        "edi-0002.csv",
        "e-3,confirmation,$now,$now,purchase_order,4694/10,CST-60,KAS,FONDERIE,300,EA,2026-03-23T07:00:00Z,",
    ),
    # The morning's receipts.
    _say(70, "erp-0002.csv", "g-2,receipt,$now,$now,purchase_order,4690/10,MOT-11,KAS,ACME,520,EA,,"),
    _say(95, "erp-0003.csv", "g-3,receipt,$now,$now,purchase_order,4687/10,BRG-62,KAS,KNORD,1640,EA,,"),
    _say(
        115,
        "wms-0002.csv",
        "w-2,stock,$now,$now,,,MOT-11,KAS,,936,EA,,",
        "w-3,stock,$now,$now,,,BRG-62,KAS,,2214,EA,,",
    ),
    # The motors: ACME's winding line runs a second shift, and the date comes back day by day.
    _say(
        140,
        "edi-0003.csv",
        "e-4,confirmation,$now,$now,purchase_order,4693/10,MOT-22,KAS,ACME,300,EA,2026-03-24T07:00:00Z,",
    ),
    # The truck to Rotterdam has broken down: three lines at once.
    _say(
        165,
        "carrier-0002.csv",
        "c-2,eta,$now,$now,transfer_order,TO-313/1,PMP-100,RTM,TRANSALP,90,EA,2026-03-15T08:00:00Z,",
        "c-3,eta,$now,$now,transfer_order,TO-313/2,PMP-200,RTM,TRANSALP,30,EA,2026-03-15T08:00:00Z,",
        "c-4,eta,$now,$now,transfer_order,TO-313/3,PMP-400,RTM,TRANSALP,60,EA,2026-03-15T08:00:00Z,",
    ),
    _say(190, "erp-0004.csv", "g-4,receipt,$now,$now,purchase_order,4692/10,SEL-07,KAS,TENUTA,520,EA,,"),
    # The boards: discharged in Hamburg, by road instead of the feeder ship.
    _say(
        215,
        "carrier-0003.csv",
        "c-5,eta,$now,$now,shipment,MAEU8814214,PCB-31,KAS,YUEHAI,820,EA,2026-03-11T21:00:00Z,",
    ),
    _say(
        240,
        "orders-0002.csv",
        "o-2,demand,2026-03-09T06:00:00Z,$now,,,PMP-200,GDN,,15,EA,,",
        "o-3,demand,2026-03-09T06:00:00Z,$now,,,PMP-400,LYS,,47,EA,,",
    ),
    # The harness: less than ordered, and corrected two minutes later.
    _say(
        265,
        "edi-0004.csv",
        "e-5,confirmation,$now,$now,purchase_order,4697/10,CBL-09,KAS,BALTIC,600,EA,2026-03-16T07:00:00Z,",
    ),
    _say(290, "erp-0005.csv", "g-5,receipt,$now,$now,transfer_order,TO-314/1,PMP-100,LYS,TRANSALP,60,EA,,"),
    _say(
        310,
        "wms-0003.csv",
        "w-4,stock,$now,$now,,,PMP-100,LYS,,110,EA,,",
        "w-5,stock,$now,$now,,,PMP-200,GDN,,9,EA,,",
    ),
    _say(335, "carrier-0004.csv", "c-6,milestone,$now,$now,shipment,MAEU8814216,PCB-31,KAS,MAEU,,,,position"),
    _say(
        360,
        "edi-0005.csv",
        "e-6,confirmation,$now,$now,purchase_order,4693/10,MOT-22,KAS,ACME,300,EA,2026-03-20T07:00:00Z,",
    ),
    _say(
        385,
        "carrier-0005.csv",
        "c-7,eta,$now,$now,transfer_order,TO-313/1,PMP-100,RTM,TRANSALP,90,EA,2026-03-12T08:00:00Z,",
        "c-8,eta,$now,$now,transfer_order,TO-313/2,PMP-200,RTM,TRANSALP,30,EA,2026-03-12T08:00:00Z,",
        "c-9,eta,$now,$now,transfer_order,TO-313/3,PMP-400,RTM,TRANSALP,60,EA,2026-03-12T08:00:00Z,",
    ),
    _say(
        410,
        "edi-0006.csv",
        "e-7,confirmation,$now,$now,purchase_order,4697/10,CBL-09,KAS,BALTIC,820,EA,2026-03-16T07:00:00Z,",
    ),
    _say(435, "erp-0006.csv", "g-6,receipt,$now,$now,purchase_order,4692/20,GSK-01,KAS,TENUTA,820,EA,,"),
    _say(
        460,
        "wms-0004.csv",
        "w-6,stock,$now,$now,,,CST-60,KAS,,104,EA,,",
        "w-7,stock,$now,$now,,,GSK-01,KAS,,1476,EA,,",
    ),
    _say(485, "orders-0003.csv", "o-4,demand,2026-03-09T06:00:00Z,$now,,,PMP-100,GDN,,52,EA,,"),
    _say(
        510,
        "edi-0007.csv",
        "e-8,confirmation,$now,$now,purchase_order,4693/10,MOT-22,KAS,ACME,300,EA,2026-03-18T07:00:00Z,",
    ),
    _say(
        535,
        "edi-0008.csv",
        "e-9,confirmation,$now,$now,purchase_order,4698/10,BOX-20,KAS,PACKRIGHT,500,EA,2026-03-18T07:00:00Z,",
    ),
    _say(560, "carrier-0006.csv", "c-10,milestone,$now,$now,shipment,MAEU8814214,PCB-31,KAS,YUEHAI,,,,gate-out"),
    # And the housings: a night shift at Fonderie brings them back into the week of the plan.
    _say(
        590,
        "edi-0009.csv",
        "e-10,confirmation,$now,$now,purchase_order,4694/10,CST-60,KAS,FONDERIE,300,EA,2026-03-17T07:00:00Z,",
    ),
)
