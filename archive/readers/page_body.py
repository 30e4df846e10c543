"""The body of a copied news story, cleaned by structure alone, never by the page's own words.

- a caption is said twice, as the picture's text and below it, perhaps a little differently: it is kept once;
- the headline of another story stands between two closed paragraphs, unfinished as headlines are, often with its
  date below: it is dropped with its date;
- a link stands on a line of its own in the middle of a sentence: the sentence is joined again;
- what a theme or its plug-ins put around a story (share buttons, "Read more", comments, pages) goes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_MONTHS = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)\.?"
)
NUMERIC_DATE = r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{2}-\d{2}"
DATE_IN_WORDS = (
    r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,? )?"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)? {_MONTHS},? \d{{4}}|{_MONTHS} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}})"
)
TIME = r"(?:,?(?: at| [-–—])?:? ?\d{1,2}[:.]\d{2}(?: ?[ap]\.?m\.?)?)?"
_OTHER_DATE = re.compile(
    rf"^(?:(?:Published|Updated|Posted)(?: on)?:?\s+)?(?:{NUMERIC_DATE}|{DATE_IN_WORDS}){TIME}$"
    r"|^\d{1,2} (?:minute|hour|day|week|month)s? ago$",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^(?:[•·▪◦‣*]\s+|\(?\d{1,2}[.)]\s+)")
_CAPTION = re.compile(
    r"\b(?:(?:Photo|Image|Picture|Illustration|Video|Graphic|PHOTO|IMAGE)s?(?: credit)?|Credit):|"
    r"\bImage ?(?:copyright|caption)|\bMedia ?caption|\b(?:REUTERS|Reuters|AFP|AP|Xinhua)/[A-Z][\w.]+|\bGetty Images$"
)
CHROME = re.compile(
    r"^(?:Media playback is (?:un)?supported.*|Read (?:more|also|the full (?:story|article))\b(?=\s*[:>»…]|$).*|"
    r"Advertise?ments?|Story continues below.*|Share (?:this|on)\b.{0,40}|Share:?|Tweet(?: this)?|Pin It|"
    r"Email(?: this)?|Print|Facebook|Twitter|WhatsApp|LinkedIn|Reddit|Tumblr|Pocket|Telegram|Pinterest|Copy link|"
    r"Click to .*\(Opens in new window\)|.{0,30}\(Opens in new window\).{0,30}|Continue reading.*|Like this:?|"
    r"Like ?Loading.*|Loading\s?(?:\.{3}|…)|Be the first to like this.*|\d+ bloggers? likes? this.*|"
    r"(?:Posted|Filed) (?:in|under)\b.*|Tagged:?(?: (?:as|with))? .*|Tags: .*|Categor(?:y|ies): .*|"
    r"(?:\d+|No|One) (?:Comments?|Repl(?:y|ies)|Responses?)\b.{0,60}|Comments (?:are )?(?:off|closed)\b.*|"
    r"Leave a (?:comment|reply).*|Permalink|Edit(?: this)?|Reblog.*|"
    r"(?:[«←‹] ?)?(?:Older|Newer|Previous|Next)(?: (?:Posts?|Entries|Page|Articles?))?(?: ?[»→›])?|"
    r"Page \d+ of \d+.*|Back to top|Sign up (?:for|to) .*newsletters?.*|Subscribe(?: now| to our newsletter)?)$",
    re.IGNORECASE,
)
# Above a list of other stories; the headlines below it are dropped with it.
_RELATED = re.compile(
    r"^(?:Related(?: (?:articles?|posts?|stor(?:y|ies)|news|topics|coverage|content))?|More on this story|"
    r"You (?:may|might) also (?:like|be interested in)|More from\b.{0,40}|(?:Also|Recommended|Further) reading|"
    r"See also|Most (?:read|popular)|Trending(?: now)?|Don[’']t miss)\s*:?$",
    re.IGNORECASE,
)
_IN_CATEGORY = re.compile(r"^In [“\"].{1,60}[”\"]$")
_CLOSED = re.compile(r"[.!?…:;。！？][\"'”’)\]]*$")
_ENDED = re.compile(r"[.!?…。！？][\"'”’)\]]*$")
_CONTINUES = re.compile(r"^(?:[a-z(]|[.,;:!?)”%]|’[a-z]|[–—-] )")
_GLUED = re.compile(r"[.,;:!?)”%]|[’'][a-z]\b")
_HANGING = re.compile(
    r"(?:[,(“‘–—-]|\b(?:a|an|the|of|in|on|at|to|for|from|by|with|and|or|but|as|is|are|was|were|that|which|who|its|their|"
    r"his|her|than|like|say|about|into|over|these|this|those))$"
)
# Words by which a question leans on the text around it; another story's headline has none before its first name.
_LEANS = re.compile(
    r"\b(?:this|that|these|those|such|they|them|their|it|its|he|she|his|her|we|us|our|you|your|I|so|though|however|but|"
    r"yet|still|also|then|there)\b",
    re.IGNORECASE,
)
_QUOTE_MARKS = ("“", "‘", '"')
_TAIL = re.compile(r"(?:(?:Here|That|This|What|It)[’']s|Here|Why|How|So|But|And)\b")
_HEADLINE_TAIL = 4  # words
_HEADING = 3  # words; a heading inside a story is as short, a headline of another story hardly
_LONGEST_QUESTION = 16  # words; a headline that asks is short
_HEADLINE = 25  # words
_ALIKE = 0.85  # of the words of two captions: the same caption, with another credit or cut at the end
_FEWEST_WORDS = 4  # of a line that is said again further on


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page. `gap`: an empty line stands before it; `fixed`: markup says that it is a heading or an item."""

    text: str
    gap: bool
    fixed: bool = False


