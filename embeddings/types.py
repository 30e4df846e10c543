"""The nouns of retrieval: passages, filters, hits, and the encoder's Protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import numpy as np
import numpy.typing as npt

from archive.types import Article

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Passage:
    """A slice of an article: `article.text[start:end] == text`, always. Offsets are characters."""

    id: int
    article_id: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search may return; applied inside both indexes, never after top-k. Dates are inclusive.

    `published_to` also excludes undated articles when set (nothing can show they are not later); so does
    `published_from`. Empty `sources` or `tags` means any; several mean any of them.
    """

    published_from: date | None = None
    published_to: date | None = None
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage. `score` orders hits of one search; `ranks` is its 1-based place in each retriever's
    list ("dense", "lexical"), absent where that retriever did not return it; `place` its 0-based one among the hits of
    a question, once they are in their order."""

    passage: Passage
    article: Article
    score: float
    ranks: Mapping[str, int] = field(default_factory=dict)
    place: int = 0

    @property
    def titled(self) -> str:
        """The passage's text behind its article's title: the words by which it is judged."""
        return f"{self.article.title} {self.passage.text}"


class Encoder(Protocol):
    """Texts to unit vectors. `name` identifies model and settings; an index remembers it."""

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 of shape (len(texts), dimension), each row of length 1."""
        ...
