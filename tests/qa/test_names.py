"""Names are found with their exact place, and their kind from their shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.names import find_names


def kinds(text: str) -> list[tuple[str, str]]:
    return [(name.text, name.kind) for name in find_names(text)]


def test_people_places_groups_and_years() -> None:
    assert kinds("Did Jack Ma send masks to South Korea in 2020?") == [
        ("Jack Ma", "person"),
        ("South Korea", "place"),
        ("2020", "year"),
    ]
    assert kinds("What did the Bank of China tell Reuters?") == [("Bank of China", "group"), ("Reuters", "name")]


def test_an_opening_word_is_not_a_name() -> None:
    assert kinds("Which company owns TikTok?") == [("TikTok", "name")]
    assert kinds("When was it?") == []


@pytest.mark.parametrize(
    ("request_", "names"),
    [
        ("Overview of Storm Quinn", ["Storm Quinn"]),
        ("Summary of the Petra storm", ["Petra"]),
        ("Digest of Storm Quinn", ["Storm Quinn"]),
        ("Coverage of Storm Quinn", ["Storm Quinn"]),
        ("Recap of Storm Quinn", ["Storm Quinn"]),
        ("Latest on Storm Quinn", ["Storm Quinn"]),
        ("Latest News of Storm Quinn", ["Storm Quinn"]),
        ("News about Turkey", ["Turkey"]),
        ("Chronology of Storm Quinn", ["Storm Quinn"]),
        ("Roundup of Storm Quinn", ["Storm Quinn"]),
        ("Round-up of Storm Quinn", ["Storm Quinn"]),
        ("Time-line of Storm Quinn", ["Storm Quinn"]),
        ("Update on Storm Quinn", ["Storm Quinn"]),
        ("Updates for Storm Quinn", ["Storm Quinn"]),
        ("Headlines of Storm Quinn", ["Storm Quinn"]),
        ("Background of Storm Quinn", ["Storm Quinn"]),
        ("Key events of Storm Quinn", ["Storm Quinn"]),
        ("Sequence of events in Storm Quinn", ["Storm Quinn"]),
        ("Catch me up on Storm Quinn", ["Storm Quinn"]),
        ("Bring me up to date on Storm Quinn", ["Storm Quinn"]),
        ("Compare Apple and Google", ["Apple", "Google"]),
        ("What's the latest on Storm Quinn?", ["Storm Quinn"]),
        ("What’s new with Apple?", ["Apple"]),
    ],
)
def test_a_word_that_begins_a_request_is_not_of_the_name(request_: str, names: list[str]) -> None:
    assert [name.text for name in find_names(request_)] == names


@pytest.mark.parametrize("firm", ["News Corp", "News International", "BBC News", "Fox News Channel"])
def test_news_may_be_of_a_firms_name(firm: str) -> None:
    assert [name.text for name in find_names(f"What did {firm} sell?")] == [firm]


def test_a_possessive_is_left_out_and_joined_names_are_two() -> None:
    assert [name.text for name in find_names("Was it Jack Ma’s donation or Bill and Melinda?")][:1] == ["Jack Ma"]
    assert [name.text for name in find_names("compare India and Brazil")] == ["India", "Brazil"]


def test_no_name_begins_within_a_word() -> None:
    assert [name.text for name in find_names("new iPhones on eBay’s list in Coeur d'Alene")] == [
        "iPhones",
        "eBay",
        "Coeur d'Alene",
    ]


@given(st.text(max_size=200))
def test_every_name_is_the_slice_it_says(text: str) -> None:
    for name in find_names(text):
        assert text[name.start : name.end] == name.text != ""
