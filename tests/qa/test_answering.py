"""From readings to a cited answer: citing, writing, verifying, abstaining, hand-worked."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import astuple, replace
from datetime import date

import pytest

from embeddings.types import Filters, Hit
from qa.alone import leans
from qa.cite import CitationError, cite, fragment_link
from qa.pipeline import Pipeline, abstention, read_hits
from qa.rerank import WeightedRanker, Weights, features
from qa.retrieve import COVERAGE, LEAD, LENGTH, HybridRetriever
from qa.types import Citation, Draft, Question, Reading, Sentence
from qa.verify import QuoteVerifier, supports
from qa.whole import coverage, length
from qa.write import ExtractiveWriter

MakeReading = Callable[..., Reading]


def question(text: str, **fields: object) -> Question:
    return Question(text, text, **fields)  # type: ignore[arg-type]


def writer() -> ExtractiveWriter:
    return ExtractiveWriter(lambda *_: ("Gazette",))


def test_a_citation_is_the_articles_own_slice(make_reading: MakeReading) -> None:
    reading = make_reading("Marrow Yards")
    cited = cite(1, reading.hit, reading.sentence_start, reading.sentence_end, (reading.start, reading.end))
    assert cited.quote == "The ferry Ardent was built by Marrow Yards in Denholm."
    assert reading.hit.article.text[cited.start : cited.end] == cited.quote
    assert cited.span is not None
    assert cited.quote[slice(*cited.span)] == "Marrow Yards"


def test_a_citation_that_does_not_resolve_is_an_error(make_reading: MakeReading) -> None:
    hit = make_reading("Marrow Yards").hit
    moved = replace(hit, passage=replace(hit.passage, start=1))
    with pytest.raises(CitationError, match="are not the quote"):
        cite(1, moved, 0, 10)


def test_links_land_on_the_quote() -> None:
    assert fragment_link("https://x.example/a#old", "a semi-open, door") == (
        "https://x.example/a#:~:text=a%20semi%2Dopen%2C%20door"
    )
    long = fragment_link("https://x.example/a", " ".join(f"w{i}" for i in range(20)))
    assert long == "https://x.example/a#:~:text=w0%20w1%20w2%20w3%20w4,w15%20w16%20w17%20w18%20w19"
    assert fragment_link("javascript:alert(1)", "a") is None
    assert fragment_link(None, "a") is None


def test_a_sentence_that_leans_brings_the_one_before(make_reading: MakeReading) -> None:
    draft = writer().write(question("How many passengers?"), [make_reading("60 passengers")])
    assert [s.text for s in draft.sentences] == [
        "The ferry Ardent was built by Marrow Yards in Denholm.",
        "It carries 60 passengers.",
    ]
    assert [s.citations for s in draft.sentences] == [(1,), (2,)]
    assert draft.sentences[1].marks == ((11, 24),)
    assert draft.citations[1].also == ("Gazette",)


LEANING = (
    "The ferry Ardent sank off Denholm. Marrow Yards had built it. On Monday its owner, Ida Vane, came to the pier. "
    "“We lost everything,” she said. In May she left."
)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The former said so.", True),
        ("The former, he said, was lost.", True),
        ("The former president Donald Trump said so.", False),
        ("The latter is older.", True),
        ("The two met on Friday.", True),
        ("The two-year-old boy survived.", False),
        ("The three-time champion Serena Williams won.", False),
        ("The man‑made lake is dry.", False),
        ("The man was found.", True),
        ("Both signed it.", True),
        ("Both said that Russia and Ukraine signed it.", True),
        ("Both Russia and Ukraine signed it.", False),
        ("Both the United States and Mr. Putin agreed.", False),
        ("Neither Russia nor Ukraine signed it.", False),
        ("Neither signed it.", True),
        ("“Both Klipp and its owner deny it,” she said.", True),  # but for who "she" is
    ],
)
def test_what_leans_on_the_sentence_before(sentence: str, expected: bool) -> None:
    assert leans(sentence) is expected


def test_sentences_that_lean_bring_all_they_lean_on_and_no_more_than_fit(make_reading: MakeReading) -> None:
    draft = writer().write(question("When did the owner leave?"), [make_reading("May", text=LEANING)])
    assert [s.text for s in draft.sentences] == [
        "On Monday its owner, Ida Vane, came to the pier.",
        "“We lost everything,” she said.",
        "In May she left.",
    ]


def test_what_a_sentence_leans_on_is_sought_in_the_passage_before(make_reading: MakeReading) -> None:
    whole = make_reading("May", text=LEANING)
    at = LEANING.index("“We lost")
    passage = replace(whole.hit.passage, text=LEANING[at:], start=at)
    cut = replace(
        whole,
        hit=replace(whole.hit, passage=passage),
        start=whole.start - at,
        end=whole.end - at,
        sentence_start=whole.sentence_start - at,
        sentence_end=whole.sentence_end - at,
    )
    answered, again = (writer().write(question("When did she leave?"), [each]) for each in (cut, whole))
    assert [(c.quote, c.start, c.end) for c in answered.citations] == [
        (c.quote, c.start, c.end) for c in again.citations
    ]


def test_a_caption_is_nothing_to_lean_on(make_reading: MakeReading) -> None:
    reading = make_reading("May", text="Photo of a ferry\n\nIt sank in May off Denholm.")
    assert len(writer().write(question("When?"), [reading]).sentences) == 1


def test_a_list_takes_every_likely_item_and_a_look_up_one(make_reading: MakeReading) -> None:
    readings = [
        make_reading("Corda", text="Corda digs in the west of the valley.", id="a", p=0.97),
        make_reading("Treetop", text="Treetop lays cable around the lake.", id="b", p=0.97),
        make_reading("Vale", text="Vale was not chosen this time.", id="c", p=0.2),
    ]
    assert len(writer().write(question("Which firms?", intent="list"), readings).sentences) == 2
    assert len(writer().write(question("Which firm?"), readings).sentences) == 1


def test_items_of_a_list_may_stand_in_sentences_that_are_alike(make_reading: MakeReading) -> None:
    readings = [
        make_reading("Corda", text="Corda will lay cable in the west of the valley.", id="a", p=0.97),
        make_reading("Treetop", text="Treetop will lay cable in the east of the valley.", id="b", p=0.97),
        make_reading("Corda", text="Corda is to lay cable in the west of the valley.", id="c", p=0.97),
    ]
    draft = writer().write(question("Which firms lay cable?", intent="list"), readings)
    assert [c.article_id for c in draft.citations] == ["a", "b"]


def test_a_list_of_leaning_items_has_four_sentences_at_most(make_reading: MakeReading) -> None:
    firms = ["Corda", "Treetop", "Vale", "Orrin"]
    readings = [
        make_reading(firm, text=f"There was a tender in {firm} valley. It went to {firm} of old.", id=name, p=0.97)
        for name, firm in zip("abcd", firms, strict=True)
    ]
    draft = writer().write(question("Which firms won?", intent="list"), readings)
    assert len(draft.sentences) == 4


BULLETS = "The firms are:\n- Corda of Denholm\n- Treetop\n- Vale\n- Orrin\n- Marrow Yards\nThey begin in May."


def test_the_lines_of_a_list_are_taken_whole(make_reading: MakeReading) -> None:
    reading = make_reading("Vale", text=BULLETS.replace("Vale", "Vale."), p=0.97)  # its sentence ends at the full stop
    draft = writer().write(question("Which firms?", intent="list"), [reading])
    assert [s.text for s in draft.sentences] == ["- Corda of Denholm\n- Treetop\n- Vale.\n- Orrin\n- Marrow Yards"]
    assert draft.citations[0].quote == reading.hit.article.text[slice(draft.citations[0].start, draft.citations[0].end)]


@pytest.mark.parametrize(
    ("said", "quote", "expected"),
    [
        ("Marrow Yards built the ferry.", "The ferry was built by Marrow Yards in Denholm.", True),
        ("It carries 60 passengers.", "It carries 60 passengers.", True),
        ("It carries 61 passengers.", "It carries 60 passengers.", False),
        ("Paul Drey built the ferry.", "The ferry was built by Marrow Yards in Denholm.", False),
        ("The boat is fast.", "The boat is not fast.", False),
        ("iPhones sell in Coeur d'Alene.", "iPhones sell in Coeur d'Alene.", True),
        ("Iran attacked the ship", "It is not true that Iran attacked the ship", False),
        ("He did.", "He did.", True),  # no word of meaning in it, but it is the quote
        ("It is. Or not.", "It is. Or not.", True),
        ("He did.", "He did. She did not.", False),
        (" ", " ", False),
        ("It was 20 degrees in Lund.", "It was -20 degrees in Lund.", False),
        (
            "It was minus 20 degrees in Lund on Friday night, the coldest of all March.",
            "It was -20 degrees in Lund on Friday night, the coldest of all March.",
            True,
        ),
        ("It cost Rs700 in Lund.", "It cost Rs500 in Lund.", False),
        ("The ferry was built by Marrow Yards and sank.", "The ferry was built by Marrow Yards.", False),
    ],
)
def test_support_needs_the_numbers_names_negation_and_words(said: str, quote: str, expected: bool) -> None:
    assert supports(said, quote) is expected


def test_the_verifier_drops_what_is_unsupported_and_refuses_a_false_quote() -> None:
    citation = Citation(1, "a", "T", None, None, None, "The boat is not fast.", 0, 21, None)
    draft = Draft((Sentence("The boat is fast.", (1,)), Sentence("The boat is not fast.", (1,))), (citation,), 0.9)
    verifier = QuoteVerifier({"a": "The boat is not fast. Really."}.get)
    assert [s.text for s in verifier.verify(question("?"), draft).sentences] == ["The boat is not fast."]
    with pytest.raises(CitationError, match="does not resolve"):
        verifier.verify(question("?"), replace(draft, citations=(replace(citation, end=20),)))


def test_recency_counts_only_as_far_as_the_question_speaks_of_it(make_reading: MakeReading) -> None:
    old, new = make_reading("60", id="a", day=date(2020, 1, 1)), make_reading("60", id="b", day=date(2024, 3, 10))
    asked = question("Which boat?", as_of=date(2024, 3, 12), recency=1.0)
    for recency, order in ((1.0, ["b", "a"]), (0.0, ["a", "b"])):
        ranked = WeightedRanker().rank(replace(asked, recency=recency), [old, new])
        assert [reading.hit.article.id for reading in ranked] == order
    assert features(replace(asked, as_of=date(2024, 3, 1)), new)[3] == 0.0  # published after: no bonus


def test_what_is_shown_is_ordered_by_weights_of_its_own(make_reading: MakeReading) -> None:
    sure, near = make_reading("60", id="a", p=0.9), make_reading("60", id="b", p=0.1)
    near = replace(near, hit=replace(near.hit, score=0.9))
    near = replace(near, others=(replace(near, behind=1.0),))
    sure = replace(sure, hit=replace(sure.hit, score=0.1))
    nothing = Weights(*[0.0] * len(astuple(Weights())))
    ranker = WeightedRanker(replace(nothing, reader=1.0), replace(nothing, retrieval=1.0))
    assert ranker.rank(question("?"), [near, sure])[0].hit is sure.hit
    assert ranker.arrange(question("?"), [sure, near]) == [near.hit, sure.hit]


class FakeSearch:
    """Returns its hits in order, and remembers what it was asked to keep to."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self.hits = list(hits)
        self.filters: list[Filters] = []

    def search(self, text: str, k: int, filters: Filters = Filters()) -> list[Hit]:  # noqa: ARG002, B008
        self.filters.append(filters)
        return self.hits[:k]


