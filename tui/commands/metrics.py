"""The metrics of a period: what was raised and what became of it, as text, Markdown, HTML or JSON, and as the parts
of its view."""

from __future__ import annotations

import shlex
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from engine.values.zones import local_time
from engine.vocabulary.filters import instants
from tui.terminal import cells
from tui.wiring import opened
from tui.words import documents
from tui.words.documents import Section

_TIMES: Final = {
    "mttd": "until noticed: the deviation opened − it occurred",
    "feed": "of that, the record systems: recorded − occurred",
    "mtta": "until taken: acknowledged − opened",
    "decide": "until decided: first decision step done − opened",
    "start": "until worked on: first action started − acknowledged",
    "mttc": "until contained: last mandatory step done − opened",
    "mttr": "until over: restored − opened",
}
_SORTS: Final = {
    "safe": "misses nothing",
    "best": "spares most, less what it misses",
    "all": "spares all noise",
}
_OUTCOMES: Final = (
    ("opened", "opened"),
    ("acted", "acted upon"),
    ("noise", "noise"),
    ("alone", "ended alone"),
    ("accepted", "accepted"),
    ("duplicate", "duplicate"),
    ("wrong_data", "wrong data"),
    ("untouched", "untouched"),
    ("recorded", "only recorded"),
    ("open", "still open"),
)


def report(args: Namespace) -> int:
    """Print how much was raised, what became of it, how long it took, and which tolerances would have spared the
    noise."""
    with opened(args) as desk:
        found = desk.metrics(instants(args.since, desk.clock.now(), "--since")[0])
        header = desk.header()
    title = f"Metrics of {header['name']}"
    documents.answer(args, found, title, sections(found, str(header["zone"])))
    return 0


def sections(found: Mapping[str, Any], zone: str) -> Iterator[Section]:
    """The report's parts in their order; times are the desk's."""
    now = cells.instant(found["now"])
    yield _summary(found, [local_time(cells.instant(found[end]), zone) for end in ("since", "now")])
    yield from _outcomes(found)
    yield _severities(found)
    yield _load(found["load"], now, zone)
    yield _times(found)
    yield _sources(found, now, zone)
    yield _suggestions(found["suggestions"])


def _outcomes(found: Mapping[str, Any]) -> Iterator[Section]:
    headings = [*(title for _, title in _OUTCOMES), "median life", "not real"]
    yield Section(
        "By kind",
        ["What became of the deviations that opened in the period. What is still open has no length yet."],
        ["kind", *headings],
        [[row["kind"], *_counts(row)] for row in found["kinds"]],
    )
    yield Section(
        "By rule",
        ["The layers of tolerance that let them open."],
        ["kind", "rule", *headings],
        [[row["kind"], row["rule"], *_counts(row)] for row in found["rules"]],
    )


def _severities(found: Mapping[str, Any]) -> Section:
    return Section(
        "Severities",
        ["Beside the shares that process industries aim for with their alarms."],
        ["severity", "opened", "share", "guidance"],
        [
            [row["severity"], str(row["opened"]), _share(row["share"]), _share(row["guidance"])]
            for row in found["severities"]
        ],
    )


def _times(found: Mapping[str, Any]) -> Section:
    actions = found["actions"]
    return Section(
        "How long it took",
        [
            f"Of {actions['due']} action{'' if actions['due'] == 1 else 's'} that became due, {actions['on_time']} were done in time"
            f" ({_share(actions['share'])}); {actions['skipped']} were skipped."
        ],
        ["time", "count", "median", "90th percentile", "mean", "still open"],
        [
            [
                _TIMES[row["name"]],
                str(row["count"]),
                cells.length(row["median_minutes"]),
                cells.length(row["p90_minutes"]),
                cells.length(row["mean_minutes"]),
                str(row["open"]),
            ]
            for row in found["times"]
        ],
    )


