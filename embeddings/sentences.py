"""Sentences as exact slices of a text: by rule, in linear time, without a model.

A paragraph break is always a bound. Within a line a full stop is a bound unless what stands before it is an
abbreviation or an initial, or what follows goes on in lower case. A quote that asks or exclaims keeps its speaker.
"""

from __future__ import annotations

import re

_LINE = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]+")
# Marks (". . ." is one run of them), then what they close, a space between two quotes or not.
# Matched possessively and judged in Python: a longer lookahead would be quadratic on a long run of full stops.
_STOP = re.compile(
    r"([.!?…。！？｡।॥؟۔]++(?:\s[.!?…]++(?!\w))*+)"
    r"((?:[\"'”’»›)\]）」』】》〉]++(?:\s[\"'](?!\S))?+)?+(?:\s[”’»›)\]]++(?!\w))?+)"
)
_HARD = frozenset("。！？｡।॥؟۔")  # these end a sentence even with no space after
_OPENERS = "\"'“‘«‹([{（「『【《〈¿¡"
_QUOTES = frozenset("\"'”’»›」』")
_DASHES = "—–-"
_BULLET = re.compile(r"\W*(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})\Z")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LETTERS = re.compile(r"[^\W\d_]+")
_WORDY = re.compile(r"[^\W_]")
_BEFORE_STOP = re.compile(r"[^\w.&'’]|(?<!\w)['’]")  # what the last word cannot hold; "didn't" is one
_LONGEST_ABBREVIATION = 12


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Never the end of a sentence.
_TITLES = _words(
    "mr mrs ms mx messrs dr prof sen rep reps sens gov gen lt col sgt maj capt cmdr cpl pvt adm rev hon pres supt "
    "insp ste vs v eg ie cf viz ca approx est dept det"
)
# Not the end before a digit ("No. 10", "Jan. 5", "pp. 3"); otherwise an ordinary word.
_BEFORE_DIGIT = _words(
    "no nos vol vols pp p ch sec art fig figs prop ext pt jan feb mar apr jun jul aug sep sept oct nov dec"
)
# The end only before a word that starts sentences ("at Apple Inc. The", but "Apple Inc. Chief").
_MAYBE = _words("inc corp co cos ltd llc plc bros assn univ jr sr esq ph.d phd ave blvd rd hwy bldg st mt ft feat")
# The same with a capital only: "ill", "sun", "sat" and "miss" are words.
_MAYBE_NAMES = _words(
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun "
    "ala ariz ark calif colo conn del fla ga ill ind kan kans ky la md mass mich minn miss mo mont neb nev okla ore "
    "pa penn tenn tex va vt wash wis wyo"
)
_STARTERS = _words(
    "a after all also although an and another as at because before both but by dozens during each even every five for "
    "former four from he her here his how however i if in instead it its just last later many meanwhile more most my "
    "nearly no not nothing now of officials on once one only other others our over part people police president "
    "researchers several she since so some soon such ten that the their then there these they this those though three "
    "to today two under until we what when where which while who why with yet you your"
)
# These start sentences but follow "U.S." and its like as its noun: "U.S. President Biden".
_ROLES = _words("former officials people police president researchers")
_CLOCK = _words("a.m p.m")

