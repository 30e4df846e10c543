"""WordPress exports and feeds as publishers really write them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from archive.errors import SourceError
from archive.ids import article_id, id_of_key
from archive.read import read
from archive.readers.xml import mended, read_xml
from archive.types import Article

SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:wp="http://wordpress.org/export/1.2/"'
)


def articles(xml: str, origin: str = "a.xml") -> list[Article]:
    found = list(read_xml(xml.encode(), origin))
    assert all(isinstance(item, Article) for item in found), found
    return [item for item in found if isinstance(item, Article)]


def rss(items: str, channel: str = "<title>Herald</title><link>https://h.example/</link>") -> str:
    return f'<?xml version="1.0"?><rss version="2.0" {SPACES}><channel>{channel}{items}</channel></rss>'


def story(**parts: str) -> str:
    """A feed's item; a part replaces its own."""
    given = {"title": "Ferry sinks", "link": "https://h.example/1", "description": "It sank.", **parts}
    return "<item>" + "".join(f"<{name}>{text}</{name}>" for name, text in given.items() if text) + "</item>"


def post(body: str = "<p>It sank.</p>", title: str = "Ferry", more: str = "") -> str:
    return rss(
        "<wp:wxr_version>1.2</wp:wxr_version><wp:author><wp:author_login>jdoe2</wp:author_login>"
        "<wp:author_display_name><![CDATA[Jane Doe]]></wp:author_display_name></wp:author>"
        f"<item><title><![CDATA[{title}]]></title><link>/ferry/</link><dc:creator>jdoe2</dc:creator>"
        f"<content:encoded><![CDATA[{body}]]></content:encoded><wp:post_type>post</wp:post_type>"
        f"<wp:status>publish</wp:status>{more}</item>"
    )


def test_a_post_that_asks_for_a_password_is_not_published() -> None:
    assert len(articles(post(more="<wp:post_password></wp:post_password>"))) == 1
    assert articles(post(more="<wp:post_password><![CDATA[hunter2]]></wp:post_password>")) == []


def test_a_post_has_its_authors_name_and_titles_without_markup() -> None:
    tag = '<category domain="post_tag"><![CDATA[Arts &amp; <em>Ships</em>]]></category>'
    (found,) = articles(post(title="Smith &amp; Sons&#8217; <em>Ardent</em>", more=tag))
    assert (found.title, found.tags, found.authors) == ("Smith & Sons’ Ardent", ("Arts & Ships",), ("Jane Doe",))
    assert found.url == "https://h.example/ferry/"


def test_an_author_that_the_export_does_not_list_keeps_the_name_given() -> None:
    (found,) = articles(post().replace("<wp:author_login>jdoe2", "<wp:author_login>other"))
    assert found.authors == ("jdoe2",)


def test_a_posts_caption_is_a_paragraph_and_what_plays_is_gone() -> None:
    body = '<p>One.</p>[caption id="a_1"]<img/> At dock[/caption]<p>[gallery ids="1"]</p><p>He said [sic].</p>'
    (found,) = articles(post(body))
    assert found.text == "One.\n\nAt dock\n\nHe said [sic]."


@pytest.mark.parametrize(
    "media",
    [
        "<media:description>A photo of a boat</media:description>",
        '<media:content url="a.jpg"><media:description>A photo of a boat</media:description></media:content>',
        "<media:group><media:content><media:description>A boat</media:description></media:content></media:group>",
    ],
)
def test_a_pictures_caption_is_not_the_story(media: str) -> None:
    for item in (story().replace("</item>", f"{media}</item>"), story().replace("<item>", f"<item>{media}")):
        (found,) = articles(rss(item))
        assert (found.title, found.text) == ("Ferry sinks", "It sank.")
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom" {SPACES}><title>H</title><entry><title>T</title>{media}'
    content = '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>It <b>sank</b>.</p></div></content>'
    (found,) = articles(f"{atom}<link href='https://h.example/1'/>{content}</entry></feed>")
    assert (found.url, found.text) == ("https://h.example/1", "It sank.")


def test_what_an_entry_has_besides_a_caption_is_not_needed() -> None:
    (found,) = articles(rss(story(description="", **{"media:description": "A film of the ferry."})))
    assert found.text == "A film of the ferry."


@pytest.mark.parametrize(
    ("name", "stamp", "day"),
    [
        ("pubDate", "Fri, 03 May 2019 23:30:00 -0500", date(2019, 5, 3)),
        ("pubDate", "Sat, 04 May 2019 00:30:00 +0100", date(2019, 5, 4)),
        ("dc:date", "2019-05-03T23:30:00-05:00", date(2019, 5, 3)),
        ("pubDate", " ", None),
    ],
)
def test_a_story_is_dated_by_the_day_that_is_printed(name: str, stamp: str, day: date | None) -> None:
    (found,) = articles(rss(story(**{name: stamp})))
    assert found.published == day


