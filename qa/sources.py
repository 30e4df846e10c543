"""A source named in a question, matched to the sources that an archive has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

# What readers call papers whose name in an archive is longer or shorter.
_ALIASES = {
    "bbc": {"british broadcasting corporation", "beeb"},
    "guardian": {"the guardian newspaper"},
    "nytimes": {"nyt", "new york times"},
    "ap": {"associated press", "apnews"},
    "afp": {"agence france presse"},
    "usatoday": {"usa today"},
    "wsj": {"wall street journal"},
    "ft": {"financial times"},
    "scmp": {"south china morning post"},
    "wapo": {"washington post"},
}
# Papers whose name in lower case is a word like another: "what does the science say".
_COMMON = frozenset(
    """today science nature independent local standard record express mirror fortune insider times globe metro citizen
    nation state capital market public people reader official insight tribune chronicle examiner guardian observer
    telegraph economist atlantic""".split()
)
_DOMAIN = re.compile(r"^(?:https?://)?(?:www\.)?([\w-]+)(?:\.(?:com|co|org|net|gov|edu|[a-z]{2}))+(?:/.*)?$")
_VERBS = r"report|say|write|publish|cover|print|post|run|tell|describe|mention|claim"
_PAST = (
    r"reported|said|wrote|written|published|covered|printed|posted|says|reports|reporting|coverage|"
    r"articles?|stor(?:y|ies)|pieces?"
)
# What every archive calls itself. A single "paper" may be a scientist's.
PRESS = r"(?:news )?(?:archives?|press|media|newspapers?|papers|outlets|(?:web)?site|blog|pages)"
# A publisher in a text whose sources are hidden; a space is any white space.
PUBLISHER = (
    rf"(?:(?:the|your|our|any|other|local) )*(?:_{{2,}}(?:(?:,| and| or) (?:the )?_{{2,}})*|{PRESS}|articles?|stories)"
)
# Only words that make the name a publisher count: "Who owns CNN?" asks about CNN, whoever wrote it.
_AGENT = (
    r"\b(?:did|does|has|had|have)\s+(?:the\s+)?{name}\s+(?:\w+\s+)?(?:"
    + _VERBS
    + r"|reported|said|written|published|covered)\b",
    r"\b(?:reported|published|written|covered|printed|said|posted)\s+(?:by|in|on)\s+(?:the\s+)?{name}(?!\w)",
    r"^\s*(?:in|from|on)\s+(?:the\s+)?{name}\s*[,:]",
)
_FIRM = (
    *_AGENT,
    r"\b(?:the\s+)?{name}(?:['’]s)?\s+(?:(?:19|20)\d\d\s+)?(?:" + _PAST + r")\b",
    r"\b(?:articles?|stor(?:y|ies)|pieces?|coverage|reports?|news)\s+(?:from|by|in|on)\s+(?:the\s+)?{name}(?!\w)",
)
_LOOSE = (r"\b(?:according\s+to|per)\s+(?:the\s+|an?\s+)?{name}(?!\w)",)
# By which a question only says whose report it wants; the rest asks the same without it. Of "did the BBC say" only
# where a clause follows and a fact is asked: "When did the BBC report that he was ill?" asks for the report.
_GOES_ON = (
    r"(?:who|whom|whose|what|which|when|where|why|how|did|does|do|is|are|was|were|has|have|had|will|would|can|could|"
    r"in|on|at|for|by|to|after|before|during|since)\b"
)
_END = rf" ?,? ?(?=[?.!]|$|{_GOES_ON})"
_SAID_CLAUSE = (
    r"(?=(?:was|were|is|are|would|will|had|has|have|could|can|might|happened|caused)\b|(?:the|an?|these|those) \w+ \w|"
    r"(?-i:(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May\b|June|July|August|September|"
    r"October|November|December)[A-Z])[\w’'-]* \w)"
)
_ATTRIBUTED = (
    rf" ?,? ?\b(?:according to|as (?:reported|said|told) (?:by|in|on)) (?:the )?{{name}}{_END}",
    rf" ?,? ?\bas (?:the )?{{name}} (?:reported|reports|said|says|wrote|writes){_END}",
    r"^(?:in|from|on) (?:the )?{name} ?[,:]",
    r"(?<=[a-z] )(?<!\bwhen )(?<!\bwhy )(?<!\boften )(?<!\btimes )(?:did|does|has|had|have) (?:the )?{name} "
    rf"(?:also |already )?(?:report|say|claim|reported|said|claimed) (?:that )?+{_SAID_CLAUSE}",
)
_STILL_ASKS = re.compile(
    r"\b(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|will|can)\b.*\w",
    re.IGNORECASE | re.DOTALL,
)
# An article that is itself asked for ("Which BBC story", "In the article"), not "Toy Story" or "Article 50".
_ARTICLE = re.compile(
    r"^\W*(?:please\s+)?(?:(?:in|from|according\s+to)\s+)?(?:(?:give|show|find|list)\s+(?:me\s+)?)?"
    r"(?:which|what|how\s+many|(?:is|are)\s+there|an?|the|any|all)\s+(?:\w+\s+)?"
    r"(?-i:articles?|story|stories|headlines?)\b",
    re.IGNORECASE,
)


def find_source(text: str, known: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """Return the known sources that a question names as publisher, and whether it wants nothing else.

    "What did the BBC report?" wants only the BBC; "according to Reuters" prefers Reuters, since another paper may
    quote it. A source goes by its name with or without "The" or a domain's ending, its initials, and common aliases.
    """
    for patterns, firm in ((_FIRM, True), (_LOOSE, False)):
        found = tuple(s for s in known if any(_named(text, patterns, name) for name in names_of(s)))
        if found:
            return found, firm
    return (), False


def beside(text: str, topic: str, known: Sequence[str]) -> tuple[str, ...]:
    """Return the known sources that a text names, but not what it is about: they are whose articles are wanted."""

    def named(source: str, where: str) -> bool:
        return any(_named(where, (r"(?<!\w){name}(?!\w)",), name) for name in names_of(source))

    return tuple(source for source in known if named(source, text) and not named(source, topic))


def unsourced(text: str, known: Sequence[str]) -> tuple[str, str]:
    """Return a question without whose report it asks for, and that source: "Who won, according to Reuters?", Reuters.

    What an article says does not say who published it, so neither search nor reader finds the name there. Twice ""
    where it says no such thing, or would be left without a question word.
    """
    plain = " ".join(text.split())
    for source in known:
        for name in sorted(names_of(source), key=len, reverse=True):
            for pattern in _ATTRIBUTED:
                found = re.search(pattern.replace("{name}", _spelled(name)), plain, re.IGNORECASE)
                if found:
                    rest = f"{plain[: found.start()]} {plain[found.end() :]}".strip()
                    rest = re.sub(r" (?=[ ?.!,])", "", rest)
                    return (rest[:1].upper() + rest[1:], source) if _STILL_ASKS.search(rest) else ("", "")
    return "", ""


def press_reports(text: str) -> bool:
    """Does a question say that the press or an article reports, so that its dates are those of publication?"""
    press = PRESS.replace(" ", r"\s+")
    return bool(_ARTICLE.search(text)) or any(re.search(p.replace("{name}", press), text, re.I) for p in _AGENT)


def hide(text: str, known: Sequence[str]) -> str:
    """Return the text with the names of known sources as underscores, every other character in its place.

    So "USA Today" is no day and any source reads as `PUBLISHER`.
    """
    name = _any_name(tuple(known))
    return name.sub(lambda match: "_" * len(match[0]), text) if name else text


@lru_cache(maxsize=8)
def _any_name(known: tuple[str, ...]) -> re.Pattern[str] | None:
    names = sorted({name for source in known for name in names_of(source)}, key=lambda name: (-len(name), name))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_spelled, names))})(?!\w)", re.IGNORECASE) if names else None


def _named(text: str, patterns: Sequence[str], name: str) -> bool:
    spelled = _spelled(name)
    return any(re.search(pattern.replace("{name}", spelled), text, re.IGNORECASE) for pattern in patterns)


def _spelled(name: str) -> str:
    """A pattern for a name; initials and common words ("AP", "Science") only as papers write them."""
    if " " not in name and (len(name) <= 4 or name in _COMMON):
        return f"(?-i:{re.escape(name.upper())}|{re.escape(name.capitalize())})"
    return r"[\s-]+".join(re.escape(part) for part in name.split())


@lru_cache(maxsize=1024)
def names_of(source: str) -> frozenset[str]:
    """The lower-case names that a source goes by."""
    name = re.sub(r"\s+", " ", source.strip().casefold())
    domain = _DOMAIN.match(name)
    forms = set[str]()
    if domain:
        forms.add(name)  # "cnn.com" as it is written
        name = domain[1].replace("-", " ")
    name = re.sub(r"^the\s+", "", name)
    forms |= {name, re.sub(r"\s+(?:news|online|newspaper|\.com)$", "", name)}
    words = [word for word in re.split(r"[\s-]+", name) if word not in ("of", "and", "&")]
    if len(words) >= 3:
        forms.add("".join(word[0] for word in words))
    for key, others in _ALIASES.items():
        if (forms | {name.replace(" ", "")}) & ({key} | others):
            forms |= {key} | others
    return frozenset(form for form in forms if len(form) > 1)
