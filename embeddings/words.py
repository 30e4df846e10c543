"""English words that carry no meaning by themselves."""

from __future__ import annotations

STOPWORDS = frozenset(
    """a an the of in on at to for from by with and or but nor is are was were be been being am do does did doing has
    have had having can could will would shall should may might must i me my we us our you your it its he him his she
    her hers they them their theirs this that these those what which who whom whose when where why how much many
    about as if than then there here so such no not yes also more most very too into out up over under off again
    s t 're 've 'll d m re ve ll just only own same each any some all both other another while during between
    according get got give gave tell say said says""".split()
)
