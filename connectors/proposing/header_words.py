"""What record systems call their columns: English, German and SAP words for the fields of signals and plan lines.

Data only, used to propose a mapping; a person confirms it. Words are compared without case, accents and punctuation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Final

CODE_STANDARDS: Final[Mapping[str, str]] = {
    "biz step": "epcis.bizstep", "bizstep": "epcis.bizstep", "disposition": "epcis.disposition",
    "transport event type code": "dcsa.transport", "equipment event type code": "dcsa.equipment",
    "shipment event type code": "dcsa.shipment", "operations event type code": "dcsa.operations",
    "bak02": "x12.587", "ack01": "x12.668", "at701": "x12.1650", "at702": "x12.1651", "fst02": "x12.680",
    "bgm1225": "edifact.1225", "lin1229": "edifact.1229", "scc4017": "edifact.4017", "sts9011": "rec24",
}  # fmt: skip
"""What columns of codes are called, and the standard that each is of (engine.vocabulary.codes)."""

ROLES: Final[Mapping[str, Sequence[str]]] = {
    "order_ref": (
        "order ref", "order", "order id", "order no", "order number", "po", "po number", "po no", "purchase order",
        "purchasing document", "purchdoc", "ebeln", "so number", "sales order", "sales document", "vbeln", "bestellung",
        "bestellnummer", "bestellnr", "auftrag", "auftragsnummer", "auftragsnr", "einkaufsbeleg", "belegnummer", "beleg",
        "reference", "ref", "shipment", "shipment id", "transfer order", "po so", "document number", "referenz",
    ),
    "order_line": (
        "line", "line no", "line number", "order line", "po line", "item no", "position", "pos", "posnr", "ebelp",
        "schedule line", "bestellposition", "auftragsposition", "zeile",
    ),
    "id": ("id", "event id", "message id", "uuid", "record id", "guid", "source id"),
    "item": (
        "item", "material", "material number", "material no", "matnr", "sku", "part", "part number", "part no", "article",
        "article number", "article no", "product", "product id", "product code", "product number", "item id", "item code",
        "item number", "artikel", "artikelnummer", "artikelnr", "materialnummer", "materialnr", "teilenummer", "teilenr",
        "teil", "item description",
    ),
    "site": (
        "site", "plant", "werk", "werks", "location", "warehouse", "lager", "lagerort", "standort", "store", "ship to",
        "destination", "location id", "country", "dc", "empfangswerk",
    ),
    "origin": ("origin", "from", "ship from", "source location", "supplying plant", "lieferwerk", "abgangsort", "origin id"),
    "party": (
        "vendor", "supplier", "supplier id", "vendor number", "vendor supplying plant", "lieferant lieferwerk",
        "sold to party", "sold to", "auftraggeber", "lifnr", "lieferant", "lieferantennummer", "customer",
        "customer id", "kunnr", "kunde", "kundennummer", "carrier", "spediteur", "kreditor", "seller", "party",
    ),
    "quantity": (
        "quantity", "qty", "order quantity", "order qty", "ordered quantity", "ordered qty", "quantity ordered",
        "qty ordered", "menge", "bestellmenge", "auftragsmenge", "menget", "kwmeng",
        "line item quantity", "amount ordered", "anzahl", "stueck", "confirmed quantity", "confirmed qty",
        "bestaetigte menge", "gr quantity", "gr qty", "forecast quantity", "forecast qty", "prognosemenge",
        "delivered quantity", "received quantity", "gelieferte menge", "wareneingangsmenge", "sales",
        "weekly sales", "demand", "bedarf", "absatz",
    ),
    "stock": (
        "on hand", "onhand", "stock", "inventory", "national inv", "on hand qty", "unrestricted", "labst", "bestand",
        "lagerbestand", "freier bestand",
    ),
    "uom": (
        "uom", "uo m", "unit", "unit of measure", "meins", "mengeneinheit", "einheit", "me",
        "base unit", "base unit of measure", "basismengeneinheit", "order unit", "purchase order unit", "sales unit",
        "bestellmengeneinheit", "verkaufsmengeneinheit", "bme", "vme",
    ),
    "due": (
        "due", "due date", "delivery date", "scheduled delivery date", "requested date", "requested delivery date",
        "requested deliv date", "req dlv date", "req deliv date", "deliv date", "stat del date", "sched delivery date",
        "need by date", "promised date", "eindt", "liefertermin", "lieferdatum", "wunschtermin", "planned date",
        "planned delivery date", "scheduled date", "order estimated delivery date", "faelligkeit", "termin", "enddate",
        "end date", "finish", "finish date", "promised", "required date", "required by", "need by", "endtermin", "gltrp",
    ),
    "eta": (
        "eta", "expected date", "expected delivery date", "estimated arrival", "confirmed date",
        "confirmed delivery date", "confirmation date", "bestaetigter liefertermin", "bestaetigter termin", "neuer termin",
        "bestaetigt zum", "voraussichtliche ankunft", "new date", "promise date",
    ),
    "received": (
        "received", "received date", "receipt date", "goods receipt", "goods receipt date", "gr date", "gr posting date", "delivered", "delivered date",
        "actual delivery date", "delivered to client date", "order delivered customer date", "wareneingang", "budat",
        "wareneingangsdatum", "eingangsdatum", "geliefert am", "lieferung am",
    ),
    "recorded_at": (
        "recorded", "recorded date", "recorded at", "delivery recorded date", "posting date", "entry date", "created",
        "created at", "created on", "changed on", "updated at", "last changed", "timestamp", "buchungsdatum",
        "erfassungsdatum", "erfasst am", "geaendert am", "aenderungsdatum", "angelegt am", "cpudt", "aedat",
    ),
    "date": (
        "date", "datum", "week", "occurred", "occurred at", "event time", "event date", "time", "tag", "woche", "as of",
        "as of date", "snapshot date", "stock date", "stichtag", "stand",
    ),
    "value": (
        "value", "net value", "line value", "line item value", "netwr", "nettowert", "wert", "amount", "betrag",
        "total", "order value", "bestellwert", "positionswert",
    ),
    "unit_price": (
        "unit price", "unit cost", "price", "net price", "netpr", "preis", "nettopreis", "stueckpreis", "einzelpreis",
    ),
    "currency": (
        "currency", "curr", "cur", "ccy", "waers", "waehrung", "waehr", "whg", "wkz", "currency code", "currency key",
        "order currency", "document currency", "belegwaehrung", "hauswaehrung",
    ),
    "status": ("status", "state", "order status", "line status", "zustand"),
    "code": tuple(CODE_STANDARDS),
    "corrects": (
        "corrects", "corrected id", "retracted event id", "corrected event id", "reversed document", "storno zu",
        "korrigiert", "stblg", "smbln",
    ),
    "lot": ("lot", "lot number", "lot no", "batch", "batch number", "batch no", "charge", "chargennummer", "charg"),
    "resource": ("resource", "work center", "workcenter", "machine", "arbeitsplatz", "maschine", "anlage", "arbpl"),
    "expected": ("expected", "expected quantity", "expected output", "planned quantity", "planned output", "sollmenge"),
    "limit": ("limit", "upper limit", "free time", "free days", "grenzwert", "obergrenze"),
    "maximum": ("maximum", "max", "max stock", "maximum stock", "maximalbestand", "hoechstbestand"),
    "minimum": (
        "minimum", "min", "min bank", "safety stock", "min stock", "target stock", "reorder point", "eisbe",
        "mindestbestand", "sicherheitsbestand", "meldebestand", "zielbestand",
    ),
}  # fmt: skip
"""Role of a column to its usual names, the most telling first; what a role fills depends on the kind."""

ARRIVED_WORDS: Final = frozenset(
    ("received", "receipt", "gr", "delivered", "geliefert", "gelieferte", "wareneingangsmenge")
)
"""Words of a quantity's column by which its rows are receipts, where a day is stated as well."""

