"""Small counts cannot be worked out from what is shown, not even by somebody who knows the rule."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiemso.suppression import WITHHELD, suppress

CODES = [f"h/t-{number}" for number in range(4)]


def shown(values: dict[str, int], districts: dict[str, str], below: int) -> tuple:
    """All that a roll-up shows: each school's value or mark, and the total."""
    found = suppress(values, districts, below)
    texts = tuple(found.marks.get(code, value) for code, value in values.items())
    return texts, sum(values.values()) if found.total_is_safe else None


@pytest.mark.parametrize("below", [4, 5, 6])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_whoever_tries_all_values_against_the_rule_never_finds_a_small_one(below: int, count: int) -> None:
    codes, districts = CODES[:count], dict.fromkeys(CODES, "A")
    possible = defaultdict(list)
    for values in product(range(below + 6), repeat=count):
        possible[shown(dict(zip(codes, values, strict=True)), districts, below)].append(values)
    # Values beyond the range are not tried: what is shown with a large sum has fellows outside it.
    inside = {key: found for key, found in possible.items() if key[1] is None or key[1] <= below + 5}
    assert len(inside) > count
    for (texts, _), found in inside.items():
        for place, text in enumerate(texts):
            if isinstance(text, str) and text != WITHHELD:
                assert len({values[place] for values in found}) >= 2, (texts, found)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=12), st.integers(3, 8))
def test_no_small_value_is_ever_shown_and_zero_always_is(values: list[int], below: int) -> None:
    codes = [f"h/{number}" for number in range(len(values))]
    named = dict(zip(codes, values, strict=True))
    found = suppress(named, dict.fromkeys(codes, "A"), below)
    for code, value in named.items():
        assert (code in found.marks) or value == 0 or value >= below
        assert value or code not in found.marks


@given(st.lists(st.integers(0, 30), min_size=2, max_size=10), st.integers(1, 9))
def test_a_district_shows_the_same_by_itself_and_among_all(values: list[int], first: int) -> None:
    codes = [f"h/{number}" for number in range(len(values))]
    named = dict(zip(codes, values, strict=True))
    districts = {code: "A" if number < first else "B" for number, code in enumerate(codes)}
    both = suppress(named, districts, 5)
    for district in set(districts.values()):
        own = {code: value for code, value in named.items() if districts[code] == district}
        alone = suppress(own, districts, 5)
        assert {code: mark for code, mark in both.marks.items() if code in own} == alone.marks


def test_one_small_value_takes_another_with_it() -> None:
    values = {"a/1": 3, "a/2": 50, "a/3": 60, "a/4": 0}
    found = suppress(values, dict.fromkeys(values, "A"), 5)
    assert found.marks["a/1"] == "<5"
    assert sorted(found.marks.values()) == ["<5", WITHHELD]
    assert found.total_is_safe


def test_values_that_cannot_be_hidden_hide_their_total() -> None:
    found = suppress({"a/1": 3, "a/2": 0}, {"a/1": "A", "a/2": "A"}, 5)
    assert found.marks == {"a/1": "<5"}
    assert not found.total_is_safe


def test_a_value_that_is_not_stated_hides_nothing() -> None:
    found = suppress({"a/1": None, "a/2": 9}, {"a/1": "A", "a/2": "A"}, 5)
    assert found.marks == {} and found.total_is_safe
