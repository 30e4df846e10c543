"""The words by which a question asks for a digest or a timeline (qa.surveys), as patterns.

In them a space is any white space, and names of sources are hidden (`qa.sources.hide`).
"""

from __future__ import annotations

import re

from qa.sources import PRESS, PUBLISHER

_TOPIC = r"(?P<topic>.+?)"
_WHAT_IS = r"what(?:['’]?s| is| are| was| were)"
_WHAT_WAS = r"what(?:['’]s been| (?:is|are|was|were|has been|have been|had been|is being|are being|got)) (?:\w+ )?"
_SHOW = (
    r"give|show|tell|write|get|make|find|list|draw up|prepare|create|compile|build|put together|set out|lay out|put|"
    r"trace|recount|reconstruct|chronicle|explain(?: briefly)?|(?:run|walk|take|go) (?:me )?through"
)
_KIND = r"(?:an?|the|any|some|short|brief|quick|full|latest|recent|dated)"
_ASKING = (
    rf"\W*(?:(?:in|from|on|according to) {PUBLISHER}[,:] )?"
    r"(?:(?:can|could|would|will) you |(?:can|could|may) (?:i|we) (?:get|have|see) |"
    r"i(?:['’]d| would)? (?:like|want|need) (?:to (?:have|see|get) )?)?(?:(?:please|kindly) )?"
)
_LEAD = (
    rf"{_ASKING}(?:(?:{_SHOW})(?: (?:me|us))?,? )?"
    rf"(?:(?:{_WHAT_IS}|(?:is|are) there|do you have) (?=the\b|an?\b|any\b|_))?(?:{_KIND} )*"
)
_WHOSE = rf"(?:{PUBLISHER}|your|their|its|our)"
_STORIES = r"(?:stories|articles|pieces|reports?|reporting|coverage|news|headlines|updates?|developments)"
_POINTS = rf"(?:main|key|major|(?:most )?important) (?:points|facts|events|{_STORIES})"
_NOUN = rf"(?:summary|overview|digest|recap|round-?up|run-?down|briefing|gist|highlights|{_POINTS})"
_SUMMARY = (
    rf"summari[sz]e|sum up|recap(?: of)?|{_NOUN} (?:of|on|in|from|about|around)|"
    r"(?:brief|update) me on|fill me in on|catch me up on|bring me up to (?:date|speed) (?:on|with)|"
    r"(?:run|walk|take) me through|what should i know about|"
    rf"{_WHAT_IS} the (?:story|situation|state of play) (?:with|on)|"
    r"tell me (?:(?:more|all|everything|something) )?about(?! (?:who|what|which|when|where|why|how)\b)|"
    rf"(?:everything|all|anything|what) (?:that )?(?:you|we|{PUBLISHER}) (?:have|has|had|know)(?: got)? (?:on|about)|"
    rf"(?:everything|all|(?:tell me )?what there is) (?:on|about)|"
    rf"what (?:do|does|have|has) (?:you|we|{PUBLISHER}) (?:have|had|got|hold|know) (?:on|about)"
)
_NEWS = rf"(?:{_WHOSE}(?:['’]s)? )?(?:{_STORIES}|latest) (?:of|on|about|with|in|from|regarding)"
_NEW = rf"{_WHAT_IS} (?-i:new) (?:on|about|with|in|from|at)"
_GOING_ON = (
    r"what (?:has |have |had )?happened with|"
    r"what(?:['’]?s| is| was| has been) (?:been )?(?:happening|going on) (?:with|in|at|on|around)|"
    r"what (?:has|have) (?:(?:recently|so far|since|been) )*happened (?:so far )?(?:with|in|at|on)"
)
# What a person says is a fact to look up ("What was said about TikTok by Paul Drey?"), what is in the press a digest.
_PASSIVE = (
    rf"{_WHAT_WAS}(?:reported|covered|known|published|(?:said|written)(?!.*\bby (?!{PUBLISHER})))"
    rf"(?: (?:by|in|on) {PUBLISHER})? (?:about|regarding|concerning)|{_WHAT_WAS}(?:reported|covered|known) (?:on|of)|"
    rf"{_WHAT_WAS}in (?:the news|{PUBLISHER}) (?:about|on|regarding)"
)
_SAY = (
    r"(?:report(?:ed|ing)?|say|said|saying|wrote|writ(?:e|ten|ing)|publish(?:ed|ing)?|cover(?:ed|ing)?|print(?:ed)?|known?|"
    r"ran|run|carried)"
)
_ACTIVE = (
    rf"what (?:do|does|did|has|have|had) (?:{PUBLISHER}|they|people|you|we) (?:(?:been|already|\w+ly) )*{_SAY} "
    rf"(?:about|on|regarding|concerning)|what {PUBLISHER} (?:(?:has|have|had|been) )*{_SAY} (?:about|on|regarding)|"
    rf"(?:what|which) {_STORIES} (?:did|has|have|does|do) {PUBLISHER} {_SAY} (?:about|on|regarding)"
)
_COVERED = (
    rf"how (?:did|does|do|has|have) {PUBLISHER} (?:cover(?:ed)?|report(?:ed)?(?: on)?) {_TOPIC}",
    rf"how (?:was|were|has|have) {_TOPIC} (?:been )?(?:covered|reported)(?: (?:by|in) {PUBLISHER})?",
)
_UNFOLD = r"(?:unfold(?:ed)?|play(?:ed)? out|evolved?|change[ds]? over (?:time|the years))"
_ONE_FACT = r"(?-i:how many|how much|when|where|who)\b"  # in lower case: the WHO is an organisation
_NO_TOPIC = (
    rf"{_WHAT_IS} (?:the latest(?: news)?|(?-i:new))|any (?:news|updates?)|catch me up|bring me up to (?:date|speed)|"
    rf"{_WHAT_WAS}(?:reported|published|covered)"
)
_BY_DAY = (
    r"(?:in (?:(?:chronological|date|time) )?order(?: of date)?(?! to\b)|chronologically|date by date|day by day|"
    r"week by week|month by month|year by year|step by step|(?:from )?oldest (?:to newest|first)|"
    r"from (?:the )?(?:first|earliest|start|beginning) to (?:the )?(?:last|latest|finish|end)|"
    r"(?-i:with dates|by date))"
)
_ORDER = (
    r"(?:time-?line|chronology|chronological (?:order|account|list)|(?:sequence|order) of events|dated sequence|"
    rf"key dates|milestones|what happened when|when did what happen|{_BY_DAY})"
)
_QUESTION_WORD = (
    r"(?:(?:in|on|at|to|from|for|by|with|of|since|until) )?"
    r"(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had)"
)
_TOLD = rf"\b(?:{_STORIES}|{PUBLISHER}|reported|said|written|covered|known)(?: so far)?"
_GOING_BY = r"(?:going by|judging by|from what)"
_PLEASE = r"(?:,? (?:please|pls|will do|would (?:do|help|be \w+)|is (?:fine|enough|all i need)))*"


