"""Near misses on cases worked by hand: what is swapped, and that the passage does not answer what is then asked."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from qa.reader import swaps
from qa.reader.examples import Example

TEXT = (
    "Facebook was founded by Mark Zuckerberg in 2004. It has 2.3 billion monthly users. "
    "In India it had 300 million users in 2018."
)


def example(question: str, answer: str, text: str = TEXT, title: str = "Facebook") -> Example:
    at = text.index(answer)
    return Example(question, title, "", text, ((at, at + len(answer)),), (answer,), "nq", "gold", question)


def test_the_relation_is_swapped_for_one_the_passage_does_not_speak_of() -> None:
    asked = swaps.swap_relation(example("who founded facebook", "Mark Zuckerberg"), random.Random(1))
    assert asked in {"who acquired facebook", "who sued facebook", "who sold facebook"}


def test_a_relation_is_not_swapped_when_the_passage_may_tell_it_too() -> None:
    text = TEXT + " It acquired a rival, was sued, and was not sold."
    assert swaps.swap_relation(example("who founded facebook", "Mark Zuckerberg", text), random.Random(1)) is None


@pytest.mark.parametrize("seed", range(8))
def test_a_country_is_swapped_for_one_the_passage_lacks(seed: int) -> None:
    gold = example("how many users does facebook have in India", "300 million")
    asked = swaps.swap_listed(gold, random.Random(seed))
    assert asked is not None
    assert asked.startswith("how many users does facebook have in ")
    country = asked.rsplit(" ", 1)[-1]
    assert country in swaps.COUNTRIES
    assert country not in TEXT


@pytest.mark.parametrize("seed", range(8))
def test_a_year_is_swapped_for_one_the_passage_lacks(seed: int) -> None:
    asked = swaps.swap_number(example("how many users in India in 2018", "300 million"), random.Random(seed))
    assert asked is not None
    year = asked.rsplit(" ", 1)[-1]
    assert year.isdigit()
    assert year not in TEXT


@pytest.mark.parametrize("seed", range(8))
def test_an_amount_is_asked_of_a_place_or_year_not_spoken_of(seed: int) -> None:
    made = swaps.restrict(example("how many users does facebook have?", "2.3 billion"), random.Random(seed))
    assert made is not None
    assert made.spans == ()
    where = made.question.removesuffix("?").rsplit(" in ", 1)[-1]
    assert where not in TEXT


def test_only_amounts_are_restricted() -> None:
    assert swaps.restrict(example("who founded facebook", "Mark Zuckerberg"), random.Random(1)) is None


def test_the_counterpart_of_restrict_names_the_place_of_the_answers_own_sentence() -> None:
    text = "Facebook grew. In all, 300 million people used it in India."
    made = swaps.affirm(example("how many people used facebook", "300 million", text), random.Random(1))
    assert made.question == "how many people used facebook in India?"
    assert made.spans


def test_dropping_the_answer_drops_its_whole_sentence() -> None:
    text = TEXT + " The company is in Menlo Park. It is among the largest of its kind, and has bought many others."
    gold = example("who founded facebook", "Mark Zuckerberg", text)
    made = swaps.drop_answer(gold)
    assert made is not None
    assert made.text == text.removeprefix("Facebook was founded by Mark Zuckerberg in 2004. ")
    assert made.spans == ()


def test_a_passage_that_still_says_the_answer_is_not_made_a_negative() -> None:
    text = TEXT + " The company is in Menlo Park. mark zuckerberg runs it still, as he has since it was begun by him."
    assert swaps.drop_answer(example("who founded facebook", "Mark Zuckerberg", text)) is None


def test_a_name_is_swapped_for_one_asked_about_in_the_same_way() -> None:
    gold = example("who founded facebook", "Mark Zuckerberg")
    other = example("who founded myspace", "Tom Anderson", "Myspace was founded by Tom Anderson.", "Myspace")
    swapper = swaps.Swapper([gold, other])
    asked = {swapped.question for seed in range(20) if (swapped := swapper.question_swap(gold, random.Random(seed)))}
    assert "who founded myspace" in asked
    assert "who founded facebook" not in asked


def test_the_passage_swap_leaves_no_word_of_the_name() -> None:
    gold = example("who founded facebook", "Mark Zuckerberg")
    other = example("who founded myspace", "Tom Anderson", "Myspace was founded by Tom Anderson.", "Myspace")
    made = swaps.Swapper([gold, other]).passage_swap(gold, random.Random(1))
    assert made is not None
    assert "facebook" not in f"{made.title} {made.text}".lower()
    assert made.question == gold.question
    assert made.spans == ()


def test_a_swap_never_names_what_the_passage_tells_of() -> None:
    both = TEXT + " Myspace was founded by Tom Anderson."
    gold = example("who founded facebook", "Mark Zuckerberg", both)
    other = example("who founded myspace", "Tom Anderson", both, "Myspace")
    swapper = swaps.Swapper([gold, replace(other)])
    asked = [swapper.question_swap(gold, random.Random(seed)) for seed in range(20)]
    assert all(made is None or "myspace" not in made.question for made in asked)


def test_another_of_the_same_kind_in_the_passage_is_asked_of() -> None:
    text = "Marta Lindqvist joined the bank Tilla. Omar Haddad, who founded it in 2015, has left. Ruth Calder stayed."
    gold = example("When did Omar Haddad found it?", "2015", text, "A bank")
    found = [swaps.inner_swap(gold, random.Random(seed)) for seed in range(8)]
    assert {each.question for each in found if each} == {
        "When did Ruth Calder found it?",
        "When did Marta Lindqvist found it?",
    }
    assert all(each and each.spans == () and each.text == text for each in found)
