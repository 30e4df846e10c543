"""HTML: a page of one article (read by trafilatura), or an archive page of several posts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import trafilatura
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from selectolax.lexbor import LexborNode as Node

from archive.dates import read_date
from archive.ids import article_id, host_of
from archive.readers.archive_page import looks_like_archive_page, read_archive_page, source_of
from archive.readers.page_body import Line, whole_paragraphs, without_repeats
from archive.text import joined, line, paragraphs
from archive.types import Article, ReadFailure

_POST = "article, .hentry, .post, .type-post"
_TITLE = ".entry-title, .post-title, h1, h2"
_BODY = ".entry-content, .post-content, .entry, .post-body, .entry-summary"
_DATE = "time[datetime], .entry-date, .published, .post-date, .date, time"
_NOISE = "script, style, noscript, nav, form, iframe, .sharedaddy, .jp-relatedposts, .wp-block-embed, button"
_BREAKING = set(
    "p li ul ol h1 h2 h3 h4 h5 h6 figcaption figure blockquote pre td tr table div section article header footer main "
    "time hr".split()
)
MAX_DEPTH = 500  # Chromium stops at 512
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_SHALLOW = set(  # void, or ended by the next of its kind, so that one without an end tag is no depth
    "area base br col embed hr img input link meta source track wbr "
    "p li dt dd td th tr thead tbody tfoot option".split()
)
_BLOCKS = "p, li, h2, h3, h4, h5, h6, figcaption, blockquote, pre, td"


def read_html(text: str, origin: str) -> Iterator[Article | ReadFailure]:
    """Yield the posts of an archive page, or the one article of a single-post page."""
    if _too_deep(text):
        yield ReadFailure(origin, f"the HTML is nested more than {MAX_DEPTH} deep")
        return
    tree = HTMLParser(text)
    posts = [node for node in _outermost(tree.css(_POST)) if node.css_first(_TITLE)]
    if len(posts) > 1:
        for number, post in enumerate(posts, 1):
            yield _post(post, f"{origin}#{number}")
        return
    visible = visible_text(tree.body) if tree.body else ""
    if looks_like_archive_page(visible) and not posts:
        yield from read_archive_page(visible, origin)
        return
    yield _single(text, origin)


def html_text(markup: str) -> str:
    """Return the paragraphs of an HTML fragment (a feed entry, an exported post) as plain text."""
    if "<" not in markup or _too_deep(markup):
        return paragraphs(markup)
    tree = HTMLParser(f"<body>{markup}</body>")
    return _text_of(tree.body) if tree.body else ""


def _too_deep(markup: str) -> bool:
    """Would the tree be deeper than any page is? Counted on the tags, since the parser is quadratic in it."""
    depth = 0
    for match in _TAG.finditer(markup):
        if match[2].lower() not in _SHALLOW:
            depth = max(0, depth - 1) if match[1] else depth + 1
            if depth > MAX_DEPTH:
                return True
    return False


def _outermost(nodes: list[Node]) -> list[Node]:
    """Those inside none of the others. No ancestor is looked at twice: pages nest as deep as someone likes."""
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


def _innermost(nodes: list[Node]) -> list[Node]:
    """Those with none of the others inside."""
    around: set[int] = set()
    for node in nodes:
        parent = node.parent
        while parent is not None and parent.mem_id not in around:
            around.add(parent.mem_id)
            parent = parent.parent
    return [node for node in nodes if node.mem_id not in around]


def _post(post: Node, origin: str) -> Article | ReadFailure:
    heading = post.css_first(_TITLE)
    title = line(heading.text()) if heading else ""
    link = heading.css_first("a[href]") if heading else None
    url = line((link.attributes.get("href") if link else None) or "") or None
    stamp = post.css_first(_DATE)
    published = read_date(line(stamp.attributes.get("datetime") or stamp.text())) if stamp else None
    blocks = [block for block in _blocks(post.css_first(_BODY) or post) if block.text != title]
    blocks = [block for block in blocks if stamp is None or block.text != line(stamp.text())]
    named = [i for i, block in enumerate(blocks) if source_of(block.text)]
    source = source_of(blocks[named[-1]].text) if named else None
    lines = blocks[: named[-1]] if named else blocks
    text = joined(whole_paragraphs(lines, sourced=bool(named), bounded=True))
    if not text:
        return ReadFailure(origin, f"the article {title!r} has no body")
    tags = tuple(line(node.text()) for node in post.css("a[rel~=tag]"))
    source = source or host_of(url)
    return Article(article_id(url, source, title, published), url, title, text, published, source, (), tags)


def _text_of(node: Node) -> str:
    """The text of block elements in order, each once; a caption said twice (alt and figcaption) is kept once."""
    return joined([block.text for block in without_repeats(_blocks(node))])


def _blocks(node: Node) -> list[Line]:
    """The innermost block elements as lines; a heading or an item is fixed unless it is all link, as a teaser is."""
    _tidy(node)
    found = _innermost(node.css(_BLOCKS))
    if not found:
        return [Line(text, True) for text in paragraphs(node.text(separator="\n")).split("\n\n") if text]
    lines = [(line(b.text()), b.tag not in ("p", "td", "figcaption") and not _is_link(b)) for b in found]
    return [Line(text, True, fixed) for text, fixed in lines if text]


def _is_link(block: Node) -> bool:
    """Is all that a block says one link, in it or around it?"""
    around = block.parent is not None and block.parent.tag == "a"
    said = line(block.text())
    return around or any(line(link.text()) == said for link in _outermost(block.css("a[href]")))


def _tidy(node: Node) -> None:
    for noise in _outermost(node.css(_NOISE)):  # what is inside goes with it, and may not be freed twice
        noise.decompose()
    for brk in node.css("br"):
        brk.replace_with("\n")


def visible_text(body: Node) -> str:
    """Return the text of a page as a browser saves it: an empty line between blocks, line feeds where shown."""
    _tidy(body)
    parts: list[str] = []
    for node in body.traverse(include_text=True):
        if node.tag == "-text":
            shown = node.text_content or ""
            inside_pre = node.parent is not None and node.parent.tag == "pre"
            # Line feeds of the source are spaces, but those that stood for <br> are kept.
            parts.append(shown if inside_pre or shown == "\n" else " ".join(shown.split("\n")))
        elif node.tag in _BREAKING:
            parts.append("\n\n")
    return "".join(parts)


def _single(text: str, origin: str) -> Article | ReadFailure:
    try:
        found = trafilatura.extract(
            text, output_format="json", with_metadata=True, include_comments=False, include_tables=False
        )
    except Exception as error:  # it stands on four parsers, each with errors of its own
        return ReadFailure(origin, f"the HTML cannot be read: {type(error).__name__}: {str(error)[:120]}")
    if not found:
        return ReadFailure(origin, "no article was found in this HTML page")
    data = json.loads(found)
    body, title = paragraphs((data.get("text") or "").replace("\n", "\n\n")), line(data.get("title") or "")
    if not body:
        return ReadFailure(origin, f"the article {title!r} has no body")
    url = data.get("source") if str(data.get("source") or "").startswith("http") else None
    published = read_date(data.get("date"))
    source = line(data.get("source-hostname") or data.get("sitename") or "") or host_of(url)
    authors = tuple(line(name) for name in (data.get("author") or "").split(";") if name.strip())
    tags = tuple(line(tag) for tag in (data.get("tags") or "").split(",") if tag.strip())
    return Article(article_id(url, source, title, published), url, title, body, published, source, authors, tags)
