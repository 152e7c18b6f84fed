"""The network of the sample world: sites, parties, items, bill of material, lanes, owners and calendars."""

from __future__ import annotations

from typing import NamedTuple

from engine.vocabulary.model import PlanRecord

PLANT = "KAS"
CENTRES = ("RTM", "LYS", "GDN")


class Component(NamedTuple):
    """A bought part: what the plant uses in a week, and where it comes from."""

    id: str
    name: str
    supplier: str
    weekly: int
    price: float
    weight_kg: float
    uom: str = "EA"


class Pump(NamedTuple):
    """A finished product: weekly forecast per distribution centre in the order of CENTRES."""

    id: str
    name: str
    price: float
    weight_kg: float
    weekly: tuple[int, int, int]


COMPONENTS = (
    Component("MOT-11", "Motor 0.75 kW", "ACME", 260, 48.0, 9.0),
    Component("MOT-22", "Motor 2.2 kW", "ACME", 150, 92.0, 18.0),
    Component("CST-40", "Housing, small", "FONDERIE", 260, 21.5, 3.2),
    Component("CST-60", "Housing, large", "FONDERIE", 150, 38.0, 6.5),
    Component("IMP-05", "Impeller", "FONDERIE", 410, 9.2, 0.4),
    Component("SHF-12", "Shaft, stainless", "STEELFORM", 410, 7.4, 0.6),
    Component("SEL-07", "Mechanical seal", "TENUTA", 410, 11.8, 0.15),
    Component("BRG-62", "Bearing 6204", "KNORD", 820, 3.1, 0.1),
    Component("PCB-31", "Control board", "YUEHAI", 410, 33.0, 0.25),
    Component("CBL-09", "Cable harness", "BALTIC", 410, 5.6, 0.3),
    Component("GSK-01", "Gasket set", "TENUTA", 410, 2.4, 0.05),
    Component("BOX-20", "Carton", "PACKRIGHT", 410, 1.3, 0.4),
)
PUMPS = (
    Pump("PMP-100", "Circulator 100", 189.0, 14.0, (90, 60, 50)),
    Pump("PMP-200", "Circulator 200", 264.0, 17.0, (30, 20, 10)),
    Pump("PMP-400", "Industrial pump 400", 610.0, 41.0, (60, 50, 40)),
)
SUPPLIERS = {
    "ACME": ("ACME Motory", "CZ", 49.20, 16.61),
    "FONDERIE": ("Fonderie du Rhône", "FR", 45.53, 4.87),
    "STEELFORM": ("SteelForm", "SE", 59.61, 16.55),
    "TENUTA": ("Tenuta Guarnizioni", "IT", 45.65, 9.86),
    "KNORD": ("Kugellager Nord", "DE", 53.55, 9.99),
    "YUEHAI": ("Yuehai Electronics", "CN", 22.55, 114.05),
    "BALTIC": ("Baltic Cable", "PL", 54.52, 18.53),
    "PACKRIGHT": ("PackRight", "NL", 50.85, 5.69),
}
"""Name, country, degrees north and degrees east: premium freight that names no distance is measured from there."""
CUSTOMERS = {
    "HYDRA": ("Hydra Bau", "DE"),
    "AQUASERV": ("AquaService", "FR"),
    "NORDHEAT": ("Nordic Heat", "SE"),
    "CASTELLAN": ("Castellan Facilities", "ES"),
    "MEIER": ("Meier Anlagen", "CH"),
    "POLTHERM": ("PolTherm", "PL"),
}
CARRIERS = {"MAEU": ("Blue Anchor Line", "DK"), "TRANSALP": ("TransAlp Road", "AT")}

