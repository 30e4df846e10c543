"""The peers, for real where the extra is installed; and what is told where it is not."""

from __future__ import annotations

import builtins
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from embeddings.export import model_folder
from eval.errors import EvalError
from eval.peers import MODULES, load_peer, versions
from tests.eval.conftest import ARTICLES

NEEDED = {"haystack-ai": "haystack", "llama-index": "llama_index", "txtai": "txtai"}


def test_an_unknown_peer_is_told() -> None:
    with pytest.raises(EvalError, match="'lucene'; there are haystack-ai, llama-index, txtai"):
        load_peer("lucene", list, "")


@pytest.mark.parametrize("name", MODULES)
def test_an_absent_peer_names_the_extra(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(
        wanted: str,
        spaces: Mapping[str, Any] | None = None,
        local: Any = None,
        names: Sequence[str] = (),
        level: int = 0,
    ) -> Any:
        if wanted.split(".")[0] == NEEDED[name] and level == 0:
            raise ImportError(f"No module named {wanted!r}", name=wanted)
        return real(wanted, spaces, local, names, level)

    monkeypatch.setattr(builtins, "__import__", absent)
    monkeypatch.delitem(sys.modules, f"eval.peers.{MODULES[name]}", raising=False)
    with pytest.raises(EvalError, match=r"pip install 'askive\[peers\]'"):
        load_peer(name, list, "")


@pytest.mark.slow
@pytest.mark.parametrize("name", MODULES)
def test_a_peer_finds_the_article(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAYSTACK_TELEMETRY_ENABLED", "False")
    if importlib.util.find_spec(NEEDED[name]) is None:
        pytest.skip(f"{name} is not installed: pip install 'askive[peers]'")
    peer = load_peer(name, ARTICLES.values, str(model_folder()))()
    found = peer.search("Who built the ferry Ardent?", 300)
    assert found[0][0] == "ferry"
    assert "Marrow Yards" in found[0][1]
    assert {article for article, _ in found} <= set(ARTICLES)
    assert all(versions(name).values())
