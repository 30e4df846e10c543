"""The text of HTML by its blocks, whole: what is loose between blocks stays, what is joined stays joined."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from archive.readers.html_blocks import blocks, closed, html_text, too_deep, visible_text

CLASSIC = """The ferry sank on Friday…

The mayor said:
<blockquote>We will rebuild.</blockquote>
All passengers were saved…

<h2>Earlier</h2>
It was built in 1998."""


@pytest.mark.parametrize(
    ("markup", "parts"),
    [
        (
            CLASSIC,
            [
                "The ferry sank on Friday…",
                "The mayor said:",
                "We will rebuild.",
                "All passengers were saved…",
                "Earlier",
                "It was built in 1998.",
            ],
        ),
        ("One.<br><br>Two:<blockquote>three<br />four</blockquote>Five.", ["One.", "Two:", "three four", "Five."]),
        ("<p>One.<br><br/>Two.</p>", ["One.", "Two."]),
        ("<p>One\n\nand two.</p>", ["One and two."]),
        ("<pre>One\n\ntwo</pre>", ["One", "two"]),
        ("The ferry <em>Ardent</em>, built in <a>Harrow</a>, sank.", ["The ferry Ardent, built in Harrow, sank."]),
        ("<blockquote><p>Yes.</p><cite>Ann Lee, mayor</cite></blockquote>", ["Yes.", "Ann Lee, mayor"]),
        ("<blockquote>Yes.<cite>Ann Lee, mayor</cite></blockquote>", ["Yes.", "Ann Lee, mayor"]),
        ("<p>She read <cite>The Herald</cite>, too.</p>", ["She read The Herald, too."]),
        ("<ul><li>Crew:<ul><li>Ann</li><li>Al</li></ul></li></ul>", ["Crew:", "Ann", "Al"]),
        ("<dl><dt>Built<dd>1998</dl><table><tr><th>Year<td>4</table>", ["Built", "1998", "Year", "4"]),
        ("<h1>A</h1><div>b <b>c</b><div>d</div>e</div>", ["A", "b c", "d", "e"]),
        ("<div>a<script>x()</script><select><option>x</select><!-- x --><svg><title>x</title></svg></div>", ["a"]),
        (
            'It sank in 2019<sup><a href="#a">1</a></sup>, <a href="#b"><sup>2</sup></a>in May.',
            ["It sank in 2019, in May."],
        ),
        ("It is 12 km<sup>2</sup> wide.", ["It is 12 km2 wide."]),
        ("Smith &amp; Sons said &#8220;yes&#8221;", ["Smith & Sons said “yes”"]),
        ("AT&T rose\n\nby 2%", ["AT&T rose", "by 2%"]),
    ],
)
def test_each_text_is_kept_in_its_place(markup: str, parts: list[str]) -> None:
    assert html_text(markup).split("\n\n") == parts


@given(st.lists(st.tuples(st.sampled_from("p div li h2 h1 blockquote td th dd cite em a".split()), st.booleans())))
def test_no_word_is_lost_whatever_stands_around_it(tags: list[tuple[str, bool]]) -> None:
    rows = [f"<{tag}>w{i}{f'</{tag}>' if closes else ''} t{i} " for i, (tag, closes) in enumerate(tags)]
    words = [f"{kind}{i}" for i in range(len(tags)) for kind in "wt"]
    tree = LexborHTMLParser(f"<body><table><tr><td>{''.join(rows)}</body>")
    assert tree.body is not None
    shown = tree.body.text(separator=" ").split()  # of a table the parser moves what may not stand in it
    assert sorted(shown) == sorted(words)
    assert " ".join(block.text for block in blocks(tree.body)).split() == shown
    assert visible_text(tree.body).split() == shown


def test_a_heading_or_an_item_is_fixed_unless_it_is_all_link() -> None:
    tree = LexborHTMLParser(
        "<body><h2>a</h2><h2><a href=/b>b</a></h2><a href=/c><h3>c</h3></a><li><a href=/d>d</a>, e</li><p>f</p>g"
        "<h4><a name=h>h</a></h4>"
    )
    assert tree.body is not None
    assert [(block.text, block.fixed) for block in blocks(tree.body)] == [
        ("a", True),
        ("b", False),
        ("c", False),
        ("d, e", True),
        ("f", False),
        ("g", False),
        ("h", True),
    ]


def test_tags_written_as_closed_are_closed() -> None:
    assert closed('<p>a<br/><rect x="1"/><g/><a href=http://a.example/>b</a><o:p />') == (
        '<p>a<br/><rect x="1"></rect><g></g><a href=http://a.example/>b</a><o:p ></o:p>'
    )
    chart = "<svg>" + '<rect x="1"/>' * 600 + "</svg>"
    assert html_text(f"<p>a</p>{chart}<p>b</p>") == "a\n\nb"
    assert not too_deep(closed("<div/>" * 600))
    assert too_deep(closed("<div>" * 501))
    assert too_deep(closed("<svg><desc>" + "<rect x=1/>" * 501))  # the slash belongs to the 1


def test_a_fragment_too_deep_for_a_parser_is_read_without_its_tags() -> None:
    assert html_text("<div>" * 501 + "<p>Smith &amp; Sons\nsaid</p><p>yes</p>") == "Smith & Sons said\n\nyes"