def _form(
    pattern: str, lead: str = _LEAD, end: str = r"(?: for (?:me|us))?(?:,? (?:please|pls))?\W*$"
) -> re.Pattern[str]:
    return re.compile(f"{lead}(?:{pattern}){end}".replace(" ", r"\s+"), re.IGNORECASE | re.DOTALL)


DIGESTS = (
    _form(rf"(?:{_SUMMARY}|{_NEWS}|{_NEW}|{_GOING_ON}) {_TOPIC}"),
    _form(rf"(?:{_PASSIVE}|{_ACTIVE}) (?!.*\b{_ONE_FACT}){_TOPIC}(?: by {PUBLISHER})?"),
    *(_form(form) for form in _COVERED),
    _form(rf"(?:how (?:did|has|have)|{_SUMMARY} how) {_TOPIC} {_UNFOLD}(?: in {PUBLISHER})?"),
    _form(
        r"how (?:did|have) (?:events|things) unfold(?:ed)? "
        rf"(?:in|during|around|with|after|before|leading up to) {_TOPIC}"
    ),
    _form(rf"(?!{_QUESTION_WORD}\b){_TOPIC}\s*[:,–—-]\s*(?:{_KIND} )*{_NOUN}"),
    _form(rf"(?!\W*{_QUESTION_WORD}\b){_TOPIC} (?-i:summary|overview|recap)", lead=""),
    _form(rf"{_NOUN}: {_TOPIC}"),
    _form(rf"any {_TOPIC} (?-i:news)"),
    _form(rf"(?:anything|something|what(?: is|['’]?s)?) in {PUBLISHER} (?:about|on) {_TOPIC}"),
    # "Masks and test kits: sum up what was said", "Jobs in Denholm: what's the picture from the reports?"
    _form(
        rf"(?!\W*{_QUESTION_WORD}\b){_TOPIC}\s*[:–—-]\s*(?:{_ASKING})?(?:{_SUMMARY}|{_WHAT_IS}|{_WHAT_WAS}).*{_TOLD}",
        lead="",
    ),
    _form(rf"how (?:is|are|was|were|has|have|do|does|did) {_TOPIC},? {_GOING_BY} .*{_TOLD}"),
    _form(rf"(?:{_NO_TOPIC})(?: \({_TOPIC}\))?"),  # in brackets is what a follow-up left unsaid
)
# Everything within the bounds.
EVERYTHING = (
    _form(rf"what (?:did|has|have|does|do) {PUBLISHER} {_SAY}|what (?:made|was in) the (?:news|headlines|papers)"),
    _form(rf"(?:{_NOUN} of )?(?:everything|all|what) (?:that )?{PUBLISHER} {_SAY}(?: over the course(?: of)?)?"),
    _form(rf"(?:so )?what has happened(?: so far)?|{_NOUN}(?: of| from| for)?"),
    _form(rf"(?:what|which) {_STORIES} (?:did|has|have|does|do) {PUBLISHER} {_SAY}"),
    _form(rf"(?:{_SUMMARY} )?{PUBLISHER}(?:['’]s)? {_STORIES}"),
)
TIMELINES = (
    _form(
        rf"(?:(?:starting|beginning) with [^,]+, (?:{_KIND} )*)?{_ORDER} "
        rf"(?:of|for|on|in|with|about|around|from) {_TOPIC}"
    ),
    _form(rf"events {_ORDER}: {_TOPIC}"),
    _form(
        r"how (?:did|have) (?:things|events|it) (?:go|gone|unfold(?:ed)?) (?:with|in|at|around|during) "
        rf"{_TOPIC},? {_ORDER}"
    ),
    _form(rf"how (?:did|has|have) {_TOPIC} {_UNFOLD} {_BY_DAY}"),
    _form(rf"{_TOPIC},?(?: (?:as|in)(?: an?)?)? {_ORDER}(?:, (?:starting|beginning|with) .*| as it \w+)?"),
    _form(rf"{_ORDER}(?:\s*[:,])? {_TOPIC}"),
    _form(rf"{_TOPIC}(?::|, {_BY_DAY}:) .*"),
)
# In any sentence of the question but those that ask for something else ("Who drew the timeline?").
TIMELINE = _form(
    rf"(?:^|[.?!] )(?!\W*{_QUESTION_WORD}\b).*\b{_ORDER}\b|"
    r"^\W*when did what happen |"
    rf"^(?!\W*how (?:do|does|to|can|should)\b).*[,;:–—-] {_BY_DAY}\b|^\W*how (?:did|has|have) .* {_UNFOLD} {_BY_DAY}\b|"
    r"^\W*what happened when(?: with|:| in) |"
    rf"{_WHAT_IS} the (?:.* )?{_ORDER}(?:,? (?:of|for|on|in|by date)\b|\W*$)",
    lead="",
    end="",
)
# A sentence that asks for nothing but the form of the answer to another.
ASIDES = {
    "digest": _form(rf"(?:{_NOUN}|{_SUMMARY})(?: (?:{_KIND} )*{_STORIES})?{_PLEASE}", end=r"\W*$"),
    "timeline": _form(rf"(?:{_ORDER}|(?-i:[Dd]ates)){_PLEASE}", end=r"\W*$"),
}
OPENING = re.compile(rf"{_ASKING}(?:(?:and )?{_QUESTION_WORD} )*".replace(" ", r"\s+"), re.IGNORECASE)
# What a topic is wrapped in: "stories about schools", "events of", "health care stories", "Petra in the news".
WRAPPED = (
    _form(
        rf"(?:(?:the|all|any|some|main|past|{_WHOSE}(?:['’]s)?) )*{_STORIES} "
        rf"(?:about|on|of|from|in|regarding) {_TOPIC}",
        lead="",
    ),
    _form(r"(?:the )?(?:events|history|story) (?:of|in|around|about) (?:the )?" + _TOPIC, lead=""),
    _form(rf"{_TOPIC} (?:{_STORIES}|in the news|from (?:past|earlier|previous) {_STORIES})", lead=""),
    _form(rf"what happened (?:in and around|in|at|to|with|during) {_TOPIC}", lead=""),
    _form(rf"how {_TOPIC} {_UNFOLD}(?: in {PUBLISHER})?", lead=""),
)
NOTHING = _form(rf"(?:{_KIND} )*(?:{_WHOSE}(?:['’]s)? )?{_STORIES}", lead="")

