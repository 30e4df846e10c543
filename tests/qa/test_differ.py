"""Two articles that count the same thing differently are both told, newest first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from qa.types import Question, Reading
from qa.write import ExtractiveWriter

ASKED = Question("How many homes lost power in Storm Petra?", "How many homes lost power in Storm Petra?")
FIRST = "Northlines said 1,200 homes lost power in Storm Petra."
SECOND = "It corrected its count: 1,750 homes had lost power during Storm Petra."
WRITER = ExtractiveWriter(lambda _: ())
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
