"""HTML pages: which post a page is of, whose words are its body, what dates it and where its links lead."""

from __future__ import annotations

from datetime import date

import pytest

from archive.readers.html_page import read_html
from archive.types import Article

FIRST = (
    "The ferry Ardent sank off Harrow on Friday night with forty people aboard, the coastguard said in a statement to "
    "the press."
)
SECOND = (
    "All of the passengers were saved by the crew of a fishing boat that had been nearby, and nobody was hurt in the "
    "accident."
)
STORY = f"<h1>Ferry sinks</h1><p>{FIRST}</p><p>{SECOND}</p>"
HEAD = (
    '<link rel="canonical" href="https://h.example/ferry"><meta property="og:site_name" content="Herald">'
    '<meta name="author" content="Jane Doe">'
    '<meta property="article:published_time" content="2019-05-03T23:30:00-05:00">'
)
CARD = '<article class="card"><h2><a href="/{0}">{0} opens</a></h2><p>The {0} is open.</p></article>'


def page(body: str, head: str = HEAD, origin: str = "page.html") -> list[Article]:
    html = f"<!DOCTYPE html><html><head><title>Ferry sinks</title>{head}</head><body>{body}</body></html>"
    found = list(read_html(html, origin))
    assert all(isinstance(item, Article) for item in found), found
    return [item for item in found if isinstance(item, Article)]


def facts(article: Article) -> tuple[str | None, str, date | None, tuple[str, ...]]:
    return article.url, article.title, article.published, article.authors


THE_FERRY = ("https://h.example/ferry", "Ferry sinks", date(2019, 5, 3), ("Jane Doe",))


@pytest.mark.parametrize("texts", [(FIRST, SECOND), ("The ferry sank.", "All were saved.")], ids=["long", "short"])
@pytest.mark.parametrize(
    "story",
    [
        "{}",
        "<article><h1>Ferry sinks</h1>{}</article>",
        '<article class="post-7 post type-post hentry"><h1 class="entry-title">Ferry sinks</h1>'
        '<span class="posted-on">Posted on <time class="entry-date published" datetime="2019-05-03">May 3</time></span>'
        '<span class="author vcard">Jane Doe</span><div class="entry-summary"><p>In brief.</p></div>'
        '<div class="entry-content">{}</div></article>',
        "<article><h1>Ferry sinks</h1>{}</article><aside>" + CARD.format("bridge") + CARD.format("dam") + "</aside>",
        CARD.format("dam") + '<article class="post"><h2>Ferry sinks</h2><div class="entry">{}</div></article>',
    ],
    ids=["no post", "one post", "WordPress", "cards after", "card before, no h1"],
)
def test_a_page_of_one_article_is_read_once_and_whole(story: str, texts: tuple[str, str]) -> None:
    (article,) = page(story.format("".join(f"<p>{text}</p>" for text in texts)))
    assert facts(article) == THE_FERRY
    assert article.text == "\n\n".join(texts)


def test_a_page_of_several_posts_stays_one_of_several() -> None:
    post = '<article class="post hentry"><h2>{0}</h2><div class="entry-content"><p>{1}</p></div></article>'
    category = '<meta property="og:type" content="article">'  # plug-ins say so of a category
    found = page("<h1>Ships</h1>" + post.format("a", FIRST) + post.format("b", "<h1>Short</h1>"), category)
    assert [(article.title, article.text) for article in found] == [("a", FIRST), ("b", "Short")]


def test_what_a_theme_says_beside_the_body_is_not_the_body() -> None:
    post = (
        '<div class="post"><h2>A</h2><div class="entry-meta">by <span class="author">Jane</span></div>'
        '<p class="date">3 May 2019</p>{}<div class="entry-footer">Ships</div></div>'
    )
    one, two = page(
        post.format("<div>It sank on <time>Friday</time>.</div>")
        + post.format("It sank.<ul><li>Crew: <ul><li>Ann</ul></ul>"),
        "",
    )
    assert (one.text, one.published) == ("It sank on Friday.", date(2019, 5, 3))
    assert two.text == "It sank.\n\nCrew:\n\nAnn"


@pytest.mark.parametrize(
    ("head", "origin", "href", "url"),
    [
        ("", "page.html", "/one", None),
        ("", "page.html", "https://x.example/one", "https://x.example/one"),
        ("", "page.html", "javascript:void(0)", None),
        ("", "page.html", "https://", None),
        ("", "page.html", "http://[x", None),
        ('<base href="https://h.example/a/">', "page.html", "one", "https://h.example/a/one"),
        ('<base href="/a/">', "page.html", "one", None),
        ('<base href="/a/">', "https://h.example/ships", "one", "https://h.example/a/one"),
        ("", "https://h.example/ships/", "one", "https://h.example/ships/one"),
        ('<link rel="canonical" href="https://h.example/ships/">', "page.html", "../one", "https://h.example/one"),
        (
            '<link rel="canonical" href="https://c.example/">',
            "https://h.example/ships/",
            "/one",
            "https://h.example/one",
        ),
    ],
)
def test_an_address_is_absolute_or_none(head: str, origin: str, href: str, url: str | None) -> None:
    post = '<div class="post"><h2><a href="{}">One</a></h2><p>It sank.</p></div>'
    one, _ = page(post.format(href) + post.format("/two"), head, origin)
    assert one.url == url
    assert one.source == (url.split("/")[2] if url else None)


def test_a_relative_canonical_address_is_none() -> None:
    (article,) = page(f"<article>{STORY}</article>", '<link rel="canonical" href="/ferry">')
    assert article.url is None


@pytest.mark.parametrize(
    ("undated", "day"),
    [
        (f"{STORY}<footer>&copy; 2015 Herald</footer>", None),
        (f"{STORY}<p>She was built on 12 March 1998 in Harrow.</p>", None),
        (f'{STORY}<img src="/wp-content/uploads/2017/08/a.jpg">', None),
        (f'<span class="date">03/05/2019</span>{STORY}<p>She was built on 12 March 1998.</p>', date(2019, 5, 3)),
        (f'<p class="byline">By Jane Doe | May 3, 2019</p>{STORY}', date(2019, 5, 3)),
        (f'<time datetime="2019-05-03">Friday</time>{STORY}<footer>&copy; 2015</footer>', date(2019, 5, 3)),
    ],
)
def test_a_date_that_a_page_only_mentions_is_not_its_own(undated: str, day: date | None) -> None:
    (article,) = page(f"<article>{undated}</article>", "")
    assert article.published == day


def test_marks_of_footnotes_and_items_are_not_text() -> None:
    body = f'<p>{FIRST[:-1]} in 2019<sup><a href="#f">1</a></sup>.</p><ul><li>Ann</li><li>Al</li></ul><p>{SECOND}</p>'
    (article,) = page(f"<article><h1>Ferry sinks</h1>{body}</article>")
    assert article.text.split("\n\n") == [f"{FIRST[:-1]} in 2019.", "Ann", "Al", SECOND]


def test_a_chart_is_no_depth() -> None:
    chart = "<svg>" + '<rect x="1"/>' * 600 + "</svg>"
    (article,) = page(f"<article><h1>Ferry sinks</h1><p>{FIRST}</p>{chart}<p>{SECOND}</p></article>")
    assert article.text == f"{FIRST}\n\n{SECOND}"
