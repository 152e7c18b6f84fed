"""Making a desk's settings current: what can be used of them, the journal's entry, and what may be judged
differently by them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from engine.storage.sqlite import sqlite3
from engine.values.errors import BadInput
from engine.values.zones import is_known
from engine.vocabulary.deviation_kinds import DEVIATION_KINDS
from engine.vocabulary.settings import DEFAULTS, Rule, current, present_rules, put_rules

if TYPE_CHECKING:
    from engine.storage.journal import Writer

SUBJECTS: Final[Mapping[str, str]] = {
    "order": "SELECT DISTINCT 'order', ref, '' FROM plan_line WHERE to_version IS NULL",
    "stock": "SELECT 'stock', item, site FROM stock_point",
    "demand": "SELECT DISTINCT 'demand', ref, '' FROM hit",
    "hazard": "SELECT 'hazard', source, message FROM hazard",
    "place": "SELECT DISTINCT 'place', type, id FROM hazard_cover",
    "event": "SELECT DISTINCT 'event', type, id FROM event_subject",
    "source": "SELECT 'source', name, '' FROM source",
}
"""What detection judges, by family of engine.detect."""


def differ(connection: sqlite3.Connection, settings: Mapping[str, Any]) -> bool:
    """Whether `configure` would change anything. Raises BadInput naming the setting that cannot be used."""
    return _desk_of(settings) != current(connection) or rules_of(settings) != present_rules(connection)


def configure(connection: sqlite3.Connection, writer: Writer, now: int, settings: Mapping[str, Any]) -> bool:
    """Make the settings current, journal the change, and touch what may be judged differently; false if none.

    Raises BadInput naming the setting that cannot be used.
    """
    from engine.storage.journal import Entry, canonical
    from engine.storage.store import set_meta

    desk, rules = _desk_of(settings), rules_of(settings)
    former_desk, former_rules = current(connection), present_rules(connection)
    if desk == former_desk and rules == former_rules:
        return False
    set_meta(connection, "settings", canonical(desk))
    if rules != former_rules:
        put_rules(connection, rules)
    _touch(connection, _families_of_change(former_desk, desk, former_rules, rules))
    changed = [name for name in desk if desk[name] != former_desk[name]]
    before: dict[str, Any] = {name: former_desk[name] for name in changed}
    after: dict[str, Any] = {name: desk[name] for name in changed}
    if rules != former_rules:
        before["tolerance"], after["tolerance"] = former_rules, rules
    writer.write(Entry("configure", "desk", "desk", before, after))
    return True


def _desk_of(settings: Mapping[str, Any]) -> dict[str, Any]:
    from engine.values import rates as exchange
    from engine.values.text import clean
    from engine.vocabulary import emissions

    unknown = sorted(set(settings) - {*DEFAULTS, "tolerance", "rules"})
    if unknown:
        known = ", ".join([*DEFAULTS, "tolerance", "rules"])
        raise BadInput(f"setting {unknown[0]}", "there is no such setting", f"the settings are {known}")
    desk = {**DEFAULTS, **{name: settings[name] for name in DEFAULTS if name in settings}}
    _check_zone(desk["zone"])
    name, currency, rates = desk["name"], desk["currency"], desk["rates"]
    if not isinstance(name, str) or not clean(name).strip():
        raise BadInput("setting name", "it is empty", "give the desk a name")
    _check_currency("setting currency", currency)
    stated = _table("setting rates", rates, "write it as {USD = 0.92}")
    for code in stated:
        _check_currency(f"rate {code}", code)
    checked = {code: exchange.check(f"rate {code}", rate) for code, rate in sorted(stated.items())}
    modes = _table("setting emissions", desk["emissions"], 'write it as {road = {grams_per_tkm = 62, source = "..."}}')
    factors = {
        str(mode): emissions.check(f"emissions {mode}", factor) for mode, factor in sorted(modes.items(), key=str)
    }
    return {**desk, "name": clean(name).strip(), "rates": checked, "emissions": factors}


def _table(place: str, given: Any, mend: str) -> Mapping[Any, Any]:
    """What must be names with values. Raises BadInput at `place`, with the mend, where it is something else."""
    if not isinstance(given, Mapping):
        raise BadInput(place, f"{given!r:.40} is no table", mend)
    return given


def _check_zone(zone: Any) -> None:
    if not is_known(zone):
        raise BadInput("setting zone", f"{zone!r} is no time zone", "name one such as Europe/Berlin or UTC")


def _check_currency(place: str, code: Any) -> None:
    from engine.values import money

    if not money.is_code(code):
        raise BadInput(place, f"{code!r} is no currency", "write an ISO 4217 code such as EUR")


def rules_of(settings: Mapping[str, Any]) -> list[Rule]:
    """The tolerance rows that settings ask for: first each kind's own values, then the rules, in their order."""
    from engine.detect import tolerance_rules
    from engine.storage.journal import canonical

    found: list[Rule] = []
    kinds = _table("setting tolerance", settings.get("tolerance", {}), "write it as {late_supply = {days = 2}}")
    for kind, given in sorted(kinds.items(), key=lambda pair: str(pair[0])):
        place = f"tolerance {kind}"
        parameters = _table(place, given, "write it as {days = 2}")
        tolerance_rules.check(kind, {}, parameters, place)
        found.append((None, kind, "{}", canonical(dict(parameters))))
    rules = settings.get("rules", ())
    if isinstance(rules, str | Mapping) or not isinstance(rules, Sequence):
        raise BadInput("setting rules", f"{rules!r:.40} is no list of rules", "write each as a table [[rule]]")
    for number, given in enumerate(rules, 1):
        place = f"rule {number}"
        rule = _table(place, given, 'write it as {kind = "late_supply", match = {party = "ACME"}, days = 5}')
        matches = _table(place, rule.get("match", {}), 'write match as {party = "ACME"}')
        parameters = {name: value for name, value in rule.items() if name not in ("kind", "match")}
        tolerance_rules.check(rule.get("kind"), matches, parameters, place)
        found.append((number, rule.get("kind"), canonical(dict(matches)), canonical(parameters)))
    return found


def kinds_of_change(former: Sequence[Rule], rules: Sequence[Rule]) -> set[str]:
    """The deviation kinds that a change of rules may judge differently."""
    # A rule whose number alone changed is another one as well: explanations name it.
    kinds = {rule[1] for rule in (*former, *rules) if rule not in former or rule not in rules}
    return set(DEVIATION_KINDS) if None in kinds else {kind for kind in kinds if kind is not None}


def families_of(kinds: Collection[str]) -> set[str]:
    """The families of subjects that are judged for any of some deviation kinds."""
    from engine import detect

    return {family for family, judges in detect.FAMILIES.items() if any(judge.KIND in kinds for judge in judges)}


def _families_of_change(
    former_desk: Mapping[str, Any], desk: Mapping[str, Any], former_rules: list[Rule], rules: list[Rule]
) -> set[str]:
    if any(former_desk[name] != desk[name] for name in ("currency", "rates", "zone")):
        return set(SUBJECTS)
    return families_of(kinds_of_change(former_rules, rules))


def _touch(connection: sqlite3.Connection, families: Iterable[str]) -> None:
    for family in sorted(families):
        connection.execute(f"INSERT OR IGNORE INTO touched(type, a, b) {SUBJECTS[family]}")
