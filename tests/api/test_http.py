"""The HTTP contract over a real server: answers, events, search, articles, errors."""

from __future__ import annotations

import json
import threading
from typing import Any

import httpx
import pytest

from api.routes import archive
from qa.terms import content_stems


def events(http: httpx.Client, body: dict[str, Any]) -> list[tuple[str, Any]]:
    """Ask for a stream and return its (event, data) pairs."""
    with http.stream("POST", "/v1/ask", json={**body, "stream": True}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        frames = response.read().decode().strip().split("\n\n")
    pairs = [frame.split("\n", 1) for frame in frames]
    return [(kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for kind, data in pairs]


def test_an_answer_quotes_and_cites_the_exact_place(http: httpx.Client) -> None:
    answer = http.post("/v1/ask", json={"question": "Who built the ferry Ardent?"}).json()
    assert answer["status"] == "answered"
    cited = answer["citations"][0]
    assert "Marrow Yards" in cited["quote"]
    assert (cited["source"], cited["published"]) == ("Harrow Herald", "2024-03-12")
    text = http.get(f"/v1/articles/{cited['article_id']}").json()["text"]
    assert text[cited["start"] : cited["end"]] == cited["quote"]
    assert answer["sentences"][0]["citations"] == [1]


def test_what_the_archive_does_not_hold_is_not_answered(http: httpx.Client) -> None:
    answer = http.post("/v1/ask", json={"question": "Who is the president of Brazil?"}).json()
    assert (answer["status"], answer["text"], answer["citations"]) == ("abstained", "", [])
    assert "Brazil" in answer["reason"]
    assert answer["hits"]


def test_nothing_after_as_of_is_used(http: httpx.Client) -> None:
    body = {"question": "How many homes lost power during Storm Petra?", "as_of": "2024-01-19"}
    answer = http.post("/v1/ask", json=body).json()
    days = [hit["published"] for hit in answer["hits"]] + [cited["published"] for cited in answer["citations"]]
    assert days
    assert max(days) <= "2024-01-19"


def test_filters_bound_what_is_cited(http: httpx.Client) -> None:
    body = {"question": "Which ferry crosses to Little Skerry?", "from": "2023-11-01", "to": "2023-11-30"}
    answer = http.post("/v1/ask", json=body).json()
    assert {hit["published"] for hit in answer["hits"]} == {"2023-11-14"}
    hits = http.get("/v1/search", params={"q": "ferry", "source": "Coast Wire", "k": 5}).json()["hits"]
    assert hits
    assert {hit["source"] for hit in hits} == {"Coast Wire"}


def test_a_stream_tells_its_stages_and_ends_with_the_same_answer(http: httpx.Client) -> None:
    body = {"question": "Who built the ferry Ardent?"}
    seen = events(http, body)
    kinds = [kind for kind, _ in seen]
    assert kinds[0] == "status"
    assert kinds.index("hits") < kinds.index("token") < kinds.index("answer")
    assert kinds[-1] == "done"
    answer = dict(seen)["answer"]
    assert [data for kind, data in seen if kind == "token"] == answer["sentences"]
    assert answer["text"] == http.post("/v1/ask", json=body).json()["text"]


def test_search_highlights_the_questions_words(http: httpx.Client) -> None:
    hit = http.get("/v1/search", params={"q": "beaver dam on the Harrow"}).json()["hits"][0]
    assert hit["title"] == "Beavers build a third dam on the Harrow"
    words = [hit["snippet"][start:end].lower() for start, end in hit["highlights"]]
    assert {"beaver", "dam", "harrow"} <= set(words)


def test_the_list_of_articles_is_walked_by_its_cursor(http: httpx.Client) -> None:
    first = http.get("/v1/articles", params={"limit": 30}).json()
    second = http.get("/v1/articles", params={"limit": 30, "cursor": first["next_cursor"]}).json()
    ids = [article["id"] for article in first["articles"] + second["articles"]]
    assert len(ids) == len(set(ids)) == 40
    assert second["next_cursor"] is None
    days = [article["published"] for article in first["articles"]]
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"question": ""}, "question"),
        ({"question": "   "}, "question is empty"),
        ({"question": "x" * 2001}, "2000"),
        ({"question": "Who?", "as_of": "yesterday"}, "as_of"),
        ({"question": "Who?", "colour": "blue"}, "colour"),
        ({"question": "Who?", "sources": ["\ud800"]}, "sources"),
        ({"question": "Who?", "tags": ["\ud800"]}, "tags"),
        ({}, "question"),
    ],
)
def test_a_bad_question_is_a_problem_that_names_the_field(http: httpx.Client, body: dict[str, Any], says: str) -> None:
    written = json.dumps(body)  # half a character as JavaScript escapes it, which is no UTF-8
    response = http.post("/v1/ask", content=written, headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["type"] == "urn:askive:problem:invalid"
    assert says in problem["detail"]


def test_what_is_not_there_is_a_problem_too(http: httpx.Client) -> None:
    for path in ("/v1/articles/none", "/nowhere"):
        response = http.get(path)
        assert response.status_code == 404
        assert response.json()["type"] == "urn:askive:problem:not-found"
    assert http.get("/v1/ask").status_code == 405


def test_health_readiness_and_the_schema(http: httpx.Client) -> None:
    assert http.get("/healthz").json() == {"status": "ok"}
    assert http.get("/readyz").json()["status"] == "ready"
    assert "/v1/ask" in http.get("/openapi.json").json()["paths"]


def test_metrics_count_answers_and_requests(http: httpx.Client) -> None:
    def count(line: str) -> float:
        found = [row for row in http.get("/metrics").text.splitlines() if row.startswith(line + " ")]
        return float(found[0].split()[-1]) if found else 0.0

    answered = 'askive_answers_total{status="answered"}'
    asked = 'askive_requests_total{method="POST",route="/v1/ask",status="200"}'
    before = count(answered), count(asked)
    http.post("/v1/ask", json={"question": "Who built the ferry Ardent?"})
    events(http, {"question": "Who built the ferry Ardent?"})
    assert (count(answered), count(asked)) == (before[0] + 2, before[1] + 2)
    assert count("askive_articles") == 40
    assert count("askive_passages") >= 40


def test_methods_that_nobody_knows_are_counted_as_one(http: httpx.Client) -> None:
    for number in range(3):
        assert http.request(f"FOO{number}", "/healthz").status_code == 405
    shown = http.get("/metrics").text
    assert 'askive_requests_total{method="other",route="/healthz",status="405"} 3.0' in shown
    assert "FOO" not in shown


def test_the_passages_of_the_months_are_stemmed_by_a_worker(
    http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event loop, which everybody waits for, does not."""
    seen: set[str] = set()

    def watched(text: str) -> list[str]:
        seen.add(threading.current_thread().name.partition("_")[0])
        return content_stems(text)

    monkeypatch.setattr(archive, "content_stems", watched)
    assert http.get("/v1/months", params={"q": "Which ferry crosses to Little Skerry?"}).json()["months"]
    assert seen == {"answer"}