def test_nothing_later_than_as_of_is_ever_searched(make_reading: MakeReading) -> None:
    search = FakeSearch([make_reading("60").hit])
    soft = question("?", as_of=date(2020, 5, 1), published_to=date(2021, 1, 1), widen=Filters())
    HybridRetriever(search).retrieve(soft, 4)
    assert [f.published_to for f in search.filters] == [date(2020, 5, 1), date(2020, 5, 1)]


TOLD = "The ferry Ardent was built by Marrow Yards in Denholm."


class FakeReader:
    def __init__(self, readings: Sequence[Reading]) -> None:
        self.readings = {r.hit.passage.id: r for r in readings}

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:  # noqa: ARG002
        return [self.readings[hit.passage.id] for hit in hits]


def pipeline(readings: Sequence[Reading], threshold: float = 0.5) -> Pipeline:
    texts = {r.hit.article.id: r.hit.article.text for r in readings}
    return Pipeline(
        HybridRetriever(FakeSearch([r.hit for r in readings])),
        FakeReader(readings),
        writer(),
        QuoteVerifier(texts.get),
        ranker=WeightedRanker(),
        threshold=threshold,
    )


def test_only_articles_of_the_source_that_is_named_are_asked_without_its_name(make_reading: MakeReading) -> None:
    herald, gazette = make_reading("60", id="a"), make_reading("60", id="b")
    gazette = replace(gazette, hit=replace(gazette.hit, article=replace(gazette.hit.article, source="Gazette")))
    asked: list[tuple[str, list[int]]] = []

    class Recording(FakeReader):
        def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
            asked.append((question, [hit.passage.id for hit in hits]))
            return super().read(question, hits)

    whose = question("Who, according to the Herald?", unsourced="Who?", publisher="Herald")
    hits = [gazette.hit, herald.hit]
    assert [reading.hit for reading in read_hits(Recording([herald, gazette]), whose, hits)] == hits
    assert asked == [("Who?", [97]), ("Who, according to the Herald?", [98])]
    del asked[:]
    read_hits(Recording([herald]), whose, [herald.hit])
    assert asked == [("Who?", [97])]  # no reader is asked of nothing


