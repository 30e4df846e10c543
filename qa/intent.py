"""What kind of answer a question wants, from its words: one fact, a list, a digest, or a timeline.

A digest or a timeline passes by the reader's doubt, so it must be asked for: its words open the question ("Who
broke the news about the merger?" asks for a person).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.mentions import COURTESY
from qa.sources import PUBLISHER, hide
from qa.types import Intent

# In the patterns made into forms, a space is any white space.
_TOPIC = r"(?P<topic>.+?)"
_WHAT_IS = r"what(?:['’]?s| is| are| was| were)"
_WHAT_WAS = r"what (?:is|are|was|were|has been|have been|had been|is being|are being|got) (?:\w+ )?"
_LEAD = (
    rf"\W*(?:(?:in|from|on|according to) {PUBLISHER}[,:] )?"
    r"(?:(?:can|could|would|will) you |i(?:['’]d| would)? (?:like|want|need) (?:to (?:have|see|get) )?)?(?:please )?"
    r"(?:(?:give|show|tell|write|get|make|find|list|draw up|prepare|create|compile|build)(?: (?:me|us))? )?"
    rf"(?:(?:{_WHAT_IS}|(?:is|are) there|do you have) (?=the\b|an?\b|any\b|_))?"
    r"(?:(?:an?|the|any|some|short|brief|quick|full|latest|recent) )*"
)
_SUMMARY = (
    r"summari[sz]e|sum up|recap(?: of)?|(?:summary|overview|digest|round-?up) (?:of|on)|catch me up on|"
    r"bring me up to (?:date|speed) (?:on|with)"
)
_NEWS = (
    rf"(?:{PUBLISHER}(?:['’]s)? )?(?:(?:coverage|reporting) (?:of|on|about)|"
    r"(?:latest|news|updates?|developments) (?:on|about|with|in|from|regarding))"
)
_NEW = rf"{_WHAT_IS} (?-i:new) (?:on|about|with|in|from|at)"
_GOING_ON = r"what (?:has |have |had )?happened with|what(?:['’]?s| is| was| has been) (?:happening|going on) with"
# What a person says is a fact to look up ("What was said about TikTok by Paul Drey?"), what is in the press a digest.
_PASSIVE = (
    rf"{_WHAT_WAS}(?:reported|covered|known|published|(?:said|written)(?!.*\bby (?!{PUBLISHER})))"
    rf"(?: (?:by|in|on) {PUBLISHER})? (?:about|regarding|concerning)|{_WHAT_WAS}(?:reported|covered|known) (?:on|of)"
)
_ACTIVE = (
    rf"what (?:do|does|did|has|have|had) (?:{PUBLISHER}|they|people|you|we) (?:(?:been|already|\w+ly) )*"
    r"(?:report(?:ed|ing)?|say|said|saying|writ(?:e|ten|ing)|publish(?:ed|ing)?|cover(?:ed|ing)?|print(?:ed)?|known?) "
    r"(?:about|on|regarding|concerning)"
)
_ONE_FACT = r"(?-i:how many|how much|when|where|who)\b"  # in lower case: the WHO is an organisation
_NO_TOPIC = (
    rf"{_WHAT_IS} (?:the latest(?: news)?|(?-i:new))|any (?:news|updates?)|catch me up|bring me up to (?:date|speed)|"
    rf"{_WHAT_WAS}(?:reported|published|covered)"
)
_ORDER = r"(?:time-?line|chronology|chronological(?:ly| order| account| list)|sequence of events)"
_QUESTION_WORD = (
    r"(?:(?:in|on|at|to|from|for|by|with|of|since|until) )?"
    r"(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had)"
)


def _form(pattern: str, lead: str = _LEAD, end: str = r"(?: for (?:me|us))?(?:,? please)?\W*$") -> re.Pattern[str]:
    return re.compile(f"{lead}(?:{pattern}){end}".replace(" ", r"\s+"), re.IGNORECASE | re.DOTALL)


_DIGESTS = (
    _form(rf"(?:{_SUMMARY}|{_NEWS}|{_NEW}|{_GOING_ON}) {_TOPIC}"),
    _form(rf"(?:{_PASSIVE}|{_ACTIVE}) (?!.*\b{_ONE_FACT}){_TOPIC}(?: by {PUBLISHER})?"),
    _form(rf"how (?:did|has|have) {_TOPIC} (?:unfold(?:ed)?|play(?:ed)? out)"),
    _form(rf"(?:{_NO_TOPIC})(?: \({_TOPIC}\))?"),  # in brackets is what a follow-up left unsaid
)
_TIMELINES = (
    _form(rf"{_ORDER} (?:of|for|on|in|about|from) {_TOPIC}"),
    _form(rf"{_TOPIC}(?: (?:as|in)(?: an?)?)? {_ORDER}"),
)
# In any sentence of the question but those that ask for something else ("Who drew the timeline?").
_TIMELINE = _form(
    rf"(?:^|[.?!] )(?!\W*{_QUESTION_WORD}\b).*\b{_ORDER}\b|"
    rf"{_WHAT_IS} the (?:.* )?{_ORDER}(?: (?:of|for|on|in)\b|\W*$)",
    lead="",
    end="",
)
_LIST = re.compile(
    r"^(?:(?:please )?(?:list|name|give me a list)\b|"
    r"(?:what|who|which) (?:are|were) (?:the|some|all)\b[^?]*?s\b|what (?:are|were) \w+s\b)",
    re.IGNORECASE,
)
_SINGULAR = frozenset("is was has does its news series species this his tennis".split())
_MODIFIER = re.compile(
    r"^(?:two|three|four|five|six|seven|eight|nine|ten|\d+|other|different|major|main|big|large|small|new|more|"
    r"(?:kinds?|types?|sorts?) of|[A-Z][\w-]*|[a-z]+(?:al|ese|ish|ern|ive|ous))$"
)


def find_intent(text: str, known_sources: Sequence[str] = ()) -> tuple[Intent, str]:
    """Return what a question wants and, of a digest or a timeline, what it is about.

    `text` is the question without its time. "lookup" is what is left when its words ask for nothing else. What
    someone said is a digest only of the press and of `known_sources`: of a person it is one fact.
    """
    hidden = hide(text, known_sources)
    if _TIMELINE.search(hidden):
        return "timeline", _find_topic(text, hidden, (*_TIMELINES, *_DIGESTS))
    if _match(_DIGESTS, hidden, 0, len(hidden)):
        return "digest", _find_topic(text, hidden, _DIGESTS)
    bare = text.strip()
    return ("list" if _LIST.search(bare) or _asks_plural(bare) else "lookup"), ""


def _find_topic(text: str, hidden: str, forms: Sequence[re.Pattern[str]]) -> str:
    """What is left of a question without its asking words; they nest ("Summarise the coverage of TikTok")."""
    start, end = 0, len(text)
    while (match := _match(forms, hidden, start, end)) and match["topic"]:
        start, end = match.span("topic")
    topic = re.sub(r"\s+", " ", text[start:end]).strip(" ?.!,:")
    return re.sub(r"^(?:the )?(?:events (?:of|in|around) (?:the )?)?", "", topic, flags=re.IGNORECASE)


def _match(forms: Sequence[re.Pattern[str]], hidden: str, start: int, end: int) -> re.Match[str] | None:
    courtesy = COURTESY.match(hidden) if start == 0 else None
    start = courtesy.end() if courtesy else start
    return next((match for form in forms if (match := form.match(hidden, start, end))), None)


def _asks_plural(text: str) -> bool:
    """Does "which" or "what" ask for a plural noun ("which two Chinese airlines")?"""
    match = re.match(r"^(?:(?:in|to|from|for|by|with|on) )?(?:which|what)\s+(.*)", text, re.IGNORECASE)
    for word in re.findall(r"(?:kind|type|sort)s? of|[\w-]+", match[1])[:4] if match else ():
        if re.fullmatch(r"[a-z-]{3,}s", word) and not word.endswith(("ss", "us", "is")) and word not in _SINGULAR:
            return True
        if not _MODIFIER.match(word):
            return False
    return False
