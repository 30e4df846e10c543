"""Search with the articles at hand: matches of the index become hits with their text."""

from __future__ import annotations

from archive.store import ArticleStore
from archive.types import Article
from embeddings.index import Mode, SearchIndex
from embeddings.types import Filters, Hit, Passage


class Searcher:
    """An index and the store its passages are cut from."""

    def __init__(self, index: SearchIndex, store: ArticleStore) -> None:
        self._index = index
        self._store = store

    def article(self, article_id: str) -> Article | None:
        """Return the version of an article that was indexed; None when it was not, or has been deleted since."""
        digest = self._index.hash_of(article_id)
        return self._store.versions({article_id: digest}).get(article_id) if digest else None

    def search(self, text: str, k: int, filters: Filters = Filters(), mode: Mode = "fused") -> list[Hit]:  # noqa: B008
        """Return at most k hits, best first.

        Each passage is cut from the version of its article that was indexed, which the store keeps until a newer
        index serves. A passage whose article has been deleted since is left out.
        """
        matches = self._index.search(text, k, filters, mode)
        articles = self._store.versions({match.article_id: match.version for match in matches})
        hits = []
        for match in matches:
            article = articles.get(match.article_id)
            if article is not None:
                cut = article.text[match.start : match.end]
                passage = Passage(match.passage_id, article.id, cut, match.start, match.end)
                hits.append(Hit(passage, article, match.score, match.ranks))
        return hits
