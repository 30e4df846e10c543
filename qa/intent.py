"""What kind of answer a question wants, from its words: one fact, a list, a digest, or a timeline."""

from __future__ import annotations

import re

from qa.types import Intent

_PASSIVE = (
    r"what (?:was|were|has been|have been|is being|had been|got) (?:\w+ )?"
    r"(?:reported|said|written|published|covered|known)"
)
_ACTIVE = (
    r"what (?:did|does|has|have|do) .{0,60}?\b"
    r"(?:reported|report|written|write|published|publish|covered|cover|said|say)\b"
)
_LATEST = r"what(?:['’]s| is| was) (?:the latest|new)"
_TIMELINE = re.compile(r"\btime-?line\b|\bchronolog(?:y|ical)\b|\bsequence of events\b", re.IGNORECASE)
_DIGEST = re.compile(
    r"\bsummari[sz]e\b|\bsummary of\b|\boverview of\b|\bdigest of\b|\bround-?up\b|\bcatch me up\b|\bbring me up to\b|"
    r"\b(?:the )?coverage of\b|\b(?:latest|news) (?:news )?(?:on|about|from|regarding)\b|\b"
    + _LATEST
    + rf"|\b{_PASSIVE}\b(?=.*\b(?:about|on|of|regarding|in|during)\b)|"
    rf"\b{_ACTIVE}\s+(?:about|on|regarding)\b(?!.*\b(?:how many|how much|when|where|who)\b)",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"^(?:please\s+)?(?:can you\s+|could you\s+)?(?:give me|show me|write|make|draw up|tell me)?\s*(?:a |an |the |me )*"
    r"(?:summari[sz]e|summary of|overview of|digest of|round-?up of|time-?line (?:of|for|on)|chronology of|"
    r"sequence of events (?:in|of)|catch me up on|bring me up to (?:date|speed) (?:on|with)|news (?:about|on|from)|"
    + _LATEST
    + rf"(?: news)? (?:on|about|with|in|from)|{_PASSIVE}"
    r"(?: (?:by|in) [^?]*?(?= (?:about|on)))?(?: (?:about|on|of|regarding))?|"
    + _ACTIVE
    + r" (?:about|on|regarding))\s*"
    r"(?:the )?(?:coverage (?:of|on)|news (?:about|on|of)|reporting (?:on|of)|events (?:of|in))?\s*",
    re.IGNORECASE,
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


def find_intent(text: str) -> Intent:
    """Return what a question wants; "lookup" when its words ask for nothing else."""
    if _TIMELINE.search(text):
        return "timeline"
    if _DIGEST.search(text):
        return "digest"
    return "list" if _LIST.search(text) or _asks_plural(text) else "lookup"


def find_topic(text: str) -> str:
    """Return what a digest is about: the question without its asking words. Its time is taken out before."""
    whole = re.sub(r"\s+", " ", text).strip()
    bare = _ASKING.sub("", whole)
    bare = re.sub(r"^(?:the )?(?:coverage|events) (?:of|in)\s+", "", bare, flags=re.IGNORECASE).strip(" ?.!,:")
    return bare or whole.strip(" ?")


def _asks_plural(text: str) -> bool:
    """Does "which" or "what" ask for a plural noun ("which two Chinese airlines")?"""
    match = re.match(r"^(?:(?:in|to|from|for|by|with|on) )?(?:which|what)\s+(.*)", text, re.IGNORECASE)
    for word in re.findall(r"(?:kind|type|sort)s? of|[\w-]+", match[1])[:4] if match else ():
        if re.fullmatch(r"[a-z-]{3,}s", word) and not word.endswith(("ss", "us", "is")) and word not in _SINGULAR:
            return True
        if not _MODIFIER.match(word):
            return False
    return False
