"""Examples as tensors: what the network is given of them, and the tokens where their answers begin and end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from qa.reader.examples import Example
from qa.reader.head import joined
from qa.reader.model import MAX_TOKENS


def encode(tokenizer: Any, examples: Sequence[Example]) -> tuple[dict[str, Tensor], Any]:
    """Tokenise (question, "title | date | passage") and return padded tensors and the tokenizer's own encoding."""
    heads = [joined(e.title, e.date) for e in examples]
    batch = tokenizer(
        [e.question for e in examples],
        [head + e.text for head, e in zip(heads, examples, strict=True)],
        truncation="only_second",
        max_length=MAX_TOKENS,
        padding=True,
        return_offsets_mapping=True,
        return_tensors="pt",
    )
    if "token_type_ids" not in batch:  # MPNet: its encoder takes none, its heads do
        passage = [[int(part == 1) for part in batch.sequence_ids(row)] for row in range(len(examples))]
        batch["token_type_ids"] = torch.tensor(passage)
    inputs = {name: batch[name] for name in ("input_ids", "attention_mask", "token_type_ids")}
    return inputs, batch


def span_targets(batch: Any, examples: Sequence[Example]) -> tuple[Tensor, Tensor]:
    """Return 0/1 masks (batch, tokens) of the start and end tokens of every answer span; the null token if none."""
    starts, ends = torch.zeros_like(batch["input_ids"]), torch.zeros_like(batch["input_ids"])
    for row, example in enumerate(examples):
        lead = len(joined(example.title, example.date))
        offsets, second = batch["offset_mapping"][row].tolist(), batch.sequence_ids(row)
        tokens = [(i, a - lead, b - lead) for i, (a, b) in enumerate(offsets) if second[i] == 1 and b > a]
        for start, end in example.spans:
            inside = [i for i, a, b in tokens if a < end and b > start]
            if inside and tokens and tokens[-1][2] >= end:
                starts[row, inside[0]] = 1
                ends[row, inside[-1]] = 1
        if not starts[row].any():
            starts[row, 0] = ends[row, 0] = 1
    return starts, ends
