"""The widget in a real browser over the scripted server: what a reader does, and what goes wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from scripted import SENTENCES, Scripted, answer, citation

Embedded = Callable[..., Page]
INLINE = '<archive-chat mode="inline" archive-title="Archive"></archive-chat>'
BUTTON = '<button id="own">Own</button><archive-chat archive-title="Archive" questions="First?|Second?"></archive-chat>'


def ask(page: Page, question: str) -> None:
    page.get_by_role("textbox", name="Your question").fill(question)
    page.keyboard.press("Enter")


def seen(page: Page, what: str) -> object:
    return page.evaluate(f"seen.{what}")


def told(page: Page, **changes: Any) -> None:
    """Whatever is asked from now on is answered with this."""
    said = answer("Storm?", **changes)
    events = [*(("token", sentence) for sentence in said["sentences"]), ("answer", said), ("done", {})]
    body = "".join(f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n" for kind, data in events)
    page.route("**/v1/ask", lambda route: route.fulfill(content_type="text/event-stream", body=body))


def test_with_the_keyboard_alone_it_opens_asks_and_closes(embedded: Embedded) -> None:
    page = embedded(BUTTON)
    page.locator("#own").focus()
    page.keyboard.press("Tab")
    opener = page.get_by_role("button", name="Archive")
    expect(opener).to_be_focused()
    assert opener.get_attribute("aria-expanded") == "false"
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Archive")
    expect(dialog).to_be_visible()
    expect(page.get_by_role("textbox", name="Your question")).to_be_focused()
    page.keyboard.type("Who built it?")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("And when?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Who built it? And when?")).to_be_visible()
    page.get_by_role("button", name="Sources 1").press("Enter")
    expect(page.locator("details[part=card]").first.locator("summary")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    assert seen(page, "violations") == []


def test_a_streamed_answer_is_revealed_without_moving_anything(embedded: Embedded) -> None:
    page = embedded(INLINE)
    log = page.get_by_role("log")
    assert log.get_attribute("aria-live") == "polite"
    page.evaluate(
        """seen.busy = []; seen.shifts = 0; addEventListener("archive-chat:token", ({ target }) =>
        seen.busy.push(target.shadowRoot.querySelector("[role=log]").ariaBusy));"""
    )
    ask(page, "Who built it?")
    expect(page.locator("[part=answer]")).to_contain_text("Marrow Yards")
    expect(log).to_have_attribute("aria-busy", "false")
    expect(page.get_by_role("button", name="Helpful", exact=True)).to_be_visible()
    assert seen(page, "busy") == ["true", "true"]
    assert page.locator("[part=mark]").all_inner_texts() == ["Marrow Yards"]  # offsets count characters, also after 🚢
    assert page.locator(".word").count() > 8
    page.wait_for_timeout(300)
    assert seen(page, "shifts") == 0


def test_a_citation_opens_a_card_with_its_surroundings(embedded: Embedded, scripted: Scripted) -> None:
    page = embedded(INLINE)
    ask(page, "Who built it?")
    page.get_by_role("button", name="Sources 2").click()
    card = page.locator("details[part=card]").nth(1)
    expect(card).to_have_attribute("open", "")
    quote = card.locator("blockquote")
    assert quote.inner_text() == "…came back. The Ardent was built by Marrow Yards. It sails…"
    assert (quote.locator("mark").inner_text(), quote.locator("mark b").inner_text()) == (
        "The Ardent was built by Marrow Yards.",
        "Marrow Yards",
    )
    expect(card).to_contain_text("Headline 2")
    expect(card).to_contain_text("Herald · March 12, 2024")
    expect(card).to_contain_text("Also in: Gazette")
    links = card.get_by_role("link")
    assert [link.get_attribute("href") for link in links.all()] == [
        "https://herald.example/2#:~:text=The%20Ardent",
        f"{scripted.url}/articles/a2?start=10&end=47#quote",
    ]


def test_the_link_to_the_archive_tells_what_is_quoted(embedded: Embedded, scripted: Scripted) -> None:
    page = embedded(INLINE)
    told(page, citations=[citation(1, hash="0a1b2c3d")], sentences=SENTENCES[:1])
    ask(page, "Storm?")
    page.get_by_role("button", name="Sources 1").click()
    link = page.get_by_role("link", name="In the archive")
    assert link.get_attribute("href") == f"{scripted.url}/articles/a1?start=10&end=47&hash=0a1b2c3d#quote"


def test_nothing_of_a_hostile_archive_runs(embedded: Embedded) -> None:
    page = embedded(INLINE)
    ask(page, "hostile")
    page.get_by_role("button", name="Sources 1").click()
    expect(page.locator("details[part=card] blockquote")).to_contain_text("<script>window.ran=1</script>")
    assert page.evaluate("window.ran") is None
    assert page.locator("archive-chat img, archive-chat script").count() == 0
    addresses = page.locator("archive-chat a").evaluate_all("links => links.map((link) => link.href)")
    assert addresses
    assert all(address.startswith("http://127.0.0.1") for address in addresses)
    assert (
        page.locator("archive-chat a")
        .first.get_attribute("href")
        .endswith("/articles/..%2F..%2Fx%3F%3Cb%3E?start=10&end=47#quote")
    )
    assert seen(page, "violations") == []


def test_no_answer_says_why_and_what_is_nearest(embedded: Embedded) -> None:
    page = embedded(INLINE)
    ask(page, "nothing")
    expect(page.locator("[part=answer]")).to_have_text("The archive does not say.")
    reason = page.locator("[part=reason]")
    expect(reason.get_by_text("It was searched for Brazil")).to_be_hidden()
    page.get_by_text("Why no answer?").click()
    expect(reason.get_by_text("It was searched for Brazil")).to_be_visible()
    assert page.locator("[part=nearest] li").count() == 1  # two hits of one article


def test_that_articles_differ_stands_between_the_answer_and_its_sources(
    embedded: Embedded, context: BrowserContext
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = embedded('<archive-chat mode="inline" lang="de"></archive-chat>')
    differ = "The articles differ: “1,750 homes” (Herald, 2024-01-21), “1,200 homes” (Herald, 2024-01-18)."
    told(page, reason=differ)
    page.get_by_role("textbox").fill("Storm?")
    page.keyboard.press("Enter")
    reason = page.locator("[part=reason]")
    expect(reason).to_be_visible()
    expect(reason).to_have_text(differ)
    assert reason.get_attribute("lang") == "en"  # the server's word, in a German panel
    assert page.locator("[part=answer] ~ div > [part=reason]:has(+ h4)").count() == 1
    expect(page.get_by_role("heading", name="Quellen")).to_be_visible()
    page.get_by_role("button", name="Mit Quellen kopieren").click()
    expect(page.get_by_text("Kopiert.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").splitlines()[1:4] == ["", differ, ""]


@pytest.mark.parametrize("intent", ["digest", "timeline"])
def test_a_digest_and_a_timeline_are_lists_with_days(embedded: Embedded, intent: str) -> None:
    page = embedded(INLINE)
    question = {"text": "Storm?", "standalone": "Storm?", "intent": intent}
    told(page, question=question, citations=[citation(1), citation(2, published=None)])
    ask(page, "Storm?")
    items = page.locator("[part=answer]").get_by_role("listitem")
    expect(items).to_have_count(2)
    assert [item.inner_text().replace("\u2060", "").split("\n") for item in items.all()] == [
        ["March 12, 2024", "The 🚢 Ardent was built by Marrow Yards.1"],
        ["It carries sixty passengers.2"],
    ]
    assert items.locator("[part=mark]").all_inner_texts() == ["Marrow Yards"]
    expect(page.locator("[part=answer]")).to_have_count(1)
    assert page.locator("[part=reason]").count() == 0
    page.get_by_role("button", name="Sources 2").click()
    expect(page.locator("details[part=card]").nth(1)).to_have_attribute("open", "")
    page.reload()
    expect(items.first).to_contain_text("March 12, 2024")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("busy", "Too many questions just now. Please wait a little. Your question is kept.7 s"),
        ("failed", "The archive could not answer. Your question is kept.the disk is full"),
        ("break", "The answer broke off. Your question is kept."),
    ],
)
def test_trouble_is_said_and_the_question_kept(embedded: Embedded, question: str, said: str) -> None:
    page = embedded(INLINE)
    ask(page, question)
    expect(page.locator("[part=error]")).to_have_text(said)
    expect(page.get_by_role("textbox")).to_have_value(question)
    if question == "break":
        expect(page.locator("[part=answer]")).to_contain_text("Marrow Yards")
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("button", name="Helpful", exact=True)).to_be_visible()
        assert page.locator("article").count() == 1
        expect(page.get_by_role("textbox")).to_have_value("")


def test_a_server_that_is_not_there_and_no_network(embedded: Embedded, context: BrowserContext) -> None:
    page = embedded('<archive-chat mode="inline" src="http://127.0.0.1:9"></archive-chat>')
    ask(page, "Who?")
    expect(page.locator("[part=error]")).to_have_text("The archive cannot be reached. Your question is kept.")
    context.set_offline(True)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("[part=error]")).to_have_text("You are offline. Your question is kept.")
    context.set_offline(False)


def test_a_slow_answer_is_said_to_be_slow_and_given_up_in_the_end(embedded: Embedded, page: Page) -> None:
    page.add_init_script(
        "const real = setTimeout; window.setTimeout = (call, ms, ...args) => real(call, ms / 20, ...args)"
    )
    embedded(INLINE)
    ask(page, "wait")
    expect(page.get_by_text("This takes longer than usual…")).to_be_visible()
    expect(page.locator("[part=error]")).to_have_text("No answer came in time. Your question is kept.")


def test_stop_stops_and_gives_the_question_back(embedded: Embedded) -> None:
    page = embedded(INLINE)
    ask(page, "wait")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped.")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_value("wait")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()


def test_a_question_that_another_or_nothing_takes_the_place_of_does_not_come_back(
    embedded: Embedded, scripted: Scripted
) -> None:
    page = embedded(INLINE)
    ask(page, "First?")
    expect(page.get_by_role("button", name="Helpful", exact=True)).to_have_count(1)
    field = page.get_by_role("textbox")
    ask(page, "wait")
    page.get_by_role("button", name="Clear the conversation").click()
    page.wait_for_timeout(200)  # the stopped question has been told so
    expect(field).to_have_value("")
    page.reload()
    expect(field).to_have_value("")
    expect(page.get_by_role("heading", level=3)).to_have_count(0)
    ask(page, "wait")
    page.evaluate("document.querySelector('archive-chat').ask('Second?')")
    expect(field).to_have_value("")
    expect(page.get_by_text("Stopped.")).to_be_visible()
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    assert [body["question"] for _, path, body in scripted.received if path == "/v1/ask"][-2:] == ["wait", "Second?"]


def test_a_page_that_asks_at_once_does_not_ask_again_when_it_is_loaded_again(
    embedded: Embedded, scripted: Scripted
) -> None:
    page = embedded('<archive-chat mode="inline" question=" First? "></archive-chat>')
    helpful = page.get_by_role("button", name="Helpful", exact=True)
    expect(helpful).to_have_count(1)
    page.reload()
    expect(helpful).to_have_count(1)
    embedded('<archive-chat mode="inline" question="First?" from="2024-03-01"></archive-chat>')
    expect(helpful).to_have_count(2)  # within other dates it is another question
    embedded('<archive-chat mode="inline" question="Second?"></archive-chat>')
    expect(helpful).to_have_count(3)
    asked = [(body["question"], body.get("from")) for _, path, body in scripted.received if path == "/v1/ask"]
    assert asked == [("First?", None), ("First?", "2024-03-01"), ("Second?", None)]


def test_a_page_does_not_ask_again_what_was_understood_otherwise(embedded: Embedded) -> None:
    page = embedded(INLINE)
    told(page, question={"text": "And it?", "standalone": "And the storm?", "intent": "lookup"})
    ask(page, "And it?")
    helpful = page.get_by_role("button", name="Helpful", exact=True)
    expect(helpful).to_have_count(1)
    embedded('<archive-chat mode="inline" question="And the storm?"></archive-chat>')
    expect(helpful).to_have_count(1)
    page.wait_for_timeout(200)
    assert page.get_by_role("heading", level=3).all_inner_texts() == ["And it?"]


def test_a_line_separator_in_a_question_ends_no_line_of_the_stream(embedded: Embedded) -> None:
    page = embedded(INLINE)
    asked = "Who built\u2028the\u2029Ardent?"
    told(page, question={"text": asked, "standalone": asked, "intent": "lookup"})
    ask(page, asked)
    expect(page.locator("[part=answer]")).to_contain_text("Marrow Yards")
    expect(page.get_by_role("button", name="Helpful", exact=True)).to_be_visible()
    assert page.locator("[part=error]").count() == 0


def test_a_bar_in_a_name_is_written_with_a_stroke_before_it(embedded: Embedded, scripted: Scripted) -> None:
    source = r"Technology \| The Guardian | Herald"
    page = embedded(f'<archive-chat mode="inline" source="{source}" questions="Is a\\|b?|When?"></archive-chat>')
    page.get_by_role("button", name="Is a|b?", exact=True).click()
    expect(page.get_by_role("button", name="Helpful", exact=True)).to_be_visible()
    asked = scripted.received[-1][2]
    assert (asked["question"], asked["sources"]) == ("Is a|b?", ["Technology | The Guardian", "Herald"])


def test_a_conversation_goes_on_is_kept_for_the_tab_and_cleared(embedded: Embedded, scripted: Scripted) -> None:
    page = embedded(INLINE)
    ask(page, "First?")
    expect(page.get_by_role("button", name="Helpful", exact=True)).to_have_count(1)
    ask(page, "Second?")
    expect(page.get_by_role("button", name="Helpful", exact=True)).to_have_count(2)
    bodies = [body for _, path, body in scripted.received if path == "/v1/ask"]
    assert [body.get("conversation_id") for body in bodies] == [None, "c1"]
    page.reload()
    assert page.get_by_role("heading", level=3).all_inner_texts() == ["First?", "Second?"]
    page.get_by_role("button", name="Clear the conversation").click()
    expect(page.get_by_role("heading", level=3)).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", level=3)).to_have_count(0)
    assert ("DELETE", "/v1/conversations/c1", None) in scripted.received


def test_a_conversation_that_the_server_forgot_begins_anew(embedded: Embedded, scripted: Scripted) -> None:
    page = embedded(INLINE)
    ask(page, "forgotten")
    expect(page.get_by_role("button", name="Helpful", exact=True)).to_have_count(1)
    ask(page, "Second?")
    expect(page.get_by_role("button", name="Helpful", exact=True)).to_have_count(2)
    bodies = [body for _, path, body in scripted.received if path == "/v1/ask"]
    assert [body.get("conversation_id") for body in bodies] == [None, "gone", None]


def test_a_thumb_is_sent_with_the_answer_it_is_for(embedded: Embedded, scripted: Scripted) -> None:
    page = embedded(INLINE)
    ask(page, "Who built it?")
    thumb = page.get_by_role("button", name="Not helpful")
    thumb.click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    assert thumb.get_attribute("aria-pressed") == "true"
    assert scripted.received[-1] == (
        "POST",
        "/v1/feedback",
        {"question": "Who built it?", "rating": "down", "answer_id": "t1"},
    )


def test_an_answer_is_copied_with_its_sources(embedded: Embedded, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = embedded(INLINE)
    ask(page, "Who built it?")
    page.get_by_role("button", name="Copy with sources").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").splitlines() == [
        "The 🚢 Ardent was built by Marrow Yards. [1] It carries sixty passengers. [2]",
        "",
        "[1] Headline 1, Herald, 2024-03-12, https://herald.example/1",
        "[2] Headline 2, Herald, 2024-03-12, https://herald.example/2",
    ]


def test_the_handle_opens_asks_closes_and_destroys_and_tells(embedded: Embedded) -> None:
    page = embedded(
        "<p>Page</p>",
        '<script src="/widget.js" data-archive-title="By tag" data-archive-position="start" defer></script>',
    )
    page.evaluate(
        """window.told = []; for (const name of ["open", "ask", "token", "answer", "citation", "close", "error"])
        addEventListener("archive-chat:" + name, (event) => told.push(name));"""
    )
    answer = page.evaluate("archiveChat.ask('Who built it?')")
    assert (answer["status"], answer["answer_id"]) == ("answered", "t1")
    page.get_by_role("button", name="Sources 1").click()
    page.evaluate("archiveChat.close()")
    assert page.evaluate("told") == ["open", "ask", "token", "token", "answer", "citation", "close"]
    assert page.evaluate("archiveChat.ask('failed')") is None
    page.evaluate("archiveChat.destroy()")
    assert page.locator("archive-chat").count() == 0
    assert page.evaluate("typeof archiveChat") == "undefined"


def test_suggested_questions_are_asked_by_a_click(embedded: Embedded) -> None:
    page = embedded(BUTTON)
    page.get_by_role("button", name="Archive").click()
    page.get_by_role("button", name="Second?").click()
    expect(page.get_by_role("heading", name="Second?")).to_be_visible()
    expect(page.get_by_role("button", name="First?")).to_have_count(0)


def test_two_on_a_page_do_not_mix(embedded: Embedded) -> None:
    page = embedded(
        '<archive-chat id="one" mode="inline"></archive-chat><archive-chat id="two" mode="inline"></archive-chat>'
    )
    one, two = page.locator("#one"), page.locator("#two")
    one.get_by_role("textbox").fill("First?")
    one.get_by_role("textbox").press("Enter")
    expect(one.get_by_role("button", name="Helpful", exact=True)).to_be_visible()
    expect(two.locator("article")).to_have_count(0)
    page.reload()
    expect(one.locator("article")).to_have_count(1)
    expect(two.locator("article")).to_have_count(0)


def test_two_buttons_stand_above_each_other(embedded: Embedded) -> None:
    page = embedded(
        '<archive-chat archive-title="One"></archive-chat><archive-chat archive-title="Two"></archive-chat>'
    )
    boxes = [page.get_by_role("button", name=name).bounding_box() for name in ("One", "Two")]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[1]["y"] + boxes[1]["height"] <= boxes[0]["y"]


def test_an_app_may_remove_add_and_move_it(embedded: Embedded) -> None:
    page = embedded(f"<main>{INLINE}</main><aside></aside>")
    ask(page, "First?")
    expect(page.get_by_role("button", name="Helpful", exact=True)).to_be_visible()
    page.evaluate("window.chat = document.querySelector('archive-chat'); chat.remove()")
    page.evaluate("document.querySelector('aside').append(chat)")
    ask(page, "Second?")
    expect(page.get_by_role("button", name="Helpful", exact=True)).to_have_count(2)
    page.evaluate("window.asking = chat.ask('Third?'); document.querySelector('main').append(chat)")
    assert page.evaluate("asking.then((answer) => answer.status)") == "answered"
    page.evaluate("window.asking = chat.ask('wait'); chat.remove()")
    assert page.evaluate("asking") is None
    page.evaluate("document.querySelector('main').innerHTML = '<archive-chat mode=inline></archive-chat>'")
    expect(page.get_by_role("button", name="Helpful", exact=True)).to_have_count(3)


LABELS = {"en": "Ask", "zh": "提问", "hi": "पूछें", "es": "Preguntar", "fr": "Demander", "de": "Fragen", "ar": "اسأل"}


def test_it_speaks_the_language_of_the_page(embedded: Embedded) -> None:
    page = embedded(INLINE)
    for language, label in LABELS.items():
        page.evaluate("language => document.querySelector('archive-chat').setAttribute('lang', language)", language)
        expect(page.get_by_role("button", name=label, exact=True)).to_be_visible()
        direction = page.locator("archive-chat textarea").evaluate("node => getComputedStyle(node).direction")
        assert direction == ("rtl" if language == "ar" else "ltr")
    page.evaluate("customElements.get('archive-chat').texts.it = { send: 'Chiedi' }")
    page.evaluate("document.querySelector('archive-chat').setAttribute('lang', 'it-CH')")
    expect(page.get_by_role("button", name="Chiedi", exact=True)).to_be_visible()
    expect(page.get_by_role("textbox", name="Your question")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "label", "day"),
    [
        ("en_US", "Ask", "March 12, 2024"),
        ("pt_BR", "Ask", "12 de março de 2024"),
        ("x-default", "Ask", "March 12, 2024"),
        ("de ", "Fragen", "12. März 2024"),
        ("FR-ca", "Demander", "12 mars 2024"),
        ("{{ lang }}", "Ask", "March 12, 2024"),
        (" ", "Ask", "March 12, 2024"),
    ],
)
def test_a_page_may_write_its_language_as_it_likes(
    embedded: Embedded, page: Page, language: str, label: str, day: str
) -> None:
    embedded(f'<main lang="{language}">{INLINE}</main>')
    page.get_by_role("textbox").fill("Who built it?")
    page.get_by_role("button", name=label, exact=True).click()
    card = page.locator("details[part=card]").first
    expect(card).to_contain_text(f"Herald · {day}")
    page.reload()
    expect(card).to_contain_text(f"Herald · {day}")


def test_right_to_left_mirrors_the_panel(embedded: Embedded) -> None:
    page = embedded(BUTTON)
    page.evaluate("document.documentElement.dir = 'rtl'")
    page.get_by_role("button", name="Archive").click()
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert box["x"] == 20
    close, title = (page.locator(name).bounding_box() for name in ("[part=header] button:last-child", "h2"))
    assert close is not None
    assert title is not None
    assert close["x"] < title["x"]


def test_on_a_phone_it_fills_the_screen_and_holds_the_focus(embedded: Embedded, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 700})
    embedded(BUTTON)
    page.get_by_role("button", name="Archive").click()
    dialog = page.get_by_role("dialog")
    page.wait_for_timeout(300)
    assert dialog.bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 700}
    assert dialog.evaluate("node => node.matches(':modal')")
    ask(page, "Who built it?")
    expect(page.get_by_role("button", name="Helpful", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Archive")).to_be_focused()


def test_light_or_dark_is_what_the_page_is(embedded: Embedded, page: Page) -> None:
    embedded(INLINE)
    colour = "document.querySelector('archive-chat').shadowRoot.querySelector('[part=panel]')"
    background = f"getComputedStyle({colour}).backgroundColor"
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    page.evaluate("document.body.style.background = 'oklch(0.2 0.02 250)'")
    page.wait_for_function(f"{background} === 'rgb(22, 25, 29)'")
    page.evaluate("document.querySelector('archive-chat').setAttribute('theme', 'light')")
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    page.evaluate(
        "document.querySelector('archive-chat').style.setProperty('--archive-chat-background', 'rgb(1, 2, 3)')"
    )
    assert page.evaluate(background) == "rgb(1, 2, 3)"


def test_motion_is_left_out_for_who_asks_for_that(embedded: Embedded, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    embedded(INLINE)
    ask(page, "Who built it?")
    expect(page.locator(".word").first).to_be_visible()
    assert page.locator(".word").first.evaluate("node => getComputedStyle(node).animationName") == "none"
