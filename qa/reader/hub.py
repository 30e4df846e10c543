"""Any extractive question-answering model of the Hugging Face hub as a reader; one setting away, run by torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from embeddings.sentences import sentence_spans
from embeddings.types import Hit
from qa.calibration import sigmoid
from qa.reader.decode import best_spans, passage_offsets, sentence_around
from qa.reader.errors import ReaderError
from qa.reader.head import head_of
from qa.reader.runtime import MAX_HEAD_CHARS, SENTENCES, end_of, untruncated
from qa.types import Reader, Reading

BATCH = 8
MAX_TOKENS = 384  # the length SQuAD models are trained at (Devlin et al. 2019, section 4.2)


class HubReader:
    """A SQuAD 2.0 model: the answer's odds are how far its best span beats the null span at the first token.

    Uncalibrated: `answerable` is the sigmoid of that margin.
    """

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self._model = model.eval()
        self._tokenizer = tokenizer
        self._whole = untruncated(tokenizer.backend_tokenizer)

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        """Return one reading a hit, in the order of `hits`; `score` is the margin over the null span."""
        asked = end_of(question, self._whole)
        readings: list[Reading] = []
        for first in range(0, len(hits), BATCH):
            readings += self._read(asked, hits[first : first + BATCH])
        return readings

    def _read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        import torch

        heads = [head_of(hit.article.title[:MAX_HEAD_CHARS], hit.article.published) for hit in hits]
        batch = self._tokenizer(
            [question] * len(hits),
            [head + hit.passage.text for head, hit in zip(heads, hits, strict=True)],
            truncation="only_second",
            max_length=MAX_TOKENS,
            padding=True,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        offsets = batch.pop("offset_mapping").tolist()
        with torch.no_grad():
            output = self._model(**batch)
        starts, ends = output.start_logits.float().numpy(), output.end_logits.float().numpy()
        found = []
        for row, hit in enumerate(hits):
            places = passage_offsets(offsets[row], batch.sequence_ids(row), len(heads[row]))
            sentences = sentence_spans(hit.passage.text)
            found.append(_reading(hit, best_spans(starts[row], ends[row], places, sentences, SENTENCES)))
        return found


def load_hub_reader(name: str) -> Reader:
    """Load a question-answering model by hub name or local folder, e.g. "deepset/roberta-base-squad2".

    Raises ReaderError when torch or transformers are absent, the model cannot be had, has no span head, or its
    tokenizer gives no offsets.
    """
    try:
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer
    except ImportError as error:
        raise ReaderError(
            f"the reader {name!r} needs torch and transformers: pip install torch transformers"
        ) from error
    try:
        tokenizer = AutoTokenizer.from_pretrained(name)
        model, report = AutoModelForQuestionAnswering.from_pretrained(  # unpickling would run its maker's code
            name, output_loading_info=True, use_safetensors=True
        )
    except (OSError, ValueError) as error:
        raise ReaderError(f"the reader {name!r} cannot be loaded: {error}") from error
    if any(key.startswith("qa_outputs") for key in report["missing_keys"]):
        raise ReaderError(f"{name!r} has no trained span head: choose a model fine-tuned on SQuAD 2.0")
    if not tokenizer.is_fast:
        raise ReaderError(f"the tokenizer of {name!r} gives no character offsets: choose a model with tokenizer.json")
    return HubReader(model, tokenizer)


def _reading(hit: Hit, spans: Sequence[tuple[int, int, float]]) -> Reading:
    if not spans:
        return Reading(hit, 0, 0, 0, 0, score=-1e4, answerable=0.0)
    text, best = hit.passage.text, spans[0][2]
    first, *others = (
        Reading(hit, start, end, *sentence_around(text, start, end), best, sigmoid(best), best - margin)
        for start, end, margin in spans
    )
    return replace(first, others=tuple(others))
