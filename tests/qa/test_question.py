"""Questions understood: hand-worked dates from a fixed day, sources, intent and recency."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.types import Filters
from qa.dates import find_window
from qa.question import understand
from qa.sources import hide
from qa.terms import numbers
from qa.types import Turn

AS_OF = date(2020, 4, 1)  # a Wednesday
KNOWN = ["BBC", "SCMP", "cnn.com", "USA Today", "Sunday Post", "The Week"]


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What was reported about TikTok in July 2019?", "2019-07-01", "2019-07-31"),
        ("What had TikTok said before June 2020?", None, "2020-05-31"),
        ("What changed after March 2020?", "2020-04-01", None),
        ("What changed since March 2020?", "2020-03-01", None),
        ("What happened between July and September 2019?", "2019-07-01", "2019-09-30"),
        ("What happened from 1 July 2019 to 3 August 2019?", "2019-07-01", "2019-08-03"),
        ("Who flew the masks on 16 March 2020?", "2020-03-16", "2020-03-16"),
        ("Who flew the masks on March 16, 2020?", "2020-03-16", "2020-03-16"),
        ("Who flew the masks on 2020-03-06?", "2020-03-06", "2020-03-06"),
        ("Who flew the masks on 03/04/2020?", "2020-04-03", "2020-04-03"),
        ("Which apps grew in 2019?", "2019-01-01", "2019-12-31"),
        ("What was sold in May?", "2019-05-01", "2019-05-31"),
        ("Overview of the floods, April to July 2019", "2019-04-01", "2019-07-31"),
        ("The floods, 3 April – 5 July 2019", "2019-04-03", "2019-07-05"),
        ("News on the floods November 2018 to March 2019", "2018-11-01", "2019-03-31"),
        ("Overview of the floods, 2016-2018", "2016-01-01", "2018-12-31"),
        ("What was banned between August 2018 and the end of 2019?", "2018-08-01", "2019-12-31"),
        ("What was banned from the beginning of 2018 to May 2019?", "2018-01-01", "2019-05-31"),
        ("what was banned since may", "2019-05-01", None),
        ("Summarise the stories from May 2019", "2019-05-01", "2019-05-31"),
        ("Summarise the stories of floods from May 2019 on", "2019-05-01", None),
        ("Which app was banned last week?", "2020-03-23", "2020-03-29"),
        ("Which app was banned this week?", "2020-03-26", "2020-04-01"),
        ("Which app was banned last month?", "2020-03-01", "2020-03-31"),
        ("Which app was banned yesterday?", "2020-03-31", "2020-03-31"),
        ("Which app was banned on Monday?", "2020-03-30", "2020-03-30"),
        ("Which app was banned last Wednesday?", "2020-03-25", "2020-03-25"),
        ("What was banned in the past two weeks?", "2020-03-18", "2020-04-01"),
        ("What was banned in the first half of 2019?", "2019-01-01", "2019-06-30"),
        ("What was banned in the second half of last year?", "2019-07-01", "2019-12-31"),
        ("What was banned in Q3 2019?", "2019-07-01", "2019-09-30"),
        ("What was banned since the fourth quarter of 2019?", "2019-10-01", None),
        ("What was banned last quarter?", "2020-01-01", "2020-03-31"),
        ("What was banned in the summer of 2019?", "2019-06-01", "2019-08-31"),
        ("What was banned last summer?", "2019-06-01", "2019-08-31"),
        ("What was banned in late July 2019?", "2019-07-21", "2019-07-31"),
        ("What was banned at the beginning of 2019?", "2019-01-01", "2019-04-30"),
        ("What was banned by the end of 2019?", None, "2019-12-31"),
        ("What was banned in the 1990s?", "1990-01-01", "1999-12-31"),
        ("What was banned over the weekend?", "2020-03-28", "2020-03-29"),
        ("What was banned last night?", "2020-03-31", "2020-04-01"),
        ("What was banned the day before yesterday?", "2020-03-30", "2020-03-30"),
        ("What was banned last July?", "2019-07-01", "2019-07-31"),
        ("What was banned in the week of 18 March 2020?", "2020-03-16", "2020-03-22"),
        ("What was banned no later than 5 May 2019?", None, "2019-05-05"),
        ("What was banned in 2018 and 2019?", "2018-01-01", "2019-12-31"),
        ("What was banned in 03/2019?", "2019-03-01", "2019-03-31"),
        ("What was banned in the year 2019?", "2019-01-01", "2019-12-31"),
        ("What was banned on Monday, 16 March 2020?", "2020-03-16", "2020-03-16"),
        ("What was banned on Monday 16 March?", "2020-03-16", "2020-03-16"),
        ("What was banned since Monday?", "2020-03-30", None),
        ("Who was hired two years ago?", "2017-10-02", "2018-10-01"),
        ("Who was hired three weeks ago?", "2020-03-08", "2020-03-14"),
        ("Who was hired several months ago?", "2019-10-04", "2020-02-01"),
        ("How many users did it have as of June 2019?", None, "2019-06-30"),
        ("What was banned until yesterday?", None, "2020-03-31"),
        ("What was banned before the end of 2019?", None, "2019-12-31"),
        ("What was banned after the start of 2020?", "2020-01-01", None),
        ("What was banned between 3 and 10 May 2019?", "2019-05-03", "2019-05-10"),
        ("What was banned between the 3rd and the 10th of May?", "2019-05-03", "2019-05-10"),
        ("What was banned between May 3 and 10, 2019?", "2019-05-03", "2019-05-10"),
        ("The bans, 3-10 May 2019", "2019-05-03", "2019-05-10"),
        ("What was banned between 1 January 2019 and today?", "2019-01-01", "2020-04-01"),
        ("What was banned from November to February?", "2019-11-01", "2020-02-29"),
        ("What was banned between November and February 2019?", "2018-11-01", "2019-02-28"),
        ("What was banned between October 2018 and March?", "2018-10-01", "2019-03-31"),
        ("What was banned in May '19?", "2019-05-01", "2019-05-31"),
        ("What was banned on 2019/05/03?", "2019-05-03", "2019-05-03"),
        ("what was banned in may", "2019-05-01", "2019-05-31"),
        ("What was banned in early March?", "2020-03-01", "2020-03-10"),
        ("What was banned since late July?", "2019-07-21", None),
        ("What was banned in the last year?", "2019-04-02", "2020-04-01"),
        ("What was banned in the last 24 hours?", "2020-03-31", "2020-04-01"),
        ("What was banned over Christmas?", "2019-12-24", "2019-12-26"),
        ("What was banned before Christmas 2018?", None, "2018-12-23"),
    ],
)
def test_dates_in_a_question(question: str, first: str | None, last: str | None) -> None:
    understood = understand(question, as_of=AS_OF)
    assert (understood.published_from, understood.published_to) == (day(first), day(last))


@pytest.mark.parametrize(
    "question",
    [
        "May I ask who won the second one?",
        "Who won the 2018 election?",
        "What did the Jan. 6 committee hear?",
        "Did Theresa May march on?",
        "What happened on 31 February 2020?",
        "Who invested 2000 million dollars?",
        "Who scored in the second half?",
        "What is the Q3 model of Audi?",
        "Who wrote The Winter's Tale?",
        "Who is late?",
        "What is the quarter of a million people?",
        "Which team plays in the 40s?",
        "Who won the 2018-2019 season?",
        "Who may march to July's tune?",
        "How will this may affect schools?",
        "Who organised this march in London?",
        "Who wrote of the Christmas truce?",
        "How many voted for it, 3-10 May?",
    ],
)
def test_words_that_are_no_dates(question: str) -> None:
    assert find_window(question, AS_OF) is None


def test_without_as_of_relative_words_are_read_from_today() -> None:
    understood = understand("What was banned yesterday?", today=date(2021, 1, 1))
    assert understood.published_from == date(2020, 12, 31)
    assert understood.as_of is None


def test_a_date_in_a_lookup_is_a_preference_and_in_a_digest_a_bound() -> None:
    lookup = understand("How many deals were there in 2013?", as_of=AS_OF, published_to=date(2020, 1, 1))
    assert (lookup.published_from, lookup.published_to) == (date(2013, 1, 1), date(2013, 12, 31))
    assert lookup.widen == Filters(published_to=date(2020, 1, 1))
    assert understand("What was reported about TikTok in July 2019?", as_of=AS_OF).widen is None
    # What was reported is the event: its articles may be of another month.
    assert understand("Who was said to be reported dead in July 2019?", as_of=AS_OF).widen == Filters()


@pytest.mark.parametrize(
    ("question", "first", "last", "bound"),
    [
        ("How many deaths did Italy report on 21 March 2020?", "2020-03-21", "2020-03-21", False),
        ("What profit did Tesla report in 2019?", "2019-01-01", "2019-12-31", False),
        ("What loss did Boeing report in January 2020?", "2020-01-01", "2020-01-31", False),
        ("What did Angela Merkel say about TikTok in July 2019?", "2019-07-01", "2019-07-31", False),
        ("Who made headlines in July 2019?", "2019-07-01", "2019-07-31", False),
        ("Which director made Toy Story in 1995?", "1995-01-01", "1995-12-31", False),
        ("Which social media firm reported losses in July 2019?", "2019-07-01", "2019-07-31", False),
        ("Which article published in July 2019 mentions TikTok?", "2019-07-01", "2019-07-31", True),
        ("In which story in July 2019 is TikTok named?", "2019-07-01", "2019-07-31", True),
        ("What did the BBC report about TikTok in July 2019?", "2019-07-01", "2019-07-31", True),
        ("How many users did the BBC report in July 2019?", "2019-07-01", "2019-07-31", True),
        ("How did the press cover TikTok in July 2019?", "2019-07-01", "2019-07-31", True),
        ("What happened with Huawei in July 2019?", "2019-07-01", "2019-07-31", True),
    ],
)
def test_a_date_bounds_only_where_the_archive_reports(question: str, first: str, last: str, bound: bool) -> None:
    understood = understand(question, as_of=AS_OF, known_sources=KNOWN)
    assert (understood.published_from, understood.published_to) == (day(first), day(last))
    assert (understood.widen is None) == bound


def test_a_date_bounds_where_a_known_source_reports_whatever_sources_the_caller_passed() -> None:
    asked = understand("How many users did the BBC report in 2019?", as_of=AS_OF, sources=["SCMP"], known_sources=KNOWN)
    assert (asked.sources, asked.widen) == (("SCMP",), None)


@pytest.mark.parametrize(
    ("question", "first", "last", "current"),
    [
        ("What did USA Today report about TikTok?", None, None, False),
        ("what did usa today report about tiktok?", None, None, False),
        ("What did USA Today report about TikTok today?", "2020-04-01", "2020-04-01", True),
        ("What did USA Today report about TikTok in July 2019?", "2019-07-01", "2019-07-31", False),
        ("Who hosts the Today programme?", None, None, False),
        ("Who appeared on the Today programme yesterday?", "2020-03-31", "2020-03-31", True),
        ("Today, who resigned?", "2020-04-01", "2020-04-01", True),
        ("Who resigned today?", "2020-04-01", "2020-04-01", True),
        ("What did the Sunday Post report on Monday?", "2020-03-30", "2020-03-30", False),
        ("Who resigned in the week of 18 March 2020?", "2020-03-16", "2020-03-22", False),
        ("Who resigned on Sunday Post orders?", None, None, False),
        ("Summarise the coverage of May's resignation", None, None, False),
        ("Who wrote of May’s resignation?", None, None, False),
        ("Who spoke on May?", None, None, False),
        ("Who won the trust of March?", None, None, False),
        ("Who voted for August?", None, None, False),
        ("Who resigned on 3 May?", "2019-05-03", "2019-05-03", False),
        ("Who spoke of May 2019?", "2019-05-01", "2019-05-31", False),
        ("What was sold in May?", "2019-05-01", "2019-05-31", False),
    ],
)
def test_names_are_no_times(question: str, first: str | None, last: str | None, current: bool) -> None:
    understood = understand(question, as_of=AS_OF, known_sources=KNOWN)
    assert (understood.published_from, understood.published_to) == (day(first), day(last))
    assert understood.current == current


def test_a_paper_is_no_day_though_it_is_unknown_and_a_day_no_paper_though_one_has_its_name() -> None:
    assert find_window("What did USA Today report about TikTok?", AS_OF) is None
    assert understand("Who resigned today?", as_of=AS_OF, known_sources=["Today"]).published_from == AS_OF


@given(st.text(max_size=80), st.lists(st.sampled_from(["BBC", "USA Today", "cnn.com", "The Week"])))
def test_hiding_sources_keeps_every_other_character_in_its_place(text: str, known: list[str]) -> None:
    whole = f"{text} USA Today {text}"
    hidden = hide(whole, known)
    assert len(hidden) == len(whole)
    assert all(a == b or b == "_" for a, b in zip(whole, hidden, strict=True))
    assert ("USA Today" in hidden) == ("USA Today" not in known)


@given(
    st.dates(date(2015, 1, 1), date(2022, 1, 1)),
    st.dates(date(2015, 1, 1), date(2022, 1, 1)),
    st.sampled_from(["", " in July 2019", " before June 2020", " last week", " since 2018", " on 3 May 2020"]),
)
def test_the_callers_bounds_are_never_relaxed(first: date, last: date, when: str) -> None:
    understood = understand(f"Which app was banned{when}?", as_of=AS_OF, published_from=first, published_to=last)
    assert understood.published_from is not None
    assert understood.published_from >= first
    assert understood.published_to is not None
    assert understood.published_to <= last
    if understood.widen:
        assert (understood.widen.published_from, understood.widen.published_to) == (first, last)


@pytest.mark.parametrize(
    ("question", "sources", "preference"),
    [
        ("What did the BBC report about TikTok?", ("BBC",), False),
        ("According to the BBC, how many users are there?", ("BBC",), True),
        ("What did the South China Morning Post write about apps?", ("SCMP",), False),
        ("What was published by CNN about apps?", ("cnn.com",), False),
        ("Who owns CNN?", (), False),
        ("What did Reuters report?", (), False),
        ("What did cnn.com report about apps?", ("cnn.com",), False),
        ("Put the BBC's 2019 stories in date order", ("BBC",), False),
        ("Anything in the BBC about apps? A short digest would do.", ("BBC",), False),
        ("Give me an overview of the BBC", (), False),
        ("What did the Independent report about Grenfell?", ("The Independent",), False),
        ("What did the independent report say about Grenfell?", (), False),
        ("What does the science say about masks?", (), False),
    ],
)
def test_a_source_named(question: str, sources: tuple[str, ...], preference: bool) -> None:
    known = ["BBC", "SCMP", "cnn.com", "The Independent", "Science"]
    understood = understand(question, as_of=AS_OF, known_sources=known)
    assert understood.sources == sources
    assert (understood.widen is not None) == preference


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("According to the BBC, which site was bought?", "Which site was bought?"),
        ("How many users does it have, according to SCMP?", "How many users does it have?"),
        ("What did the BBC report that Jack Ma sent to the US?", "What Jack Ma sent to the US?"),
        ("Who did CNN say was fired?", "Who was fired?"),
        ("In the SCMP, who was hurt?", "Who was hurt?"),
        ("Who was hurt, as the BBC reported?", "Who was hurt?"),
        ("How many died, as reported by CNN, in Wuhan?", "How many died in Wuhan?"),
        ("What did the BBC report about Jack Ma?", ""),  # a digest
        ("What did the BBC report?", ""),
        ("What did the BBC say in July 2019?", ""),
        ("When did the BBC publish the story?", ""),
        ("Why did the BBC say sorry?", ""),
        ("Did the BBC say that the plant was closed?", ""),  # yes or no
        ("Why did the BBC say that Johnson was ill?", ""),  # the report is what is asked for
        ("When did the BBC first report that Johnson was ill?", ""),
        ("How many times did the BBC report that Johnson was ill?", ""),
        ("How much did the BBC say it lost?", ""),
        ("What did the BBC say when Lineker resigned?", ""),
        ("What did the BBC say Monday about Lineker?", ""),
        ("Who did the BBC director say would be fired?", ""),
        ("What did the BBC not report that Jack Ma sent?", ""),
        ("Which site was bought, according to the BBC's editor?", ""),
        ("Which site was bought, according to a CNN report?", ""),
        ("According to BBC editor Alessandra Galloni, who won?", ""),
        ("According to the BBC and CNN, who won?", ""),
        ("According to the British Broadcasting Corporation, who won?", "Who won?"),
        ("According to Beijing, how many were killed?", ""),
        ("According to CNN", ""),
    ],
)
def test_whose_report_is_wanted_is_not_read_for(question: str, rest: str) -> None:
    understood = understand(question, as_of=AS_OF, known_sources=["BBC", "SCMP", "cnn.com"])
    assert understood.unsourced == rest
    assert bool(understood.publisher) == bool(rest)
    assert understood.standalone == question


def test_whose_report_is_wanted_is_read_for_where_the_caller_asked_for_another_source() -> None:
    asked = "Which site was bought, according to the BBC?"
    assert understand(asked, sources=["SCMP"], known_sources=["BBC", "SCMP"]).unsourced == ""
    both = understand(asked, sources=["SCMP", "BBC"], known_sources=["BBC", "SCMP"])
    assert (both.unsourced, both.publisher) == ("Which site was bought?", "BBC")


@pytest.mark.parametrize("part", [" ", ": ", ". ", "a ", "a, ", "summary ", "in order ", "tell me about ", "_"])
def test_a_long_question_is_read_in_a_moment(part: str) -> None:
    asked = "Who" + part * (1900 // len(part)) + "per the BBC?"
    assert understand(asked, as_of=AS_OF, known_sources=["BBC"]).intent in ("lookup", "list")


def test_the_callers_sources_stand() -> None:
    understood = understand("What did the BBC report?", sources=["SCMP"], known_sources=["BBC", "SCMP"])
    assert understood.sources == ("SCMP",)


@pytest.mark.parametrize(
    ("question", "intent", "topic"),
    [
        ("Which airline carried Jack Ma's donation?", "lookup", ""),
        ("Which company owns TikTok?", "lookup", ""),
        ("Which companies invested in ByteDance?", "list", ""),
        ("Which two Chinese cities were hit?", "list", ""),
        ("Which tennis star withdrew?", "lookup", ""),
        ("What was reported about TikTok in July 2019?", "digest", "TikTok"),
        ("Summarise the coverage of ByteDance", "digest", "ByteDance"),
        ("What's the latest on Huawei?", "digest", "Huawei"),
        ("Timeline of the TikTok ban", "timeline", "TikTok ban"),
        ("Give me a timeline of the donations by Jack Ma in March 2020", "timeline", "donations by Jack Ma"),
        ("What is known about Storm Petra?", "digest", "Storm Petra"),
        ("What do we know about Storm Petra?", "digest", "Storm Petra"),
        ("What happened with Huawei in July 2019?", "digest", "Huawei"),
        ("Recap the Petra storm", "digest", "Petra storm"),
        ("Can you recap the Petra storm for me, please?", "digest", "Petra storm"),
        ("How did the Petra story unfold?", "digest", "Petra story"),
        ("Overview of Storm Quinn", "digest", "Storm Quinn"),
        ("Please give me a short overview of Storm Quinn", "digest", "Storm Quinn"),
        ("In July 2019, what was reported about TikTok?", "digest", "TikTok"),
        ("What was reported in July 2019 about TikTok?", "digest", "TikTok"),
        ("What was reported by the BBC and cnn.com about TikTok?", "digest", "TikTok"),
        ("What was said about TikTok by the BBC?", "digest", "TikTok"),
        ("In the BBC, what was reported about TikTok?", "digest", "TikTok"),
        ("What did the BBC report about TikTok in July 2019?", "digest", "TikTok"),
        ("What did USA Today report about TikTok?", "digest", "TikTok"),
        ("What did the papers say about the WHO?", "digest", "WHO"),
        ("What has the press been saying about TikTok?", "digest", "TikTok"),
        ("What do the archives say about the BBC?", "digest", "BBC"),
        ("Summarise the BBC's coverage of TikTok", "digest", "TikTok"),
        ("Summarise what was reported about the attack on the BBC", "digest", "attack on the BBC"),
        ("What was the coverage of the Olympics?", "digest", "Olympics"),
        ("News about the merger", "digest", "merger"),
        ("Is there any news about the merger?", "digest", "merger"),
        ("What's new with Huawei?", "digest", "Huawei"),
        ("What's the latest (Huawei)?", "digest", "Huawei"),
        ("What's the latest?", "digest", "What's the latest"),
        ("What's new?", "digest", "What's new"),
        ("Give me the TikTok ban timeline", "timeline", "TikTok ban"),
        ("What is the timeline of the TikTok ban?", "timeline", "TikTok ban"),
        ("Summarise the coverage of the TikTok ban as a timeline", "timeline", "TikTok ban"),
        ("TikTok ban: summary", "digest", "TikTok ban"),
        ("Digest: TikTok ban", "digest", "TikTok ban"),
        ("the TikTok ban in the third quarter of 2019 - main points please", "digest", "TikTok ban"),
        ("Brief me on the TikTok ban and what followed", "digest", "TikTok ban and what followed"),
        ("Tell me about the TikTok ban.", "digest", "TikTok ban"),
        ("everything you have on the TikTok ban", "digest", "TikTok ban"),
        ("What has the archive got on India?", "digest", "India"),
        ("What do we know about Huawei from past coverage?", "digest", "Huawei"),
        ("What has happened so far in the peace talks?", "digest", "peace talks"),
        ("What's been happening in Port Callow since the start of 2019?", "digest", "Port Callow"),
        ("How did the press cover the TikTok ban?", "digest", "TikTok ban"),
        ("How was the TikTok ban covered in spring 2019?", "digest", "TikTok ban"),
        ("Tell me what the papers have said about Huawei.", "digest", "Huawei"),
        ("I would like a summary of your reporting on censorship", "digest", "censorship"),
        ("Give me a digest of this month's stories about schools.", "digest", "schools"),
        ("How are jobs in Denholm? Summarise the stories since 2019.", "digest", "jobs in Denholm"),
        ("What stories did the BBC run in 2019? A short summary will do.", "digest", ""),
        ("Summary of the BBC's reporting between April and December 2019", "digest", ""),
        ("Masks and test kits in spring 2019: sum up what was said.", "digest", "Masks and test kits"),
        ("Jobs in Denholm: what's the picture from the reports so far?", "digest", "Jobs in Denholm"),
        ("How were the payment firms doing, going by the coverage?", "digest", "payment firms doing"),
        ("tell me what there is on xiaomi", "digest", "xiaomi"),
        ("What do your pages say about Huawei?", "digest", "Huawei"),
        ("What did the BBC report in 2019?", "digest", ""),
        ("what made the news in 2019", "digest", ""),
        ("Digest of the 2019 coverage of the TikTok ban", "digest", "TikTok ban"),
        ("What has happened?", "digest", "What has happened?"),
        ("When did what happen in the TikTok ban?", "timeline", "TikTok ban"),
        ("Hopp's cars, step by step: how have the plans changed?", "timeline", "Hopp's cars"),
        ("how did things go with storm petra, day by day", "timeline", "storm petra"),
        ("Put the BBC's 2019 reports in order of date, please.", "timeline", ""),
        ("Hopp and its cars: what have you reported on them?", "digest", "Hopp and its cars"),
        (
            "Where do graduates want to work? Summarise whatever you've run on that.",
            "digest",
            "Where do graduates want to work",
        ),
        ("I'd like to catch up on Hopp", "digest", "I'd like to Hopp"),
        ("The banks in a nutshell", "digest", "The banks"),
        ("Timeline: the TikTok ban", "timeline", "TikTok ban"),
        ("timeline tiktok ban india", "timeline", "tiktok ban india"),
        ("The rise and fall of Hopp, in chronological order", "timeline", "rise and fall of Hopp"),
        ("Can you set out the TikTok ban in date order?", "timeline", "TikTok ban"),
        ("Set out, date by date, the TikTok ban since May 2019.", "timeline", "TikTok ban"),
        ("What happened in Denholm in 2019, month by month?", "timeline", "Denholm"),
        ("How did the plans for Denholm change over time? A timeline please.", "timeline", "plans for Denholm"),
        ("How did the TikTok ban unfold day by day?", "timeline", "TikTok ban"),
        ("step by step, what happened with the TikTok ban since August", "timeline", "TikTok ban"),
        ("Key dates in the TikTok ban", "timeline", "TikTok ban"),
        ("Put the BBC's reports from this year in chronological order.", "timeline", ""),
        ("List the BBC's stories of 2019 from oldest to newest, with a line on each.", "timeline", ""),
    ],
)
def test_intent_and_topic(question: str, intent: str, topic: str) -> None:
    understood = understand(question, as_of=AS_OF, known_sources=KNOWN)
    assert (understood.intent, understood.topic) == (intent, topic)


@pytest.mark.parametrize(
    "question",
    [
        "What is New Zealand's inflation rate?",
        "what is new zealand's inflation rate?",
        "What was New York's minimum wage?",
        "What is the latest version of iOS?",
        "Who won the coverage of the Olympics?",
        "Who broke the news about the merger?",
        "What was said in court by Paul Drey?",
        "What was said about TikTok by Paul Drey?",
        "What was reported by police about the attack?",
        "What was written on the banner?",
        "What did Angela Merkel say about TikTok?",
        "What did Reuters report about TikTok?",
        "What did the BBC report about how many users TikTok has?",
        "Who wrote the summary of the report?",
        "Who drew the timeline of the shooting?",
        "In which year did Facebook launch Timeline?",
        "What is a chronology?",
        "Which firm was in the news?",
        "Who summarised the report?",
        "What did you say was the cause?",
        "How do I install it, step by step?",
        "Is the house in order?",
        "Tell me who said so.",
        "What happened to the ferry?",
        "Who put the reports in order to hide them?",
        "Which song did the BBC play in the news?",
    ],
)
def test_a_fact_asked_in_the_words_of_a_digest_is_looked_up(question: str) -> None:
    understood = understand(question, as_of=AS_OF, known_sources=KNOWN)
    assert (understood.intent, understood.topic) == ("lookup", "")


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("Which video services got into trouble?", "list"),
        ("Which tech billionaires and companies pledged help?", "list"),
        ("Which three record companies sued Klipp?", "list"),
        ("Could you list the upsets?", "list"),
        ("Which company says users have left?", "lookup"),
        ("Which company owns TikTok?", "lookup"),
        ("Which news had an effect?", "lookup"),
        ("Which oil boss took a pay cut?", "lookup"),
        ("What share of the students preferred a domestic employer?", "lookup"),
    ],
)
def test_several_things_asked_for_are_a_list(question: str, intent: str) -> None:
    assert understand(question, as_of=AS_OF).intent == intent


WORDS = (
    *(
        "summary",
        "overview of",
        "timeline",
        "what",
        "has been",
        "reported",
        "about",
        "in",
        "order",
        "news",
        "the BBC",
        ":",
    ),
    *(
        "?",
        ",",
        "please",
        "tell me",
        "how did",
        "unfold",
        "everything",
        "2019",
        "from",
        "to",
        "May",
        "TikTok",
        "you",
        "-",
    ),
)


@given(st.lists(st.sampled_from(WORDS), max_size=14))
def test_any_request_is_understood_and_its_topic_is_in_its_words(words: list[str]) -> None:
    asked = " ".join(words)
    understood = understand(asked, as_of=AS_OF, known_sources=KNOWN)
    for each in filter(None, (understood, understood.instead)):
        assert each.topic == "" or set(each.topic.split()) <= set(re.split(r"\s+|(?<=\w)(?=[?,:])", asked)) | {
            "?",
            ",",
            ":",
        }
        assert each.as_of == AS_OF


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Beavers on the Harrow", "Beavers on the Harrow"),
        ("tiktok ban india in 2019?", "tiktok ban india"),
        ("TikTok ban, according to the BBC", "TikTok ban, according to the BBC"),
        ("Who banned TikTok?", None),
        ("TikTok ban date and who was hurt", None),
        ("name of the ferry", None),
        ("Summarise the TikTok ban", None),
        ("Which apps", None),
    ],
)
def test_a_bare_topic_may_want_a_digest(question: str, topic: str | None) -> None:
    understood = understand(question, as_of=AS_OF, known_sources=KNOWN)
    assert (understood.instead.topic if understood.instead else None) == topic
    if understood.instead:
        assert (understood.intent, understood.instead.intent) == ("lookup", "digest")
        assert understood.instead.widen is None
    if "2019" in question and understood.instead:
        assert understood.widen is not None  # a look-up only prefers its time, a digest keeps to it
        assert understood.instead.published_to == date(2019, 12, 31)


@pytest.mark.parametrize("question", ["???", "...", " - "])
def test_what_says_nothing_is_no_topic(question: str) -> None:
    assert understand(question, as_of=AS_OF, sources=["BBC"], known_sources=KNOWN).instead is None


def test_recency_is_graded_by_the_words() -> None:
    def recency(text: str) -> float:
        return understand(text, as_of=AS_OF).recency

    assert recency("Which automaker recalled cars this week?") == 1.0
    assert recency("Which automaker recalled 2.9 million vehicles?") > recency("Which automaker owns Volvo?")
    assert recency("Who founded ByteDance?") < recency("Which automaker owns Volvo?")
    assert recency("Which automaker recalled cars in 2015?") == 0.0
    assert recency("Which automaker recalled cars since March 2018?") == 0.5
    assert recency("Which automaker recalled cars since 2018?") == 0.5
    assert recency("Which automaker recalled cars since 20 March 2020?") == 1.0
    assert recency("Which automaker lately recalled cars made since March 2018?") == 1.0
    assert recency("Which automaker recalled cars before March 2018?") == 0.0
    assert understand("Who resigned this week?", as_of=AS_OF).current
    assert not understand("Who founded ByteDance?", as_of=AS_OF).current


def test_a_follow_up_is_understood_as_standalone() -> None:
    history = (Turn("How many users does TikTok have in India?", "120 million."),)
    understood = understand("And in Brazil?", history=history, as_of=AS_OF)
    assert understood.text == "And in Brazil?"
    assert "TikTok" in understood.standalone
    assert "Brazil" in understood.standalone


def test_numbers_in_digits_and_words() -> None:
    assert numbers("2.9 million cars, 1,200 people, two dogs and 300m users") == {2.9e6, 1200.0, 2.0, 3e8}


DAYS = st.dates(date(1990, 1, 1), date(2035, 12, 31))


@given(DAYS)
def test_the_quarters_and_halves_of_a_year_partition_it(base: date) -> None:
    year = base.year
    four = [find_window(f"What happened in Q{q} {year}?", base) for q in range(1, 5)]
    two = [find_window(f"What happened in the {name} half of {year}?", base) for name in ("first", "second")]
    for windows in (four, two):
        days = [day for window in windows if window for day in (window.start, window.end)]
        assert (days[0], days[-1]) == (date(year, 1, 1), date(year, 12, 31))
        inner = zip(days[1:-1:2], days[2:-1:2], strict=True)
        assert all(a and b and (b - a).days == 1 for a, b in inner)


@given(DAYS, DAYS)
def test_a_day_is_read_however_it_is_written_and_its_bounds_leave_nothing_out(day: date, base: date) -> None:
    name = f"{day:%B}"
    ways = (f"{day.day} {name} {day.year}", f"{name} {day.day}, {day.year}", day.isoformat(), f"{day:%d/%m/%Y}")
    for written in ways:
        on, before, after, since = (
            find_window(f"What happened {lead} {written}?", base) for lead in ("on", "before", "after", "since")
        )
        assert on is not None
        assert (on.start, on.end) == (day, day)
        assert before is not None
        assert before.end == day - timedelta(days=1)
        assert after is not None
        assert after.start == day + timedelta(days=1)
        assert since is not None
        assert since.start == day


PAST = (
    *("yesterday", "last week", "this week", "last month", "this month", "last year", "last quarter", "this quarter"),
    *("last weekend", "last night", "on Tuesday", "last summer", "this spring", "last July", "this July"),
    *("two days ago", "three weeks ago", "a year ago", "in the past ten days"),
)


@given(DAYS, st.sampled_from(PAST))
def test_what_is_past_never_reaches_beyond_the_day_asked_from(base: date, when: str) -> None:
    window = find_window(f"What happened {when}?", base)
    assert window is not None
    assert window.start is not None
    assert window.end is not None
    assert window.start <= window.end <= base


@given(st.text(max_size=80), DAYS)
def test_any_text_has_a_window_or_none(text: str, base: date) -> None:
    window = find_window(f"in {text} 2019", base)
    assert window is None or window.start is None or window.end is None or window.start <= window.end


@pytest.mark.parametrize("when", ["last May", "last winter", "last quarter", "last week", "before May 1"])
def test_a_time_before_the_first_day_of_the_calendar_is_none(when: str) -> None:
    window = find_window(f"What happened {when}?", date.min)
    assert window is None or window.start is None