REFERENCES: Final[Mapping[str, Sequence[str]]] = {
    "purchase_order": ("po", "po number", "po no", "purchase order", "purchasing document", "ebeln", "einkaufsbeleg"),
    "sales_order": ("sales order", "sales document", "so number", "vbeln", "kundenauftrag"),
    "production_order": ("production order", "work order", "manufacturing order", "mo", "aufnr", "fertigungsauftrag"),
    "transfer_order": ("transfer order", "stock transport order", "sto", "umlagerungsbestellung"),
    "shipment": ("shipment", "shipment id", "shipment no", "shipment number", "consignment", "transport", "sendung"),
}
"""Kind of plan line to what its own reference is called, where a file names other orders as well."""

RECORD_WORDS: Final[Mapping[str, Sequence[str]]] = {
    "latitude": ("lat", "breite", "breitengrad", "geo_lat"),
    "longitude": ("lon", "lng", "long", "laenge", "laengengrad", "geo_lon"),
    "parent": ("parent_item", "parent_material", "parent_part", "assembly", "finished_good", "baugruppe"),
    "item": ("component", "component_item", "component_material", "child", "material", "part", "komponente", "idnrk"),
    "quantity": ("qty", "qty_per", "quantity_per", "component_quantity", "component_qty", "usage", "menge", "kmpmg"),
    "lead_days": ("lead_time_days", "offset_days"),
    "name": ("description", "bezeichnung", "beschreibung", "kurztext", "maktx"),
    "uom": ("unit", "base_unit", "base_unit_of_measure", "unit_of_measure", "meins", "mengeneinheit", "einheit", "me"),
    "functions": ("function", "roles", "role", "team", "department", "funktion", "funktionen", "rolle", "abteilung"),
    "sites": ("site", "plants", "plant", "werk", "werke", "standort"),
    "parties": ("party", "suppliers", "supplier", "vendors", "vendor", "customers", "lieferant", "lieferanten"),
    "items": ("item", "materials", "material", "skus", "sku"),
    "email": ("mail", "e_mail", "email_address", "mail_address"),
    "owner": ("person", "employee", "mitarbeiter"),
    "first_day": ("from", "start", "first", "von"),
    "last_day": ("to", "until", "end", "last", "bis"),
    "origin": ("from", "ship_from", "von"),
    "destination": ("to", "ship_to", "nach"),
    "duration_days": ("days", "transit_days", "lead_time_days", "transit_time_days"),
}
"""Field of a master record to other names of its column, with `_` between words."""

