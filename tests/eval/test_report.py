"""The report: what stands in it, that it needs no network, and that axe finds nothing in it, light and dark."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from eval.plots import HEIGHT, WIDTH, histogram, line, mark
from eval.report import write_report
from eval.runs import without_text
from eval.types import Run
from qa.types import Answer
from tests.eval.conftest import QUESTIONS, Evaluate

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture
def run(run_of: Evaluate, answers: dict[str, Answer]) -> Run:
    questions = (replace(QUESTIONS[0], answers=("<b>Denholm</b>",)), *QUESTIONS[1:])
    return run_of(answers, questions, configuration={"commit": "abc", "articles": 2, "versions": {"numpy": "2"}})


def test_what_stands_in_it(tmp_path: Path, run: Run) -> None:
    write_report(run, tmp_path / "r" / "report.html")
    page = (tmp_path / "r" / "report.html").read_text()
    assert "Askive on tiny" in page
    for method in ("askive", "BM25", "dense", "plain RRF"):
        assert f'<th scope="row">{method}' in page
    assert page.count("<svg") == 3
    assert "Nobody was hurt." in page  # the most confident of what is wrong, and what it cited
    assert "The archive does not say." in page  # and what is gold
    assert "&lt;b&gt;Denholm&lt;/b&gt;" in page  # what comes from a set is text, not markup
    assert "<b>Denholm</b>" not in page
    assert "question word" in page
    assert "near miss" in page
    assert "numpy 2" in page


def test_it_stands_alone(tmp_path: Path, run: Run) -> None:
    write_report(run, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert not re.findall(r"""(?:src|href)=|@import|url\(|<script""", page)


def test_without_text_it_has_the_figures_and_no_words(tmp_path: Path, run: Run) -> None:
    write_report(without_text(run), tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert "Nobody was hurt" not in page
    assert f"{run.measures['abstention']['AUROC']:.3f}" in page


def test_a_run_of_nothing_answerable_or_nothing_said_is_a_report_too(
    tmp_path: Path, run_of: Evaluate, answers: dict[str, Answer]
) -> None:
    write_report(run_of(answers, QUESTIONS[2:]), tmp_path / "a.html")
    silent = {q: replace(a, text="", sentences=(), citations=(), hits=(), confidence=0.0) for q, a in answers.items()}
    write_report(run_of(silent), tmp_path / "b.html")
    assert not re.search(r"\bnan\b", (tmp_path / "a.html").read_text() + (tmp_path / "b.html").read_text())


def test_plots_by_hand() -> None:
    assert line([(0, 0), (1, 1)]) == f"M0.0,{HEIGHT:.1f} L{WIDTH:.1f},0.0"
    assert line([]) == ""
    assert mark(0.5, 0.25) == (WIDTH / 2, HEIGHT * 0.75)
    assert mark(None, 0.5) is None
    held = histogram([10.0] * 98 + [20.0, 900.0])
    assert sum(bar[4] for bar in held["bars"]) == 100  # the slow one is counted in the last bar
    assert held["bars"][0][4] == 98
    assert held["high"] < 100
    assert histogram([])["bars"] == []


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_and_a_browser_find_nothing(tmp_path: Path, run: Run, scheme: str, width: int) -> None:
    """Contrast, headings, landmarks, names; and no sideways scrolling but inside the tables."""
    if not CHROMIUM.is_file():
        pytest.skip(f"{CHROMIUM} is absent")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    from playwright.sync_api import sync_playwright

    write_report(run, tmp_path / "report.html")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
        page.goto((tmp_path / "report.html").as_uri())
        found = axe.Axe().run(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        browser.close()
    assert found.violations_count == 0, found.generate_report()
    assert wide <= width
