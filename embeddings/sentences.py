"""Sentences as exact slices of a text: by rule, in linear time, without a model.

A paragraph break is always a bound. Within a line a full stop is a bound unless what stands before it is an
abbreviation or an initial, or what follows goes on in lower case.
"""

from __future__ import annotations

import re

_LINE = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]+")
# Matched possessively and judged in Python: a lookahead here would be quadratic on a long run of full stops.
_STOP = re.compile("[.!?…。！？｡।॥؟۔]++[\"'”’»›)\\]）」』】》〉]*+")
_HARD = frozenset("。！？｡।॥؟۔")  # these end a sentence even with no space after
_OPENERS = "\"'“‘«‹([{（「『【《〈¿¡"
_BULLET = re.compile(r"\W*(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})\Z")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LONGEST_ABBREVIATION = 12


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Never the end of a sentence.
_TITLES = _words(
    "mr mrs ms mx messrs dr prof sen rep reps sens gov gen lt col sgt maj capt cmdr cpl pvt adm rev hon pres supt "
    "insp st ste mt ft vs v eg ie cf viz ca approx est dept det"
)
# Not the end before a digit ("No. 10", "Jan. 5", "pp. 3"); otherwise an ordinary word.
_BEFORE_DIGIT = _words("no nos vol vols pp p ch sec art fig figs jan feb mar apr jun jul aug sep sept oct nov dec")
# The end only before a word that starts sentences ("at Apple Inc. The", but "Apple Inc. Chief").
_MAYBE = _words(
    "inc corp co cos ltd llc plc bros assn univ jr sr esq ph.d phd ave blvd rd hwy bldg "
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


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Cut a text into sentences.

    Returns (start, end) character offsets, ordered and disjoint, none empty, each without white space at its ends;
    together they cover every character that is not white space. Takes linear time.
    """
    spans: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        start, end = line.span()
        for stop in _STOP.finditer(text, start, end):
            if stop.end() < end and _is_bound(text, start, stop.start(), stop.end(), end):
                _add(spans, text, start, stop.end())
                start = stop.end()
        _add(spans, text, start, end)
    return spans


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    """Add the slice without the white space around it, unless nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))


def _is_bound(text: str, sentence: int, stop: int, after: int, line_end: int) -> bool:
    """Whether the sentence begun at `sentence` ends with the stop marks text[stop:after]."""
    marks = text[stop : stop + 8]
    hard = marks[0] in _HARD
    if not hard and not text[after].isspace():
        return False
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
    if hard or marks[0] != "." or marks[:2] == "..":
        return not first.islower()
    return _full_stop_ends(text, sentence, stop, first, opened)


def _full_stop_ends(text: str, sentence: int, stop: int, first: str, following: int) -> bool:
    """Whether a single full stop at `stop` ends a sentence, by the word before it and the one from `following`."""
    if stop - sentence <= 8 and _BULLET.match(text[sentence:stop].lstrip()):
        return False  # "1. Blake Shelton", "a. first"
    left = max(sentence, stop - _LONGEST_ABBREVIATION)
    before = re.split(r"[\s(\[“‘\"'—–/-]", text[left:stop])[-1]
    word = before.lower()
    if word in _TITLES or word.replace(".", "") in ("eg", "ie"):
        return False
    if word in _BEFORE_DIGIT and first.isdigit():
        return False
    initial = len(before) == 1 and before.isalpha() and before.isascii()
    dotted = "." in before and all(len(part) <= 2 for part in before.split("."))  # U.S, a.m, Ph.D
    if initial or dotted or word in _MAYBE:
        if first.isdigit() or (initial and before.islower()):
            return False
        next_word = _WORD.match(text, following, following + 24)
        return next_word is None or next_word.group().lower() in _STARTERS
    return True
