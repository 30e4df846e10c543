"""How good a trained reader is on what was kept from training: spans, and telling answerable from not by kind."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from qa.reader.decode import best_span, passage_offsets
from qa.reader.encoding import encode
from qa.reader.examples import Example, split_of
from qa.reader.head import joined
from qa.reader.negatives import Negatives, unanswerable_sets


def measure(model: Any, tokenizer: Any, examples: Sequence[Example], seed: int) -> dict[str, Any]:
    """Return span F1 and exact match by source and answerability AUROC by kind of negative, on the test split."""
    kept = [e for e in examples if split_of(e) == "test"]
    golds = [e for e in kept if e.spans]
    predicted = predict(model, tokenizer, golds)
    result: dict[str, Any] = {"seed": seed, "answerable": len(golds), "f1": {}, "exact": {}, "auroc": {}}
    for source in sorted({e.source for e in golds}):
        rows = [(e, p) for e, p in zip(golds, predicted, strict=True) if e.source == source]
        scores = [max(f1(e.text[slice(*p[0])], e.text[slice(*s)]) for s in e.spans) for e, p in rows]
        result["f1"][source] = round(float(np.mean(scores)), 4)
        result["exact"][source] = round(float(np.mean([score == 1.0 for score in scores])), 4)
    positive = [p[1] for p in predicted]
    for kind, negatives in unanswerable_sets(Negatives(kept), kept, seed).items():
        scores = [p[1] for p in predict(model, tokenizer, negatives)]
        result["auroc"][kind] = round(auroc(positive, scores), 4)
    return result


@torch.no_grad()
def predict(model: Any, tokenizer: Any, examples: Sequence[Example]) -> list[tuple[tuple[int, int], float]]:
    """Return (best span in characters of the example's text, answerability logit) of each example."""
    model.eval()
    found: list[tuple[tuple[int, int], float]] = []
    for at in range(0, len(examples), 32):
        part = examples[at : at + 32]
        inputs, batch = encode(tokenizer, part)
        with torch.autocast("cpu", dtype=torch.bfloat16):  # as it was trained
            starts, ends, answerable = (tensor.float().numpy() for tensor in model(**inputs))
        for row, example in enumerate(part):
            offsets, second = batch["offset_mapping"][row].tolist(), batch.sequence_ids(row)
            lead = len(joined(example.title, example.date))
            span = best_span(starts[row], ends[row], passage_offsets(offsets, second, lead))
            found.append((span[:2] if span else (0, 0), float(answerable[row])))
    return found


def f1(predicted: str, gold: str) -> float:
    """Token F1 of SQuAD 1.1 (Rajpurkar et al. 2016): lower case, no articles or punctuation."""
    a, b = _tokens(predicted), _tokens(gold)
    common = sum((Counter(a) & Counter(b)).values())
    return 2 * common / (len(a) + len(b)) if common else float(a == b)


def _tokens(text: str) -> list[str]:
    text = text.lower().translate(str.maketrans("", "", string.punctuation + "“”‘’"))
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The chance that a positive outscores a negative, ties half (Mann-Whitney U over the product of sizes)."""
    both = np.concatenate([positive, negative])
    order = np.sort(both)
    rank = (np.searchsorted(order, both, "left") + np.searchsorted(order, both, "right") + 1) / 2
    n, m = len(positive), len(negative)
    return float((rank[:n].sum() - n * (n + 1) / 2) / (n * m))
