"""The kind of answer is what the asking question word wants, whatever its subordinate clauses say."""

from __future__ import annotations

import pytest

from qa.kinds import asking_stems, kind_of, yes_or_no
from qa.terms import stem

KILLED = "Who was killed when a bridge fell?"
BORDER = "Finland joined NATO this week. Which country does it border?"


@pytest.mark.parametrize(
    ("question", "span", "kind"),
    [
        (KILLED, "Ann Lee", 1.0),
        (KILLED, "on Friday", 0.0),
        ("When was the man who built it killed?", "on Friday", 1.0),
        ("When was the man who built it killed?", "Ann Lee", 0.0),
        ("When was Ann Lee, who built it, killed?", "on Friday", 1.0),
        ("Who knows how many died?", "Ann Lee", 1.0),
        ("Who knows how many died?", "thirty homes", 0.0),
        ("How many homes burned when it fell?", "thirty homes", 1.0),
        ("How many homes burned when it fell?", "last Friday", 0.0),
        ("Which airline flew those who fled?", "Harrow Air", 1.0),
        ("Which airline flew those who fled?", "a barn", 0.0),
        ("How did the man who built it die?", "by drowning", 0.5),
        ("Why did it close when Ann Lee left?", "rising costs", 0.5),
        ("What happened when the bridge fell?", "a panic", 0.5),
    ],
)
def test_the_first_question_word_decides(question: str, span: str, kind: float) -> None:
    assert kind_of(question, span, f"It said so of {span}.") == kind


@pytest.mark.parametrize(
    ("question", "span", "kind"),
    [
        ("How many homes?", "thirty homes", 1.0),
        ("How many homes?", "a dozen homes", 1.0),
        ("How many homes?", "fifty-one", 1.0),
        ("How many homes?", "the homes", 0.0),
    ],
)
def test_an_amount_may_be_in_words(question: str, span: str, kind: float) -> None:
    assert kind_of(question, span, f"It said so of {span}.") == kind


@pytest.mark.parametrize(
    ("question", "span", "kind"),
    [
        ("In which year did the man who built it die?", "2019", 1.0),
        ("To whom was it sold when it closed?", "Ann Lee", 1.0),
        ("To whom was it sold when it closed?", "on Friday", 0.0),
        ("By how much did it rise when she left?", "45 percent", 1.0),
        ("A man was arrested for stealing what?", "a bus", 0.5),
        ("The bridge fell when?", "on Friday", 1.0),
        ("Can you tell me who was killed when it fell?", "on Friday", 0.0),
        ("When a bridge fell, who was killed?", "Ann Lee", 1.0),
        ("When a bridge fell, who was killed?", "on Friday", 0.0),
        ("On the day when Storm Petra came, how many homes lost power?", "1,200", 1.0),
        ("Of the people who died, how many were children?", "Ann Lee", 0.0),
        ("What’s the name of the ship?", "the s of a barn", 0.5),
        ("The WHO counted how many?", "thirty", 1.0),
        ("Did the WHO say so?", "a barn", 0.5),
    ],
)
def test_the_question_word_may_stand_inside(question: str, span: str, kind: float) -> None:
    assert kind_of(question, span, f"It said so of {span}.") == kind


@pytest.mark.parametrize(
    ("question", "span", "kind"),
    [
        (BORDER, "Russia", 1.0),
        (BORDER, "this week", 0.0),
        ("Ann Lee was there when the bridge fell. Who was killed?", "on Friday", 0.0),
        ("Many asked who did it. When did it fall?", "on Friday", 1.0),
        ("Who was killed? Answer in one word.", "on Friday", 0.0),
    ],
)
def test_the_last_sentence_asks(question: str, span: str, kind: float) -> None:
    assert kind_of(question, span, f"It said so of {span}.") == kind


def test_without_a_question_word_any_kind_will_do() -> None:
    assert kind_of("Storm Petra", "on Friday", "It came on Friday.") == 0.5
    assert kind_of("", "on Friday", "It came on Friday.") == 0.5


@pytest.mark.parametrize(
    ("question", "stems"),
    [
        ("Which country blocked the app?", {"country"}),
        ("What percentage of voters stayed at home?", {"percentage"}),
        ("When a bridge fell, in what year was it built?", {"year"}),
        ("Which airline carried the masks?", set()),  # "airline" may well be said: "China Eastern Airlines"
        ("Who built the ferry?", set()),
        ("Name the ferry.", set()),
    ],
)
def test_what_says_the_kind_alone_need_not_be_said_again(question: str, stems: set[str]) -> None:
    assert asking_stems(question) == {stem(word) for word in stems}


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("The refunds come to 7 million pounds.", 0.0),
        ("Each rider gets 7 pounds back.", 1.0),
        ("It is 7 a ticket.", 1.0),
    ],
)
def test_what_all_get_is_not_what_each_gets(sentence: str, kind: float) -> None:
    assert kind_of("How much does each Hopp rider get back?", "7", sentence) == kind
    assert kind_of("How much do Hopp riders get back?", "7", sentence) == 1.0


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Did it sink?", True),
        ("so was the ferry built in norway", True),
        ("Is it true that Ann Lee left?", True),
        ("Do you know if Ann Lee left?", True),
        ("Isn’t it electric?", True),
        ("The boat was new. Is it electric or diesel?", True),
        ("Did the town that was flooded when the dam broke get aid?", True),
        ("Has the mayor spoken about what happened?", True),
        ("Who sank it?", False),
        ("When a bridge fell, was anyone killed?", False),
        ("Do you know who built it?", False),
        ("Has anyone said why it closed?", False),
        ("Could you tell me about the ferry?", False),
        ("Can you list the ferries?", False),
        ("ferry timetable", False),
        ("", False),
    ],
)
def test_what_is_answered_by_yes_or_no(question: str, asked: bool) -> None:
    assert yes_or_no(question) is asked
