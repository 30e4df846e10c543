"""Names are found with their exact place, and their kind from their shape."""

from __future__ import annotations

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


def test_a_possessive_is_left_out_and_joined_names_are_two() -> None:
    assert [name.text for name in find_names("Was it Jack Ma’s donation or Bill and Melinda?")][:1] == ["Jack Ma"]
    assert [name.text for name in find_names("compare India and Brazil")] == ["India", "Brazil"]


@given(st.text(max_size=200))
def test_every_name_is_the_slice_it_says(text: str) -> None:
    for name in find_names(text):
        assert text[name.start : name.end] == name.text != ""
