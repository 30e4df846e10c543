"""Settings: the environment before the file, by part or by setting; lists as people write them; a typo is an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from uvicorn.middleware.proxy_headers import _TrustedHosts

from api.settings import SettingsError, load_settings

FILE = """
[api]
readers = "open"
workers = 3
allowed_origins = ["https://file.example"]
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "askive.toml").write_text(FILE)
    return tmp_path


@pytest.mark.parametrize(
    ("variables", "readers", "workers"),
    [
        ({}, "open", 3),
        ({"ASKIVE_API__READERS": "key"}, "key", 3),
        ({"ASKIVE_API": '{"readers": "key"}'}, "key", 3),
        ({"askive_api": '{"READERS": "key", "workers": 5}'}, "key", 5),
        ({"ASKIVE_API": '{"readers": "open", "workers": 5}', "ASKIVE_API__READERS": "key"}, "key", 5),
    ],
)
def test_the_environment_wins_over_the_file(
    home: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], readers: str, workers: int
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    api = load_settings(home).api
    assert (api.readers, api.workers, api.allowed_origins) == (readers, workers, ["https://file.example"])


@pytest.mark.parametrize(
    ("value", "origins"),
    [
        ("https://news.example", ["https://news.example"]),
        ("https://news.example, https://b.example:8443", ["https://news.example", "https://b.example:8443"]),
        (' ["https://news.example"]', ["https://news.example"]),
        ("https://news.example,", ["https://news.example"]),
        ("[]", []),
    ],
)
def test_a_list_is_divided_by_commas_or_is_json(
    home: Path, monkeypatch: pytest.MonkeyPatch, value: str, origins: list[str]
) -> None:
    monkeypatch.setenv("ASKIVE_API__ALLOWED_ORIGINS", value)
    assert load_settings(home).api.allowed_origins == origins


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("ASKIVE_API__ALLOWED_ORIGINS", '["https://secret.example"', "ASKIVE_API__ALLOWED_ORIGINS is no JSON"),
        ("ASKIVE_STORE", "postgresql://ann:secret@db.example/news", "ASKIVE_STORE is no JSON"),
        ("ASKIVE_API__ALLOWED_ORIGINS", "https://a.example,news.example", "api.allowed_origins.1: .*no origin"),
        ("ASKIVE_API", '{"reader": "key"}', "api.reader: "),
        ("ASKIVE_API__READER", "key", "api.reader: "),
        ("ASKIVE_API_READERS", "key", "ASKIVE_API_READERS names no setting"),
    ],
)
def test_a_variable_that_cannot_be_read_is_named_and_not_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv("ANOTHER_STORE", value)
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=told) as raised:
        load_settings(home)
    assert "secret" not in str(raised.value)


def test_a_home_that_is_named_wins_over_the_environments(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKIVE_HOME", str(home / "another"))
    assert load_settings(home).home == home
    assert load_settings().home == home / "another"


def test_networks_are_written_as_everybody_reads_them(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKIVE_API__TRUSTED_PROXIES", "10.1.2.3/8, 192.0.2.7, 2001:db8::1/64, ::1")
    proxies = load_settings(home).api.trusted_proxies
    assert proxies == ["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/64", "::1/128"]
    trusted = _TrustedHosts(proxies)  # which takes what has bits beyond its mask for a name
    assert ["10.200.0.1" in trusted, "192.0.2.7" in trusted, "192.0.2.8" in trusted, "::1" in trusted] == [
        True,
        True,
        False,
        True,
    ]
