"""The text of HTML by its blocks: what stands in one, and what stands loose between them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser as HTMLParser
from selectolax.lexbor import LexborNode as Node

from archive.readers.page_body import Line, without_repeats
from archive.text import joined, line, paragraphs

MAX_DEPTH = 500  # Chromium stops at 512
_FOOTNOTE_MARK = "sup:has(a[href^='#']), a[href^='#'] sup"
_NOISE = (
    "script, style, noscript, nav, form, iframe, svg, video, audio, object, select, textarea, template, button, "
    f".sharedaddy, .jp-relatedposts, .wp-block-embed, {_FOOTNOTE_MARK}"
)
_BLOCKS = set(
    "p li ul ol dl dt dd h1 h2 h3 h4 h5 h6 figcaption figure blockquote pre table caption thead tbody tfoot tr td th "
    "div section article header footer main aside address details summary fieldset center hr".split()
)
_FLOWING = set("p li dt dd h1 h2 h3 h4 h5 h6 figcaption caption td th summary".split())  # a blank line is a space here
_FIXED = set("li dt dd h1 h2 h3 h4 h5 h6 blockquote cite pre caption th summary".split())
_VOID = set("area base br col embed hr img input link meta source track wbr".split())
_SHALLOW = _VOID | set(  # or ended by the next of its kind, so that one without an end tag is no depth
    "p li dt dd td th tr thead tbody tfoot option".split()
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_WRITTEN_CLOSED = re.compile(r"<([a-zA-Z][\w:.-]*)((?:\s(?:[^<>]*[\"'\s])?)?)/>")
_BLANK_LINE = re.compile(r"\n\s*\n")


def html_text(markup: str) -> str:
    """Return the paragraphs of an HTML fragment (a feed entry, an exported post) as plain text."""
    if "<" not in markup and "&" not in markup:
        return paragraphs(markup)
    markup = closed(markup)
    if too_deep(markup):
        return paragraphs(html.unescape(re.sub(r"<[^<>]*>", "\n", markup)))  # two tags together part paragraphs
    tree = HTMLParser(f"<body>{markup}</body>")
    # A caption said twice (alt and figcaption) is kept once.
    return joined([block.text for block in without_repeats(blocks(tree.body))]) if tree.body else ""


def closed(markup: str) -> str:
    """Return HTML with an end tag for each tag written as closed (`<rect/>`), which a parser may take for open."""
    return _WRITTEN_CLOSED.sub(
        lambda tag: tag[0] if tag[1].lower() in _VOID else f"<{tag[1]}{tag[2]}></{tag[1]}>", markup
    )


def too_deep(markup: str) -> bool:
    """Would the tree be deeper than any page is? Counted on the tags, since the parser is quadratic in it."""
    depth = 0
    for match in _TAG.finditer(markup):
        if match[2].lower() not in _SHALLOW:
            depth = max(0, depth - 1) if match[1] else depth + 1
            if depth > MAX_DEPTH:
                return True
    return False


def blocks(root: Node, without: str = "") -> list[Line]:
    """Return what each block says, and what is said between blocks, as lines; nothing inside the selector `without`.

    A heading or an item is fixed unless it is all link, as a teaser is. What is said loose is parted at its blank
    lines, as WordPress keeps paragraphs, and any text where two <br> stand together.
    """
    return [
        Line(part, True, tag in _FIXED and not linked)
        for tag, text, linked in _runs(root, without)
        for part in map(line, _BLANK_LINE.split(text))
        if part
    ]


def visible_text(body: Node) -> str:
    """Return the text of a page as a browser saves it: an empty line between blocks, line feeds where shown."""
    parts: list[str] = []
    for node, entering in _steps(body, ""):
        if (node.tag == "time" and entering) or node.tag in _BLOCKS:
            parts.append("\n\n")
        elif entering:
            parts.append(_said(node, flowing=node.parent is None or node.parent.tag != "pre"))
    return "".join(parts)


def _runs(root: Node, without: str) -> Iterator[tuple[str, str, bool]]:
    """The text between two bounds of blocks, with the tag of the block around it and whether all of it is link."""
    around, said, links, linked = ["body"], list[str](), 0, True
    for node, entering in _steps(root, without):
        if node.tag in _BLOCKS or _names_the_quoted(node):
            yield around[-1], "".join(said), linked
            said, linked = [], True
            around.append(str(node.tag)) if entering else around.pop()
        elif node.tag == "a" and "href" in node.attributes:
            links += 1 if entering else -1
        elif entering:
            said.append(_said(node, flowing=around[-1] in _FLOWING))
            linked = linked and (links > 0 or not said[-1].strip())
    yield around[-1], "".join(said), linked


def _names_the_quoted(node: Node) -> bool:
    """A <cite> below a quotation says whose it is; elsewhere it is a title inside a sentence."""
    return node.tag == "cite" and node.parent is not None and node.parent.tag == "blockquote"


def _said(node: Node, *, flowing: bool) -> str:
    """What a node itself adds to the text; where it flows, line feeds of the source are spaces."""
    if node.tag == "br":
        return "\n"
    text = (node.text_content or "") if node.tag == "-text" else ""
    return text.replace("\n", " ") if flowing else text


def _steps(root: Node, without: str) -> Iterator[tuple[Node, bool]]:
    """Each node below a root (and itself) as it is entered and as it is left; a stack, since pages nest deep."""
    skipped = {node.mem_id for node in root.css(f"{_NOISE}, {without}" if without else _NOISE)} - {root.mem_id}
    stack = [(root, True)]
    while stack:
        node, entering = stack.pop()
        yield node, entering
        if entering:
            inside = [child for child in node.iter(include_text=True) if child.mem_id not in skipped]
            stack.append((node, False))
            stack.extend((child, True) for child in reversed(inside))
