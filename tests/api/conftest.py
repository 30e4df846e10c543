"""The example archive ingested once with the real models, and a service over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from servers import serving

from api.service import Service
from api.settings import load_settings
from embeddings.encoder import load_encoder
from embeddings.ingest import ingest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Path:
    """A home that holds the example archive, made with the real encoder."""
    place = tmp_path_factory.mktemp("home")
    (place / "models").symlink_to(models)
    ingest([ROOT / "examples" / "archive"], place, encoder=load_encoder(cache=models))
    return place


@pytest.fixture(scope="session")
def service(home: Path) -> Iterator[Service]:
    settings = load_settings(home)
    rateless = settings.limits.model_copy(update={"rate_by_address": ""})  # tests are in a hurry
    opened = Service.open(settings.model_copy(update={"limits": rateless}))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def url(service: Service) -> Iterator[str]:
    """The address of a real server on loopback."""
    with serving(service) as address:
        yield address


@pytest.fixture
def http(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=60) as client:
        yield client
