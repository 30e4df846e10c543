"""Words, stems and numbers of a text: what lexical evidence is made of. Pure functions, English first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from embeddings.words import STOPWORDS

# A hyphen joins words but also years and ranges, so its parts are tokens of their own.
_TOKEN = re.compile(r"\d[\d,.]*\d|\d|[^\W\d_]+(?:[’'][^\W\d_]+)?")
_WHOLE = 4  # letters under which a stem is that of the whole word: "us" does not begin "use"
_POSSESSIVE = re.compile(r"[’']s?$")
_ONES = "one two three four five six seven eight nine"
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ADDED: dict[str, float] = {
    **{word: number for number, word in enumerate(f"zero {_ONES} {_TEENS}".split())},
    **{word: 10 * number for number, word in enumerate(_TENS.split(), 2)},
    "half": 0.5,
    "quarter": 0.25,
}
_SCALED = {
    **dict.fromkeys("k thousand".split(), 10**3),
    **dict.fromkeys("m mn mln million".split(), 10**6),
    **dict.fromkeys("b bn bln billion".split(), 10**9),
    **dict.fromkeys("t tn trn trillion".split(), 10**12),
    "dozen": 12,
    "hundred": 100,
}


def _any_of(words: Iterable[str]) -> str:
    return rf"(?:{'|'.join(words)})\b"


_LETTERS = re.compile(r"[a-z]+")
_GAP = r"(?:\s+|-)"
_SCALE = _any_of(word for word in _SCALED if len(word) > 1 and word != "hundred")  # "5 m" is metres, "5m" is money
_ORDINAL = _any_of("first third fourth fifth sixth seventh eighth ninth".split())  # "thirty-second" is mostly a time
# To ninety-nine; "twenty-first" is none. Here and below "++" and "?+" give nothing back, so a text is read only once.
_BELOW = (
    rf"(?:{_any_of(_TENS.split())}(?!-{_ORDINAL})(?:{_GAP}{_any_of(_ONES.split())})?+|"
    rf"{_any_of(['zero', *_ONES.split(), *_TEENS.split()])})"
)
# What amounts are glued to, "Rs500", "EUR20"; not any letters, for "Q3" and "BBC1" count nothing.
_CURRENCIES = (
    "rs inr usd eur gbp jpy cny rmb aud cad chf nzd sgd hkd sek nok dkk pln zar aed pkr lkr bdt tk rm ksh kes ngn brl "
    "krw rub idr".split()
)
_HUNDREDS = rf"(?:{_GAP}hundred\b(?:(?:\s+and)?{_GAP}{_BELOW}(?!{_GAP}hundred\b))?+)?+"
_NUMBER = re.compile(
    # "3.5bn", "5km", "12th", "3 hundred thousand"; not what goes on in more digits, "4x4"
    rf"(?<![\w.])(?:(?:(?:{'|'.join(_CURRENCIES)})\.?)?(?P<digits>\d++(?:,\d++)*+(?:\.\d++)?+)(?P<tail>{_any_of(_SCALED)})?+(?!\w*\d)"
    # "fifty-one", "two and a half", "a hundred", "half a million", "half-million"
    rf"|{_BELOW}(?:{_GAP}and{_GAP}a{_GAP}half\b)?+"
    rf"|(?:(?:(?:half|quarter\s+of)\s+)?a|half)(?={_GAP}(?:hundred\b|{_SCALE})))"
    rf"{_HUNDREDS}(?:{_GAP}(?:thousand\b(?:(?:\s+and)?{_GAP}{_BELOW}{_HUNDREDS}(?!{_GAP}{_SCALE}))?+|{_SCALE}))?+",
    re.IGNORECASE,
)

# Below zero are temperatures alone: "-5%" and "down 5%" say the same, and a dash before a number is often a dash.
_MINUS = re.compile(r"(?:^|[\s(])(?:[-−]|minus\s)$", re.IGNORECASE)
_MINUS_WIDTH = len("(minus ")
_DEGREES = re.compile(r"[\s-]?(?:[°º℃℉]|degrees?\b|[CF]\b)")


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


def begins(stemmed: str, text: str) -> bool:
    """Does a word of a case-folded text begin with a stem, or have it? A stem of under four letters it must have.

    By looking for it, which takes a hundredth of the time of cutting a long text into stems.
    """
    sought = stemmed[:-1] if len(stemmed) > 2 and stemmed.endswith("y") else stemmed  # "company" and "companies"
    at = text.find(sought)
    while at >= 0:
        if at == 0 or not text[at - 1].isalnum():
            if len(stemmed) >= _WHOLE and text.startswith(stemmed, at):
                return True
            end = at + len(sought)
            while end < len(text) and text[end].isalnum():
                end += 1
            if stem(text[at:end]) == stemmed:
                return True
        at = text.find(sought, at + 1)
    return False


def content_words(text: str) -> list[str]:
    """The words that carry meaning, lower-cased, in order, with repeats."""
    return [token for token in tokens(text) if token not in STOPWORDS]


def content_stems(text: str) -> list[str]:
    """Their stems."""
    return [stem(word) for word in content_words(text)]


@lru_cache(maxsize=256)
def question_stems(text: str) -> tuple[str, ...]:
    """Each of a question's content stems once, in order; kept, since each passage and article is held against them."""
    return tuple(dict.fromkeys(content_stems(text)))


def numbers(text: str) -> set[float]:
    """The values of the numbers said in a text, in digits or words: "2.9 million" is 2900000.0, "fifty-one" 51.0.

    None is below zero, since a span that was read may begin behind its sign.
    """
    return {abs(value) for value in signed_numbers(text)}


def signed_numbers(text: str) -> set[float]:
    """The same of whole sentences, where "-20 degrees" and "minus 20 degrees" are -20.0."""
    found = set()
    for match in _NUMBER.finditer(text):
        digits = match["digits"] or ""
        words = _LETTERS.findall(match.group().lower())
        whole, part = 0.0, float(digits.replace(",", "")) if digits else float(words[0] == "a")
        for word in words:
            if word in _SCALED:
                part *= _SCALED[word]
                if word == "thousand":  # "two thousand five hundred": a new part begins
                    whole, part = part, 0.0
            else:
                part += _ADDED.get(word, 0)  # "and", "a" and "of" add nothing
        before = text[max(0, match.start() - _MINUS_WIDTH) : match.start()]
        below = _DEGREES.match(text, match.end()) and _MINUS.search(before)
        found.add(round(-whole - part if below else whole + part, 6))
    return found
