"""Editing over HTTP a service that runs: the next question sees it, and nobody without a key does it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from servers import copied, serving

from api.guard.keys import Keys
from api.service import Service
from api.settings import load_settings
from embeddings.lock import writer_lock

MILL = {
    "title": "Denholm's mill is to be a school of music",
    "text": "The old mill at Denholm is to become a school of music.\n\nIts first head is Orla Vance, a cellist.",
    "url": "https://herald.example/mill",
    "published": "2024-05-02",
    "source": "Harrow Herald",
    "tags": ["music"],
}


@pytest.fixture(scope="module")
def place(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(home, tmp_path_factory.mktemp("edited"))


@pytest.fixture(scope="module")
def address(place: Path) -> Iterator[str]:
    service = Service.open(load_settings(place))
    with serving(service) as url:
        yield url
    service.close()


@pytest.fixture(scope="module")
def editor(place: Path, address: str) -> Iterator[httpx.Client]:
    _, secret = Keys(place / "keys.json").create("test", "editor")
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {secret}"}, timeout=60) as client:
        yield client


def test_an_added_article_answers_the_next_question_and_a_deleted_one_no_more(editor: httpx.Client) -> None:
    question = {"question": "Who is the first head of the school of music in the mill at Denholm?"}
    assert "Orla Vance" not in editor.post("/v1/ask", json=question).json()["text"]
    before = editor.get("/readyz").json()
    done = editor.post("/v1/articles", json={"articles": [MILL]}).json()
    assert (done["added"], done["updated"], done["unchanged"], done["articles"]) == (1, 0, 0, 41)
    name = done["ids"][0]
    assert editor.get(f"/v1/articles/{name}").json()["text"] == MILL["text"]
    after = editor.get("/readyz").json()
    assert (after["articles"], after["warnings"]) == (41, [])
    assert after["generation"] > before["generation"]
    answer = editor.post("/v1/ask", json=question).json()
    assert "Orla Vance" in answer["text"]
    assert answer["citations"][0]["article_id"] == name

    again = editor.post("/v1/articles", json={"articles": [MILL]}).json()
    assert (again["added"], again["unchanged"]) == (0, 1)
    changed = {**MILL, "text": str(MILL["text"]).replace("Orla Vance", "Piet Oster")}
    assert editor.post("/v1/articles", json={"articles": [changed]}).json()["updated"] == 1
    assert "Piet Oster" in editor.post("/v1/ask", json=question).json()["text"]

    assert editor.delete(f"/v1/articles/{name}").status_code == 204
    assert editor.delete(f"/v1/articles/{name}").status_code == 404
    assert editor.get(f"/v1/articles/{name}").status_code == 404
    found = editor.get("/v1/search", params={"q": "school of music in the mill", "k": 50}).json()["hits"]
    assert name not in {hit["article_id"] for hit in found}
    assert editor.get("/readyz").json()["articles"] == 40


def test_nobody_else_edits(address: str, editor: httpx.Client, place: Path) -> None:
    _, reader = Keys(place / "keys.json").create("reader", "reader")
    with httpx.Client(base_url=address) as http:
        assert http.post("/v1/articles", json={"articles": [MILL]}).status_code == 401
        assert http.delete("/v1/articles/0000").status_code == 401
        bearer = {"Authorization": f"Bearer {reader}"}
        assert http.post("/v1/articles", json={"articles": [MILL]}, headers=bearer).status_code == 403
    assert editor.get("/readyz").json()["articles"] == 40


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"text": ""}, "articles.0.text"),
        ({"title": None}, "articles.0.title"),
        ({"url": "javascript:alert(1)"}, "articles.0.url"),
        ({"published": "soon"}, "articles.0.published"),
        ({"colour": "blue"}, "articles.0.colour"),
    ],
)
def test_what_is_no_article_is_named_and_nothing_is_taken(
    editor: httpx.Client, change: dict[str, object], says: str
) -> None:
    response = editor.post("/v1/articles", json={"articles": [{**MILL, **change}]})
    assert response.status_code == 422
    assert says in response.json()["detail"]
    assert editor.get("/readyz").json()["articles"] == 40


def test_while_another_process_writes_an_editor_is_told_to_come_again(editor: httpx.Client, place: Path) -> None:
    with writer_lock(place):
        response = editor.post("/v1/articles", json={"articles": [MILL]})
        assert response.status_code == 503
        assert response.json()["type"] == "urn:askive:problem:being-written"
        assert int(response.headers["retry-after"]) > 0
        assert editor.post("/v1/ask", json={"question": "Who built the ferry Ardent?"}).status_code == 200


@pytest.mark.usefixtures("editor")
def test_a_damaged_generation_is_told_of_and_the_one_before_it_serves(place: Path) -> None:
    """Last in this module: it leaves the home damaged."""
    named = (place / "index" / "CURRENT").read_text().split()[0]
    table = place / "index" / named / "labels.json"
    table.write_bytes(table.read_bytes()[:-1] + b" ")
    service = Service.open(load_settings(place))
    state = service.state()
    assert state["problem"] is None
    assert state["generation"] < named
    assert any(named in warning for warning in state["warnings"])
    shutil.rmtree(place / "index")
    assert "askive ingest" in str(Service.open(load_settings(place)).state()["problem"])
    service.close()
