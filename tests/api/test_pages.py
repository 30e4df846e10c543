"""The pages as the server renders them: the room, articles with a mark, months, print, and what is not there."""

from __future__ import annotations

import copy
import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser

from api.app import create_app
from api.guard.keys import Keys
from api.routes.pages import blocks, pieces, web
from api.service import Service
from api.settings import load_settings
from api.views import AROUND, surroundings, text_hash
from embeddings.encoder import load_encoder
from embeddings.ingest import ingest


def page(http: httpx.Client, path: str, status: int = 200) -> LexborHTMLParser:
    response = http.get(path)
    assert response.status_code == status
    policy = response.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert response.headers["content-type"].startswith("text/html")
    tree = LexborHTMLParser(response.text)
    assert not tree.css("[style], script:not([src]), style")
    return tree


def test_the_room_carries_its_filters_into_the_element_and_the_picture(http: httpx.Client) -> None:
    tree = page(http, "/?q=Who+built+the+Ardent%3F&from=2024-03-01&to=2024-03-31&source=Harrow+Herald")
    chat = tree.css_first("archive-chat").attributes
    assert (chat["question"], chat["from"], chat["to"], chat["source"]) == (
        "Who built the Ardent?",
        "2024-03-01",
        "2024-03-31",
        "Harrow Herald",
    )
    chosen = tree.css("[aria-current=true]")
    assert [bar.attributes["data-month"] for bar in chosen] == ["2024-03"]
    address = chosen[0].attributes["href"] or ""
    assert "from=2024-03-01" in address
    assert "q=Who%20built" in address
    assert tree.css_first("option[selected]").text() == "Harrow Herald"


def test_the_room_shows_the_source_that_it_is_narrowed_to_whichever_it_is(http: httpx.Client) -> None:
    tree = page(http, "/?source=+Technology+%7C+The+Guardian+")
    assert tree.css_first("option[selected]").text() == "Technology | The Guardian"
    assert tree.css_first("archive-chat").attributes["source"] == "Technology \\| The Guardian"
    assert not page(http, "/").css("option[selected]")


def test_suggested_questions_may_hold_bars(service: Service) -> None:
    asking = copy.copy(service)
    room = service.settings.room.model_copy(update={"questions": ["Who said a|b?", "When?"]})
    asking.settings = service.settings.model_copy(update={"room": room})
    with TestClient(create_app(asking)) as client:
        tree = LexborHTMLParser(client.get("/").text)
    assert tree.css_first("archive-chat").attributes["questions"] == "Who said a\\|b?|When?"


