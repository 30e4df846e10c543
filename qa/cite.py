"""Exact citations, and links that open the original at the quote."""

from __future__ import annotations

from urllib.parse import quote as percent

from archive.errors import AskiveError
from embeddings.types import Hit
from qa.types import Citation

_WHOLE_WORDS = 12  # a longer quote is linked by its first and last words, as the text fragment syntax allows
_EDGE_WORDS = 5


class CitationError(AskiveError):
    """A citation that does not resolve to its article's own text. Never repaired by guessing."""


def cite(number: int, hit: Hit, start: int, end: int, span: tuple[int, int] | None = None) -> Citation:
    """Cite `hit.passage.text[start:end]`; `span` is the answer as (start, end) in the passage's text.

    Raises CitationError unless the quote is exactly that slice of the article.
    """
    article, passage = hit.article, hit.passage
    quote = passage.text[start:end]
    first, last = passage.start + start, passage.start + end
    if not quote or article.text[first:last] != quote:
        raise CitationError(f"article {article.id}: characters {first}-{last} are not the quote")
    inner = (span[0] - start, span[1] - start) if span and start <= span[0] < span[1] <= end else None
    link = fragment_link(article.url, quote)
    return Citation(
        number,
        article.id,
        article.title,
        article.url,
        article.source,
        article.published,
        quote,
        first,
        last,
        link,
        inner,
    )


def fragment_link(url: str | None, quote: str) -> str | None:
    """Return the URL with a text fragment (WICG scroll-to-text-fragment) for the quote; None without an http URL."""
    if not url or not url.lower().startswith(("http://", "https://")):
        return None
    words = quote.split()
    if len(words) <= _WHOLE_WORDS:
        target = _encode(" ".join(words))
    else:
        target = f"{_encode(' '.join(words[:_EDGE_WORDS]))},{_encode(' '.join(words[-_EDGE_WORDS:]))}"
    return f"{url.split('#')[0]}#:~:text={target}"


def _encode(text: str) -> str:
    # A dash is syntax in a text fragment (prefix-, -suffix), and percent-encoding leaves it alone.
    return percent(text, safe="").replace("-", "%2D")
