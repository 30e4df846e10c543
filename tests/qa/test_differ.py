"""Two articles that count the same thing differently are both told, newest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from qa.types import Question, Reading
from qa.write import ExtractiveWriter

ASKED = Question("How many homes lost power in Storm Petra?", "How many homes lost power in Storm Petra?")
FIRST = "Northlines said 1,200 homes lost power in Storm Petra."
SECOND = "It corrected its count: 1,750 homes had lost power during Storm Petra."
WRITER = ExtractiveWriter(lambda *_: ())
Make = Callable[..., Reading]


def both(make: Make, **second: object) -> list[Reading]:
    older = make("1,200 homes", text=FIRST, id="a", day=date(2024, 1, 18))
    newer = make("1,750 homes", **{"text": SECOND, "id": "b", "day": date(2024, 1, 21), **second})
    return [older, newer]


def test_both_are_told_newest_first_and_the_difference_said(make_reading: Make) -> None:
    draft = WRITER.write(ASKED, both(make_reading))
    assert [c.quote for c in draft.citations][-1] == FIRST
    assert SECOND in [s.text for s in draft.sentences]
    assert draft.reason == (
        "The articles differ: “1,750 homes” (Herald, 2024-01-21), “1,200 homes” (Herald, 2024-01-18)."
    )


def test_the_best_readings_own_sentence_is_told_apart_wherever_it_stands(make_reading: Make) -> None:
    draft = WRITER.write(ASKED, both(make_reading))
    assert [s.text for s in draft.sentences if s.best] == [FIRST]
    newest_is_best = WRITER.write(ASKED, both(make_reading)[::-1])
    assert [s.text for s in newest_is_best.sentences if s.best] == [SECOND]


def test_an_unlikely_answer_does_not_contradict(make_reading: Make) -> None:
    draft = WRITER.write(ASKED, both(make_reading, p=0.2))
    assert [s.text for s in draft.sentences] == [FIRST]
    assert draft.reason is None


def test_the_same_number_is_no_difference(make_reading: Make) -> None:
    same = "All 1,200 homes without power in Storm Petra are reconnected, 1,750 poles stand."
    readings = [both(make_reading)[0], make_reading("1,200 homes", text=same, id="b")]
    assert WRITER.write(ASKED, readings).reason is None


def test_another_matter_is_no_difference(make_reading: Make) -> None:
    other = make_reading("58,000 homes", text="Its turbines can supply 58,000 homes.", id="b")
    assert WRITER.write(ASKED, [both(make_reading)[0], other]).reason is None


def test_another_event_of_the_kind_is_no_difference(make_reading: Make) -> None:
    quinn = make_reading(
        "3,000 homes", text="Some 3,000 homes lost power in Storm Quinn.", id="b", day=date(2024, 2, 1)
    )
    assert WRITER.write(ASKED, [both(make_reading)[0], quinn]).reason is None


def test_of_three_counts_the_first_in_rank_and_the_newest_are_told(make_reading: Make) -> None:
    newest = make_reading(
        "1,900 homes", text="In all 1,900 homes lost power in Storm Petra.", id="c", day=date(2024, 2, 3)
    )
    draft = WRITER.write(ASKED, [*both(make_reading), newest])
    assert draft.reason == (
        "The articles differ: “1,900 homes” (Herald, 2024-02-03), “1,200 homes” (Herald, 2024-01-18)."
    )


def test_what_speaks_of_all_that_the_best_does_comes_before_the_newest(make_reading: Make) -> None:
    damaged = make_reading("80 homes", text="Storm Petra damaged 80 homes.", id="c", day=date(2024, 2, 3))
    first, second = both(make_reading)
    assert WRITER.write(ASKED, [first, damaged]).reason == (
        "The articles differ: “80 homes” (Herald, 2024-02-03), “1,200 homes” (Herald, 2024-01-18)."
    )
    assert WRITER.write(ASKED, [first, second, damaged]).reason == (
        "The articles differ: “1,750 homes” (Herald, 2024-01-21), “1,200 homes” (Herald, 2024-01-18)."
    )


def test_what_is_far_behind_the_best_is_no_difference(make_reading: Make) -> None:
    near, far = (
        [replace(reading, share=share) for reading, share in zip(both(make_reading), (0.8, least), strict=True)]
        for least in (0.041, 0.039)
    )
    assert WRITER.write(ASKED, near).reason is not None
    assert WRITER.write(ASKED, far).reason is None


def days(make: Make, first: str, second: str) -> str | None:
    asked = Question("When does the Ardent sail?", "When does the Ardent sail?")
    return WRITER.write(
        asked,
        [
            make(first, text=f"The Ardent sails on {first} from Denholm.", id="a", day=date(2020, 5, 1)),
            make(second, text=f"The Ardent sails on {second} from Denholm.", id="b", day=date(2020, 5, 3)),
        ],
    ).reason


def test_days_are_compared_as_days(make_reading: Make) -> None:
    assert days(make_reading, "5 June 2020", "June 5, 2020") is None
    told = days(make_reading, "5 June 2020", "12 June 2020")
    assert told == "The articles differ: “12 June 2020” (Herald, 2020-05-03), “5 June 2020” (Herald, 2020-05-01)."


def test_yes_and_no_differ(make_reading: Make) -> None:
    asked = Question("Will Ida Vane appeal?", "Will Ida Vane appeal?")
    draft = WRITER.write(
        asked,
        [
            make_reading("would appeal", text="Ida Vane would appeal the fine.", id="a", day=date(2020, 5, 1), p=0.97),
            make_reading(
                "will not appeal", text="Ida Vane will not appeal the fine.", id="b", day=date(2020, 5, 3), p=0.97
            ),
        ],
    )
    assert draft.reason is not None
    assert [c.article_id for c in draft.citations] == ["b", "a"]


def test_a_day_told_before_and_after_it_is_one_day(make_reading: Make) -> None:
    """Without a year the one before it says last year's day, and the other this year's."""
    asked = Question("When is the referendum in Denholm?", "When is the referendum in Denholm?")
    told = "The referendum in Denholm will be held on {}."
    before = make_reading("5 March", text=told.format("5 March"), id="a", day=date(2020, 1, 10))
    for said, day, differ in (("5 March", date(2020, 3, 6), False), ("5 March", None, False), ("12 March", None, True)):
        after = make_reading(said, text=told.format(said), id="b", day=day)
        assert (WRITER.write(asked, [before, after]).reason is not None) == differ, (said, day)


def test_days_with_their_years_differ_by_them(make_reading: Make) -> None:
    asked = Question("When is the referendum in Denholm?", "When is the referendum in Denholm?")
    told = "The referendum in Denholm will be held on {}."
    first, second = (
        make_reading(d, text=told.format(d), id=i) for d, i in (("5 March 2020", "a"), ("5 March 2021", "b"))
    )
    assert WRITER.write(asked, [first, second]).reason is not None
