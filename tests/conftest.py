"""Shared fixtures: where the shared data is, and a skip that names the file when it is not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings

# `from fakes import ...` in every test. Not tests/ itself: its folders have the names of our packages.
sys.path.insert(0, str(Path(__file__).parent / "support"))
sys.path.insert(0, str(Path(__file__).parents[1]))  # `from tests.faults.kill import ...`: commands that tests share

from postgres import Server, running_postgres

settings.register_profile("askive", deadline=None)  # of a machine that is shared no time says anything
settings.load_profile("askive")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the checkout; a test names the file it needs with `need`."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED.name}/ is not beside the checkout")
    return SHARED


@pytest.fixture(scope="session")
def archive_page(shared: Path) -> Path:
    path = shared / "archive" / "bytedance-archive.txt"
    if not path.is_file():
        pytest.skip("shared/archive/bytedance-archive.txt is absent")
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A running PostgreSQL; tests that ask for it skip by name where it is not installed."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Server) -> str:
    """The URL of an empty database."""
    return postgres.url(f"test{uuid4().hex}")


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default encoder, exported once a test run: it takes ten seconds."""
    from embeddings.export import exported

    place = tmp_path_factory.mktemp("models")
    exported(place)
    return place


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests that fork first: loaded models have threads, whose locks a fork keeps."""
    items.sort(key=lambda item: "faults" not in item.path.parts)