def test_an_answer_is_cited_and_streamed_in_order(make_reading: MakeReading) -> None:
    events = list(pipeline([make_reading("Marrow Yards")]).stream(question("Who built the ferry?")))
    assert [e.kind for e in events] == ["status", "hits", "status", "token", "answer", "done"]
    answer = events[-2].data
    assert (answer.status, answer.text) == ("answered", "The ferry Ardent was built by Marrow Yards in Denholm.")
    assert set(answer.timings_ms) == {"retrieve", "read", "rank", "write", "verify"}


def test_a_bare_topic_is_told_of_as_a_digest_where_looking_it_up_finds_nothing(make_reading: MakeReading) -> None:
    class Doubting(FakeReader):
        """Sees nothing in the topic itself, and `p` in what happened with it."""

        def __init__(self, readings: Sequence[Reading], p: float) -> None:
            super().__init__(readings)
            self.p = p

        def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
            p = self.p if question == "What happened with boat built?" else 0.01
            return [replace(r, answerable=p, score=math.log(p / (1 - p))) for r in super().read(question, hits)]

    digest = question("boat built", intent="digest", topic="boat built")
    readings = [make_reading("Marrow Yards")]
    for p, status, intent in ((0.9, "answered", "digest"), (0.01, "abstained", "lookup")):
        whole = pipeline(readings)
        whole._reader = Doubting(readings, p)
        answer = whole.ask(question("boat built", instead=digest))
        assert (answer.status, answer.question.intent) == (status, intent)
        assert [s.text for s in answer.sentences][:1] == [TOLD][: status == "answered"]
        whole.threshold = 0.0  # as a run of questions asks: what would be shown does not change
        assert whole.ask(question("boat built", instead=digest)).question.intent == intent
    sure = pipeline(readings).ask(question("boat built", instead=digest))
    assert sure.question.intent == "lookup"