NULL_WORDS: Final = frozenset(
    ("n/a", "na", "#n/a", "nan", "null", "none", "nil", "-", "--", "?", "tbd", "tba", "unknown", "not captured", "k.a.",
     "unbekannt", "date not captured", "not available")
)  # fmt: skip
"""What people write where nothing is known, in lower case."""

STATUS_WORDS: Final[Mapping[str, str]] = {
    "open": "open", "offen": "open", "confirmed": "open", "in progress": "open", "released": "open", "new": "open",
    "shipped": "open", "processing": "open", "approved": "open", "closed": "closed", "complete": "closed",
    "completed": "closed", "delivered": "closed", "erledigt": "closed", "geliefert": "closed", "abgeschlossen": "closed",
    "cancelled": "cancelled", "canceled": "cancelled", "deleted": "cancelled", "storniert": "cancelled",
    "geloescht": "cancelled", "unavailable": "cancelled",
}  # fmt: skip

_WHOLE_ONLY: Final = (
    "order_line", "id", "date", "uom", "recorded_at", "code", "corrects", "lot", "resource", "expected", "limit"
)  # fmt: skip
"""Roles whose words stand in too many other names: `lead time` is no time, `first line designation` no line."""

_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def plain(name: str) -> str:
    """A column name as words: lower case, without accents and punctuation, `OrderQty` in two."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower().translate(_UMLAUTS)
    letters = "".join(c for c in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", letters))


def roles(columns: Sequence[str]) -> dict[str, str]:
    """Role to the column that plays it: equal names first, then names that contain the words; each column once."""
    words = {column: plain(column) for column in columns}
    found: dict[str, str] = {}
    taken: set[str] = set()
    for whole in (True, False):
        for role, names in ROLES.items():
            if role in found or (not whole and role in _WHOLE_ONLY):
                continue
            for name in names:
                if not whole and len(name) < 4:
                    continue
                fits = [
                    column
                    for column, text in words.items()
                    if column not in taken and (text == name if whole else f" {name} " in f" {text} ")
                ]
                if fits:
                    found[role] = fits[0]
                    taken.add(fits[0])
                    break
    return found


def rivals(role: str, columns: Sequence[str], playing: Collection[str]) -> list[str]:
    """Columns that play no role although their names have a word of this one: any of them may be what is meant."""
    return [
        column
        for column in columns
        if column not in playing and any(f" {name} " in f" {plain(column)} " for name in ROLES[role])
    ]
