"""The shipped reader itself: exact places, order, and refusal of altered files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from embeddings.runtimes import Ids, OnnxRuntime, OpenVinoRuntime, Outputs, Runtime
from embeddings.types import Hit
from qa.calibration import sigmoid
from qa.reader import load_reader, runtime
from qa.reader.errors import WeightsError
from qa.reader.openvino import converted
from qa.reader.runtime import GRAPH, MANIFEST, TOKENIZER, WEIGHTS, Calibration, OnnxReader, digest, end_of, untruncated
from qa.types import Reader

QUESTION = "How many users does the app have in India?"
GOOD = "The company spoke on Monday. The app has 120 million users in India, it said. It is based in Delhi."
OFF = "The bakery on the corner sells rye bread. Its owner wakes at four each morning to light the oven."


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def test_the_answer_its_sentence_and_its_odds(reader: Reader, hit: object) -> None:
    make = hit
    good, off = reader.read(QUESTION, [make(GOOD, "An app"), make(OFF, "Bread")])  # type: ignore[operator]
    assert "120 million" in GOOD[good.start : good.end]
    assert GOOD[good.sentence_start : good.sentence_end] == "The app has 120 million users in India, it said."
    assert good.answerable > 0.5 > off.answerable
    assert good.score > off.score


def test_readings_stand_in_the_order_of_the_hits_and_do_not_hang_on_each_other(reader: Reader, hit: object) -> None:
    texts = [GOOD, OFF, "Short.", GOOD + " " + OFF * 3, "The app is banned in China."]
    hits: list[Hit] = [hit(text, "T") for text in texts]  # type: ignore[operator]
    forward, backward = reader.read(QUESTION, hits), reader.read(QUESTION, hits[::-1])
    alone = [reader.read(QUESTION, [each])[0] for each in hits]
    assert [reading.hit for reading in forward] == hits
    assert forward == backward[::-1] == alone


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    question=st.text(max_size=60),
    text=st.text(alphabet=st.characters(codec="utf-8"), max_size=200),
    title=st.sampled_from(["", "Plain", "Ünï | 東京", "x" * 400]),
)
def test_every_reading_is_an_exact_place(reader: Reader, hit: object, question: str, text: str, title: str) -> None:
    (reading,) = reader.read(question, [hit(text, title)])  # type: ignore[operator]
    assert 0 <= reading.sentence_start <= reading.start <= reading.end <= reading.sentence_end <= len(text)
    assert 0 <= reading.answerable <= 1


def test_a_passage_longer_than_the_window_is_read_to_its_limit(reader: Reader, hit: object) -> None:
    (reading,) = reader.read(QUESTION, [hit(GOOD + (" " + OFF) * 60)])  # type: ignore[operator]
    assert "120 million" in GOOD[reading.start : reading.end]


LONG = [
    "Did the mayor of Lund open the bridge" + "!" * 310,
    "Why " + "谁" * 330,
    "각" * 300 + "?",  # three pieces a character
    "Was it " + "z" * 99 + " " + "9,9" * 400 + "?",
]


@pytest.mark.parametrize("question", LONG)
def test_a_question_of_many_word_pieces_leaves_the_passage_room(reader: Reader, hit: object, question: str) -> None:
    (reading,) = reader.read(question, [hit(GOOD, "T" * 400)])  # type: ignore[operator]
    assert 0 <= reading.start <= reading.end <= len(GOOD)
    asked = "!" * 310 + " " + QUESTION  # what is asked stands at the end, and is read
    (reading,) = reader.read(asked, [hit(GOOD)])  # type: ignore[operator]
    assert "120 million" in GOOD[reading.start : reading.end]


def test_the_end_of_a_question_is_cut_by_words_and_then_by_pieces() -> None:
    tokenizer = Tokenizer.from_file(str(WEIGHTS / TOKENIZER))
    tokenizer.enable_truncation(20)
    tokenizer.enable_padding(length=200)
    whole = untruncated(tokenizer)
    assert end_of("a  bc\nd", whole) == "a bc d"
    assert end_of(" ".join("abcd" * 30), whole) == " ".join("abcd" * 24)  # 96 words
    assert end_of("?" * 50 + " " + "!" * 100, whole) == "?" * 28 + " " + "!" * 100  # 128 pieces
    assert end_of("", whole) == ""
    assert tokenizer.truncation is not None


def test_nothing_to_read_gives_nothing(reader: Reader) -> None:
    assert reader.read(QUESTION, []) == []


@pytest.mark.parametrize("name", [GRAPH, TOKENIZER])
def test_an_altered_file_is_refused_by_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "weights"
    shutil.copytree(WEIGHTS, folder)
    with (folder / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(WeightsError, match=name):
        load_reader(folder)


def test_missing_files_and_a_broken_manifest_are_typed(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=MANIFEST):
        load_reader(tmp_path)
    (tmp_path / MANIFEST).write_text("{")
    with pytest.raises(WeightsError, match="not as written"):
        load_reader(tmp_path)
    (tmp_path / MANIFEST).write_text(json.dumps({"sha256": {}, "calibration": {}, "probe": {}}))
    with pytest.raises(WeightsError, match="does not name"):
        load_reader(tmp_path)
    sums = {GRAPH: "0", TOKENIZER: "0"}
    (tmp_path / MANIFEST).write_text(json.dumps({"sha256": sums, "calibration": {}, "probe": {}}))
    with pytest.raises(WeightsError, match="cannot be read"):
        load_reader(tmp_path)


def test_a_file_that_is_no_graph_is_typed(tmp_path: Path) -> None:
    for name in (GRAPH, TOKENIZER):
        (tmp_path / name).write_text("{}")
    sums = {name: digest(tmp_path / name) for name in (GRAPH, TOKENIZER)}
    calibration = {"bias": 0.0, "head": 1.0, "margin": 0.0}
    (tmp_path / MANIFEST).write_text(json.dumps({"sha256": sums, "calibration": calibration, "probe": {}}))
    with pytest.raises(WeightsError, match="cannot be run"):
        load_reader(tmp_path)


def read_by(runtime: Runtime) -> OnnxReader:
    return OnnxReader(runtime, Tokenizer.from_file(str(WEIGHTS / TOKENIZER)), Calibration(0, 1, 0))


def test_in_bf16_it_reads_what_it_reads_in_fp32(tmp_path: Path) -> None:
    in_bf16 = read_by(OpenVinoRuntime(converted(WEIGHTS / GRAPH, digest(WEIGHTS / GRAPH), tmp_path), 2))
    exact = read_by(OnnxRuntime(WEIGHTS / GRAPH, 2))
    pairs = [(QUESTION, "An app | June 1, 2020 | ", text + " " + OFF * n) for text in (GOOD, OFF) for n in range(8)]
    assert sum(found[0][2] > 0 for found in exact.raw(pairs)) >= 6
    for near, far in zip(in_bf16.raw(pairs), exact.raw(pairs), strict=True):
        if far[0][2] > 0:  # where nothing answers, any two words are as good
            assert near[0][:2] == far[0][:2]
        assert near[0][2] == pytest.approx(far[0][2], abs=0.2)


def test_what_openvino_runs_is_made_once_and_again_where_a_byte_differs(tmp_path: Path) -> None:
    converted(WEIGHTS / GRAPH, digest(WEIGHTS / GRAPH), tmp_path)
    (weights,) = tmp_path.glob("reader-*.bin")
    was, at = weights.read_bytes(), weights.stat().st_mtime_ns
    converted(WEIGHTS / GRAPH, digest(WEIGHTS / GRAPH), tmp_path)
    assert weights.stat().st_mtime_ns == at
    weights.write_bytes(was[:-9])
    converted(WEIGHTS / GRAPH, digest(WEIGHTS / GRAPH), tmp_path)
    assert weights.read_bytes() == was


def test_a_runtime_that_reads_otherwise_is_not_used(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    class Wrong(OnnxRuntime):
        name = "one that is off by a bit"

        def __call__(self, feed: dict[str, Ids]) -> Outputs:
            return [value * 1.5 for value in super().__call__(feed)]

    monkeypatch.setattr(runtime, "computes_bf16", lambda: True)
    monkeypatch.setattr(runtime, "converted", lambda graph, *_: graph)
    monkeypatch.setattr(runtime, "OpenVinoRuntime", Wrong)
    assert load_reader(made=tmp_path)
    assert "one that is off by a bit reads otherwise" in caplog.text
    monkeypatch.setattr(runtime, "OnnxRuntime", Wrong)
    with pytest.raises(WeightsError, match="reads otherwise here"):
        load_reader(made=tmp_path)


def test_where_nothing_can_be_made_the_reader_runs_all_the_same(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    (tmp_path / "models").write_text("no folder")
    monkeypatch.setattr(runtime, "computes_bf16", lambda: True)
    assert load_reader(made=tmp_path / "models")
    assert "OpenVINO cannot run the reader here" in caplog.text


def test_the_shipped_weights_are_small_enough() -> None:
    assert sum(path.stat().st_size for path in WEIGHTS.iterdir()) < 30e6


def test_calibration_by_hand() -> None:
    assert Calibration(bias=-1.0, head=0.5, margin=0.25).logit(4.0, 2.0) == 1.5
    assert sigmoid(0.0) == 0.5
    assert sigmoid(1.5) == pytest.approx(0.8175744762)
    assert sigmoid(-1000.0) == 0.0


@pytest.mark.slow
def test_serving_imports_no_torch() -> None:
    code = "import sys; from qa.reader import load_reader; load_reader().read('q', []); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