def test_below_the_threshold_it_abstains_and_names_what_was_sought(make_reading: MakeReading) -> None:
    answer = pipeline([make_reading("Marrow Yards", p=0.3)]).ask(question("Who sold the ferry to Paul Drey?"))
    assert (answer.status, answer.text, answer.citations) == ("abstained", "", ())
    assert answer.reason is not None
    assert "Paul Drey" in answer.reason
    assert len(answer.hits) == 1


def test_an_abstention_says_where_it_looked_and_for_what() -> None:
    bound = question("how many people use the app", published_from=date(2020, 1, 1), sources=("Herald",))
    assert abstention(bound, []) == (
        "The archive holds no article between 2020-01-01 and now in Herald to answer from. "
        "It was searched for people, use, app."
    )
    wish = replace(bound, widen=Filters())
    assert abstention(wish, []) == (
        "The archive holds no article to answer from. It was searched for people, use, app. "
        "What was published between 2020-01-01 and now in Herald was looked at first."
    )


def test_an_empty_archive_abstains() -> None:
    answer = pipeline([]).ask(question("Who?"))
    assert answer.status == "abstained"
    assert answer.confidence == 0.0


def test_one_article_does_not_fill_the_places(make_reading: MakeReading) -> None:
    """Of three passages of one article, the third comes after another article's."""

    def hit(article: str, number: int, score: float) -> Hit:
        found = make_reading("60", id=article).hit
        return replace(found, passage=replace(found.passage, id=number), score=score)

    search = FakeSearch([hit("a", 1, 0.9), hit("a", 2, 0.8), hit("a", 3, 0.7), hit("b", 4, 0.1)])
    found = HybridRetriever(search).retrieve(question("?"), 4)
    assert [(h.passage.id, h.place) for h in found] == [(1, 0), (2, 1), (4, 2), (3, 3)]