def _sources(found: Mapping[str, Any], now: int, zone: str) -> Section:
    return Section(
        "Sources",
        (),
        ["source", "newest record", "age", "beyond its interval"],
        [
            [
                row["source"],
                cells.short_time_of(row["newest_at"], now, zone),
                cells.length(row["age_minutes"]),
                "yes" if row["beyond_interval"] else "",
            ]
            for row in found["sources"]
        ],
    )


def _summary(found: Mapping[str, Any], period: Sequence[str]) -> Section:
    total, shares, left_out = found["total"], found["shares"], found["left_out"]
    left = ", ".join(f"{count} {state}" for state, count in left_out.items() if count)
    return Section(
        " to ".join(period),
        [
            f"{total['opened']} deviations opened, {total['open']} of them are still open."
            + (f" Left out: {left}." if left else ""),
            f"Acted upon: {total['acted']}. Dismissed as noise: {total['noise']}. Ended alone: {total['alone']}.",
        ],
        ["share", "of", "is"],
        [
            [
                "false positives",
                "dismissed as noise or wrong data, of those that ended",
                _share(shares["false_positive"]),
            ],
            ["needless", "dismissed as noise or ended alone, of those that ended", _share(shares["needless"])],
            [
                "absorbed",
                "supply that slipped and hit no customer order, of those that ended",
                _share(shares["absorbed"]),
            ],
            ["came back", "fired again after a recovery, of those that opened", _share(shares["reopened"])],
            ["began again", "a new episode within 7 days, of those that opened", _share(shares["again"])],
            ["top ten rules", "of those that opened", _share(shares["top_ten_rules"])],
        ],
    )


def _load(load: Mapping[str, Any], now: int, zone: str) -> Section:
    worst = load["worst_ten_minutes"]
    whom = "one person" if load["persons"] == 1 else f"each of {load['persons']} persons"
    sentences = [
        f"{load['per_person_hour']:g} an hour for {whom}"
        f" (guidance: under {load['per_person_hour_guidance']:g}), {load['per_hour']:g} an hour in all.",
        f"{load['stale']} of {load['in_queue']} in the queue have stood there for a day or longer.",
    ]
    if worst is not None:
        flood = ", a flood" if worst["flood"] else ""
        began = cells.short_time_of(worst["from_at"], now, zone)
        sentences.insert(1, f"The worst ten minutes began {began}: {worst['opened']} opened{flood}."
                            f" Floods took {_share(load['flood_share'])} of the time.")  # fmt: skip
    rows = [[row["owner"] or "nobody", str(row["opened"]), f"{row['per_hour']:g}"] for row in load["owners"]]
    return Section("Load", sentences, ["owner", "opened", "an hour"], rows)


def _suggestions(found: Sequence[Mapping[str, Any]]) -> Section:
    rows = [
        [
            each["kind"],
            each["rule"],
            each["parameter"],
            _number(each["current"]),
            _number(each["value"]),
            f"{each['spared']} of {each['noise']}",
            str(each["missed"]),
            str(each["others"]),
            _SORTS[each["sort"]],
        ]
        for each in found
    ]
    words = (
        [
            "What these values would have done in the period: noise spared, and what was acted upon that they would have hidden."
        ]
        if rows
        else ["No value of a tolerance would have spared any noise of the period."]
    )
    headings = ["kind", "rule", "parameter", "is", "would be", "noise spared", "missed", "others", "this value"]
    return Section("Tolerances that would have spared the noise", words, headings, rows, list(map(_command, found)))


def _command(each: Mapping[str, Any]) -> str:
    words = ["offplan", "tolerance", each["kind"], f"{each['parameter']}={_number(each['value'])}"]
    for asked in each["for"]:
        words += ["--for", asked]
    return shlex.join([*words, "--preview"])


def _counts(row: Mapping[str, Any]) -> list[str]:
    median = None if row["median_hours"] is None else row["median_hours"] * 60
    return [*(str(row[name]) for name, _ in _OUTCOMES), cells.length(median), _share(row["false_positive"])]


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
