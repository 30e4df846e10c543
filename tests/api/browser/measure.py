"""Figures of the page a reader meets, by the browser's own clock.

    PYTHONPATH=tests/support python -m tests.api.browser.measure --home HOME "QUESTION" ["QUESTION" ...]

How long until the reading room can be used (with the CPU slowed down four times, and without), how long from sending
a question until its first words are painted, and how much moved on the page while the answer came. Medians of `--runs`.
"""

from __future__ import annotations

import argparse
import gzip
import platform
import statistics
import subprocess
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from api.assets import widget
from api.service import Service
from api.settings import load_settings
from tests.api.browser.conftest import ARGUMENTS, CHROMIUM, running

WATCH = """window.figures = { shifts: 0, sent: 0, painted: 0 };
// From sending on, and as cumulative layout shift counts: not what the reader's own key does (the field is emptied).
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  if (!entry.hadRecentInput && entry.startTime >= figures.sent) figures.shifts += entry.value;
})).observe({ type: "layout-shift", buffered: true });
window.tasks = [];
new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ type: "longtask", buffered: true });
addEventListener("archive-chat:ask", () => Object.assign(figures, { sent: performance.now(), painted: 0, shifts: 0 }));
addEventListener("archive-chat:token", () => requestAnimationFrame(() =>
  setTimeout(() => (figures.painted ||= performance.now()))));"""
# When the page's scripts had run and no long task was left: from then on a key or a click is answered at once.
READY = """() => Math.max(performance.getEntriesByName("room-ready")[0].startTime,
  ...tasks.map((task) => task.startTime + task.duration))"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", nargs="+")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    service = Service.open(load_settings(options.home))
    for url in running(service):
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            report(browser, url, options.questions, options.runs)
            browser.close()
    service.close()


def report(browser: Browser, url: str, questions: list[str], runs: int) -> None:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    print(f"commit {commit.stdout.strip()}, {platform.processor() or platform.machine()}, medians of {runs}")
    print(f"widget: {len(gzip.compress(widget().plain, 9)):,} bytes gzipped")
    opened(browser, url, 1).close()  # the server's own first time is not the page's
    for slowed in (1, 4):
        times = []
        for _ in range(runs):
            context = opened(browser, url, slowed)
            times.append(context.pages[0].evaluate(READY))
            context.close()
        print(
            f"reading room can be used, CPU slowed {slowed} times: {statistics.median(times):.0f} ms ({listed(times)})"
        )
    context = opened(browser, url, 1)
    page = context.pages[0]
    ask(page, questions[0])
    firsts, moved = [], []
    for question in questions * runs:
        page.evaluate("document.querySelector('archive-chat').clear()")
        firsts.append(ask(page, question))
        moved.append(page.evaluate("figures.shifts"))
    print(f"first words painted after sending: {statistics.median(firsts):.0f} ms ({listed(firsts)})")
    print(f"layout shift while an answer comes, the most: {max(moved):.4f}")
    context.close()


def opened(browser: Browser, url: str, slowed: int) -> BrowserContext:
    """Open the room in a browser that has no history and a CPU slowed down."""
    context = browser.new_context(viewport={"width": 390, "height": 780})
    context.add_init_script(WATCH)
    page = context.new_page()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    page.goto(url)
    page.wait_for_timeout(500)
    return context


def ask(page: Page, question: str) -> float:
    """Ask, wait for the answer, and return the ms from sending it to the first words on the screen (0: no answer)."""
    page.get_by_role("textbox", name="Your question").fill(question)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Helpful", exact=True).wait_for(timeout=60_000)
    page.wait_for_timeout(600)
    taken: float = page.evaluate("figures.painted - figures.sent")
    if taken <= 0:
        raise SystemExit(f"no answer to {question!r}: choose questions that the archive answers")
    return taken


def listed(values: list[float]) -> str:
    return ", ".join(f"{value:.0f}" for value in values)


if __name__ == "__main__":
    main()