def test_one_wrong_date_does_not_make_the_room_large(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = [("0001-01", 1), ("2023-12", 3), ("2024-01", 2)]
    monkeypatch.setattr(type(service.store), "months", lambda _: counts)
    with TestClient(create_app(copy.copy(service))) as client:
        room, archive, month = (client.get(path) for path in ("/", "/archive", "/archive/2023-12"))
    assert len(room.content) < 200_000
    bars = LexborHTMLParser(room.text).css("[data-month]")
    assert [bar.attributes["data-count"] for bar in (bars[0], bars[-1])] == ["1", "5"]
    assert (bars[-1].attributes["data-first"], bars[-1].attributes["data-last"]) == ("2020-01-01", "2024-01-31")
    assert [link.attributes["href"] for link in LexborHTMLParser(archive.text).css(".grid a")] == [
        "/archive/2024-01",
        "/archive/2023-12",
        "/archive/0001-01",
    ]
    near = LexborHTMLParser(month.text).css("[rel=prev], [rel=next]")
    assert [link.attributes["href"] for link in near] == ["/archive/0001-01", "/archive/2024-01"]


def test_the_rooms_bars_are_the_months_of_the_archive(http: httpx.Client) -> None:
    bars = page(http, "/").css("[data-month]")
    counts = {bar.attributes["data-month"]: int((bar.attributes["aria-label"] or "").split(": ")[1]) for bar in bars}
    articles = http.get("/v1/articles", params={"limit": 200}).json()["articles"]
    months = [article["published"][:7] for article in articles if article["published"]]
    assert {month: count for month, count in counts.items() if count} == {m: months.count(m) for m in months}


def test_what_is_asked_in_the_address_is_escaped(http: httpx.Client) -> None:
    hostile = '"><script>alert(1)</script>'
    response = http.get("/", params={"q": hostile, "source": hostile, "from": hostile[:10]})
    assert "<script>alert" not in response.text
    assert LexborHTMLParser(response.text).css_first("archive-chat").attributes["question"] == hostile


def test_hits_by_month_are_of_articles_that_share_words_with_the_question(http: httpx.Client) -> None:
    months = http.get("/v1/months", params={"q": "Which ferry crosses to Little Skerry?"}).json()["months"]
    assert {"month": "2023-11", "hits": 1} in months
    assert months == sorted(months, key=lambda month: month["month"])
    assert http.get("/v1/months", params={"q": "zzqx"}).json()["months"] == []
    assert http.get("/v1/months").status_code == 422


def test_an_article_marks_the_cited_sentence_and_links_only_to_the_web(http: httpx.Client) -> None:
    answer = http.post("/v1/ask", json={"question": "Who built the ferry Ardent?"}).json()
    cited = answer["citations"][0]
    tree = page(http, f"/articles/{cited['article_id']}?start={cited['start']}&end={cited['end']}")
    marks = tree.css("mark")
    assert marks[0].attributes["id"] == "quote"
    assert " ".join(mark.text() for mark in marks) == " ".join(cited["quote"].split("\n"))
    assert tree.css_first("h1").text() == cited["title"]
    assert cited["hash"] == text_hash(cited["quote"])
    for nonsense in ("start=-5&end=-1", "start=90000&end=99999", "start=9&end=2"):
        assert not page(http, f"/articles/{cited['article_id']}?{nonsense}").css("mark")


def test_an_article_that_has_changed_since_says_so_and_marks_nothing(http: httpx.Client) -> None:
    hit = http.get("/v1/search", params={"q": "Who built the ferry Ardent?"}).json()["hits"][0]
    place = f"/articles/{hit['article_id']}?start={hit['start']}&end={hit['end']}"
    for same in ("", "&hash=", f"&hash={hit['hash']}"):
        tree = page(http, place + same)
        assert tree.css_first("#quote").tag == "mark"
        assert "has changed" not in tree.css_first("article").text()
    for other in (text_hash("It was built by others."), "undefined"):
        tree = page(http, f"{place}&hash={other}")
        assert not tree.css("mark")
        assert "has changed since it was quoted" in tree.css_first("#quote").text()


def test_a_citation_comes_with_its_surroundings(http: httpx.Client) -> None:
    cited = http.post("/v1/ask", json={"question": "Who built the ferry Ardent?"}).json()["citations"][0]
    text = http.get(f"/v1/articles/{cited['article_id']}").json()["text"]
    whole = cited["before"].removeprefix("…") + cited["quote"] + cited["after"].removesuffix("…")
    assert whole in text
    assert len(whole) > len(cited["quote"])


def test_surroundings_are_cut_between_words() -> None:
    text = "one two three quote four five"
    assert surroundings(text, 14, 19) == ("one two three ", " four five")
    long = "a" * 9 + " " + "word " * 60 + "QUOTE" + " word" * 60
    before, after = surroundings(long, 310, 315)
    assert before.startswith("… word ")
    assert after.endswith(" word…")
    assert max(len(before), len(after)) <= AROUND + 1
    assert surroundings("", 3, 9) == ("", "")


def test_paragraphs_keep_every_character_and_the_mark_where_it_was() -> None:
    found = blocks("One two.\n\nThree four.\nFive.", 4, 15)
    assert found == [[("One ", False), ("two.", True)], [("Three", True), (" four.", False)], [("Five.", False)]]


@pytest.mark.parametrize(("start", "end"), [(8, 3), (5, 5), (0, 0), (-1, -4), (99, 2)])
def test_a_place_that_ends_before_it_starts_marks_nothing_and_repeats_nothing(start: int, end: int) -> None:
    found = blocks("One two three.\nFour.", start, end)
    assert ["".join(piece for piece, _ in block) for block in found] == ["One two three.", "Four."]
    assert not any(marked for block in found for _, marked in block)


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://a.example/b", True),
        ("HTTP://a.example", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("https:alert(1)", False),
        ("", False),
        (None, False),
    ],
)
def test_only_addresses_of_the_web_become_links(address: str | None, safe: bool) -> None:
    assert (web(address) == address and address is not None) is safe


def test_articles_without_a_date_are_listed_too(tmp_path: Path, models: Path) -> None:
    (tmp_path / "models").symlink_to(models)
    rows = [{"title": f"No {n}", "text": "The ferry sank."} for n in range(201)]
    dated = {"title": "Dated", "text": "The mayor left.", "published": "2024-03-01"}
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, [*rows, dated])), encoding="utf-8")
    ingest([tmp_path / "a.jsonl"], tmp_path, encoder=load_encoder(cache=models))
    with closing(Service.open(load_settings(tmp_path))) as service, TestClient(create_app(service)) as client:
        listing = LexborHTMLParser(client.get("/archive").text)
        (link,) = listing.css("main p a")
        assert (link.attributes["href"], link.text()) == ("/archive/undated", "Without a date 201")
        start = LexborHTMLParser(client.get("/archive/undated").text)
        (more,) = start.css(".pair a")
        rest = LexborHTMLParser(client.get(f"/archive/undated{more.attributes['href']}").text)
    titles = [link.text() for tree in (start, rest) for link in tree.css(".list a")]
    assert len(titles) == 201
    assert set(titles) == {row["title"] for row in rows}


