"""Closed word lists that near misses are made from: places, months, ordinals, and relations with their cues."""

from __future__ import annotations

# Each country stands at the place of its people below.
COUNTRIES = (
    "Brazil India China Japan Germany France Italy Spain Canada Mexico Australia Russia Indonesia Turkey Nigeria Egypt "
    "Pakistan Argentina Poland Ukraine Sweden Norway Denmark Finland Greece Portugal Ireland Belgium Austria Hungary "
    "Thailand Vietnam Malaysia Singapore Kenya Ethiopia Ghana Morocco Israel Iran Iraq Chile Peru Colombia Cuba"
).split()
PEOPLES = (
    "Brazilian Indian Chinese Japanese German French Italian Spanish Canadian Mexican Australian Russian Indonesian "
    "Turkish Nigerian Egyptian Pakistani Argentine Polish Ukrainian Swedish Norwegian Danish Finnish Greek Portuguese "
    "Irish Belgian Austrian Hungarian Thai Vietnamese Malaysian Singaporean Kenyan Ethiopian Ghanaian Moroccan Israeli "
    "Iranian Iraqi Chilean Peruvian Colombian Cuban"
).split()
STATES = (
    "California Texas Florida Ohio Georgia Michigan Virginia Washington Arizona Tennessee Massachusetts Indiana "
    "Missouri Maryland Wisconsin Colorado Minnesota Alabama Louisiana Kentucky Oregon Oklahoma Connecticut Utah Iowa "
    "Nevada Arkansas Mississippi Kansas Nebraska Idaho Hawaii Maine Montana Alaska Wyoming Vermont Delaware"
).split()
MONTHS = "January February March April May June July August September October November December".split()
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()

# word -> (word to ask instead, stems any of which in the passage would mean that it may tell that too)
RELATIONS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "founded": (
        ("acquired", ("acqui", "b[ou]+[gy]")),
        ("sued", ("su[ei]", "lawsuit", "court")),
        ("sold", ("s[eo]l[ld]",)),
    ),
    "created": (("banned", ("ban", "prohib")), ("bought", ("bought", "buy", "acqui", "purchas"))),
    "established": (("abolished", ("abol", "dissol", "end", "clos")), ("moved", ("mov", "reloc"))),
    "invented": (("banned", ("ban", "prohib")), ("bought the rights to", ("bought", "rights", "buy"))),
    "discovered": (("named", ("name", "call")), ("sold", ("sold", "sell"))),
    "born": (("buried", ("buri", "grave", "cemet", "inter")), ("married", ("marr", "wife", "husband", "wed"))),
    "died": (("was born", ("born", "birth")), ("married", ("marr", "wife", "husband", "wed"))),
    "die": (("marry", ("marr", "wife", "husband", "wed")), ("retire", ("retir",))),
    "wrote": (("translated", ("transl",)), ("illustrated", ("illustr", "draw", "drew")), ("produced", ("produc",))),
    "written": (("translated", ("transl",)), ("banned", ("ban", "prohib"))),
    "sang": (("produced", ("produc",)), ("choreographed", ("choreo", "danc"))),
    "sings": (("produced", ("produc",)), ("wrote the review of", ("review", "critic"))),
    "singer": (("drummer", ("drum",)), ("producer", ("produc",))),
    "played": (("directed", ("direct",)), ("designed", ("design",))),
    "plays": (("directs", ("direct",)), ("writes the lines of", ("writ", "wrote"))),
    "directed": (("edited", ("edit",)), ("financed", ("financ", "fund", "produc"))),
    "produced": (("edited", ("edit",)), ("reviewed", ("review", "critic"))),
    "released": (("withdrawn", ("withdr", "recall", "remov")), ("recorded", ("record",))),
    "built": (("demolished", ("demol", "destr", "torn", "raz")), ("sold", ("sold", "sell"))),
    "opened": (("closed", ("clos", "shut")), ("renovated", ("renov", "rebuil", "refurb"))),
    "open": (("close", ("clos", "shut")),),
    "elected": (("impeached", ("impeach", "remov")), ("arrested", ("arrest", "charg"))),
    "signed": (("repealed", ("repeal", "revok")), ("drafted", ("draft", "wrote", "writ"))),
    "won": (("hosted", ("host", "held")), ("refereed", ("refere", "offic"))),
    "win": (("host", ("host", "held")),),
    "killed": (("arrested", ("arrest", "jail", "custod")), ("rescued", ("rescu", "sav"))),
    "arrested": (("released", ("releas", "freed", "bail")), ("hired", ("hir", "employ"))),
    "announced": (("cancelled", ("cancel",)), ("delayed", ("delay", "postpon"))),
    "bought": (("sued", ("su[ei]", "lawsuit", "court")), ("sold", ("s[eo]l[ld]", "sale"))),
    "acquired": (("sued", ("su[ei]", "lawsuit", "court")), ("founded", ("found", "establish", "start"))),
    "launched": (("shut down", ("shut", "clos", "end")), ("banned", ("ban", "prohib"))),
    "CEO": (("chief financial officer", ("financ", "cfo")), ("chief scientist", ("scien",))),
    "president": (("treasurer", ("treas",)),),
    "author": (("publisher", ("publish",)), ("translator", ("transl",))),
    "capital": (("currency", ("curren", "dollar", "euro")), ("largest port", ("port",))),
    "population": (("average income", ("incom", "earn")), ("area", ("area", "square", "km", "mile"))),
    "father": (("uncle", ("uncle",)), ("grandmother", ("grandm",))),
    "wife": (("sister", ("sister",)), ("mother", ("mother",))),
    "husband": (("brother", ("brother",)), ("father", ("father",))),
    "users": (("employees", ("employ", "staff", "worker")), ("shareholders", ("share",))),
    "cost": (("weigh", ("weigh", "pound", "kilo", "ton")),),
    "paid": (("lost", ("los[te]",)),),
    "revenue": (("net profit", ("profit",)), ("debt", ("debt",))),
}
ANTONYMS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "largest": (("smallest", ("small", "least")),),
    "biggest": (("smallest", ("small", "least")),),
    "smallest": (("largest", ("larg", "big")),),
    "highest": (("lowest", ("low", "least")),),
    "lowest": (("highest", ("high", "most")),),
    "longest": (("shortest", ("short",)),),
    "oldest": (("youngest", ("young", "new")),),
    "youngest": (("oldest", ("old", "eld")),),
    "maximum": (("minimum", ("minim", "least")),),
    "most": (("fewest", ("few", "least", "low")),),
    "start": (("end", ("end", "finish", "conclu", "last")),),
    "begin": (("end", ("end", "finish", "conclu", "last")),),
    "began": (("ended", ("end", "finish", "conclu", "last")),),
    "end": (("start", ("start", "beg[aiu]n", "first", "launch")),),
    "last": (("first", ("first", "begin", "began", "start")),),
    "before": (("after", ("after", "follow", "later")),),
    "after": (("before", ("before", "prior", "preced", "earlier")),),
    "increase": (("decrease", ("decreas", "fall", "fell", "drop", "declin")),),
    "rise": (("fall", ("decreas", "fall", "fell", "drop", "declin")),),
    "north": (("south", ("south",)),),
    "south": (("north", ("north",)),),
    "male": (("female", ("female", "wom[ae]n")),),
    "female": (("male", ("male", "men")),),
}
