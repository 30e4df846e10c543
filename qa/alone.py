"""Does a sentence stand alone? One that leans on what is before it ("He said") is not clear without that."""

from __future__ import annotations

import re

_WHO = r"(?:he|she|it|they|his|her|its|their)\b"
_LEANS = re.compile(
    # "He said", "The two met", "But ..."
    rf"^[“\"‘'(]*(?:{_WHO}|(?:this|that|these|those|but|and|however|also|meanwhile|in addition|both|neither|"
    r"(?:one|some|most|all|none) of (?:them|these|those)|"
    r"the (?:two|three|pair|couple|former|latter|company|firm|group|man|woman|same))\b)|"
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
