"""The real thing in a real browser: another origin's page, the reading room, articles; and axe on all of them."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect
from scripted import Demo

QUESTION = "Who built the ferry Ardent?"


def ask(page: Page, question: str) -> None:
    page.get_by_role("textbox", name="Your question").fill(question)
    page.keyboard.press("Enter")


def violations(page: Page) -> list[str]:
    """What axe finds, each with the first place of it."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found]


def test_another_origins_page_asks_follows_up_and_breaks_no_policy(demo: Demo, page: Page) -> None:
    page.goto(demo.page)
    page.get_by_role("button", name="Ask the Herald’s archive").click()
    panel = page.get_by_role("dialog", name="Ask the Herald’s archive")
    panel.get_by_role("textbox").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(panel.locator("[part=answer]")).to_contain_text("Marrow Yards")
    panel.get_by_role("button", name="Sources 1").click()
    expect(panel.locator("details[open] mark")).to_contain_text("Marrow Yards")
    panel.get_by_role("textbox").fill("How many passengers does it carry?")
    page.keyboard.press("Enter")
    expect(panel.locator("[part=answer]").nth(1)).to_contain_text("60")
    expect(panel.get_by_text(re.compile("Understood as: How many passengers does .*Ardent carry"))).to_be_visible()
    assert page.evaluate("seen.violations") == []
    assert violations(page) == []


def test_an_origin_that_is_not_allowed_is_told_that_the_archive_cannot_be_reached(demo: Demo, page: Page) -> None:
    page.goto(demo.page.replace("127.0.0.1", "localhost"))
    inline = page.locator("#inline")
    inline.get_by_role("textbox").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(inline.locator("[part=error]")).to_contain_text("The archive cannot be reached.")


def test_a_shared_link_asks_and_a_bar_narrows_it(url: str, page: Page) -> None:
    page.goto(f"{url}/?q=Which+ferry+crosses+to+Little+Skerry%3F")
    expect(page.locator("[part=answer]").first).not_to_be_empty()
    expect(page.locator("#picture")).to_have_text("Where the hits fall")
    bar = page.locator("[data-month='2023-11']")
    expect(bar).to_have_attribute("aria-label", "November 2023: 1")
    bar.click()
    expect(bar).to_have_attribute("aria-current", "true")
    query = parse_qs(urlsplit(page.url).query)
    assert (query["from"], query["to"]) == (["2023-11-01"], ["2023-11-30"])
    with page.expect_request("**/v1/ask") as asked:
        page.get_by_role("combobox").select_option("Coast Wire")
    assert asked.value.post_data_json["from"] == "2023-11-01"
    assert asked.value.post_data_json["sources"] == ["Coast Wire"]
    page.get_by_role("link", name="Every date and source").click()
    assert set(parse_qs(urlsplit(page.url).query)) == {"q"}


def test_a_reload_asks_nothing_again_and_can_still_print(url: str, page: Page) -> None:
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/v1/ask") else None)
    page.goto(f"{url}/?q=Who+built+the+ferry+Ardent%3F")
    expect(page.get_by_role("link", name="Print the answer")).to_be_visible()
    page.reload()
    expect(page.locator("[part=answer]")).to_contain_text("Marrow Yards")
    expect(page.get_by_role("link", name="Print the answer")).to_have_attribute("href", re.compile("answer=[0-9a-f]+$"))
    expect(page.locator("#picture")).to_have_text("Where the hits fall")
    assert len(asked) == 1


def test_the_picture_is_of_what_is_asked_last_and_of_the_archive_when_it_is_cleared(url: str, page: Page) -> None:
    late: list[Route] = []

    def answered(route: Route) -> None:
        if "First" in route.request.url:
            late.append(route)
        else:
            route.fulfill(json={"question": "", "months": [{"month": "2024-03", "hits": 7}]})

    page.route("**/v1/months?*", answered)
    page.goto(url)
    bar = page.locator("[data-month='2024-03']")
    own = bar.get_attribute("aria-label") or ""
    height = float(bar.locator(".bar").get_attribute("height") or 0)
    ask(page, "First ferry?")
    expect(page.get_by_role("button", name="Helpful", exact=True)).to_have_count(1)
    ask(page, QUESTION)
    expect(bar).to_have_attribute("aria-label", "March 2024: 7")
    with page.expect_response("**/v1/months?*First*"):
        late[0].fulfill(json={"question": "", "months": [{"month": "2024-03", "hits": 5}]})
    page.wait_for_timeout(200)
    expect(bar).to_have_attribute("aria-label", "March 2024: 7")
    page.get_by_role("button", name="Clear the conversation").click()
    expect(bar).to_have_attribute("aria-label", own)
    expect(page.locator("#picture")).to_have_text("Articles by date")
    assert float(bar.locator(".bar").get_attribute("height") or 0) == pytest.approx(height, abs=0.1)
    assert urlsplit(page.url).query == ""


def test_a_shared_link_keeps_a_source_with_a_bar_in_its_name(url: str, page: Page) -> None:
    with page.expect_request("**/v1/ask") as asked:
        page.goto(f"{url}/?q=Who%3F&source=Technology+%7C+The+Guardian")
    assert asked.value.post_data_json["sources"] == ["Technology | The Guardian"]
    expect(page.locator("[part=reason]")).to_be_attached()
    expect(page.get_by_role("combobox")).to_have_value("Technology | The Guardian")
    assert parse_qs(urlsplit(page.url).query)["source"] == ["Technology | The Guardian"]
    with page.expect_request("**/v1/ask") as again:
        page.get_by_label("From").fill("2024-03-01")
    assert again.value.post_data_json["sources"] == ["Technology | The Guardian"]


def test_the_cited_place_is_marked_and_in_view_on_the_article_page(url: str, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 400})
    page.goto(url)
    ask(page, QUESTION)
    page.get_by_role("button", name="Sources 1").click()
    with page.expect_popup() as popup:
        page.get_by_role("link", name="In the archive").click()
    article = popup.value
    expect(article.locator("mark#quote")).to_contain_text("Marrow Yards")
    expect(article.locator("mark#quote")).to_be_in_viewport()
    assert violations(article) == []


def test_an_answer_can_be_printed_and_linked(url: str, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(url)
    ask(page, QUESTION)
    page.get_by_role("button", name="Copy a link to this question").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    shared = page.evaluate("navigator.clipboard.readText()")
    assert parse_qs(urlsplit(shared).query) == {"q": [QUESTION]}
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Print the answer").click()
    expect(popup.value.get_by_role("heading", level=1)).to_have_text(QUESTION)
    assert violations(popup.value) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_in_the_room(url: str, page: Page, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(url)
    assert violations(page) == []
    ask(page, QUESTION)
    page.get_by_role("button", name="Sources 1").click()
    expect(page.get_by_role("button", name="Helpful", exact=True)).to_be_visible()  # until then Enter asks nothing
    ask(page, "Who is the president of Brazil?")
    page.get_by_text("Why no answer?").click()
    page.wait_for_timeout(700)  # what fades in is not yet read in its own colour
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("seen.violations") == []


@pytest.mark.parametrize("path", ["/archive", "/archive/2024-03", "/articles/none"])
def test_axe_finds_nothing_on_the_lists(url: str, page: Page, path: str) -> None:
    page.goto(url + path)
    assert violations(page) == []
