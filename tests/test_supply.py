"""What the image is made of: every requirement locked with hashes, nothing that unpickles, every weight checked."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from embeddings import export
from qa.reader import runtime

ROOT = Path(__file__).resolve().parents[1]


def locked() -> dict[str, list[str]]:
    """Hashes by name of what the lock pins."""
    text = (ROOT / "requirements.lock").read_text().replace("\\\n", " ")
    rows = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return {row.split("==")[0]: re.findall(r"--hash=sha256:([0-9a-f]{64})", row) for row in rows}


def test_every_requirement_is_locked_with_a_hash() -> None:
    pins = locked()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[<>=\[ ;]", requirement)[0].lower() for requirement in project["dependencies"]}
    assert names - set(pins) == set(), "run `make lock`"
    assert all(pins.values())
    assert "://" not in (ROOT / "requirements.lock").read_text()


def test_no_code_of_ours_unpickles() -> None:
    ours = [
        path for package in ("archive", "embeddings", "qa", "eval", "api") for path in (ROOT / package).rglob("*.py")
    ]
    text = {path: path.read_text() for path in ours}
    for path, code in text.items():
        assert not re.search(r"\bimport (?:pickle|joblib|dill|shelve)|allow_pickle=True", code), path
        assert all("weights_only=True" in call for call in re.findall(r"torch\.load\([^\n]*", code)), path


def test_weights_are_known_by_their_sha256() -> None:
    export.check_weights(export.model_folder() / "model.safetensors")
    manifest = runtime._manifest(runtime.WEIGHTS)
    assert all(runtime.digest(runtime.WEIGHTS / name) == known for name, known in manifest["sha256"].items())
    weights = {path.name for path in runtime.WEIGHTS.iterdir()} - {runtime.MANIFEST}
    assert weights == set(manifest["sha256"])
    assert {path.suffix for path in export.model_folder().rglob("*") if path.stat().st_size > 1 << 20} <= {
        ".safetensors"
    }
