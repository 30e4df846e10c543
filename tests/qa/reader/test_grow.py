"""A reader made deeper reads as before; what it then learns is training's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

from qa.reader.grow import depth, grown
from qa.reader.model import SpanReader, layers_of, load_weights

IDS = torch.tensor([[101, 7, 9, 102, 11, 4, 13, 102]])
INPUTS = (IDS, torch.ones_like(IDS), torch.tensor([[0, 0, 0, 0, 1, 1, 1, 1]]))


def reader(layers: int, seed: int) -> SpanReader:
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=120, hidden_size=12, num_attention_heads=2, num_hidden_layers=layers, intermediate_size=24
    )
    return SpanReader(BertModel(config), 12).eval()


@pytest.fixture
def shallow(tmp_path: Path) -> tuple[SpanReader, Path]:
    """A reader of two layers whose norms give what has mean 0.5 and deviation 2."""
    made = reader(2, seed=1)
    for name, value in made.named_parameters():
        if "LayerNorm" in name:
            torch.nn.init.constant_(value, 2.0 if name.endswith("weight") else 0.5)
    torch.save({"model": made.state_dict()}, tmp_path / "checkpoint.pt")
    return made, tmp_path / "checkpoint.pt"


@pytest.mark.parametrize("layers", [2, 3, 4])
def test_a_grown_reader_reads_as_the_one_it_was(shallow: tuple[SpanReader, Path], layers: int) -> None:
    was, path = shallow
    deeper = reader(layers, seed=2)
    load_weights(deeper, path)
    assert depth(deeper.state_dict()) == layers
    with torch.no_grad():
        for given, expected in zip(deeper(*INPUTS), was(*INPUTS), strict=True):
            torch.testing.assert_close(given, expected, atol=1e-4, rtol=1e-4)


def test_the_new_layers_learn(shallow: tuple[SpanReader, Path]) -> None:
    deeper = reader(3, seed=2)
    load_weights(deeper, shallow[1])
    sum(part.sum() for part in deeper(*INPUTS)).backward()
    added = dict(deeper.named_parameters())["encoder.encoder.layer.2.output.dense.weight"]
    assert added.abs().max() == 0
    assert added.grad is not None
    assert added.grad.abs().max() > 0


def test_new_layers_stand_evenly_among_the_old() -> None:
    names = [
        f"encoder.encoder.layer.{n}.{part}"
        for n in range(6)
        for part in ("attention.self.query.weight", "output.dense.bias", "output.LayerNorm.weight")
    ] + [f"encoder.encoder.layer.{n}.output.LayerNorm.bias" for n in range(6)]
    held = {name: np.full(3, float(name.split(".")[3]) + 1) for name in names} | {"span.bias": np.ones(2)}
    made = grown(held, 9)
    query = [made[f"encoder.encoder.layer.{n}.attention.self.query.weight"][0] for n in range(9)]
    adds = [made[f"encoder.encoder.layer.{n}.output.dense.bias"][0] for n in range(9)]
    assert query == [1, 2, 2, 3, 4, 4, 5, 6, 6]
    assert adds == [1, 2, 0, 3, 4, 0, 5, 6, 0]
    assert made["span.bias"] is held["span.bias"]


@pytest.mark.parametrize("layers", [1, 5])
def test_a_depth_that_cannot_be_is_refused(shallow: tuple[SpanReader, Path], layers: int) -> None:
    held = {name: value.numpy() for name, value in shallow[0].state_dict().items()}
    with pytest.raises(ValueError, match=f"2 layers can become 2 to 4, not {layers}"):
        grown(held, layers)


def test_a_checkpoint_tells_its_depth(shallow: tuple[SpanReader, Path]) -> None:
    assert layers_of(shallow[1]) == 2


def test_a_deeper_file_is_refused(shallow: tuple[SpanReader, Path]) -> None:
    with pytest.raises(ValueError, match="2 layers can become 2 to 4, not 1"):
        load_weights(reader(1, seed=2), shallow[1])