def test_an_atom_entry_is_dated_by_its_printed_day_of_publication() -> None:
    dates = "<published>2019-05-03T23:30:00-05:00</published><updated>2020-01-01T00:00:00Z</updated>"
    entry = f"<entry><title>T</title><link href='https://h.example/1'/>{dates}<summary>It sank.</summary></entry>"
    (found,) = articles(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>H</title>{entry}</feed>')
    assert found.published == date(2019, 5, 3)


def test_wordpress_footer_is_no_paragraph_of_the_story() -> None:
    footer = '<p>The post <a href="u">Ferry sinks</a> appeared first on <a href="v">Herald</a>.</p>'
    told = "<p>The post he held appeared first on a list of 1998.</p>"
    for body, text in (
        (f"<p>It sank.</p>{footer}", "It sank."),
        (f"{told}<p>It sank.</p>", "The post he held appeared first on a list of 1998.\n\nIt sank."),
    ):
        (found,) = articles(rss(story(**{"content:encoded": f"<![CDATA[{body}]]>"})))
        assert found.text == text


@pytest.mark.parametrize(
    ("link", "channel", "origin", "url"),
    [
        ("/news/1", "<link>https://h.example/</link>", "a.xml", "https://h.example/news/1"),
        ("news/1", "<link>https://h.example/a/</link>", "https://o.example/f.xml", "https://h.example/a/news/1"),
        ("/news/1", "", "https://o.example/feeds/f.xml", "https://o.example/news/1"),
        ("/news/1", "<link>/uk/</link>", "https://o.example/feeds/f.xml", "https://o.example/news/1"),
        ("/news/1", "", "a.xml", None),
        ("http://[", "<link>http://[</link>", "a.xml", None),
        ("http://[", "", "https://o.example/f.xml", None),
    ],
)
def test_a_storys_address_is_whole_or_none(link: str, channel: str, origin: str, url: str | None) -> None:
    (found,) = articles(rss(story(link=link), f"<title>Herald</title>{channel}"), origin)
    assert found.url == url
    home = "o.example/f.xml" if origin.startswith("https") else "Herald"
    assert found.id == (article_id(url, None, "", None) if url else id_of_key(f"{home}\0{link}"))


@pytest.mark.parametrize("permanent", ["", ' isPermaLink="false"'])
def test_stories_without_an_address_are_told_apart_by_what_their_feed_calls_them(permanent: str) -> None:
    items = "".join(story(link="").replace("</item>", f"<guid{permanent}>{n}</guid></item>") for n in (12, 13))
    one, two = articles(rss(items))
    assert (one.url, two.url) == (None, None)
    assert (one.id, two.id) == (id_of_key("h.example\0" + "12"), id_of_key("h.example\0" + "13"))
    other, _ = articles(rss(items, "<title>Herald</title><link>https://o.example/</link>"))
    assert other.id != one.id
    (nameless,) = articles(rss(story(link="")))
    assert nameless.id == article_id(None, "Herald", "Ferry sinks", None)


def test_a_guid_that_is_an_address_is_the_storys() -> None:
    (found,) = articles(rss(story(link="", guid="https://h.example/1")))
    assert found.url == "https://h.example/1"


def test_what_xml_forbids_and_exports_have_loses_nothing() -> None:
    named = story(
        title="Smith&nbsp;&amp;&nbsp;Sons&rsquo;", description="<![CDATA[One &lt;&nbsp;two\x08 &bogus; ]]>&#8;."
    )
    for before in ("", "\n", "\ufeff\r\n \t"):
        (found,) = articles(before + rss(named))
        assert found.title == "Smith & Sons’"
        assert "One" in found.text
        assert "two" in found.text
    with pytest.raises(SourceError, match="not well-formed"):
        articles(rss(story(title="&nosuch;")))


def test_only_what_is_forbidden_is_mended() -> None:
    assert mended(b"\n<a>&eacute;&lt;&#65;&#x8;&#31;&#9;&#x9F;\x0b</a>") == b"<a>&#233;&lt;&#65;&#9;&#x9F;</a>"
    assert mended(b"<a><![CDATA[&nbsp;\x01]]>&nbsp;<![CDATA[&nbsp;") == b"<a><![CDATA[&nbsp;]]>&#160;<![CDATA[&nbsp;"
    wide = "<a>\u0108\u0a0d</a>".encode("utf-16")
    assert mended(wide) == wide


def test_an_export_in_a_file_is_read_as_one_from_a_url_is(tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    path.write_text(post())
    (found,) = read(path)
    assert found == articles(post(), "https://o.example/export.xml")[0]