def whole_paragraphs(lines: list[Line], *, sourced: bool, bounded: bool = False) -> list[str]:
    """Return the paragraphs of a story from its lines, without the theme's own, other stories' headlines and repeats.

    `sourced`: a `Source:` line ends the story. Else what trails unfinished after its last sentence goes too, unless
    markup bounds the story.
    """
    kept = _without_related([part for part in lines if part.fixed or not CHROME.match(part.text)])
    kept = _without_teasers(without_repeats(kept), ends=sourced)
    if not sourced and not bounded:
        kept = _without_trail(kept)
    paragraphs: list[str] = []
    open_ = False  # does the last paragraph wait for the rest of its sentence?
    for i, part in enumerate(kept):
        following = kept[i + 1].text if i + 1 < len(kept) else ""
        alone = part.fixed or stands_alone(part.text)
        text = re.sub(r"^[•·▪◦‣*]\s+", "", part.text)
        if open_ and not alone:
            glue = "" if _GLUED.match(text) or paragraphs[-1].endswith(("“", "‘", "(")) else " "
            paragraphs[-1] += glue + text
        else:
            paragraphs.append(text)
        open_ = is_open(part.text) and not alone and _goes_on(part.text, following, kept, i)
    return paragraphs


def is_open(text: str) -> bool:
    return not _CLOSED.search(text.rstrip())


def stands_alone(text: str) -> bool:
    """Captions, bullets and headings in capitals are whole as they are."""
    text = text.strip()
    return bool(_CAPTION.search(text) or _BULLET.match(text) or (text.isupper() and len(text) > 3))


def _goes_on(text: str, following: str, kept: list[Line], i: int) -> bool:
    """Does an unfinished line go on in the next one, or in the one after a link?"""
    after = kept[i + 2].text if i + 2 < len(kept) else ""
    if not following or stands_alone(following) or kept[i + 1].fixed:
        return False
    return bool(
        _CONTINUES.match(following) or _HANGING.search(text) or (is_open(following) and _CONTINUES.match(after))
    )


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()


def _same(a: str, b: str) -> bool:
    """Do two lines say the same? Captions may differ in the credit or be cut at the end."""
    left, right = _plain(a), _plain(b)
    if left.replace(" ", "") == right.replace(" ", ""):
        return True
    if not (_CAPTION.search(a) or _CAPTION.search(b)) or min(len(left), len(right)) < 20:
        return False
    if left.startswith(right) or right.startswith(left):
        return True
    return SequenceMatcher(None, left.split(), right.split(), autojunk=False).ratio() >= _ALIKE


def without_repeats(lines: list[Line]) -> list[Line]:
    """Keep what is said twice once: a caption under its picture and in its text, on one line, two or several."""
    lines = [_halved(part) for part in lines]
    kept: list[Line] = []
    said: set[str] = set()
    for part in lines:
        words = _plain(part.text)
        if kept and _same(part.text, kept[-1].text):
            # The second copy has the page's own typography (curly quotes); keep that one, unless it is the shorter.
            longer = max(part.text, kept[-1].text, key=lambda text: len(_plain(text)))
            chosen = part.text if len(_plain(longer)) == len(words) else longer
            kept[-1] = Line(chosen, kept[-1].gap, part.fixed)
        elif words in said and len(words.split()) >= _FEWEST_WORDS and not _is_sentence_of(part.text):
            continue
        elif _repeats_pair(kept, part):
            kept.pop()
        else:
            kept.append(part)
        said.add(words)
    return kept


