"""HTML: a page of one article (read by trafilatura), or an archive page of several posts."""

from __future__ import annotations

import json
from collections.abc import Iterator

import trafilatura
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from selectolax.lexbor import LexborNode as Node

from archive.dates import read_date
from archive.fetch import address
from archive.ids import article_id, host_of
from archive.readers.archive_page import looks_like_archive_page, read_archive_page, source_of
from archive.readers.html_blocks import MAX_DEPTH, blocks, closed, too_deep, visible_text
from archive.readers.page_body import whole_paragraphs
from archive.text import joined, line
from archive.types import Article, ReadFailure

_POST = "article, .hentry, .post, .type-post"
_TITLE = ".entry-title, .post-title, h1, h2"
_BODY = ".entry-content, .post-content, .entry, .post-body, .entry-summary"
_DATE = "time[datetime], .entry-date, .published, .post-date, .date, time"
# What a theme says of a post beside its body; left out where no element is the body.
_META = (
    ".entry-meta, .post-meta, .entry-footer, .posted-on, .byline, .author, .cat-links, .tags-links, .comments-link, "
    ".entry-date, .published, .post-date, .date"
)
_ADDRESSES = ("link[rel~=canonical][href]", "base[href]")
_FOOTNOTE_MARK = "//sup[.//a[starts-with(@href, '#')] or ancestor::a[starts-with(@href, '#')]]"
_DATED = {"extensive_search": False, "original_date": True}  # only where a page dates itself, not any date it mentions


def read_html(text: str, origin: str) -> Iterator[Article | ReadFailure]:
    """Yield the posts of an archive page, or the one article of a single-post page.

    `origin` is the page's address where it was fetched; links are relative to it, or to what the page says of itself.
    """
    text = closed(text)
    if too_deep(text):
        yield ReadFailure(origin, f"the HTML is nested more than {MAX_DEPTH} deep")
        return
    tree = HTMLParser(text)
    base = _base(tree, origin)
    posts = [node for node in _outermost(tree.css(_POST)) if node.css_first(_TITLE)]
    only = _only(posts, tree)
    if len(posts) > 1 and only is None:
        for number, post in enumerate(posts, 1):
            yield _post(post, base, f"{origin}#{number}")
        return
    visible = visible_text(tree.body) if tree.body else ""
    if looks_like_archive_page(visible) and not posts:
        yield from read_archive_page(visible, origin)
        return
    yield _single(text, only, base, origin)


def _base(tree: HTMLParser, origin: str) -> str:
    """The address that a page's links are relative to; empty where nothing tells it."""
    canonical, base = (node.attributes.get("href") if node else None for node in map(tree.css_first, _ADDRESSES))
    page = address("", origin) or address("", canonical) or ""
    return address(page, base) or page


def _only(posts: list[Node], tree: HTMLParser) -> Node | None:
    """The post that a page is of, where it is of one: the others are teasers."""
    titled = [post for post in posts if _is_main_title(post.css_first(_TITLE))]
    if len(titled) == 1:
        return titled[0]
    # og:type is no sign of it: plug-ins say "article" of category pages too, but give those no time of publication.
    if len(posts) > 1 and tree.css_first("meta[property='article:published_time']"):
        return max(posts, key=lambda post: len(post.text()))
    # The title stands elsewhere, and so may the article.
    return posts[0] if len(posts) == 1 and not tree.css_first("h1") else None


def _is_main_title(heading: Node | None) -> bool:
    return heading is not None and (heading.tag == "h1" or heading.css_first("h1") is not None)


def _outermost(nodes: list[Node]) -> list[Node]:
    """Those inside none of the others. No ancestor is looked at twice: pages nest as deep as someone likes."""
    nodes = list({node.mem_id: node for node in nodes}.values())  # css() gives one that fits two selectors twice
    among = {node.mem_id for node in nodes}
    clear: set[int] = set()
    found = []
    for node in nodes:
        path, parent = [], node.parent
        while parent is not None and parent.mem_id not in among and parent.mem_id not in clear:
            path.append(parent.mem_id)
            parent = parent.parent
        inside = parent is not None and parent.mem_id in among
        (among if inside else clear).update(path)
        if not inside:
            found.append(node)
    return found


def _post(post: Node, base: str, origin: str) -> Article | ReadFailure:
    heading = post.css_first(_TITLE)
    title = line(heading.text()) if heading else ""
    link = heading.css_first("a[href]") if heading else None
    url = address(base, link.attributes.get("href")) if link else None
    stamp = post.css_first(_DATE)
    published = read_date(line(stamp.attributes.get("datetime") or stamp.text())) if stamp else None
    body = _body(post)
    around = {title, line(stamp.text()) if stamp else ""}
    found = [block for block in (blocks(body) if body else blocks(post, _META)) if block.text not in around]
    named = [i for i, block in enumerate(found) if source_of(block.text)]
    source = source_of(found[named[-1]].text) if named else None
    lines = found[: named[-1]] if named else found
    text = joined(whole_paragraphs(lines, sourced=bool(named), bounded=True))
    if not text:
        return ReadFailure(origin, f"the article {title!r} has no body")
    tags = tuple(line(node.text()) for node in post.css("a[rel~=tag]"))
    source = source or host_of(url)
    return Article(article_id(url, source, title, published), url, title, text, published, source, (), tags)


def _body(post: Node) -> Node | None:
    """The element that a theme marks as a post's body; the longest, since the standfirst may be marked as well."""
    marked = _outermost([node for node in post.css(_BODY) if node.mem_id != post.mem_id])
    return max(marked, key=lambda node: len(node.text()), default=None)


def _single(text: str, post: Node | None, base: str, origin: str) -> Article | ReadFailure:
    """The article of a page; its body is the post's, if the page has one, wherever that is surer than trafilatura's."""
    try:
        found = trafilatura.extract(
            text,
            output_format="json",
            with_metadata=True,
            include_comments=False,
            include_tables=False,
            prune_xpath=_FOOTNOTE_MARK,
            date_extraction_params=_DATED,
        )
    except Exception as error:  # it stands on four parsers, each with errors of its own
        return ReadFailure(origin, f"the HTML cannot be read: {type(error).__name__}: {str(error)[:120]}")
    own = _post(post, base, origin) if post else None
    own = own if isinstance(own, Article) else None
    if not found:
        return own or ReadFailure(origin, "no article was found in this HTML page")
    data = json.loads(found)
    title = line(data.get("title") or "")
    rows = [line(row).removeprefix("- ") for row in (data.get("text") or "").split("\n")]
    parts = [row for row in rows if row and row != title]
    # Of a short page trafilatura makes one paragraph, title and all.
    body = own.text if own and post and (_body(post) or len(parts) < 2) else joined(parts)
    if not body:
        return ReadFailure(origin, f"the article {title!r} has no body")
    url = address(base, data.get("source")) or (own.url if own else None)
    published = read_date(data.get("date"))
    site = line(data.get("source-hostname") or data.get("sitename") or "")
    source = (own.source if own else None) or site or host_of(url)
    authors = tuple(line(name) for name in (data.get("author") or "").split(";") if name.strip())
    tags = tuple(line(tag) for tag in (data.get("tags") or "").split(",") if tag.strip())
    return Article(article_id(url, source, title, published), url, title, body, published, source, authors, tags)
