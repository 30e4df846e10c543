"""Digests and timelines: what is chosen of many articles, in which order, and what is left out."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from embeddings.types import Hit
from qa.digest import MAX_DIGEST, SPARE, WORTH, survey, topical
from qa.relevance import NAMED, features, relevance, sureness
from qa.types import Question, Reading
from qa.write import ExtractiveWriter

Make = Callable[..., Reading]
WRITER = ExtractiveWriter(lambda *_: ())
ABOUT = Question("Summarise Hopp", "Summarise Hopp", intent="digest", topic="Hopp")
FINE = Question("?", "?", intent="digest", topic="Hopp fined")
TIMELINE = Question("Timeline of Hopp", "Timeline of Hopp", intent="timeline", topic="Hopp")


def hit(make: Make, text: str, id: str, day: date | None) -> Hit:
    return make(text.split()[0], text=text, id=id, day=day).hit


def judged(asked: Question, hits: list[Hit], p: float = 0.9) -> list[Reading]:
    """What the topical sentences are where a reader gives each passage the probability `p`."""
    return [replace(reading, answerable=p) for reading in topical(asked, hits)]


def told(asked: Question, hits: list[Hit]) -> list[str]:
    return [c.article_id for c in WRITER.write(asked, survey(asked, judged(asked, hits))).citations]


def test_a_timeline_is_oldest_first_a_digest_newest_first_and_nothing_is_said_twice(make_reading: Make) -> None:
    hits = [
        hit(make_reading, "Hopp was fined in autumn by the court.", "b", date(2022, 9, 11)),
        hit(make_reading, "Hopp has no date at all in this text.", "d", None),
        hit(make_reading, "Hopp started in spring with electric cars.", "a", date(2019, 4, 1)),
        hit(make_reading, "Hopp was fined in autumn by the court, too.", "c", date(2022, 9, 12)),
    ]
    assert told(TIMELINE, hits) == ["a", "b", "d"]
    assert told(ABOUT, hits) == ["b", "a", "d"]


def test_of_few_articles_two_sentences_are_told_each_in_their_order(make_reading: Make) -> None:
    text = (
        "On Monday a judge of Denholm at last saw Hopp in court. The weather was good in all of that week. "
        "In the end Hopp was fined by a court in Denholm."
    )
    one = hit(make_reading, text, "a", date(2022, 9, 1))
    draft = WRITER.write(FINE, survey(FINE, judged(FINE, [one])))
    first, _, last = text.split(". ")
    assert [s.text for s in draft.sentences] == [f"{first}.", last]
    more = [hit(make_reading, event, chr(98 + n), date(2022, 9, 2 + n)) for n, event in enumerate(EVENTS[:2])]
    assert len(WRITER.write(FINE, survey(FINE, judged(FINE, [one, *more]))).sentences) == 3


def test_what_fills_a_digest_up_is_left_out_where_it_is_full(make_reading: Make) -> None:
    hits = [hit(make_reading, event, chr(97 + n), date(2022, 9, 1)) for n, event in enumerate(EVENTS)]
    readings = [replace(r, answerable=0.9 if n < MAX_DIGEST else 0.15) for n, r in enumerate(judged(FINE, hits))]
    weak = readings[-1]
    assert SPARE <= relevance(FINE, weak) < WORTH <= relevance(FINE, readings[2])
    assert weak not in survey(FINE, readings)
    assert weak in survey(FINE, readings[5:])


def test_what_two_sentences_have_of_the_topic_does_not_make_them_one(make_reading: Make) -> None:
    asked = Question("?", "?", intent="timeline", topic="doctor on Little Skerry")
    hits = [
        hit(make_reading, "The surgery on Little Skerry has closed as no doctor applied.", "a", date(2023, 4, 1)),
        hit(make_reading, "Little Skerry has a doctor again, as of today.", "b", date(2023, 6, 1)),
        hit(
            make_reading, "The surgery on Little Skerry has closed as no doctor applied for it.", "c", date(2023, 4, 2)
        ),
    ]
    assert told(asked, hits) == ["a", "b"]


def test_a_later_toll_is_not_the_same_as_the_first(make_reading: Make) -> None:
    hits = [
        hit(make_reading, "The Hopp fire killed 12 people in the valley.", "a", date(2022, 9, 11)),
        hit(make_reading, "The Hopp fire killed 31 people in the valley.", "b", date(2022, 9, 12)),
    ]
    assert told(ABOUT, hits) == ["b", "a"]


EVENTS = (
    "A court fined Hopp for a lie.",
    "Riders in Denholm sued Hopp over brakes.",
    "Hopp sold its boats to Marrow Yards.",
    "The lake firm Vale was bought by Hopp in cash.",
    "Hopp closed an office on Skerry.",
    "Mayor Drey praised Hopp as a model employer.",
    "Police raided a Hopp depot at dawn.",
    "Hopp split from the parent group Orrin.",
    "Engineers left Hopp after a quarrel about pay.",
    "Students once founded Hopp inside a garage.",
)


def test_all_of_a_period_is_covered_and_not_only_its_best_weeks(make_reading: Make) -> None:
    """Nine of ten articles are of one week and rank first; the one of two years before is told all the same."""
    week = [
        hit(
            make_reading,
            f"Hopp was {event} near {event.title()}ham on the river.",
            chr(97 + n),
            date(2022, 9, 1) + timedelta(n),
        )
        for n, event in enumerate(EVENTS[:9])
    ]
    old = hit(make_reading, EVENTS[9], "z", date(2020, 3, 1))
    found = told(TIMELINE, [*week, old])
    assert found[0] == "z"
    assert len(found) == MAX_DIGEST


def test_the_sentence_that_says_most_of_the_topic_is_taken(make_reading: Make) -> None:
    asked = Question("?", "?", intent="digest", topic="fine of Hopp")
    hits = [
        hit(
            make_reading,
            "Cars there are many of. Was the fine of Hopp high at all? The fine of Hopp was high. Hopp is big.",
            "a",
            date(2022, 9, 1),
        )
    ]
    draft = WRITER.write(asked, survey(asked, judged(asked, hits)))
    assert [s.text for s in draft.sentences] == ["The fine of Hopp was high."]


def test_a_caption_is_not_told_where_there_is_a_sentence(make_reading: Make) -> None:
    text = "Cars of Hopp at the lake of Denholm. Hopp was fined by a court in Denholm for what it had told its riders."
    [told_of] = topical(ABOUT, [hit(make_reading, text, "a", date(2022, 9, 1))])
    assert text[told_of.start : told_of.end].startswith("Hopp was fined")


def test_a_credit_a_quote_and_what_leans_are_told_only_where_there_is_nothing_else(make_reading: Make) -> None:
    plain = "In the end Hopp was fined by a court in Denholm."
    for worse in (
        "Jane Roe/Reuters The Hopp cars stand fined beside the lake of Denholm.",
        "“The court has fined Hopp and it was right,” he said on Monday.",
        "It was Hopp that a judge had fined at the end of the week.",
    ):
        [found] = topical(FINE, [hit(make_reading, f"{worse} {plain}", "a", date(2022, 9, 1))])
        assert found.sentence == plain
        [found] = topical(FINE, [hit(make_reading, worse, "a", date(2022, 9, 1))])
        assert found.sentence == worse


def test_an_article_is_told_of_by_its_best_passage_alone(make_reading: Make) -> None:
    hits = [hit(make_reading, event, "a", date(2022, 9, 1)) for event in EVENTS[:2]]
    assert [reading.sentence for reading in topical(ABOUT, hits)] == [EVENTS[0]]


def test_relevance_weighs_the_reader_and_the_words(make_reading: Make) -> None:
    asked = Question("?", "?", intent="digest", topic="the court's fine of Hopp in Brazil")
    [reading] = judged(asked, [hit(make_reading, "A court fined Hopp for telling a lie.", "a", date(2022, 9, 1))], 0.8)
    # court, Hopp are met, "fine" (under five letters its own stem) and Brazil are not; Brazil is a name that is missing
    assert features(asked, reading) == pytest.approx((1, math.log(4), 2 / 4, 0, 1))
    doubted = replace(reading, answerable=0.2)
    assert relevance(asked, doubted) < relevance(asked, reading)
    there = replace(asked, topic="the court's fine of Hopp")
    assert relevance(there, reading) > relevance(asked, reading)
    assert relevance(replace(asked, topic=""), doubted) == 1.0


def test_a_passage_that_has_a_name_tells_something_of_it(make_reading: Make) -> None:
    text = "Farmer Joe Pell said that otters eat his carp."
    [named] = judged(ABOUT, [hit(make_reading, text, "a", date(2022, 9, 1))], 0.02)
    for topic, expected in (("Joe Pell", True), ("farmer Joe Pell", True), ("all reports on Joe Pell", True)):
        assert (relevance(replace(ABOUT, topic=topic), named) == NAMED) is expected
    for topic in ("Joe Pell in Brazil", "the fine of Joe Pell", "otters and carp"):
        assert relevance(replace(ABOUT, topic=topic), named) < 0.4


def test_what_is_not_worth_telling_is_left_out_and_an_answer_of_it_alone_is_unsure(make_reading: Make) -> None:
    near, off = judged(
        ABOUT,
        [
            hit(make_reading, "A court fined Hopp for telling a lie.", "a", date(2022, 9, 1)),
            hit(make_reading, "Storm Petra cut off homes in the valley.", "b", date(2022, 9, 2)),
        ],
    )
    off = replace(off, answerable=0.01)
    assert survey(ABOUT, [off, near]) == [near]
    assert survey(ABOUT, [off]) == [off]
    sure, unsure = (WRITER.write(ABOUT, [reading]).confidence for reading in (near, off))
    assert unsure < 0.1 < 0.6 < sure
    assert sure == sureness(ABOUT, [near]) == sureness(ABOUT, [near, off])
    assert WRITER.write(ABOUT, []).confidence == 0.0


def test_the_latest_is_the_newest_and_not_spread(make_reading: Make) -> None:
    days = [date(2020, 3, 1), *(date(2022, 9, n) for n in range(1, 10))]
    hits = [hit(make_reading, event, chr(97 + n), day) for n, (event, day) in enumerate(zip(EVENTS, days, strict=True))]
    latest = Question("?", "?", intent="digest", topic="Hopp", current=True)
    assert told(latest, hits) == list("jihgfedc")
