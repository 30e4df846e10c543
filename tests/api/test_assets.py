"""The widget as it is served: one small script, every language whole, no page broken by its headers."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import httpx
import pytest

from api.assets import widget

WIDGET = Path(__file__).resolve().parents[2] / "api" / "widget"
LANGUAGES = ["ar", "de", "en", "es", "fr", "hi", "zh"]
MOST = 12_000  # bytes gzipped


def test_the_widget_is_one_script_of_at_most_12_kb_gzipped() -> None:
    script = widget()
    assert len(script.zipped) <= MOST
    assert gzip.decompress(script.zipped) == script.plain
    assert b"import " not in script.plain
    assert b"innerHTML" not in script.plain


def test_seven_languages_say_the_same_things_and_none_is_left_in_english() -> None:
    texts = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in (WIDGET / "texts").iterdir()}
    assert sorted(texts) == LANGUAGES
    english = texts["en"]
    for language, said in texts.items():
        assert list(said) == list(english), language
        same = {key for key in said if said[key] == english[key]}
        assert language == "en" or same <= {"sources"}, (language, same)


def test_it_is_served_compressed_cached_and_to_every_origin(http: httpx.Client) -> None:
    first = http.get("/widget.js")
    assert first.headers["content-type"].startswith("text/javascript")
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["access-control-allow-origin"] == "*"
    assert first.headers["cross-origin-resource-policy"] == "cross-origin"
    assert first.content == widget().plain
    again = http.get("/widget.js", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = http.get("/widget.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == first.content


@pytest.mark.parametrize("path", ["/static/page.css", "/static/room.js"])
def test_the_pages_own_files_are_served(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code == 200
