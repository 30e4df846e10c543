"""Saved archive pages of other sites, themes and days, in our own words: the reader must not fit one file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.read import read
from archive.readers.archive_page import looks_like_archive_page, read_archive_page
from archive.types import Article

# A body with everything that must stay; each variant puts something between two of its paragraphs that must go.
BODY = (
    "The yard at Denholm has won an order for three ferries, the owner said on Monday.",
    "It is the largest order since 1987, and 40 people will be hired for it in spring.",
    "“We have waited for this,” said the manager, Ola Rist.",
    "The boats are to sail from 2024.",
)


def page(*between: str, title: str = "Yard wins order", source: str = "Source: Harbour News", top: str = "") -> str:
    """A page of two articles; the first has the lines `between` after its second paragraph."""
    story = "\n\n".join([*BODY[:2], *between, *BODY[2:]])
    second = "02/03/2021\n\nA mill burns down\n\nThe mill burned down on Monday night.\n\nSource: Coast Wire\n"
    return f"Archive for ‘Ships’\n\n14/03/2021\n\n{title}\n\n{top}{story}\n\n{source}\n\n{second}\nA blog on ships\n"


def articles(text: str) -> list[Article]:
    found = list(read_archive_page(text, "page"))
    assert all(isinstance(item, Article) for item in found), found
    return [item for item in found if isinstance(item, Article)]


@pytest.mark.parametrize(
    "junk",
    [
        ("Harbour dues to double from next spring",),
        ("Harbour dues to double from next spring\n9 Feb 2021",),
        ("Harbour dues to double from next spring", "09/02/2021"),
        ("Harbour dues to double from next spring\n2021-02-09",),
        ("Harbour dues to double from next spring", "February 9, 2021"),
        ("Harbour dues to double from next spring", "Tuesday, 9 February 2021, 10:15am"),
        ("Harbour dues to double from next spring", "3 days ago"),
        ("Who pays for the harbour wall at Denholm?",),
        ("Is it worth it?", "9 Feb 2021"),
        ("Tugs and barges are leaving. Here’s why", "9 Feb 2021"),
        ("Tugs and barges are leaving the north.", "Here’s why"),
        ("‘No more boats’: why the north looks inland",),
        ("Herring, hope and a harbour – a town’s last year in pictures",),
        ("9 Feb 2021", "Harbour dues to double from next spring"),
        ("Read more: Harbour dues to double",),
        ("READ MORE »", "Advertisement"),
        ("Media playback is unsupported on your device",),
        ("Share this:", "Twitter\nFacebook", "Like this:", "Like Loading..."),
        ("Share on WhatsApp (Opens in new window)", "Pin It", "Email", "Print"),
        ("Related articles", "Harbour dues to double from next spring", "Who pays for the wall at Denholm?"),
        ("Related", "Harbour dues to double", "09/02/2021", "In “Ships”"),
        ("You may also be interested in:", "• Harbour dues to double", "• The wall at Denholm"),
        ("Continue reading the main story",),
    ],
    ids=lambda junk: junk[0][:30],
)
def test_what_is_not_the_story_goes_and_the_story_stays(junk: tuple[str, ...]) -> None:
    first, second = articles(page(*junk))
    assert tuple(first.text.split("\n\n")) == BODY
    assert (first.title, first.published, first.source) == ("Yard wins order", date(2021, 3, 14), "Harbour News")
    assert (second.title, second.text) == ("A mill burns down", "The mill burned down on Monday night.")


@pytest.mark.parametrize(
    "kept",
    [
        ("WHY NOW",),
        ("The new boats",),  # a heading
        ("What does that mean for their crews?",),
        ("1. Ardent, 60 places", "2. Constance, 80 places"),
        ("• Ardent, 60 places",),
        ("“Is the Ardent the best of them?” she asked.",),
        ("The order came after years of talks. It was signed in Oslo.",),
    ],
    ids=lambda kept: kept[0][:30],
)
def test_what_belongs_to_the_story_stays(kept: tuple[str, ...]) -> None:
    first = articles(page(*kept))[0]
    assert first.text.split("\n\n") == [*BODY[:2], *(part.removeprefix("• ") for part in kept), *BODY[2:]]


CAPTION = "The Ardent at her mooring in Port Callow. Photo: Nell Farrow"


@pytest.mark.parametrize(
    "twice",
    [
        f"{CAPTION}\n{CAPTION}",
        f"{CAPTION}\n\n{CAPTION}",
        f"{CAPTION}\n{CAPTION}\n{CAPTION}",
        f"{CAPTION}{CAPTION}",
        f"{CAPTION} {CAPTION}",
        f"The Ardent at her mooring in Port Callow.\n{CAPTION}",
        f"The Ardent at her mooring in Port Callow…\n{CAPTION}",
        f"{CAPTION.upper()}\n{CAPTION}",
        f"{CAPTION}\n{CAPTION.replace('Nell Farrow', 'N. Farrow')}",
        f"{CAPTION}\n\nHarbour dues to double from next spring\n\n{CAPTION}",
    ],
)
def test_a_caption_said_twice_is_kept_once(twice: str) -> None:
    text = articles(page(twice))[0].text
    assert text.casefold().count("mooring in port callow") == 1
    assert "Photo: N" in text
    assert all(part in text for part in BODY)


def test_captions_of_two_pictures_are_two() -> None:
    other = "The Constance at her mooring in Upper Harrow. Photo: Nell Farrow"
    assert articles(page(CAPTION, CAPTION, other, other))[0].text.split("\n\n")[2:4] == [CAPTION, other]


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("Source: Harbour News", "Harbour News"),
        ("SOURCE : Harbour News.", "Harbour News"),
        ("Source – Harbour News", "Harbour News"),
        ("(Source: Harbour News)", "Harbour News"),
        ("Source:\n\nHarbour News", "Harbour News"),
        ("Sources: Harbour News, Coast Wire", "Harbour News, Coast Wire"),
        ("Source: https://www.harbour.example/2021/a", "harbour.example"),
        ("", None),
    ],
)
def test_how_a_source_is_named(line: str, source: str | None) -> None:
    first, second = articles(page(source=line))
    assert (first.source, second.source) == (source, "Coast Wire")
    assert tuple(first.text.split("\n\n")) == BODY


def test_the_source_of_a_chart_does_not_end_the_story() -> None:
    first = articles(page("Source: Port Authority"))[0]
    assert first.source == "Harbour News"
    assert BODY[-1] in first.text


def test_without_a_source_the_last_article_ends_before_the_footer() -> None:
    text = page().replace("Source: Coast Wire", "").rstrip() + "\n\n« Older Entries\n\nSearch for:\n\nRecent posts\n"
    assert articles(text)[1].text == "The mill burned down on Monday night."


def test_a_title_over_two_lines_and_a_body_without_a_gap() -> None:
    text = "14/03/2021\n\nYard wins order\nfor three ferries\n\nThey will sail.\n\nSource: X\n"
    assert articles(text)[0].title == "Yard wins order for three ferries"
    text = "14/03/2021\nYard wins order\nThe yard has won an order for three ferries. They will sail.\nSource: X\n"
    assert (articles(text)[0].title, articles(text)[0].text) == (
        "Yard wins order",
        "The yard has won an order for three ferries. They will sail.",
    )


STORIES = "The yard has won an order for three ferries.\n\nThey will sail from 2024."
THEMES = {
    "title above, posted on": (
        "Tag Archives: Ships\n\nYard wins order\n\nPosted on March 14, 2021 by admin\n\n{story}\n\nLeave a comment\n\n"
        "A mill burns down\n\nPosted on March 2, 2021 by Ann\n\nThe mill burned.\n\n← Older posts\n"
    ),
    "title above, day in words": (
        "Archive for the ‘Ships’ Category\n\nYard wins order\n\nSunday, March 14th, 2021\n\n{story}\n\n"
        "Posted in Ships | No Comments »\n\nA mill burns down\n\nTuesday, March 2nd, 2021\n\nThe mill burned.\n\n"
        "Posted in Ships | 2 Comments »\n"
    ),
    "date above, in words": (
        "Category: Ships\n\n14 March 2021\n\nYard wins order\n\n{story}\n\nSource: A\n\n2 March 2021\n\n"
        "A mill burns down\n\nThe mill burned.\n\nSource: B\n"
    ),
    "date above, ISO": (
        "2021-03-14\n\nYard wins order\n\n{story}\n\nSource: A\n\n2021-03-02\n\nA mill burns down\n\nThe mill burned.\n"
    ),
    "dotted, no-break spaces, CRLF": (
        "14.03.2021\r\n\r\nYard\u00a0wins order\r\n\r\n{story}\r\n\r\nSource:\u00a0A\r\n\r\n02.03.2021\r\n\r\n"
        "A mill burns down\r\n\r\nThe mill burned.\r\n\r\nSource: B\r\n"
    ),
}


@pytest.mark.parametrize("theme", THEMES)
def test_other_themes(theme: str, tmp_path: Path) -> None:
    text = THEMES[theme].format(story=STORIES)
    assert looks_like_archive_page(text.replace("\u00a0", " "))
    path = tmp_path / "page.txt"
    path.write_bytes(text.encode())
    found = [item for item in read(path) if isinstance(item, Article)]
    assert [(a.title, a.published, a.text) for a in found] == [
        ("Yard wins order", date(2021, 3, 14), STORIES),
        ("A mill burns down", date(2021, 3, 2), "The mill burned."),
    ]


@pytest.mark.parametrize("shape", ["<p>{}</p>", "<div>{}</div>", "{}<br><br>"])
def test_the_page_as_html_is_the_page_as_text(shape: str, tmp_path: Path) -> None:
    text = page("Harbour dues to double from next spring", "9 Feb 2021", CAPTION, CAPTION)
    rows = "\n".join(shape.format(row) for row in text.split("\n") if row)
    path = tmp_path / "page.html"
    path.write_text(f"<!DOCTYPE html><html><body><nav>Home</nav>{rows}</body></html>")
    assert list(read(path)) == list(read_archive_page(text, "page"))


def test_posts_of_an_html_page_lose_teasers_and_second_captions(tmp_path: Path) -> None:
    story = (
        f"<figure><img src=a.jpg><figcaption>{CAPTION}</figcaption></figure><p>{CAPTION}</p><p>{BODY[0]}</p>"
        f'<h4><a href="/b">Harbour dues to double</a></h4><p>9 Feb 2021</p><h3>Why the yard won</h3><p>{BODY[1]}</p>'
        "<ul><li>three boats</li></ul><p>Source: Harbour News</p><div class=sharedaddy>Share this</div>"
    )
    head = '<h2><a href="https://b.example/{0}">Yard {0}</a></h2><time>14/03/2021</time>'
    post = "<article>" + head + "<div class=entry>{1}</div></article>"
    path = tmp_path / "page.html"
    path.write_text("<!DOCTYPE html><html><body>" + post.format(1, story) + post.format(2, "<p>Short</p>") + "</body>")
    first, second = (item for item in read(path) if isinstance(item, Article))
    assert first.text.split("\n\n") == [CAPTION, BODY[0], "Why the yard won", BODY[1], "three boats"]
    assert (first.source, first.published, second.text) == ("Harbour News", date(2021, 3, 14), "Short")


@given(st.lists(st.sampled_from([*BODY, "WHY NOW", "She will go", "9 Feb 2021", "Is it?", "Twitter", "Source: X"])))
def test_no_sentence_is_ever_lost_to_what_stands_around_it(rows: list[str]) -> None:
    """Closed sentences of the story stay whatever lines stand between them; only what follows the source goes."""
    text = "14/03/2021\n\nA title\n\n" + "\n\n".join(rows)
    last = max((i for i, row in enumerate(rows) if row == "Source: X"), default=len(rows))
    for item in read_archive_page(text, "page"):
        if isinstance(item, Article):
            assert all(row in item.text for row in rows[:last] if row in BODY[:2])
