"""What the words say beside a reader's odds, hand-worked."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from qa.evidence import Belief, _starts, _stems, _tokens, confidence, evidence, missing_names, too_early
from qa.kinds import kind_of
from qa.question import understand
from qa.types import Question, Reading
from qa.write import ExtractiveWriter

MakeReading = Callable[..., Reading]
TEXT = "The app Oro has four million users. In India 120 million people trade with Paytm. It grew fast in Kenya."


def ask(text: str) -> Question:
    return Question(text, text)


def test_a_name_the_passage_never_mentions_is_missing(make_reading: MakeReading) -> None:
    reading = make_reading("120 million", text=TEXT)
    assert missing_names(ask("How many users in Brazil?"), reading) == ["Brazil"]
    assert missing_names(ask("How many Indian users?"), reading) == []


def test_names_count_where_they_stand_beside_the_answer(make_reading: MakeReading) -> None:
    question = ask("How many people in India use Paytm?")
    near = evidence(question, make_reading("120 million", text=TEXT))
    far = evidence(question, make_reading("four million", text=TEXT))
    assert (near.named, far.named) == (1.0, 0.0)  # both in its sentence; neither about it
    assert (near.missing, far.missing) == (0.0, 0.0)


def test_shares_of_the_questions_other_words(make_reading: MakeReading) -> None:
    # Without the name: "app", "user", "grow". The sentence has one; with the one before, or the passage, other shares.
    found = evidence(ask("Did the app users of Kenya grow?"), make_reading("four million", text=TEXT))
    assert (found.here, found.near) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert found.passage == pytest.approx(2 / 3)  # "grew" is another stem than "grow"
    assert evidence(ask("Paytm?"), make_reading("four million", text=TEXT)).here == 1.0  # nothing else is asked


def test_the_word_for_the_kind_that_is_asked_for_is_none_that_must_be_said(make_reading: MakeReading) -> None:
    reading = make_reading("Marl", text="Marl blocked the app. It is used by many.")
    asked = Question("q", "Which country blocked the app?")
    assert evidence(asked, reading).here == 1.0  # blocked, app
    assert evidence(Question("q", "Which ministry blocked the app?"), reading).here == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("question", "span", "kind"),
    [
        ("How many users has it?", "four million", 1.0),
        ("How many users has it?", "the app Oro", 0.0),
        ("When did it open?", "last week", 1.0),
        ("When did it open?", "in a barn", 0.0),
        ("Who opened it?", "Marta Lindqvist", 1.0),
        ("Who opened it?", "a barn", 0.0),
        ("Why did it open?", "a barn", 0.5),
        ("Which trail site was sold?", "Sendero, a site for walkers", 1.0),
        ("Which airline flew it?", "Harrow Air", 1.0),
        ("Which airline flew it?", "the airlines of the north", 1.0),
        ("Which airline flew it?", "a barn", 0.0),
        ("What tools were used?", "a barn", 0.5),
    ],
)
def test_the_kind_of_the_span(question: str, span: str, kind: float) -> None:
    assert kind_of(question, span, "It said so of the " + span) == kind


def test_confidence_is_the_logistic_of_the_weighed_evidence(make_reading: MakeReading) -> None:
    reading = make_reading("120 million", text=TEXT, p=0.8)
    none = Belief(*[0.0] * len(Belief.__dataclass_fields__))
    belief = replace(none, bias=0.1, odds=1.0, retrieval=2.0, place=-3.0, missing=-2.0, named=0.5, kind=0.3)
    score = 0.1 + math.log(4) + 2 * 0.5 + 0.5 + 0.3
    assert confidence(ask("How many in India?"), reading, belief) == pytest.approx(1 / (1 + math.exp(-score)))
    second = replace(reading, behind=1.5, hit=replace(reading.hit, place=1))
    told = 1 / (1 + math.exp(-(score - 1.5 - 3 / 3)))
    assert confidence(ask("How many in India?"), second, belief) == pytest.approx(told)
    score = 0.1 + math.log(4) + 2 * 0.5 - 2.0 + 0.3
    assert confidence(ask("How many in Brazil?"), reading, belief) == pytest.approx(1 / (1 + math.exp(-score)))

    settled = replace(none, bias=0.1, yes_or_no=-0.7)
    for question, score in (("Is it used by 120 million?", 0.1 - 0.7), ("Which site do 120 million use?", 0.1)):
        assert confidence(ask(question), reading, settled) == pytest.approx(1 / (1 + math.exp(-score)))

    both = replace(none, product=1.0, depth=2.0)
    score = math.log(4) * 0.5 + 2 * math.log(1 + (reading.hit.passage.start + reading.start) / 500)
    assert confidence(ask("How many in India?"), reading, both) == pytest.approx(1 / (1 + math.exp(-score)))


def test_a_source_that_is_named_is_met_by_its_own_articles_alone(make_reading: MakeReading) -> None:
    asked = replace(ask("How many in India, according to the Herald?"), sources=("Herald",))
    own = make_reading("120 million", text=TEXT)
    other = replace(own, hit=replace(own.hit, article=replace(own.hit.article, source="Gazette")))
    assert missing_names(asked, own) == []
    assert missing_names(asked, other) == ["Herald"]


def test_of_an_archive_only_the_last_few_texts_are_kept(make_reading: MakeReading) -> None:
    caches = (_tokens, _starts, _stems)
    for number in range(600):
        text = f"Reader {number} of the gazette wrote in. Another {number} did not."
        evidence(ask("Who wrote to the Harrow gazette?"), make_reading(f"Reader {number}", text=text))
    assert all(0 < cache.cache_info().currsize <= 512 for cache in caches)


WATER = "The lake is half full. It stood at 48 per cent on Monday. The ban will be lifted in October, the firm said."


@pytest.mark.parametrize(
    ("question", "answer", "published", "early"),
    [
        ("How full was the lake in October 2023?", "48 per cent", date(2023, 7, 11), True),
        ("How full was the lake in October 2023?", "48 per cent", date(2023, 10, 9), False),
        ("How full was the lake in October 2023?", "48 per cent", date(2023, 9, 30), False),  # the paper of the eve
        ("How full was the lake in October 2023?", "48 per cent", None, False),
        ("How full was the lake in July 2023?", "48 per cent", date(2023, 7, 11), False),
        ("How full was the lake before October 2023?", "48 per cent", date(2023, 7, 11), False),
        ("How full was the lake?", "48 per cent", date(2023, 7, 11), False),
        ("What will be lifted in October 2023?", "The ban", date(2023, 7, 11), False),  # it says so of October
    ],
)
def test_what_stood_before_the_time_asked_of_does_not_tell_of_it(
    make_reading: MakeReading, question: str, answer: str, published: date | None, early: bool
) -> None:
    asked, reading = understand(question), make_reading(answer, text=WATER, day=published)
    assert too_early(asked, reading) == early
    said = ExtractiveWriter(lambda *_: ()).write(asked, [reading]).sentences
    assert bool(said) != early


def test_a_later_article_answers_where_an_earlier_one_cannot(make_reading: MakeReading) -> None:
    asked = understand("How full was the lake in October 2023?")
    july = make_reading("48 per cent", text=WATER, day=date(2023, 7, 11))
    october = make_reading("71 per cent", text="The lake stands at 71 per cent.", id="b", day=date(2023, 10, 9))
    draft = ExtractiveWriter(lambda *_: ()).write(asked, [july, october])
    assert [sentence.text for sentence in draft.sentences] == ["The lake stands at 71 per cent."]
