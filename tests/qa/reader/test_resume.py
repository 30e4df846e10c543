"""A training run that was killed goes on as it would have: the same weights as one that was not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from qa.reader import train as module
from qa.reader.examples import Example, split_of
from qa.reader.train import train


def examples() -> list[Example]:
    made = []
    for n in range(40):
        text = f"The mill of Denholm{n} was sold for {n} pounds. Ida Vane{n} bought it in May."
        at = text.index("Ida")
        end = text.index(" bought")
        asked, answers = f"Who bought the mill of Denholm{n}?", (text[at:end],)
        made.append(Example(asked, "", "", text, ((at, end),), answers, "nq", "gold", f"q{n}"))
    return [example for example in made if split_of(example) == "train"]


class KilledError(Exception):
    pass


@pytest.mark.slow
def test_a_run_that_was_killed_ends_as_one_that_was_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAIRS", 2)
    monkeypatch.setattr(module, "SAVED", 1)
    monkeypatch.setattr(module, "measure", lambda *_: {})
    save = module._save

    def save_and_die(path: Path, *state: Any) -> None:
        save(path, *state)
        if state[-1] == 2:
            raise KilledError

    def run(name: str, seed: int = 7) -> dict[str, torch.Tensor]:
        (tmp_path / name).mkdir(exist_ok=True)
        train(examples(), tmp_path / name, steps=4, seed=seed, rate=1e-3)
        loaded: dict[str, torch.Tensor] = torch.load(tmp_path / name / "checkpoint.pt", weights_only=True)["model"]
        return loaded

    whole, other = run("whole"), run("other", seed=8)
    monkeypatch.setattr(module, "_save", save_and_die)
    with pytest.raises(KilledError):
        run("killed")
    monkeypatch.setattr(module, "_save", save)
    resumed = run("killed")
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
    assert not all(torch.equal(whole[name], other[name]) for name in whole)
