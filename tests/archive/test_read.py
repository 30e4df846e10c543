"""Every format behind one read, and a clear error for what cannot be read."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import ATOM, HTML, MARKDOWN, WXR

from archive.encodings import decode
from archive.errors import AskiveError, SourceError
from archive.ids import article_id, normal_url
from archive.read import read
from archive.text import clean, paragraphs
from archive.types import Article, ReadFailure


def only(path: Path) -> list[Article]:
    found = list(read(path))
    assert all(isinstance(item, Article) for item in found), found
    return [item for item in found if isinstance(item, Article)]


def put(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_wordpress_export_gives_its_published_posts(tmp_path: Path) -> None:
    (post,) = only(put(tmp_path, "export.xml", WXR))
    assert (post.title, post.text, post.published) == ("First & best", "Hello there.\n\nSecond.", date(2021, 5, 6))
    assert (post.source, post.authors, post.tags) == ("My Blog", ("ann",), ("News",))


def test_an_atom_feed(tmp_path: Path) -> None:
    (entry,) = only(put(tmp_path, "feed.xml", ATOM))
    assert (entry.url, entry.text, entry.published) == (
        "https://a.example/1",
        "Body one.\n\nBody two.",
        date(2020, 1, 2),
    )


def test_an_html_archive_page_of_several_posts(tmp_path: Path) -> None:
    one, two = only(put(tmp_path, "page.html", HTML))
    assert (one.title, one.text, one.published) == ("One", "Text with a link in it.", date(2021, 3, 2))
    assert (one.source, one.url, two.title) == ("The Paper", "https://b.example/one", "Two")


def test_markdown_with_front_matter(tmp_path: Path) -> None:
    (post,) = only(put(tmp_path, "post.md", MARKDOWN))
    assert (post.title, post.published, post.tags) == ("A post", date(2022, 3, 4), ("sea", "boats"))
    assert post.text == "Some bold text with a link.\n\nfirst\n\nsecond"


FRONT = "---\ntitle: Ferry sinks\ndate: 2019-05-03\n---\n"
SANK = "The ferry sank on Friday.\n"


@pytest.mark.parametrize(
    "front",
    [
        FRONT,
        FRONT.replace("\n", "\r\n"),
        "---\ntitle:\tFerry sinks\x07\npublished: true\ndate: 2019-05-03T23:30:00-05:00\n---\n",
        "---\nsource: The Herald\ntitle: Ferry sinks\npublished: 2019-05-03\n---\n",  # as a saved archive page's lines
        '+++\ntitle = "Ferry sinks"\ndate = 2019-05-03T23:30:00-05:00\n+++\n',
        '{\n"title": "Ferry sinks",\n"date": "2019-05-03"\n}\n',
        "Title: Ferry sinks\nDate: 2019-05-03 10:20\nSummary: It sank\n    on Friday\nSlug:\n\n",
    ],
)
def test_front_matter_of_every_kind(tmp_path: Path, front: str) -> None:
    (post,) = only(put(tmp_path, "post.md", front + SANK))
    assert (post.title, post.published, post.text) == ("Ferry sinks", date(2019, 5, 3), SANK.strip())


def test_authors_may_be_maps(tmp_path: Path) -> None:
    authors = "authors:\n  - name: Jane Doe\n    email: j@x.example\n  - name: John Roe\n"
    (post,) = only(put(tmp_path, "post.md", f"---\n{authors}---\n{SANK}"))
    assert post.authors == ("Jane Doe", "John Roe")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "---\ndraft: true\n---\nNot yet.\n"),
        ("a.md", "---\npublished: false\n---\nNot yet.\n"),
        ("a.md", "+++\ndraft = true\n+++\nNot yet.\n"),
        ("a.md", "Title: A\nStatus: hidden\n\nNot yet.\n"),
        ("_drafts/a.md", FRONT + "Not yet.\n"),
    ],
)
def test_markdown_that_is_not_public_is_not_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "_drafts").mkdir()
    assert list(read(put(tmp_path, name, text))) == []


def test_a_rule_in_a_text_is_no_front_matter(tmp_path: Path) -> None:
    for first in ("# Ferry sinks\n\n", "Ferry sinks\n===========\n\n"):
        text = f"{first}It sank.\n\n---\n\nThe crew\n--------\n\nNote: they are well.\n\n---\n\nMore tomorrow.\n"
        (post,) = only(put(tmp_path, "post.md", text))
        assert post.title == "Ferry sinks"
        assert post.text == "It sank.\n\nThe crew\n\nNote: they are well.\n\nMore tomorrow."
    for text in ("---\nIt sank.\n", "---\n\nIt sank.\n\n---\n"):
        (post,) = only(put(tmp_path, "post.md", text))
        assert post.text == "It sank."


def test_the_suffix_tells_markdown_from_json(tmp_path: Path) -> None:
    (post,) = only(put(tmp_path, "post.MD.gz", gzip.compress(f"[Skerry, 3 May] {SANK}".encode())))
    assert post.text == f"[Skerry, 3 May] {SANK}".strip()


def test_a_post_without_a_day_has_that_of_its_name(tmp_path: Path) -> None:
    (named,) = only(put(tmp_path, "2019-05-04-ferry-sinks.md", "---\ntitle: A\n---\n" + SANK))
    (dated,) = only(put(tmp_path, "2019-05-04-ferry-sinks.md", FRONT + SANK))
    assert (named.published, dated.published) == (date(2019, 5, 4), date(2019, 5, 3))


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("It was built in\n1998. It sank with\n40 aboard.", "It was built in 1998. It sank with 40 aboard."),
        ("The *Ardent*, the _Constance_ and ***both***.", "The Ardent, the Constance and both."),
        ("See [the ferry](https://x.example/Ferry_(boat)) &amp; <b>more</b>.", "See the ferry & more."),
        (
            "See [the report][1] and [2].[^1]\n\n[^1]: A note.\n[1]: https://x.example/r",
            "See the report and [2].\n\nA note.",
        ),
        (
            "It sank.\n\n<!-- editor: check\n\nwith legal -->\n\nAll <!-- not all? -->were saved.",
            "It sank.\n\nAll were saved.",
        ),
        ("{{< youtube x >}}It {{% b %}}sank{% include a.html %}.{{ page.x }}", "It sank."),
        ("Any [^a-z] but \\*stars\\* and `a &lt; </b>`.", "Any [^a-z] but *stars* and a &lt; </b>."),
        ("|Year|Ships|\n|--|--|\n|2019|4|\n\n```python\nx = **y**\n```", "2019\n\n4\n\nx = **y**"),
    ],
)
def test_marks_of_markdown_are_no_text(tmp_path: Path, body: str, text: str) -> None:
    (post,) = only(put(tmp_path, "post.md", FRONT + body))
    assert post.text.removeprefix("Year\n\nShips\n\n") == text


def test_json_lines_name_the_bad_line_and_keep_the_rest(tmp_path: Path) -> None:
    good = json.dumps({"url": "https://www.c.example/a", "headline": "T", "body": "B.", "date": "2020-02-03T00:00:00Z"})
    path = put(tmp_path, "a.jsonl.gz", gzip.compress(f"{good}\n{{broken\n{good.replace('/a', '/b')}\n".encode()))
    first, failure, last = read(path)
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert (first.source, first.published) == ("c.example", date(2020, 2, 3))
    assert isinstance(failure, ReadFailure)
    assert failure.origin.endswith(":2")


def test_an_object_over_several_lines_is_one_article(tmp_path: Path) -> None:
    pretty = json.dumps({"title": "Zoë", "text": "B."}, indent=2, ensure_ascii=False)
    for data in (pretty.encode(), b"\xef\xbb\xbf\n" + pretty.encode(), pretty.encode("cp1252")):
        assert [(a.title, a.text) for a in only(put(tmp_path, "a.json", data))] == [("Zoë", "B.")]


def test_lines_below_a_broken_first_one_are_kept(tmp_path: Path) -> None:
    good = "".join(f'{{"title": "{i}", "text": "B."}}\n' for i in range(9000))  # more than is read to tell the format
    failure, *kept = read(put(tmp_path, "a.jsonl", '{"title": "T",\n' + good))
    assert isinstance(failure, ReadFailure)
    assert failure.origin.endswith("a.jsonl:1")
    assert [a.title for a in kept if isinstance(a, Article)] == [str(i) for i in range(9000)]


def test_a_field_map_renames(tmp_path: Path) -> None:
    path = put(tmp_path, "a.jsonl", json.dumps({"t": "T", "text": "B.", "when": "3 May 2019"}))
    (article,) = read(path, fields={"title": "t", "published": "when"})
    assert isinstance(article, Article)
    assert (article.title, article.published) == ("T", date(2019, 5, 3))


def records(folder: Path, *rows: dict[str, object]) -> list[Article]:
    return only(put(folder, "rows.jsonl", "\n".join(json.dumps(row) for row in rows)))


@pytest.mark.parametrize(
    "mark", [{"draft": True}, {"published": False}, *({"status": s} for s in ("Draft", "private", "pending", "future"))]
)
def test_what_is_not_public_is_not_read(tmp_path: Path, mark: dict[str, object]) -> None:
    public: dict[str, object] = {"title": "B", "text": "Public.", "draft": False, "status": "publish"}
    assert [a.title for a in records(tmp_path, {"title": "A", "text": "Not yet."} | mark, public)] == ["B"]


def test_different_articles_have_different_ids(tmp_path: Path) -> None:
    one, two = records(tmp_path, {"text": "First story."}, {"text": "Second story."})
    assert one.id != two.id
    rows: list[dict[str, object]] = [{"id": 1, "text": "x", "source": source} for source in ("Herald", "Gazette")]
    one, two = records(tmp_path, *rows)
    assert one.id != two.id
    assert records(tmp_path, rows[0] | {"text": "changed", "source": "herald"})[0].id == one.id


def test_ids_that_question_sets_name_stay(tmp_path: Path) -> None:
    keyed, placed, titled = records(
        tmp_path,
        {"_id": "d1", "text": "x"},
        {"_id": "d1", "text": "x", "url": "https://a.example/1", "source": "Herald"},
        {"title": "T", "text": "x", "source": "Herald", "date": "2019-05-03"},
    )
    assert (keyed.id, placed.id, titled.id) == ("ceb84aa9af69c355", "dbbea5ed19f01dc1", "ffcfa6b5e6cfd3ea")


def test_the_first_date_that_can_be_read_is_the_date(tmp_path: Path) -> None:
    found = records(
        tmp_path,
        {"title": "A", "text": "x", "published": True, "date": "2019-05-03"},
        {"title": "B", "text": "x", "published": {"$date": "2019-05-03T23:30:00Z"}},
        {"title": "C", "text": "x", "published": {"$date": {"$numberLong": "1556926200000"}}},
        {"title": "D", "text": "x", "published": [["x"]], "date": {"name": "2019-05-03"}},
    )
    assert [a.published for a in found] == [date(2019, 5, 3)] * 3 + [None]


def test_json_text_that_is_html_is_read_as_html(tmp_path: Path) -> None:
    plain = "If a < b & c > d, AT&T; use &copy=1 and List<T>."
    found = records(
        tmp_path,
        {"title": "A &amp; B", "content": "<p>The ferry &amp; crew <b>sank</b>.</p>\n<p>Second.</p>"},
        {
            "title": "<p>Who said &#8220;yes&#8221;?</p>",
            "content": "Smith &amp; Sons said &#8220;yes&#8221;.\n\nSo a < b.",
        },
        {"title": plain, "content": plain},
    )
    assert [(a.title, a.text) for a in found] == [
        ("A & B", "The ferry & crew sank.\n\nSecond."),
        ("Who said “yes”?", "Smith & Sons said “yes”.\n\nSo a < b."),
        (plain, plain),
    ]


def test_posts_of_wordpress_rest_api_are_read(tmp_path: Path) -> None:
    post: dict[str, object] = {
        "id": 12,
        "date": "2019-05-03T23:30:00",
        "link": "https://herald.example/ferry/",
        "status": "publish",
        "title": {"rendered": "The ferry&#8217;s crew"},
        "content": {"rendered": "<p>All <b>nine</b> live.</p>", "protected": False},
        "author": 7,
        "tags": [3],
        "categories": [1],
    }
    embedded = {
        "author": [{"name": "Ann Lee"}],
        "wp:term": [[{"id": 1, "name": "Harbour"}], [{"id": 3, "name": "Sea"}]],
    }
    hidden = post | {"link": "https://herald.example/x/", "content": {"rendered": "", "protected": True}}
    posts = [post, post | {"link": "https://herald.example/2/", "_embedded": embedded}, hidden]
    plain, named = only(put(tmp_path, "posts.json", json.dumps(posts)))
    assert (plain.title, plain.text, plain.published) == ("The ferry’s crew", "All nine live.", date(2019, 5, 3))
    assert (plain.url, plain.source, plain.authors, plain.tags) == (post["link"], "herald.example", (), ())
    assert (named.authors, named.tags) == (("Ann Lee",), ("Harbour", "Sea"))


@pytest.mark.parametrize(
    "damage", [{"_embedded": 5}, {"_embedded": {"wp:term": [3], "author": 4}}, {"title": {"rendered": [1]}}]
)
def test_a_damaged_post_of_the_rest_api_keeps_what_it_can(tmp_path: Path, damage: dict[str, object]) -> None:
    post: dict[str, object] = {"link": "https://h.example/", "title": {"rendered": "T"}, "content": {"rendered": "B."}}
    assert [(a.text, a.tags) for a in records(tmp_path, post | damage)] == [("B.", ())]


@pytest.mark.parametrize("name", ["articles", "posts", "items", "results"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_document_that_holds_articles_is_read(tmp_path: Path, name: str, indent: int | None) -> None:
    rows = [
        {"title": "A", "content_html": "<p>One.</p>", "date_published": "2019-05-03"},
        {
            "title": "B",
            "html": "<p>Two.</p>",
            "publishedAt": "2019-05-03T10:00:00Z",
            "source": {"id": None, "name": "Sun"},
        },
        {"title": "C", "content_text": "Three.", "articles": [{"text": "of its own"}], "date": "2019-05-03"},
    ]
    found = only(put(tmp_path, "feed.json", json.dumps({"version": 1, name: rows}, indent=indent)))
    assert [(a.title, a.text, a.published) for a in found] == [
        (title, text, date(2019, 5, 3)) for title, text in (("A", "One."), ("B", "Two."), ("C", "Three."))
    ]
    assert found[1].source == "Sun"


def test_an_article_whose_text_has_a_name_of_its_own_is_no_document_of_articles(tmp_path: Path) -> None:
    row = {"title": "T", "story": "B.", "items": [{"title": "Not this", "text": "x"}]}
    path = put(tmp_path, "a.jsonl", json.dumps(row))
    (article,) = read(path, fields={"text": "story"})
    assert isinstance(article, Article)
    assert (article.title, article.text) == ("T", "B.")


def test_a_folder_keeps_the_good_and_names_the_bad(tmp_path: Path) -> None:
    put(tmp_path, "a.md", MARKDOWN)
    put(tmp_path, "b.xml", WXR[:400])
    put(tmp_path, "c.txt", b"")
    found = list(read(tmp_path))
    assert [type(item).__name__ for item in found] == ["Article", "ReadFailure", "ReadFailure"]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b"ab\0\1\2" * 50, "binary"),
        ("a.xml", WXR[:500].encode(), "not well-formed"),
        ("a.xml", b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss>&b;</rss>', "refused"),
        ("a.gz", gzip.compress(b'{"title": "T", "text": "B"}\n' * 999, mtime=0)[:60], "damaged or cut short"),
        ("a.txt", b"just words", "no known format"),
    ],
)
def test_bad_input_is_a_clear_error(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        list(read(put(tmp_path, name, data)))


def test_no_such_file_and_no_such_format(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        list(read(tmp_path / "nowhere.txt"))
    with pytest.raises(SourceError, match="unknown format"):
        list(read(tmp_path, format="pdf"))


GERMAN = "Der Bürgermeister von Köln grüßt die Gäste aus Österreich. Die Straße war gesperrt."
RUSSIAN = "Мэр города открыл новый мост через реку в понедельник утром, сообщает газета. " * 5
JAPANESE = "市長は月曜日に橋を開通させた。多くの人が集まった。" * 3


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "latin-1"),
        ("The mayor said “we’re open” – and left.", "cp1252"),
        ("Café", "cp1252"),
        (RUSSIAN, "cp1251"),
        (JAPANESE, "shift_jis"),
        (GERMAN, "utf-16"),
        (GERMAN, "utf-8-sig"),
    ],
)
def test_another_encoding_is_found(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "x") == text


@pytest.mark.parametrize(
    ("data", "byte"),
    [
        (b"A text in ASCII. " * 20 + b"\x81\x8d\xfe\x90 and more", 340),
        (("Café – “quoted”. " * 9).encode() + b"\xff\x80 more", len(("Café – “quoted”. " * 9).encode())),
        (b"caf\xe9 \x81\x8d\x90 x", 3),
    ],
)
def test_what_is_in_no_encoding_names_the_byte(data: bytes, byte: int) -> None:
    with pytest.raises(SourceError, match=rf"byte {byte} \(0x{data[byte]:02x}\)"):
        decode(data, "x")


def test_a_line_in_no_encoding_is_named_with_its_byte_and_the_rest_is_kept(tmp_path: Path) -> None:
    good = json.dumps({"title": "T", "text": "B."}).encode()
    first, failure, last = read(put(tmp_path, "a.jsonl", good + b"\n" + b'{"title": "\x81\x8d"}\n' + good))
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert isinstance(failure, ReadFailure)
    assert failure.origin.endswith("a.jsonl:2")
    assert f"byte {len(good) + 12} (0x81)" in failure.reason


def test_an_id_is_the_same_however_the_url_is_written() -> None:
    a = article_id("http://www.Example.com/a/?utm_source=x&b=1#top", "s", "t", None)
    assert a == article_id("https://example.com/a?b=1", None, "other title", date(2020, 1, 1))
    assert normal_url("https://example.com/a?b=2") != normal_url("https://example.com/a?b=1")
    assert article_id(None, "S", "T", None) != article_id(None, "S", "T2", None)


@given(st.text(max_size=300))
def test_paragraphs_are_normal_once_and_for_all(text: str) -> None:
    once = paragraphs(text)
    assert paragraphs(once) == once
    assert not set(once) & set("\u00a0\u200b\ufeff\t\r\x00")
    assert clean(clean(text)) == clean(text)


@settings(max_examples=40)
@given(data=st.binary(max_size=300))
def test_arbitrary_bytes_raise_nothing_but_our_own_errors(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = put(tmp_path_factory.mktemp("fuzz"), "a.xml", data)
    for kind in (None, "html", "wxr", "feed", "jsonl", "markdown", "archive-page"):
        with suppress(AskiveError):
            assert all(isinstance(item, Article | ReadFailure) for item in read(path, format=kind))
