"""Numbers are read as news writes them: in digits, with units and scales, and in words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.compare import alike
from qa.terms import begins, content_stems, numbers, signed_numbers

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen".split()
)
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,200", {1200}),
        ("2.9 million", {2.9e6}),
        ("€3.5bn", {3.5e9}),
        ("1.5 BN", {1.5e9}),
        ("$5m", {5e6}),
        ("5mln", {5e6}),
        ("5million", {5e6}),
        ("$1.2trn", {1.2e12}),
        ("300m users", {3e8}),
        ("a 100m race", {1e8}),
        ("5k", {5000}),
        ("5 m", {5}),
        ("45%", {45}),
        ("-5", {5}),
        ("5-10", {5, 10}),
        ("$5m-$10m", {5e6, 1e7}),
        ("2-3 million", {2, 3e6}),
        ("0.0 million", {0}),
        ("In 2020, million-pound homes", {2020}),
        ("COVID-19", {19}),
        ("Q3", set()),
        ("a 4x4", set()),
        ("Rs500 crore", {500}),
        ("Rs.1,500", {1500}),
        ("EUR20m", {2e7}),
        ("paid USD 5 and inr7.5", {5, 7.5}),
        ("BBC1, MH370, the cars500", set()),
        ("-20 degrees", {20}),
    ],
)
def test_numbers_in_digits(text: str, values: set[float]) -> None:
    assert numbers(text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("12th", {12}),
        ("the 1st, 2nd and 3rd", {1, 2, 3}),
        ("the 20th-century", {20}),
        ("5km", {5}),
        ("30mph", {30}),
        ("12tonnes", {12}),
        ("6ft 2in", {6, 2}),
        ("at 10am", {10}),
        ("the 1990s", {1990}),
    ],
)
def test_ordinals_and_units_do_not_multiply(text: str, values: set[float]) -> None:
    assert numbers(text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("thirty", {30}),
        ("forty-five", {45}),
        ("fifty-one", {51}),
        ("fifty one", {51}),
        ("Twenty-five million", {2.5e7}),
        ("two hundred", {200}),
        ("two hundred and fifty", {250}),
        ("seven hundred twenty-five", {725}),
        ("two hundred and fifty thousand", {250_000}),
        ("three hundred thousand", {300_000}),
        ("3 hundred thousand", {300_000}),
        ("two thousand five hundred", {2500}),
        ("two hundred and five hundred", {200, 500}),
        ("one million and two million", {1e6, 2e6}),
        ("one and a half million", {1.5e6}),
        ("a hundred", {100}),
        ("A hundred and two", {102}),
        ("a thousand", {1000}),
        ("a million", {1e6}),
        ("a dozen", {12}),
        ("two dozen", {24}),
        ("half a dozen", {6}),
        ("half a million", {5e5}),
        ("a half-million", {5e5}),
        ("a quarter of a million", {2.5e5}),
        ("one, two or three", {1, 2, 3}),
        ("nineteen ninety-nine", {19, 99}),
        ("a ten-year-old", {10}),
        ("no one", {1}),
    ],
)
def test_numbers_in_words(text: str, values: set[float]) -> None:
    assert numbers(text) == values


@pytest.mark.parametrize(
    "text",
    ["dozens", "hundreds", "thousands", "hundreds of thousands", "several hundred", "half an hour", "a quarter",
     "first", "second", "the twenty-first century", "someone", "often", "attend"],
)  # fmt: skip
def test_what_has_no_count_is_no_number(text: str) -> None:
    assert numbers(text) == set()


def in_words(number: int, joint: str, conjunction: str) -> str:
    """A number of up to 999,999 in words."""
    if number < 20:
        return ONES[number]
    if number < 100:
        return TENS[number // 10 - 2] + (joint + ONES[number % 10] if number % 10 else "")
    size, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    rest = f"{conjunction}{in_words(number % size, joint, conjunction)}" if number % size else ""
    return f"{in_words(number // size, joint, conjunction)} {name}{rest}"


@given(st.integers(0, 999_999), st.sampled_from("- "), st.sampled_from([" ", " and "]))
def test_a_number_is_the_same_in_words_and_in_digits(number: int, joint: str, conjunction: str) -> None:
    words = in_words(number, joint, conjunction)
    assert numbers(f"About {words} people") == numbers(f"About {number:,} people") == {number}


@given(st.text(st.sampled_from("15,. -aAmkKſıhtdo٣½\n") | st.characters(), max_size=60))
def test_every_text_is_read(text: str) -> None:
    assert all(value >= 0 for value in numbers(text))


@pytest.mark.parametrize("piece", ["1", "1,", "1a", "one ", "one hundred and ", "thousand ", " ", "half a "])
def test_a_long_text_is_read_once(piece: str) -> None:
    began = time.perf_counter()
    numbers("one" + piece * 20_000 + "x")
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("-20 degrees", {-20}),
        ("It fell to −5.5°C (-6C) at night.", {-5.5, -6}),
        ("minus twenty-five degrees", {-25}),
        ("a -40-degree wind", {-40}),
        ("20 degrees", {20}),
        ("5-10 degrees", {5, 10}),
        ("a fall of -5%", {5}),
        ("the men -17 in all", {17}),
        ("terminus 3 degrees", {3}),
    ],
)
def test_temperatures_may_be_below_zero(text: str, values: set[float]) -> None:
    assert signed_numbers(text) == values
    assert numbers(text) == {abs(value) for value in values}


def test_amounts_in_a_glued_currency_are_held_apart() -> None:
    assert not alike("The firm paid Rs700 crore to the state.", "The firm paid Rs500 crore to the state.")
    assert alike("The firm paid Rs500 crore to the state.", "The firm paid Rs 500 crore to the state.")


@pytest.mark.parametrize(
    ("stemmed", "text", "found"),
    [
        ("ferry", "the ferries run", True),
        ("acquir", "it was acquired", True),
        ("art", "the party", False),  # inside a word
        ("art", "party art", True),  # not the first place where it stands
        ("art", "the arts", True),
        ("art", "an artist", False),  # short: the stem of the whole word
        ("hom", "new homes", True),
        ("fly", "it flies", True),
        ("play", "the place", False),
        ("play", "they played", True),
        ("us", "they use it", False),
        ("us", "the “us” and them", True),
        ("2020", "in 2020, rain", True),
        ("company", "two companies", True),
        ("", "", True),
    ],
)
def test_a_stem_begins_a_word_of_a_text(stemmed: str, text: str, found: bool) -> None:
    assert begins(stemmed, text) is found


@given(st.text(alphabet="abdeginsy -", max_size=60))
def test_every_stem_of_a_text_is_found_in_it(text: str) -> None:
    assert all(begins(stemmed, text.casefold()) for stemmed in content_stems(text))
