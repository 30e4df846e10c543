"""schemathesis with every check on the whole API of a running service.

    python -m tests.reliability.schema HOME [--examples 100] [--seed 1] [--phases coverage,fuzzing,stateful]

HOME is copied first. The exit status is schemathesis' own.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.reliability.running import Running, serving

SETTINGS = {"ASKIVE_LIMITS__RATE_BY_ADDRESS": "", "ASKIVE_LIMITS__RATE_BY_KEY": "", "ASKIVE_API__READERS": "key"}


def run(running: Running, place: Path, examples: int, seed: int, phases: str) -> subprocess.CompletedProcess[str]:
    """Run schemathesis against a service; an editor's key is in every request but those that check for it."""
    command = [str(Path(sys.executable).with_name("schemathesis")), "--no-color", "run"]
    command += [f"{running.url}/openapi.json", "--checks", "all", "--max-examples", str(examples), "--seed", str(seed)]
    command += ["--phases", phases, "--header", f"Authorization: Bearer {running.key}", "--request-timeout", "30"]
    return subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("--examples", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--phases", default="examples,coverage,fuzzing,stateful")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="askive-schema-") as place:
        home = Path(shutil.copytree(given.home, Path(place, "home"), symlinks=True))
        with serving(home, Path(place, "log"), SETTINGS) as running:
            done = run(running, Path(place), given.examples, given.seed, given.phases)
    print(done.stdout, done.stderr, sep="\n")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
