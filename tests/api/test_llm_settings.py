"""The language model's settings: a key from the environment alone, no client without a model."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from api.settings import SettingsError, load_settings

KEY = "sk-secret-of-the-test"


def test_a_key_comes_from_the_environment_and_is_in_no_description(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASKIVE_LLM_API_KEY", KEY)
    (tmp_path / "askive.toml").write_text('[llm]\nbase_url = "http://127.0.0.1:1/v1"\ntimeout = 3\n')
    settings = load_settings(tmp_path)
    assert settings.llm_api_key is not None
    assert settings.llm_api_key.get_secret_value() == KEY
    assert (settings.llm.base_url, settings.llm.timeout) == ("http://127.0.0.1:1/v1", 3)
    assert KEY not in repr(settings) + str(settings.model_dump()) + settings.model_dump_json()


def test_a_key_in_the_file_is_refused_without_telling_it(tmp_path: Path) -> None:
    (tmp_path / "askive.toml").write_text(f'llm_api_key = "{KEY}"\n')
    with pytest.raises(SettingsError, match="ASKIVE_LLM_API_KEY") as raised:
        load_settings(tmp_path)
    assert KEY not in str(raised.value)


@pytest.mark.parametrize("line", ['key = "x"', "timeout = 0", "prompt_tokens = 10"])
def test_a_wrong_setting_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "askive.toml").write_text(f"[llm]\n{line}\n")
    with pytest.raises(SettingsError, match=f"llm.{line.split(' ')[0]}"):
        load_settings(tmp_path)


def test_a_home_without_a_model_imports_no_client() -> None:
    code = "import api.cli, api.app, api.service, sys; assert 'openai' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
