"""The packages import one way, are really ours, and serving needs no torch."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ORDER = ["archive", "embeddings", "qa", "eval", "api"]  # each may import those before it


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("package", ORDER)
def test_imports_go_one_way(package: str) -> None:
    later = ORDER[ORDER.index(package) + 1 :]
    for file in (ROOT / package).rglob("*.py"):
        back = [name for name in imported(file) if name.split(".")[0] in later]
        assert not back, f"{file.relative_to(ROOT)} imports {back}"


def test_stages_of_answering_do_not_know_each_other() -> None:
    stages = {"retrieve", "rerank", "write", "verify"}
    for stage in stages:
        names = set(imported(ROOT / "qa" / f"{stage}.py"))
        assert not names & {f"qa.{other}" for other in stages - {stage}} | names & {"qa.pipeline", "qa.reader"}


@pytest.mark.parametrize("package", ORDER)
def test_the_package_is_this_one(package: str) -> None:
    """eval, api and qa are common names: another distribution's must not be what is imported."""
    found = importlib.import_module(package).__file__
    assert found is not None
    assert Path(found).parent == ROOT / package


def test_only_the_edge_reads_the_environment() -> None:
    for package in ORDER[:-1]:
        for file in (ROOT / package).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            assert "os.environ" not in text, file
            assert "getenv" not in text, file


def test_serving_imports_no_torch() -> None:
    code = "import api.cli, api.app, api.service, sys; assert not {'torch', 'transformers'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
