"""Proper names, places and years in a short text, by surface form.

News questions are short and well capitalised, so a table of places and a few shape rules do what a tagger would, in
microseconds and without a model. A name is evidence for the follow-up rewriter and the verifier, never an answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["person", "place", "group", "year", "name"]

_COUNTRIES = """Afghanistan Albania Algeria Angola Argentina Armenia Australia Austria Azerbaijan Bahrain Bangladesh
Belarus Belgium Bolivia Brazil Bulgaria Cambodia Cameroon Canada Chile China Colombia Croatia Cuba Cyprus Denmark
Ecuador Egypt Eritrea Estonia Ethiopia Fiji Finland France Georgia Germany Ghana Greece Guatemala Haiti Honduras Hungary
Iceland India Indonesia Iran Iraq Ireland Israel Italy Jamaica Japan Jordan Kazakhstan Kenya Kosovo Kuwait Laos Latvia
Lebanon Libya Lithuania Luxembourg Malaysia Mali Malta Mexico Moldova Mongolia Morocco Mozambique Myanmar Namibia Nepal
Netherlands Nicaragua Niger Nigeria Norway Oman Pakistan Panama Paraguay Peru Philippines Poland Portugal Qatar Romania
Russia Rwanda Samoa Senegal Serbia Singapore Slovakia Slovenia Somalia Spain Sudan Sweden Switzerland Syria Taiwan
Tanzania Thailand Tibet Tonga Tunisia Turkey Uganda Ukraine Uruguay Uzbekistan Vanuatu Venezuela Vietnam Yemen Zambia
Zimbabwe Europe Asia Africa America Scotland Wales England Britain Oceania US USA UK UAE EU"""
_LONG_PLACES = """United States|United States of America|United Kingdom|Hong Kong|South Korea|North Korea|New Zealand|
Saudi Arabia|South Africa|Sri Lanka|Costa Rica|El Salvador|Dominican Republic|Czech Republic|Ivory Coast|Papua New
Guinea|Solomon Islands|United Arab Emirates|European Union|Latin America|North America|South America|Middle East|
New York|Los Angeles|San Francisco|Northern Ireland|Inner Mongolia|Southeast Asia|Sierra Leone|Burkina Faso"""
_CITIES = """Beijing Shanghai Shenzhen Wuhan Delhi Mumbai Bangalore Tokyo Seoul London Paris Berlin Rome Madrid Moscow
Kyiv Washington Chicago Boston Texas California Florida Hawaii Alaska Toronto Sydney Melbourne Cairo Lagos Nairobi
Jakarta Manila Bangkok Hanoi Dubai Istanbul Tehran Baghdad Brussels Vienna Amsterdam Warsaw Prague Athens Lisbon"""
PLACES = (
    frozenset(_COUNTRIES.split())
    | frozenset(_CITIES.split())
    | {" ".join(place.split()) for place in _LONG_PLACES.split("|")}
)

GROUP_WORD = re.compile(
    r"\b(Inc|Ltd|Corp|Co|Group|Foundation|Bank|University|Council|Ministry|Agency|Authority|Party|Union|Association|"
    r"Company|Court|Committee|Commission|Department|Institute|Organi[sz]ation|Airlines?|Airways|Hospital|School|College|"
    r"Holdings?|Capital|Ventures?|Technologies|Network|Society|Club|Service|Services|Board|Office|Parliament|Senate)\b"
)
# A word that opens a sentence is capitalised whatever it is; these are never names by themselves.
_OPENERS = frozenset(
    """A An The And But Or So Then What Which Who Whom Whose When Where Why How Did Does Do Is Are Was Were Has Have
    Had Can Could Will Would Should May Might In On At For From By With Of To After Before Since During About
    Tell Give Show Name List Describe Explain Summarise Summarize Timeline According If It He She They We You
    I This That These Those There Here Please Also Not No Yes Ok Okay Its His Her Their My Your Our Any Some
    Many Most Much More One Mr Mrs Ms Dr January February March April May June July August September October
    November December Monday Tuesday Wednesday Thursday Friday Saturday Sunday
    Overview Summary Digest Coverage Recap Latest News Chronology Roundup Round-up Rundown Update Updates Headlines
    Highlights Background Time-line Sequence Briefing Key Recent Developments Details Facts Events Information Article
    Articles Report Reports Reporting Story Stories Analysis Catch Bring Let Find Get Write Make Provide Outline Compare
    Recount Discuss""".split()
)
_DROPPED = _OPENERS | {"of", "the", "for", "de"}
_WHOLE = re.compile(r"News (?:Corp|Group|International|Limited|Media|UK)\b|Key (?:West|Largo|Biscayne)\b")
# "iPhone" and "d'Alene" are capitalised too, and no name begins within a word.
_CAPITALISED = r"(?<!\w)(?<!\w[’'])(?:(?:[a-z]{1,4}[’']|[a-z])?[A-Z][\w’'&.-]*[\w&]|[A-Z])"
_RUN = re.compile(rf"{_CAPITALISED}(?:[ ](?:(?:of|the|and|de|for)[ ])?{_CAPITALISED})*")
YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_POSSESSIVE = re.compile(r"[’']s?$")


@dataclass(frozen=True, slots=True)
class Name:
    """A name and where it stands: `text[start:end]` is the name without a possessive."""

    text: str
    start: int
    end: int
    kind: Kind


def find_names(text: str) -> list[Name]:
    """Return the names and years of a text in order of appearance."""
    found = [Name(m.group(), m.start(), m.end(), "year") for m in YEAR.finditer(text)]
    for run in _RUN.finditer(text):
        for start, end in _split_run(text, run.start(), run.end()):
            found.append(Name(text[start:end], start, end, _kind(text[start:end])))
    return sorted(found, key=lambda name: name.start)


def _split_run(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Drop openers from the front of a capitalised run, break it at "and"/possessives, and trim what is left."""
    pieces: list[tuple[int, int]] = []
    cursor = start
    for joint in [*re.finditer(r"[ ]and[ ]|[’']s[ ]|[ ]I(?=[ ])", text[start:end]), None]:
        stop = start + joint.start() if joint else end
        words = [(cursor + m.start(), cursor + m.end()) for m in re.finditer(r"\S+", text[cursor:stop])]
        while words and _opens(text[slice(*words[0])]) and not _WHOLE.match(text, words[0][0]):
            words.pop(0)
        if words:
            first, last = words[0][0], words[-1][1]
            trimmed = _POSSESSIVE.sub("", text[first:last]).rstrip(".") if last == end else text[first:last]
            if trimmed:
                pieces.append((first, first + len(trimmed)))
        cursor = start + joint.end() if joint else end
    return pieces


def _opens(word: str) -> bool:
    return _POSSESSIVE.sub("", word).strip(".’'") in _DROPPED  # "What’s the latest" too


def _kind(name: str) -> Kind:
    if name in PLACES:
        return "place"
    if GROUP_WORD.search(name) or name.isupper():
        return "group"
    words = name.split()
    if 2 <= len(words) <= 4 and all(re.fullmatch(r"[A-Z][a-zé’'-]+|[A-Z]\.?|de|bin|al", word) for word in words):
        return "person"
    return "name"