def test_of_two_hits_alike_that_of_the_article_that_says_more_comes_first(make_reading: MakeReading) -> None:
    asked = question(
        "How many passengers does the ferry Ardent carry from Denholm?"
    )  # five: passenger, ferry, ardent, carry, denholm
    more = make_reading("60", id="a").hit
    less = make_reading("60", id="b", text="The ferry carries 60 passengers. It is painted green and white today.").hit
    found = HybridRetriever(FakeSearch([less, more])).retrieve(asked, 2)
    assert [hit.article.id for hit in found] == ["a", "b"]
    assert coverage(asked, more.article) == 1.0  # passengers, ferry, Ardent, carry, Denholm
    assert coverage(asked, less.article) == pytest.approx(3 / 5)
    for hit, share in zip(found, (1.0, 3 / 5), strict=True):
        whole = COVERAGE * share + LENGTH * math.log(200 / 3000) + LEAD  # both are short, and beginnings
        assert hit.score == pytest.approx(0.5 + whole)


def test_what_is_said_in_more_words_counts_less(make_reading: MakeReading) -> None:
    asked = question("How many passengers does the ferry Ardent carry?")
    brief = make_reading("60", id="a").hit
    long = replace(brief, article=replace(brief.article, id="b", text=brief.article.text + " Rain fell." * 1000))
    found = HybridRetriever(FakeSearch([long, brief])).retrieve(asked, 2)
    assert [hit.article.id for hit in found] == ["a", "b"]
    assert length(long.article) == pytest.approx(math.log(len(long.article.text) / 3000))


def test_a_question_without_words_of_meaning_is_said_by_every_article(make_reading: MakeReading) -> None:
    article = make_reading("60").hit.article
    assert coverage(question("Who is it?"), article) == 1.0
    survey = question("What was reported about the ferry Ardent?")
    assert coverage(survey, article) == pytest.approx(2 / 3)
    assert coverage(replace(survey, topic="the ferry Ardent"), article) == 1.0
