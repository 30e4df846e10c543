"""Digests and timelines: what is chosen of many articles, in which order, and what is left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from embeddings.types import Hit
from qa.digest import MAX_DIGEST, survey, topical
from qa.evidence import confidence
from qa.types import Question, Reading
from qa.write import ExtractiveWriter

Make = Callable[..., Reading]
WRITER = ExtractiveWriter(lambda _: ())
ABOUT = Question("Summarise Hopp", "Summarise Hopp", intent="digest", topic="Hopp")
TIMELINE = Question("Timeline of Hopp", "Timeline of Hopp", intent="timeline", topic="Hopp")


def hit(make: Make, text: str, id: str, day: date | None) -> Hit:
    return make(text.split()[0], text=text, id=id, day=day).hit


def told(asked: Question, hits: list[Hit]) -> list[str]:
    return [c.article_id for c in WRITER.write(asked, survey(asked, topical(asked, hits))).citations]


def test_a_timeline_is_oldest_first_a_digest_newest_first_and_nothing_is_said_twice(make_reading: Make) -> None:
    hits = [
        hit(make_reading, "Hopp was fined in autumn by the court.", "b", date(2022, 9, 11)),
        hit(make_reading, "Hopp has no date at all in this text.", "d", None),
        hit(make_reading, "Hopp started in spring with electric cars.", "a", date(2019, 4, 1)),
        hit(make_reading, "Hopp was fined in autumn by the court, too.", "c", date(2022, 9, 12)),
    ]
    assert told(TIMELINE, hits) == ["a", "b", "d"]
    assert told(ABOUT, hits) == ["b", "a", "d"]


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
    draft = WRITER.write(asked, survey(asked, topical(asked, hits)))
    assert [s.text for s in draft.sentences] == ["The fine of Hopp was high."]
    assert draft.confidence == pytest.approx(2 / 3)  # the whole topic, by one article


def test_a_caption_is_not_told_where_there_is_a_sentence(make_reading: Make) -> None:
    text = "Cars of Hopp at the lake of Denholm. Hopp was fined by a court in Denholm for what it had told its riders."
    [told_of] = topical(ABOUT, [hit(make_reading, text, "a", date(2022, 9, 1))])
    assert text[told_of.start : told_of.end].startswith("Hopp was fined")


def test_what_is_not_on_the_topic_is_no_digest(make_reading: Make) -> None:
    text = "The ride firm Hopp was fined in September. Storm Petra cut off homes in India."
    hits = [hit(make_reading, text, "a", date(2022, 9, 1))]
    for topic, expected in (
        ("the ride firm Zoomly", 0),
        ("the ride firm Hopp", 1),
        ("Storm Quinn", 0),
        ("Hopp in Brazil", 0),
        ("Hopp in India", 1),
        ("Bank of Ireland", 0),
    ):
        asked = Question(topic, f"Summarise the coverage of {topic}", intent="digest", topic=topic)
        assert len(survey(asked, topical(asked, hits))) == expected, topic
    assert WRITER.write(ABOUT, []).confidence == 0.0


def test_a_digest_is_the_surer_the_more_articles_meet_more_of_the_topic(make_reading: Make) -> None:
    asked = Question("?", "?", intent="digest", topic="Hopp fine appeal")
    hits = [
        hit(make_reading, "The fine of Hopp was high by any measure of the lake towns.", "a", date(2022, 9, 1)),
        hit(make_reading, "A judge cut that fine, and Hopp paid it in March.", "b", date(2022, 9, 2)),
    ]
    assert WRITER.write(asked, survey(asked, topical(asked, hits[:1]))).confidence == pytest.approx(2 / 3 * 2 / 3)
    assert WRITER.write(asked, survey(asked, topical(asked, hits))).confidence == pytest.approx(2 / 3 * 3 / 4)


def test_the_latest_is_the_newest_and_not_spread(make_reading: Make) -> None:
    days = [date(2020, 3, 1), *(date(2022, 9, n) for n in range(1, 10))]
    hits = [hit(make_reading, event, chr(97 + n), day) for n, (event, day) in enumerate(zip(EVENTS, days, strict=True))]
    latest = Question("?", "?", intent="digest", topic="Hopp", current=True)
    assert told(latest, hits) == list("jihgfedc")


def test_what_is_asked_is_told_by_the_readers_sentence(make_reading: Make) -> None:
    text = "Hopp has many cars in the valley. The court of Denholm fined it for a lie. Hopp is big."
    asked = Question("What was reported about Hopp?", "What was reported about Hopp?", intent="digest", topic="Hopp")
    for p in (0.99, 0.01):
        reading = make_reading("fined", text=text, id="a", p=p)
        draft = WRITER.write(asked, survey(asked, [reading]))
        assert draft.sentences[-1].text == "The court of Denholm fined it for a lie."
        assert draft.confidence == max(2 / 3, confidence(asked, reading))
