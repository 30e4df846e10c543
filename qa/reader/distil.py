"""A larger reader that teaches the shipped one: how it reads the same pairs is what the small one learns to give.

The teacher is trained by qa.reader.train as the small one is (`--base` its encoder's folder), and never shipped. Its
encoder must cut words as the small one's does (the word pieces of BERT, which MPNet has too).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from embeddings.runtimes import load_openvino
from qa.reader.encoding import encode
from qa.reader.examples import Example
from qa.reader.model import SpanReader, base_tokenizer, load_weights, new_reader
from qa.reader.runtime import INPUTS

TEMPERATURE = 2.0  # Hinton et al. 2015: what the teacher holds second likeliest is what it teaches
_NEVER = -1e4


class Teacher:
    """A trained reader on another encoder, in the places of the small one's tokens."""

    def __init__(self, checkpoint: Path, folder: Path) -> None:
        """Load a checkpoint of qa.reader.train whose encoder is the model in `folder`."""
        self._tokenizer, model = base_tokenizer(folder), new_reader(folder)
        load_weights(model, checkpoint)
        self._model = _by_openvino(model.eval())

    def read(self, examples: Sequence[Example], batch: Any) -> tuple[Tensor, Tensor, Tensor]:
        """Return start and end logits (batch, tokens), and the answerability logits (batch,).

        `batch` is the small reader's encoding of the same examples; tokens that are not of the passage, and those the
        teacher's limit cut off, have logits that no span begins or ends with.
        """
        inputs, own = encode(self._tokenizer, examples)
        start, end, answerable = self._model(**inputs)
        starts, ends = (torch.full(batch["input_ids"].shape, _NEVER) for _ in range(2))
        for row in range(len(examples)):
            here, there = (_passage(encoding, row) for encoding in (batch, own))
            length = min(len(here), len(there))
            for into, logits in ((starts, start), (ends, end)):
                into[row, 0] = logits[row, 0]
                into[row, here[:length]] = logits[row, there[:length]]
        return starts, ends, answerable


def _by_openvino(model: SpanReader) -> Callable[..., tuple[Tensor, ...]]:
    """Return what the model computes without gradients: in bf16, in half the time that torch takes."""
    openvino = load_openvino()
    pair = {name: torch.ones(2, 8, dtype=torch.long) for name in INPUTS}
    compiled = openvino.Core().compile_model(openvino.convert_model(model, example_input=pair), "CPU")

    def run(**inputs: Tensor) -> tuple[Tensor, ...]:
        found = compiled([inputs[name].numpy() for name in INPUTS])
        return tuple(torch.tensor(found[at]) for at in range(len(found)))

    return run


def loss_to(taught: tuple[Tensor, Tensor, Tensor], given: tuple[Tensor, Tensor, Tensor], allowed: Tensor) -> Tensor:
    """Return how far what the small reader gave is from what the teacher taught, averaged over the batch.

    Cross-entropy to the teacher's softened start and end, and to its probability that the passage answers.
    """
    spans = []
    for teacher, student in zip(taught[:2], given[:2], strict=True):
        target = torch.softmax(teacher / TEMPERATURE, dim=-1)
        log = torch.log_softmax(student.masked_fill(~allowed, _NEVER) / TEMPERATURE, dim=-1)
        least = torch.special.entr(target).sum(-1)  # the teacher's own entropy: a loss of 0 is its very reading
        spans.append((-(target * log).sum(-1) - least).mean() * TEMPERATURE**2)
    binary = functional.binary_cross_entropy_with_logits(given[2], torch.sigmoid(taught[2]))
    total: Tensor = (spans[0] + spans[1]) / 2 + binary
    return total


def _passage(encoding: Any, row: int) -> list[int]:
    return [at for at, part in enumerate(encoding.sequence_ids(row)) if part == 1]
