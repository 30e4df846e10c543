"""A small `python -m tests.faults.kill`: what was acknowledged outlives kill -9, and the harness sees what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.kill import KINDS, attack, begin, forked, name
from tests.faults.worlds import ArticleStore, verify


@pytest.mark.slow
def test_what_was_acknowledged_outlives_kill_9(tmp_path: Path) -> None:
    told: list[str] = []
    assert attack(2 * len(KINDS), 7, tmp_path, told.append) == 2 * len(KINDS), told


def test_a_lost_article_does_not_pass(tmp_path: Path) -> None:
    world = begin("ingest", tmp_path / "world")

    def lose() -> None:
        store = ArticleStore(world.home / "articles.sqlite")
        store.delete([name(5)])
        store.close()

    forked(lose)
    with pytest.raises(AssertionError, match="article 5 is at None"):
        forked(lambda: verify(world.home, world.certain, {}))
