"""Conditions: what each operator compares, what unknown means, and which conditions are constant."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.language import conditions
from playbooks.language.condition_shape import Condition
from playbooks.language.conditions import Case, Verdict, specificity
from playbooks.lint.constancy import verdicts
from tests.playbooks.worlds import at, deviation


def condition(**data: Any) -> Condition:
    return Condition.model_validate(data)


def evaluate(asked: Condition, about: dict[str, Any]) -> Verdict:
    """Judged two days after the deviation opened."""
    return conditions.evaluate(asked, Case(about, at("2026-03-08T09:00:00Z")))


def clause(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


@pytest.mark.parametrize(
    ("field", "op", "value", "held"),
    [
        ("kind", "eq", "late_supply", True),
        ("kind", "ne", "late_supply", False),
        ("kind", "in", ["overdue", "late_supply"], True),
        ("kind", "nin", ["overdue", "late_supply"], False),
        ("subject.type", "eq", "purchase_order", True),
        ("party", "starts_with", "AC", True),
        ("party", "contains", "CM", True),
        ("party", "contains", "cm", False),
        ("gap.days", "ge", 12, True),
        ("gap.days", "gt", 12, False),
        ("gap.days", "between", [12, 13], True),
        ("gap.days", "lt", 12.5, True),
        ("gap.days", "le", 11, False),
        ("severity", "ge", "medium", True),
        ("severity", "gt", "medium", False),
        ("severity", "between", ["low", "high"], True),
        ("need_at", "lt", "2026-03-13T00:00:01Z", True),
        ("need_at", "ge", "2026-03-13T01:00:01+01:00", False),
        ("opened_at", "older_than", "PT47H59M", True),
        ("opened_at", "older_than", "PT48H", False),
        ("opened_at", "newer_than", "PT48H", False),
        ("opened_at", "newer_than", "PT48H1M", True),
        ("need_at", "newer_than", "PT1H", True),
        ("need_at", "older_than", "PT0M", False),
        ("occurred_at", "newer_than", "PT1H", None),
        ("party", "ends_with", "ME", True),
        ("party", "ends_with", "AC", False),
        ("item", "regex", "SKU-[0-9]+", True),
        ("item", "regex", "SKU", False),
        ("owner", "regex", ".*", None),
        ("owner", "exists", False, True),
        ("item", "exists", None, True),
        ("gap.percent", "lt", 5, None),
        ("owner", "ne", "ana", None),
    ],
)
def test_a_clause_compares_by_the_type_of_its_field(field: str, op: str, value: Any, held: bool | None) -> None:
    verdict = evaluate(condition(**clause(field, op, value)), deviation())
    assert verdict.held is held
    assert verdict.because.startswith(field)


def test_text_in_a_number_field_is_unknown_and_not_an_error() -> None:
    verdict = evaluate(condition(**clause("gap.days", "gt", 1)), deviation(gap={"days": "12"}))
    assert (verdict.held, verdict.because) == (None, "gap.days is not known (asked: > 1)")


def test_unknown_stays_unknown_inside_not_any_and_all() -> None:
    unknown, yes, no = clause("gap.percent", "gt", 1), clause("site", "eq", "RTM"), clause("site", "eq", "ANR")
    assert evaluate(condition(**{"not": unknown}), deviation()).held is None
    assert evaluate(condition(any=[unknown, yes]), deviation()).held is True
    assert evaluate(condition(any=[unknown, no]), deviation()).held is None
    assert evaluate(condition(all=[unknown, yes]), deviation()).held is None
    assert evaluate(condition(all=[unknown, no]), deviation()).held is False


def test_because_names_the_clause_that_decides_with_both_values() -> None:
    both = condition(all=[clause("site", "eq", "RTM"), clause("party", "in", ["BOLT", "NUT"])])
    assert evaluate(both, deviation()).because == "party is ACME (asked: in BOLT or NUT)"
    assert evaluate(both, deviation(party="NUT")).because == "site is RTM; party is NUT"


def test_data_that_looks_like_a_template_or_control_code_is_only_shown() -> None:
    verdict = evaluate(condition(**clause("party", "eq", "X")), deviation(party="$kind {0}\x1b[31m"))
    assert verdict.because == "party is $kind {0}\N{REPLACEMENT CHARACTER}[31m (asked: = X)"


def test_specificity_counts_the_clauses_that_have_to_hold() -> None:
    one, two = clause("site", "eq", "RTM"), clause("kind", "eq", "overdue")
    assert specificity(condition(all=[one, {"any": [two, {"all": [one, two]}]}])) == 2
    assert specificity(None) == 0


@pytest.mark.parametrize(
    ("data", "outcomes"),
    [
        ({"all": [clause("kind", "eq", "overdue"), clause("kind", "eq", "stockout")]}, {False}),
        ({"all": [clause("gap.days", "gt", 5), clause("gap.days", "lt", 3)]}, {False}),
        ({"all": [clause("gap.days", "gt", 3), clause("gap.days", "lt", 5)]}, {True, False}),
        ({"all": [clause("gap.days", "gt", 3), clause("gap.days", "exists", False)]}, {False}),
        ({"any": [clause("severity", "ge", "high"), clause("severity", "lt", "high")]}, {True}),
        ({"any": [clause("item", "exists", True), clause("item", "exists", False)]}, {True}),
        ({"all": [clause("party", "starts_with", "A"), clause("party", "eq", "BOLT")]}, {False}),
        ({"all": [clause("party", "starts_with", "A"), clause("party", "contains", "Z")]}, {True, False}),
        ({"all": [clause("party", "ends_with", "A"), clause("party", "eq", "BOLT")]}, {False}),
        ({"all": [clause("party", "ends_with", "A"), clause("party", "starts_with", "Z")]}, {True, False}),
        ({"all": [clause("opened_at", "older_than", "PT9H"), clause("opened_at", "newer_than", "PT4H")]}, {False}),
        (
            {"all": [clause("opened_at", "older_than", "PT4H"), clause("opened_at", "newer_than", "PT9H")]},
            {True, False},
        ),
        ({"all": [clause("opened_at", "older_than", "PT9H"), clause("opened_at", "gt", "2026-01-01")]}, None),
        ({"all": [clause("party", "regex", "A.*"), clause("party", "eq", "BOLT")]}, None),
        ({"all": [clause("need_at", "lt", "2026-01-01"), clause("need_at", "gt", "2027-01-01")]}, {False}),
        ({"not": {"any": [clause("kind", "in", ["overdue"]), clause("kind", "ne", "overdue")]}}, {False}),
    ],
)
def test_constant_conditions_are_found(data: dict[str, Any], outcomes: set[bool] | None) -> None:
    assert verdicts(condition(**data)) == outcomes


def test_a_condition_with_too_many_cases_is_not_judged() -> None:
    wide = [clause("summary", "contains", f"word {number}") for number in range(9)]
    assert verdicts(condition(any=wide)) is None


_CLAUSES = st.one_of(
    st.builds(clause, st.just("gap.days"), st.sampled_from(["lt", "ge", "eq", "ne"]), st.integers(0, 3)),
    st.builds(clause, st.just("severity"), st.sampled_from(["le", "gt"]), st.sampled_from(["low", "high"])),
    st.builds(clause, st.just("site"), st.just("exists"), st.booleans()),
)
_CONDITIONS = st.recursive(
    _CLAUSES,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=6,
)


@given(
    _CONDITIONS,
    st.sampled_from([None, -1.0, 0.0, 0.5, 1.0, 2.0, 2.9, 3.0, 9.0]),
    st.sampled_from(["low", "medium", "high", "critical"]),
    st.sampled_from([None, "RTM"]),
)
def test_no_deviation_comes_out_as_what_was_found_impossible(
    data: dict[str, Any], days: float | None, severity: str, site: str | None
) -> None:
    built = condition(**data)
    outcomes = verdicts(built)
    assert outcomes is not None
    held = evaluate(built, deviation(gap={"days": days}, severity=severity, site=site)).held is True
    assert held in outcomes
