"""Hard negatives by our own retriever: what it would have had the reader read for a question."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from archive.store import ArticleStore
from embeddings.encoder import load_encoder
from embeddings.index import Index
from embeddings.search import Searcher
from qa.fitting_cases import archive_of_passages, passage_url
from qa.question import understand
from qa.reader.examples import Example
from qa.reader.negatives import Retrieve
from qa.retrieve import HybridRetriever

RETRIEVED = 18  # passages looked through for six that lack the answer, as of BM25's


def retriever_over(examples: Sequence[Example], home: Path) -> Retrieve:
    """Return our retriever over the passages of examples, in an archive at `home` that is made where it is not there.

    What `home` holds already is not encoded again.
    """
    home.mkdir(parents=True, exist_ok=True)
    encoder = load_encoder(cache=home / "models")
    archive_of_passages(examples, home, encoder)
    store = ArticleStore(home / "articles.sqlite")
    retriever = HybridRetriever(Searcher(Index.open(home / "index", encoder), store))
    held = {passage_url(each.text): each for each in examples}

    def retrieve(question: str) -> list[Example]:
        urls = dict.fromkeys(hit.article.url for hit in retriever.retrieve(understand(question), RETRIEVED))
        return [held[url] for url in urls if url in held]  # an archive kept from before may hold more

    return retrieve
