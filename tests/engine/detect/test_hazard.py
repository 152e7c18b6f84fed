"""hazard: which places it covers, when they are in use, and how a lineage of messages ends, through the desk."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.intake.ingest import SourceBatch
from engine.values.clock import DAY, HOUR
from engine.vocabulary.model import SignalIn
from tests.engine.desk_support import NOW, take
from tests.engine.detect.hazard_world import HazardWorld, around, line, message


@pytest.fixture
def world(tmp_path: Path) -> HazardWorld:
    return HazardWorld(tmp_path)


def test_a_site_in_use_under_a_hazard_is_one_deviation_with_its_open_value(world: HazardWorld) -> None:
    world.plan(line("P1", "RTM"), line("P2", "RTM", days=1.5), line("P3", "RTM", days=9), line("P4", "ANR"))
    world.say(message("m1", **around("RTM")))
    (found,) = world.live().values()
    assert found["subject"] == {"type": "site", "id": "RTM"}
    assert found["summary"] == "Storm Warning (Severe, Likely), until 2026-03-11 08:00Z: 2 open lines"
    assert (found["severity"], found["likelihood"], found["site"]) == ("high", 0.75, "RTM")
    assert found["value_at_risk"] == {"amount": 2000.0, "currency": "EUR"}
    assert found["exposure"] == {"amount": 1500.0, "currency": "EUR"}
    assert found["need_at"] == "2026-03-10T08:00:00Z"
    assert found["signals"] == ["S1"]


def test_over_nothing_in_use_there_is_no_deviation_until_something_is(world: HazardWorld) -> None:
    world.plan(line("P1", "LAX"), line("P2", "RTM", days=-1))
    world.say(message("m1", **around("RTM")))
    assert world.live() == {}
    take(world.desk, _eta("P2", NOW + DAY), source="erp")
    assert list(world.live()) == ["site RTM"], "announced into the hazard's time"
    take(world.desk, _eta("P2", NOW + 8 * DAY, number="2"), source="erp")
    assert world.live() == {}
    world.plan(line("P1", "LAX"), line("P2", "RTM", days=-1), line("P3", "RTM"))
    assert list(world.live()) == ["site RTM"]
    world.plan(line("P1", "LAX"), line("P2", "RTM", days=-1), line("P3", "LAX"))
    assert world.live() == {}, "the plan moved the line away"


def test_the_header_counts_a_line_under_hazards_at_both_of_its_ends_once(world: HazardWorld) -> None:
    world.lanes()
    world.plan(line("P1", "RTM", origin="ANR", days=1.5), line("P2", "RTM"), line("P3", "ANR", value=None))
    world.say(message("m1", **around("ANR")), message("m2", **around("RTM", certainty="Possible")))
    exposures = {place: found["exposure"]["amount"] for place, found in world.live().items()}
    assert exposures == {"site ANR": 750.0, "site RTM": 500.0}
    assert world.desk.header()["exposure"] == {"amount": 1_000.0, "currency": "EUR"}, "P1 at ANR, P2 at RTM"
    world.desk.dismiss([world.live()["site ANR"]["id"]], reason="blew over")
    assert world.desk.header()["exposure"] == {"amount": 500.0, "currency": "EUR"}


def _eta(ref: str, at: int, number: str = "1") -> SignalIn:
    return SignalIn(
        f"{ref}/{number}", "eta", NOW - HOUR + int(number), NOW - HOUR + int(number), None, ref, None, None, None, None, None,
        at, None, "{}", None,
    )  # fmt: skip


def test_goods_that_came_in_or_left_are_not_at_risk(world: HazardWorld) -> None:
    world.lanes()
    world.plan(line("P1", "RTM", origin="ANR", days=1.5))
    world.say(message("m1", **around("ANR")))
    assert list(world.live()) == ["site ANR"], "it leaves ANR half a day from now"
    shipped = message("s1")._replace(kind="shipped", order_ref="P1", occurred_at=NOW - HOUR, detail="", status=None)
    take(world.desk, shipped, source="erp")
    assert world.live() == {}
    world.say(message("m2", **around("RTM")))
    assert list(world.live()) == ["site RTM"]
    take(world.desk, shipped._replace(source_id="r1", kind="receipt", quantity=40.0), source="erp")
    assert world.live()["site RTM"]["value_at_risk"] == {"amount": 600.0, "currency": "EUR"}
    take(world.desk, shipped._replace(source_id="r2", kind="receipt", quantity=60.0), source="erp")
    assert world.live() == {}


def test_the_need_is_that_of_the_next_line_and_the_remedy_is_not_more_supply(world: HazardWorld) -> None:
    world.lanes()
    world.plan(line("P1", "RTM", origin="SHA", days=1), line("P2", "RTM", days=1.75))
    world.say(message("m1", **around("RTM")))
    found = world.live()["site RTM"]
    assert (found["need_at"], found["decide_by"]) == ("2026-03-10T08:00:00Z", "2026-03-09T08:00:00Z")
    assert "tolerance hazard: remedy_days (default)" in {term.source for term in world.desk.explain(found["id"])}
    world.at(NOW + DAY + 1)
    found = world.live()["site RTM"]
    assert (found["need_at"], found["gap"]["lines"]) == ("2026-03-11T02:00:00Z", 2)


def test_a_message_that_its_source_takes_back_covers_nothing(world: HazardWorld) -> None:
    world.plan(line("P1", "RTM"), line("P2", "ANR"))
    world.say(message("m1", **around("ANR")), message("m2", references="m1", message="update", **around("RTM")))
    assert list(world.live()) == ["site RTM"]
    world.say(message("n1", corrects="m2")._replace(kind="note"))
    assert list(world.live()) == ["site ANR"], "what the update replaced holds again"
    found = world.desk.deviations(["kind=hazard", "site=RTM"], all=True).items[0]
    assert (found["state"], found["reason"]) == ("recovered", "withdrawn by source")


def test_acknowledgements_between_senders_say_nothing(world: HazardWorld) -> None:
    world.plan(line("P1", "RTM"))
    world.say(message("m1", **around("RTM")), message("m2", message="Ack", references="m1"))
    assert list(world.live()) == ["site RTM"]
    assert world.desk.quarantine().total == 0


@pytest.mark.parametrize("wide", [False, True])
def test_one_that_was_dismissed_and_taken_back_is_judged_anew(world: HazardWorld, wide: bool) -> None:
    world.plan(line("P1", "RTM"))
    world.say(message("m1", **around("RTM", radius_km=15_000 if wide else 20)))
    (found,) = world.live().values()
    world.desk.dismiss([found["id"]], reason="seen")
    assert world.live() == {}
    world.say(message("m2", message="Cancel", references="m1"))
    world.desk.reopen([found["id"]], reason="looked again")
    world.desk.tick()
    assert world.live() == {}, "it is over by now"


def test_a_restated_quake_is_where_its_last_statement_says(world: HazardWorld) -> None:
    world.plan(line("P1", "RTM"), line("P2", "ANR"))
    for at, site in [(2, "ANR"), (1, "RTM")]:
        rows = [message("q", sent=NOW - HOUR + at, **around(site))]
        world.desk.take(SourceBatch("usgs", "http", "state", rows, file="week.json"))
        assert list(world.live()) == ["site ANR"], "an older statement that comes later changes nothing"
    rows = [message("q", sent=NOW - HOUR + 3, **around("LAX"))]
    world.desk.take(SourceBatch("usgs", "http", "state", rows, file="week.json"))
    assert world.live() == {}


def test_a_watch_that_expires_before_the_weather_begins_speaks_of_that_weather(world: HazardWorld) -> None:
    world.plan(line("P1", "RTM", days=2.5))
    world.say(message("watch", **around("RTM", starts_at=NOW + 2 * DAY, expires_at=NOW + DAY)))
    assert list(world.live()) == ["site RTM"]
    world.at(NOW + DAY)
    assert world.live() == {}, "and another message was to follow"


def test_a_lane_is_covered_between_its_ends_and_not_beside_a_covered_site(world: HazardWorld) -> None:
    world.lanes()
    world.plan(line("T1", "LAX", origin="SHA", days=10), kind="purchase_order")
    # The great circle from Shanghai to Los Angeles passes over the Aleutians, far north of Hawaii.
    world.say(message("aleutians", **around("RTM", latitude=52.5, longitude=-170.0, radius_km=150)))
    assert list(world.live()) == ["lane SHA>LAX/sea"]
    assert world.live()["lane SHA>LAX/sea"]["site"] == "LAX"
    world.say(message("hawaii", **around("HNL", radius_km=1000)))
    world.say(message("start", **around("LAX", radius_km=100)))
    assert sorted(world.live()) == ["lane SHA>LAX/sea"], "nothing is in use at LAX within two days"
    world.say(message("later", **around("LAX", expires_at=NOW + 11 * DAY)))
    assert sorted(world.live()) == ["lane SHA>LAX/sea", "site LAX"]
    assert world.live()["lane SHA>LAX/sea"]["gap"]["hazards"] == 1, "a hazard at an end is the site's"


def test_the_gravest_leads_and_the_others_are_named(world: HazardWorld) -> None:
    world.plan(line("P1", "RTM"))
    world.say(message("m1", **around("RTM", severity="Moderate", name="Wind")))
    assert world.live()["site RTM"]["severity"] == "medium"
    world.say(message("m2", **around("RTM", severity="Extreme", certainty="Observed", name="Surge")), source="gdacs")
    found = world.live()["site RTM"]
    assert (found["severity"], found["likelihood"], found["gap"]["hazards"]) == ("critical", 1.0, 2)
    assert found["summary"].startswith("Surge (Extreme, Observed) and 1 more")
    assert [term.value for term in world.desk.explain(found["id"]) if term.name == "also"] == [
        "Wind (Moderate, Likely), until 2026-03-11T08:00:00Z"
    ]


def test_less_likely_than_not_is_one_grade_less_and_the_table_is_a_setting(world: HazardWorld) -> None:
    world.plan(line("P1", "RTM"))
    world.say(message("m1", **around("RTM", severity="Severe", certainty="Possible")))
    assert (world.live()["site RTM"]["severity"], world.live()["site RTM"]["likelihood"]) == ("medium", 0.25)
    world.desk.configure({"tolerance": {"hazard": {"possible": 0.6}}})
    world.desk.detect()
    assert (world.live()["site RTM"]["severity"], world.live()["site RTM"]["likelihood"]) == ("high", 0.6)


def test_it_clears_when_it_expires_and_a_coming_one_is_told_a_week_before(world: HazardWorld) -> None:
    world.plan(line("P1", "RTM", days=10))
    world.say(message("m1", **around("RTM", starts_at=NOW + 9 * DAY, expires_at=NOW + 12 * DAY)))
    assert world.live() == {}
    world.at(NOW + 2 * DAY - 1)
    assert world.live() == {}
    world.at(NOW + 2 * DAY)
    assert list(world.live()) == ["site RTM"]
    world.at(NOW + 12 * DAY - 1)
    assert list(world.live()) == ["site RTM"]
    world.at(NOW + 12 * DAY)
    assert world.live() == {}
    assert world.desk.deviations(["kind=hazard"], all=True).items[0]["state"] == "recovered"


def test_one_that_states_no_end_lives_for_the_days_of_the_setting(world: HazardWorld) -> None:
    world.plan(line("P1", "RTM", days=1))
    world.say(message("m1", latitude=51.95, longitude=4.14))
    assert list(world.live()) == ["site RTM"]
    world.at(NOW - HOUR + 3 * DAY)
    assert world.live() == {}


def test_an_update_takes_the_place_of_what_it_names_and_a_cancel_ends_it(world: HazardWorld) -> None:
    """PEERS 87."""
    world.plan(line("P1", "RTM"), line("P2", "ANR"))
    world.say(message("m1", **around("RTM")))
    first = world.live()["site RTM"]
    world.say(
        message("m2", sent=NOW - HOUR + 1, message="Update", references="m1", **around("RTM", severity="Extreme"))
    )
    second = world.live()["site RTM"]
    assert (second["id"], second["severity"], second["signals"]) == (first["id"], "critical", ["S1", "S2"])
    world.say(message("m3", sent=NOW - HOUR + 2, message="Update", references="m1 m2", **around("ANR")))
    assert list(world.live()) == ["site ANR"], "the area moved"
    world.say(message("m4", sent=NOW - HOUR + 3, message="Cancel", references="m3"))
    assert world.live() == {}
    assert len(world.desk.deviations(["kind=hazard"], all=True).items) == 2


def test_an_exercise_is_kept_and_never_judged(world: HazardWorld) -> None:
    """PEERS 87."""
    world.plan(line("P1", "RTM"))
    world.say(message("m1", drill="true", **around("RTM")))
    assert (world.live(), world.desk.signals().total) == ({}, 1)
    world.say(message("m2", **around("RTM")))
    world.say(message("m3", message="cancel", references="m2", drill="true"))
    assert list(world.live()) == ["site RTM"], "a drilled cancel ends nothing"


def test_what_is_past_clears_and_a_future_message_counts_from_its_time(world: HazardWorld) -> None:
    world.plan(line("P1", "RTM"))
    world.say(message("m1", **around("RTM")))
    world.say(message("m2", sent=NOW + HOUR, message="Update", references="m1", **around("RTM", urgency="Past")))
    assert list(world.live()) == ["site RTM"]
    world.at(NOW + HOUR)
    assert world.live() == {}


def test_a_hazard_over_the_world_is_one_question_to_the_feed(world: HazardWorld) -> None:
    world.plan(*[line(f"P{number}", site) for number, site in enumerate(("RTM", "ANR", "SHA", "LAX", "HNL"))])
    corners = "-90,-180 -90,180 90,180 90,-180"
    world.say(message("m1", area=corners, starts_at=NOW, expires_at=NOW + 2 * DAY))
    (found,) = world.live().values()
    assert found["subject"] == {"type": "source", "id": "nws"}
    assert found["summary"] == "Storm Warning covers 6 of 6 sites: look at the feed"
    world.say(message("m2", latitude=0.0, longitude=0.0, radius_km=15_000.0, name="Typhoon"))
    assert list(world.live()) == ["source nws"]
    assert world.live()["source nws"]["gap"]["hazards"] == 2
    world.desk.configure({"tolerance": {"hazard": {"wide_percent": 100}}})
    world.desk.detect()
    assert sorted(world.live()) == ["site ANR", "site HNL", "site LAX", "site RTM", "site SHA", "source nws"]


def test_it_follows_the_sites_when_they_are_loaded_or_moved(tmp_path: Path) -> None:
    world = HazardWorld(tmp_path, sites={"OAK": (0.0, 0.0)})
    world.plan(line("P1", "RTM"), line("P2", "OAK"))
    world.say(message("m1", **around("RTM")))
    assert world.live() == {}
    world.sites({"OAK": (0.0, 0.0), "RTM": (51.9, 4.2)})
    assert list(world.live()) == ["site RTM"]
    world.sites({"OAK": (51.9, 4.2), "RTM": (0.0, 0.0)})
    assert list(world.live()) == ["site OAK"]


def test_a_hazard_can_name_its_site(world: HazardWorld) -> None:
    world.plan(line("P1", "no coordinates"))
    world.say(message("strike", site="no coordinates", starts_at=NOW, expires_at=NOW + 2 * DAY, name="Strike"))
    assert list(world.live()) == ["site no coordinates"]


def test_values_in_several_currencies_are_summed_in_the_desks(world: HazardWorld) -> None:
    world.desk.configure({"rates": {"USD": 0.5}})
    world.plan(line("P1", "RTM"), line("P2", "RTM", currency="USD"), line("P3", "RTM", value=None))
    world.say(message("m1", **around("RTM")))
    assert world.live()["site RTM"]["value_at_risk"] == {"amount": 1500.0, "currency": "EUR"}


REFUSED = [
    ({}, "area", "a hazard needs a place"),
    ({"latitude": 91, "longitude": 0}, "latitude", "'91' is no latitude"),
    ({"latitude": 1}, "longitude", "a point needs its longitude"),
    ({"latitude": 1, "longitude": 2, "radius_km": -1}, "radius_km", "'-1' is no radius_km"),
    ({"latitude": 10**400, "longitude": 2}, "latitude", f"{10**39} is no number of use"),
    ({"latitude": math.nan, "longitude": 2}, "latitude", "nan is no number of use"),
    ({"area": "1,2 3,4"}, "area", "a polygon of 2 different corners is no area"),
    ({"area": "1,2 3,4 x,6"}, "area", "'x,6' is no corner of an area"),
    ({"area": "1,2 3,4 121.5,31"}, "area", "'121.5,31' is no place on earth: the latitude comes first"),
    ({"area": ";"}, "area", "an area without corners is none"),
    ({"message": "Cancel"}, "references", "a cancel needs references"),
    ({"message": "Hello", "latitude": 1, "longitude": 2}, "message", "'hello' is no word of a message"),
]


@pytest.mark.parametrize(("said", "column", "reason"), REFUSED)
def test_what_says_no_place_is_refused_with_a_sentence(
    world: HazardWorld, said: dict[str, Any], column: str, reason: str
) -> None:
    world.say(message("bad", **said), message("good", **around("RTM")))
    (held,) = world.desk.quarantine().items
    assert (held["column"], held["reason"]) == (column, reason)
    assert world.desk.signals().total == 1


def test_an_area_of_many_corners_is_kept_whole(world: HazardWorld) -> None:
    world.plan(line("P1", "RTM"))
    corners = [f"{51 + number / 1000:.4f},4.0000" for number in range(1000)] + ["52.0,5.0", "51.0,5.0"]
    world.say(message("m1", area=" ".join(corners), starts_at=NOW, expires_at=NOW + 2 * DAY))
    assert list(world.live()) == ["site RTM"]
    world.say(message("m2", area=" ".join(f"{number / 100:.4f},1" for number in range(3001))))
    assert world.desk.quarantine().items[0]["reason"] == "an area of 3001 corners is finer than the 3000 that are kept"


# the law of a lineage -------------------------------------------------------------------------------------------------

TIMES = st.one_of(st.none(), st.integers(1, 5))
MESSAGES = st.lists(
    st.tuples(
        st.sampled_from(["alert", "update", "cancel"]),
        st.sets(st.integers(0, 5), max_size=3),
        TIMES,
        st.sampled_from(["RTM", "ANR", "LAX"]),
        st.sampled_from(["Minor", "Severe", "Extreme"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(drawn=MESSAGES, seed=st.integers(0, 1 << 30))
def test_order_and_repetition_of_messages_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[Any, ...]], seed: int
) -> None:
    chance = random.Random(seed)
    messages = []
    for number, (word, names, sent, site, severity, drill) in enumerate(drawn):
        references = " ".join(f"m{name}" for name in sorted(names))
        said = {"message": word, "references": references or "m9", "severity": severity}
        said |= {"drill": "true"} if drill and number % 3 == 0 else {}
        at = None if sent is None else NOW - DAY + sent
        messages.append(message(f"m{number}", sent=at, **{**around(site), **said}))
    ends = []
    for shuffled in (False, True):
        world = HazardWorld(tmp_path_factory.mktemp("law"))
        world.plan(line("P1", "RTM"), line("P2", "ANR"), line("P3", "LAX"))
        order = list(messages)
        if shuffled:
            order += chance.sample(messages, len(messages) // 2)
            chance.shuffle(order)
        size = chance.choice([1, 2, 6]) if shuffled else len(order)
        for start in range(0, len(order), size):
            world.say(*order[start : start + size])
        ends.append(
            {subject: (item["severity"], item["gap"], item["summary"]) for subject, item in world.live().items()}
        )
        world.at(NOW + 2 * DAY)
        assert world.live() == {}
    assert ends[0] == ends[1]


def test_messages_that_take_each_others_place_do_not_lose_the_hazard(world: HazardWorld) -> None:
    world.plan(line("P1", "RTM"))
    world.say(message("m1", **around("RTM", references="m2")), message("m2", **around("RTM", references="m1")))
    assert list(world.live()) == ["site RTM"]
    world.say(message("m3", sent=NOW, message="cancel", references="m1 m2"))
    assert world.live() == {}


def test_a_hazard_that_expires_before_it_starts_is_found(world: HazardWorld) -> None:
    world.plan(line("P1", "RTM"))
    world.say(message("m1", **around("RTM", starts_at=NOW + DAY, expires_at=NOW - DAY)))
    world.say(message("m2", message="cancel", references="m0", starts_at=NOW + DAY, expires_at=NOW - DAY))
    assert world.live() == {}
    faults = {(item["place"], item["fault"]): item["examples"] for item in world.desk.check() if "examples" in item}
    assert faults["source nws", "1 hazard expires before it starts"] == [
        "S1: m1, 2026-03-10T08:00:00Z until 2026-03-08T08:00:00Z"
    ]


def test_an_area_beyond_all_bounds_says_so(world: HazardWorld) -> None:
    corners = " ".join(f"{number % 80},{number % 170}" for number in range(20_000))
    world.say(message("m1", area=corners))
    (held,) = world.desk.quarantine().items
    assert "characters is longer than the 65,536 that are kept" in held["reason"]
    assert held["mend"] == "simplify it to at most 3000 corners"