def _is_sentence_of(text: str) -> bool:
    """A refrain in the story's own words may come twice; captions, headlines and pulled quotes may not."""
    return not _CAPTION.search(text) and not is_open(text)


def _repeats_pair(kept: list[Line], part: Line) -> bool:
    """Does a credit on its own line end a caption of two lines that was said just before?"""
    if len(kept) < 3 or not _CAPTION.search(part.text):
        return False
    caption, credit, again = (line.text for line in kept[-3:])
    return _same(credit, part.text) and _same(caption, again)


def _halved(part: Line) -> Line:
    """A caption said twice on one line, once."""
    text = part.text
    for middle in (len(text) // 2, len(text) // 2 + 1):
        half = text[middle:].strip()
        if len(half.split()) >= _FEWEST_WORDS and text[:middle].strip() == half:
            return Line(half, part.gap, part.fixed)
    return part


def _without_related(lines: list[Line]) -> list[Line]:
    """Drop a list of other stories: its heading, and the headlines and dates below it."""
    kept: list[Line] = []
    listing = False
    for part in lines:
        if _RELATED.match(part.text):
            listing = True
        elif listing and (like_headline(part.text) or _OTHER_DATE.match(part.text) or _BULLET.match(part.text)):
            continue
        elif not _IN_CATEGORY.match(part.text):
            listing = False
            kept.append(part)
    return kept


def _without_teasers(lines: list[Line], *, ends: bool) -> list[Line]:
    dropped: set[int] = set()
    for i, part in enumerate(lines):
        if part.fixed:
            continue
        if _OTHER_DATE.match(part.text):
            dropped |= _dated_teaser(lines, i)
        elif i not in dropped and _is_teaser(lines, i, ends=ends):
            dropped.add(i)
            if i > 0 and _is_tail(part.text, lines[i - 1].text):
                dropped.add(i - 1)  # "X is succeeding." + "Here’s why": one headline on two lines
    return [part for i, part in enumerate(lines) if i not in dropped]


def _dated_teaser(lines: list[Line], i: int) -> set[int]:
    """The lines of another story's headline that is dated by line i; none where the date heads a part of this one."""
    before = lines[i - 1].text if i else ""
    following = lines[i + 1].text if i + 1 < len(lines) else ""
    if before and like_headline(before):
        first = i - 2 if i > 1 and _is_tail(before, lines[i - 2].text) else i - 1
        return set(range(first, i + 1))
    if (
        following
        and not stands_alone(following)
        and like_headline(following)
        and not _goes_on(following, lines[i + 2].text if i + 2 < len(lines) else "", lines, i + 1)
    ):
        return {i, i + 1}
    return set()


def like_headline(text: str) -> bool:
    return (is_open(text) or text.endswith("?")) and len(text.split()) <= _HEADLINE and not stands_alone(text)


def _is_short_claim(text: str) -> bool:
    """One plain sentence of a headline's length that leans on nothing."""
    one = len(re.findall(r"[.!?](?=\s|$)", text)) == 1 and len(text.split()) <= 20
    return one and not text.startswith(_QUOTE_MARKS) and not stands_alone(text) and not _LEANS.match(text)


def _is_teaser(lines: list[Line], i: int, *, ends: bool) -> bool:
    """Is line i another story's headline: unfinished (or a question that leans on nothing), between closed ones?"""
    text = lines[i].text
    before = lines[i - 1].text if i else ""
    following = lines[i + 1].text if i + 1 < len(lines) else ""
    if stands_alone(text) or (before and is_open(before) and not stands_alone(before) and not lines[i - 1].fixed):
        return False
    if text.endswith("?"):
        name = re.search(r"(?<!^)\b[A-Z]\w+", text)
        if not name or len(text.split()) > _LONGEST_QUESTION or text.startswith(_QUOTE_MARKS):
            return False
        return not _LEANS.search(text[: name.start()])
    if not is_open(text) or (not following and not (ends and i)) or _goes_on(text, following, lines, i):
        return False
    short = len(text.split()) <= _HEADING and i + 1 < len(lines)
    return not short or (i > 0 and _is_tail(text, before))


def _is_tail(text: str, before: str) -> bool:
    """“Here’s why” below a short claim ends a headline; a short line elsewhere heads a part of the story."""
    return len(text.split()) <= _HEADLINE_TAIL and bool(_TAIL.match(text)) and _is_short_claim(before)


def _without_trail(lines: list[Line]) -> list[Line]:
    """Cut what stands unfinished after the last sentence: a signature and, on the last article, the page's footer."""
    closed = [i for i, part in enumerate(lines) if _ENDED.search(part.text) or stands_alone(part.text)]
    return lines[: closed[-1] + 1] if closed else lines
