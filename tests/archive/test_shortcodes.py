"""Shortcodes leave a post's text; words that its author put into brackets do not."""

from __future__ import annotations

import pytest

from archive.readers.shortcodes import without_shortcodes


@pytest.mark.parametrize(
    ("markup", "left"),
    [
        (
            '[caption id="a_12" width="300"]<img src="a.jpg"/> The ferry at dock[/caption]',
            '<figcaption><img src="a.jpg"/> The ferry at dock</figcaption>',
        ),
        ('[caption width="9" caption="At dock"]<img/>[/caption]', "<figcaption>At dock<img/></figcaption>"),
        ('It sank.[gallery ids="1,2"] It rose.', "It sank. It rose."),
        ("[gallery][embed width='9']https://youtu.be/x[/embed]It sank.", "It sank."),
        ('[audio mp3="a.mp3"][/audio][video src="b.mp4"]Old browser[/video][playlist]', ""),
        ("[audio https://a.example/b.mp3] It sank.", " It sank."),
        ("It sank.[footnote]See the report.[/footnote]", "It sank.See the report."),
        ('[row][column width="1/2"]One.[/column][column]Two.[/column][/row]', "One.Two."),
        ('[contact-form-7 id="1" title="Write to us"]It sank.', "It sank."),
    ],
)
def test_shortcodes_go(markup: str, left: str) -> None:
    assert without_shortcodes(markup) == left


@pytest.mark.parametrize(
    "prose",
    [
        "He “recieved [sic]” it [...] and [The mayor] left [ a = b ].",
        "“[audio unclear] we will [video shows a crash] rebuild [note 3].”",
        "[caption] has no end, nor [/quote] a beginning, [1] and [a-z] are none.",
    ],
)
def test_words_in_brackets_stay(prose: str) -> None:
    assert without_shortcodes(prose) == prose
