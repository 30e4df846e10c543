"""The mean of several checkpoints."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from qa.reader.model import SpanReader, load_mean


def reader(value: float) -> SpanReader:
    made = SpanReader(nn.Linear(2, 2), 2)
    with torch.no_grad():
        for weight in made.parameters():
            weight.fill_(value)
    return made


def saved(path: Path, value: float) -> Path:
    torch.save({"model": reader(value).state_dict()}, path)
    return path


def test_weights_are_averaged_by_their_shares(tmp_path: Path) -> None:
    model = reader(0.0)
    load_mean(model, [(saved(tmp_path / "a.pt", 1.0), 3), (saved(tmp_path / "b.pt", 5.0), 1)])
    assert {value for weight in model.parameters() for value in weight.flatten().tolist()} == {2.0}


def test_one_checkpoint_is_its_own_mean(tmp_path: Path) -> None:
    model = reader(0.0)
    load_mean(model, [(saved(tmp_path / "a.pt", 0.7), 1)])
    assert next(model.parameters()).flatten()[0].item() == pytest.approx(0.7, abs=1e-9 + 1e-7)
