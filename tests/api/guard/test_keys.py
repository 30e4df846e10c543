"""Keys are shown once, kept as hashes, found by an independent computation of those, and worthless once revoked."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.guard.keys import Keys, UnknownKeyError
from archive.errors import StoreError


def test_a_key_is_found_and_only_its_hash_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    key, secret = Keys(file).create("newsroom", "editor")
    assert Keys(file).find(secret) == key
    kept = file.read_text()
    random = secret.split("_", 2)[2]
    assert random not in kept
    assert json.loads(kept)[0]["digest"] == hashlib.sha256(random.encode()).hexdigest()
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_is_no_key_is_not_found(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys.json")
    assert keys.find("ask_00000000_" + "A" * 43) is None
    _, one = keys.create("one", "reader")
    two, _ = keys.create("two", "editor")
    mixed = f"ask_{two.id}_{one.split('_', 2)[2]}"  # the id of an editor's key with a reader's secret
    for wrong in ("", "none", one[:-1], one + "A", one[:-1] + ("A" if one[-1] != "A" else "B"), one.upper(), mixed):
        assert keys.find(wrong) is None


def test_roles() -> None:
    from api.guard.keys import Key

    reader, editor = Key("1", "r", "reader", "", ""), Key("2", "e", "editor", "", "")
    assert [key.may(role) for key in (reader, editor) for role in ("reader", "editor")] == [True, False, True, True]


def test_a_revoked_key_is_worthless_at_once_to_who_has_read_the_file_before(tmp_path: Path) -> None:
    running, elsewhere = Keys(tmp_path / "keys.json"), Keys(tmp_path / "keys.json")
    key, secret = elsewhere.create("newsroom", "editor")
    assert running.find(secret) == key
    elsewhere.revoke(key.id)
    assert running.find(secret) is None
    with pytest.raises(UnknownKeyError, match=key.id):
        elsewhere.revoke(key.id)


def test_a_damaged_file_is_an_error_and_lets_nobody_in(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys.json")
    _, secret = keys.create("newsroom", "editor")
    (tmp_path / "keys.json").write_text('[{"id": "12"')
    with pytest.raises(StoreError, match=r"keys\.json"):
        keys.find(secret)


def test_the_command_line_makes_lists_and_revokes(tmp_path: Path) -> None:
    def askive(*arguments: str) -> str:
        command = [sys.executable, "-m", "api.cli", "keys", *arguments]
        environment = {**os.environ, "ASKIVE_HOME": str(tmp_path)}
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=True).stdout

    made = json.loads(askive("create", "newsroom", "--role", "editor", "--json"))
    assert Keys(tmp_path / "keys.json").find(made["key"]) is not None
    listed = askive("list")
    assert made["id"] in listed
    assert "newsroom" in listed
    assert made["key"] not in listed
    askive("revoke", made["id"])
    assert json.loads(askive("list", "--json")) == {"keys": []}
