"""Models of a few numbers, saved as the hub's are."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from qa.reader.model import base_folder


def saved(model: Any, place: Path) -> Path:
    """Save a transformers model with the default encoder's tokenizer."""
    model.save_pretrained(place)
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        if (base_folder() / name).is_file():
            shutil.copy(base_folder() / name, place / name)
    return place