_ZONES = {"KAS": "Europe/Berlin", "RTM": "Europe/Amsterdam", "LYS": "Europe/Paris", "GDN": "Europe/Warsaw"}
_SITES = (
    ("KAS", "Kassel plant", "plant", "DE", 51.31, 9.48),
    ("RTM", "Rotterdam centre", "warehouse", "NL", 51.95, 4.14),
    ("LYS", "Lyon centre", "warehouse", "FR", 45.76, 4.84),
    ("GDN", "Gdańsk centre", "warehouse", "PL", 54.35, 18.65),
    ("CNSZX", "Shenzhen, port of loading", "port", "CN", 22.55, 114.05),
)
_BOM = {
    "PMP-100": {"MOT-11": 1, "CST-40": 1, "IMP-05": 1, "SHF-12": 1, "SEL-07": 1, "BRG-62": 2, "PCB-31": 1, "CBL-09": 1},
    "PMP-200": {"MOT-11": 1, "CST-40": 1, "IMP-05": 1, "SHF-12": 1, "SEL-07": 1, "BRG-62": 2, "PCB-31": 1, "CBL-09": 1},
    "PMP-400": {"MOT-22": 1, "CST-60": 1, "IMP-05": 1, "SHF-12": 1, "SEL-07": 1, "BRG-62": 2, "PCB-31": 1, "CBL-09": 1},
}
_LANES = (
    ("CNSZX", "KAS", "sea", 34.0),
    ("CNSZX", "KAS", "air", 5.0),
    ("KAS", "RTM", "road", 1.0),
    ("KAS", "LYS", "road", 1.0),
    ("KAS", "GDN", "road", 2.0),
)
_OWNERS: tuple[tuple[str, str, list[str], list[str], str, bool], ...] = (
    ("ana", "Ana Castro", ["inventory planning"], [], "office-de", True),
    ("bo", "Bo Lindqvist", ["procurement"], [], "office-de", False),
    ("chen", "Chen Wei", ["production"], ["KAS"], "plant-kassel", False),
    ("dora", "Dora Nowak", ["logistics"], ["GDN"], "office-pl", False),
    ("emil", "Emil Vogt", ["logistics"], [], "office-de", False),
    ("fatou", "Fatou Diallo", ["sales", "customer service"], ["LYS"], "office-fr", False),
    ("greta", "Greta Maas", ["sales", "customer service"], [], "office-de", False),
    ("henk", "Henk de Boer", ["quality"], [], "office-de", False),
    ("ines", "Inès Martin", ["finance"], [], "office-fr", False),
    ("jan", "Jan Kowal", ["procurement"], [], "office-pl", False),
)
_PARTIES_OF = {"bo": ["ACME", "KNORD", "YUEHAI", "STEELFORM"], "jan": ["TENUTA", "BALTIC", "FONDERIE", "PACKRIGHT"]}
_WEEK = ("mon", "tue", "wed", "thu", "fri")
_CALENDARS = (
    (
        "office-de",
        "Europe/Berlin",
        [["08:00", "12:00"], ["12:45", "17:00"]],
        ["2026-04-03", "2026-04-06", "2026-05-01"],
    ),
    ("office-fr", "Europe/Paris", [["09:00", "12:30"], ["13:30", "17:30"]], ["2026-04-06", "2026-05-01"]),
    ("office-pl", "Europe/Warsaw", [["08:00", "16:00"]], ["2026-04-06", "2026-05-01"]),
    ("plant-kassel", "Europe/Berlin", [["06:00", "14:00"]], ["2026-04-03", "2026-04-06", "2026-05-01"]),
)


def _worth(item: Component | Pump) -> dict[str, object]:
    return {"unit_value": item.price, "weight_kg": item.weight_kg, "currency": "EUR"}


def records() -> list[PlanRecord]:
    """Every master record, in an order that a person would load them."""
    found = [
        PlanRecord(
            "site",
            {
                "id": site,
                "name": name,
                "type": kind,
                "country": country,
                "zone": _ZONES.get(site, "UTC"),
                "latitude": latitude,
                "longitude": longitude,
            },
            None,
        )
        for site, name, kind, country, latitude, longitude in _SITES
    ]
    for party, (name, country, latitude, longitude) in SUPPLIERS.items():
        values: dict[str, object] = {"id": party, "name": name, "role": "supplier", "country": country}
        found.append(PlanRecord("party", {**values, "latitude": latitude, "longitude": longitude}, None))
    for role, parties in (("customer", CUSTOMERS), ("carrier", CARRIERS)):
        for party, (name, country) in parties.items():
            found.append(PlanRecord("party", {"id": party, "name": name, "role": role, "country": country}, None))
    for part in COMPONENTS:
        values = {"id": part.id, "name": part.name, "item_class": "component", "uom": part.uom}
        found.append(PlanRecord("item", {**values, **_worth(part)}, None))
    for pump in PUMPS:
        values = {"id": pump.id, "name": pump.name, "item_class": "finished", "uom": "EA"}
        found.append(PlanRecord("item", {**values, **_worth(pump)}, None))
    for parent, children in _BOM.items():
        for item, quantity in children.items():
            found.append(PlanRecord("bom", {"parent": parent, "item": item, "quantity": quantity, "site": PLANT}, None))
    for origin, destination, mode, days in _LANES:
        values = {"origin": origin, "destination": destination, "mode": mode, "duration_days": days}
        found.append(PlanRecord("lane", values, None))
    for calendar, zone, day, holidays in _CALENDARS:
        week = dict.fromkeys(_WEEK, day)
        found.append(PlanRecord("calendar", {"id": calendar, "zone": zone, "week": week, "holidays": holidays}, None))
    for owner, name, functions, sites, calendar, lead in _OWNERS:
        values = {
            "id": owner,
            "name": name,
            "functions": functions,
            "sites": sites,
            "calendar": calendar,
            "lead": lead,
        }
        found.append(PlanRecord("owner", {**values, "parties": _PARTIES_OF.get(owner, [])}, None))
    return found
