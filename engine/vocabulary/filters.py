"""The filter language of lists: what `--where` and the `/` line accept, made into SQL with parameters.

    FIELD=VALUE  !=  <  >  <=  >=      compare; severities and states compare in their own order
    FIELD~VALUE                        contains, whatever the case
    FIELD=                             has no value;  FIELD!= has one
    word                               anything with this word in it (each list says where it looks); D12: that row,
                                       and what names it
    !term                              everything that the term does not hold for

Several terms must all hold; a value with blanks stands in quotes; choices take several values with commas. Times are
ISO 8601 (a date alone is that whole UTC day) or relative to now: `+2h`, `-3d`, units m, h, d, w. Money compares
amounts: `exposure>50000`, `50k`, `1.2M`. Which fields there are is engine.reading.fields.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from engine.values import ids
from engine.values.clock import DAY, HOUR, MINUTE, typed_instant, within_reach
from engine.values.errors import BadInput, NotFound
from engine.vocabulary import subject_words


class Field(NamedTuple):
    """A field of a list: how its values are written, and the SQL expression (of our own making) that gives it."""

    type: str
    """text, number, time, money, flag, choice, id or document."""
    sql: str
    choices: Sequence[str] = ()
    """Of a choice, in the order in which `<` and `>` compare."""
    table: str = ""
    """Of an id: the table that it names."""


class Fields(NamedTuple):
    """What one list can be filtered by."""

    fields: Mapping[str, Field]
    words: Sequence[str]
    """SQL expressions in which a bare word is looked for; an id is also looked for in the fields of its table."""
    with_subject: bool = False
    """Whether a row has `subject_type` and `subject_id`, so that a word is also looked for in the subject as people say
    it."""


class Filter(NamedTuple):
    """A compiled filter: an SQL condition with named parameters, and the fields that it names."""

    sql: str
    parameters: dict[str, Any]
    fields: frozenset[str]


class Term(NamedTuple):
    """One term as it was written; a bare word has no field."""

    inverse: bool
    field: str
    operator: str
    value: str


_MOST_TERMS: Final = 200
_LONGEST_VALUE: Final = 10_000
"""Characters: what SQLite still searches for, and combines, whatever they are."""
_OPERATORS: Final = "<=|>=|!=|=|<|>|~"
_VALUE: Final = r"\"[^\"]*\"|'[^']*'|\S*"
# Patterns stay text, compiled at their first use: a list without conditions must start fast.
_TERM: Final = (
    rf"\s*(?P<inverse>!(?=\S))?(?:(?P<field>[A-Za-z_][\w.]*)(?P<operator>{_OPERATORS})(?P<value>{_VALUE})"
    rf"|(?P<word>\"[^\"]*\"|'[^']*'|\S+))"
)
_ONE_CONDITION: Final = (
    rf"\s*(?P<inverse>!)?(?P<field>[A-Za-z_][\w.]*)(?P<operator>{_OPERATORS})(?P<value>[^\"'=<>~!]*)"
)
_RELATIVE: Final = r"([+-])(\d{1,6}(?:\.\d{1,3})?)([mhdw])"
_SPAN: Final = {"m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_AMOUNT: Final = r"([+-]?\d+(?:\.\d+)?)([kM]?)"
_SQL_OPERATOR: Final = {"=": "IS", "!=": "IS NOT", "<": "<", ">": ">", "<=": "<=", ">=": ">="}


def parse_line(text: str, of: Fields, now: int) -> Filter:
    """Compile what was typed on the `/` line. Raises BadInput naming the term, the fault and what would be right."""
    return _compile(_terms(text), of, now)


def parse_where(where: Sequence[str], of: Fields, now: int) -> Filter:
    """Compile the conditions of `--where`; one that is a single `FIELD=VALUE` may hold blanks without quotes.

    Raises BadInput naming the term, the fault and what would be right.
    """
    terms: list[Term] = []
    for text in where:
        one = re.fullmatch(_ONE_CONDITION, text, re.ASCII)
        terms += [_condition(one)] if one else _terms(text)
    return _compile(terms, of, now)


def _terms(text: str) -> list[Term]:
    return [
        _condition(match)
        if match["field"]
        else Term(bool(match["inverse"]), "", "~", _unquoted(match["word"], match[0]))
        for match in re.finditer(_TERM, text, re.ASCII)
    ]


def _condition(match: re.Match[str]) -> Term:
    return Term(bool(match["inverse"]), match["field"], match["operator"], _unquoted(match["value"].strip(), match[0]))


def _unquoted(text: str, term: str) -> str:
    if text[:1] in ('"', "'") and (len(text) < 2 or text[-1] != text[0]):
        raise BadInput(f"filter {term.strip()}", "the quote is not closed", f"end the value with {text[0]}")
    return text[1:-1] if text[:1] in ('"', "'") else text


def _compile(terms: Sequence[Term], of: Fields, now: int) -> Filter:
    if len(terms) > _MOST_TERMS or any(len(term.value) > _LONGEST_VALUE for term in terms):
        limits = f"at most {_MOST_TERMS} terms, each of at most {_LONGEST_VALUE:,} characters"
        raise BadInput("filter", "it is too long", f"write {limits}")
    parameters: dict[str, Any] = {}

    def bind(value: Any) -> str:
        name = f"f{len(parameters)}"
        parameters[name] = value
        return f":{name}"

    conditions = []
    for term in terms:
        sql = _field_condition(term, of, now, bind) if term.field else _word_condition(term.value, of, bind)
        conditions.append(f"NOT coalesce(({sql}), 0)" if term.inverse else f"({sql})")
    return Filter(" AND ".join(conditions) or "1", parameters, frozenset(term.field for term in terms if term.field))


def _word_condition(word: str, of: Fields, bind: Callable[[Any], str]) -> str:
    if word in ("", "!"):
        return "1"
    # What costs least goes first.
    conditions = list(subject_words.conditions(word, bind)) if of.with_subject else []
    conditions += [_contains(sql, word, bind) for sql in of.words]
    named = ids.find(word)
    if named is not None:
        # An id is how people talk of a row, and of what belongs to it: D7 is D7 and not D70 as well.
        same = (field.sql for field in of.fields.values() if field.type == "id" and field.table == named.table)
        conditions += [f"{sql} = {bind(named.number)}" for sql in same]
    return " OR ".join(conditions)


def _contains(sql: str, word: str, bind: Callable[[Any], str]) -> str:
    # LIKE folds only ASCII letters; a word with others is also looked for in its usual writings.
    writings = [word] if word.isascii() else dict.fromkeys((word, word.lower(), word.upper(), word.capitalize()))
    escaped = (re.sub(r"([\\%_])", r"\\\1", writing) for writing in writings)
    return " OR ".join(f"{sql} LIKE {bind(f'%{writing}%')} ESCAPE '\\'" for writing in escaped)


def _field_condition(term: Term, of: Fields, now: int, bind: Callable[[Any], str]) -> str:
    place = f"filter {term.field}{term.operator}{term.value}"
    field = of.fields.get(term.field)
    if field is None:
        base, dot, key = term.field.partition(".")
        document = of.fields.get(base)
        if not dot or not key or document is None or document.type != "document":
            raise BadInput(place, "there is no such field", f"the fields are {', '.join(of.fields)}")
        return _document_condition(document.sql, key, term, place, bind)
    if field.type == "choice":
        return _choice_condition(field, term, of, place, bind)
    if field.type == "document":
        if term.operator != "~":
            raise BadInput(place, "this field holds several values", f"name one, as in {term.field}.days>3, or use ~")
        return _contains(field.sql, term.value, bind)
    if not term.value and term.operator in ("=", "!="):
        empty = f"nullif({field.sql}, '')"
        return f"{empty} {_SQL_OPERATOR[term.operator]} NULL"
    if term.operator == "~":
        if field.type != "text":
            raise BadInput(place, f"a {field.type} cannot be searched", "compare it with =, !=, <, >, <= or >=")
        return _contains(field.sql, term.value, bind)
    if field.type == "time":
        return _time_condition(field.sql, term, place, now, bind)
    return f"{field.sql} {_SQL_OPERATOR[term.operator]} {bind(_value(field, term, place))}"


def _document_condition(sql: str, key: str, term: Term, place: str, bind: Callable[[Any], str]) -> str:
    value = f"json_extract({sql}, {bind(f'$.{key}')})"
    if not re.fullmatch(r"\w+(\.\w+)*", key, re.ASCII):
        raise BadInput(place, "there is no such field", "write names with dots between, as in gap.days")
    if term.operator == "~":
        return _contains(value, term.value, bind)
    if not term.value and term.operator in ("=", "!="):
        return f"{value} {_SQL_OPERATOR[term.operator]} NULL"
    wanted: float | str = term.value
    if re.fullmatch(r"[+-]?\d+(\.\d+)?", term.value, re.ASCII):
        wanted = float(term.value)
        # Text sorts above every number in SQLite; it must not count as a large one.
        value = f"CASE WHEN typeof({value}) IN ('integer', 'real') THEN {value} END"
    return f"{value} {_SQL_OPERATOR[term.operator]} {bind(wanted)}"


def _choice_condition(field: Field, term: Term, of: Fields, place: str, bind: Callable[[Any], str]) -> str:
    if term.operator == "~":
        chosen = [word for word in field.choices if term.value.lower() in word.lower()]
    else:
        wanted = [_choice(field, word.strip(), of, place) for word in term.value.split(",")]
        holds: Mapping[str, Callable[[int], bool]] = {
            "=": lambda at: at in wanted,
            "!=": lambda at: at not in wanted,
            "<": lambda at: at < min(wanted),
            ">": lambda at: at > max(wanted),
            "<=": lambda at: at <= max(wanted),
            ">=": lambda at: at >= min(wanted),
        }
        chosen = [word for at, word in enumerate(field.choices) if holds[term.operator](at)]
    # Nothing has the empty word; of a condition that never holds SQLite cannot tell which index answers it.
    return f"{field.sql} IN ({', '.join(bind(word) for word in chosen or [''])})"


def _choice(field: Field, word: str, of: Fields, place: str) -> int:
    until = f"{word.lower()}_until"
    if word.lower() not in field.choices and until in of.fields:
        raise BadInput(place, f"{word!r} is no state", f"use {until}>now")
    if word.lower() not in field.choices:
        raise BadInput(place, f"{word!r} is not one of its values", f"use {', '.join(field.choices)}")
    return list(field.choices).index(word.lower())


def _time_condition(sql: str, term: Term, place: str, now: int, bind: Callable[[Any], str]) -> str:
    start, end = instants(term.value, now, place)
    if end == start:
        return f"{sql} {_SQL_OPERATOR[term.operator]} {bind(start)}"
    # A date alone is a whole day.
    if term.operator in ("=", "!="):
        inside = f"({sql} >= {bind(start)} AND {sql} < {bind(end)})"
        return inside if term.operator == "=" else f"NOT coalesce({inside}, 0)"
    return {
        "<": f"{sql} < {bind(start)}",
        "<=": f"{sql} < {bind(end)}",
        ">": f"{sql} >= {bind(end)}",
        ">=": f"{sql} >= {bind(start)}",
    }[term.operator]


def instants(text: str, now: int, place: str) -> tuple[int, int]:
    """A written time as [start, end): equal for an instant, one day apart for a date alone. Raises BadInput."""
    if text == "now":
        return now, now
    relative = re.fullmatch(_RELATIVE, text, re.ASCII)
    if relative:
        offset = round(float(relative[2]) * _SPAN[relative[3]])
        at = within_reach(now - offset if relative[1] == "-" else now + offset, text, place)
        return at, at
    if text[:1] in ("+", "-"):
        raise BadInput(place, f"{text!r} is not a span of time", "write it as +2h, -3d, +30m or +1w")
    start = typed_instant(text, place)
    return start, start + DAY if re.fullmatch(r"\d{4}-?\d\d-?\d\d", text, re.ASCII) else start


def _value(field: Field, term: Term, place: str) -> float | int | str:
    """The written value as the field's SQL expression gives it."""
    if field.type == "text":
        return term.value
    if field.type == "flag":
        return _flag(term, place)
    if field.type == "id":
        return _number_of(field, term, place)
    amount = re.fullmatch(_AMOUNT, term.value, re.ASCII)
    if field.type == "money" and amount:
        return float(amount[1]) * {"": 1, "k": 1_000, "M": 1_000_000}[amount[2]]
    try:
        number = float(term.value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or field.type == "money":
        example = "50000, 50k or 1.2M" if field.type == "money" else "12 or 0.5"
        raise BadInput(place, f"{term.value!r} is not a number", f"write it as {example}")
    return number


def _flag(term: Term, place: str) -> int:
    if term.operator not in ("=", "!="):
        raise BadInput(place, "this is either true or false", "compare it with = or !=")
    if term.value.lower() in ("true", "yes", "1"):
        return 1
    if term.value.lower() in ("false", "no", "0"):
        return 0
    raise BadInput(place, f"{term.value!r} is neither true nor false", "use true or false")


def _number_of(field: Field, term: Term, place: str) -> int:
    text = term.value if not term.value.isdecimal() else f"{ids.LETTERS[field.table]}{int(term.value)}"
    try:
        return ids.parse(text, field.table).number
    except NotFound:
        raise BadInput(place, f"{term.value!r} is no id", f"write it as {ids.LETTERS[field.table]}12") from None
