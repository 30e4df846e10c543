"""What `askive eval --calibrate` leaves in a home: the threshold and the scaling of confidence for its archive."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from archive.errors import StoreError
from qa.calibration import Scaling

NAME = "calibration.json"


@dataclass(frozen=True, slots=True)
class Calibration:
    """`threshold` is on the scaled confidence; `questions` names the set that both were fitted on."""

    threshold: float
    scaling: Scaling
    questions: str


def read_calibration(home: Path) -> Calibration | None:
    """Return a home's calibration, None when it has none. Raises StoreError for a file that is no calibration."""
    path = home / NAME
    if not path.is_file():
        return None
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        scaling = Scaling(float(held.get("bias", 0.0)), float(held.get("scale", 1.0)))
        if not scaling.scale > 0:
            raise ValueError("the scale is not above 0")
        return Calibration(float(held["threshold"]), scaling, str(held.get("set", "")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        told = f"{path}: not a calibration ({error}); write it again with `askive eval --calibrate`"
        raise StoreError(told) from error


def write_calibration(home: Path, calibration: Calibration) -> Path:
    """Write a home's calibration and return its path. Raises StoreError if it cannot be written."""
    path = home / NAME
    held = {
        "threshold": calibration.threshold,
        "bias": calibration.scaling.bias,
        "scale": calibration.scaling.scale,
        "set": calibration.questions,
    }
    try:
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(held) + "\n", encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
    return path
