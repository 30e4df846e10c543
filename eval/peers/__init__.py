"""Other systems, each set up as its own tutorial does, with the same articles and the same embedding model."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Any

from archive.types import Article
from eval.errors import EvalError
from eval.run import Peer

# The distribution that is compared, and the module here that sets it up.
MODULES = {"haystack-ai": "haystack", "llama-index": "llama_index", "txtai": "txtai"}
DISTRIBUTIONS = {
    "haystack-ai": ("haystack-ai",),
    "llama-index": ("llama-index-core", "llama-index-embeddings-huggingface"),
    "txtai": ("txtai",),
}


def load_peer(name: str, articles: Callable[[], Iterable[Article]], model: str) -> Callable[[], Peer]:
    """Return what builds the peer over the articles when it is called; `model` is a sentence-transformers folder.

    Raises EvalError at once for an unknown name, or naming the extra when it is not installed.
    """
    build: Callable[[Iterable[Article], str], Peer] = peer_module(name).build
    return lambda: build(articles(), model)


def peer_module(name: str) -> Any:
    """Return the module that sets a peer up: `build(articles, model)`, and `load(folder, model)` of what was saved.

    Raises EvalError for an unknown name, or naming the extra when it is not installed.
    """
    if name not in MODULES:
        raise EvalError(f"no peer is called {name!r}; there are {', '.join(MODULES)}")
    try:
        return importlib.import_module(f"eval.peers.{MODULES[name]}")
    except ImportError as error:
        raise EvalError(f"the peer {name} is not installed ({error.name}): pip install 'askive[peers]'") from error


def versions(name: str) -> dict[str, str]:
    """Return the versions of a peer's distributions."""
    return {distribution: version(distribution) for distribution in DISTRIBUTIONS[name]}