# However a request is put, it has one of these in a part of it that does not ask for a fact.
CUE = _form(
    r"\W*.*\b(?:summar(?:y|ies|i[sz]e)|sum up|overview|recap|round[ -]?up|run-?down|digest|briefing|gist|"
    r"in (?:a nutshell|brief|short)|(?:main|key) points|catch (?:me )?up|brief me|in the news)\b",
    lead=rf"(?!\W*(?:(?:and|but|so) )?(?:list|name|{_QUESTION_WORD})\b)",
    end="",
)
_YOURS = rf"(?:you(?:['’]ve)?|(?:your|the|our) (?:{_STORIES}|{PRESS})|{PUBLISHER})"
YOU_SAID = _form(
    rf"(?:what(?:ever)?|anything|everything|all)\b(?!.*\b{_ONE_FACT}).*\b{_YOURS} (?:\w+ ){{0,2}}?(?:{_SAY}|have|got)"
    rf"(?: to say)?(?: (?:about|on|regarding|of|in)\b.*)?",
    lead=r"\W*(?:and |so )?",
    end=r"\W*$",
)
ASKS = re.compile(
    rf"\b(?:{_QUESTION_WORD}|can|could|will|would|should|may|might|not|name|list|{_SHOW})\b".replace(" ", r"\s+"),
    re.IGNORECASE,
)
# What is left out to find the topic of such a request.
FILLER = re.compile(
    (
        rf"\b(?:(?:an? )?(?:short |quick |brief )?{_NOUN}|summari[sz]e|summary|sum up|round[ -]?up|"
        r"in (?:a nutshell|brief|short)|catch (?:me )?up(?: on)?|what(?:ever)? (?:have|has|had|did|do|does|is|are)|"
        rf"what(?:['’]s|['’]ve)|whatever|{_YOURS}|{_SAY}|been|{_SHOW}|(?:can|could|would|will|i want to|do) (?:you )?|"
        rf"please|in the news|(?:more )?got|had to say|would do|(?:all|any|anything)(?: the)? {_STORIES}|{_STORIES}|"
        r"(?:of|on|about) (?:it|them|that)\b)(?!\w)"
    ).replace(" ", r"\s+"),
    re.IGNORECASE,
)
