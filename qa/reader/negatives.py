"""Passages and questions that go together and do not answer: what the reader learns to say no to."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

import tantivy

from qa.reader import swaps
from qa.reader.data import overlap
from qa.reader.examples import Example, contains_any, normal

# How often each kind is drawn where it can be made. Near misses are what readers fall for, so they have most of it.
WEIGHTS = {
    "twin": 6.0,
    "given": 3.0,
    "retrieved": 2.0,
    "bm25": 0.5,
    "drop": 2.0,
    "swap": 2.5,
    "inner": 2.5,
    "passage-swap": 1.5,
    "restrict": 2.0,
}
_ANY_TWIN = 0.1  # beside the square of the share of words in common: what differs in one thing is drawn most


# Returns the passages nearest to a question, best first, each as an example that holds it.
Retrieve = Callable[[str], Sequence[Example]]


class Negatives:
    """Draws unanswerable counterparts of answerable examples, from what was given, retrieval, BM25 and swaps."""

    def __init__(self, examples: Sequence[Example], retrieve: Retrieve | None = None) -> None:
        """Index the examples' passages and names. Give only one split's examples: nothing leaks between splits.

        Without `retrieve` (qa.reader.mined) there are none of the kind "retrieved".
        """
        self._passages = list({e.text: e for e in examples}.values())
        self._swapper = swaps.Swapper(e for e in examples if e.spans)
        self._given: dict[str, list[Example]] = defaultdict(list)
        self._twins: dict[str, list[Example]] = defaultdict(list)
        for example in examples:
            if not example.spans:
                self._given[normal(example.question)].append(example)
                self._twins[example.text].append(example)
        self._index = _bm25(self._passages)
        self._retrieve = retrieve
        self._near: dict[tuple[str, str], list[Example]] = {}

    def draw(self, example: Example, rng: random.Random) -> Example | None:
        """Return one unanswerable counterpart of a kind drawn by WEIGHTS, or None where none can be made."""
        left = dict(WEIGHTS)
        while left:
            kind = rng.choices(list(left), list(left.values()))[0]
            found = self.make(example, kind, rng)
            if found is not None:
                return found
            del left[kind]
        return None

    def make(self, example: Example, kind: str, rng: random.Random) -> Example | None:
        """Return an unanswerable counterpart of one kind of WEIGHTS, or None where it cannot be made."""
        if kind in ("given", "bm25", "retrieved"):
            options = self._given[normal(example.question)] if kind == "given" else self.near(example, kind)
            return rng.choice(options) if options else None
        if kind == "twin":  # another question on the same passage, written to look answered
            options = [twin for twin in self._twins[example.text] if twin.question != example.question]
            alike = [_ANY_TWIN + overlap(twin.question, example.question) ** 2 for twin in options]
            return rng.choices(options, alike)[0] if options else None
        if kind == "drop":
            return swaps.drop_answer(example)
        if kind == "restrict":
            return swaps.restrict(example, rng)
        if kind == "inner":
            return swaps.inner_swap(example, rng)
        swap = self._swapper.question_swap if kind == "swap" else self._swapper.passage_swap
        return swap(example, rng)

    def near(self, example: Example, kind: str = "bm25", k: int = 6) -> list[Example]:
        """Return up to k passages that rank highest for the question and lack every answer to it.

        They are ranked by BM25 or ("retrieved") by our own retriever. A passage whose answer is not a string (CLAP NQ:
        whole sentences) is left out by its text and title alone.
        """
        known = kind, normal(example.question)
        if known not in self._near:
            found = []
            for other in self._ranked(example.question, kind, 3 * k):
                same = other.text == example.text or (
                    other.title and other.title == example.title and not example.answers
                )
                if not same and not contains_any(f"{other.title} {other.text}", example.answers):
                    made = replace(other, question=example.question, answers=example.answers, spans=(), kind=kind)
                    found.append(replace(made, key=example.key))
            self._near[known] = found[:k]
        return self._near[known]

    def _ranked(self, question: str, kind: str, count: int) -> Sequence[Example]:
        if kind == "retrieved":
            return self._retrieve(question)[:count] if self._retrieve else ()
        hits = self._index.search(self._query(question), count).hits
        return [self._passages[self._index.doc(address)["id"][0]] for _, address in hits]

    def _query(self, question: str) -> tantivy.Query:
        words = {w for w in normal(question).replace("'", " ").split() if w.isalnum()}
        terms = [tantivy.Query.term_query(_SCHEMA, "text", w) for w in sorted(words)]
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, t) for t in terms])


def unanswerable_sets(negatives: Negatives, examples: Sequence[Example], seed: int) -> dict[str, list[Example]]:
    """Return one negative of every kind for each answerable example, by kind: what a model is measured on."""
    rng = random.Random(seed)
    sets: dict[str, list[Example]] = defaultdict(list)
    answerable = [e for e in examples if e.spans]
    for example in answerable:
        for kind in WEIGHTS:
            found = negatives.make(example, kind, rng)
            if found is not None:
                sets[kind].append(found)
        other = rng.choice(answerable)
        if (
            not contains_any(f"{other.title} {other.text}", example.answers)
            and overlap(example.question, other.text) < 1
        ):
            sets["random"].append(replace(other, question=example.question, spans=(), kind="random"))
    sets["clapnq"] = [e for e in examples if e.source == "clapnq" and not e.spans]
    for source in ("archive", "written"):
        sets[source] = [e for e in examples if e.source == source and not e.spans]
    return {kind: found for kind, found in sets.items() if found}


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=True)
    builder.add_text_field("text", tokenizer_name="default")
    return builder.build()


_SCHEMA = _schema()


def _bm25(passages: Sequence[Example]) -> tantivy.Searcher:
    index = tantivy.Index(_SCHEMA)
    writer = index.writer(heap_size=32_000_000, num_threads=1)
    for number, passage in enumerate(passages):
        writer.add_document(tantivy.Document(id=number, text=f"{passage.title} {passage.text}"))
    writer.commit()
    index.reload()
    return index.searcher()
