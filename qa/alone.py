"""Does a sentence stand alone? One that leans on what is before it ("He said") is not clear without that."""

from __future__ import annotations

import re

_HYPHEN = "-\u2010\u2011"
_BEING = r"(?:is|are|was|were|has|have|had|did|does|will|would|can|could|may|might|must|should|said|says)"
_WHO = r"(?:he|she|it|they|his|her|its|their)\b"
_LEANS = re.compile(
    # "He said", "The two met", "But ..."; "Both sides", but "Both Russia and Ukraine" names them itself
    rf"^[“\"‘'(]*(?:{_WHO}|(?:this|that|these|those|but|and|however|also|meanwhile|in addition|"
    r"(?:both|neither)(?!\s(?:the\s)?(?-i:[A-Z])[^,;:]{0,60}?\s(?:and|nor)\s)|"
    r"(?:one|some|most|all|none) of (?:them|these|those)|"
    # "The former said so", but not "The former president"; not "The two-year-old" either
    rf"the (?:two|three|pair|couple|former(?=,|\s{_BEING}\b)|latter|company|firm|group|man|woman|same))"
    rf"\b(?![{_HYPHEN}]\w))|"
    # "On Monday he resigned", "Then it sank"; "In his first tweet, Ma" names him itself
    r"^(?:(?:on|in|at|by|after|before|since|for|during|last|earlier|later|then|now|so|still|yet|instead|there)\b)"
    r"[^.;:“”\"]{0,40}?,?\s(?:he|she|it|they)\b|"
    # "“We lost everything,” she said"
    r"^[“\"‘'][^”\"]*[”\"’']\s+(?:he|she|they)\s\w+",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"[.!?][”\"’')]*$")


def leans(sentence: str) -> bool:
    """Does it begin with a word for what was named before?"""
    return bool(_LEANS.match(sentence))


def whole(sentence: str) -> bool:
    """Does it end as a sentence does? A heading or a caption ends without a full stop."""
    return bool(_WHOLE.search(sentence))
