"""Words, stems and numbers of a text: what lexical evidence is made of. Pure functions, English first."""

from __future__ import annotations

import re
from functools import lru_cache

from embeddings.words import STOPWORDS

# A hyphen joins words but also years and ranges, so its parts are tokens of their own.
_TOKEN = re.compile(r"\d[\d,.]*\d|\d|[^\W\d_]+(?:[’'][^\W\d_]+)?")
_POSSESSIVE = re.compile(r"[’']s?$")
_DIGITS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
}
_SCALE = {"thousand": 10**3, "million": 10**6, "mn": 10**6, "billion": 10**9, "bn": 10**9, "trillion": 10**12}
_NUMBER = re.compile(
    r"(?<![\w.])(?:(?P<digits>\d[\d,]*(?:\.\d+)?)(?P<tail>k|m|bn?|tn?)?(?![\w]*\d)|(?P<word>"
    + "|".join(_DIGITS)
    + r")\b)"
    r"(?:[\s-]+(?P<scale>thousand|million|mn|billion|bn|trillion)\b)?",
    re.IGNORECASE,
)
_TAIL = {"k": 10**3, "m": 10**6, "b": 10**9, "bn": 10**9, "t": 10**12, "tn": 10**12}


def tokens(text: str) -> list[str]:
    """Lower-cased words and numbers in order, possessives and thousands separators dropped."""
    found = []
    for match in _TOKEN.finditer(text.casefold()):
        word = match.group()
        found.append(word.replace(",", "").rstrip(".") if word[0].isdigit() else _POSSESSIVE.sub("", word))
    return found


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A crude stem: enough that "acquired", "acquires" and "acquiring" meet. Words of under five letters stay."""
    if len(word) < 5 or not word.isalpha():
        return word[:-1] if len(word) == 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
    for suffix, put in (("ies", "y"), ("ied", "y"), ("ing", ""), ("edly", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(suffix) and not (suffix == "s" and word.endswith(("ss", "us", "is"))):
            word = word[: len(word) - len(suffix)] + put
            break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "sl":
        word = word[:-1]
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def content_stems(text: str) -> list[str]:
    """Stems of the words that carry meaning, in order, with repeats."""
    return [stem(token) for token in tokens(text) if token not in STOPWORDS]


def numbers(text: str) -> set[float]:
    """The values of the numbers said in a text, in digits or (to twenty) words: "2.9 million" is 2900000.0."""
    found = set()
    for match in _NUMBER.finditer(text):
        value = float(match["digits"].replace(",", "")) if match["digits"] else float(_DIGITS[match["word"].lower()])
        if match["tail"]:
            value *= _TAIL[match["tail"].lower()]
        if match["scale"]:
            value *= _SCALE[match["scale"].lower()]
        found.add(round(value, 6))
    return found