def test_the_archive_is_walked_by_month(http: httpx.Client) -> None:
    links = [link.attributes["href"] for link in page(http, "/archive").css(".grid a")]
    assert links[0] == "/archive/2024-03"
    march = page(http, "/archive/2024-03")
    titles = [link.text() for link in march.css(".list a")]
    assert "Ferry to Little Skerry returns with an electric boat" in titles
    assert march.css_first("[rel=prev]").attributes["href"] == links[1]
    assert "holds nothing" in page(http, "/archive/1999-01").css_first("main").text()
    listed = sum(len(page(http, link or "").css(".list a")) for link in links)
    assert listed == 40


@pytest.mark.parametrize("path", ["/articles/none", "/archive/2024-13", "/archive/x", "/archive/2024-1"])
def test_what_is_not_there_is_said_on_a_page(http: httpx.Client, path: str) -> None:
    assert re.search(r"no such", page(http, path, 404).css_first("h1").text())


def test_an_archive_whose_readers_need_a_key_has_no_pages(service: Service, tmp_path: Path) -> None:
    closed = copy.copy(service)
    edge = service.settings.api.model_copy(update={"readers": "key"})
    closed.settings = service.settings.model_copy(update={"api": edge, "home": tmp_path})
    _, key = Keys(tmp_path / "keys.json").create("a reader", "reader")
    with TestClient(create_app(closed)) as client:
        for path in ("/", "/archive", "/archive/2024-03", "/articles/none", "/print?answer=none"):
            assert client.get(path).status_code == 401
            response = client.get(path, headers={"Authorization": f"Bearer {key}"})
            assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")
        assert client.get("/widget.js").status_code == 200


def test_an_answer_is_printed_as_it_was_given(http: httpx.Client) -> None:
    answer = http.post("/v1/ask", json={"question": "Who built the ferry Ardent?"}).json()
    tree = page(http, f"/print?answer={answer['answer_id']}")
    assert answer["sentences"][0]["text"] in tree.css_first(".answer").text()
    assert tree.css_first("blockquote mark").text() == answer["citations"][0]["quote"]
    refused = http.post("/v1/ask", json={"question": "Who is the president of Brazil?"}).json()
    assert "does not say" in page(http, f"/print?answer={refused['answer_id']}").css_first(".answer").text()
    assert http.get("/print?answer=none").status_code == 404


def kept(
    service: Service, intent: str, *said: tuple[str, list[list[int]], str | None], reason: str | None = None
) -> str:
    """Keep an answer of these (sentence, marks, date of its article); return the address that prints it."""
    cited = {"title": "Storm", "source": "Herald", "url": None, "before": "", "after": ""}
    answer: dict[str, Any] = {
        "status": "answered",
        "sentences": [{"text": text, "citations": [n], "marks": marks} for n, (text, marks, _) in enumerate(said, 1)],
        "citations": [
            {**cited, "number": number, "quote": text, "published": published}
            for number, (text, _, published) in enumerate(said, 1)
        ],
        "reason": reason,
        "question": {"standalone": "What of the storm?", "as_of": None, "intent": intent},
    }
    return f"/print?answer={service.conversations.keep(None, 'What?', 'What?', answer)[1]}"


def test_print_says_that_articles_differ_and_marks_the_answers(service: Service, http: httpx.Client) -> None:
    reason = "The articles differ: “1,750 homes” (Herald, 2024-01-21), “1,200 homes” (Herald, 2024-01-18)."
    newer = ("🌩 <b>1,750 homes</b> lost power.", [[5, 16]], "2024-01-21")
    older = ("1,200 homes did.", [[0, 11]], "2024-01-18")
    tree = page(http, kept(service, "lookup", newer, older, reason=reason))
    said = tree.css_first("p.answer")
    assert said.text() == "🌩 <b>1,750 homes</b> lost power.1 1,200 homes did.2 "
    assert [mark.text() for mark in said.css("strong")] == ["1,750 homes", "1,200 homes"]
    assert not said.css("b, .note")
    note = tree.css_first("p.answer + p.note")
    assert note.text() == reason
    assert note.css_matches("p:has(+ h2)")


@pytest.mark.parametrize("intent", ["digest", "timeline"])
def test_print_lists_a_digest_and_a_timeline_with_their_days(intent: str, service: Service, http: httpx.Client) -> None:
    tree = page(http, kept(service, intent, ("It came.", [], "2024-01-18"), ("It went.", [], None)))
    items = tree.css("ul.answer li")
    assert [item.text() for item in items] == ["18 January 2024 It came.1", "It went.2"]
    assert not tree.css("p.answer, p.answer + .note")


def test_pieces_of_a_sentence_are_all_of_it() -> None:
    assert pieces("a bc d", [(2, 4)]) == [("a ", False), ("bc", True), (" d", False)]
    assert pieces("ab", [(0, 1), (1, 2)]) == [("a", True), ("b", True)]
    assert pieces("ab", []) == [("ab", False)]