# Who says a quote: up to six words, perhaps an age or office between commas, and a verb. "Biden said he was ready",
# 'Biden said: "Yes"' and "Biden wrote a book" tell something new instead. Chosen on the quotes of the news of 2022.
_NO_SPEAKERS = _STARTERS - _ROLES - _words("he her his i it its my our she the their they we you your one another")
_NAME = (
    r"(?!(?:and|are|as|at|be|been|but|can|could|did|do|does|had|has|have|if|in|is|not|on|or|that|to|was|were|when|which"
    r"|who|will|with|would)\b)"
    rf"(?:(?:[A-Z]\.)++|(?i:{'|'.join(sorted(_TITLES))}|st|jr|sr)\.|[^\W\d_][\w'’-]*+)"
)
_ATTRIBUTION = re.compile(
    rf"(?:{_NAME}\s){{0,5}}?{_NAME}(?:,\s[^,.!?…“”\"]{{1,90}}+,)?+\s"
    r"(?:asks|asked|(?:tells|told)\b(?!\s\w+\sto\b)|"
    r"(?:said|says|adds|added|announced|answered|argued|began|bellowed|continued|cried|declared|demanded|exclaimed"
    r"|explained|joked|mused|noted|pleaded|posted|quipped|recalls|recalled|remarked|replies|replied|responded|sang"
    r"|screamed|shouted|texted|thought|tweeted|warned|wondered|writes|wrote|yelled)\b"
    r"(?!,?\s(?:an?|by|he|her|his|I|it|its|no|she|that|the|their|there|these|they|this|we|you)\b))\b"
    r"(?![,:]?\s[\"“‘'][^\W\d_a-z])"
)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Cut a text into sentences.

    Returns (start, end) character offsets, ordered and disjoint, none empty, each without white space at its ends;
    together they cover every character that is not white space. Takes linear time.
    """
    spans: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        start, end = line.span()
        first = len(spans)
        for stop in _STOP.finditer(text, start, end):
            if stop.end() < end and _is_bound(text, start, stop, end):
                _add(spans, first, text, start, stop.end())
                start = stop.end()
        _add(spans, first, text, start, end)
    return spans


def _add(spans: list[tuple[int, int]], first: int, text: str, start: int, end: int) -> None:
    """Add the slice without the white space around it, unless nothing is left.

    Marks without a word belong to the sentence before them, if spans[first:], those of the line, have one.
    """
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        return
    if len(spans) > first and not _WORDY.search(text, start, end):
        start = spans.pop()[0]
    spans.append((start, end))


def _is_bound(text: str, sentence: int, stop: re.Match[str], line_end: int) -> bool:
    """Whether the sentence begun at `sentence` ends with the marks of `stop`."""
    marks, closers = stop.groups()
    after = stop.end()
    hard = marks[0] in _HARD
    if not hard and not text[after].isspace():
        return False
    if stop.start() - sentence <= 4 and not _WORDY.search(text, sentence, stop.start()):
        return False  # "… and so on", "“... Then": nothing has been said yet
    following = after
    while following < line_end and text[following].isspace():
        following += 1
    if following == line_end:
        return False  # the end of the line bounds it
    opened = following
    while opened < line_end and opened < following + 4 and text[opened] in _OPENERS:
        opened += 1
    first = text[min(opened, line_end - 1)]
    if opened == following and first.islower() and first.isascii():
        return False
    quoted = not _QUOTES.isdisjoint(closers)
    if first in _DASHES and (quoted or _goes_on(text, following, line_end)):
        return False
    if hard or marks != ".":
        return not (first.islower() or (quoted and opened == following and _attributes(text, following, line_end)))
    return _full_stop_ends(text, sentence, stop.start(), first, opened)


def _goes_on(text: str, dash: int, line_end: int) -> bool:
    """Whether a word in lower case stands after the dash at `dash`."""
    word = dash
    while word < line_end and word < dash + 4 and (text[word] in _DASHES or text[word].isspace()):
        word += 1
    return word < line_end and text[word].islower()


def _attributes(text: str, start: int, line_end: int) -> bool:
    """Whether what begins at `start`, after a quote, tells who said it: "Ms. Pelosi asked"."""
    word = _LETTERS.match(text, start, line_end)
    named = word is not None and word.group().lower() not in _NO_SPEAKERS
    return named and _ATTRIBUTION.match(text, start, line_end) is not None


def _full_stop_ends(text: str, sentence: int, stop: int, first: str, following: int) -> bool:
    """Whether a single full stop at `stop` ends a sentence, by the word before it and the one from `following`."""
    if stop - sentence <= 8 and _BULLET.match(text[sentence:stop].lstrip()):
        return False  # "1. Blake Shelton", "a. first"
    left = max(sentence, stop - _LONGEST_ABBREVIATION)
    near = text[left:stop]
    before = _BEFORE_STOP.split(near)[-1]
    word = before.lower()
    if word in _TITLES or word.replace(".", "") in ("eg", "ie"):
        return before == "EST"  # the time zone; "est." is established
    if word in _BEFORE_DIGIT and first.isdigit():
        return False
    if before in ("ft", "st") and near[-4:-3].isdigit() and near[-3:-2].isspace():
        return True  # units: "30,000 ft. Temperatures fell"
    initial = len(before) == 1 and before.isalpha() and before.isascii()
    dotted = "." in before and all(len(part) <= 2 and part.isalpha() for part in before.split("."))  # U.S, a.m, Ph.D
    if initial or dotted or word in _MAYBE or (word in _MAYBE_NAMES and before[0].isupper()):
        if first.isdigit() or first in _DASHES or (initial and before.islower()):
            return False
        next_word = _WORD.match(text, following, following + 24)
        if next_word is None:
            return True
        starter = next_word.group().lower()
        noun = starter in _ROLES and dotted and before.isupper() and word not in _CLOCK
        return starter in _STARTERS and not noun
    return True
