"""Follow-ups become questions that stand alone; questions that already do are left as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.followup import standalone
from qa.types import Turn

USERS = Turn("How many users does TikTok have in India?", "TikTok has 120 million users in India.")
DETAINED = Turn(
    "Who was held for three days in Inner Mongolia?", "In 2015, Hu spent three days in detention in Inner Mongolia."
)
SENT = Turn("What did Jack Ma send to the US?", "Jack Ma has sent surgical masks and coronavirus test kits to the US.")

MAYOR = Turn("Who is the new mayor of Denholm?", "Ruth Calder was sworn in as mayor of Denholm on 4 May 2023.")
QUAKE = Turn("How many people died in the earthquake in Turkey?", "More than 45,000 people died on 6 February 2023.")
STRIKE = Turn("Why are nurses in Wales on strike?", "Nurses walked out over pay, the Royal College of Nursing said.")
DEAL = Turn("How much did Lanternworks pay for Sendero?", "Lanternworks paid 12 million euros in March 2024.")
CHIEF = Turn("Who is the CEO of TikTok?", "")
EARNED = Turn("What did TikTok earn in March 2019?", "")
ORO = Turn("Who leads the payment firm Oro?", "Oro is led by Daniel Osei, 41.")
FRAMES = Turn("Jumbo frames", "Jumbo frames are larger than the MTU of Ethernet.")


@pytest.mark.parametrize(
    ("question", "turn", "expected"),
    [
        ("And in the United States?", USERS, "How many users does TikTok have in the United States?"),
        ("What about Brazil?", USERS, "How many users does TikTok have in Brazil?"),
        ("and in 2018?", USERS, "How many users does TikTok have in India in 2018?"),
        ("Who owns it?", USERS, "Who owns TikTok?"),
        ("How popular is it in the country?", USERS, "How popular is TikTok in India?"),
        ("Why was he detained?", DETAINED, "Why was Hu detained?"),
        ("What did his parents say?", DETAINED, "What did Hu’s parents say?"),
        ("How many masks did he promise?", SENT, "How many masks did Jack Ma promise?"),
        ("And to Italy?", SENT, "What did Jack Ma send to Italy?"),
        ("What about Bill Gates?", SENT, "What did Bill Gates send to the US?"),
        ("When did that happen?", SENT, "When did that happen (Jack Ma, US, send)?"),
        ("Ok, thanks. Who owns it?", USERS, "Who owns TikTok?"),
        ("When did she take office?", MAYOR, "When did Ruth Calder take office?"),
        ("And her predecessor?", MAYOR, "Ruth Calder’s predecessor?"),
        ("What about Harrow?", MAYOR, "Who is the new mayor of Harrow?"),
        ("How old is he?", ORO, "How old is Daniel Osei?"),
        ("How much did it earn?", ORO, "How much did Oro earn?"),
        ("What was its magnitude?", QUAKE, "What was the earthquake in Turkey’s magnitude?"),
        ("And how many were injured?", QUAKE, "how many were injured (Turkey, people died earthquake)?"),
        ("How long will it last?", STRIKE, "How long will it last (Wales, nurses strike)?"),
        ("Why?", STRIKE, "Why (Wales, nurses strike)?"),
        ("What happened that year?", DEAL, "What happened in 2024 (Lanternworks, Sendero, pay)?"),
        ("How many were sold in 2020?", DEAL, "How many were sold in 2020 (Lanternworks, Sendero, pay)?"),
        ("How are they configured?", FRAMES, "How are Jumbo frames configured?"),
        ("What about selling to Bill Gates?", SENT, "What did Jack Ma send to the US (selling to Bill Gates)?"),
        ("No, I meant Bill Gates.", SENT, "What did Bill Gates send to the US?"),
        ("And of Disney?", CHIEF, "Who is the CEO of Disney?"),
        ("What about Facebook?", CHIEF, "Who is the CEO of Facebook?"),
        ("And of Germany?", Turn("Who is the President of France?", ""), "Who is the President of Germany?"),
        ("And the Bank of Japan?", Turn("Who runs the Bank of England?", ""), "Who runs the Bank of Japan?"),
        ("And in April?", EARNED, "What did TikTok earn in April 2019?"),
        ("And in May?", EARNED, "What did TikTok earn in May 2019?"),
        ("And in April 2020?", EARNED, "What did TikTok earn in April 2020?"),
        ("And last year?", EARNED, "What did TikTok earn last year?"),
        ("And in India?", EARNED, "What did TikTok earn in March 2019 in India?"),
    ],
)
def test_a_follow_up_names_what_it_leaves_to_the_conversation(question: str, turn: Turn, expected: str) -> None:
    assert standalone(question, [turn]) == expected


@pytest.mark.parametrize(
    "question",
    [
        "How many employees does ByteDance have?",
        "Which airline carried the donation of Jack Ma?",
        "Which banks lent money to Xiaomi in 2018?",
    ],
)
def test_a_question_that_stands_alone_is_untouched(question: str) -> None:
    assert standalone(question, [USERS, DETAINED]) == question


def test_without_a_conversation_nothing_changes() -> None:
    assert standalone("  Why was he detained? ", []) == "Why was he detained?"


def test_a_pronoun_that_stands_for_nothing_is_left_alone() -> None:
    assert "TikTok" not in standalone("How much does it cost to send masks by air?", [USERS]).split("(")[0]


def test_a_turn_that_only_thanks_has_no_subject() -> None:
    thanks = Turn("Thank you, good to know.", "You are welcome.")
    assert standalone("How long will it last?", [STRIKE, thanks]) == "How long will it last (Wales, nurses strike)?"
    assert standalone("How are they configured?", [FRAMES, thanks]) == "How are Jumbo frames configured?"


def test_a_word_that_opens_a_sentence_is_not_what_it_stands_for() -> None:
    turn = Turn("Speaking of which, what is taxed?", "Having income is taxed.")
    assert "Having" not in standalone("When is it due?", [turn])
    assert "Speaking" not in standalone("Why?", [turn])


@pytest.mark.parametrize("question", ["Did Angela Merkel say why she resigned?", "Where does Taylor Swift live?"])
def test_a_new_topic_takes_nothing_along(question: str) -> None:
    assert standalone(question, [MAYOR, ORO]) == question


@given(st.text(max_size=300), st.lists(st.builds(Turn, st.text(max_size=200), st.text(max_size=200)), max_size=4))
def test_nothing_said_in_a_conversation_breaks_it(text: str, turns: list[Turn]) -> None:
    assert len(standalone(text, turns)) <= len(text) + sum(len(t.question) + len(t.answer) for t in turns) + 20


def test_the_nearest_turn_wins() -> None:
    assert standalone("Why was he detained?", [SENT, DETAINED]) == "Why was Hu detained?"


def test_a_chain_of_follow_ups_keeps_the_subject() -> None:
    first = standalone("And in the United States?", [USERS])
    second = standalone("And in Japan?", [USERS, Turn(first, "37 million.")])
    assert second == "How many users does TikTok have in Japan?"


@pytest.mark.parametrize(
    "question",
    ["Who built the ferry Constance?", "Who founded Huawei?", "Which bank bought Prosper?", "Who owns Disney?"],
)
def test_a_question_with_a_verb_of_its_own_takes_no_subject_along(question: str) -> None:
    assert standalone(question, [Turn("Who built the ferry Ardent?", "")]) == question


@pytest.mark.parametrize(
    "question",
    ["and" + " " * 1900 + "in India? thanks", "no" + " " * 1900 + "?x", "," * 1900 + "x", "and, " * 380 + "?a"],
)
def test_what_can_be_parted_in_many_ways_is_read_in_no_time(question: str) -> None:
    """Each took hours when the opening was tried again and again; here the test would not end."""
    assert standalone(question, [Turn("Who built the ferry Ardent?", "")])
