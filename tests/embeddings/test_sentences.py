"""Sentence bounds: hand-cut cases, and the properties every text must keep."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.sentences import sentence_spans


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr. Ma gave masks. They went by air.", ["Mr. Ma gave masks.", "They went by air."]),
        (
            "The U.S. Senate met on Jan. 5 at 10 a.m. Friday. It voted.",
            ["The U.S. Senate met on Jan. 5 at 10 a.m. Friday.", "It voted."],
        ),
        ("He lives in the U.S. The move was hard.", ["He lives in the U.S.", "The move was hard."]),
        ("It paid US$2.5 billion. Shares rose 3.5 percent.", ["It paid US$2.5 billion.", "Shares rose 3.5 percent."]),
        ("“We are ready.” He left.", ["“We are ready.”", "He left."]),
        ("“Are you ready?” he asked. She was.", ["“Are you ready?” he asked.", "She was."]),
        ("Wait... what? Nothing.", ["Wait... what?", "Nothing."]),
        ("He waited… Then he left.", ["He waited…", "Then he left."]),
        ("Song No. 1 is hers. No. It is not.", ["Song No. 1 is hers.", "No.", "It is not."]),
        ("George W. Bush and J. K. Rowling met. Both spoke.", ["George W. Bush and J. K. Rowling met.", "Both spoke."]),
        ("1. Blake Shelton is top dog.", ["1. Blake Shelton is top dog."]),
        ("• One thing. • Another thing.", ["• One thing.", "• Another thing."]),
        (
            "Apple Inc. Chief Executive Tim Cook spoke. He sold Apple Inc. The price fell.",
            ["Apple Inc. Chief Executive Tim Cook spoke.", "He sold Apple Inc.", "The price fell."],
        ),
        ("Rep. Liz Cheney (R-Wyo.) voted no. So did others.", ["Rep. Liz Cheney (R-Wyo.) voted no.", "So did others."]),
        ("他说好。我们走吧！再见", ["他说好。", "我们走吧！", "再见"]),
        ("यह पहला वाक्य है। यह दूसरा है।", ["यह पहला वाक्य है।", "यह दूसरा है।"]),
        ("هل هذا صحيح؟ نعم.", ["هل هذا صحيح؟", "نعم."]),
        ("Sales doubled in 2019. In 2020 they fell.", ["Sales doubled in 2019.", "In 2020 they fell."]),
        (
            "A heading\n\nA paragraph without a stop\n\nThe end.",
            ["A heading", "A paragraph without a stop", "The end."],
        ),
        ("", []),
        (" \n\n ", []),
        ("...", ["..."]),
    ],
)
def test_cuts_as_a_person_would(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@pytest.mark.parametrize(
    "sentences",
    [
        ["“We lost!” Hale said.", "He left."],
        ["“How could he?” Ms. Okoro asked.", "She sat down."],
        ['"Stop!" she shouted.', "They stopped."],
        ["‘So many…’ Lt. Col. J.P. Ray of Hull recalled on Friday."],
        ["“Who knew?” Ana Ruiz, the head of the port office, wrote.", "Nobody answered."],
        ["“We lost!”", "Hale left the room."],
        ["“We lost!”", "Hale left.", "Ruiz said so."],
        ["“Is it true?”", "Yes.", "Hale said so."],
        ["“Is it safe?”", "Hale said the bridge was."],
        ["“Is it safe?”", "Hale told them to wait."],
        ["“Is it safe?”", "When Hale asked, no one knew."],
        ["“Is it safe?”", "Hale said: “Yes.”"],
        ["“Is it safe?”", "That’s what Hale asked."],
    ],
)
def test_a_quote_that_asks_or_exclaims_keeps_its_speaker_only(sentences: list[str]) -> None:
    assert cut(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["He met U.S. President Ada Hale and U.N. Officials.", "Both spoke."],
        ["A former U.K. Police chief spoke at 5 p.m.", "Police listened."],
        ["He left the U.S.", "The move was hard."],
        ["►U.S. Representatives met."],
        ["Inflation rose to 2.5.", "Analysts had expected 3.", "It cost $4.33.", "Bakers rose by 2.5%.", "Jobs fell."],
        [
            "She fell ill.",
            "Doctors treated her in the sun.",
            "Nurses sat.",
            "Buses were few, a near miss.",
            "Cars ran.",
        ],
        ["It closes on Sat. Evening shows go on in Mass. Hale said so."],
        ["It fell to 30,000 ft.", "Passengers prayed in St. Louis and Ft. Wayne."],
        ["He lives on Main St.", "The house is old.", "Kite ft. Marlow sang there at 8 p.m. EST.", "Tickets sold out."],
        ["They voted on Prop. 9.", "Call ext. 103.", "He read Pt. 2 of it."],
        ["She said she didn't.", "Details follow.", "It is anyone's.", "Go and see 'Mrs. Lark' there."],
    ],
)
def test_abbreviations_are_told_from_words_and_numbers(sentences: list[str]) -> None:
    assert cut(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["He paused . . . and went on."],
        ["He paused. . . .", "Then he left."],
        ["He paused. …", "Then he left. ...", "Nobody saw."],
        ["“… Then he left.”", "Nobody saw."],
        ["He asked, “Did he say ‘Why?’ ”", "Nobody knew."],
        ["She said, \"He asked 'Why?' \"", "Nobody knew. 🎉"],
        ["He hit well.", ".300 is good.", "’Tis the season."],
        ["HARBOUR, Calif. — A ferry sank.", "Hale Jr. – the owner – wept."],
        ["“It was ours.” — Ada Hale"],
        ["“Is that so?” – and then she wept."],
        ["It sank.", "— Ada Hale"],
    ],
)
def test_marks_and_dashes_stay_with_what_they_belong_to(sentences: list[str]) -> None:
    assert cut(" ".join(sentences)) == sentences


@given(st.text(alphabet=st.sampled_from('aB1. \n!?…。।"”(“’)\t\u2028,;—U.S.Mr'), max_size=200) | st.text(max_size=200))
def test_slices_are_ordered_disjoint_and_cover_every_visible_character(text: str) -> None:
    spans = sentence_spans(text)
    covered = set()
    previous = 0
    for start, end in spans:
        assert previous <= start < end
        assert not text[start].isspace()
        assert not text[end - 1].isspace()
        assert "\n" not in text[start:end]
        covered.update(range(start, end))
        previous = end
    assert {at for at, character in enumerate(text) if not character.isspace()} <= covered


@pytest.mark.slow
@pytest.mark.parametrize("unit", [".", ". a", "a", "Mr. "])
def test_a_line_of_ten_megabytes_ends(unit: str) -> None:
    text = unit * (10_000_000 // len(unit))
    spans = sentence_spans(text)
    assert spans[0][0] == 0
    assert spans[-1][1] == len(text.rstrip())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("unit", "count"),
    [
        (" ", 0),
        (". ", 1),  # one long ellipsis
        ('"', 1),
        ('!" ', 1),  # marks without a word belong to what is before them
        ("?” Hale ", 125_000),
        ("?” Hale, a", 100_000),
    ],
)
def test_a_line_of_a_megabyte_of_marks_ends(unit: str, count: int) -> None:
    assert len(sentence_spans(unit * (1_000_000 // len(unit)))) == count
